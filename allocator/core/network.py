"""Method: strict goal order by minimum-cost flow and face restriction.

Each tier is one flow on the face that the tiers before it left. The chain of dual prices
is the whole proof; which code solved the flow, and which optimum it happened to return,
leaves no trace: the serial lottery settles every tie and the prices are canonical.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from allocator.core import serial
from allocator.core.assignment import Assignment
from allocator.core.face import Face
from allocator.core.outcome import Outcome, Prices, Settings, Status
from allocator.core.prices import Nodes
from allocator.core.problem import AssignmentProblem, Ints

# From this many pairs on, the compiled kernel saves more than it takes to load.
COMPILED_FROM = 50_000

TierSolver = Callable[[Face, Nodes, Ints, Ints, int], tuple[Ints, Ints]]


def solve(problem: AssignmentProblem, settings: Settings | None = None) -> Outcome:
    """Assign agents to options, tier by tier in strict order, ties by the serial lottery.

    Parameters
    ----------
    problem : AssignmentProblem
    settings : Settings or None
        When the deadline passes, no further tier is begun: the outcome is then feasible,
        proved for the tiers that were ended.

    Returns
    -------
    Outcome

    Raises
    ------
    ProblemError
        When the problem is malformed or a tier's costs leave the solver's exact range.
    """
    settings = settings or Settings()
    problem.check()
    nodes = Nodes.of(problem)
    face = Face.whole(problem)
    option = np.full(problem.n_agents, -1, dtype=np.int64)
    k_tiers = len(problem.tiers)
    prices = Prices(
        np.zeros((k_tiers, problem.n_options), dtype=np.int64),
        np.zeros((k_tiers, problem.n_groups), dtype=np.int64),
    )
    seconds: dict[str, float] = {}
    best = _best_for(problem)
    for k, tier in enumerate(problem.tiers):
        begun = time.monotonic()
        if settings.deadline is not None and begun > settings.deadline:
            return Outcome(Status.FEASIBLE, Assignment(option), prices, k, seconds)
        if settings.progress is not None:
            settings.progress(k, k_tiers)
        costs = tier.costs(problem.pair_agent, face.pair)
        if not _indifferent(face, costs, tier.over_cost):
            option, y = best(face, nodes, option, costs, tier.over_cost)
            y -= y[nodes.none]
            prices.option[k] = y[: problem.n_options]
            prices.group[k] = y[nodes.group]
            face = face.restricted(tier, costs, option, prices.option[k], prices.group[k])
        seconds[f"tier {k + 1}"] = time.monotonic() - begun
        if settings.proved is not None:
            settings.proved(Outcome(Status.FEASIBLE, Assignment(option), prices, k + 1, seconds))
    begun = time.monotonic()
    option = serial.settle(face, nodes, option)
    seconds["lottery"] = time.monotonic() - begun
    return Outcome(Status.PROVED_OPTIMAL, Assignment(option), prices, k_tiers, seconds)


def _indifferent(face: Face, costs: Ints, over_cost: int) -> bool:
    """Say whether every assignment on the face costs the same in this tier."""
    if over_cost and np.any(face.over.low < face.over.high):
        return False
    agent = face.problem.pair_agent[face.pair]
    if len(agent) == 0:
        return True
    first = np.concatenate(([True], agent[1:] != agent[:-1]))
    reference = costs[np.flatnonzero(first)][np.cumsum(first) - 1]
    reference = np.where(face.may_stay_out[agent], 0, reference)
    return bool(np.array_equal(costs, reference))


def _best_for(problem: AssignmentProblem) -> TierSolver:
    """Choose what solves a tier; the choice changes time, never the answer."""
    if problem.n_pairs >= COMPILED_FROM:
        try:
            from allocator.core import kernel

            return kernel.best
        # Numba is not there for every Python, nor a folder that it may keep its code in.
        except (ImportError, RuntimeError):
            pass
    from allocator.core import flow

    return flow.best
