"""Multipliers for a goal about time: the duals of the programme's relaxation, as whole numbers."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from allocator.core.calendar.outcome import Dual
from allocator.core.calendar.problem import CalendarProblem
from allocator.core.calendar.programme import Programme

# Multipliers are rounded to so many parts of a unit of the goal.
SCALE = 2**20


def multipliers(
    problem: CalendarProblem,
    programme: Programme,
    tier: int,
    gains: Sequence[int],
    deadline: float | None = None,
) -> Dual | None:
    """Find prices under which a goal's bound is that of the programme's relaxation.

    Parameters
    ----------
    problem : CalendarProblem
    programme : Programme
    tier : int
        Which of the programme's goals, from 0.
    gains : sequence of int
        What the earlier goals gain at the least.

    deadline : float or None
        `time.monotonic()` at which to give up.

    Returns
    -------
    Dual or None
        None where the relaxation has no optimum that can be read, or time ran out.
    """
    left = np.inf if deadline is None else deadline - time.monotonic()
    if left <= 0:
        return None
    if not len(programme.upper):
        return None
    held = -programme.goals[:tier]
    equal = programme.low == programme.high
    matrix = programme.matrix.tocsr()
    rows = matrix[~equal]
    above = vstack([rows, csr_array(held)]) if tier else rows
    found = linprog(
        -programme.goals[tier],
        A_ub=above,
        b_ub=np.concatenate([programme.high[~equal], -np.asarray(gains[:tier], dtype=np.float64)]),
        A_eq=matrix[equal] if equal.any() else None,
        b_eq=programme.high[equal] if equal.any() else None,
        bounds=np.column_stack([np.zeros(len(programme.upper)), programme.upper]),
        method="highs",
        options={"time_limit": left} if left < np.inf else {},
    )
    if found.status != 0:
        return None
    row = np.zeros(len(programme.high))
    row[~equal] = -found.ineqlin.marginals[: int((~equal).sum())]
    if equal.any():
        row[equal] = -found.eqlin.marginals
    weights = -found.ineqlin.marginals[int((~equal).sum()) :]
    return _rounded(problem, programme, tier, row, np.maximum(weights, 0))


def _rounded(
    problem: CalendarProblem, programme: Programme, tier: int, row: np.ndarray, weights: np.ndarray
) -> Dual:
    types = programme.types
    scaled = np.rint(SCALE * row).astype(np.int64)
    goals = np.rint(SCALE * weights).astype(np.int64)
    # What an agent adds to ranked goals whenever it is done, over what the last of its type must add.
    extra = SCALE * types.extra[tier] + goals @ types.extra[:tier]
    agent = np.maximum(0, scaled[programme.type_row][types.of] + extra)
    worker = np.zeros(problem.n_workers, dtype=np.int64)
    for each, at in zip(programme.classes, programme.class_row.tolist(), strict=True):
        if at >= 0:
            worker[each.workers] = max(0, int(scaled[at]))
    period = np.where(programme.period_row >= 0, np.maximum(0, scaled[programme.period_row]), 0)
    return Dual(SCALE, tuple(goals.tolist()), agent, worker, period)
