"""Peer: one plain minimum-cost flow of the same pairs, a single objective, by OR-Tools.

It answers far less (no order of goals, no proof, no lottery); it is the yardstick of what one
pass over the pairs costs.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from allocator.core.problem import AssignmentProblem, Ints


def solve(problem: AssignmentProblem, minutes: Ints) -> Ints:
    """Place as many as can be, then in as few minutes as can be, by one `SimpleMinCostFlow`.

    The reward for a place is the least that surely outweighs any minutes: a place more moves
    at most one child at each option.

    Parameters
    ----------
    problem : AssignmentProblem
        Places over number are ordinary ones here; totals of groups are kept.
    minutes : int64, shape (n_pairs,)
        Not negative.

    Returns
    -------
    int64, shape (n_agents,)
        Each agent's option, -1 for none.
    """
    n, m = problem.n_agents, problem.n_options
    reward = (m + 1) * (int(minutes.max(initial=0)) + 1)
    bounded = np.flatnonzero(problem.group_total >= 0)
    sink = n + m + len(bounded)
    above = np.full(problem.n_groups, sink)
    above[bounded] = n + m + np.arange(len(bounded))
    agents, options = np.arange(n), np.arange(m)
    arcs = (
        (problem.pair_agent, n + problem.pair_option, np.ones(problem.n_pairs), minutes - reward),
        (agents, np.full(n, sink), np.ones(n), np.zeros(n)),
        (n + options, above[problem.group], problem.ordinary + problem.over, np.zeros(m)),
        (above[bounded], np.full(len(bounded), sink), problem.group_total[bounded], np.zeros(len(bounded))),
    )
    tail, head, capacity, cost = (np.concatenate(part) for part in zip(*arcs, strict=True))
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:n], supply[sink] = 1, -n

    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), capacity.astype(np.int64), cost.astype(np.int64)
    )
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = flow.solve()
    # Reading flows after any other status can end the process.
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver ended with status {status}")
    used = flow.flows(np.arange(problem.n_pairs, dtype=np.int32)) > 0
    option = np.full(n, -1, dtype=np.int64)
    option[problem.pair_agent[used]] = problem.pair_option[used]
    return option
