"""kill -9, Ctrl-C and a polite request to end, at random moments of `review`.

Killed: the output folder is absent or whole, every time. Stopped: it ends within 2 seconds with 130 or 143
and nothing half-written is left, and an earlier result stays as it was. No solving process outlives its run.
60 kills and 16 stops here; the slow tests do 100 and 40.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from allocator.rounds.new import write_new_programme
from integrity.command import run, start
from integrity.ended_runs import Pace, hidden
from integrity.programme_runs import (
    LIMIT,
    children_of,
    contents,
    end,
    is_whole,
    left_behind,
    moment,
    pace,
)

LANES = 2
FRESH, REPLACING = 20, 10
MANY_FRESH, MANY_REPLACING = 30, 20
STOPPED, MANY_STOPPED = 8, 20
PROMISED_SECONDS = 2.0
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
SLOW = pytest.mark.slow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme that is solved at once, so that most of a run is reading and writing."""
    folder = tmp_path_factory.mktemp("programme") / "in"
    write_new_programme(folder, cases=12, volunteers=3, seed=3)
    return folder


@pytest.fixture(scope="module")
def usual(inputs: Path) -> Pace:
    """How long an undisturbed run takes."""
    # The first run may have to compile.
    pace(inputs, inputs.parent / "first")
    return pace(inputs, inputs.parent / "out")


def in_lanes(lane: Callable[[Path, Random], Counter[str]], folder: Path) -> Counter[str]:
    """Do something in two folders at once; add up what they counted."""
    folders = [folder / f"lane-{k}" for k in range(LANES)]
    for path in folders:
        path.mkdir()
    with ThreadPoolExecutor(LANES) as pool:
        return sum(pool.map(lane, folders, [Random(k) for k in range(LANES)]), Counter())


@pytest.mark.parametrize("kills", [FRESH, pytest.param(MANY_FRESH, marks=SLOW)])
def test_a_killed_run_leaves_a_whole_result_or_none(
    kills: int, inputs: Path, usual: Pace, tmp_path: Path
) -> None:
    """Kills of runs into a new folder; what they left beside it is swept by the next run that ends."""

    def lane(folder: Path, rng: Random) -> Counter[str]:
        out, count = folder / "out", Counter[str]()
        for turn in range(kills):
            ended = end(inputs, out, signal.SIGKILL, moment(rng, out, usual, writing=turn % 3 == 0))
            whole = is_whole(out)
            assert whole or ended.said.code == 137
            assert left_behind(ended.children) == []
            count.update(killed=ended.said.code == 137, whole=whole)
            shutil.rmtree(out, ignore_errors=True)
        count.update(left=len(hidden(out)))
        assert run("review", inputs, "-o", out, "--quiet", *LIMIT).code == 0
        assert is_whole(out)
        assert [path.name for path in folder.iterdir()] == ["out"], "what killed runs left was not swept"
        return count

    count = in_lanes(lane, tmp_path)
    assert count["killed"] >= LANES * kills // 2, count
    # A killed run leaves its unfinished folder hidden, until the next run: some were hit while they wrote.
    assert count["left"] >= 1, count


