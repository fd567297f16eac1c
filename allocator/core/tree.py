"""Compiled kernel: a tier's optimum by network simplex on a tree of options.

An agent holds one option, so a spanning tree of the whole network has hardly any agents
in it. What is left is a tree of *residual* edges over options, groups and "none", each
node with one way to pass a unit on: an agent that sits there and may go to the parent, or
a free place. A potential is the cost of that way. An agent that would do better
elsewhere enters: either its node gets a cheaper way and is hung elsewhere in the tree
(nothing moves), or the way from its wish leads back to it, a negative cycle, and one unit
goes round. Which edge leaves follows the strongly feasible rule, so that it cannot cycle.
A pivot touches the nodes of two paths and one subtree, however many agents there are.

References
----------
Cunningham, W. H. (1976). A network simplex method. Mathematical Programming 11.
Ahuja, Magnanti, Orlin (1993). Network Flows, chapter 11.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_FAR = 2**60
_ARC, _ARTIFICIAL = -1, -2
# Agents priced between two looks at the places.
_BLOCK = 256


@njit(cache=True)
def _detach(v: int, parent: Any, first: Any, after: Any, before: Any) -> None:
    if before[v] >= 0:
        after[before[v]] = after[v]
    else:
        first[parent[v]] = after[v]
    if after[v] >= 0:
        before[after[v]] = before[v]


@njit(cache=True)
def _attach(v: int, u: int, parent: Any, first: Any, after: Any, before: Any) -> None:
    parent[v] = u
    before[v] = -1
    after[v] = first[u]
    if first[u] >= 0:
        before[first[u]] = v
    first[u] = v


@njit(cache=True)
def _hang(
    top: int, bottom: int, under: int, agent: int, arc: int, way: int,
    parent: Any, first: Any, after: Any, before: Any, link_agent: Any, link_arc: Any, link_way: Any,
) -> None:  # fmt: skip
    """Hang the component of `bottom` under another node by `top`, turning the path between."""
    v, u = top, under
    while True:
        old_parent, old_agent, old_arc, old_way = parent[v], link_agent[v], link_arc[v], link_way[v]
        _detach(v, parent, first, after, before)
        _attach(v, u, parent, first, after, before)
        link_agent[v], link_arc[v], link_way[v] = agent, arc, way
        if v == bottom:
            return
        u, agent, arc, way = v, old_agent, old_arc, -old_way
        v = old_parent


@njit(cache=True)
def _shift(top: int, change: int, y: Any, first: Any, after: Any, stack: Any) -> None:
    """Add to the potentials of a subtree."""
    stack[0] = top
    n = 1
    while n > 0:
        n -= 1
        v = stack[n]
        y[v] += change
        v = first[v]
        while v >= 0:
            stack[n] = v
            n += 1
            v = after[v]


@njit(cache=True)
def _room(
    v: int, up: bool, link_agent: Any, link_arc: Any, link_way: Any, low: Any, high: Any, flow: Any
) -> int:
    """How much more may pass a node's link towards its parent, or the other way."""
    if link_agent[v] >= 0:
        return 1 if up else 0
    if link_agent[v] == _ARTIFICIAL:
        return _FAR if up else 0
    a = link_arc[v]
    if (link_way[v] > 0) == up:
        return int(high[a] - flow[a])
    return int(flow[a] - low[a])


@njit(cache=True)
def _pass(
    v: int, units: int, y: Any, parent: Any, link_agent: Any, link_arc: Any, link_way: Any,
    flow: Any, at: Any, held: Any,
) -> None:  # fmt: skip
    """Pass units along a node's link: up when positive, down when negative."""
    j = link_agent[v]
    if j >= 0:
        held[j] += y[v] - y[parent[v]]
        at[j] = parent[v]
    elif j == _ARC:
        flow[link_arc[v]] += units * link_way[v]


