# mypy: disallow-untyped-decorators=False
"""Compiled kernel: the bound of item prices, one exact knapsack an agent.

Let every item pay a price ``u`` to whoever takes it, and drop the rule that it is taken once. What
is left falls apart into one 0/1 knapsack an agent, solved exactly over its room, and

    L(u) = costs of assigned items + Σ u_j (open items) − Σ_i best knapsack of agent i

is never above the cost of any assignment. All numbers are integers in units of 1/scale of a cost,
so the bound is exact. Forcing an item to one agent changes the knapsack of that agent and of those
that had taken it, and nothing else: those changes add up (`penalties`) and close pairs.

Where a room is too long for a table, ``coarse`` > 1 divides room and uses, rounding down both. What
fits still fits, so the bound stays valid; true feasibility is judged by the caller.

References
----------
Fisher, Jaikumar, Van Wassenhove (1986). A multiplier adjustment method for the generalized
assignment problem. Management Science 32.
Posta, Ferland, Michelon (2012). An exact method with variable fixing for solving the generalized
assignment problem. Computational Optimization and Applications 52.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from allocator.core.gap_state import WORK, Scaled, State, only_agent

# A rise of the bound below this many units of 1/scale counts as standing still.
_STIR = 8


class Desk(NamedTuple):
    """What the kernels write on; m agents, n items, R the longest room.

    Parameters
    ----------
    items, weight, profit : int64, shape (n,)
        Of the knapsack at hand.
    table, back : int64, shape (n + 1, R + 1)
        Best profit of the first items, of the items from k on, in every room.
    taken : uint8, shape (m, n)
        What each knapsack takes.
    times : int64, shape (n,)
        How often each open item is taken.
    extra : int64, shape (m, n)
        See `penalties`.
    best : int64, shape (n,)
        Prices of the best bound that `climb` saw.
    """

    items: Any
    weight: Any
    profit: Any
    table: Any
    back: Any
    taken: Any
    times: Any
    extra: Any
    best: Any


def desk_for(asked: Scaled) -> Desk:
    """Return a desk of the right size."""
    m, n = asked.use.shape
    room = int((asked.cap // asked.coarse).max(initial=0))
    table = np.zeros((n + 1, room + 1), np.int64)
    row = np.zeros(n, np.int64)
    return Desk(
        items=row, weight=row.copy(), profit=row.copy(), table=table, back=table.copy(),
        taken=np.zeros((m, n), np.uint8), times=row.copy(), extra=np.zeros((m, n), np.int64), best=row.copy(),
    )  # fmt: skip


@njit(cache=True)
def _row(room: int, weight: int, profit: int, before: Any, after: Any) -> None:
    """Write a table's row from its neighbour: with one item more."""
    for r in range(min(weight, room + 1)):
        after[r] = before[r]
    for r in range(weight, room + 1):
        after[r] = max(before[r], before[r - weight] + profit)


@njit(cache=True)
def _fill(size: int, room: int, desk: Desk) -> None:
    desk.table[0, : room + 1] = 0
    for k in range(size):
        _row(room, desk.weight[k], desk.profit[k], desk.table[k], desk.table[k + 1])


@njit(cache=True)
def _fill_back(size: int, room: int, desk: Desk) -> None:
    desk.back[size, : room + 1] = 0
    for k in range(size - 1, -1, -1):
        _row(room, desk.weight[k], desk.profit[k], desk.back[k + 1], desk.back[k])


@njit(cache=True)
def _gather(i: int, room: int, price: Any, asked: Scaled, state: State, desk: Desk) -> int:
    """Put the open items that pay an agent more than they cost on the desk; the number of them."""
    size = 0
    for j in range(len(price)):
        if state.allow[i, j] and state.count[j] > 1:
            profit = price[j] - asked.cost[i, j]
            weight = asked.use[i, j] // asked.coarse
            if profit > 0 and weight <= room:
                desk.items[size], desk.weight[size], desk.profit[size] = j, weight, profit
                size += 1
    return size


