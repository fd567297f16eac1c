"""Seeded calendar problems with goals about time alone, in which many agents are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocator.core.calendar.problem import CalendarProblem, Ints, TimeTier
from core.calendar.random_problems import bare

# Combinations of the agents' own appointments: enough for a choice, and no more than can be tried.
LEAST, MOST = 8, 3_000


def timed_problem(seed: int, free: bool = False) -> CalendarProblem:
    """Draw a problem of 2-6 agents of a few sizes and 1-4 goals about time, some of them the days waited.

    Parameters
    ----------
    seed : int
    free : bool
        Whether rooms and first periods alone stand in the way: no cap binds and no pair is barred.
    """
    rng = np.random.default_rng((11, seed))
    while True:
        n, v, w = int(rng.integers(2, 7)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
        size = rng.choice([2, 3, 3, 5, 50], 2)[rng.integers(0, 2, n)]
        room = rng.integers(0, 9, (v, w)) * (rng.random((v, w)) < 0.8)
        # Some periods have less time than anybody takes.
        room[:, 0] = np.where(rng.random() < 0.2, np.minimum(room[:, 0], 1), room[:, 0])
        if LEAST <= np.prod(1 + (room >= size[:, np.newaxis, np.newaxis]).sum(axis=(1, 2))) <= MOST:
            break
    tiers = tuple(_goal(rng, int(kind), n, w) for kind in rng.integers(0, 4, int(rng.integers(1, 5))))
    problem = replace(
        bare(n, room.tolist(), size.tolist(), tiers),
        first=rng.integers(0, w + 1, n) * (rng.random(n) < 0.2),
        draw=rng.permutation(n),
    )
    if free:
        return problem
    return replace(
        problem,
        barred=rng.random((n, v)) < 0.2,
        most=np.where(rng.random(v) < 0.5, rng.integers(0, n + 1, v), 2 * n),
        period_most=np.where(rng.random(w) < 0.4, rng.integers(0, n + 1, w), n),
    )


def _goal(rng: np.random.Generator, kind: int, n: int, w: int) -> TimeTier:
    """Draw a goal: done or not, days waited, days late, or any gains."""
    if kind == 0:
        return TimeTier(flat(rng.integers(0, 2, n), w), int(rng.integers(0, 3)))
    if kind == 1:
        return TimeTier(flat(rng.integers(0, 30, n) * rng.integers(0, 2), w))
    if kind == 2:
        saved = flat(rng.integers(0, 2, n), w) * np.arange(7 * w, 0, -7)
        return TimeTier(saved, int(saved.max(axis=1).sum()), -1)
    return TimeTier(rng.integers(0, 2, (n, w)))


def flat(worth: Ints, w: int) -> Ints:
    """Return a worth an agent, the same in every period."""
    return np.repeat(worth[:, np.newaxis], w, axis=1).astype(np.int64)
