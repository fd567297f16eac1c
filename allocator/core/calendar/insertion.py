"""Plain constructions: agents into what room is left, and second readings into the rest."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.problem import Appointments, CalendarProblem, Ints, KeptTier, PairTier, TimeTier


def inserted(problem: CalendarProblem, made: Appointments) -> Appointments:
    """Put agents that wait wherever there is room for them, those that the goals favour first.

    Returns
    -------
    Appointments
        Every rule that `made` keeps is kept.
    """
    worker, period = made.worker.copy(), made.period.copy()
    left = problem.room - made.used(problem)
    count = _counts(problem, made)
    in_period = np.bincount(period[worker >= 0], minlength=problem.n_periods)
    for i in _in_favour(problem, np.flatnonzero(worker < 0)):
        for p in _periods(problem, i):
            if in_period[p] >= problem.period_most[p]:
                continue
            fits = (left[:, p] >= problem.size[i]) & ~problem.barred[i] & (count < problem.most)
            if made.second_worker[i] >= 0:
                fits &= problem.unlike[made.second_worker[i]]
            where = np.flatnonzero(fits)
            if len(where):
                v = _worker(problem, i, p, where, left)
                worker[i], period[i] = v, p
                left[v, p] -= problem.size[i]
                count[v] += 1
                in_period[p] += 1
                break
    return Appointments(worker, period, made.second_worker, made.second_period)


def _in_favour(problem: CalendarProblem, agents: Ints) -> list[int]:
    """Sort agents by what they could add to each goal about time, in order, then by size, then by lot."""
    keys: list[Ints] = [problem.draw[agents], problem.size[agents]]
    for tier in reversed(problem.tiers):
        if isinstance(tier, TimeTier):
            keys.append(-tier.gain[agents].max(axis=1, initial=0))
    order: list[int] = agents[np.lexsort(keys)].tolist()
    return order


def _periods(problem: CalendarProblem, i: int) -> list[int]:
    """Sort the periods that an agent may be done in by what they add to the goals."""
    first = int(problem.first[i])
    gains = [tier.gain[i] for tier in problem.tiers if isinstance(tier, TimeTier)]
    return sorted(range(first, problem.n_periods), key=lambda p: ([-int(gain[p]) for gain in gains], p))


def _worker(problem: CalendarProblem, i: int, p: int, where: Ints, left: Ints) -> int:
    """Choose a worker: the earlier one, one who suits, the tightest room."""
    keys: list[Ints] = [where, left[where, p]]
    for tier in reversed(problem.tiers):
        if isinstance(tier, PairTier):
            keys.append(np.where(tier.suits[i, where], 0, 1))
        elif isinstance(tier, KeptTier):
            keys.append(np.where((tier.worker[i] == where) & (tier.period[i] == p), 0, 1))
    return int(where[np.lexsort(keys)[0]])


def with_seconds(problem: CalendarProblem, made: Appointments) -> Appointments:
    """Give second workers, in what room is left, to agents that want one: the shortest first, then by lot."""
    worker, period = made.second_worker.copy(), made.second_period.copy()
    left = problem.room - made.used(problem)
    count = _counts(problem, made)
    done = (made.worker >= 0) | problem.already
    wanting = np.flatnonzero(problem.wants_second & done & (worker < 0))
    for i in wanting[np.lexsort((problem.draw[wanting], problem.size[wanting]))].tolist():
        fits = (left >= problem.size[i]) & (np.arange(problem.n_periods) >= problem.second_first[i])
        may = ~problem.second_barred[i] & (count < problem.most)
        # Whom an agent that is done already may not have is among the barred.
        may &= problem.already[i] | problem.unlike[made.worker[i]]
        fits &= may[:, None]
        p, v = (found[:1] for found in np.nonzero(fits.T))
        if len(p):
            worker[i], period[i] = v[0], p[0]
            left[v[0], p[0]] -= problem.size[i]
            count[v[0]] += 1
    return Appointments(made.worker, made.period, worker, period)


def _counts(problem: CalendarProblem, made: Appointments) -> Ints:
    both = np.concatenate([made.worker[made.worker >= 0], made.second_worker[made.second_worker >= 0]])
    return np.bincount(both, minlength=problem.n_workers)


def feasible_part(problem: CalendarProblem, made: Appointments) -> Appointments:
    """Leave out of appointments those that break a rule, those of the last draw first."""
    worker, period = np.full(problem.n_agents, -1), np.full(problem.n_agents, -1)
    left, count = problem.room.copy(), np.zeros(problem.n_workers, dtype=np.int64)
    in_period = np.zeros(problem.n_periods, dtype=np.int64)
    there = np.flatnonzero((made.worker >= 0) & (made.period >= problem.first))
    for i in there[np.argsort(problem.draw[there])].tolist():
        v, p = int(made.worker[i]), int(made.period[i])
        fits = left[v, p] >= problem.size[i] and count[v] < problem.most[v]
        if fits and in_period[p] < problem.period_most[p] and not problem.barred[i, v]:
            worker[i], period[i] = v, p
            left[v, p] -= problem.size[i]
            count[v] += 1
            in_period[p] += 1
    nobody = np.full(problem.n_agents, -1)
    return Appointments(worker, period, nobody, nobody.copy())
