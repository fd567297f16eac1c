"""Generalised assignment: equal to brute force, the same under relabelling, exact at the published optima."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from allocator.core.gap import GapAnswer, GapProblem, solve, warm_up
from allocator.core.gap_bound import climb
from allocator.core.gap_repair import repair
from allocator.core.gap_search import search
from allocator.errors import ProblemError
from benchmarks.gap import main, read_instance

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "gap"


def best_by_trying(problem: GapProblem) -> int | None:
    """Return the least cost over every way to hand out the items, or None where none keeps the rooms."""
    m, n = problem.cost.shape
    values = (problem.value(np.array(way, dtype=np.int64)) for way in product(range(m), repeat=n))
    return min((value for value in values if value is not None), default=None)


def tiny(rng: np.random.Generator) -> GapProblem:
    """Return a problem of up to 3 agents and 6 items: tight, loose, with free items and negative costs."""
    m, n = int(rng.integers(1, 4)), int(rng.integers(1, 7))
    cost = rng.integers(-9, 10, (m, n)) * int(rng.choice([1, 1, 7, 1000]))
    use = rng.integers(0, 10, (m, n))
    capacity = rng.integers(0, max(2, 6 * n * 2 // m), m)
    return GapProblem(cost, use, capacity)


def check(problem: GapProblem, answer: GapAnswer, best: int | None) -> None:
    if best is None:
        assert (answer.status, answer.agent, answer.value) == ("infeasible", None, None)
        return
    assert answer.status == "optimal"
    assert answer.value == answer.bound == best
    assert answer.agent is not None
    assert problem.value(answer.agent) == best


@pytest.mark.parametrize("seed", range(8))
def test_equals_brute_force(seed: int) -> None:
    """Fifty tiny problems a seed: the value is the least there is, or there is none at all."""
    rng = np.random.default_rng(seed)
    seen = set()
    for _ in range(50):
        problem = tiny(rng)
        best = best_by_trying(problem)
        seen.add(best is None)
        check(problem, solve(problem), best)
    assert seen == {True, False}


def test_equals_brute_force_where_tables_are_coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound on rooms that were divided and rounded down stays valid, and the search exact."""
    monkeypatch.setattr("allocator.core.gap._TABLE", 24)
    rng = np.random.default_rng(99)
    for _ in range(60):
        problem = tiny(rng)
        check(problem, solve(problem), best_by_trying(problem))


def test_warming_up_leaves_nothing_to_compile() -> None:
    """Another problem, in whatever layout it comes, brings no kernel a new kind of argument."""
    warm_up()
    known = [len(kernel.signatures) for kernel in (climb, repair, search)]
    problem = middling(np.random.default_rng(8))
    solve(GapProblem(np.asfortranarray(problem.cost), np.asfortranarray(problem.use), problem.capacity))
    assert min(known) >= 1
    assert [len(kernel.signatures) for kernel in (climb, repair, search)] == known


