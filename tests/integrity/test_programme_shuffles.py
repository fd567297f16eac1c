"""Row order, table format, hash seed, threads, locale, time zone: one schedule, byte for byte.

Small programmes are proven to their end; a larger one is left open by an effort that is counted and not
timed, so that what it answers must be the same all the same. 80 shuffles here; the slow tests do 1,000.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allocator.rounds.new import write_new_programme
from integrity.command import run
from integrity.programme_runs import LIMIT, contents
from integrity.programme_shuffles import FORMATS, digest, digests, written
from programme_files import write_programme
from small_programmes import small_programme

SMALL, TURNS = range(0, 16, 2), 10
MANY_SMALL = range(0, 200, 2)
# Shuffles of the larger programme.
LARGER_TURNS = 3
PROMISED = ("schedule.csv", "second_reads.csv", "certificate.json")
SURROUNDINGS: list[dict[str, str]] = [
    {},
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "OMP_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/New_York", "OMP_NUM_THREADS": "2"},
    {"PYTHONHASHSEED": "random", "LC_ALL": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "NUMBA_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "7", "LC_ALL": "C.UTF-8", "TZ": "America/New_York", "OPENBLAS_NUM_THREADS": "2"},
]
GOALS = ("scheduled", "days_late", "expertise", "workload_gap", "school_spread")


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of 120 cases and 10 volunteers, too large to be proven at once."""
    folder = tmp_path_factory.mktemp("larger") / "in"
    write_new_programme(folder, cases=120, volunteers=10, seed=3)
    policy = (folder / "reviews.toml").read_text()
    goals = "".join(f'[[goal]]\nmeasure = "{measure}"\n' for measure in GOALS)
    (folder / "reviews.toml").write_text(policy[: policy.index("[[goal]]")] + goals)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme that is proven to its end."""
    folder = tmp_path_factory.mktemp("small") / "in"
    write_new_programme(folder, cases=20, volunteers=4, seed=3)
    return folder


@pytest.mark.parametrize("seeds", [SMALL, pytest.param(MANY_SMALL, marks=pytest.mark.slow)])
def test_shuffles_of_proven_programmes_give_one_digest_each(seeds: range, tmp_path: Path) -> None:
    """Ten shuffles of rows and columns of each programme, as CSV, Parquet and Excel: one digest."""
    different = set()
    for seed in seeds:
        rows = small_programme(seed)
        # An earlier schedule is a result, whose rows have an order of their own.
        write_programme(rows, tmp_path / str(seed) / "in")
        folder = tmp_path / str(seed) / "in"
        honest = digest(folder, seconds=10.0)
        assert digests(folder, range(TURNS), seconds=10.0) == {honest}, seed
        different.add(honest)
    # Other programmes, other digests: so one digest says something.
    assert len(different) == len(seeds)


def test_shuffles_of_a_programme_that_is_left_open_give_one_digest(larger: Path, tmp_path: Path) -> None:
    """The search itself, and what it leaves unproven, do not depend on the order of rows or the format."""
    honest = digest(larger)
    assert digests(larger, range(LARGER_TURNS)) == {honest}
    fewer = written(larger, 0, tmp_path / "fewer")
    cases = (fewer / "cases.csv").read_text().splitlines()
    (fewer / "cases.csv").write_text("\n".join(cases[:-1]) + "\n")
    assert digest(fewer) != honest
    assert {FORMATS[turn % len(FORMATS)] for turn in range(LARGER_TURNS)} == {"csv", "parquet", "xlsx"}


@pytest.mark.slow
def test_fifty_shuffles_of_a_programme_that_is_left_open_give_one_digest(larger: Path) -> None:
    """The same, fifty times."""
    assert digests(larger, range(50)) == {digest(larger)}


def test_surroundings_change_no_byte_of_what_is_left_open(larger: Path, root: Path) -> None:
    """Three fresh processes: one digest."""

    def answered(environment: dict[str, str]) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "integrity.programme_shuffles", str(larger)],
            env={**os.environ, "PYTHONPATH": str(root / "tests"), **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return done.stdout.strip()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(answered, SURROUNDINGS[1:4])) == {digest(larger)}


def test_surroundings_change_no_byte_of_what_the_command_writes(small: Path, tmp_path: Path) -> None:
    """Four runs of the real command from four working directories: one set of bytes, calendars included."""

    def result(k: int) -> dict[str, bytes]:
        here = tmp_path / f"here-{k}"
        here.mkdir()
        inputs = os.path.relpath(small, here) if k % 2 else small
        more = ("--workers", str(1 + k % 2))
        said = run("review", inputs, "-o", "out", "--quiet", *LIMIT, *more,
                   environment=SURROUNDINGS[k], folder=here)  # fmt: skip
        assert said.code == 0, (SURROUNDINGS[k], said)
        return contents(here / "out")

    with ThreadPoolExecutor(2) as pool:
        first, *others = pool.map(result, (0, 2, 4, 5))
    calendars = [name for name in first if name.endswith(".ics")]
    assert calendars
    for name in (*PROMISED, *calendars):
        assert {other[name] for other in others} == {first[name]}, name
    # A result made in one place holds in another.
    for environment in SURROUNDINGS[2:4]:
        assert run("verify", tmp_path / "here-0" / "out", environment=environment).code == 0


SOLVERS = (
    "ortools",
    "highspy",
    "numba",
    *(
        f"allocator.core.calendar.{name}"
        for name in ("child", "exact", "moves", "prices", "search", "solve", "timing")
    ),
)


def test_verify_loads_no_solver(small: Path, tmp_path: Path) -> None:
    """After a whole verification no solver and no method is among the loaded modules; `review` loads one."""
    loaded = f"print(sorted(name for name in {SOLVERS!r} if name in sys.modules))"
    assert run("review", small, "-o", tmp_path / "out", "--quiet", *LIMIT).code == 0
    for opened, expected in (
        (f"from allocator import verify; print(verify({str(tmp_path / 'out')!r}).holds)", "True\n[]\n"),
        (f"from allocator import review; review({str(small)!r}, time_limit=5.0)", ""),
    ):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; {opened}; {loaded}"],
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        assert done.stdout == expected or (not expected and "ortools" in done.stdout), done.stdout
