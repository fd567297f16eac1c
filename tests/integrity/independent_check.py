"""A second checker of certificates, from the documented convention alone: whole numbers and tuples.

`docs/reference/certificate.md` says what the numbers mean; this file is that page, written
out. Vectors are tuples, so `<` is lexicographic and no sum can wrap around. Who may go where comes
from the oracle of the rules. No line of the engine is used.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.placement.policy import Goal
from allocator.placement.round import Round
from oracle_goals import MORE_IS_BETTER, band_of, measure_of_pair
from oracle_optimum import Question, own_order, question
from oracle_rules import Pair, rows

Vector = tuple[int, ...]
Prices = Mapping[str, Vector]
Held = Mapping[str, str | None]

LARGEST_PRICE = 2**45


@dataclass(frozen=True)
class Asked:
    """What a certificate is about: movers, their pairs with costs, and the places left to them.

    Parameters
    ----------
    question : Question
        The round as the oracle reads it.
    tiers : int
        Number of whole numbers a certificate gives for each provision and school.
    cost : dict of child_id to (dict of provision_id to vector)
        Every eligible pair of the children without a ruling.
    ordinary, over : dict of provision_id to int
        Places left by the fixed children: ordinary ones, and those over number.
    total : dict of school_id to int or None
        What they leave of the school's total; None where it has none.
    school_of : dict of provision_id to school_id
    over_cost : vector
        Cost of each place used over number.
    """

    question: Question
    tiers: int
    cost: dict[str, dict[str, Vector]]
    ordinary: dict[str, int]
    over: dict[str, int]
    total: dict[str, int | None]
    school_of: dict[str, str]
    over_cost: Vector

    def liked(self, child: str) -> list[str]:
        """Order a child's provisions as the lottery measure does, best for itself first."""
        pairs = [self.question.pairs[child, provision] for provision in self.cost[child]]
        return [pair.provision_id for pair in sorted(pairs, key=own_order)]


def first_tiers(
    told: Asked, prices: tuple[Prices, Prices], tiers: int
) -> tuple[Asked, tuple[Prices, Prices]]:
    """Keep the first tiers alone, of what is asked and of the prices."""
    shorter = replace(
        told,
        tiers=tiers,
        over_cost=told.over_cost[:tiers],
        cost={
            child: {name: cost[:tiers] for name, cost in pairs.items()} for child, pairs in told.cost.items()
        },
    )
    one, other = ({name: row[:tiers] for name, row in table.items()} for table in prices)
    return shorter, (one, other)


def asked(round_: Round) -> Asked:
    """Read a round as the convention reads it."""
    whole = question(round_)
    columns = [column for goal in round_.policy.goals for column in _columns(round_, goal)]
    school_of = dict(zip(round_.provisions["provision_id"], round_.provisions["school_id"], strict=True))
    ordinary, over = {}, {}
    for name, room in whole.provisions.items():
        ordinary[name] = max((room.within or 0) - room.fixed, 0)
        over[name] = (room.left or 0) - ordinary[name]
    return Asked(
        whole,
        len(columns),
        {
            child: {
                pair.provision_id: tuple(column.of_pair(pair) for column in columns)
                for pair in whole.eligible(child)
            }
            for child in whole.free
        },
        ordinary,
        over,
        {name: room.left for name, room in whole.schools.items()},
        school_of,
        tuple(column.of_over for column in columns),
    )


class _Column:
    """One tier: the whole-number cost of a pair, and of a place over number."""

    def __init__(
        self, value: Callable[[Pair], Fraction], members: set[str], factor: Fraction, of_over: int
    ) -> None:
        self._value, self._members, self._factor, self.of_over = value, members, factor, of_over

    def of_pair(self, pair: Pair) -> int:
        if pair.child_id not in self._members:
            return 0
        cost = self._value(pair) * self._factor
        assert cost.denominator == 1
        return int(cost)


def _columns(round_: Round, goal: Goal) -> list[_Column]:
    """Write one goal as its tiers."""
    if goal.measure == "lottery":
        return []
    everybody = set(round_.children["child_id"])
    if goal.weighted is not None:
        return [_weighted(round_, goal, everybody)]
    if goal.by == "need":
        score = {row["child_id"]: row["need_score"] for row in rows(round_.children)}
        rank = {level: place + 1 for place, level in enumerate(sorted(set(score.values())))}
        return [_Column(lambda pair: Fraction(rank[score[pair.child_id]]), everybody, Fraction(-1), 0)]
    assert goal.measure is not None
    sign = -1 if goal.measure in MORE_IS_BETTER else 1
    unit = 10 if goal.measure == "travel_minutes" else 1
    value = measure_of_pair(round_, goal.measure)
    of_over = int(goal.measure == "over_number")
    return [
        _Column(value, members, Fraction(sign * unit), of_over)
        for members in _members(round_, goal, everybody)
    ]


