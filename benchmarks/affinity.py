"""Subject: reviewers to papers, exactly: the highest total, or the best worst paper first.

``python -m benchmarks affinity FILE.npz [--fair]``. Arrays ``scores`` [reviewers × papers],
``per_paper`` and ``load`` (one number, or one each), optional ``barred`` (bool).

A score is taken as it stands, as a whole multiple of one unit (`whole`); sums of whole numbers are
exact, and value, worst and bound are these sums times the unit, rounded once when they are printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from allocator.core.gap_fairest import Fairest, fairest
from allocator.core.gap_reviewers import MatrixProblem, most
from allocator.errors import ProblemError
from benchmarks.gap import Child

LIMIT_S = 300.0
# Decimals are looked for up to this many places, and this many digits in all.
_PLACES, _DIGITS = 9, 15


@dataclass(frozen=True)
class Question:
    """A matrix in whole numbers, the unit they count, and what is asked of it."""

    problem: MatrixProblem
    unit: Fraction
    fair: bool


@dataclass(frozen=True)
class Answer:
    """Total, worst paper and bound in whole units; all None where no pairs fit."""

    value: int | None
    worst: int | None
    bound: int | None
    proved: bool


def whole(scores: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], Fraction]:
    """Return whole numbers and the unit that they count.

    Whole scores count 1. Floats that all are the nearest to a decimal of at most nine places count
    the last place: 0.1 means a tenth, as it was written. Other floats count the power of two that
    divides them all, which every float has: the numbers are then Python's own, of any length, and
    nothing is rounded.

    Raises
    ------
    ValueError
        Where a score is not a finite number.
    """
    if scores.dtype.kind in "iub":
        # Unsigned 64-bit numbers would not all fit the signed kind.
        return scores.astype(object if scores.dtype == np.uint64 else np.int64), Fraction(1)
    if scores.dtype.kind != "f" or not np.isfinite(scores).all():
        raise ValueError("scores must be finite numbers")
    wide = scores.astype(np.float64)
    size = float(np.abs(wide).max(initial=0.0))
    for places in range(_PLACES + 1):
        if size * 10**places >= 10**_DIGITS:
            break
        counted = np.rint(wide * 10**places)
        if ((counted / 10**places).astype(scores.dtype) == scores).all():
            return counted.astype(np.int64), Fraction(1, 10**places)
    mantissa, exponent = np.frexp(wide)
    digits = (mantissa * 2**53).astype(np.int64)
    least = int(exponent[digits != 0].min()) - 53
    lifts = np.where(digits != 0, exponent - 53 - least, 0)
    return digits.astype(object) << lifts.astype(object), Fraction(2) ** least


def read_question(path: Path, fair: bool) -> Question:
    """Read an ``.npz`` file.

    Raises
    ------
    ValueError
        For an array that is missing, or of the wrong shape or kind.
    """
    with np.load(path, allow_pickle=False) as arrays:
        missing = {"scores", "per_paper", "load"} - set(arrays.files)
        if missing:
            raise ValueError(f"{path.name}: no array {', '.join(sorted(missing))}")
        scores = arrays["scores"]
        if scores.ndim != 2:
            raise ValueError(f"{path.name}: scores must be [reviewers × papers]")
        m, n = scores.shape
        need = _numbers(arrays["per_paper"], n, f"{path.name}: per_paper")
        load = _numbers(arrays["load"], m, f"{path.name}: load")
        barred = arrays["barred"] if "barred" in arrays.files else np.zeros((m, n), dtype=bool)
    if barred.shape != (m, n) or barred.dtype.kind not in "biu":
        raise ValueError(f"{path.name}: barred must be true or false, in the shape of scores")
    try:
        score, unit = whole(scores)
        # No reviewer takes more papers than there are.
        return Question(MatrixProblem(score, need, np.minimum(load, n), barred.astype(bool)), unit, fair)
    except (ValueError, ProblemError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def _numbers(array: np.ndarray[Any, Any], size: int, name: str) -> np.ndarray[Any, Any]:
    """Return whole numbers, one each, from an array of one or of so many."""
    if array.dtype.kind not in "iuf" or not (np.isfinite(array).all() and (array == np.rint(array)).all()):
        raise ValueError(f"{name} must be whole numbers")
    if array.shape not in ((), (1,), (size,)):
        raise ValueError(f"{name} must be one number or {size}, not {array.shape}")
    return np.broadcast_to(array.astype(np.int64), (size,)).copy()


def answer(question: Question, limit_s: float, tell: Callable[[Answer], None]) -> Answer:
    """Solve; the plain optimum is told on the way to the fair one."""
    found = most(question.problem)
    if found is None:
        return Answer(None, None, None, True)
    sums = question.problem.totals(found[0])
    plain = Answer(sum(sums), min(sums, default=0), found[1].bound, not question.fair)
    if not question.fair:
        return plain
    tell(plain)
    # The child is ended at the limit, wherever a solver is: what is told before stands.
    fair = fairest(question.problem, 0.9 * limit_s, lambda better: tell(_answer(better)))
    assert fair is not None
    return _answer(fair)


def _answer(fair: Fairest) -> Answer:
    return Answer(fair.total, fair.worst, fair.bound, fair.proved)


def record(name: str, found: Answer | None, unit: Fraction, seconds: float) -> dict[str, Any]:
    """Return the document: "optimal" where it is proved and "feasible" for all else."""
    found = found or Answer(None, None, None, False)
    return {
        "instance": name,
        "value": _number(found.value, unit),
        "worst": _number(found.worst, unit),
        "bound": _number(found.bound, unit),
        "status": "optimal" if found.proved and found.value is not None else "feasible",
        "seconds": round(seconds, 3),
    }


def _number(counted: int | None, unit: Fraction) -> int | float | None:
    if counted is None:
        return None
    exact = counted * unit
    return int(exact) if unit == 1 else float(exact)


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve one matrix and print its document.

    Returns
    -------
    int
        0; 2 where the file cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks affinity", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.npz")
    parser.add_argument("--fair", action="store_true", help="the best worst paper first")
    parser.add_argument("--time-limit", type=float, default=LIMIT_S, help="wall seconds (300)")
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        question = read_question(asked.file, asked.fair)
    except (OSError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    child = Child(answer)
    try:
        found = child.answer(question, asked.time_limit)
    finally:
        child.close()
    print(json.dumps(record(asked.file.name, found, question.unit, time.monotonic() - started)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
