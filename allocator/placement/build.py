"""From a round to an assignment problem, the only place where ids become indices and come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.core import lottery
from allocator.core.goals import common_denominator, exact, ranks, weighted_sum
from allocator.core.problem import AssignmentProblem, Bools, Ints, Tier
from allocator.placement.capacity import Capacity, capacity_of
from allocator.placement.columns import Columns
from allocator.placement.eligible import eligible_pairs
from allocator.placement.keyed import packed
from allocator.placement.measures import MEASURES
from allocator.placement.policy import Goal
from allocator.placement.round import Round
from allocator.placement.rules import Facts, facts_of


@dataclass(frozen=True)
class GoalTier:
    """What one tier of the problem means in the policy.

    Parameters
    ----------
    measure : str
        The measure, or "weighted".
    level : str, int or None
        Band's name, priority class, or None.
    sign : int
        -1 where more is better: the tier's cost is the measure with this sign.
    per_unit : int
        Whole numbers of the tier to one unit of the published value.
    constant : int
        What the fixed children add to the measure, in whole numbers.
    by_need : bool
        The tier ranks need scores; its published value is the number placed.
    """

    measure: str
    level: str | int | None
    sign: int
    per_unit: int
    constant: int
    by_need: bool = False

    def value(self, cost: int) -> int | float:
        """Turn a tier's total cost over the movers into the published value."""
        whole = Fraction(self.sign * cost + self.constant, self.per_unit)
        if self.measure == "travel_minutes":
            return round(float(whole), 1)
        return int(whole) if whole.denominator == 1 else float(whole)


@dataclass(frozen=True)
class Built:
    """A round and its assignment problem, with the way back from index to id.

    Parameters
    ----------
    columns : Columns
    capacity : Capacity
    pairs : Facts
        Every eligible pair, fixed children's included, sorted by child, then provision.
    fixed_facts : Facts
        The pairs that rulings fix, sorted by child.
    mover : int64, shape (n_agents,)
        Index of the child that each agent stands for: all who are not fixed.
    moving : int64, shape (problem.n_pairs,)
        Index into `pairs` of each pair of the problem.
    problem : AssignmentProblem
    goals : tuple of GoalTier, one a tier
    draw : int64, shape (n_children,)
        Place of each child in lottery order, from 0, fixed children included: they choose
        nothing, but the order also says who counts as over number.
    """

    columns: Columns
    capacity: Capacity
    pairs: Facts
    fixed_facts: Facts
    mover: Ints
    moving: Ints
    problem: AssignmentProblem
    goals: tuple[GoalTier, ...]
    draw: Ints

    def counts(self, held: Ints) -> dict[str, int]:
        """Count what a placement comes to.

        Parameters
        ----------
        held : int64, shape (n_children,)
            Provision of every child, -1 for none.
        """
        columns, capacity = self.columns, self.capacity
        fixed = columns.fixed >= 0
        load = np.bincount(held[held >= 0], minlength=columns.n_provisions)
        return {
            "children": columns.n_children,
            "placed": int(((held >= 0) & ~fixed).sum()),
            "fixed": int(fixed.sum()),
            "unplaced": int((held < 0).sum()),
            "schools": columns.n_schools,
            "provisions": columns.n_provisions,
            "pairs": len(self.pairs.child),
            "places": int((capacity.ordinary + capacity.over).sum()),
            "over_number": int(np.maximum(load - capacity.ordinary, 0).sum()),
            "own_places": int(capacity.own.sum()),
        }


def build(round_: Round, lottery_keys: Mapping[str, str] | None = None) -> Built:
    """Turn a round into an assignment problem.

    Parameters
    ----------
    round_ : Round
    lottery_keys : mapping of child_id to hex digest, or None
        Lottery digests to carry instead of hashing the seed with each child's id, for
        children whose ids were changed.

    Raises
    ------
    NoAssignmentError
        When rulings exceed the places that they may use.
    ProblemError
        When a weighted goal leaves exact arithmetic.
    """
    columns = Columns(round_)
    capacity = capacity_of(columns)
    pairs = eligible_pairs(columns)
    mover = np.flatnonzero(columns.fixed < 0)
    agent_of = np.full(columns.n_children, -1, dtype=np.int64)
    agent_of[mover] = np.arange(len(mover))
    moving = np.flatnonzero(agent_of[pairs.child] >= 0)
    free = Facts(
        pairs.child[moving], pairs.provision[moving], pairs.suitability[moving],
        pairs.tenths[moving], pairs.km[moving],
    )  # fmt: skip
    held = np.flatnonzero(columns.fixed >= 0)
    fixed_facts = facts_of(columns, held, columns.fixed[held])
    tiers, goals = _tiers(columns, capacity, free, fixed_facts, mover)
    seed, carried = round_.policy.lottery.seed, lottery_keys or {}
    keys = [carried.get(i) or lottery.digest(seed, i) for i in columns.child_ids]
    draw = lottery.draw(keys)
    problem = AssignmentProblem(
        len(mover),
        agent_of[free.child],
        free.provision,
        capacity.left_ordinary,
        capacity.left_over,
        columns.provisions.school,
        capacity.left_total,
        tiers,
        _own_rank(columns, free),
        lottery.draw([keys[i] for i in mover.tolist()]),
    )
    return Built(columns, capacity, pairs, fixed_facts, mover, moving, problem, goals, draw)


