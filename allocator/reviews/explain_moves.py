"""Every single exchange by which one case could be read by somebody else, or in another week.

A case goes to a reader's week directly, or in exchange for one reading there or, where none is
enough, for each smallest set of readings there; what gives way goes to the backlog or to the place
that the case leaves. Where the reader's cap or the officers' time is used up, another reading of the
reader's, or of the week, gives way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from allocator.core.calendar.problem import Bools, Ints
from allocator.reviews.explain_standing import Reading, Standing, in_order, verdicts
from allocator.reviews.explain_trials import Move, Trials

# Exchanges made of one kind at most; what is left out is counted, and said.
LIMIT = 20_000


@dataclass(frozen=True)
class Tested:
    """Exchanges that keep every rule, with what each would change.

    Parameters
    ----------
    trials : Trials
        Completed; every one keeps every rule.
    worker, period : int64, shape (n,)
        Where the case would go.
    changes : int64, shape (n, n_tiers)
        Changed − present, in each goal's own unit.
    first, verdict : int64, shape (n,)
        The first goal that changes, -1 for none; 1 for better, -1 for worse, 0 for equal.
    draw : int64, shape (n,)
        What the lottery prefers: 1 the exchange, -1 what is there.
    order : int64, shape (n,)
        The exchanges, best first.
    tried : int
        How many were tried, lawful or not.
    left_out : int
        How many were not tried.
    """

    trials: Trials
    worker: Ints
    period: Ints
    changes: Ints
    first: Ints
    verdict: Ints
    draw: Ints
    order: Ints
    tried: int
    left_out: int

    def best(self, which: Bools) -> int | None:
        """Return the best of the exchanges that are marked; `which` has shape (n,)."""
        found = self.order[which[self.order]]
        return int(found[0]) if len(found) else None


def try_exchanges(standing: Standing, agent: int, slots: Bools) -> Tested:
    """Try every single exchange that puts an agent into one of the slots.

    Parameters
    ----------
    standing : Standing
    agent : int
    slots : bool, shape (n_workers, n_periods)
        The agent's present place is never one of them.
    """
    wanted = slots & can_hold(standing, agent)
    parts, left_out = [_direct(agent, wanted), _singles(standing, agent, wanted)], 0
    for make in (_sets, _of_capped, _of_full_weeks):
        made, dropped = _listed(standing, agent, make(standing, agent, wanted))
        parts.append(made)
        left_out += dropped
    return judged(standing, Trials.joined(parts), agent, left_out)


def judged(standing: Standing, trials: Trials, agent: int | None = None, left_out: int = 0) -> Tested:
    """Judge exchanges: drop those that break a rule, and work out what the others change.

    Parameters
    ----------
    standing : Standing
    trials : Trials
    agent : int or None
        The agent that `worker` and `period` tell of; None for the first move of each exchange.
    left_out : int
    """
    tried, trials = trials.n, standing.completed(trials)
    trials = trials.kept(standing.legal(trials))
    rows = np.arange(len(trials.trial)) if agent is None else np.flatnonzero(trials.agent == agent)
    # The last that is written stays: the first row of each trial, therefore, from the end.
    place = np.full((2, trials.n), -1, dtype=np.int64)
    place[:, trials.trial[rows[::-1]]] = trials.worker[rows[::-1]], trials.period[rows[::-1]]
    changes = standing.changes(trials)
    first, verdict = verdicts(changes, standing.senses)
    draw = standing.draws(trials)
    order = in_order(np.column_stack([changes, draw]), np.append(standing.senses, 1))
    return Tested(trials, place[0], place[1], changes, first, verdict, draw, order, tried, left_out)


def can_hold(standing: Standing, agent: int) -> Bools:
    """Tell where an agent could be if nothing else were there; its present place is left out."""
    problem, made = standing.problem, standing.made
    found = (problem.room >= problem.size[agent]) & ~problem.barred[agent][:, None]
    found &= np.arange(problem.n_periods) >= problem.first[agent]
    found &= ((problem.most > 0)[:, None]) & (problem.period_most > 0)
    if made.worker[agent] >= 0:
        found[made.worker[agent], made.period[agent]] = False
    return np.asarray(found, dtype=np.bool_)


def _direct(agent: int, wanted: Bools) -> Trials:
    worker, period = np.nonzero(wanted)
    none = np.zeros(0, dtype=np.int64)
    number = np.arange(len(worker))
    return Trials(number, np.full(len(worker), agent), worker, period, none, none, len(worker))


def _singles(standing: Standing, agent: int, wanted: Bools) -> Trials:
    """Put the agent in the place of each reading in turn, or of nothing but its second reading."""
    made, size = standing.made, standing.problem.size
    parts = []
    for worker, period, second in (
        (made.worker, made.period, False),
        (made.second_worker, made.second_period, True),
    ):
        other = np.flatnonzero((worker >= 0) & (np.arange(len(worker)) != agent))
        enough = standing.free[worker[other], period[other]] + size[other] >= size[agent]
        other = other[wanted[worker[other], period[other]] & enough]
        if second:
            parts.append(_instead(agent, other, worker[other], period[other], None))
            continue
        parts.append(_instead(agent, other, worker[other], period[other], (-1, -1)))
        if made.worker[agent] >= 0:
            left = int(made.worker[agent]), int(made.period[agent])
            parts.append(_instead(agent, other, worker[other], period[other], left))
    return Trials.joined(parts)


def _instead(agent: int, other: Ints, worker: Ints, period: Ints, to: tuple[int, int] | None) -> Trials:
    """Put the agent where another is, which goes elsewhere; or where it is second, if `to` is None."""
    n, number = len(other), np.arange(len(other))
    none = np.zeros(0, dtype=np.int64)
    if to is None:
        return Trials(number, np.full(n, agent), worker, period, number, other, n)
    return Trials(
        np.repeat(number, 2),
        np.column_stack([np.full(n, agent), other]).reshape(-1),
        np.column_stack([worker, np.full(n, to[0])]).reshape(-1),
        np.column_stack([period, np.full(n, to[1])]).reshape(-1),
        none,
        none,
        n,
    )


def readings(standing: Standing, worker: int | None = None, period: int | None = None) -> list[Reading]:
    """Return the readings of a worker, of a period, or of both, first readings first, by agent."""
    made = standing.made
    if worker is not None and period is not None:
        return standing.by_slot.get((worker, period), [])
    found: list[Reading] = []
    for who, when, second in (
        (made.worker, made.period, False),
        (made.second_worker, made.second_period, True),
    ):
        there = (who >= 0) if worker is None else (who == worker)
        there = there if period is None else there & (when == period)
        found += [(agent, second) for agent in np.flatnonzero(there).tolist()]
    return found


def _sets(standing: Standing, agent: int, wanted: Bools) -> Iterator[tuple[int, int, tuple[Reading, ...]]]:
    """Give each smallest set of readings, of two or more, that makes room in a slot."""
    size = standing.problem.size
    for period, worker in _by_week(wanted & (standing.free < size[agent])):
        short = int(size[agent] - standing.free[worker, period])
        there = [reading for reading in readings(standing, worker, period) if reading[0] != agent]
        if not there or max(int(size[a]) for a, _ in there) >= short:
            continue
        for number in range(2, len(there) + 1):
            groups = [g for g in combinations(there, number) if sum(int(size[a]) for a, _ in g) >= short]
            if groups:
                yield from ((worker, period, group) for group in groups)
                break


def _of_capped(
    standing: Standing, agent: int, wanted: Bools
) -> Iterator[tuple[int, int, tuple[Reading, ...]]]:
    """Give each reading elsewhere of a worker who has room in a slot and no more cases to take."""
    problem = standing.problem
    capped = (standing.load >= problem.most) & (np.arange(problem.n_workers) != standing.made.worker[agent])
    slots = wanted & (standing.free >= problem.size[agent]) & capped[:, None]
    for period, worker in _by_week(slots):
        for reading in readings(standing, worker):
            if reading[0] != agent and _period_of(standing, reading) != period:
                yield worker, period, (reading,)


def _of_full_weeks(
    standing: Standing, agent: int, wanted: Bools
) -> Iterator[tuple[int, int, tuple[Reading, ...]]]:
    """Give each first reading of a week whose officers' time is used up, for one worker with room there."""
    problem = standing.problem
    full = standing.in_period >= problem.period_most
    if standing.made.worker[agent] >= 0:
        full[standing.made.period[agent]] = False
    slots = wanted & (standing.free >= problem.size[agent]) & full & (standing.load < problem.most)[:, None]
    for period in np.flatnonzero(slots.any(axis=0)).tolist():
        for worker in _one_of(standing, agent, np.flatnonzero(slots[:, period])):
            for reading in readings(standing, period=period):
                if reading[0] != agent and not reading[1]:
                    yield worker, period, (reading,)


