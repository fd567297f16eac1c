"""The house keeps its promises: the lock, the floors, the names it exports, what its documents say."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BIN = Path(sys.executable).parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])

# What no file of the project may hold: an address of a package index (which one an installing machine
# uses is nobody's business), or a folder of one machine.
FOREIGN = re.compile(
    r"(?<![\w.])/(?:work|farm|root)/\w"
    rf"|(?<![\w.]){re.escape(str(Path.home()))}\b"
    r"|(?<![\w.])/tmp/\S*home"
    r"|pypi\.(?:org|python)|pythonhosted|registry\.npmjs|--(?:extra-)?index-url|--find-links",
)


def files_of_the_project() -> Iterator[Path]:
    """Every text file that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: no list of the project's files")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".xlsx", ".parquet", ".gz", ".npz"}:
            yield path


def test_the_lock_holds_names_and_versions_and_no_address() -> None:
    """Every line is a pin with at most an environment marker."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    marker = r"[\w =<>!.'*]+"
    pin = re.compile(rf"[a-z0-9][a-z0-9.-]*==[0-9][0-9a-z.+!]*( ; {marker})?")
    odd = [line for line in text.splitlines() if not pin.fullmatch(line)]
    assert odd == []


def test_the_lock_pins_everything_that_is_asked_for() -> None:
    """Each dependency, of the extras too, has a pin."""
    project = PROJECT["project"]
    asked = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    names = {re.split(r"[<>=!~\[; ]", text, maxsplit=1)[0].lower() for text in asked}
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert names - pinned == set()


def test_the_floors_hold() -> None:
    """Imports go down only; core is plain; the checker knows no method; placing sees no audit table."""
    done = subprocess.run([BIN / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_exported_name_exists() -> None:
    """What `from allocator import *` promises is there, and is documented."""
    package = importlib.import_module("allocator")
    assert package.__all__
    for name in package.__all__:
        assert getattr(package, name).__doc__, name


def test_no_file_names_this_machine_or_a_package_index() -> None:
    """The project speaks of itself alone."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files_of_the_project()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if FOREIGN.search(line)
    ]
    assert found == []


def test_the_changelog_and_the_citation_name_the_version() -> None:
    version = PROJECT["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in citation


def test_the_first_commands_of_the_readme_are_the_two_for_a_fresh_machine() -> None:
    """A newcomer finds `make demo` and `make test` first, and the Makefile has both."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert first is not None
    commands = [line.split("#")[0].strip() for line in first.group(1).splitlines()]
    assert [line for line in commands if line.startswith("make")] == ["make demo", "make test"]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"demo", "test", "check", "lock", "docs", "bench", "slow", "clean"} <= set(targets)


def test_the_gate_runs_the_readmes_test_command() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert gate[0] == "#!/usr/bin/env bash"
    assert {"make demo", "make test", "set -euo pipefail"} <= set(gate)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_shows_without_running_sets_up_a_machine_only(document: Path) -> None:
    """A block that is not run by the tests may hold git, make and what they build, and nothing else."""
    text = document.read_text(encoding="utf-8")
    languages = re.findall(r"^```([^\n`]*)\n.*?^```$", text, re.MULTILINE | re.DOTALL)
    known = {"sh", "console", "python", "toml", "json", "csv", "text", "{toctree}"}
    assert set(languages) - known == set()
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in filter(str.strip, block.splitlines()):
            assert line.split()[0] in {"git", "cd", "make", "#", ".venv/bin/pre-commit"}, line


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link of a Markdown file of the project names a file that exists."""
    broken = []
    for path in sorted({*DOCUMENTS, *ROOT.glob("*.md")}):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_test_that_the_assurance_page_names_exists() -> None:
    """A claim without its test would be an empty one."""
    text = (ROOT / "docs" / "assurance" / "index.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w./]*)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def run_help(*command: str) -> str:
    """Return what a command's help prints."""
    done = subprocess.run(
        [BIN / "allocator", *command, "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "PATH": str(BIN)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commands() -> list[str]:
    """Names of the commands, as the program itself lists them."""
    from typer.main import get_command

    from allocator.cli.main import app  # here: without the command line the rest still runs

    return sorted(get_command(app).commands)


def test_every_command_is_documented_and_its_help_has_an_example() -> None:
    """docs/reference/commands.md has a heading and an example for each command, and for no other."""
    text = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `allocator (\w+)`\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert sorted(sections) == commands()
    for name, section in sections.items():
        assert f"$ allocator {name} " in section, name
        assert f"allocator {name} " in run_help(name).split("Usage")[1].split("\n", 1)[1], name


def test_the_codes_of_options_are_documented_with_their_grounds() -> None:
    """docs/reference/option-codes.md says of each rule what the code says."""
    from allocator.placement.rules import GROUND

    text = (ROOT / "docs" / "reference" / "option-codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+?) \|$", text, re.MULTILINE)
    shown = {code: ground.strip("`") for code, ground in rows}
    for code, ground in GROUND.items():
        if code == "objection_upheld":  # the ground is the school's own
            assert "consultations.csv" in shown[code]
        else:
            assert shown[code] == ground, code
    assert set(shown) == {*GROUND, "placed", "full", "worse"}


def test_the_measures_are_documented() -> None:
    """docs/reference/measures.md has a row for each measure, and says which way is better."""
    from allocator.placement.measures import MEASURES

    text = (ROOT / "docs" / "reference" / "measures.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (more|less) \|", text, re.MULTILINE))
    assert rows == {name: "more" if m.more_is_better else "less" for name, m in MEASURES.items()}


def test_every_column_is_documented() -> None:
    """docs/reference/files.md names each column of each table in that table's own section."""
    from allocator.placement.models import AUDIT_ONLY, TABLES

    text = (ROOT / "docs" / "reference" / "files.md").read_text(encoding="utf-8")
    places = "(locations)=" + text.split("(locations)=")[1].split("\n## ")[1]
    for table, model in TABLES.items():
        start = rf"(^## {table}\.csv$|^\*\*{table}\.csv\*\*)"
        section = re.search(rf"{start}(.*?)(?=^## |^\*\*\w+\.csv|\Z)", text, re.MULTILINE | re.DOTALL)
        assert section is not None, table
        named = set(re.findall(r"`(\w+)`", section.group(0) + places))
        assert set(model.model_fields) - named == set(), table
    assert all(f"`{name}.csv`" in text for name in AUDIT_ONLY)


def test_the_certificate_page_says_what_the_file_holds(tmp_path: Path) -> None:
    """The two names that the page promises stand in the file, with one entry for each tier."""
    out = tmp_path / "out"
    subprocess.run(
        [BIN / "allocator", "place", ROOT / "instances" / "seaford-60", "-o", out, "--quiet"], check=True
    )
    certificate = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    tiers = len(json.loads((out / "run.json").read_text(encoding="utf-8"))["goals"])
    for name in ("provisions", "schools"):
        assert {len(entries) for entries in certificate[name].values()} == {tiers}
