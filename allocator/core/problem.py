"""What is asked: agents, options, the pairs that may be, capacities and tiers of cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.errors import ProblemError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Costs of a pair and prices stay below this, so that any reduced cost fits an int64 with
# room to spare and a third party may compare packed differences (docs: certificate).
LARGEST_COST = 2**45


@dataclass(frozen=True)
class Tier:
    """One exact minimisation: an integer cost a pair, and one for each place over number.

    An agent without an option costs nothing. A tier that concerns one class of agents
    shares its column with the tiers of the other classes and masks the agents instead.

    Parameters
    ----------
    values : int64, shape (n_pairs,)
        Cost of each pair, in the tier's own unit; less is better.
    agents : bool, shape (n_agents,), or None
        The agents whose pairs count; None for all.
    over_cost : int
        Cost of each place used beyond an option's ordinary places.
    """

    values: Ints
    agents: Bools | None = None
    over_cost: int = 0

    def costs(self, agent_of: Ints, pair: Ints | slice = slice(None)) -> Ints:
        """Return the cost of the pairs given by `pair`, whose agents are `agent_of[pair]`."""
        values = self.values[pair]
        if self.agents is None:
            return values
        return np.where(self.agents[agent_of[pair]], values, 0)


@dataclass(frozen=True)
class AssignmentProblem:
    """Agents to options under nested capacities, with tiers in strict order.

    Parameters
    ----------
    n_agents : int
    pair_agent : int64, shape (n_pairs,)
        Agent of each eligible pair; non-decreasing.
    pair_option : int64, shape (n_pairs,)
        Option of each eligible pair; increasing within an agent.
    ordinary : int64, shape (n_options,)
        Ordinary places of each option, not negative.
    over : int64, shape (n_options,)
        Further places, each of which costs `Tier.over_cost`.
    group : int64, shape (n_options,)
        The group (school) that the option lies in.
    group_total : int64, shape (n_groups,)
        Most agents in all options of the group; -1 for no bound.
    tiers : tuple of Tier
        In strict order: a later one never costs an earlier one anything.
    own_rank : int64, shape (n_pairs,)
        Place of the option in its agent's own order, 0 best, no ties within an agent.
    draw : int64, shape (n_agents,)
        Lottery number of each agent, a permutation; 0 chooses first.

    Raises
    ------
    ProblemError
        From `check`, where an array breaks what is said here.
    """

    n_agents: int
    pair_agent: Ints
    pair_option: Ints
    ordinary: Ints
    over: Ints
    group: Ints
    group_total: Ints
    tiers: tuple[Tier, ...]
    own_rank: Ints
    draw: Ints

    @property
    def n_options(self) -> int:
        """Number of options."""
        return len(self.ordinary)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.group_total)

    @property
    def n_pairs(self) -> int:
        """Number of eligible pairs."""
        return len(self.pair_agent)

    @cached_property
    def first_pair(self) -> Ints:
        """Index of each agent's first pair; one entry more than agents."""
        return np.searchsorted(self.pair_agent, np.arange(self.n_agents + 1)).astype(np.int64)

    def replace(self, **changes: Any) -> AssignmentProblem:
        """Return the problem with some parts exchanged."""
        return replace(self, **changes)

    def check(self) -> None:
        """Raise ProblemError unless the arrays are what the class promises."""
        pairs, options, groups = self.n_pairs, self.n_options, self.n_groups
        lengths = {
            "pair_option": (len(self.pair_option), pairs),
            "own_rank": (len(self.own_rank), pairs),
            "over": (len(self.over), options),
            "group": (len(self.group), options),
            "draw": (len(self.draw), self.n_agents),
        }
        for name, (length, expected) in lengths.items():
            if length != expected:
                raise ProblemError(f"{name} has {length} entries, expected {expected}")
        _check_range("pair_agent", self.pair_agent, 0, self.n_agents - 1)
        _check_range("pair_option", self.pair_option, 0, options - 1)
        _check_range("group", self.group, 0, groups - 1)
        _check_range("ordinary", self.ordinary, 0, 2**31)
        _check_range("over", self.over, 0, 2**31)
        _check_range("group_total", self.group_total, -1, 2**31)
        key = self.pair_agent * np.int64(max(options, 1)) + self.pair_option
        if np.any(np.diff(key) <= 0):
            raise ProblemError("pairs are not in increasing order of agent and option")
        if not np.array_equal(np.sort(self.draw), np.arange(self.n_agents)):
            raise ProblemError("draw is not a permutation of the agents")
        for tier in self.tiers:
            if len(tier.values) != pairs:
                raise ProblemError(f"a tier has {len(tier.values)} costs for {pairs} pairs")
            _check_range("tier cost", tier.values, -LARGEST_COST, LARGEST_COST)
            _check_range("over_cost", np.array([tier.over_cost]), -LARGEST_COST, LARGEST_COST)


def _check_range(name: str, values: Ints, least: int, most: int) -> None:
    if len(values) and (values.min() < least or values.max() > most):
        raise ProblemError(f"{name} leaves the range {least} to {most}")
