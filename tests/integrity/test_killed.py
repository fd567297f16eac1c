"""kill -9 at 100 random moments: the output folder is absent or whole, every time.

Some of the moments are drawn from the time in which it writes, the others from the whole run. Two runs go at
a time.
"""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from allocator.rounds.new import write_new
from integrity.command import run, start
from integrity.ended_runs import Pace, end, hidden, is_whole, moment, pace

LANES = 2
FRESH = 30
REPLACING = 20

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@pytest.fixture(scope="module")
def usual(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Pace:
    """How long an undisturbed run takes."""
    return pace(synthetic, tmp_path_factory.mktemp("pace") / "out")


def in_lanes(lane: Callable[[Path, Random], dict[str, int]], folder: Path) -> dict[str, int]:
    """Do something in two folders at once; add up what they counted."""
    folders = [folder / f"lane-{k}" for k in range(LANES)]
    for path in folders:
        path.mkdir()
    with ThreadPoolExecutor(LANES) as pool:
        counts = list(pool.map(lane, folders, [Random(k) for k in range(LANES)]))
    return {key: sum(count[key] for count in counts) for key in counts[0]}


@needs_signals
def test_a_killed_run_leaves_a_whole_result_or_none(synthetic: Path, usual: Pace, tmp_path: Path) -> None:
    """60 kills of runs into a new folder; what they left beside it is swept by the next run that ends."""

    def lane(folder: Path, rng: Random) -> dict[str, int]:
        out = folder / "out"
        count = {"killed": 0, "whole": 0, "left": 0}
        for turn in range(FRESH):
            ended = end(synthetic, out, signal.SIGKILL, moment(rng, out, usual, writing=turn % 3 == 0))
            whole = is_whole(out)
            assert whole or ended.said.code == 137
            count["killed"] += ended.said.code == 137
            count["whole"] += whole
            shutil.rmtree(out, ignore_errors=True)
        count["left"] = len(hidden(out))
        assert run("place", synthetic, "-o", out, "--quiet").code == 0
        assert is_whole(out)
        assert [path.name for path in folder.iterdir()] == ["out"], "what killed runs left was not swept"
        return count

    count = in_lanes(lane, tmp_path)
    assert count["killed"] >= LANES * FRESH // 2, count
    # A killed run leaves its unfinished folder hidden, until the next run: some were hit while they wrote.
    assert count["left"] >= 1, count


@needs_signals
def test_a_killed_replacement_leaves_the_old_result_or_the_new_or_none(
    synthetic: Path, usual: Pace, tmp_path: Path
) -> None:
    """40 kills of runs that replace an earlier result: the old one, the new one or none; never a mixture."""
    earlier = tmp_path / "earlier"
    write_new(earlier, authority="kent", children=25, seed=4)
    old = tmp_path / "old"
    assert run("place", earlier, "-o", old, "--quiet").code == 0

    def lane(folder: Path, rng: Random) -> dict[str, int]:
        out = folder / "out"
        count = {"killed": 0, "old": 0, "new": 0, "none": 0}
        for turn in range(REPLACING):
            if not out.exists():
                shutil.copytree(old, out)
            before = {path.name: path.read_bytes() for path in out.iterdir()}
            wait = moment(rng, out, usual, writing=turn % 2 == 0)
            ended = end(synthetic, out, signal.SIGKILL, wait, "--overwrite")
            count["killed"] += ended.said.code == 137
            if not is_whole(out):
                count["none"] += 1
            elif {path.name: path.read_bytes() for path in out.iterdir()} == before:
                count["old"] += 1
            else:
                count["new"] += 1
                shutil.rmtree(out)
        assert run("place", synthetic, "-o", out, "--overwrite", "--quiet").code == 0
        assert is_whole(out)
        assert [path.name for path in folder.iterdir()] == ["out"], "what killed runs left was not swept"
        return count

    count = in_lanes(lane, tmp_path)
    assert count["killed"] >= LANES * REPLACING // 2, count
    assert count["old"] >= 5, count


@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="children are counted in /proc, which is not here"
)
def test_a_killed_run_takes_its_solving_process_with_it(synthetic: Path, tmp_path: Path) -> None:
    """The child process that solves ends when its parent is gone."""
    process = start("place", synthetic, "-o", tmp_path / "out", "--time-limit", "60")
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        give_up = time.monotonic() + 60
        solving: list[str] = []
        while not solving and process.poll() is None and time.monotonic() < give_up:
            solving = children.read_text().split()
            time.sleep(0.005)
        assert solving, "no solving process was seen"
    finally:
        process.kill()
        process.communicate()
    give_up = time.monotonic() + 30
    while any(_lives(pid) for pid in solving) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not any(_lives(pid) for pid in solving)
    assert not (tmp_path / "out").exists()


def _lives(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