def middling(rng: np.random.Generator, m: int = 4, n: int = 24) -> GapProblem:
    use = rng.integers(5, 26, (m, n))
    return GapProblem(rng.integers(10, 51, (m, n)), use, use.sum(axis=1) * 8 // (10 * m))


@pytest.mark.parametrize("seed", range(5))
def test_labels_change_nothing(seed: int) -> None:
    """Agents and items in any order have the same least cost."""
    rng = np.random.default_rng(seed)
    problem = middling(rng)
    rows, columns = rng.permutation(4), rng.permutation(24)
    turned = GapProblem(problem.cost[rows][:, columns], problem.use[rows][:, columns], problem.capacity[rows])
    one, other = solve(problem), solve(turned)
    assert one.status == other.status == "optimal"
    assert one.value == other.value


@pytest.mark.parametrize("seed", range(5))
def test_scaling_scales(seed: int) -> None:
    """Costs times a, plus b an item, and rooms and uses times c: the value follows, exactly."""
    rng = np.random.default_rng(seed)
    problem = middling(rng)
    scaled = GapProblem(problem.cost * 101 - 13, problem.use * 1009, problem.capacity * 1009 + 1008)
    one, other = solve(problem), solve(scaled)
    assert one.value is not None
    assert (other.value, other.status) == (one.value * 101 - 13 * 24, "optimal")


def test_each_call_gives_the_same() -> None:
    """No clock and no chance in an answer that was proved."""
    problem = middling(np.random.default_rng(3))
    first, second = solve(problem), solve(problem)
    assert first.agent is not None
    assert second.agent is not None
    assert first.agent.tolist() == second.agent.tolist()


def test_what_is_told_on_the_way_holds() -> None:
    """Values only fall and bounds only rise, and the last bound is below no earlier value."""
    told: list[GapAnswer] = []
    problem = middling(np.random.default_rng(4), 6, 40)
    last = solve(problem, tell=told.append)
    values = [answer.value for answer in told if answer.value is not None]
    bounds = [answer.bound for answer in told]
    assert values == sorted(values, reverse=True)
    assert bounds == sorted(bounds)
    assert all(last.bound <= value for value in values)


def test_no_time_still_gives_a_true_bound() -> None:
    """With no time at all the answer claims nothing it has not."""
    problem = middling(np.random.default_rng(5))
    hurried, whole = solve(problem, 0.0), solve(problem)
    assert hurried.status == "feasible"
    assert whole.value is not None
    assert hurried.bound <= whole.value
    assert hurried.value is None or hurried.value >= whole.value


@pytest.mark.parametrize(
    ("cost", "use", "capacity"),
    [
        ([[1, 2]], [[1]], [1]),
        ([[1]], [[-1]], [1]),
        ([[1]], [[1]], [-1]),
        ([[2**60]], [[1]], [1]),
        ([[1]], [[2**60]], [1]),
    ],
)
def test_what_is_refused(cost: list[list[int]], use: list[list[int]], capacity: list[int]) -> None:
    with pytest.raises(ProblemError):
        GapProblem(np.array(cost), np.array(use), np.array(capacity))


PUBLISHED = [
    "gap1-0",
    "gap2-3",
    "gap4-4",
    "gap6-1",
    "a10100",
    "b05100",
    "c05100",
    "c10100",
    "d05100",
    "e05100",
]


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data beside the project")
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_optimum(name: str) -> None:
    """The optimum in the literature is reached and proved."""
    with (SHARED / "data.csv").open(encoding="utf-8") as file:
        published = {row["Path"].split("/")[-1]: row["Optimum"] for row in csv.DictReader(file)}
    best = int(published[name])
    answer = solve(read_instance(SHARED / name))
    assert (answer.value, answer.bound, answer.status) == (best, best, "optimal")


def test_a_line_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command's lines: the fields, in order; null and "feasible" where nothing fits."""
    (tmp_path / "one").write_text("2 2\n1 5 5 1\n1 1 1 1\n1 1\n", encoding="utf-8")
    (tmp_path / "none").write_text("1 2\n1 5\n1 1\n1\n", encoding="utf-8")
    assert main([str(tmp_path / "one"), str(tmp_path / "none"), "--time-limit", "60"]) == 0
    one, none = capsys.readouterr().out.splitlines()
    assert one.startswith('{"instance": "one", "value": 2, "bound": 2, "status": "optimal", "seconds": ')
    assert none.startswith('{"instance": "none", "value": null, "bound": ')
    assert '"status": "feasible"' in none


@pytest.mark.parametrize(
    "text", ["", "1", "1 x", "1 1 2 3", "1 1 2 3 4 5", "0 0", "1 1 1.5 1 1", "1 1 1 -1 1"]
)
def test_a_broken_file_is_named(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed on stdout, the file is named, and the exit code is 2."""
    (tmp_path / "broken").write_text(text, encoding="utf-8")
    assert main([str(tmp_path / "broken")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "broken" in printed.err
