"""What refutes a solver's claim without any solver: one case that could go elsewhere, or two exchanged.

A solver's word that a goal is best cannot be checked in a short time. But it can be refuted: where one
case alone could be moved, or one second reading, and the goal would come to more at no cost to those
before it, the claim is false. The lottery's claim is refuted likewise by a case that could have what it
prefers at nobody's cost, or by exchange with a case that was drawn later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from allocator.core.calendar import rules
from allocator.core.calendar.problem import Appointments, Bools, CalendarProblem, Ints, SecondTier
from allocator.reviews.effects import Effects, first_change

# Up to so many possible appointments every single move is tried: seconds at most.
LARGEST = 2_000_000
# Up to so many agents every exchange of two is tried, too.
MOST_EXCHANGED = 100


@dataclass(frozen=True)
class Refutation:
    """A change that should not be there if what is claimed were true.

    Parameters
    ----------
    tier : int
        The goal that it betters; -1 for none: the lottery would have made it.
    agent, worker, period : int
        Who could go where; -1 and -1 for not being done.
    second : bool
        Whether it is a second reading.
    other : int
        The agent that it is exchanged with; -1 for none.
    """

    tier: int
    agent: int
    worker: int
    period: int
    second: bool = False
    other: int = -1


def refutation(
    problem: CalendarProblem, made: Appointments, proven: Sequence[bool], drawn: bool
) -> tuple[Refutation | None, bool]:
    """Look for a single change that refutes what is claimed of an assignment.

    Parameters
    ----------
    problem : CalendarProblem
    made : Appointments
        They keep every rule.
    proven : sequence of bool
        Which goals are said to be proved best, those before them held.
    drawn : bool
        Whether the lottery is said to be carried out to its end; then every goal is proved.

    Returns
    -------
    Refutation or None
    bool
        Whether every single move was tried.
    """
    pairs = problem.n_agents * problem.n_workers * problem.n_periods
    if not any(proven) or not 0 < pairs <= LARGEST:
        return None, False
    return next(_refutations(problem, made, proven, drawn), None), True


def _refutations(
    problem: CalendarProblem, made: Appointments, proven: Sequence[bool], drawn: bool
) -> Iterator[Refutation]:
    room = _Room(problem, made)
    effects = Effects(problem, made)
    for agent in np.argsort(problem.draw).tolist():
        if not problem.already[agent]:
            yield from _first(made, room, effects, agent, proven, drawn)
    seconds = [k for k, tier in enumerate(problem.tiers) if proven[k] and isinstance(tier, SecondTier)]
    for agent in np.flatnonzero(problem.wants_second & (made.done | problem.already)).tolist():
        yield from _second(made, room, agent, seconds, drawn)
    if problem.n_agents <= MOST_EXCHANGED:
        yield from _exchanges(problem, made, proven, drawn)


class _Room:
    """Where there is room for one agent more, its own place being free."""

    def __init__(self, problem: CalendarProblem, made: Appointments) -> None:
        self.problem, self.made = problem, made
        self.left = problem.room - made.used(problem)
        workers = np.concatenate([made.worker[made.done], made.second_worker[made.second_worker >= 0]])
        self.more = problem.most - np.bincount(workers, minlength=problem.n_workers)
        self.signed = problem.period_most - np.bincount(made.period[made.done], minlength=problem.n_periods)

    def first(self, agent: int) -> Bools:
        """Tell where the agent may be done, its second reading staying; shape (n_workers, n_periods)."""
        problem, made = self.problem, self.made
        worker, period = int(made.worker[agent]), int(made.period[agent])
        free = self._free(agent, worker, period)
        signed = self.signed > 0
        if worker >= 0:
            signed = signed | (np.arange(problem.n_periods) == period)
        may = ~problem.barred[agent]
        if made.second_worker[agent] >= 0:
            may = may & problem.unlike[made.second_worker[agent]]
        return np.asarray(free & may[:, None] & signed & self._from(int(problem.first[agent])))

    def second(self, agent: int) -> Bools:
        """Tell where the agent may have its second worker; shape (n_workers, n_periods)."""
        problem, made = self.problem, self.made
        free = self._free(agent, int(made.second_worker[agent]), int(made.second_period[agent]))
        may = ~problem.second_barred[agent]
        if made.worker[agent] >= 0:
            may = may & problem.unlike[made.worker[agent]]
        return np.asarray(free & may[:, None] & self._from(int(problem.second_first[agent])))

    def _free(self, agent: int, worker: int, period: int) -> Bools:
        size = int(self.problem.size[agent])
        free = (self.left >= size) & (self.more > 0)[:, None]
        if worker >= 0:
            own = self.left[worker] >= size
            own[period] = True
            free[worker] = own
        return np.asarray(free)

    def _from(self, period: int) -> Bools:
        return np.asarray(np.arange(self.problem.n_periods) >= period)


def _first(
    made: Appointments,
    room: _Room,
    effects: Effects,
    agent: int,
    proven: Sequence[bool],
    drawn: bool,
) -> Iterator[Refutation]:
    workers, periods = _choices(room.first(agent))
    workers, periods = np.append(workers, -1), np.append(periods, -1)
    gains = effects.of(agent, workers, periods)
    for option in np.flatnonzero((gains > 0).any(axis=1)).tolist():
        tier, gained = first_change(gains[option])
        if gained > 0 and proven[tier]:
            yield Refutation(tier, agent, int(workers[option]), int(periods[option]))
    if drawn:
        here = (int(made.period[agent]), int(made.worker[agent]))
        for option in np.flatnonzero(~gains.any(axis=1)).tolist():
            there = (int(periods[option]), int(workers[option]))
            if _prefers(there, here):
                yield Refutation(-1, agent, there[1], there[0])


def _second(
    made: Appointments, room: _Room, agent: int, seconds: list[int], drawn: bool
) -> Iterator[Refutation]:
    here = (int(made.second_period[agent]), int(made.second_worker[agent]))
    for worker, period in zip(*_choices(room.second(agent)), strict=True):
        if here[0] < 0 and seconds:
            yield Refutation(seconds[0], agent, int(worker), int(period), second=True)
        elif drawn and _prefers((int(period), int(worker)), here):
            yield Refutation(-1, agent, int(worker), int(period), second=True)


def _choices(free: Bools) -> tuple[Ints, Ints]:
    """Return workers and periods, the earliest periods first."""
    periods, workers = np.nonzero(free.T)
    return workers, periods


def _prefers(there: tuple[int, int], here: tuple[int, int]) -> bool:
    """Whether an agent would rather go there: a period before none, the earliest, then the first worker."""
    return there[0] >= 0 and (here[0] < 0 or there < here)


def _exchanges(
    problem: CalendarProblem, made: Appointments, proven: Sequence[bool], drawn: bool
) -> Iterator[Refutation]:
    """Give every exchange of two first appointments, or of one with none, that refutes a claim."""
    senses = [rules.better(tier) for tier in problem.tiers]
    at, slack = rules.values(problem, made), problem.room - made.used(problem)
    order = [agent for agent in np.argsort(problem.draw).tolist() if not problem.already[agent]]
    for one, other in combinations(order, 2):
        here, there = ((int(made.period[a]), int(made.worker[a])) for a in (one, other))
        more = int(problem.size[one] - problem.size[other])
        if here == there or not (_fits(slack, there, more) and _fits(slack, here, -more)):
            continue
        swapped = _exchanged(made, one, other)
        new = rules.values(problem, swapped)
        gains = [sense * (now - was) for sense, now, was in zip(senses, new, at, strict=True)]
        tier = next((k for k, gain in enumerate(gains) if gain), -1)
        wanted = drawn and _prefers(there, here) if tier < 0 else gains[tier] > 0 and proven[tier]
        if wanted and not rules.breaches(problem, swapped):
            yield Refutation(tier, one, there[1], there[0], other=other)


def _fits(slack: Ints, place: tuple[int, int], more: int) -> bool:
    return place[0] < 0 or bool(slack[place[1], place[0]] >= more)


def _exchanged(made: Appointments, one: int, other: int) -> Appointments:
    worker, period = made.worker.copy(), made.period.copy()
    worker[[one, other]], period[[one, other]] = worker[[other, one]], period[[other, one]]
    return replace(made, worker=worker, period=period)
