"""Has pytest run the examples of README.md and docs/ as it runs tests."""

from sybil import Sybil

from documents import PARSERS, leave_scratch_folder, scratch_folder

pytest_collect_file = Sybil(
    parsers=PARSERS, patterns=["*.md"], setup=scratch_folder, teardown=leave_scratch_folder
).pytest()
