"""Peer: the direct model in CP-SAT, one Boolean a pair, each tier kept by an equality."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from allocator.core.problem import AssignmentProblem, Ints
from benchmarks.peers.attempt import Attempt

# A release of the solver has certified wrong optima of rows whose sums pass this.
LARGEST_SUM = 2**31 - 1


def solve(problem: AssignmentProblem, limit_s: float, workers: int = 1) -> Attempt:
    """Minimise tier after tier, the earlier ones as equality rows, each from the last one's answer.

    Parameters
    ----------
    problem : AssignmentProblem
        Without places over number.
    limit_s : float
        Wall seconds for all tiers, the making of the model included.
    workers : int
        Threads of the solver.

    Returns
    -------
    Attempt
        The lottery is left out: it would take a solve for each child with a choice.

    Raises
    ------
    ValueError
        Where the problem has places over number or a tier's sum is too large for the solver.
    """
    end = time.monotonic() + limit_s
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(problem.n_pairs)]
    _places(model, problem, chosen)
    values: list[int] = []
    for k, tier in enumerate(problem.tiers):
        costs = tier.costs(problem.pair_agent)
        _check_sum(problem, costs)
        used = np.flatnonzero(costs)
        total = cp_model.LinearExpr.weighted_sum([chosen[p] for p in used], costs[used].tolist())
        model.minimize(total)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = max(end - time.monotonic(), 0.01)
        status = solver.solve(model)
        if status != cp_model.OPTIMAL:
            return Attempt(tuple(values), False, f"tier {k + 1} ended {solver.status_name(status)}")
        taken = np.fromiter((solver.boolean_value(one) for one in chosen), dtype=bool, count=len(chosen))
        values.append(int(costs[taken].sum()))
        model.add(total == values[-1])
        model.clear_hints()
        for one, value in zip(chosen, taken.tolist(), strict=True):
            model.add_hint(one, value)
    return Attempt(tuple(values), True)


def _places(model: cp_model.CpModel, problem: AssignmentProblem, chosen: list[cp_model.IntVar]) -> None:
    """At most one option an agent, at most so many agents an option and a group."""
    if np.any(problem.over):
        raise ValueError("the direct model knows no places over number")
    starts = problem.first_pair.tolist()
    for begin, stop in pairwise(starts):
        model.add_at_most_one(chosen[begin:stop])
    group_of = problem.group[problem.pair_option]
    for of, most in ((problem.pair_option, problem.ordinary), (group_of, problem.group_total)):
        order = np.argsort(of, kind="stable")
        bounds = np.searchsorted(of[order], np.arange(len(most) + 1))
        for j in np.flatnonzero(most >= 0):
            pairs = order[bounds[j] : bounds[j + 1]].tolist()
            model.add(cp_model.LinearExpr.sum([chosen[p] for p in pairs]) <= int(most[j]))


def _check_sum(problem: AssignmentProblem, costs: Ints) -> None:
    if problem.n_agents * int(np.abs(costs).max(initial=0)) > LARGEST_SUM:
        raise ValueError("a tier's sum passes 2^31: the solver is not to be trusted with it")
