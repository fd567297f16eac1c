"""Compiled start for a goal that only counts who is placed: agents in order, each kept if it can be.

The sets of agents that can have an option together are the independent sets of a matroid,
so taking agents from the worthiest down, and keeping each for whom a chain of moves ends
at a free place, is best for every order-respecting worth at once. A node's distance is a
lower bound on the moves from it to a free place; a search only walks downhill in it and
raises it where that fails, so a set of options that is full for good is never searched
again.

References
----------
Gale, D. (1968). Optimal assignments in an ordered set. Journal of Combinatorial Theory 4.
Ahuja, Magnanti, Orlin (1993). Network Flows, section 7.4 (shortest augmenting paths).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def _move(i: int, t: int, at: Any, first: Any, after: Any, before: Any) -> None:
    """Take an agent from the list of where it is to that of where it goes."""
    s = at[i]
    if s >= 0:
        if before[i] >= 0:
            after[before[i]] = after[i]
        else:
            first[s] = after[i]
        if after[i] >= 0:
            before[after[i]] = before[i]
    at[i], before[i], after[i] = t, -1, first[t]
    if first[t] >= 0:
        before[first[t]] = i
    first[t] = i


@njit(cache=True)
def _step(
    u: int, m: int, start: Any, target: Any, distance: Any, first: Any, after: Any,
    load: Any, room: Any, group: Any, total: Any, bound: Any, members: Any, member_start: Any,
) -> Any:  # fmt: skip
    """Look from a node for one that is a step nearer to a free place.

    Returns the node (-1 for the free place itself, -2 for none), the agent that makes the
    step (-1 for none is needed), and the least distance seen.
    """
    wanted = distance[u] - 1
    least = np.int64(2**40)
    if u >= m:
        g = u - m
        if total[g] < bound[g]:
            return -1, -1, np.int64(0)
        for k in range(member_start[g], member_start[g + 1]):
            v = members[k]
            if load[v] > 0:
                if distance[v] == wanted:
                    return v, -1, wanted
                least = min(least, distance[v])
        return -2, -1, least
    if load[u] < room[u]:
        g = group[u]
        if bound[g] < 0:
            return -1, -1, np.int64(0)
        if distance[m + g] == wanted:
            return m + g, -1, wanted
        least = min(least, distance[m + g])
    j = first[u]
    while j >= 0:
        for p in range(start[j], start[j + 1]):
            v = target[p]
            if v != u:
                if distance[v] == wanted:
                    return v, j, wanted
                least = min(least, distance[v])
        j = after[j]
    return -2, -1, least


@njit(cache=True)
def _raise_distance(u: int, to: int, distance: Any, count: Any, bound: Any, m: int) -> None:
    """Raise a node's distance; what that cuts off from every free place is never searched again."""
    never = len(count) - 1
    old = distance[u]
    count[old] -= 1
    count[to] += 1
    distance[u] = to
    if count[old] == 0:
        for v in range(len(distance)):
            if old < distance[v] < never and (v < m or bound[v - m] >= 0):
                count[distance[v]] -= 1
                count[never] += 1
                distance[v] = never


@njit(cache=True)
def place_in_order(
    order: Any, start: Any, target: Any, room: Any, group: Any, bound: Any, members: Any, member_start: Any
) -> Any:
    """Place agents in order, keeping each for whom a chain of moves ends at a free place.

    Parameters
    ----------
    order : int64, shape (n_agents,)
        Agents, the worthiest first.
    start : int64, shape (n_agents + 1,)
        First pair of each agent.
    target : int64, shape (n_pairs,)
        Option of each pair.
    room : int64, shape (n_options,)
        Places of each option.
    group : int64, shape (n_options,)
    bound : int64, shape (n_groups,)
        Total of each group, -1 for none.
    members : int64, shape (n_options,)
        Options by group; those of group g from ``member_start[g]`` on.
    member_start : int64, shape (n_groups + 1,)

    Returns
    -------
    int64, shape (n_agents,)
        Option of each agent, -1 for none.
    """
    m, q, n = len(room), len(bound), len(order)
    never = np.int64(m + q + 1)
    distance = np.ones(m + q, np.int64)
    # Nodes at each distance: where a distance below holds none, all beyond it are cut off.
    count = np.zeros(never + 1, np.int64)
    count[1] = m + np.sum(bound >= 0)
    at = np.full(n, -1, np.int64)
    first, after, before = np.full(m, -1, np.int64), np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    load, total = np.zeros(m, np.int64), np.zeros(q, np.int64)
    path, mover = np.empty(m + q + 1, np.int64), np.empty(m + q + 1, np.int64)
    for i in order:
        while True:
            t, least = np.int64(-1), never
            for p in range(start[i], start[i + 1]):
                if distance[target[p]] < least:
                    t, least = target[p], distance[target[p]]
            if t < 0:
                break
            depth = 0
            path[0], mover[0] = t, i
            reached = False
            while depth >= 0:
                u = path[depth]
                v, j, seen = _step(
                    u, m, start, target, distance, first, after, load, room, group, total, bound,
                    members, member_start,
                )  # fmt: skip
                if v == -1:
                    reached = True
                    break
                if v >= 0:
                    depth += 1
                    path[depth], mover[depth] = v, j
                else:
                    _raise_distance(u, min(seen + 1, never), distance, count, bound, m)
                    depth -= 1
            if reached:
                for k in range(depth, -1, -1):
                    if mover[k] >= 0:
                        j, v = mover[k], path[k]
                        if at[j] >= 0:
                            load[at[j]] -= 1
                            total[group[at[j]]] -= 1
                        load[v] += 1
                        total[group[v]] += 1
                        _move(j, v, at, first, after, before)
                break
    return at