def _one_of(standing: Standing, agent: int, workers: Ints) -> list[int]:
    """Return the first worker, and the first of each goal about pairs who suits the agent."""
    found = {int(workers[0])}
    for tier in standing.problem.tiers:
        suits = getattr(tier, "suits", None)
        if suits is not None and suits[agent, workers].any():
            found.add(int(workers[suits[agent, workers]][0]))
    return sorted(found)


def _by_week(slots: Bools) -> list[tuple[int, int]]:
    """Return slots as (period, worker), in that order."""
    return [(int(p), int(w)) for p, w in np.argwhere(slots.T)]


def _period_of(standing: Standing, reading: Reading) -> int:
    made = standing.made
    return int((made.second_period if reading[1] else made.period)[reading[0]])


def _listed(
    standing: Standing, agent: int, groups: Iterator[tuple[int, int, tuple[Reading, ...]]]
) -> tuple[Trials, int]:
    """Make exchanges of groups that give way: to the backlog, and to the place that the agent leaves."""
    made = standing.made
    places = [(-1, -1)]
    if made.worker[agent] >= 0:
        places.append((int(made.worker[agent]), int(made.period[agent])))
    moves: list[list[Move]] = []
    lost: list[list[int]] = []
    dropped = 0
    for worker, period, group in groups:
        if len(moves) >= LIMIT:
            dropped += 1
            continue
        firsts = [a for a, second in group if not second]
        for to in places if firsts else places[:1]:
            moves.append([(agent, worker, period), *((a, *to) for a in firsts)])
            # A case that goes to the backlog loses its second reader without being named here.
            lost.append([a for a, second in group if second])
    return Trials.of(moves, lost), dropped
