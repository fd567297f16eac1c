"""Oracle of the goals: which tiers a policy has, and what each counts for a pair."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.placement.policy import Goal
from allocator.placement.round import Round
from oracle_rules import Pair, Row, rows

MORE_IS_BETTER = ("placed", "suitability", "kept", "waited")


@dataclass(frozen=True)
class Tier:
    """One exact step of the strict order; less is better of `sign` times its value.

    Parameters
    ----------
    goal : int
        Place of its goal in the policy, from 0.
    measure : str
        Name of the measure, or `weighted`.
    level : str or int or None
        Band, class of priority, need score (`placed` by need), or None for a plain total.
    sign : int
        -1 where more is better, 1 where less is.
    of_pair : callable
        What a child holding a pair adds to the value, in the measure's own unit.
    of_over : Fraction
        What one child over number adds.
    """

    goal: int
    measure: str
    level: str | int | None
    sign: int
    of_pair: Callable[[Pair], Fraction]
    of_over: Fraction


def _days_waited(round_: Round, child: Row) -> int:
    since, today = child["waiting_since"], round_.policy.round.as_of
    if since is None or since != since:
        return 0
    assert today is not None
    return (today - dt.date(since.year, since.month, since.day)).days


def _kept_place(round_: Round, child: Row) -> str:
    if round_.previous is not None:
        return round_.previous.provision_of.get(child["child_id"], "")
    return str(child["current_provision_id"])


def measure_of_pair(round_: Round, measure: str) -> Callable[[Pair], Fraction]:
    """Give the function that says what a held pair adds to a measure.

    Parameters
    ----------
    round_ : Round
        The round.
    measure : str
        Any measure but `over_number`, which is no sum over pairs.

    Returns
    -------
    callable of Pair to Fraction
        In the measure's own unit: minutes for `travel_minutes`, pounds for `annual_cost`.
    """
    children = {row["child_id"]: row for row in rows(round_.children)}
    plain: dict[str, Callable[[Pair], Any]] = {
        "placed": lambda pair: 1,
        "suitability": lambda pair: pair.suitability or 0,
        "preference": lambda pair: pair.preference,
        "travel_minutes": lambda pair: Fraction(pair.tenths or 0, 10),
        "over_limit": lambda pair: pair.over_limit,
        "annual_cost": lambda pair: pair.cost,
        "waited": lambda pair: _days_waited(round_, children[pair.child_id]),
        "kept": lambda pair: _kept_place(round_, children[pair.child_id]) == pair.provision_id,
        "over_number": lambda pair: 0,
    }
    return lambda pair: Fraction(plain[measure](pair))


def band_of(round_: Round, score: int) -> str:
    """Name the band of a need score: the first, from the top, that it reaches."""
    return next(band.name for band in round_.policy.need.bands if score >= band.from_)


def _levels(round_: Round, goal: Goal) -> list[tuple[str | int | None, set[str]]]:
    """Each level of a goal with the children that count in it."""
    children = rows(round_.children)
    if goal.by == "band":
        return [
            (name, {row["child_id"] for row in children if band_of(round_, row["need_score"]) == name})
            for name in round_.policy.band_names
        ]
    if goal.by == "priority":
        classes = sorted({row["priority"] for row in children}, key=lambda value: value or math.inf)
        return [
            (value or None, {row["child_id"] for row in children if row["priority"] == value})
            for value in classes
        ]
    if goal.by == "need":
        scores = sorted({row["need_score"] for row in children}, reverse=True)
        return [
            (score, {row["child_id"] for row in children if row["need_score"] == score}) for score in scores
        ]
    return [(None, {row["child_id"] for row in children})]


def _among(members: set[str], value: Callable[[Pair], Fraction]) -> Callable[[Pair], Fraction]:
    return lambda pair: value(pair) if pair.child_id in members else Fraction(0)


def _weighted_value(round_: Round, goal: Goal) -> Callable[[Pair], Fraction]:
    assert goal.weighted is not None
    parts = [
        (Fraction(weight) * (-1 if name in MORE_IS_BETTER else 1), measure_of_pair(round_, name))
        for name, weight in goal.weighted.items()
    ]
    return lambda pair: sum((weight * value(pair) for weight, value in parts), Fraction(0))


def tiers(round_: Round) -> list[Tier]:
    """List the policy's tiers in strict order, without the lottery.

    `placed` by need becomes a tier a need score, from the highest down: that is what
    leximax means.
    """
    found = []
    for place, goal in enumerate(round_.policy.goals):
        if goal.measure == "lottery":
            continue
        if goal.weighted is not None:
            measure, sign = "weighted", 1
            value, of_over = _weighted_value(round_, goal), Fraction(goal.weighted.get("over_number", 0))
        else:
            assert goal.measure is not None
            measure, sign = goal.measure, -1 if goal.measure in MORE_IS_BETTER else 1
            value, of_over = measure_of_pair(round_, measure), Fraction(measure == "over_number")
        found += [
            Tier(place, measure, level, sign, _among(members, value), of_over)
            for level, members in _levels(round_, goal)
        ]
    return found
