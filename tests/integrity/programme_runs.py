"""Runs of `allocator review` that are ended from outside, and what they leave: files and processes."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from allocator import verify
from integrity.command import Said, as_a_shell_sees, start
from integrity.ended_runs import TICK, Pace, hidden

PROMISED = ("schedule.csv", "certificate.json")
# Wall seconds that a small programme is given; it needs far less.
LIMIT = ("--time-limit", "10")
# How long a child may take to notice that its parent is gone, seconds.
_NOTICE = 5.0


def names(out: Path) -> list[str]:
    """List every file of a result, by its path inside it."""
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def contents(out: Path) -> dict[str, bytes]:
    """Read every file of a result."""
    return {name: (out / name).read_bytes() for name in names(out)}


def is_whole(out: Path) -> bool:
    """Whether a folder is a whole result, which verifies; anything between that and absent is an error."""
    if not out.exists():
        return False
    run = json.loads((out / "run.json").read_bytes())
    assert names(out) == sorted([*(entry["name"] for entry in run["outputs"]), "run.json"]), names(out)
    assert {"schedule.csv", "second_reads.csv", "report.html", "schedule.xlsx"} <= set(names(out))
    found = verify(out)
    assert found.holds, found.findings
    return True


def children_of(pid: int) -> list[int]:
    """List the child processes of a process; none where the system does not tell."""
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def lives(pid: int) -> bool:
    """Whether a process still runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def left_behind(children: list[int]) -> list[int]:
    """Give a run's child processes that have not ended with it."""
    give_up = time.monotonic() + _NOTICE
    while any(map(lives, children)) and time.monotonic() < give_up:
        time.sleep(0.02)
    return [pid for pid in children if lives(pid)]


def pace(inputs: Path, out: Path) -> Pace:
    """Time one undisturbed run."""
    begun = time.monotonic()
    process = start("review", inputs, "-o", out, "--quiet", *LIMIT)
    try:
        building = None
        while process.poll() is None:
            if building is None and hidden(out):
                building = time.monotonic() - begun
            time.sleep(TICK)
        assert process.returncode == 0, process.stderr and process.stderr.read()
        assert building is not None
        return Pace(building, time.monotonic() - begun)
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Ended:
    """A run that got a signal.

    Parameters
    ----------
    said : Said
    seconds : float
        From the signal to the end of the process.
    children : list of int
        The processes that solved for it when the signal was sent.
    """

    said: Said
    seconds: float
    children: list[int]


def end(inputs: Path, out: Path, number: signal.Signals, wait: Callable[[], None], *more: str) -> Ended:
    """Start a run, wait, and send it a signal."""
    process = start("review", inputs, "-o", out, "--json", *LIMIT, *more)
    try:
        wait()
        children = children_of(process.pid)
        process.send_signal(number)
        begun = time.monotonic()
        out_text, err_text = process.communicate(timeout=120)
        seconds = time.monotonic() - begun
    finally:
        process.kill()
        process.wait()
    said = Said(as_a_shell_sees(process.returncode), out_text.decode(), err_text.decode())
    return Ended(said, seconds, children)


def moment(rng: Random, out: Path, usual: Pace, writing: bool) -> Callable[[], None]:
    """Give a way to wait for a random moment: of the whole run, or of its writing alone."""
    if not writing:
        seconds = rng.uniform(0, 0.9 * usual.whole)
        return lambda: time.sleep(seconds)
    later = rng.uniform(0, usual.whole - usual.building)
    before = set(hidden(out))

    def wait() -> None:
        give_up = time.monotonic() + 60
        while not set(hidden(out)) - before and time.monotonic() < give_up:
            time.sleep(TICK)
        time.sleep(later)

    return wait
