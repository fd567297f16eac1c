"""Runs of `allocator place` that are ended from outside, and what they leave."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from allocator import verify
from integrity.command import Said, as_a_shell_sees, start

FILES = ("placements.csv", "options.csv", "certificate.json", "placements.xlsx", "report.html", "run.json")
# How often a run is looked at, seconds.
TICK = 0.004


@dataclass(frozen=True)
class Pace:
    """How long an undisturbed run takes on this machine, now.

    Parameters
    ----------
    building : float
        Seconds until its hidden folder appears.
    whole : float
        Seconds until it ends.
    """

    building: float
    whole: float


def hidden(out: Path) -> list[Path]:
    """List the hidden folders beside an output folder."""
    pattern = re.compile(re.escape(f".{out.name}.") + r"\d+\.(partial|replaced)")
    return [path for path in out.parent.iterdir() if pattern.fullmatch(path.name)]


def pace(inputs: Path, out: Path) -> Pace:
    """Time one undisturbed run."""
    begun = time.monotonic()
    process = start("place", inputs, "-o", out, "--quiet")
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
    running : bool
        Whether it was still running when the signal was sent.
    """

    said: Said
    seconds: float
    running: bool


def end(inputs: Path, out: Path, number: signal.Signals, wait: Callable[[], None], *more: str) -> Ended:
    """Start a run, wait, and send it a signal."""
    process = start("place", inputs, "-o", out, "--json", *more)
    try:
        wait()
        running = process.poll() is None
        process.send_signal(number)
        begun = time.monotonic()
        out_text, err_text = process.communicate(timeout=120)
        seconds = time.monotonic() - begun
    finally:
        process.kill()
        process.wait()
    said = Said(as_a_shell_sees(process.returncode), out_text.decode(), err_text.decode())
    return Ended(said, seconds, running)


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


def is_whole(out: Path) -> bool:
    """Whether a folder is a whole result, which verifies; anything between that and absent is an error."""
    if not out.exists():
        return False
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES), list(out.iterdir())
    found = verify(out)
    assert found.holds, found.findings
    return True