@njit(cache=True)
def _pivot(
    s: int, t: int, weight: int, most: int, agent: int, arc: int, way: int, cost_there: int,
    y: Any, parent: Any, first: Any, after: Any, before: Any,
    link_agent: Any, link_arc: Any, link_way: Any,
    low: Any, high: Any, flow: Any, at: Any, held: Any, mark: Any, stamp: int, stack: Any,
) -> None:  # fmt: skip
    """Let the residual edge from `s` to `t` enter the tree."""
    gain = y[s] - weight - y[t]
    v = s
    while v >= 0:
        mark[v] = stamp
        v = parent[v]
    join = t
    while mark[join] != stamp:
        join = parent[join]

    if agent >= 0 and join == s and link_agent[s] == agent:
        # The agent that was its node's own way out goes round itself, and stays a way out
        # to the same parent from where it now sits.
        above = parent[s]
        cost_above = held[agent] + y[s] - y[above]
        v = t
        while v != s:
            u = parent[v]
            _pass(v, 1, y, parent, link_agent, link_arc, link_way, flow, at, held)
            v = u
        at[agent], held[agent] = t, cost_there
        change = cost_above - cost_there + y[above] - y[t]
        _hang(t, s, above, agent, -1, 1, parent, first, after, before, link_agent, link_arc, link_way)
        _shift(t, change, y, first, after, stack)
        return

    least_down, cut_down = _FAR, -1
    v = s
    while v != join:
        room = _room(v, False, link_agent, link_arc, link_way, low, high, flow)
        if room < least_down:
            least_down, cut_down = room, v
            if room == 0:
                break
        v = parent[v]
    least_up, cut_up = _FAR, -1
    if least_down > 0:
        v = t
        while v != join:
            room = _room(v, True, link_agent, link_arc, link_way, low, high, flow)
            if room <= least_up:
                least_up, cut_up = room, v
            v = parent[v]
    units = min(most, least_down, least_up)

    if units > 0:
        v = s
        while v != join:
            _pass(v, -units, y, parent, link_agent, link_arc, link_way, flow, at, held)
            v = parent[v]
        v = t
        while v != join:
            _pass(v, units, y, parent, link_agent, link_arc, link_way, flow, at, held)
            v = parent[v]
        if agent >= 0:
            at[agent], held[agent] = t, cost_there
        else:
            flow[arc] += units * way

    if units > 0 and least_up == units:
        _hang(t, cut_up, s, agent, arc, -way, parent, first, after, before, link_agent, link_arc, link_way)
        _shift(t, gain, y, first, after, stack)
    elif most > units:
        _hang(s, cut_down, t, agent, arc, way, parent, first, after, before, link_agent, link_arc, link_way)
        _shift(s, -gain, y, first, after, stack)