@njit(cache=True)
def bound(price: Any, asked: Scaled, state: State, desk: Desk) -> int:
    """Return L(price), leaving what each knapsack takes and how often each item is taken."""
    m, n = state.allow.shape
    desk.times[:] = 0
    desk.taken[:] = 0
    total = 0
    for j in range(n):
        total += price[j] if state.count[j] > 1 else asked.cost[only_agent(j, state), j]
    for i in range(m):
        room = (asked.cap[i] - state.load[i]) // asked.coarse
        size = _gather(i, room, price, asked, state, desk)
        fits = desk.weight[:size].sum() <= room
        if not fits:
            _fill(size, room, desk)
            state.head[WORK] += size * (room + 1)
        for k in range(size - 1, -1, -1):
            if fits or desk.table[k + 1, room] != desk.table[k, room]:
                desk.taken[i, desk.items[k]] = 1
                desk.times[desk.items[k]] += 1
                total -= desk.profit[k]
                room -= desk.weight[k]
    state.head[WORK] += m * n
    return total


@njit(cache=True)
def _without(k: int, room: int, desk: Desk) -> int:
    """Return the best profit in a room of all items on the desk but one."""
    best = 0
    for r in range(room + 1):
        best = max(best, desk.table[k, r] + desk.back[k + 1, room - r])
    return best


@njit(cache=True)
def penalties(price: Any, asked: Scaled, state: State, desk: Desk) -> None:
    """Leave in ``extra`` what L(price) rises by at least when an item is forced to an agent.

    ``taken`` must be what `bound` left for the same price.
    """
    m, n = state.allow.shape
    extra = desk.extra
    extra[:] = 0
    for i in range(m):
        room = (asked.cap[i] - state.load[i]) // asked.coarse
        size = _gather(i, room, price, asked, state, desk)
        _fill(size, room, desk)
        _fill_back(size, room, desk)
        state.head[WORK] += 4 * size * (room + 1)
        best = desk.table[size, room]
        for k in range(size):
            j = desk.items[k]
            if desk.taken[i, j]:
                loss = best - _without(k, room, desk)
                extra[:, j] += loss
                extra[i, j] -= loss
            else:
                extra[i, j] += best - _without(k, room - desk.weight[k], desk) - desk.profit[k]
        for j in range(n):
            if state.allow[i, j] and state.count[j] > 1 and price[j] <= asked.cost[i, j]:
                left = room - asked.use[i, j] // asked.coarse
                extra[i, j] += best - desk.table[size, left] + asked.cost[i, j] - price[j]


@njit(cache=True)
def climb(
    price: Any, goal: int, steps: int, patience: int, asked: Scaled, state: State, desk: Desk
) -> int:  # fmt: skip
    """Raise L by subgradient steps; stop above a goal or where every item is taken once.

    Parameters
    ----------
    price : int64, shape (n,)
        Where to start; overwritten. Those of the best L are left in the desk's ``best``.
    goal : int
        In units of 1/scale: what the steps aim at.
    steps, patience : int
        Most steps; steps without a rise after which their length is halved.

    Returns
    -------
    int
        The best L. After a stop with every item taken once, ``taken`` is that assignment.
    """
    pace, best, stale = 1.0, -(2**62), 0
    ceiling = max(goal, 0) + asked.cost.max() + 1
    for _ in range(steps):
        value = bound(price, asked, state, desk)
        stale = 0 if value > best + _STIR else stale + 1
        if value > best:
            best = value
            desk.best[:] = price
        norm = 0
        for j in range(len(price)):
            if state.count[j] > 1:
                norm += (desk.times[j] - 1) ** 2
        if best > goal or norm == 0:
            return best
        if stale >= patience:
            stale = 0
            pace *= 0.5
            price[:] = desk.best
        step = pace * max(goal - value, 1) / norm
        for j in range(len(price)):
            if state.count[j] > 1 and desk.times[j] != 1:
                moved = price[j] + step * (1 - desk.times[j])
                price[j] = np.int64(np.rint(min(max(moved, 0.0), ceiling)))
    return best
