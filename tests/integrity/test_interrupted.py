"""Ctrl-C and a polite request to end, at random moments: it ends within 2 seconds, with 130 or 143.

Nothing half-written is left, and an earlier result stays as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from allocator.errors import StoreError
from allocator.rounds.folder import write_folder
from integrity.ended_runs import Pace, end, is_whole, moment, pace

STOPPED = 20
PROMISED_SECONDS = 2.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")


@pytest.fixture(scope="module")
def usual(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Pace:
    """How long an undisturbed run takes."""
    return pace(synthetic, tmp_path_factory.mktemp("pace") / "out")


CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
Lane = Callable[[signal.Signals, Path], None]


def side_by_side(lane: Lane, folder: Path) -> None:
    """Do something with both signals at once, each in a folder of its own."""
    with ThreadPoolExecutor(len(CODES)) as pool:
        started = []
        for number in CODES:
            own = folder / number.name
            own.mkdir()
            started.append(pool.submit(lane, number, own))
        for one in started:
            one.result()


def test_a_stopped_run_ends_at_once_and_leaves_nothing(synthetic: Path, usual: Pace, tmp_path: Path) -> None:
    """20 runs stopped by each signal: its exit code, no output, no hidden folder, no half a document."""

    def lane(number: signal.Signals, folder: Path) -> None:
        out, rng, stopped = folder / "out", Random(int(number)), 0
        for turn in range(3 * STOPPED):
            ended = end(synthetic, out, number, moment(rng, out, usual, writing=turn % 3 == 0))
            if is_whole(out):
                # The signal came when all was done; then the document is whole too.
                assert json.loads(ended.said.out)["status"] == "optimal"
                shutil.rmtree(out)
                continue
            assert ended.said.code == CODES[number], ended.said
            # On a machine with other work, seconds are as long as an undisturbed run makes them.
            assert ended.seconds <= max(PROMISED_SECONDS, usual.whole), ended.seconds
            assert list(folder.iterdir()) == []
            stopped += 1
            if stopped == STOPPED:
                break
        assert stopped == STOPPED

    side_by_side(lane, tmp_path)


def test_a_stopped_replacement_leaves_the_earlier_result(
    synthetic: Path, placed: Path, usual: Pace, tmp_path: Path
) -> None:
    """Runs stopped while they write over an earlier result: it is there, byte for byte."""

    def lane(number: signal.Signals, folder: Path) -> None:
        out, rng = folder / "out", Random(int(number))
        shutil.copytree(placed, out)
        before = _contents(out)
        for _ in range(4):
            ended = end(synthetic, out, number, moment(rng, out, usual, writing=True), "--overwrite")
            assert is_whole(out)
            assert [path.name for path in folder.iterdir()] == ["out"]
            if _contents(out) == before:
                assert ended.said.code == CODES[number]
            else:
                before = _contents(out)

    side_by_side(lane, tmp_path)


def _contents(out: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, OSError, MemoryError])
@pytest.mark.parametrize("at", range(3))
def test_a_fault_while_a_file_is_written_leaves_nothing(
    kind: type[BaseException], at: int, tmp_path: Path
) -> None:
    """Whatever is raised while any file is written: no folder, no hidden folder; an earlier result stays."""

    def broken(path: Path) -> None:
        path.write_bytes(b"half")
        raise kind(28, "No space left on device")

    files = {"a": b"1", "b": b"2", "run.json": b"3"}
    spoiled = {name: broken if k == at else content for k, (name, content) in enumerate(files.items())}
    expected = StoreError if kind is OSError else kind
    with pytest.raises(expected):
        write_folder(tmp_path / "new", spoiled)
    assert list(tmp_path.iterdir()) == []
    write_folder(tmp_path / "old", files)
    with pytest.raises(expected):
        write_folder(tmp_path / "old", spoiled, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert _contents(tmp_path / "old") == files


def test_a_rename_that_fails_brings_the_earlier_result_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of the two renames refused by the disk: the earlier result stands where it stood."""
    files = {"run.json": b"1"}
    write_folder(tmp_path / "old", files)
    real, calls = os.rename, []

    def rename(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(StoreError):
        write_folder(tmp_path / "old", {"run.json": b"2"}, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert _contents(tmp_path / "old") == files
