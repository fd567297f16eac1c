# mypy: disallow-untyped-decorators=False
"""Compiled kernel: whether there is an assignment that costs at most so much.

Depth first. A node settles what follows from room alone, raises the bound of item prices, and
closes every pair whose forcing would lift it above the goal, until no more follows. Then one item
goes to the agent where that costs least; when that branch is exhausted the pair is closed for good
and the node is looked at again. The kernel returns when its share of work is done, and goes on from
where it was when called again: a caller can look at the clock between.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from allocator.core.gap_bound import Desk, bound, climb, penalties
from allocator.core.gap_state import DEPTH, TRAIL, WORK, Scaled, State, give, settle, strike, unwind

EXHAUSTED, FOUND, GOING = 0, 1, 2
# Steps without a rise after which a node's steps are halved.
_PATIENCE = 3
_FAR = 2**62


@njit(cache=True)
def _complete(asked: Scaled, state: State, desk: Desk) -> bool:
    """Say whether what the knapsacks took is an assignment, by the true rooms."""
    m, n = state.allow.shape
    for j in range(n):
        if state.count[j] > 1 and desk.times[j] != 1:
            return False
    for i in range(m):
        room = asked.cap[i] - state.load[i]
        for j in range(n):
            if state.count[j] > 1 and desk.taken[i, j]:
                room -= asked.use[i, j]
        if room < 0:
            return False
    return True


@njit(cache=True)
def _close(most: int, asked: Scaled, state: State, desk: Desk) -> int:
    """Close the pairs that would add more than the most; how many, or -1 at a contradiction."""
    m, n = state.allow.shape
    struck = 0
    for j in range(n):
        for i in range(m):
            if state.count[j] > 1 and state.allow[i, j] and desk.extra[i, j] > most:
                struck += 1
                if not strike(i, j, asked, state):
                    return -1
    return struck


@njit(cache=True)
def look(goal: int, steps: int, price: Any, trial: Any, asked: Scaled, state: State, desk: Desk) -> int:
    """Bound a node and close pairs: `EXHAUSTED`, `FOUND` (in ``taken``), or `GOING`."""
    while True:
        if not settle(asked, state):
            return EXHAUSTED
        trial[:] = price
        best = climb(trial, goal, steps, _PATIENCE, asked, state, desk)
        if best > goal:
            return EXHAUSTED
        if _complete(asked, state, desk):
            return FOUND
        price[:] = desk.best
        best = bound(price, asked, state, desk)
        penalties(price, asked, state, desk)
        struck = _close(goal - best, asked, state, desk)
        if struck < 0:
            return EXHAUSTED
        if struck == 0:
            return GOING


@njit(cache=True)
def _choose(state: State, desk: Desk) -> tuple[int, int]:
    """Return the pair to try: the item whose second best agent adds most, at its best agent."""
    m, n = state.allow.shape
    best_i, best_j, best_mark = -1, -1, -1
    for j in range(n):
        if state.count[j] < 2:
            continue
        first, second, where = _FAR, _FAR, -1
        for i in range(m):
            if state.allow[i, j]:
                if desk.extra[i, j] < first:
                    first, second, where = desk.extra[i, j], first, i
                elif desk.extra[i, j] < second:
                    second = desk.extra[i, j]
        if second > best_mark:
            best_i, best_j, best_mark = where, j, second
    return best_i, best_j


@njit(cache=True)
def search(
    goal: int, steps: int, share: int, price: Any, trial: Any, tried: Any,
    asked: Scaled, state: State, desk: Desk,
) -> int:  # fmt: skip
    """Go on with a search for a share of work.

    Parameters
    ----------
    goal : int
        The most that the assignment may cost, in units of 1/scale.
    steps : int
        Of `climb`, at each look at a node.
    share : int
        Table cells after which to return.
    price, trial : int64, shape (n,)
        Item prices, carried from node to node; and room for others.
    tried : int64, shape (n + 1, 3)
        Agent, item and length of the trail of each decision.

    Returns
    -------
    int
        `EXHAUSTED`: there is none. `FOUND`: assigned items and ``taken`` are one. `GOING`: call again.
    """
    until = state.head[WORK] + share
    while state.head[WORK] < until:
        d = state.head[DEPTH]
        seen = look(goal, steps, price, trial, asked, state, desk)
        if seen == FOUND:
            return FOUND
        if seen == GOING:
            i, j = _choose(state, desk)
            tried[d, 0], tried[d, 1], tried[d, 2] = i, j, state.head[TRAIL]
            state.head[DEPTH] = d + 1
            give(i, j, asked, state)
            continue
        while True:
            if state.head[DEPTH] == 0:
                return EXHAUSTED
            state.head[DEPTH] -= 1
            d = state.head[DEPTH]
            unwind(tried[d, 2], asked, state)
            if strike(tried[d, 0], tried[d, 1], asked, state):
                break
    return GOING