def _own_rank(columns: Columns, facts: Facts) -> Ints:
    """Each child's own order: suitability, preference, minutes, cost, provision id."""
    column = {name: MEASURES[name].of_pairs(columns, facts) for name in
              ("suitability", "preference", "travel_minutes", "annual_cost")}  # fmt: skip
    order = np.lexsort(
        (
            *packed((facts.provision, column["annual_cost"])),
            *packed((column["travel_minutes"], column["preference"], 100 - column["suitability"])),
            facts.child,
        )
    )
    rank = np.empty(len(order), dtype=np.int64)
    child = facts.child[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = child[1:] != child[:-1]
    begins = np.flatnonzero(new)
    rank[order] = np.arange(len(order)) - begins[np.cumsum(new) - 1] if len(order) else order
    return rank


@dataclass(frozen=True)
class _Column:
    """A goal's integer column over movers' pairs and over fixed pairs, with its meaning."""

    name: str
    sign: int
    per_unit: int
    pairs: Ints
    fixed: Ints
    over_cost: int
    by_need: bool = False


def _tiers(
    columns: Columns, capacity: Capacity, free: Facts, fixed: Facts, mover: Ints
) -> tuple[tuple[Tier, ...], tuple[GoalTier, ...]]:
    tiers: list[Tier] = []
    goals: list[GoalTier] = []
    fixed_over = sum(np.maximum(capacity.fixed - capacity.ordinary, 0).tolist())
    for goal in columns.round.policy.goals:
        if goal.measure == "lottery":
            continue
        column = _column(columns, goal, free, fixed)
        for level, members in _levels(columns, goal):
            agents = None if members is None else members[mover]
            counted = column.fixed if members is None else column.fixed[members[fixed.child]]
            constant = sum(counted.tolist()) + column.over_cost * fixed_over
            tiers.append(Tier(column.sign * column.pairs, agents, column.over_cost))
            goals.append(GoalTier(column.name, level, column.sign, column.per_unit, constant, column.by_need))
    return _share(tiers), tuple(goals)


def _share(tiers: list[Tier]) -> tuple[Tier, ...]:
    """Let the tiers of one goal hold one array between them."""
    shared: list[Tier] = []
    for tier in tiers:
        if shared and np.array_equal(shared[-1].values, tier.values):
            tier = Tier(shared[-1].values, tier.agents, tier.over_cost)
        shared.append(tier)
    return tuple(shared)


def _column(columns: Columns, goal: Goal, free: Facts, fixed: Facts) -> _Column:
    if goal.weighted is not None:
        return _weighted(columns, goal, free, fixed)
    assert goal.measure is not None
    measure = MEASURES[goal.measure]
    by_need = goal.by == "need"
    pairs, held = measure.of_pairs(columns, free), measure.of_pairs(columns, fixed)
    if by_need:
        pairs = ranks(columns.children.need_score)[free.child]
    sign = -1 if measure.more_is_better else 1
    return _Column(
        measure.name, sign, measure.per_unit, pairs, held, int(measure.name == "over_number"), by_need
    )


def _weighted(columns: Columns, goal: Goal, free: Facts, fixed: Facts) -> _Column:
    assert goal.weighted is not None
    weights: list[Fraction] = []
    for name, decimal in goal.weighted.items():
        measure = MEASURES[name]
        weights.append(exact(decimal) * (-1 if measure.more_is_better else 1) / measure.per_unit)
    scale = common_denominator(weights)
    factors = [int(weight * scale) for weight in weights]
    names: list[Any] = list(goal.weighted)
    of_pairs = [MEASURES[name].of_pairs(columns, free) for name in names]
    of_fixed = [MEASURES[name].of_pairs(columns, fixed) for name in names]
    over_cost = sum(factor for name, factor in zip(names, factors, strict=True) if name == "over_number")
    return _Column(
        "weighted", 1, scale, weighted_sum(of_pairs, factors), weighted_sum(of_fixed, factors), over_cost
    )


def _levels(columns: Columns, goal: Goal) -> list[tuple[str | int | None, Bools | None]]:
    """One level for the whole, one a band, or one a priority class with blank last."""
    if goal.by == "band":
        return [(name, columns.band == k) for k, name in enumerate(columns.round.policy.band_names)]
    if goal.by == "priority":
        priority = columns.round.children["priority"].to_numpy(np.int64)
        classes = np.unique(priority)
        named: list[tuple[str | int | None, Bools | None]] = [
            (int(value), priority == value) for value in classes if value > 0
        ]
        return named + ([(None, priority == 0)] if 0 in classes else [])
    return [(None, None)]
