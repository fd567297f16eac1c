"""Reviewers to papers: equal to brute force in both modes, exact for floats, refused when malformed."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allocator.core.gap_fairest import fairest
from allocator.core.gap_reviewers import MatrixProblem, most
from benchmarks.affinity import main, whole


def all_ways(problem: MatrixProblem) -> list[tuple[int, int]]:
    """Return (worst, total) of every assignment, by trying all sets of reviewers of every paper."""
    m, n = problem.score.shape
    found: list[tuple[int, int]] = []

    def extend(p: int, left: list[int], sums: list[int]) -> None:
        if p == n:
            found.append((min(sums), sum(sums)))
            return
        able = [r for r in range(m) if left[r] > 0 and not problem.barred[r, p]]
        for group in combinations(able, int(problem.need[p])):
            after = [k - (r in group) for r, k in enumerate(left)]
            extend(p + 1, after, [*sums, sum(int(problem.score[r, p]) for r in group)])

    extend(0, problem.load.tolist(), [])
    return found


def tiny(rng: np.random.Generator) -> MatrixProblem:
    """Return up to 5 × 4 small, tied or very long whole scores, with bars and idle reviewers."""
    m, n = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    score: Any = rng.integers(-5, 20, (m, n))
    kind = int(rng.integers(3))
    if kind == 1:
        score = rng.integers(0, 3, (m, n))
    if kind == 2:
        score = rng.integers(0, 2**50, (m, n)).astype(object) * 2**40 + rng.integers(0, 2**40, (m, n)).astype(
            object
        )
    need = rng.integers(0 if rng.random() < 0.2 else 1, min(3, m) + 1, n)
    return MatrixProblem(score, need, rng.integers(0, n + 2, m), rng.random((m, n)) < 0.1)


@pytest.mark.parametrize("seed", range(6))
def test_the_total_equals_brute_force(seed: int) -> None:
    """Fifty tiny matrices a seed: the highest total, borne out by prices, or none at all."""
    rng = np.random.default_rng(seed)
    seen = set()
    for _ in range(50):
        problem = tiny(rng)
        ways, found = all_ways(problem), most(problem)
        seen.add(found is None)
        if found is None:
            assert ways == []
            continue
        chosen, prices = found
        assert sum(problem.totals(chosen)) == prices.bound == max(total for _, total in ways)
    assert seen == {True, False}


@pytest.mark.parametrize("seed", range(6))
def test_the_worst_paper_equals_brute_force(seed: int) -> None:
    """Twenty-five tiny matrices a seed: the best worst paper, then the best total."""
    rng = np.random.default_rng(100 + seed)
    for _ in range(25):
        problem = tiny(rng)
        ways, found = all_ways(problem), fairest(problem)
        if found is None:
            assert ways == []
            continue
        assert found.proved
        assert (found.worst, found.total) == max(ways)


@pytest.mark.parametrize("seed", range(4))
def test_labels_change_nothing(seed: int) -> None:
    """Reviewers and papers in any order have the same total and the same worst paper."""
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 1000, (8, 12))
    rows, columns = rng.permutation(8), rng.permutation(12)
    need, load, barred = np.full(12, 2), rng.integers(3, 6, 8), rng.random((8, 12)) < 0.1
    one = fairest(MatrixProblem(score, need, load, barred))
    other = fairest(
        MatrixProblem(score[rows][:, columns], need[columns], load[rows], barred[rows][:, columns])
    )
    assert one is not None
    assert other is not None
    assert (one.worst, one.total, one.proved) == (other.worst, other.total, True)


@pytest.mark.parametrize("seed", range(3))
def test_the_length_of_scores_changes_nothing(seed: int) -> None:
    """Scores times 2^70 are beyond the flow solver's own figures: the total is times 2^70, exactly."""
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 2**52, (20, 40)).astype(object)
    need, load, barred = np.full(40, 3), np.full(20, 7), np.zeros((20, 40), dtype=bool)
    short, long = (most(MatrixProblem(s, need, load, barred)) for s in (score, score * 2**70))
    assert short is not None
    assert long is not None
    assert long[1].bound == short[1].bound * 2**70


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_decimals_count_their_last_place(kind: type) -> None:
    """0.1 + 0.2 is 0.3: scores written with few places are those decimals."""
    counted, unit = whole(np.array([[0.1, 0.2], [0.3, 1.25]], dtype=kind))
    assert (counted.tolist(), unit) == ([[10, 20], [30, 125]], Fraction(1, 100))


def test_other_floats_are_taken_to_the_last_bit() -> None:
    """Whole number times unit is the float itself, whatever its size."""
    rng = np.random.default_rng(1)
    scores = rng.standard_normal((6, 7)) * 10.0 ** rng.integers(-30, 30, (6, 7))
    scores[0, 0], scores[0, 1] = 0.0, 5e-324
    counted, unit = whole(scores)
    assert all(int(k) * unit == Fraction(s) for k, s in zip(counted.flat, scores.flat, strict=True))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        whole(np.array([[bad]]))


def asked(path: Path, *options: str, **arrays: Any) -> int:
    np.savez(path, **arrays)
    return main([str(path), *options])


@pytest.mark.parametrize(("options", "value", "worst"), [((), 11, 1), (("--fair",), 4, 2)])
def test_the_document(
    options: tuple[str, ...], value: int, worst: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fields in order; the plain total may leave a paper badly off where the fair one does not."""
    scores = np.array([[10, 2], [2, 1]])
    assert asked(tmp_path / "m.npz", *options, scores=scores, per_paper=1, load=1) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["instance", "value", "worst", "bound", "status", "seconds"]
    assert document["instance"] == "m.npz"
    assert (document["value"], document["worst"], document["bound"]) == (value, worst, value)
    assert document["status"] == "optimal"


def test_no_pairs_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two distinct reviewers cannot be had from one."""
    assert asked(tmp_path / "m.npz", scores=np.ones((1, 1)), per_paper=2, load=5) == 0
    document = json.loads(capsys.readouterr().out)
    assert [document[name] for name in ("value", "worst", "bound", "status")] == [
        None,
        None,
        None,
        "feasible",
    ]


@pytest.mark.parametrize(
    "arrays",
    [
        {"per_paper": 1, "load": 1},
        {"scores": np.ones(3), "per_paper": 1, "load": 1},
        {"scores": np.ones((2, 2)), "per_paper": 1.5, "load": 1},
        {"scores": np.ones((2, 2)), "per_paper": [1, 1, 1], "load": 1},
        {"scores": np.ones((2, 2)), "per_paper": -1, "load": 1},
        {"scores": np.ones((2, 2)), "per_paper": 1, "load": 1, "barred": np.zeros((1, 2), dtype=bool)},
        {"scores": np.array([["a"]]), "per_paper": 1, "load": 1},
    ],
)
def test_a_malformed_file_is_named(
    arrays: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the file named, nothing on stdout."""
    assert asked(tmp_path / "bad.npz", **arrays) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "bad.npz" in printed.err