def _weighted(round_: Round, goal: Goal, everybody: set[str]) -> _Column:
    """Write a weighted sum with the least factor that leaves no fraction among its weights."""
    assert goal.weighted is not None
    weights = {
        name: Fraction(weight) / (10 if name == "travel_minutes" else 1)
        for name, weight in goal.weighted.items()
    }
    scale = math.lcm(*(weight.denominator for weight in weights.values()))
    parts = [
        (measure_of_pair(round_, name), Fraction(goal.weighted[name]) * (-1 if name in MORE_IS_BETTER else 1))
        for name in weights
    ]
    return _Column(
        lambda pair: sum((weight * value(pair) for value, weight in parts), Fraction(0)),
        everybody,
        Fraction(scale),
        int(weights.get("over_number", Fraction(0)) * scale),
    )


def _members(round_: Round, goal: Goal, everybody: set[str]) -> list[set[str]]:
    """List the children of each of a goal's tiers."""
    children = rows(round_.children)
    if goal.by == "band":
        return [
            {row["child_id"] for row in children if band_of(round_, row["need_score"]) == band.name}
            for band in round_.policy.need.bands
        ]
    if goal.by == "priority":
        classes = sorted({row["priority"] for row in children}, key=lambda value: (value == 0, value))
        return [{row["child_id"] for row in children if row["priority"] == value} for value in classes]
    return [everybody]


def breach(told: Asked, held: Held, provisions: Prices, schools: Prices) -> str:
    """Say what does not hold of a placement and its prices; "" when they are a proof.

    Parameters
    ----------
    told : Asked
    held : mapping of child_id to provision_id or None
        Every child of the round.
    provisions, schools : mapping of id to vector
        π and σ of the convention.

    Returns
    -------
    str
        "", or the first of "rulings", "certificate", "eligible", "capacity", "total", "prices".
    """
    if any(held[child] != pair.provision_id for child, pair in told.question.fixed.items()):
        return "rulings"
    numbers = [price for vector in (*provisions.values(), *schools.values()) for price in vector]
    if any(abs(price) > LARGEST_PRICE for price in numbers):
        return "certificate"
    infeasible = misfit(told, held)
    if infeasible:
        return infeasible
    ends = _child_holds_its_best(told, held, provisions) and _places_are_worth_their_price(
        told, held, provisions, schools
    )
    return "" if ends else "prices"


def loads(told: Asked, held: Held) -> tuple[Counter[str], Counter[str]]:
    """Count the children without a ruling at each provision and at each school."""
    at = [held[child] for child in told.cost]
    provision = Counter(name for name in at if name is not None)
    return provision, Counter(told.school_of[name] for name in at if name is not None)


def misfit(told: Asked, held: Held) -> str:
    """Say which hard rule a placement breaks: "", "eligible", "capacity" or "total"."""
    if any(held[child] is not None and held[child] not in pairs for child, pairs in told.cost.items()):
        return "eligible"
    at_provision, at_school = loads(told, held)
    if any(count > told.ordinary[name] + told.over[name] for name, count in at_provision.items()):
        return "capacity"
    for name, count in at_school.items():
        total = told.total[name]
        if total is not None and count > total:
            return "total"
    return ""


def _add(one: Vector, other: Vector) -> Vector:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _child_holds_its_best(told: Asked, held: Held, provisions: Prices) -> bool:
    """Rule 1: the least cost plus price, "no place" counting as the zero vector."""
    zero = (0,) * told.tiers
    for child, pairs in told.cost.items():
        own = held[child]
        here = zero if own is None else _add(pairs[own], provisions[own])
        if zero < here or any(_add(cost, provisions[name]) < here for name, cost in pairs.items()):
            return False
    return True


def _places_are_worth_their_price(told: Asked, held: Held, provisions: Prices, schools: Prices) -> bool:
    """Rules 2 to 4: what is not all used has no price, what is used is worth its price."""
    zero = (0,) * told.tiers
    at_provision, at_school = loads(told, held)
    for name, school in told.school_of.items():
        d = tuple(s - p for s, p in zip(schools[school], provisions[name], strict=True))
        used = min(at_provision[name], told.ordinary[name])
        if not _balanced(d, used, told.ordinary[name]):
            return False
        if not _balanced(_add(d, told.over_cost), at_provision[name] - used, told.over[name]):
            return False
    for name, total in told.total.items():
        minus = tuple(-price for price in schools[name])
        if (total is None or at_school[name] < total) and minus < zero:
            return False
        if at_school[name] > 0 and minus > zero:
            return False
    return True


def _balanced(worth: Vector, used: int, places: int) -> bool:
    zero = (0,) * len(worth)
    return not (used < places and worth < zero) and not (used > 0 and worth > zero)
