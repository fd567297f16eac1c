"""Hash seed, locale, time zone, threads, working directory and process: the command writes the same bytes.

And `verify` never loads a solver.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integrity.command import EXECUTABLE, run

PROMISED = ("placements.csv", "options.csv", "certificate.json")
# Each of the surroundings stands twice or more, in changing company. A locale that is missing counts as C.
SURROUNDINGS: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({}, ()),
    ({"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "OMP_NUM_THREADS": "1"}, ()),
    ({"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/New_York", "OMP_NUM_THREADS": "2"}, ()),
    ({"PYTHONHASHSEED": "random", "LC_ALL": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati"}, ("--workers", "2")),
    ({"PYTHONHASHSEED": "random", "LC_ALL": "C.UTF-8", "TZ": "America/New_York", "OMP_NUM_THREADS": "1"}, ()),
    ({"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}, ()),
    ({"PYTHONOPTIMIZE": "1", "PYTHONHASHSEED": "0", "LC_ALL": "de_DE.UTF-8"}, ("--time-limit", "600")),
    ({"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "ignore", "LC_ALL": "tr_TR.UTF-8"}, ()),
]


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic round of 200 children, made by the command."""
    folder = tmp_path_factory.mktemp("larger") / "round"
    assert run("new", folder, "--children", "200", "--seed", "5", "--quiet").code == 0
    return folder


def test_surroundings_change_no_byte(larger: Path, tmp_path: Path) -> None:
    """Eight runs of the real command from eight working directories: one set of bytes."""

    def written(k: int) -> tuple[bytes, ...]:
        here = tmp_path / f"here-{k}"
        here.mkdir()
        environment, more = SURROUNDINGS[k]
        inputs = os.path.relpath(larger, here) if k % 2 else larger
        said = run("place", inputs, "-o", "out", "--quiet", *more, environment=environment, folder=here)
        assert said.code == 0, (environment, said)
        return tuple((here / "out" / name).read_bytes() for name in PROMISED)

    with ThreadPoolExecutor(2) as pool:
        found = set(pool.map(written, range(len(SURROUNDINGS))))
    assert len(found) == 1
    # A result made in one place holds in another.
    for environment, _ in SURROUNDINGS[2:4]:
        assert run("verify", tmp_path / "here-0" / "out", environment=environment).code == 0


def test_new_writes_the_same_bytes_for_the_same_seed(larger: Path, tmp_path: Path) -> None:
    """`allocator new` is as deterministic as what is made of it; another seed is another round."""
    for name, seed, environment in (("again", "5", SURROUNDINGS[2][0]), ("other", "6", {})):
        said = run(
            "new", tmp_path / name, "--children", "200", "--seed", seed, "--quiet", environment=environment
        )
        assert said.code == 0
    tables = sorted(path.name for path in larger.iterdir())
    assert tables == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert all((tmp_path / "again" / name).read_bytes() == (larger / name).read_bytes() for name in tables)
    assert (tmp_path / "other" / "children.csv").read_bytes() != (larger / "children.csv").read_bytes()


SOLVERS = (
    "ortools",
    "numba",
    *(
        f"allocator.core.{name}"
        for name in ("child", "flow", "greedy", "kernel", "network", "serial", "tree")
    ),
)
LOADED = f"print(sorted(name for name in {SOLVERS!r} if name in sys.modules))"


@pytest.mark.parametrize(
    "opened", ["from allocator import verify", "from allocator.rounds.recheck import verify"]
)
def test_verify_loads_no_solver(opened: str, placed: Path) -> None:
    """After a whole verification, no solver and no method is among the loaded modules."""
    code = f"import sys; {opened}; print(verify({str(placed)!r}).holds); {LOADED}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.split("\n")[:2] == ["True", "[]"], done.stdout


def test_the_verify_command_loads_no_solver(placed: Path) -> None:
    """The same of the command: `allocator verify` as it is called, `allocator --help` all the more."""
    for arguments in (["verify", str(placed), "--json"], ["--help"]):
        code = (
            "import sys\nfrom allocator.cli.main import app\n"
            f"try:\n    app({arguments!r})\nexcept SystemExit as ended:\n    assert not ended.code\n"
            f"sys.stdout = sys.stderr\n{LOADED}"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
        )
        assert done.stderr.strip().splitlines()[-1] == "[]", done.stderr


def test_placing_does_load_the_solver(synthetic: Path, tmp_path: Path) -> None:
    """So the two tests above can fail."""
    code = f"import sys; from allocator import place; place({str(synthetic)!r}); {LOADED}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    assert "ortools" in done.stdout
    assert EXECUTABLE.is_file()
