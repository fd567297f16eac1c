"""One tier on a face, handed to the compiled kernel and back."""

from __future__ import annotations

import numpy as np

from allocator.core import greedy, tree
from allocator.core.face import Face
from allocator.core.prices import Nodes
from allocator.core.problem import Ints


def best(face: Face, nodes: Nodes, option: Ints, costs: Ints, over_cost: int) -> tuple[Ints, Ints]:
    """Find an optimal assignment of one tier on a face, and its potentials.

    Parameters
    ----------
    face : Face
    nodes : Nodes
    option : int64, shape (n_agents,)
        Any assignment on the face, -1 for none.
    costs : int64, shape (n_alive,)
        Cost of each alive pair in the tier.
    over_cost : int
        Cost of a place over number in the tier.

    Returns
    -------
    option : int64, shape (n_agents,)
    y : int64, shape (nodes.none + 1,)
        The largest potentials, none positive, that prove it.
    """
    problem = face.problem
    choosing = np.flatnonzero(face.choosing)
    agent, target = problem.pair_agent[face.pair], problem.pair_option[face.pair]
    start = np.searchsorted(agent, np.append(choosing, problem.n_agents)).astype(np.int64)
    at = np.where(option[choosing] >= 0, option[choosing], nodes.none)
    own = np.flatnonzero(option[agent] == target)
    present = np.zeros(problem.n_agents, dtype=np.int64)
    present[agent[own]] = costs[own]
    held = present[choosing]
    least = np.minimum.reduceat(costs, start[:-1]) if len(costs) else np.zeros(0, dtype=np.int64)
    order = np.argsort(least, kind="stable").astype(np.int64)
    movers = (start, target, costs, face.may_stay_out[choosing], at, held)
    if over_cost == 0 and face.is_whole and _counts_agents_alone(costs, start):
        at, held = _placed_in_order(face, nodes, start, target, least, order)
        movers = (*movers[:4], at, held)
        option = _answer(option, choosing, at, nodes)
    places = _places(face, nodes, option, over_cost)
    tree.improve(*movers, order, *places, nodes.none)
    y = tree.largest_potentials(*movers, *places, nodes.none)
    return _answer(option, choosing, at, nodes), y


def _answer(option: Ints, choosing: Ints, at: Ints, nodes: Nodes) -> Ints:
    answer = option.copy()
    answer[choosing] = np.where(at == nodes.none, -1, at)
    return answer


def _counts_agents_alone(costs: Ints, start: Ints) -> bool:
    """Say whether the tier only rewards having an option, whichever it is."""
    if len(costs) == 0:
        return False
    first = np.repeat(costs[start[:-1]], np.diff(start))
    return bool(np.array_equal(first, costs)) and bool(np.all(costs <= 0))


def _placed_in_order(
    face: Face, nodes: Nodes, start: Ints, target: Ints, least: Ints, order: Ints
) -> tuple[Ints, Ints]:
    """Start from the greedy placement, which such a tier can hardly better."""
    problem = face.problem
    members = np.argsort(problem.group, kind="stable").astype(np.int64)
    bounds = np.searchsorted(problem.group[members], np.arange(problem.n_groups + 1)).astype(np.int64)
    room = problem.ordinary + problem.over
    at = greedy.place_in_order(
        order, start, target, room, problem.group, problem.group_total, members, bounds
    )
    return np.where(at >= 0, at, nodes.none), np.where(at >= 0, least, 0)


def _places(face: Face, nodes: Nodes, option: Ints, over_cost: int) -> tuple[Ints, ...]:
    """List the places as arcs: tail, head, low, high, cost and present use."""
    problem = face.problem
    ordinary, over, totals = face.uses(option)
    options = np.arange(problem.n_options)
    up = nodes.group[problem.group]
    bounded = np.flatnonzero(problem.group_total >= 0)
    m, q = problem.n_options, len(bounded)
    group = face.total.part(bounded)
    join = np.concatenate
    return (
        join((options, options, nodes.group[bounded])),
        join((up, up, np.full(q, nodes.none, dtype=np.int64))),
        join((face.ordinary.low, face.over.low, group.low)),
        join((face.ordinary.high, face.over.high, group.high)),
        join((np.zeros(m, np.int64), np.full(m, over_cost, np.int64), np.zeros(q, np.int64))),
        join((ordinary, over, totals[bounded])),
    )
