"""A calendar problem: whole jobs to workers' periods, and goals in strict order.

An agent (a case) is done by one worker within one period, whole, or not at all. Some agents
are also wanted by a second worker who is independent of the first. Everything is whole
numbers; who the agents and workers are is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TimeTier:
    """A goal about when agents are done: the sum of a figure that depends on agent and period.

    Parameters
    ----------
    gain : int64, shape (n_agents, n_periods)
        What doing the agent in the period adds; never negative.
    base : int
        The goal's value when no agent is done.
    sense : {1, -1}
        1: value = base + gains, more is better. -1: value = base - gains, less is better.
    """

    gain: Ints
    base: int = 0
    sense: Literal[1, -1] = 1


@dataclass(frozen=True)
class PairTier:
    """More is better: how many agents are done by a worker who suits them.

    Parameters
    ----------
    suits : bool, shape (n_agents, n_workers)
    base : int
        What counts already.
    """

    suits: Bools
    base: int = 0


@dataclass(frozen=True)
class KeptTier:
    """More is better: how many agents are done where and when they were to be.

    Parameters
    ----------
    worker, period : int64, shape (n_agents,)
        The earlier appointment; -1 for none.
    base : int
        What counts already.
    """

    worker: Ints
    period: Ints
    base: int = 0


@dataclass(frozen=True)
class LoadTier:
    """Less is better: the largest ⌈1000 × units taken ÷ units offered⌉ over the workers who offer any.

    Second readings do not count.

    Parameters
    ----------
    taken : int64, shape (n_workers,)
        Units that each has taken already.
    offered : int64, shape (n_workers,)
        Units that each offers in all; not only in the periods that are open.
    base : int
        The largest figure among those who are no worker of this problem; 0 where there are none.
    """

    taken: Ints
    offered: Ints
    base: int = 0


@dataclass(frozen=True)
class SpreadTier:
    """Less is better: the number of different (family, worker) pairs. Second readings do not count.

    Parameters
    ----------
    family : int64, shape (n_agents,)
        From 0.
    met : bool, shape (n_families, n_workers)
        Pairs that exist already, and count in `base`.
    base : int
    """

    family: Ints
    met: Bools
    base: int = 0


@dataclass(frozen=True)
class SecondTier:
    """More is better: how many of the agents that want a second worker have one.

    Parameters
    ----------
    base : int
        What counts already.
    """

    base: int = 0


Tier: TypeAlias = TimeTier | PairTier | KeptTier | LoadTier | SpreadTier | SecondTier


@dataclass(frozen=True)
class CalendarProblem:
    """Agents with a size, workers with room in each period, and goals in strict order.

    Parameters
    ----------
    size : int64, shape (n_agents,)
        Units that the agent takes of one worker's period; > 0.
    first : int64, shape (n_agents,)
        The first period that the agent may be done in; n_periods for none.
    room : int64, shape (n_workers, n_periods)
        Units; 0 where the worker does not work.
    barred : bool, shape (n_agents, n_workers)
        Pairs that may never be.
    most : int64, shape (n_workers,)
        Agents that the worker may take in all, as first or second; 2 n_agents where there is no cap.
    period_most : int64, shape (n_periods,)
        Agents that may be done in the period, first readings alone; n_agents where there is no cap.
    draw : int64, shape (n_agents,)
        The lottery: a permutation, 0 first.
    tiers : tuple of Tier
        The goals in order. The lottery comes after them and is no tier.
    wants_second : bool, shape (n_agents,)
        Who wants a second worker. The second works in any period from `first` on, takes the same
        units and counts in `most`; there is none without a first.
    second_barred : bool, shape (n_agents, n_workers)
        Pairs that may never be as second; includes every barred pair.
    unlike : bool, shape (n_workers, n_workers)
        Who may be the second of one whose agent the other is first of; symmetric, False on the diagonal.
    start : tuple of int64 arrays (worker, period), each shape (n_agents,), or None
        An earlier assignment from which methods may start; it need not keep the rules.
    settled : int64, shape (n_agents,), or None
        For agents that are done already, outside this problem, the first period that their second
        worker may do them in; -1 for all others. Their own `first` is n_periods, and they need no
        first worker to have a second; `second_barred` covers whom the first is like.
    """

    size: Ints
    first: Ints
    room: Ints
    barred: Bools
    most: Ints
    period_most: Ints
    draw: Ints
    tiers: tuple[Tier, ...]
    wants_second: Bools
    second_barred: Bools
    unlike: Bools
    start: tuple[Ints, Ints] | None = field(default=None)
    settled: Ints | None = field(default=None)

    @property
    def n_agents(self) -> int:
        """How many agents there are."""
        return len(self.size)

    @property
    def already(self) -> Bools:
        """Which agents are done already, and may have a second worker without a first."""
        if self.settled is None:
            return np.zeros(self.n_agents, dtype=np.bool_)
        return np.asarray(self.settled >= 0)

    @property
    def second_first(self) -> Ints:
        """The first period of each agent's second worker; int64, shape (n_agents,)."""
        if self.settled is None:
            return self.first
        return np.where(self.settled >= 0, self.settled, self.first)

    @property
    def n_workers(self) -> int:
        """How many workers there are."""
        return int(self.room.shape[0])

    @property
    def n_periods(self) -> int:
        """How many periods there are."""
        return int(self.room.shape[1])


@dataclass(frozen=True)
class Appointments:
    """Who does which agent when.

    Parameters
    ----------
    worker, period : int64, shape (n_agents,)
        -1 for an agent that is not done.
    second_worker, second_period : int64, shape (n_agents,)
        -1 for an agent without a second.
    """

    worker: Ints
    period: Ints
    second_worker: Ints
    second_period: Ints

    @classmethod
    def none(cls, n_agents: int) -> Appointments:
        """Return the assignment in which nothing is done."""
        return cls(*(np.full(n_agents, -1, dtype=np.int64) for _ in range(4)))

    @property
    def done(self) -> Bools:
        """Which agents are done."""
        return np.asarray(self.worker >= 0)

    def used(self, problem: CalendarProblem, seconds: bool = True) -> Ints:
        """Return the units taken of each worker's period; int64, shape (n_workers, n_periods)."""
        found = np.zeros(problem.room.shape, dtype=np.int64)
        np.add.at(found, (self.worker[self.done], self.period[self.done]), problem.size[self.done])
        if seconds:
            both = self.second_worker >= 0
            np.add.at(found, (self.second_worker[both], self.second_period[both]), problem.size[both])
        return found
