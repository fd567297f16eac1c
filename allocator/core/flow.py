"""One tier by OR-Tools' minimum-cost flow, its prices by relaxation on the condensed graph.

For rounds that are small enough that loading a compiled kernel would take longer than
solving them.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from allocator.core.face import Face
from allocator.core.prices import Nodes, condensed, potentials
from allocator.core.problem import Ints
from allocator.errors import ProblemError

# Rounds of relaxation after which it is cheaper to solve the tier than to go on proving
# that the assignment at hand is already best.
TRIAL_ROUNDS = 24
# SimpleMinCostFlow multiplies costs by the number of nodes and keeps them in int64.
LARGEST_SCALED_COST = 2**60


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

    Raises
    ------
    ProblemError
        When the costs leave the solver's exact range, or it fails.
    """
    y = potentials(condensed(face, nodes, option, costs, over_cost), TRIAL_ROUNDS)
    if y is None:
        option = _cheapest(face, nodes, option, costs, over_cost)
        y = potentials(condensed(face, nodes, option, costs, over_cost))
    if y is None:
        raise ProblemError("the flow solver returned an assignment that is not optimal")
    return option, y


def _cheapest(face: Face, nodes: Nodes, option: Ints, costs: Ints, over_cost: int) -> Ints:
    """Solve one tier as a minimum-cost flow over the agents that have a choice."""
    problem = face.problem
    choosing = np.flatnonzero(face.choosing)
    row = np.full(problem.n_agents, -1, dtype=np.int64)
    row[choosing] = np.arange(len(choosing))
    agent, target = problem.pair_agent[face.pair], problem.pair_option[face.pair]
    base = len(choosing)

    out = np.flatnonzero(face.may_stay_out)
    least = np.where(face.may_stay_out, 0, np.iinfo(np.int64).max)
    np.minimum.at(least, agent, costs)
    tails = [row[agent], row[out]]
    heads = [base + target, np.full(len(out), base + nodes.none)]
    room = [np.ones(len(agent), dtype=np.int64), np.ones(len(out), dtype=np.int64)]
    unit = [costs - least[agent], -least[out]]

    supply = np.zeros(base + nodes.none + 1, dtype=np.int64)
    supply[:base] = 1
    settled = ~face.choosing & (option >= 0)
    supply[base : base + problem.n_options] += np.bincount(option[settled], minlength=problem.n_options)
    options = np.arange(problem.n_options)
    bounded = np.flatnonzero(problem.group_total >= 0)
    for bounds, chosen, tail, head, cost in (
        (face.ordinary, options, options, nodes.group[problem.group], 0),
        (face.over, options, options, nodes.group[problem.group], over_cost),
        (face.total, bounded, nodes.group[bounded], np.full(len(bounded), nodes.none), 0),
    ):
        low, high = bounds.low[chosen], bounds.high[chosen]
        np.add.at(supply, base + tail, -low)
        np.add.at(supply, base + head, low)
        free = high > low
        tails.append(base + tail[free])
        heads.append(base + head[free])
        room.append((high - low)[free])
        unit.append(np.full(int(free.sum()), cost))
    supply[base + nodes.none] -= supply.sum()

    unit_cost = np.concatenate(unit).astype(np.int64)
    unit_cost //= max(int(np.gcd.reduce(unit_cost)), 1) if len(unit_cost) else 1
    if len(unit_cost) and int(np.abs(unit_cost).max()) * (len(supply) + 1) > LARGEST_SCALED_COST:
        raise ProblemError("a tier's costs times its number of nodes leave the solver's exact range")
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails).astype(np.int32),
        np.concatenate(heads).astype(np.int32),
        np.concatenate(room).astype(np.int64),
        unit_cost,
    )
    flow.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = flow.solve()
    # Reading flows after any other status can end the process.
    if status != flow.OPTIMAL:
        raise ProblemError(f"the flow solver ended with status {status}")
    used = flow.flows(np.arange(len(agent), dtype=np.int32)) > 0
    answer = option.copy()
    answer[choosing] = -1
    answer[agent[used]] = target[used]
    return answer