@njit(cache=True)
def improve(
    start: Any, target: Any, cost: Any, may_stay_out: Any, at: Any, held: Any, order: Any,
    tail: Any, head: Any, low: Any, high: Any, arc_cost: Any, flow: Any, none: int,
) -> int:  # fmt: skip
    """Turn a feasible assignment into an optimal one of the tier, in place.

    Parameters
    ----------
    start : int64, shape (n_agents + 1,)
        First pair of each agent that has a choice.
    target, cost : int64, shape (n_pairs,)
        Node and cost of each pair.
    may_stay_out : bool, shape (n_agents,)
    at, held : int64, shape (n_agents,)
        Node of each agent, `none` for no option, and the cost of being there. Changed.
    order : int64, shape (n_agents,)
        The order in which agents are priced; it changes time, never the optimum.
    tail, head, low, high, arc_cost, flow : int64, shape (n_arcs,)
        Places: from an option to its group or `none`, and from a group to `none`. Changed.
    none : int
        The last node.

    Returns
    -------
    int
        Number of pivots.
    """
    n, root = none + 2, none + 1
    y = np.zeros(n, np.int64)
    parent = np.full(n, -1, np.int64)
    first, after, before = np.full(n, -1, np.int64), np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    link_agent = np.full(n, _ARTIFICIAL, np.int64)
    link_arc, link_way = np.full(n, -1, np.int64), np.ones(n, np.int64)
    mark, stack = np.zeros(n, np.int64), np.empty(n, np.int64)
    _attach(none, root, parent, first, after, before)
    # Groups come after options in number, so a parent is in the tree before its children.
    for a in range(len(tail) - 1, -1, -1):
        v = tail[a]
        if parent[v] < 0 and flow[a] < high[a] and parent[head[a]] >= 0:
            _attach(v, head[a], parent, first, after, before)
            link_agent[v], link_arc[v] = _ARC, a
            y[v] = arc_cost[a] + y[head[a]]
    for v in range(none):
        if parent[v] < 0:
            _attach(v, root, parent, first, after, before)

    pivots, quiet, k = 0, 0, 0
    n_agents, n_blocks = len(order), (len(order) + _BLOCK - 1) // _BLOCK
    while quiet <= n_blocks:
        found = False
        for _ in range(min(_BLOCK, n_agents)):
            i = order[k]
            k = k + 1 if k + 1 < n_agents else 0
            while True:
                s = at[i]
                best, t, there = held[i] + y[s], -1, np.int64(0)
                for p in range(start[i], start[i + 1]):
                    value = cost[p] + y[target[p]]
                    if value < best:
                        best, t, there = value, target[p], cost[p]
                if may_stay_out[i] and y[none] < best:
                    t, there = none, np.int64(0)
                if t < 0:
                    break
                found = True
                pivots += 1
                _pivot(
                    s, t, there - held[i], 1, i, -1, 1, there, y, parent, first, after, before,
                    link_agent, link_arc, link_way, low, high, flow, at, held, mark, pivots, stack,
                )  # fmt: skip
        for a in range(len(tail)):
            reduced = arc_cost[a] + y[head[a]] - y[tail[a]]
            if reduced < 0 and flow[a] < high[a]:
                found = True
                pivots += 1
                _pivot(
                    tail[a], head[a], arc_cost[a], high[a] - flow[a], _ARC, a, 1, 0, y, parent, first, after,
                    before, link_agent, link_arc, link_way, low, high, flow, at, held, mark, pivots, stack,
                )  # fmt: skip
            elif reduced > 0 and flow[a] > low[a]:
                found = True
                pivots += 1
                _pivot(
                    head[a], tail[a], -arc_cost[a], flow[a] - low[a], _ARC, a, -1, 0, y, parent, first, after,
                    before, link_agent, link_arc, link_way, low, high, flow, at, held, mark, pivots, stack,
                )  # fmt: skip
        quiet = 0 if found else quiet + 1
    return pivots


@njit(cache=True)
def largest_potentials(
    start: Any, target: Any, cost: Any, may_stay_out: Any, at: Any, held: Any,
    tail: Any, head: Any, low: Any, high: Any, arc_cost: Any, flow: Any, none: int,
) -> Any:  # fmt: skip
    """Find the largest potentials, none positive, under which no residual edge is negative.

    Parameters
    ----------
    start, target, cost, may_stay_out, at, held, tail, head, low, high, arc_cost, flow, none
        As for `improve`; the assignment must be optimal, or this does not end.

    Returns
    -------
    int64, shape (none + 1,)
    """
    y = np.zeros(none + 1, np.int64)
    changed = True
    while changed:
        changed = False
        for i in range(len(at)):
            s, least = at[i], np.int64(0)
            least = held[i] + y[s]
            for p in range(start[i], start[i + 1]):
                value = cost[p] + y[target[p]]
                if value < least:
                    least = value
            if may_stay_out[i] and y[none] < least:
                least = y[none]
            if least - held[i] < y[s]:
                y[s] = least - held[i]
                changed = True
        for a in range(len(tail)):
            if flow[a] < high[a] and arc_cost[a] + y[head[a]] < y[tail[a]]:
                y[tail[a]] = arc_cost[a] + y[head[a]]
                changed = True
            if flow[a] > low[a] and y[tail[a]] - arc_cost[a] < y[head[a]]:
                y[head[a]] = y[tail[a]] - arc_cost[a]
                changed = True
    return y
