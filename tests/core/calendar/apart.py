"""The search for large calendar problems, run in a process of its own, many problems at a time.

It loads a solver that must never share a process with the exact method's, which other tests load.
Run as a script it reads one pickle from its input, a list of questions, and writes their answers.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from allocator.core.calendar.outcome import CalendarOutcome, Dual, Effort
from allocator.core.calendar.problem import CalendarProblem

# Moves between two looks at the clock: small problems need no more.
CHUNK = 3_000


@dataclass(frozen=True)
class Question:
    """What the other process is asked.

    Parameters
    ----------
    problem : CalendarProblem
    seconds : float
        The effort.
    looks : int or None
        After so many looks at the clock the deadline has passed; None for no deadline.
    coarse : bool
        Whether hardly any patterns of a room may be listed, of slots of a single size.
    """

    problem: CalendarProblem
    seconds: float = 0.02
    looks: int | None = None
    coarse: bool = False


@dataclass(frozen=True)
class Found:
    """What a search answered: its outcome, all that it had told on the way, and its looks at the clock."""

    outcome: CalendarOutcome
    told: list[CalendarOutcome]
    looks: int


def timings(questions: list[Question]) -> list[Any]:
    """Return what the programme of types and patterns comes to; Timing or None each."""
    return _ask("timing", questions)


def priced(asked: list[tuple[CalendarProblem, list[int]]]) -> list[list[tuple[Dual | None, float]]]:
    """Return each goal's multipliers and its relaxation's optimum, for problems and what their goals gain."""
    return _run("price", asked)


def searches(questions: list[Question]) -> list[Found]:
    """Return what the search answers to each question."""
    return _ask("search", questions)


def _ask(what: str, questions: list[Question]) -> list[Any]:
    answers = _run(what, [(each.problem, each.seconds, each.looks, each.coarse) for each in questions])
    return [Found(*each) for each in answers] if what == "search" else answers


def _run(what: str, asked: list[Any]) -> list[Any]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), what],
        input=pickle.dumps(asked),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    answers: list[Any] = pickle.loads(done.stdout)
    return answers


class _Clock:
    """A clock that moves on by one second a look, so that a deadline strikes at the same place each time."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return float(self.looks)


def _relaxed(problem: CalendarProblem, gains: list[int]) -> list[tuple[Dual | None, float]]:
    """Find each goal's multipliers, and what its relaxation comes to in another algorithm's hands."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    from allocator.core.calendar.prices import multipliers
    from allocator.core.calendar.programme import programme_of, time_tiers

    programme = programme_of(problem, time_tiers(problem))
    if not len(programme.upper):
        return [(None, 0.0) for _ in programme.goals]
    answers: list[tuple[Dual | None, float]] = []
    for k in range(len(programme.goals)):
        rows = [programme.matrix, -programme.matrix, csr_array(-programme.goals[:k])]
        limits = np.concatenate([programme.high, -programme.low, -np.asarray(gains[:k], dtype=float)])
        some = np.isfinite(limits)
        found = linprog(
            -programme.goals[k],
            A_ub=vstack(rows).tocsr()[np.flatnonzero(some)],
            b_ub=limits[some],
            bounds=np.column_stack([np.zeros(len(programme.upper)), programme.upper]),
            method="highs-ipm",
        )
        assert found.status == 0, found.message
        answers.append((multipliers(problem, programme, k, gains), -found.fun))
    return answers


def _searched(problem: CalendarProblem, seconds: float, looks: int | None, coarse: bool) -> Any:
    from allocator.core.calendar import patterns, search, timing

    search.CHUNK = CHUNK
    patterns.MOST_PATTERNS, patterns.FEW_SIZES = (1, 1) if coarse else (2_000, 8)
    clock = _Clock()
    effort = Effort(seconds, None if looks is None else looks + 0.5)
    told: list[CalendarOutcome] = []
    with _Patched(clock):
        if sys.argv[1] == "timing":
            return timing.plan_time(problem, effort)
        return search.search(problem, effort, told.append), told, clock.looks


def main() -> None:
    """Answer the questions of the input, one after the other."""
    # Solvers that greet on standard output must not greet into the answers.
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answer = _relaxed if sys.argv[1] == "price" else _searched
    answers = [answer(*asked) for asked in pickle.load(sys.stdin.buffer)]
    with outgoing:
        outgoing.write(pickle.dumps(answers))


class _Patched:
    """Another clock for as long as it lasts."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._before = clock, time.monotonic

    def __enter__(self) -> None:
        time.monotonic = self._clock

    def __exit__(self, *_: object) -> None:
        time.monotonic = self._before


if __name__ == "__main__":
    main()
