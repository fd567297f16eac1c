"""An assignment: one option or none for each agent, and what it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.core.problem import AssignmentProblem, Bools, Ints


@dataclass(frozen=True)
class Assignment:
    """One option or none for each agent.

    Parameters
    ----------
    option : int64, shape (n_agents,)
        The agent's option, -1 for none.
    """

    option: Ints

    @cached_property
    def placed(self) -> Bools:
        """Which agents have an option."""
        return self.option >= 0

    def loads(self, n_options: int) -> Ints:
        """Count the agents at each option."""
        return np.bincount(self.option[self.placed], minlength=n_options).astype(np.int64)

    def pairs(self, problem: AssignmentProblem) -> Ints:
        """Return the index of each agent's pair, -1 for none or for a pair that is not eligible."""
        found = np.full(problem.n_agents, -1, dtype=np.int64)
        used = np.flatnonzero(self.option[problem.pair_agent] == problem.pair_option)
        found[problem.pair_agent[used]] = used
        return found


def group_loads(problem: AssignmentProblem, loads: Ints) -> Ints:
    """Add up the loads of the options in each group, shape (n_groups,)."""
    return np.bincount(problem.group, weights=loads, minlength=problem.n_groups).astype(np.int64)


def violations(problem: AssignmentProblem, assignment: Assignment) -> list[str]:
    """List what an assignment breaks, in plain words with indices; empty when it is feasible."""
    found: list[str] = []
    if len(assignment.option) != problem.n_agents:
        return [f"{len(assignment.option)} agents answered, {problem.n_agents} asked"]
    stray = assignment.placed & (assignment.pairs(problem) < 0)
    found += [f"agent {i} holds an option it is not eligible for" for i in np.flatnonzero(stray)]
    if np.any(assignment.option >= problem.n_options):
        return found
    loads = assignment.loads(problem.n_options)
    for j in np.flatnonzero(loads > problem.ordinary + problem.over):
        found.append(f"option {j} holds {loads[j]}, its places are {problem.ordinary[j] + problem.over[j]}")
    totals = group_loads(problem, loads)
    for g in np.flatnonzero((problem.group_total >= 0) & (totals > problem.group_total)):
        found.append(f"group {g} holds {totals[g]}, its total is {problem.group_total[g]}")
    return found


def tier_cost(problem: AssignmentProblem, k: int, assignment: Assignment) -> int:
    """Add up tier `k` exactly, in Python integers."""
    tier = problem.tiers[k]
    pairs = assignment.pairs(problem)
    used = pairs[pairs >= 0]
    costs = tier.costs(problem.pair_agent, used)
    over = np.maximum(assignment.loads(problem.n_options) - problem.ordinary, 0)
    total: int = sum(costs.tolist()) + tier.over_cost * sum(over.tolist())
    return total
