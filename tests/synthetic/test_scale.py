"""England at once: 600,000 children in a minute and in four gigabytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from allocator.synthetic.placement_round import write_round

begun = time.process_time()
made = write_round(Path(sys.argv[1]), "england", int(sys.argv[2]), 1)
status = Path("/proc/self/status")
if status.exists():
    # The peak that resource reports on Linux takes in the parent's at the time of the fork.
    peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({
    "seconds": time.process_time() - begun,
    "bytes": peak,
    "children": len(made.tables["children"]),
    "provisions": len(made.tables["provisions"]),
}))
"""


def measured(folder: Path, children: int) -> dict[str, float]:
    """Write a round in a process of its own and return what it took."""
    arguments = [sys.executable, "-c", SCRIPT, str(folder), str(children)]
    done = subprocess.run(
        arguments, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    return dict(json.loads(done.stdout))


@pytest.mark.slow
def test_england_in_a_minute(tmp_path: Path) -> None:
    """600,000 children are written in under a minute of processor time and under 4 GiB."""
    took = measured(tmp_path, 600_000)

    assert took["children"] == 600_000
    assert took["provisions"] > 5_000
    assert took["seconds"] < 60
    assert took["bytes"] < 4 * 2**30


def test_memory_is_that_of_tables_and_not_of_pairs(tmp_path: Path) -> None:
    """20,000 children and some 700 provisions fit in what the libraries and the tables take."""
    took = measured(tmp_path, 20_000)

    # A table of all pairs would be 112 MB for each figure that it holds.
    assert took["bytes"] < 300 * 2**20
