"""Seeded calendar problems: small ones full of ties for brute force, larger ones like a review programme."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.problem import (
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    SpreadTier,
    Tier,
    TimeTier,
)


def small_problem(seed: int, ways: int = 6_000) -> CalendarProblem:
    """Draw a problem of 1-5 agents, 1-3 workers, 1-3 periods and 1-8 goals in random order.

    One in eight may be as bare as it likes; the others leave some choice.

    Parameters
    ----------
    seed : int
    ways : int
        The most assignments, feasible or not, that brute force may have to try; problems with
        more are drawn again.
    """
    rng = np.random.default_rng(seed)
    least = 0 if seed % 8 == 0 else 60
    while True:
        problem = _draw(rng)
        if least <= _ways(problem) <= ways:
            return problem


def _ways(problem: CalendarProblem) -> int:
    """Count the combinations of each agent's own appointments."""
    found = 1
    for i in range(problem.n_agents):
        fits = problem.room[:, int(problem.first[i]) :] >= problem.size[i]
        one = int(fits[~problem.barred[i]].sum())
        two = int(fits[~problem.second_barred[i]].sum()) if problem.wants_second[i] else 0
        found *= 1 + one * (1 + two)
    return found


def _draw(rng: np.random.Generator) -> CalendarProblem:
    n, v, w = int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    step = int(rng.choice([1, 2, 50]))
    size = rng.integers(1, 5, n) * step
    room = rng.integers(0, 8, (v, w)) * step + rng.integers(0, step, (v, w))
    room[rng.random((v, w)) < 0.2] = 0
    barred = rng.random((n, v)) < 0.2
    unlike = np.triu(rng.random((v, v)) < 0.8, 1)
    tiers = [tier(rng, int(kind), n, v, w, size) for kind in rng.integers(0, 7, int(rng.integers(1, 9)))]
    return CalendarProblem(
        size,
        rng.integers(0, w + 1, n) * (rng.random(n) < 0.3),
        room,
        barred,
        np.where(rng.random(v) < 0.5, rng.integers(0, n + 1, v), 2 * n),
        np.where(rng.random(w) < 0.5, rng.integers(0, n + 1, w), n),
        rng.permutation(n),
        tuple(tiers),
        rng.random(n) < 0.5,
        barred | (rng.random((n, v)) < 0.1),
        unlike | unlike.T,
    )


def tier(rng: np.random.Generator, kind: int, n: int, v: int, w: int, size: Ints) -> Tier:
    """Draw a goal of one of seven kinds: done, late, any gains, pairs, kept, load or spread, seconds."""
    base = int(rng.integers(0, 3))
    if kind == 0:
        return TimeTier(np.repeat((rng.random(n) < 0.6)[:, np.newaxis], w, axis=1).astype(np.int64), base)
    if kind == 1:
        saved = rng.integers(0, 3, n)[:, np.newaxis] * np.arange(w, 0, -1) * int(rng.choice([1, 7]))
        return TimeTier(saved, int(saved.max(axis=1, initial=0).sum()) + base, -1)
    if kind == 2:
        return TimeTier(rng.integers(0, 4, (n, w)), base, 1 if rng.random() < 0.5 else -1)
    if kind == 3:
        return PairTier(rng.random((n, v)) < 0.5, base)
    if kind == 4:
        return KeptTier(rng.integers(-1, v, n), rng.integers(-1, w, n), base)
    if kind == 5:
        taken = rng.integers(0, 4, v) * int(size[0])
        offered = np.where(rng.random(v) < 0.8, taken + rng.integers(1, 20, v) * int(size[0]), 0)
        return LoadTier(taken, offered, int(rng.choice([0, 0, 333])))
    if rng.random() < 0.5:
        return SecondTier(base)
    families = int(rng.integers(1, 4))
    met = rng.random((families, v)) < 0.2
    return SpreadTier(rng.integers(0, families, n), met, int(met.sum()))


def programme(seed: int, n: int, v: int, w: int) -> CalendarProblem:
    """Draw a problem like a review programme: four priorities, days late, and a fifth of second readings.

    Parameters
    ----------
    seed : int
    n, v, w : int
        Agents, workers, periods. About as much is asked for as there is room.
    """
    rng = np.random.default_rng(seed)
    size = rng.choice([6, 8, 10, 12, 12, 12, 16, 18, 24], n)
    room = np.repeat(rng.choice([24, 24, 24, 12, 10, 5], v)[:, np.newaxis], w, axis=1)
    room[rng.random((v, w)) < 0.2] = 0
    priority = rng.choice(4, n, p=[0.12, 0.22, 0.3, 0.36])
    overdue = rng.integers(-60, 400, n)
    late = np.maximum(overdue[:, np.newaxis] + 7 * np.arange(w), 0)
    saved = np.maximum(late[:, -1:] - late, 0)
    barred = rng.random((n, v)) < 0.08
    tiers: list[Tier] = [
        TimeTier(np.repeat((priority == p)[:, np.newaxis], w, axis=1).astype(np.int64)) for p in range(4)
    ]
    tiers += [
        TimeTier(np.where((priority == p)[:, np.newaxis], saved, 0), int(late[priority == p, -1].sum()), -1)
        for p in range(4)
    ]
    tiers += [
        PairTier(rng.random((n, v)) < 0.35),
        LoadTier(np.zeros(v, dtype=np.int64), room.sum(axis=1)),
        SpreadTier(rng.integers(0, max(1, n // 4), n), np.zeros((max(1, n // 4), v), dtype=bool)),
        SecondTier(),
    ]
    alike = np.eye(v, dtype=bool)
    return CalendarProblem(
        size,
        rng.integers(0, w, n) * (rng.random(n) < 0.1),
        room,
        barred,
        np.where(rng.random(v) < 0.5, max(1, 2 * n // v), 2 * n),
        np.full(w, n),
        rng.permutation(n),
        tuple(tiers),
        rng.random(n) < 0.2,
        barred.copy(),
        ~alike,
    )


def bare(n: int, room: list[list[int]], size: list[int], tiers: tuple[Tier, ...] = ()) -> CalendarProblem:
    """Return a problem in which rooms alone stand in the way, and the draw is the agents' own order."""
    v, w = len(room), len(room[0])
    none = np.zeros((n, v), dtype=bool)
    return CalendarProblem(
        np.array(size), np.zeros(n, dtype=np.int64), np.array(room), none, np.full(v, 2 * n), np.full(w, n),
        np.arange(n), tiers, np.zeros(n, dtype=bool), none, np.zeros((v, v), dtype=bool),
    )  # fmt: skip
