"""A disk that will not take it, a folder that must not be written to: plain words, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integrity.command import EXECUTABLE, Said, as_a_shell_sees, call, run
from integrity.ended_runs import FILES


def assert_plain(said: Said) -> None:
    """Exit 1 with one sentence, no traceback."""
    assert said.code == 1, said
    assert "could not be written" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def blocks(path: Path) -> int:
    """Size of a file on the disk, in kilobytes."""
    return -(-path.stat().st_size // 4096) * 4


@pytest.fixture(scope="module")
def full_disks(
    synthetic: Path, placed: Path, tmp_path_factory: pytest.TempPathFactory, root: Path
) -> dict[str, dict[str, Any]]:
    """Place onto disks that are full at each file in turn, and onto one that holds an earlier result."""
    sizes = {}
    for k, name in enumerate(FILES):
        before = sum(blocks(placed / other) for other in FILES[:k])
        sizes[name] = max(4, before + blocks(placed / name) // 8 * 4)
    sizes["an earlier result"] = -(sum(map(blocks, placed.iterdir())) + 24)
    namespace = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    module = [sys.executable, "-m", "integrity.small_disks"]
    arguments = [synthetic, placed, tmp_path_factory.mktemp("disks"), *dict.fromkeys(sizes.values())]
    if shutil.which("unshare") is None or subprocess.run([*namespace, "true"], check=False).returncode:
        pytest.skip("a mount namespace cannot be made here")
    done = subprocess.run(
        [*namespace, *module, *map(str, arguments)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(root / "tests"), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if "mount:" in done.stderr:
        pytest.skip("a small disk cannot be mounted here")
    assert done.returncode == 0, done.stderr
    told = dict(zip(dict.fromkeys(sizes.values()), json.loads(done.stdout), strict=True))
    return {name: told[size] for name, size in sizes.items()}


@pytest.mark.parametrize("name", FILES)
def test_a_full_disk_leaves_nothing_and_is_said_plainly(
    name: str, full_disks: dict[str, dict[str, Any]]
) -> None:
    """The disk is full at each of the files in turn: exit 1, no folder, and the space is free again."""
    told = full_disks[name]
    assert_plain(Said(told["code"], told["out"], told["err"]))
    assert told["left"] == []


def test_a_full_disk_keeps_the_earlier_result(full_disks: dict[str, dict[str, Any]]) -> None:
    """No room for the new result beside the old one: the old one stays, byte for byte."""
    told = full_disks["an earlier result"]
    assert_plain(Said(told["code"], told["out"], told["err"]))
    assert told["left"] == ["out", *(f"out/{name}" for name in sorted(FILES))]
    assert told["same"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
@pytest.mark.parametrize("kilobytes", [1, 12, 40])
def test_a_file_that_may_not_grow_is_said_plainly(kilobytes: int, synthetic: Path, tmp_path: Path) -> None:
    """A limit on the size of any file, in the real command: exit 1, nothing left."""
    import resource

    limit = kilobytes * 1024
    done = subprocess.run(
        [str(EXECUTABLE), "place", str(synthetic), "-o", str(tmp_path / "out"), "--quiet"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=300,
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
    """A file, a link, a folder with anything in it: exit 2, `--overwrite` or not, and nothing touched."""
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
