"""Dual prices from an optimal assignment, found on the small graph of options.

An agent appears only as an edge from the option it holds to an option it may hold, so the
residual network condenses to options, groups with a total, and one node for "none"
(`n` nodes however many agents there are). The largest potentials that are nowhere
positive and leave no residual edge with negative reduced cost do not depend on which
optimal assignment they are read from: the prices, and with them the certificate, are the
same whatever flow code found the assignment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocator.core.face import Face
from allocator.core.problem import AssignmentProblem, Ints

# Above this many nodes a square table is slower than a list of edges.
DENSE_NODES = 600
_FAR = np.int64(2**60)
# Distance of a node that cannot reach "none".
UNREACHED = np.int64(2**59)


@dataclass(frozen=True)
class Nodes:
    """Numbers of the condensed graph's nodes: options, then groups with a total, then none.

    Parameters
    ----------
    group : int64, shape (n_groups,)
        Node of each group; a group without a total is the node of "none".
    none : int
        Node of "no option", the sink of the network.
    """

    group: Ints
    none: int

    @classmethod
    def of(cls, problem: AssignmentProblem) -> Nodes:
        """Number the nodes of a problem."""
        bounded = problem.group_total >= 0
        none = problem.n_options + int(bounded.sum())
        numbered = problem.n_options + np.cumsum(bounded) - 1
        return cls(np.where(bounded, numbered, none).astype(np.int64), none)


@dataclass(frozen=True)
class Graph:
    """Residual edges of an assignment on a face, condensed to options.

    Parameters
    ----------
    n : int
        Number of nodes.
    tail, head, weight : int64, shape (n_edges,)
        An edge moves one unit from tail to head at this change of cost.
    """

    n: int
    tail: Ints
    head: Ints
    weight: Ints


def condensed(face: Face, nodes: Nodes, option: Ints, costs: Ints, over_cost: int) -> Graph:
    """Build the residual graph of an assignment on a face.

    Parameters
    ----------
    face : Face
    nodes : Nodes
    option : int64, shape (n_agents,)
        The assignment, -1 for none.
    costs : int64, shape (n_alive,)
        Cost of each alive pair in the tier.
    over_cost : int
        Cost of a place over number in the tier.
    """
    problem = face.problem
    agent, target = problem.pair_agent[face.pair], problem.pair_option[face.pair]
    present = np.zeros(problem.n_agents, dtype=np.int64)
    held = option[agent] == target
    present[agent[held]] = costs[held]
    at = np.where(option >= 0, option, nodes.none)

    move = ~held
    tails, heads = [at[agent[move]]], [target[move]]
    weights = [costs[move] - present[agent[move]]]
    leaving = np.flatnonzero(face.may_stay_out & (option >= 0))
    tails.append(at[leaving])
    heads.append(np.full(len(leaving), nodes.none))
    weights.append(-present[leaving])

    ordinary, over, totals = face.uses(option)
    options = np.arange(problem.n_options)
    up = nodes.group[problem.group]
    bounded = np.flatnonzero(problem.group_total >= 0)
    sink = np.full(len(bounded), nodes.none)
    for bounds, flow, low_end, high_end, cost in (
        (face.ordinary, ordinary, options, up, 0),
        (face.over, over, options, up, over_cost),
        (face.total.part(bounded), totals[bounded], nodes.group[bounded], sink, 0),
    ):
        more, less = flow < bounds.high, flow > bounds.low
        tails += [low_end[more], high_end[less]]
        heads += [high_end[more], low_end[less]]
        weights += [np.full(int(more.sum()), cost), np.full(int(less.sum()), -cost)]
    join = np.concatenate
    return Graph(nodes.none + 1, join(tails), join(heads).astype(np.int64), join(weights).astype(np.int64))


def potentials(graph: Graph, rounds: int | None = None) -> Ints | None:
    """Find the largest potentials, none positive, under which no edge is negative.

    Parameters
    ----------
    graph : Graph
    rounds : int or None
        Give up after so many rounds; None for as many as there are nodes.

    Returns
    -------
    int64, shape (n,), or None
        ``y[u] <= weight + y[v]`` for every edge; None when a negative cycle was found (the
        assignment is not optimal) or the rounds ended.
    """
    relax = _dense(graph) if graph.n <= DENSE_NODES else _sparse(graph)
    y = np.zeros(graph.n, dtype=np.int64)
    for _ in range(min(rounds or graph.n + 1, graph.n + 1)):
        lower = np.minimum(y, relax(y))
        if np.array_equal(lower, y):
            return y
        y = lower
    return None


def _dense(graph: Graph) -> Callable[[Ints], Ints]:
    table = np.full(graph.n * graph.n, _FAR, dtype=np.int64)
    np.minimum.at(table, graph.tail * graph.n + graph.head, graph.weight)
    square = table.reshape(graph.n, graph.n)

    def relax(y: Ints) -> Ints:
        return np.asarray((square + y).min(axis=1), dtype=np.int64)

    return relax


def _sparse(graph: Graph) -> Callable[[Ints], Ints]:
    order = np.lexsort((graph.weight, graph.head, graph.tail))
    tail, head, weight = graph.tail[order], graph.head[order], graph.weight[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    tail, head, weight = tail[first], head[first], weight[first]
    starts = np.flatnonzero(np.concatenate(([True], tail[1:] != tail[:-1]))) if len(tail) else tail
    sources = tail[starts]

    def relax(y: Ints) -> Ints:
        lowest = np.full(graph.n, _FAR, dtype=np.int64)
        if len(starts):
            lowest[sources] = np.minimum.reduceat(weight + y[head], starts)
        return lowest

    return relax


def distances_to_none(graph: Graph) -> Ints:
    """Find the least cost of pushing one unit from each node to "none".

    Parameters
    ----------
    graph : Graph
        Without negative cycles; its last node is "none".

    Returns
    -------
    int64, shape (n,)
        `UNREACHED` for a node that cannot reach "none".
    """
    relax = _dense(graph) if graph.n <= DENSE_NODES else _sparse(graph)
    y = np.full(graph.n, UNREACHED, dtype=np.int64)
    y[graph.n - 1] = 0
    for _ in range(graph.n):
        lower = np.minimum(y, relax(y))
        lower[lower > UNREACHED // 2] = UNREACHED
        if np.array_equal(lower, y):
            break
        y = lower
    return y


def face_of_optimum(problem: AssignmentProblem, option: Ints, k: int) -> Face:
    """Find the face of the first `k` tiers from an assignment that is best in them.

    The prices are found anew, so that what is derived from the face does not depend on
    which of the valid prices somebody published.

    Parameters
    ----------
    problem : AssignmentProblem
    option : int64, shape (n_agents,)
    k : int
        A tier in which the assignment is not best ends the narrowing before it.
    """
    nodes, face = Nodes.of(problem), Face.whole(problem)
    for tier in problem.tiers[:k]:
        costs = tier.costs(problem.pair_agent, face.pair)
        y = potentials(condensed(face, nodes, option, costs, tier.over_cost))
        if y is None:
            break
        y -= y[nodes.none]
        face = face.restricted(tier, costs, option, y[: problem.n_options], y[nodes.group])
    return face
