"""Nothing that places a child can read the tables of pressure, groups and past decisions.

Whatever stands under their names, and whether it can be read at all, the answer is the same
to the byte; and a watched run of the real command opens none of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from allocator import place
from allocator.placement.round import Round
from oracles import solvable_rounds
from round_files import write_round

AUDIT_FILES = tuple(
    [f"{table}.{kind}" for table in ("challenge", "groups", "actual") for kind in ("csv", "parquet")]
    + ["audit.xlsx"]
)
ANSWERED = ("placements.csv", "options.csv", "certificate.json")
# Loaded by every Python process that has its folder on the path, before anything else runs.
WATCH = """
import os, sys

def note(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        with_name = os.fsdecode(args[0])
        os.write(log, (with_name + "\\n").encode())

log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sys.addaudithook(note)
"""


@pytest.fixture(scope="module")
def round_() -> Round:
    """Give a round whose parts are all filled, without an earlier proposal."""
    for _, drawn in solvable_rounds(range(200)):
        if min(len(drawn.preferences), len(drawn.rulings), len(drawn.consultations), len(drawn.travel)) > 0:
            return replace(drawn, previous=None)
    raise AssertionError("no such round among the seeds")


def nonsense(path: Path) -> None:
    """Put bytes there that are no table in any format."""
    path.write_bytes(b"\x00\xff\xfe\x00PK\x03\x04child_id\n\xd8\x00,,,\n")


def unreadable(path: Path) -> None:
    """Put a file there that no one but root may read."""
    path.write_text("child_id,appeal\n")
    path.chmod(0)


def hanging(path: Path) -> None:
    """Put a pipe there that nobody writes to: to open it for reading is to wait for ever."""
    os.mkfifo(path)


TRAPS: list[Callable[[Path], None]] = [nonsense, unreadable, Path.mkdir]
if hasattr(os, "mkfifo"):
    TRAPS.append(hanging)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_whatever_stands_there_changes_nothing(
    trap: Callable[[Path], None], round_: Round, tmp_path: Path
) -> None:
    """Nonsense, files that cannot be read, folders and endless pipes leave the answer as it is."""
    plain = place(write_round(round_, tmp_path / "plain"))
    folder = write_round(round_, tmp_path / "trapped")
    for name in AUDIT_FILES:
        trap(folder / name)
    trapped = place(folder)
    assert trapped.placements.equals(plain.placements)
    assert trapped.options.equals(plain.options)
    assert trapped.certificate == plain.certificate
    assert trapped.goals == plain.goals
    assert {file.name for file in trapped.round.inputs}.isdisjoint(AUDIT_FILES)


def place_by_command(folder: Path, out: Path, **environment: str) -> None:
    """Run `allocator place` as a user does, in a process of its own; 60 seconds at most."""
    command = [str(Path(sys.executable).with_name("allocator")), "place", str(folder), "-o", str(out)]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_the_command_writes_the_same_bytes(
    trap: Callable[[Path], None], round_: Round, tmp_path: Path
) -> None:
    """`allocator place` writes byte-identical answers with the traps and without, and hashes none of them."""
    place_by_command(write_round(round_, tmp_path / "plain"), tmp_path / "out-plain")
    folder = write_round(round_, tmp_path / "trapped")
    for name in AUDIT_FILES:
        trap(folder / name)
    place_by_command(folder, tmp_path / "out-trapped")
    for name in ANSWERED:
        assert (tmp_path / "out-trapped" / name).read_bytes() == (tmp_path / "out-plain" / name).read_bytes()
    run = json.loads((tmp_path / "out-trapped" / "run.json").read_text(encoding="utf-8"))
    assert not any(name in json.dumps(run) for name in AUDIT_FILES)


def test_a_watched_run_opens_none_of_them(round_: Round, tmp_path: Path) -> None:
    """Of all files that the command and its child processes open, the audit's are none."""
    folder = write_round(round_, tmp_path / "round")
    for name in AUDIT_FILES:
        nonsense(folder / name)
    watch = tmp_path / "watch"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH)
    log = tmp_path / "opened.txt"
    place_by_command(folder, tmp_path / "out", PYTHONPATH=str(watch), WATCH_LOG=str(log))
    opened = {Path(line).name for line in log.read_text().splitlines() if str(folder) in line}
    # The watch works: it saw the tables that placing does read.
    assert {"round.toml", "children.csv", "schools.csv", "provisions.csv"} <= opened
    assert opened.isdisjoint(AUDIT_FILES)
