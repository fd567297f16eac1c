"""Method: strict goal order by minimum-cost flow and face restriction.

Each tier is one flow on the face that the tiers before it left. The chain of dual prices
is the whole proof; which optimal flow the solver happened to return leaves no trace,
because the serial lottery settles every tie and the prices are canonical.
"""

from __future__ import annotations

import time

import numpy as np
from ortools.graph.python import min_cost_flow

from allocator.core import serial
from allocator.core.assignment import Assignment
from allocator.core.face import Face
from allocator.core.outcome import Outcome, Prices, Settings, Status
from allocator.core.prices import Nodes, condensed, potentials
from allocator.core.problem import AssignmentProblem, Ints
from allocator.errors import ProblemError

# Rounds of relaxation after which it is cheaper to solve the tier than to go on proving
# that the assignment at hand is already best.
TRIAL_ROUNDS = 24
# SimpleMinCostFlow multiplies costs by the number of nodes and keeps them in int64.
LARGEST_SCALED_COST = 2**60


def solve(problem: AssignmentProblem, settings: Settings | None = None) -> Outcome:
    """Assign agents to options, tier by tier in strict order, ties by the serial lottery.

    Parameters
    ----------
    problem : AssignmentProblem
    settings : Settings or None
        When the deadline passes, no further tier is begun: the outcome is then feasible,
        proved for the tiers that were ended.

    Returns
    -------
    Outcome

    Raises
    ------
    ProblemError
        When the problem is malformed or a tier's costs leave the solver's exact range.
    """
    settings = settings or Settings()
    problem.check()
    nodes = Nodes.of(problem)
    face = Face.whole(problem)
    option = np.full(problem.n_agents, -1, dtype=np.int64)
    k_tiers = len(problem.tiers)
    prices = Prices(
        np.zeros((k_tiers, problem.n_options), dtype=np.int64),
        np.zeros((k_tiers, problem.n_groups), dtype=np.int64),
    )
    seconds: dict[str, float] = {}
    for k, tier in enumerate(problem.tiers):
        begun = time.monotonic()
        if settings.deadline is not None and begun > settings.deadline:
            return Outcome(Status.FEASIBLE, Assignment(option), prices, k, seconds)
        if settings.progress is not None:
            settings.progress(k, k_tiers)
        costs = tier.costs(problem.pair_agent, face.pair)
        if not _indifferent(face, costs, tier.over_cost):
            option, y = _tier(face, nodes, option, costs, tier.over_cost)
            y -= y[nodes.none]
            prices.option[k] = y[: problem.n_options]
            prices.group[k] = y[nodes.group]
            face = face.restricted(tier, costs, option, prices.option[k], prices.group[k])
        seconds[f"tier {k + 1}"] = time.monotonic() - begun
        if settings.proved is not None:
            settings.proved(Outcome(Status.FEASIBLE, Assignment(option), prices, k + 1, seconds))
    begun = time.monotonic()
    option = serial.settle(face, nodes, option)
    seconds["lottery"] = time.monotonic() - begun
    return Outcome(Status.PROVED_OPTIMAL, Assignment(option), prices, k_tiers, seconds)


def _indifferent(face: Face, costs: Ints, over_cost: int) -> bool:
    """Say whether every assignment on the face costs the same in this tier."""
    if over_cost and np.any(face.over.low < face.over.high):
        return False
    agent = face.problem.pair_agent[face.pair]
    if len(agent) == 0:
        return True
    first = np.concatenate(([True], agent[1:] != agent[:-1]))
    reference = costs[np.flatnonzero(first)][np.cumsum(first) - 1]
    reference = np.where(face.may_stay_out[agent], 0, reference)
    return bool(np.array_equal(costs, reference))


def _tier(face: Face, nodes: Nodes, option: Ints, costs: Ints, over_cost: int) -> tuple[Ints, Ints]:
    """Return an optimal assignment of one tier and its potentials."""
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
