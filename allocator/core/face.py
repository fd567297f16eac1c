"""The face of a tier's optima: which pairs and which loads every later tier may still use.

After a tier is solved, its dual prices tell *all* of its optimal assignments: a pair with
positive reduced cost is in none of them; a capacity whose reduced cost is not zero is used
fully, or not at all, in each. What is left is again a network, so the next tier is again
a minimum-cost flow, without weights and without an extra row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.assignment import group_loads
from allocator.core.problem import AssignmentProblem, Bools, Ints, Tier


@dataclass(frozen=True)
class Bounds:
    """Least and most use of each place of one kind."""

    low: Ints
    high: Ints

    def part(self, chosen: Ints) -> Bounds:
        """Return the bounds of the places at `chosen`."""
        return Bounds(self.low[chosen], self.high[chosen])

    def narrowed(self, reduced: Ints, flow: Ints) -> Bounds:
        """Hold at its present `flow` whatever has a reduced cost other than zero."""
        held = reduced != 0
        return Bounds(np.where(held, flow, self.low), np.where(held, flow, self.high))


@dataclass(frozen=True)
class Face:
    """What every later tier may still use.

    Parameters
    ----------
    problem : AssignmentProblem
    pair : int64, shape (n_alive,)
        Indices of the pairs that an agent with a choice may still use, ascending.
    may_stay_out : bool, shape (n_agents,)
        Agents with a choice for whom no option at all is still possible.
    choosing : bool, shape (n_agents,)
        Agents with a choice; the others keep what they have.
    ordinary, over : Bounds, per option
        Use of ordinary places and of places over number.
    total : Bounds, per group
        Use of the group; without a total, up to the number of agents.
    """

    problem: AssignmentProblem
    pair: Ints
    may_stay_out: Bools
    choosing: Bools
    ordinary: Bounds
    over: Bounds
    total: Bounds

    @classmethod
    def whole(cls, problem: AssignmentProblem) -> Face:
        """Return the face before any tier: everything that is feasible."""
        has_pair = np.zeros(problem.n_agents, dtype=bool)
        has_pair[problem.pair_agent] = True
        bound = np.where(problem.group_total >= 0, problem.group_total, problem.n_agents)
        return cls(
            problem,
            np.arange(problem.n_pairs, dtype=np.int64),
            has_pair.copy(),
            has_pair,
            Bounds(np.zeros_like(problem.ordinary), problem.ordinary.copy()),
            Bounds(np.zeros_like(problem.over), problem.over.copy()),
            Bounds(np.zeros_like(bound), bound),
        )

    @property
    def is_whole(self) -> bool:
        """Whether no tier has narrowed it: every pair and every use of places is open."""
        problem = self.problem
        bound = np.where(problem.group_total >= 0, problem.group_total, problem.n_agents)
        return (
            len(self.pair) == problem.n_pairs
            and not any(bounds.low.any() for bounds in (self.ordinary, self.over, self.total))
            and np.array_equal(self.ordinary.high, problem.ordinary)
            and np.array_equal(self.over.high, problem.over)
            and np.array_equal(self.total.high, bound)
            and bool(self.may_stay_out[problem.pair_agent].all())
        )

    def uses(self, option: Ints) -> tuple[Ints, Ints, Ints]:
        """Split an assignment into uses: ordinary places first, over-number places, groups."""
        problem = self.problem
        loads = np.bincount(option[option >= 0], minlength=problem.n_options).astype(np.int64)
        ordinary = np.minimum(loads, problem.ordinary)
        return ordinary, loads - ordinary, group_loads(problem, loads)

    def restricted(self, tier: Tier, costs: Ints, option: Ints, price: Ints, group_price: Ints) -> Face:
        """Keep what some optimal assignment of the tier may use.

        Parameters
        ----------
        tier : Tier
            The tier just solved.
        costs : int64, shape (n_alive,)
            Its cost of each alive pair.
        option : int64, shape (n_agents,)
            An optimal assignment on this face.
        price : int64, shape (n_options,)
        group_price : int64, shape (n_groups,)
            Its dual prices on this face.

        Returns
        -------
        Face

        References
        ----------
        Ahuja, Magnanti, Orlin (1993). Network Flows, section 9.
        """
        problem = self.problem
        agent, target = problem.pair_agent[self.pair], problem.pair_option[self.pair]
        offer = costs + price[target]
        best = np.where(self.may_stay_out, 0, np.iinfo(np.int64).max)
        np.minimum.at(best, agent, offer)
        alive = offer == best[agent]
        may_stay_out = self.may_stay_out & (best == 0)

        ordinary, over, totals = self.uses(option)
        up = group_price[problem.group] - price
        bounded = problem.group_total >= 0
        choices = np.bincount(agent[alive], minlength=problem.n_agents) + may_stay_out
        choosing = choices > 1
        alive &= choosing[agent]
        return Face(
            problem,
            self.pair[alive],
            may_stay_out & choosing,
            choosing,
            self.ordinary.narrowed(up, ordinary),
            self.over.narrowed(up + tier.over_cost, over),
            self.total.narrowed(np.where(bounded, -group_price, 0), totals),
        )
