# mypy: disallow-untyped-decorators=False
"""Compiled kernel: good assignments by shifts and swaps, restarted from the best with a shake.

Room is not a wall here: a unit above it costs ``weight``, which rises while the search stands
outside and falls while it stands inside, so that the walk follows the border where good assignments
are. Nothing is proved here; a caller takes the value and nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from allocator.core.gap_state import Scaled, State


@njit(cache=True)
def _over(load: int, cap: int) -> int:
    return load - cap if load > cap else 0


@njit(cache=True)
def _shift(j: int, weight: float, agent: Any, load: Any, asked: Scaled, state: State) -> bool:
    """Move an item where that is worth most; false where nothing is gained."""
    a = agent[j]
    freed = _over(load[a], asked.cap[a]) - _over(load[a] - asked.use[a, j], asked.cap[a])
    best, where = -1e-6, -1
    for i in range(len(load)):
        if i != a and state.allow[i, j]:
            more = _over(load[i] + asked.use[i, j], asked.cap[i]) - _over(load[i], asked.cap[i])
            change = asked.cost[i, j] - asked.cost[a, j] + weight * (more - freed)
            if change < best:
                best, where = change, i
    if where < 0:
        return False
    load[a] -= asked.use[a, j]
    load[where] += asked.use[where, j]
    agent[j] = where
    return True


@njit(cache=True)
def _swap(j: int, weight: float, agent: Any, load: Any, asked: Scaled, state: State) -> bool:
    """Exchange an item with the first later one that gains; false where none does."""
    cost, use, cap = asked.cost, asked.use, asked.cap
    a = agent[j]
    for k in range(j + 1, len(agent)):
        b = agent[k]
        if a == b or not state.allow[b, j] or not state.allow[a, k]:
            continue
        change = cost[b, j] + cost[a, k] - cost[a, j] - cost[b, k]
        at_a, at_b = load[a] - use[a, j] + use[a, k], load[b] - use[b, k] + use[b, j]
        over = _over(at_a, cap[a]) + _over(at_b, cap[b]) - _over(load[a], cap[a]) - _over(load[b], cap[b])
        if change + weight * over < -1e-6:
            agent[j], agent[k] = b, a
            load[a], load[b] = at_a, at_b
            return True
    return False


@njit(cache=True)
def _descend(weight: float, agent: Any, load: Any, asked: Scaled, state: State) -> None:
    better = True
    while better:
        better = False
        for j in range(len(agent)):
            if _shift(j, weight, agent, load, asked, state) or _swap(j, weight, agent, load, asked, state):
                better = True


@njit(cache=True)
def _total(agent: Any, load: Any, asked: Scaled) -> int:
    """Return the cost of an assignment, or -1 where it does not keep the rooms."""
    for i in range(len(load)):
        if load[i] > asked.cap[i]:
            return -1
    total = 0
    for j in range(len(agent)):
        total += asked.cost[agent[j], j]
    return total


@njit(cache=True)
def repair(agent: Any, rounds: int, seed: int, best: int, asked: Scaled, state: State) -> int:
    """Improve an assignment, feasible or not.

    Parameters
    ----------
    agent : int64, shape (n,)
        Where to start; the best found is left here, if one below ``best`` was.
    rounds, seed : int
        Shakes; of the random numbers.
    best : int
        Cost of the best known in units of 1/scale, -1 for none.
    asked, state : Scaled, State
        Pairs closed in the state are not used.

    Returns
    -------
    int
        The best cost, or -1.
    """
    np.random.seed(seed)
    m, n = asked.cost.shape
    now = agent.copy()
    load = np.zeros(m, np.int64)
    # A first guess at what a unit of room is worth: the mean cost of a unit used.
    weight = float(asked.cost.sum() + 1) / float(asked.use.sum() + 1)
    for _ in range(rounds):
        load[:] = 0
        for j in range(n):
            load[now[j]] += asked.use[now[j], j]
        _descend(weight, now, load, asked, state)
        value = _total(now, load, asked)
        weight = max(weight * (1.3 if value < 0 else 0.8), 1e-3)
        if value >= 0 and (best < 0 or value < best):
            best = value
            agent[:] = now
        if value >= 0 and value > best + best // 64:
            now[:] = agent
        for _ in range(1 + np.random.randint(0, 1 + n // 10)):
            j, i = np.random.randint(0, n), np.random.randint(0, m)
            if state.allow[i, j]:
                now[j] = i
    return best
