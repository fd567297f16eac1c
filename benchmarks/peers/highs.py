"""Peer: HiGHS as scipy brings it, the same model as a sparse integer programme, tier by tier."""

from __future__ import annotations

import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from allocator.core.problem import AssignmentProblem, Ints
from benchmarks.peers.attempt import Attempt


def solve(problem: AssignmentProblem, limit_s: float) -> Attempt:
    """Minimise tier after tier by `scipy.optimize.milp`, the earlier ones as equality rows.

    Parameters
    ----------
    problem : AssignmentProblem
        Without places over number.
    limit_s : float
        Wall seconds for all tiers.

    Returns
    -------
    Attempt
        Values are counted again in whole numbers from the rounded answer; a tier whose answer
        leaves an earlier tier or a capacity is not counted as ended. The lottery is left out.
    """
    end = time.monotonic() + limit_s
    matrix, most = _places(problem)
    least = np.zeros(len(most))
    values: list[int] = []
    exact: list[Ints] = []
    for k, tier in enumerate(problem.tiers):
        costs = tier.costs(problem.pair_agent)
        answer = milp(
            costs.astype(float),
            integrality=np.ones(problem.n_pairs),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, least, most),
            options={"mip_rel_gap": 0.0, "time_limit": max(end - time.monotonic(), 0.01)},
        )
        if answer.status != 0:
            return Attempt(tuple(values), False, f"tier {k + 1} ended with status {answer.status}")
        exact.append(costs)
        point = np.rint(answer.x).astype(np.int64)
        found = [int(line @ point) for line in exact]
        if found[:-1] != values or np.any(matrix @ point > most):
            return Attempt(tuple(values), False, f"tier {k + 1} left the rows by rounding")
        values = found
        matrix = vstack((matrix, csr_array(costs[None, :].astype(float))), format="csr")
        least, most = np.append(least, found[-1]), np.append(most, found[-1])
    return Attempt(tuple(values), True)


def _places(problem: AssignmentProblem) -> tuple[csr_array, Ints]:
    """Rows of ones: an agent's pairs, an option's, a bounded group's; and the most each may hold."""
    if np.any(problem.over):
        raise ValueError("this model knows no places over number")
    n, m = problem.n_agents, problem.n_options
    pair = np.arange(problem.n_pairs)
    total = problem.group_total[problem.group[problem.pair_option]]
    grouped = np.flatnonzero(total >= 0)
    row = np.concatenate(
        (problem.pair_agent, n + problem.pair_option, n + m + problem.group[problem.pair_option[grouped]])
    )
    column = np.concatenate((pair, pair, pair[grouped]))
    most = np.concatenate((np.ones(n, dtype=np.int64), problem.ordinary, np.maximum(problem.group_total, 0)))
    ones = coo_array((np.ones(len(row)), (row, column)), shape=(len(most), problem.n_pairs))
    return csr_array(ones), most
