"""Subject: the whole strict-order solve against one plain flow of the same pairs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from allocator.core import network
from allocator.core.certificate import check_lottery, check_prices
from allocator.core.outcome import Outcome
from allocator.core.problem import AssignmentProblem
from benchmarks.clock import in_turns
from benchmarks.peers import one_flow
from benchmarks.plane import plane_problem

# Place of the minutes among the tiers of `plane_problem`.
MINUTES = 6


@dataclass(frozen=True)
class Ratio:
    """CPU seconds of both, each run in order, and whether the answer holds.

    Parameters
    ----------
    six_tiers, one_solve : tuple of float
        CPU seconds of each clocked run.
    equal : bool
        `holds` of the six-tier answer and the single solve's.
    """

    six_tiers: tuple[float, ...]
    one_solve: tuple[float, ...]
    equal: bool

    def record(self) -> dict[str, Any]:
        """Return the medians, as the command prints them."""
        six, one = median(self.six_tiers), median(self.one_solve)
        return {
            "six_tiers_cpu_s": round(six, 6),
            "one_solve_cpu_s": round(one, 6),
            "ratio": round(six / one, 3),
            "equal": self.equal,
        }


def measure(children: int, provisions: int, options: int, seed: int = 1) -> Ratio:
    """Clock both methods in turns on one synthetic problem, three times each.

    The clock holds, for the six-tier solve: every tier, its prices and the serial lottery; for
    the single solve: writing the arcs, solving, reading the flows. Making the problem and
    checking the answers are outside it.

    Parameters
    ----------
    children, provisions, options : int
        Sizes, as for `plane_problem`.
    seed : int

    Returns
    -------
    Ratio
    """
    problem = plane_problem(children, provisions, options, seed)
    minutes = problem.tiers[MINUTES].values
    runs = in_turns({"six": lambda: network.solve(problem), "one": lambda: one_flow.solve(problem, minutes)})
    outcome, plain = runs["six"][-1].answer, runs["one"][-1].answer
    assert isinstance(outcome, Outcome)
    assert isinstance(plain, np.ndarray)
    return Ratio(
        tuple(run.cpu_s for run in runs["six"]),
        tuple(run.cpu_s for run in runs["one"]),
        holds(problem, outcome, int((plain >= 0).sum())),
    )


def holds(problem: AssignmentProblem, outcome: Outcome, most_placed: int) -> bool:
    """Say whether an answer is the best one, by evidence that is not the method's own.

    The number placed is that of a plain flow that places as many as can be; the checker, which
    knows no method, finds no breach of the prices in any tier, nor of the lottery.

    Parameters
    ----------
    problem : AssignmentProblem
    outcome : Outcome
    most_placed : int
        How many can be placed at all, from a solve of its own.
    """
    option = outcome.assignment.option
    if int((option >= 0).sum()) != most_placed or outcome.tiers_proved != len(problem.tiers):
        return False
    breaches, face = check_prices(problem, option, outcome.prices.option, outcome.prices.group)
    return face is not None and not breaches and not check_lottery(problem, option, face)
