"""Where an agent may be done at all: the appointments that no single rule forbids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import (
    Bools,
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    Tier,
    TimeTier,
)
from allocator.core.calendar.rules import shares


@dataclass(frozen=True)
class Spots:
    """Possible appointments, by agent, then period, then worker: the order in which an agent wants them.

    Parameters
    ----------
    agent, worker, period : int64, shape (n_spots,)
    n_agents : int
    """

    agent: Ints
    worker: Ints
    period: Ints
    n_agents: int

    def __len__(self) -> int:
        """How many there are."""
        return len(self.agent)

    def of(self, agent: int) -> range:
        """Return the places of one agent's spots."""
        low, high = np.searchsorted(self.agent, (agent, agent + 1))
        return range(int(low), int(high))

    def chosen(self, worker: Ints, period: Ints) -> Bools:
        """Return which spots an assignment takes; shape (n_spots,)."""
        return np.asarray((worker[self.agent] == self.worker) & (period[self.agent] == self.period))


def first_spots(problem: CalendarProblem) -> Spots:
    """Return where each agent may be done by its first worker."""
    return _spots(problem, ~problem.barred, problem.first, problem.period_most > 0)


def second_spots(problem: CalendarProblem) -> Spots:
    """Return where each agent that wants a second worker may have one."""
    may = ~problem.second_barred & problem.wants_second[:, np.newaxis]
    return _spots(problem, may, problem.second_first)


def _spots(problem: CalendarProblem, may: Bools, first: Ints, works: Bools | None = None) -> Spots:
    """List the spots of the pairs that may be, sorted by agent, period, worker."""
    fits = problem.size[:, np.newaxis, np.newaxis] <= problem.room.T[np.newaxis]
    open_ = fits & (may & (problem.most > 0))[:, np.newaxis, :]
    open_ &= (np.arange(problem.n_periods) >= first[:, np.newaxis])[:, :, np.newaxis]
    if works is not None:
        open_ &= works[np.newaxis, :, np.newaxis]
    agent, period, worker = np.nonzero(open_)
    return Spots(agent, worker, period, problem.n_agents)


def n_variables(problem: CalendarProblem) -> int:
    """Return how many yes-or-no questions the exact method would ask."""
    return len(first_spots(problem)) + len(second_spots(problem))


def ceiling(problem: CalendarProblem, tier: Tier, first: Spots, second: Spots) -> int:
    """Return what a goal cannot be better than, each agent seen alone.

    Parameters
    ----------
    problem : CalendarProblem
    tier : Tier
    first, second : Spots
        Of this problem.

    Returns
    -------
    int
        In the goal's own unit.
    """
    if isinstance(tier, TimeTier):
        most = np.zeros(problem.n_agents, dtype=np.int64)
        np.maximum.at(most, first.agent, tier.gain[first.agent, first.period])
        return tier.base + tier.sense * int(most.sum())
    if isinstance(tier, PairTier):
        return tier.base + len(np.unique(first.agent[tier.suits[first.agent, first.worker]]))
    if isinstance(tier, KeptTier):
        return tier.base + int(np.count_nonzero(first.chosen(tier.worker, tier.period)))
    if isinstance(tier, LoadTier):
        return max(tier.base, int(shares(tier.taken, tier.offered).max(initial=0)))
    if isinstance(tier, SecondTier):
        return tier.base + len(np.unique(second.agent))
    return tier.base
