"""Neighbourhoods solved exactly: who of a group has which of the group's slots, all at once.

Agents of one size whom goals about time cannot tell apart may have each other's slots, those of one
size in one period too. Who has which is then an assignment problem: suiting pairs first, then
families that stay together, counted against everybody outside the group.

References
----------
Crouse (2016). On implementing 2D rectangular assignment algorithms. IEEE Transactions on Aerospace
and Electronic Systems 52.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocator.core.calendar.problem import (
    Appointments,
    Bools,
    CalendarProblem,
    Ints,
    KeptTier,
    PairTier,
    SpreadTier,
)

# What an earlier goal weighs beside the one at hand; what a barred pair costs; what staying is worth.
_EARLIER, _BARRED, _STAYING = 1e3, 1e8, 0.2
# What a new pair costs where one of the group itself has the family with the worker now.
_PERHAPS = 0.6
# Larger groups are cut in parts.
_MOST_ROWS = 1_200


def rematched(
    problem: CalendarProblem, made: Appointments, tier: int, twin: Ints, rng: np.random.Generator
) -> Appointments:
    """Match every group anew, once.

    Parameters
    ----------
    problem : CalendarProblem
    made : Appointments
        They keep every rule.
    tier : int
        The goal at hand, of pairs or of spread.
    twin : int64, shape (n_agents,)
        Agents of one number are of one size, and goals about time cannot tell them apart.
    rng : Generator
        The order of the groups.

    Returns
    -------
    Appointments
        They keep every rule, and goals about time and loads are as they were; others may be worse,
        which is for the caller to see.
    """
    match = _Match(problem, made, tier)
    free = made.second_worker < 0
    for by_period in (False, True):
        # By period only now: twins may have changed theirs.
        when = problem.size * problem.n_periods + match.period
        key = np.where(match.period >= 0, when, -1) if by_period else twin
        groups = list(_groups(key, free, match.worker >= 0))
        for g in rng.permutation(len(groups)).tolist():
            match.again(groups[g])
    return Appointments(match.worker, match.period, made.second_worker, made.second_period)


def _groups(key: Ints, free: Bools, done: Bools) -> Iterator[Ints]:
    """Give the groups of agents with one key, 0 or more, of whom some are done."""
    agents = np.flatnonzero(free & (key >= 0))
    order = agents[np.argsort(key[agents], kind="stable")]
    for group in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        if done[group].any() and len(group) > 1:
            yield group


class _Match:
    """Appointments whose groups are matched anew one by one."""

    def __init__(self, problem: CalendarProblem, made: Appointments, tier: int) -> None:
        self.problem = problem
        self.worker, self.period = made.worker.copy(), made.period.copy()
        goal = problem.tiers[tier]
        earlier = [t for t in problem.tiers[:tier] if isinstance(t, PairTier)]
        self.pairs = [(_EARLIER, t.suits) for t in earlier]
        if isinstance(goal, PairTier):
            self.pairs.append((1.0, goal.suits))
        self.kept = [t for t in problem.tiers if isinstance(t, KeptTier)]
        self.spread = goal if isinstance(goal, SpreadTier) else None
        if self.spread is not None:
            self.held = np.where(self.spread.met, len(self.worker) + 1, 0)
            done = np.flatnonzero(self.worker >= 0)
            np.add.at(self.held, (self.spread.family[done], self.worker[done]), 1)

    def again(self, group: Ints) -> None:
        """Match one group's agents to its slots."""
        if len(group) > _MOST_ROWS:
            for part in np.array_split(group, -(-len(group) // _MOST_ROWS)):
                self.again(part)
            return
        there = group[self.worker[group] >= 0]
        if not len(there):
            return
        v, p = self.worker[there], self.period[there]
        cost = np.where(self.problem.barred[group][:, v], _BARRED, 0.0)
        cost += np.where(p < self.problem.first[group][:, None], _BARRED, 0.0)
        for weight, suits in self.pairs:
            cost -= weight * suits[group][:, v]
        for tier in self.kept:
            cost -= _STAYING * ((tier.worker[group][:, None] == v) & (tier.period[group][:, None] == p))
        if self.spread is not None:
            cost += self._new(group, there, v)
        rows, columns = linear_sum_assignment(cost)
        if (cost[rows, columns] >= _BARRED / 2).any():
            self._count(there, 1)
            return
        self.worker[group], self.period[group] = -1, -1
        self.worker[group[rows]], self.period[group[rows]] = v[columns], p[columns]
        self._count(group[rows], 1)

    def _new(self, group: Ints, there: Ints, v: Ints) -> np.ndarray:
        """Return what each agent would cost with each slot's worker, the group itself taken out."""
        assert self.spread is not None
        family = self.spread.family[group]
        with_group = self.held[family][:, v] > 0
        self._count(there, -1)
        without = self.held[family][:, v] > 0
        return np.where(without, 0.0, np.where(with_group, _PERHAPS, 1.0))

    def _count(self, agents: Ints, sign: int) -> None:
        if self.spread is not None:
            np.add.at(self.held, (self.spread.family[agents], self.worker[agents]), sign)