@pytest.mark.parametrize("kills", [REPLACING, pytest.param(MANY_REPLACING, marks=SLOW)])
def test_a_killed_replacement_leaves_the_old_result_or_the_new_or_none(
    kills: int, inputs: Path, usual: Pace, tmp_path: Path
) -> None:
    """Kills of runs that replace an earlier result: the old one, the new one or none; never a mixture."""
    earlier, old = tmp_path / "earlier", tmp_path / "old"
    write_new_programme(earlier, cases=10, volunteers=3, seed=4)
    assert run("review", earlier, "-o", old, "--quiet", *LIMIT).code == 0

    def lane(folder: Path, rng: Random) -> Counter[str]:
        out, count = folder / "out", Counter[str]()
        for turn in range(kills):
            if not out.exists():
                shutil.copytree(old, out)
            before = contents(out)
            wait = moment(rng, out, usual, writing=turn % 2 == 0)
            ended = end(inputs, out, signal.SIGKILL, wait, "--overwrite")
            assert left_behind(ended.children) == []
            left = "none" if not is_whole(out) else "old" if contents(out) == before else "new"
            count.update(killed=ended.said.code == 137, **{left: 1})
            if left == "new":
                shutil.rmtree(out)
        assert run("review", inputs, "-o", out, "--overwrite", "--quiet", *LIMIT).code == 0
        assert is_whole(out)
        assert [path.name for path in folder.iterdir()] == ["out"], "what killed runs left was not swept"
        return count

    count = in_lanes(lane, tmp_path)
    assert count["killed"] >= LANES * kills // 2, count
    assert count["old"] >= 3, count


@pytest.mark.parametrize("stops", [STOPPED, pytest.param(MANY_STOPPED, marks=SLOW)])
def test_a_stopped_run_ends_at_once_and_leaves_nothing(
    stops: int, inputs: Path, usual: Pace, tmp_path: Path
) -> None:
    """Runs stopped by each signal: its exit code, no output, no hidden folder, no process, no document."""

    def lane(number: signal.Signals) -> None:
        folder = tmp_path / number.name
        folder.mkdir()
        out, rng, stopped = folder / "out", Random(int(number)), 0
        for turn in range(3 * stops):
            ended = end(inputs, out, number, moment(rng, out, usual, writing=turn % 3 == 0))
            assert left_behind(ended.children) == []
            if is_whole(out):
                # The signal came when all was done; then the document is whole too.
                assert json.loads(ended.said.out)["status"] == "optimal"
                shutil.rmtree(out)
                continue
            # A compiled module that is interrupted while it loads gives up with an error of its own.
            if "ImportError: initialization failed" not in ended.said.err:
                assert ended.said.code == CODES[number], ended.said
            # On a machine with other work, seconds are as long as an undisturbed run makes them.
            assert ended.seconds <= max(PROMISED_SECONDS, usual.whole), ended.seconds
            assert ended.said.out == ""
            assert list(folder.iterdir()) == []
            stopped += 1
            if stopped == stops:
                return
        raise AssertionError(stopped)

    with ThreadPoolExecutor(len(CODES)) as pool:
        list(pool.map(lane, CODES))


def test_a_stopped_replacement_leaves_the_earlier_result(inputs: Path, usual: Pace, tmp_path: Path) -> None:
    """Runs stopped while they write over an earlier result: it is there, byte for byte."""
    out = tmp_path / "out"
    shutil.copytree(inputs.parent / "out", out)
    before = contents(out)
    for turn, number in enumerate(CODES):
        wait = moment(Random(turn), out, usual, writing=True)
        ended = end(inputs, out, number, wait, "--overwrite")
        assert is_whole(out)
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        if contents(out) == before:
            assert ended.said.code == CODES[number]
        before = contents(out)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are counted in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, *CODES])
def test_a_search_of_size_ends_with_its_run(number: signal.Signals, tmp_path: Path) -> None:
    """A solving process in the middle of a long search ends within 2 seconds, whatever ended its run."""
    write_new_programme(tmp_path / "in", cases=300, volunteers=15, seed=3)
    process = start("review", tmp_path / "in", "-o", tmp_path / "out", "--time-limit", "60", "--json")
    try:
        give_up = time.monotonic() + 60
        children: list[int] = []
        while not children and process.poll() is None and time.monotonic() < give_up:
            children = children_of(process.pid)
            time.sleep(0.005)
        assert children, "no solving process was seen"
        # Well into its work.
        time.sleep(3.0)
        begun = time.monotonic()
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
        seconds = time.monotonic() - begun
    finally:
        process.kill()
        process.communicate()
    assert seconds <= PROMISED_SECONDS
    assert left_behind(children) == []
    assert out == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
