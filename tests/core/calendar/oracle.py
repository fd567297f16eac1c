"""Every assignment of a small calendar problem, tried one by one: an answer from the definitions alone."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from allocator.core.calendar.outcome import CalendarOutcome
from allocator.core.calendar.problem import (
    Appointments,
    CalendarProblem,
    KeptTier,
    LoadTier,
    PairTier,
    SpreadTier,
    Tier,
    TimeTier,
)

# Of each agent: (period, worker) of its first, then of its second; None for none.
Spot = tuple[int, int] | None
Way = list[tuple[Spot, Spot]]
_LAST = (10**6, 10**6)


def best(problem: CalendarProblem) -> tuple[list[int], Way]:
    """Return the values of the best way and the way itself, the lottery included.

    Parameters
    ----------
    problem : CalendarProblem
        So small that all ways can be tried.
    """
    order = sorted(range(problem.n_agents), key=problem.draw.tolist().__getitem__)
    found: tuple[list[object], list[int], Way] | None = None
    for way in ways(problem):
        figures = [figure(problem, tier, way) for tier in problem.tiers]
        cost = [at if less_is_better(tier) else -at for at, tier in zip(figures, problem.tiers, strict=True)]
        firsts = [way[i][0] or _LAST for i in order]
        seconds = [way[i][1] or _LAST for i in order if problem.wants_second[i]]
        key: list[object] = [*cost, *firsts, *seconds]
        if found is None or key < found[0]:
            found = (key, figures, list(way))
    assert found is not None
    return found[1], found[2]


def ways(problem: CalendarProblem) -> Iterator[Way]:
    """Give every assignment that keeps all rules."""
    room = problem.room.tolist()
    most, period_most = problem.most.tolist(), problem.period_most.tolist()

    def extend(way: Way) -> Iterator[Way]:
        i = len(way)
        if i == problem.n_agents:
            yield way
            return
        for first, second in choices(problem, i):
            taken = [spot for spot in (first, second) if spot is not None]
            for w, v in taken:
                room[v][w] -= int(problem.size[i])
                most[v] -= 1
            if first is not None:
                period_most[first[0]] -= 1
            if all(room[v][w] >= 0 and most[v] >= 0 for w, v in taken) and (
                first is None or period_most[first[0]] >= 0
            ):
                yield from extend([*way, (first, second)])
            for w, v in taken:
                room[v][w] += int(problem.size[i])
                most[v] += 1
            if first is not None:
                period_most[first[0]] += 1

    yield from extend([])


def choices(problem: CalendarProblem, i: int) -> Iterator[tuple[Spot, Spot]]:
    """Give what one agent may have when it is seen alone."""
    yield None, None
    weeks = range(int(problem.first[i]), problem.n_periods)
    for w in weeks:
        for v in range(problem.n_workers):
            if problem.barred[i, v]:
                continue
            yield (w, v), None
            if not problem.wants_second[i]:
                continue
            for again in weeks:
                for other in range(problem.n_workers):
                    if problem.unlike[v, other] and not problem.second_barred[i, other]:
                        yield (w, v), (again, other)


def less_is_better(tier: Tier) -> bool:
    """Say whether a goal is to be small."""
    return isinstance(tier, LoadTier | SpreadTier) or (isinstance(tier, TimeTier) and tier.sense == -1)


def figure(problem: CalendarProblem, tier: Tier, way: Way) -> int:
    """Count what a goal comes to."""
    done = [(i, first[0], first[1]) for i, (first, _) in enumerate(way) if first is not None]
    if isinstance(tier, TimeTier):
        return tier.base + tier.sense * sum(int(tier.gain[i, w]) for i, w, _ in done)
    if isinstance(tier, PairTier):
        return tier.base + sum(bool(tier.suits[i, v]) for i, _, v in done)
    if isinstance(tier, KeptTier):
        return tier.base + sum((int(tier.worker[i]), int(tier.period[i])) == (v, w) for i, w, v in done)
    if isinstance(tier, LoadTier):
        worst = tier.base
        for v in range(problem.n_workers):
            if tier.offered[v] > 0:
                taken = int(tier.taken[v]) + sum(int(problem.size[i]) for i, _, by in done if by == v)
                worst = max(worst, ceil(Fraction(1000 * taken, int(tier.offered[v]))))
        return worst
    if isinstance(tier, SpreadTier):
        pairs = {(int(tier.family[i]), v) for i, _, v in done}
        return tier.base + sum(not tier.met[f, v] for f, v in pairs)
    return tier.base + sum(second is not None for _, second in way)


def as_way(made: Appointments) -> Way:
    """Return appointments as the oracle writes them."""
    columns = (made.period, made.worker, made.second_period, made.second_worker)
    return [
        ((w, v) if v >= 0 else None, (w2, v2) if v2 >= 0 else None)
        for w, v, w2, v2 in zip(*(column.tolist() for column in columns), strict=True)
    ]


def as_appointments(way: Way) -> Appointments:
    """Return a way of the oracle as appointments."""
    made = Appointments.none(len(way))
    for i, (first, second) in enumerate(way):
        if first is not None:
            made.period[i], made.worker[i] = first
        if second is not None:
            made.second_period[i], made.second_worker[i] = second
    return made


def found(outcome: CalendarOutcome) -> tuple[list[int], Way]:
    """Return what an outcome says as `best` says it."""
    return [tier.value for tier in outcome.tiers], as_way(outcome.appointments)
