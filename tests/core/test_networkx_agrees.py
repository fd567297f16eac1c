"""A third opinion on single goals, from a library that shares nothing with ours."""

from __future__ import annotations

import networkx
import numpy as np
import pytest

from allocator.core import network
from allocator.core.problem import AssignmentProblem
from small_problems import small_problem


def least_cost(problem: AssignmentProblem) -> int:
    """Least cost of the first tier, by networkx's capacity scaling on the whole network."""
    tier = problem.tiers[0]
    graph = networkx.MultiDiGraph()
    graph.add_node("none", demand=problem.n_agents)
    for i in range(problem.n_agents):
        graph.add_node(("agent", i), demand=-1)
        graph.add_edge(("agent", i), "none", capacity=1, weight=0)
    for j in range(problem.n_options):
        school = ("group", int(problem.group[j]))
        graph.add_edge(("option", j), school, capacity=int(problem.ordinary[j]), weight=0)
        graph.add_edge(("option", j), school, capacity=int(problem.over[j]), weight=tier.over_cost)
    for g, total in enumerate(problem.group_total.tolist()):
        graph.add_edge(("group", g), "none", capacity=total if total >= 0 else problem.n_agents, weight=0)
    costs = tier.costs(problem.pair_agent).tolist()
    for i, j, cost in zip(problem.pair_agent.tolist(), problem.pair_option.tolist(), costs, strict=True):
        graph.add_edge(("agent", i), ("option", j), capacity=1, weight=cost)
    value, _ = networkx.capacity_scaling(graph)
    return int(value)


@pytest.mark.parametrize("seed", range(60))
def test_the_first_goal_is_as_good_as_networkx_makes_it(seed: int) -> None:
    problem = small_problem(seed)
    alone = problem.replace(tiers=problem.tiers[:1])
    option = network.solve(alone).assignment.option
    costs = alone.tiers[0].costs(alone.pair_agent)
    used = option[alone.pair_agent] == alone.pair_option
    load = np.bincount(option[option >= 0], minlength=alone.n_options)
    over = int(np.maximum(load - alone.ordinary, 0).sum())
    assert int(costs[used].sum()) + alone.tiers[0].over_cost * over == least_cost(alone)
