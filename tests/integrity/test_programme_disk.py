"""A disk that will not take a schedule: plain words, exit 1, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from allocator.rounds.new import write_new_programme
from integrity.command import EXECUTABLE, Said, as_a_shell_sees, call
from integrity.programme_runs import LIMIT, contents, names

# Kilobytes that a disk has beyond the files before the one that it is full at.
BLOCK = 4


def assert_plain(said: Said) -> None:
    """Exit 1 with one sentence, no traceback."""
    assert said.code == 1, said
    assert "could not be written" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme that is solved at once."""
    folder = tmp_path_factory.mktemp("programme") / "in"
    write_new_programme(folder, cases=12, volunteers=3, seed=3)
    return folder


@pytest.fixture(scope="module")
def out(inputs: Path) -> Path:
    """Its honest result."""
    found = inputs.parent / "out"
    assert call("review", inputs, "-o", found, "--quiet", *LIMIT).code == 0
    return found


def blocks(path: Path) -> int:
    """Size of a file on the disk, in kilobytes."""
    return -(-path.stat().st_size // 4096) * 4


@pytest.fixture(scope="module")
def full_disks(
    inputs: Path, out: Path, tmp_path_factory: pytest.TempPathFactory, root: Path
) -> dict[str, dict[str, Any]]:
    """Schedule onto disks that are full at each file in turn, and onto one that holds an earlier result."""
    written = [entry["name"] for entry in json.loads((out / "run.json").read_bytes())["outputs"]]
    files = [*written, "run.json"]
    sizes = {}
    for k, name in enumerate(files):
        before = sum(blocks(out / other) for other in files[:k])
        sizes[name] = max(BLOCK, before + blocks(out / name) // (2 * BLOCK) * BLOCK)
    sizes["an earlier result"] = -(sum(blocks(out / name) for name in files) + 6 * BLOCK)
    namespace = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    if shutil.which("unshare") is None or subprocess.run([*namespace, "true"], check=False).returncode:
        pytest.skip("a mount namespace cannot be made here")
    arguments = [inputs, out, tmp_path_factory.mktemp("disks"), *dict.fromkeys(sizes.values())]
    done = subprocess.run(
        [*namespace, sys.executable, "-m", "integrity.programme_disks", *map(str, arguments)],
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


def test_a_full_disk_leaves_nothing_and_is_said_plainly(full_disks: dict[str, dict[str, Any]]) -> None:
    """The disk is full at each of the files in turn: exit 1, no folder, and the space is free again."""
    tried = set(full_disks) - {"an earlier result"}
    assert {"schedule.csv", "certificate.json", "schedule.xlsx", "report.html", "run.json"} <= tried
    assert any(name.endswith(".ics") for name in tried)
    for name in tried:
        told = full_disks[name]
        assert_plain(Said(told["code"], told["out"], told["err"]))
        assert told["left"] == [], name


def test_a_full_disk_keeps_the_earlier_result(out: Path, full_disks: dict[str, dict[str, Any]]) -> None:
    """No room for the new result beside the old one: the old one stays, byte for byte."""
    told = full_disks["an earlier result"]
    assert_plain(Said(told["code"], told["out"], told["err"]))
    assert told["left"] == sorted(f"out/{name}" for name in names(out))
    assert told["same"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
@pytest.mark.parametrize("kilobytes", [1, 8, 40])
def test_a_file_that_may_not_grow_is_said_plainly(kilobytes: int, inputs: Path, tmp_path: Path) -> None:
    """A limit on the size of any file, in the real command: exit 1, nothing left."""
    import resource

    limit = kilobytes * 1024
    done = subprocess.run(
        [str(EXECUTABLE), "review", str(inputs), "-o", str(tmp_path / "out"), "--quiet", *LIMIT],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert_plain(Said(as_a_shell_sees(done.returncode), done.stdout.decode(), done.stderr.decode()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_result_is_never_replaced(overwrite: bool, inputs: Path, tmp_path: Path) -> None:
    """A file, a link, a folder with anything in it: exit 2, `--overwrite` or not, and nothing touched."""
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    elsewhere.mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(elsewhere)
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    before = contents(tmp_path)
    for name in ("file", "folder", "link", "dead"):
        more = ["--overwrite"] if overwrite else []
        said = call("review", inputs, "-o", tmp_path / name, "--json", *LIMIT, *more)
        assert said.code == 2, name
        assert str(tmp_path / name) in said.err
    assert contents(tmp_path) == before
    assert list(elsewhere.iterdir()) == []


def test_a_parent_that_is_a_file_is_said_plainly(inputs: Path, tmp_path: Path) -> None:
    """`-o FILE/out` cannot be made: a plain message, not a traceback."""
    file = tmp_path / "file"
    file.write_text("x")
    said = call("review", inputs, "-o", file / "out", "--quiet", *LIMIT)
    assert said.code in (1, 2)
    assert str(file / "out") in said.err
    assert file.read_text() == "x"
