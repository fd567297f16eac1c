"""Multipliers for a goal about pairs: the duals of its relaxation, as whole numbers.

The relaxation is solved by an interior point method, whose iterations, not seconds, decide what it
finds: equal problems and efforts give equal multipliers. Where it would be too much for the effort,
it is told who suits anybody, not whom. The multipliers are then not the best ones, and the bound
that the checker finds for them is as true as any.

References
----------
Geoffrion (1974). Lagrangean relaxation for integer programming. Mathematical Programming Study 2.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from allocator.core.calendar.ascent_kinds import Cells, Groups, cells_of, groups_of, n_columns
from allocator.core.calendar.ascent_programme import Floats, PairProgramme, pair_programme
from allocator.core.calendar.certificate import bound
from allocator.core.calendar.outcome import Dual, Effort
from allocator.core.calendar.problem import CalendarProblem, PairTier
from allocator.errors import ProblemError

# Multipliers are rounded to so many parts of a unit of the goal, or to fewer where they are so large
# that the checker could not add them up.
SCALES = (2**20, 2**12, 2**4)
# What the interior point method does in a second, in columns: more columns take more, to this power.
COLUMNS_A_SECOND = 26_000
POWER = 1.67
# The part of the effort, and of the time that is left, that it may take.
PART = 0.75


def ascend(
    problem: CalendarProblem, tier: int, values: Sequence[int], best: int, effort: Effort
) -> Dual | None:
    """Find multipliers under which a goal's bound is that of its relaxation.

    Parameters
    ----------
    problem : CalendarProblem
    tier : int
        A goal about pairs, from 0.
    values : sequence of int
        What the earlier goals come to; they are held at that, or better.
    best : int
        What the goal is known to reach: where counting proves that it is the most, nothing is done.
    effort : Effort
        Its seconds set how fine the relaxation is.

    Returns
    -------
    Dual or None
        None where there is nothing better than counting, or no time to find it.

    Raises
    ------
    ProblemError
        When the goal is not about pairs.
    """
    if not isinstance(problem.tiers[tier], PairTier):
        raise ProblemError("only goals of pairs are bounded so")
    counted = bound(problem, tier, values, None)
    if counted <= best or _left(effort) <= 0 or not problem.barred.size or not problem.n_periods:
        return None
    found = _fitting(problem, tier, effort)
    if found is None:
        return None
    programme = pair_programme(problem, *found, values)
    prices = _prices(programme, effort)
    if prices is None:
        return None
    for scale in SCALES:
        dual = _rounded(found[0], programme, prices, scale)
        try:
            return dual if bound(problem, tier, values, dual) < counted else None
        except ProblemError:
            # They leave exact arithmetic.
            continue
    return None


def _left(effort: Effort) -> float:
    return np.inf if effort.deadline is None else effort.deadline - time.monotonic()


def _fitting(problem: CalendarProblem, tier: int, effort: Effort) -> tuple[Groups, Cells] | None:
    """Return groups and cells as fine as the effort allows; None where it allows neither."""
    # Counted, not timed: which of the two it is must not hang on the clock.
    seconds = PART * effort.seconds if _left(effort) > 0 else 0.0
    for coarse in (False, True):
        groups = groups_of(problem, tier, coarse)
        cells = cells_of(problem, groups)
        if len(cells.room) and n_columns(problem, groups, cells) <= COLUMNS_A_SECOND * seconds ** (1 / POWER):
            return groups, cells
    return None


def _prices(programme: PairProgramme, effort: Effort) -> Floats | None:
    """Return the price of each row that is no equation, 0 or more; 0 for equations."""
    left = _left(effort)
    if left <= 0:
        return None
    equal = programme.equal
    found = linprog(
        -programme.cost,
        A_ub=programme.matrix[~equal],
        b_ub=programme.high[~equal],
        A_eq=programme.matrix[equal] if equal.any() else None,
        b_eq=programme.high[equal] if equal.any() else None,
        bounds=np.column_stack([np.zeros(len(programme.upper)), programme.upper]),
        method="highs-ipm",
        options={} if np.isinf(left) else {"time_limit": left},
    )
    if found.status != 0:
        return None
    prices = np.zeros(len(equal))
    prices[~equal] = np.maximum(0.0, -found.ineqlin.marginals)
    return prices


def _rounded(groups: Groups, programme: PairProgramme, prices: Floats, scale: int) -> Dual:
    # The last price is of no row: that of goals and caps that are left out.
    scaled = np.append(np.rint(scale * prices).astype(np.int64), 0)
    goals = scaled[programme.goals]
    extra = goals[list(groups.timed)] @ groups.types.extra
    own = scaled[programme.supply] - scaled[programme.told]
    agent = np.maximum(0, own[groups.of] + extra)
    return Dual(scale, tuple(goals.tolist()), agent, scaled[programme.worker], scaled[programme.period])
