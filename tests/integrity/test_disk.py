"""A disk that will not take it, or a folder that must not be written to: a plain message, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrity.command import EXECUTABLE, Said, as_a_shell_sees, call, run


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mount disks of so many kilobytes, where the system lets us."""
    mounted: list[Path] = []

    def mount(kilobytes: int) -> Path:
        disk = tmp_path / f"disk-{kilobytes}"
        disk.mkdir()
        asked = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
        if shutil.which("mount") is None or subprocess.run(asked, capture_output=True, check=False).returncode:
            pytest.skip("a small disk cannot be mounted here")
        mounted.append(disk)
        return disk

    yield mount
    for disk in mounted:
        subprocess.run(["umount", str(disk)], check=True)


def assert_plain(said: Said) -> None:
    """Exit 1 with one sentence, no traceback."""
    assert said.code == 1, said
    assert "could not be written" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("kilobytes", [4, 60, 100, 150, 200])
def test_a_full_disk_leaves_nothing_and_is_said_plainly(
    kilobytes: int, synthetic: Path, little_disk: Callable[[int], Path]
) -> None:
    """The disk is full after some of the files: exit 1, the folder is not there, the space is free again."""
    disk = little_disk(kilobytes)
    said = call("place", synthetic, "-o", disk / "out", "--quiet")
    assert_plain(said)
    assert list(disk.iterdir()) == []


def test_a_full_disk_keeps_the_earlier_result(
    synthetic: Path, placed: Path, little_disk: Callable[[int], Path]
) -> None:
    """No room for the new result beside the old one: the old one stays, byte for byte."""
    size = sum(-(-path.stat().st_size // 4096) * 4 for path in placed.iterdir())
    disk = little_disk(size + 40)
    out = Path(shutil.copytree(placed, disk / "out"))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert_plain(call("place", synthetic, "-o", out, "--overwrite", "--quiet"))
    assert [path.name for path in disk.iterdir()] == ["out"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
@pytest.mark.parametrize("kilobytes", [1, 8, 40, 100])
def test_a_file_that_may_not_grow_is_said_plainly(kilobytes: int, synthetic: Path, tmp_path: Path) -> None:
    """A limit on the size of any file, in the real command: exit 1, nothing left."""
    import resource

    limit = kilobytes * 1024
    done = subprocess.run(
        [str(EXECUTABLE), "place", str(synthetic), "-o", str(tmp_path / "out"), "--quiet"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert_plain(Said(as_a_shell_sees(done.returncode), done.stdout.decode(), done.stderr.decode()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_said_plainly(synthetic: Path, tmp_path: Path) -> None:
    """No permission to write: exit 1 and the folder's name."""
    tmp_path.chmod(0o500)
    try:
        said = call("place", synthetic, "-o", tmp_path / "out", "--quiet")
    finally:
        tmp_path.chmod(0o700)
    assert_plain(said)
    assert str(tmp_path / "out") in said.err


def test_a_parent_that_is_a_file_is_said_plainly(synthetic: Path, tmp_path: Path) -> None:
    """`-o FILE/out` cannot be made: a plain message, not a traceback."""
    file = tmp_path / "file"
    file.write_text("x")
    said = call("place", synthetic, "-o", file / "out", "--quiet")
    assert said.code in (1, 2)
    assert str(file / "out") in said.err
    assert file.read_text() == "x"


def _file(out: Path) -> None:
    out.write_text("mine")


def _folder_of_mine(out: Path) -> None:
    out.mkdir()
    (out / "thesis.txt").write_text("mine")


def _hidden_file(out: Path) -> None:
    out.mkdir()
    (out / ".keep").write_text("mine")


def _link(out: Path) -> None:
    elsewhere = out.parent / "elsewhere"
    elsewhere.mkdir()
    out.symlink_to(elsewhere)


def _dead_link(out: Path) -> None:
    out.symlink_to(out.parent / "nowhere")


def _run_record_as_folder(out: Path) -> None:
    (out / "run.json").mkdir(parents=True)
    (out / "run.json" / "thesis.txt").write_text("mine")


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize(
    "before", [_file, _folder_of_mine, _hidden_file, _link, _dead_link, _run_record_as_folder]
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_result_is_never_replaced(
    before: Callable[[Path], None], overwrite: bool, synthetic: Path, tmp_path: Path
) -> None:
    """A file, a link, a folder with anything in it: exit 2 at once, `--overwrite` or not, and nothing touched."""
    out = tmp_path / "out"
    before(out)
    was = _tree(tmp_path)
    said = call("place", synthetic, "-o", out, "--json", *(["--overwrite"] if overwrite else []))
    assert said.code == 2
    assert said.document["exit"] == 2
    assert str(out) in said.err
    assert _tree(tmp_path) == was


def test_an_empty_folder_is_written_to_and_a_result_is_replaced_only_when_asked(
    synthetic: Path, placed: Path, tmp_path: Path
) -> None:
    """An empty folder is as good as none; an earlier result needs `--overwrite`."""
    out = tmp_path / "out"
    out.mkdir()
    assert run("place", synthetic, "-o", out, "--quiet").code == 0
    (out / "stray.txt").write_text("x")
    assert call("place", synthetic, "-o", out, "--quiet").code == 2
    assert (out / "stray.txt").exists()
    assert call("place", synthetic, "-o", out, "--overwrite", "--quiet").code == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in placed.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
