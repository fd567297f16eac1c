"""Bounds of goals that counting alone gives: no prices, no search, and a few lines to check.

What must be done is read off the earlier goals; how it could be done is left as free as can be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from allocator.core.calendar.problem import (
    Bools,
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    SpreadTier,
    TimeTier,
)
from allocator.core.calendar.rules import shares


def counted(problem: CalendarProblem, tier: int, values: Sequence[int]) -> int:
    """Bound a goal by counting alone: each agent's own best, or what those that must be done need.

    Parameters
    ----------
    problem : CalendarProblem
    tier : int
        Which goal, from 0.
    values : sequence of int
        What the earlier goals come to; they are held at that, or better.

    Returns
    -------
    int
        In the goal's own unit.
    """
    goal = problem.tiers[tier]
    may = ~problem.barred & (problem.most > 0)
    works = _spots(problem)
    if isinstance(goal, TimeTier):
        can = works & (np.arange(problem.n_periods) >= problem.first[:, None])
        gain = np.where(can, goal.gain, 0).max(axis=1, initial=0)
        return goal.base + goal.sense * int(gain.sum())
    if isinstance(goal, PairTier):
        return goal.base + int(np.count_nonzero((goal.suits & may).any(axis=1)))
    if isinstance(goal, KeptTier):
        return goal.base + int(np.count_nonzero(_can_stay(problem, goal)))
    if isinstance(goal, LoadTier):
        return max(_least_share(problem, goal, _must_be_done(problem, tier, values)), goal.base)
    if isinstance(goal, SecondTier):
        could = problem.wants_second & (~problem.second_barred & (problem.most > 0)).any(axis=1)
        return goal.base + int(np.count_nonzero(could))
    return goal.base + _least_pairs(problem, goal, _must_be_done(problem, tier, values))


def _spots(problem: CalendarProblem) -> Bools:
    """Tell in which periods somebody who may do the agent has room enough; shape (n_agents, n_periods)."""
    if not problem.n_workers:
        return np.zeros((problem.n_agents, problem.n_periods), dtype=np.bool_)
    room = np.where((problem.most > 0)[:, None], problem.room, 0)
    found = np.zeros((problem.n_agents, problem.n_periods), dtype=np.bool_)
    # The widest rooms first: mostly one of a few is not barred.
    for period in range(problem.n_periods):
        order = np.argsort(-room[:, period], kind="stable")
        left = np.arange(problem.n_agents)
        for worker in order.tolist():
            left = left[problem.size[left] <= room[worker, period]]
            if not len(left):
                break
            free = ~problem.barred[left, worker]
            found[left[free], period] = True
            left = left[~free]
    return found


def _can_stay(problem: CalendarProblem, tier: KeptTier) -> Bools:
    agents = np.arange(problem.n_agents)
    found = (tier.worker >= 0) & (tier.period >= problem.first)
    return np.asarray(
        found
        & ~problem.barred[agents, tier.worker]
        & (problem.room[tier.worker, tier.period] >= problem.size)
    )


def _must_be_done(problem: CalendarProblem, tier: int, values: Sequence[int]) -> list[tuple[Ints, int]]:
    """Read off the earlier goals that count agents: which agents, and how many of them at the least.

    No agent is in two of the groups.
    """
    found: list[tuple[Ints, int]] = []
    used = np.zeros(problem.n_agents, dtype=np.bool_)
    may = np.arange(problem.n_periods) >= problem.first[:, None]
    for k in range(tier):
        goal = problem.tiers[k]
        if not isinstance(goal, TimeTier) or goal.sense < 0:
            continue
        ones = (goal.gain == 1).any(axis=1)
        counts = np.where(may, goal.gain, ones[:, None]) == ones[:, None]
        if counts.all() and not (ones & used).any():
            found.append((np.flatnonzero(ones), max(0, int(values[k]) - goal.base)))
            used |= ones
    return found


def _least_share(problem: CalendarProblem, goal: LoadTier, must: list[tuple[Ints, int]]) -> int:
    """Spread what must be done evenly over whoever can take anything: the largest share is no less."""
    own = int(shares(goal.taken, goal.offered).max(initial=0))
    can = (goal.offered > 0) & (problem.most > 0) & (problem.room > 0).any(axis=1)
    units = sum(int(np.sort(problem.size[agents])[:number].sum()) for agents, number in must)
    # Whoever offers nothing has no share, and may take what there is room for.
    units = max(0, units - int(problem.room[(goal.offered <= 0) & (problem.most > 0)].sum()))
    offered = int(goal.offered[can].sum())
    if not offered:
        return own
    return max(own, -(-1000 * (int(goal.taken[can].sum()) + units) // offered))


def _least_pairs(problem: CalendarProblem, goal: SpreadTier, must: list[tuple[Ints, int]]) -> int:
    """Take the largest families first, as many agents to a pair as a worker can have at all."""
    if not must or not problem.n_workers or not problem.n_agents:
        return 0
    agents = np.concatenate([agents for agents, _ in must])
    number = sum(number for _, number in must)
    least = int(problem.size.min())
    widest = int(np.minimum(problem.most, (problem.room // least).sum(axis=1)).max())
    in_family = np.bincount(goal.family[agents], minlength=len(goal.met))
    # Whoever is of a family that some worker has already may cost nothing.
    number -= int(in_family[goal.met.any(axis=1)].sum())
    # Whole hands of any family come before what is left over of one.
    left = in_family[~goal.met.any(axis=1)]
    hands = [widest] * int((left // max(widest, 1)).sum()) + (left % max(widest, 1)).tolist()
    pairs = 0
    for hand in sorted(hands, reverse=True):
        if number <= 0 or not hand:
            break
        number, pairs = number - hand, pairs + 1
    return pairs
