"""Independent checker: bounds a goal from multipliers alone, by small knapsacks, without any solver.

Price the agents, the workers' caps, the periods' caps and the earlier goals. Whatever a schedule
that holds the earlier goals gains then is at most what the prices come to, and what each worker's
period could earn at these prices: a knapsack of its room. Any prices give a true bound; those that
a method found may give one that the schedule meets. Whole numbers throughout.

References
----------
Geoffrion (1974). Lagrangean relaxation for integer programming. Mathematical Programming Study 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from allocator.core.calendar import counts
from allocator.core.calendar.outcome import Dual
from allocator.core.calendar.problem import (
    Bools,
    CalendarProblem,
    Ints,
    PairTier,
    TimeTier,
)
from allocator.core.calendar.rules import better
from allocator.errors import ProblemError

# Every sum that the checker forms stays below this in size, so that 64 bits hold it exactly.
LARGEST = 2**62


def bound(problem: CalendarProblem, tier: int, values: Sequence[int], dual: Dual | None) -> int:
    """Return the best that a goal can come to, given that the earlier ones are held.

    Parameters
    ----------
    problem : CalendarProblem
    tier : int
        Which goal, from 0.
    values : sequence of int
        What the earlier goals come to; they are held at that, or better.
    dual : Dual or None
        Multipliers for a goal of `TimeTier` or `PairTier`; None for the count that needs none.

    Returns
    -------
    int
        In the goal's own unit.

    Raises
    ------
    ProblemError
        When the multipliers have the wrong shape or sign, or leave exact arithmetic.
    """
    goal = problem.tiers[tier]
    counted = counts.counted(problem, tier, values)
    if dual is None:
        return counted
    if not isinstance(goal, TimeTier | PairTier):
        raise ProblemError("only goals of time or of pairs are bounded by multipliers")
    gains = _gain_bound(problem, tier, values, dual)
    found = goal.base + better(goal) * gains
    return min(found, counted) if better(goal) > 0 else max(found, counted)


def _gain_bound(problem: CalendarProblem, tier: int, values: Sequence[int], dual: Dual) -> int:
    """Bound the gains of a goal: ⌊what the multipliers come to ÷ scale⌋."""
    _refuse(problem, tier, dual)
    worth = np.zeros((problem.n_agents, problem.n_periods), dtype=np.int64)
    pairs: list[tuple[int, Bools]] = []
    total = 0
    for k in range(tier + 1):
        weight = dual.scale if k == tier else dual.goals[k]
        goal = problem.tiers[k]
        if weight == 0:
            continue
        if isinstance(goal, TimeTier):
            worth += weight * goal.gain
        elif isinstance(goal, PairTier):
            pairs.append((weight, goal.suits))
        else:
            raise ProblemError("only goals of time or of pairs have multipliers")
        if k < tier:
            # Whoever holds the goal gains at least so much of it.
            total -= weight * (better(goal) * (int(values[k]) - goal.base))
    worth -= dual.agent[:, None] + dual.period
    may = np.arange(problem.n_periods) >= problem.first[:, None]
    # Who may not be done yet earns nothing, whoever it is with.
    worth = np.where(may, worth, -1 - sum(weight for weight, _ in pairs))
    total += int(dual.agent.sum()) + sum(
        int(price) * int(most) for price, most in zip(dual.worker, problem.most, strict=True) if price
    )
    total += sum(int(price) * int(most) for price, most in zip(dual.period, problem.period_most, strict=True))
    total += _earned(problem, worth, pairs, dual.worker)
    return total // dual.scale


def _refuse(problem: CalendarProblem, tier: int, dual: Dual) -> None:
    shapes = (
        (dual.agent, problem.n_agents),
        (dual.worker, problem.n_workers),
        (dual.period, problem.n_periods),
    )
    if dual.scale <= 0 or len(dual.goals) != tier or any(len(prices) != n for prices, n in shapes):
        raise ProblemError("the multipliers have not the shape of the problem")
    if min(dual.goals, default=0) < 0 or any(int(prices.min(initial=0)) < 0 for prices, _ in shapes):
        raise ProblemError("a multiplier is negative")
    gains = [int(goal.gain.max(initial=0)) for goal in problem.tiers if isinstance(goal, TimeTier)]
    most = max(gains, default=1)
    sizes = sum((dual.scale, *dual.goals)) * max(most, 1)
    sizes += sum(int(prices.max(initial=0)) for prices, _ in shapes)
    if sizes * max(1, problem.n_agents) >= LARGEST:
        raise ProblemError("the multipliers leave exact arithmetic")


def _earned(problem: CalendarProblem, worth: Ints, pairs: list[tuple[int, Bools]], price: Ints) -> int:
    """Return what all workers' periods could earn together, each its best."""
    unit = math.gcd(*problem.size.tolist()) if problem.n_agents else 1
    sizes = sorted(set(problem.size.tolist()))
    kinds = _worker_kinds(problem, pairs)
    total = 0
    for workers in kinds:
        one = workers[0]
        extra = np.zeros(problem.n_agents, dtype=np.int64)
        for weight, suits in pairs:
            extra += weight * suits[:, one]
        for period in range(problem.n_periods):
            rooms = problem.room[workers, period]
            widest = int(rooms.max(initial=0))
            if not sizes or widest < sizes[0]:
                continue
            best = _dearest(problem.size, sizes, worth[:, period] + extra, widest)
            known: dict[tuple[int, int, int], int] = {}
            caps = problem.most[workers].tolist()
            for room, own, most in zip(rooms.tolist(), price[workers].tolist(), caps, strict=True):
                key = (room // unit, own, min(most, room // sizes[0]))
                if key not in known:
                    items = [(size // unit, values) for size, values in best]
                    known[key] = _knapsack(key[0], items, own, key[2], key[2] < room // sizes[0])
                total += known[key]
    return total


def _worker_kinds(problem: CalendarProblem, pairs: list[tuple[int, Bools]]) -> list[list[int]]:
    """Group workers whom the goals of pairs cannot tell apart."""
    kinds: dict[bytes, list[int]] = {}
    for worker in range(problem.n_workers):
        key = b"".join(np.packbits(suits[:, worker]).tobytes() for _, suits in pairs)
        kinds.setdefault(key, []).append(worker)
    return list(kinds.values())


def _dearest(size: Ints, sizes: list[int], worth: Ints, room: int) -> list[tuple[int, list[int]]]:
    """Return, for each size that fits, the greatest positive worths: as many as fit, falling."""
    found = []
    for each in sizes:
        fit = room // each
        if fit == 0:
            break
        own = worth[(size == each) & (worth > 0)]
        if len(own) > fit:
            own = np.partition(own, len(own) - fit)[-fit:]
        if len(own):
            found.append((each, sorted(own.tolist(), reverse=True)))
    return found


def _knapsack(room: int, items: list[tuple[int, list[int]]], price: int, most: int, binds: bool) -> int:
    """Return the best total worth of items that fit a room, each paying the price; Python integers.

    No more than `most` of them, where that binds.
    """
    # By how many items at most, where that matters; else all share one row.
    best = [[0] * (room + 1) for _ in range(most + 1 if binds else 1)]
    for size, worths in items:
        for worth in worths[: room // size]:
            gain = worth - price
            if gain <= 0:
                break
            for number in range(len(best) - 1, 0 if binds else -1, -1):
                before, row = best[number - binds], best[number]
                for left in range(room, size - 1, -1):
                    row[left] = max(row[left], before[left - size] + gain)
    return best[-1][room]
