# mypy: disallow-untyped-decorators=False
"""Compiled kernel: which agents an item may still go to, with a trail that takes it back.

An item that has one agent left is assigned: it takes room from that agent at once, and what no
longer fits is struck out until nothing changes. Every strike goes on the trail, so that a search
returns to an earlier state without having copied it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

TRAIL, DEPTH, WORK = 0, 1, 2


class Scaled(NamedTuple):
    """What is asked, as the kernels read it; m agents, n items.

    Parameters
    ----------
    cost : int64, shape (m, n)
        In units of 1/scale.
    use : int64, shape (m, n)
    cap : int64, shape (m,)
    coarse : int
        Divisor of rooms and uses in the bound's tables; 1 keeps them exact.
    """

    cost: Any
    use: Any
    cap: Any
    coarse: int


class State(NamedTuple):
    """Where a search stands; m agents, n items.

    Parameters
    ----------
    allow : uint8, shape (m, n)
        1 where the pair is open.
    count : int64, shape (n,)
        Open agents of each item; 1 means that the item is assigned.
    load : int64, shape (m,)
        What assigned items use.
    trail : int64, shape (m·n,)
        Struck pairs as agent·n + item.
    head : int64, shape (3,)
        At `TRAIL` the length of the trail, at `DEPTH` that of the search, at `WORK` the table
        cells filled so far.
    """

    allow: Any
    count: Any
    load: Any
    trail: Any
    head: Any


def opened(asked: Scaled) -> State:
    """Return the state in which every pair that fits an empty agent is open."""
    m, n = asked.use.shape
    allow = (asked.use <= asked.cap[:, None]).astype(np.uint8)
    count = allow.sum(axis=0).astype(np.int64)
    assigned = (allow == 1) & (count == 1)
    load = np.where(assigned, asked.use, 0).sum(axis=1)
    return State(allow, count, load, np.zeros(m * n, np.int64), np.zeros(3, np.int64))


@njit(cache=True)
def only_agent(j: int, state: State) -> int:
    """Return the first open agent of an item; for an assigned item, the one it has."""
    for i in range(state.allow.shape[0]):
        if state.allow[i, j]:
            return i
    return -1


@njit(cache=True)
def strike(i: int, j: int, asked: Scaled, state: State) -> bool:
    """Close a pair; false where that leaves the item nowhere to go, or an agent too full."""
    allow, count, load, head = state.allow, state.count, state.load, state.head
    if not allow[i, j]:
        return True
    allow[i, j] = 0
    state.trail[head[TRAIL]] = i * allow.shape[1] + j
    head[TRAIL] += 1
    if count[j] == 1:
        load[i] -= asked.use[i, j]
    count[j] -= 1
    if count[j] == 1:
        k = only_agent(j, state)
        load[k] += asked.use[k, j]
        return bool(load[k] <= asked.cap[k])
    return bool(count[j] > 0)


@njit(cache=True)
def unwind(to: int, asked: Scaled, state: State) -> None:
    """Open the pairs struck since the trail was this long."""
    allow, count, load, head = state.allow, state.count, state.load, state.head
    while head[TRAIL] > to:
        head[TRAIL] -= 1
        i, j = divmod(state.trail[head[TRAIL]], allow.shape[1])
        if count[j] == 1:
            k = only_agent(j, state)
            load[k] -= asked.use[k, j]
        allow[i, j] = 1
        count[j] += 1
        if count[j] == 1:
            load[i] += asked.use[i, j]


@njit(cache=True)
def give(i: int, j: int, asked: Scaled, state: State) -> bool:
    """Assign an item by closing its other agents; false where that cannot be."""
    fine = True
    for k in range(state.allow.shape[0]):
        if k != i:
            fine = fine and strike(k, j, asked, state)
    return fine


@njit(cache=True)
def settle(asked: Scaled, state: State) -> bool:
    """Strike what no longer fits until nothing changes; false where nothing feasible is left."""
    allow, count, load = state.allow, state.count, state.load
    m, n = allow.shape
    changed = True
    while changed:
        changed = False
        for i in range(m):
            if load[i] > asked.cap[i]:
                return False
            for j in range(n):
                if allow[i, j] and count[j] > 1 and asked.use[i, j] > asked.cap[i] - load[i]:
                    changed = True
                    if not strike(i, j, asked, state):
                        return False
    return True
