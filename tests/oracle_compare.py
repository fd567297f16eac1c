"""Every difference between the engine's answer and the oracle's, one sentence each."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from allocator import place
from allocator.errors import NoAssignmentError
from allocator.placement.round import Round
from oracle_goals import band_of
from oracle_rules import Pair, Row, fixed_places, rows
from oracles import GoalValue, OracleAnswer, OracleConflictError, option_codes, oracle_answer
from strategies import small_round


def differences(round_: Round) -> list[str]:
    """Place a small round twice, by the engine and by enumeration, and say where they differ.

    Parameters
    ----------
    round_ : Round
        See `oracle_answer` for the size that it bears.

    Returns
    -------
    list of str
        Empty where goals, levels, placement, options and conflicts are all the same.
    """
    try:
        answer = oracle_answer(round_)
    except OracleConflictError as conflict:
        return _conflict_differences(round_, conflict)
    try:
        result = place(round_)
    except NoAssignmentError as error:
        return [f"the engine finds a conflict where there is none: {error.conflict}"]
    return [
        *goal_differences(answer, result.goals),
        *_placement_differences(answer, rows(result.placements)),
        *_option_differences(answer, rows(result.options)),
        *([] if result.status == "optimal" else [f"status {result.status}"]),
        *_certificate_differences(answer, result.certificate.as_json()),
    ]


def _conflict_differences(round_: Round, conflict: OracleConflictError) -> list[str]:
    """Check that a smallest set is named: a place with C places, and C + 1 rulings that bring none there."""
    try:
        place(round_)
    except NoAssignmentError as error:
        told = error.conflict
    else:
        return [f"the engine finds no conflict at {conflict.places}"]
    fewest = min(conflict.places.values()) + 1
    at_fault = {
        place_id
        for place_id, bound in conflict.places.items()
        if bound + 1 == fewest and any(place_id in line for line in told)
    }
    fixed = [row for row in fixed_places(round_).values() if row["authority"] in ("panel", "parent")]
    named = [row for row in fixed if any(row["child_id"] in line for line in told)]
    if not at_fault or len(named) != fewest or len(told) != fewest + 1:
        return [f"the conflict {told} is no smallest set for {conflict.places}"]
    return []


def exact(value: float | int | None) -> Fraction | None:
    """Read a figure as it would be printed."""
    return None if value is None else Fraction(Decimal(str(value)))


def goal_differences(answer: OracleAnswer, entries: list[dict[str, Any]]) -> list[str]:
    """Compare the entries of `run.json` with the oracle's, with bound, proof and levels."""
    found = []
    told = [
        GoalValue(entry["measure"], entry["level"], exact(entry["value"]) or Fraction(0)) for entry in entries
    ]
    if told != answer.goals:
        found.append(f"goals {_shown(told)} where the oracle has {_shown(answer.goals)}")
    goals = [goal for goal in answer.question.round_.policy.goals if goal.measure != "lottery"]
    by_need = [entry for entry in entries if "by_level" in entry]
    if len(by_need) != sum(goal.by == "need" for goal in goals):
        found.append("by_level stands elsewhere than at placed by need")
    for entry in by_need:
        levels = [(level["level"], level["value"]) for level in entry["by_level"]]
        if levels != answer.by_need:
            found.append(f"by_level {levels} where the oracle has {answer.by_need}")
    for entry in entries:
        if (
            exact(entry["bound"]) != exact(entry["value"])
            or not entry["proven"]
            or entry["proof"] != "prices"
        ):
            found.append(f"not proven by prices: {entry}")
    return found


def _shown(goals: list[GoalValue]) -> list[tuple[str, str | int | None, float]]:
    return [(goal.measure, goal.level, float(goal.value)) for goal in goals]


def blank(value: Any) -> bool:
    """Whether a cell of a result is blank, however it is held."""
    return bool(pd.isna(value)) or value == ""


def _agrees(cell: Any, expected: Any) -> bool:
    if expected is None:
        return blank(cell)
    if isinstance(expected, float):
        return not blank(cell) and abs(float(cell) - expected) <= 0.05
    if isinstance(expected, Fraction):
        return not blank(cell) and exact(cell) == expected
    return not blank(cell) and bool(cell == expected)


def _route(answer: OracleAnswer, child_id: str) -> str:
    authorities = [
        row["authority"] for row in rows(answer.question.round_.rulings) if row["child_id"] == child_id
    ]
    if "tribunal" in authorities:
        return "order"
    return "parental_request" if "parent" in authorities else "authority"


def expected_row(answer: OracleAnswer, child: Row) -> dict[str, Any]:
    """Give a child's row of `placements.csv`, the reason aside; None is a blank cell."""
    child_id = child["child_id"]
    pair: Pair | None = answer.pair_of[child_id]
    fixed = child_id in answer.question.fixed
    row: dict[str, Any] = {
        "child_id": child_id,
        "status": "fixed" if fixed else "unplaced" if pair is None else "placed",
        "need_score": child["need_score"],
        "need_band": band_of(answer.question.round_, child["need_score"]),
        "over_number": "yes" if child_id in answer.over_number else "no",
        "route": _route(answer, child_id),
    }
    held = ("provision_id", "school_id", "suitability", "preference_rank", "minutes", "km", "annual_cost")
    if pair is None:
        return row | dict.fromkeys(held)
    return row | {
        "provision_id": pair.provision_id,
        "school_id": pair.school_id,
        "suitability": pair.suitability or 0,
        "preference_rank": pair.rank,
        "minutes": None if pair.tenths is None else Fraction(pair.tenths, 10),
        "km": pair.km,
        "annual_cost": pair.cost,
    }


def _placement_differences(answer: OracleAnswer, told: list[Row]) -> list[str]:
    children = rows(answer.question.round_.children)
    if [row["child_id"] for row in told] != [child["child_id"] for child in children]:
        return ["placements: not one row a child in order of child_id"]
    found = []
    for row, child in zip(told, children, strict=True):
        wrong = [
            f"{column} {row[column]!r} for {expected!r}"
            for column, expected in expected_row(answer, child).items()
            if not _agrees(row[column], expected)
        ]
        if wrong:
            found.append(f"placements {child['child_id']}: " + ", ".join(wrong))
        if blank(row["reason"]):
            found.append(f"placements {child['child_id']}: no reason")
    return found


def _option_differences(answer: OracleAnswer, told: list[Row]) -> list[str]:
    expected = option_codes(answer)
    keys = [(row["child_id"], row["provision_id"]) for row in told]
    found = []
    if keys != sorted(set(keys)):
        found.append("options: not one row a pair in order of child_id and provision_id")
    if missing := sorted(set(expected) - set(keys)):
        found.append(f"options: no row for {[(key, expected[key]) for key in missing]}")
    if extra := sorted(set(keys) - set(expected)):
        found.append(f"options: a row too many for {extra}")
    for key, row in zip(keys, told, strict=True):
        pair = answer.question.pairs[key]
        if key in expected and set(row["code"].split(";")) != set(expected[key].split(";")):
            found.append(f"options {key}: code {row['code']!r} for {expected[key]!r}")
        if row["code"] == "full" and row["ground"] != "none":
            found.append(f"options {key}: full by itself is no ground, not {row['ground']!r}")
        figures = {"minutes": None if pair.tenths is None else Fraction(pair.tenths, 10)}
        if pair.eligible:
            figures |= {"suitability": Fraction(pair.suitability or 0), "cost": Fraction(pair.cost)}
        wrong = [
            f"{name} {row[name]!r} for {value}"
            for name, value in figures.items()
            if not _agrees(row[name], value)
        ]
        if wrong:
            found.append(f"options {key}: " + ", ".join(wrong))
    return found


def _certificate_differences(answer: OracleAnswer, told: dict[str, dict[str, list[int]]]) -> list[str]:
    asked = answer.question
    found = []
    for kind, expected in (("provisions", asked.provisions), ("schools", asked.schools)):
        if set(told[kind]) != set(expected):
            found.append(f"certificate: {kind} are {sorted(told[kind])}")
        if {len(prices) for prices in told[kind].values()} != {len(answer.goals)}:
            found.append(f"certificate: {kind} have not one integer a tier")
    return found


def tier_values_of(result: Any) -> list[Fraction]:
    """Give one value a tier from a result's goals, `placed` by need opened into its need scores.

    Parameters
    ----------
    result : PlacementResult
        What `place` gave back.

    Returns
    -------
    list of Fraction
        Comparable with `OracleAnswer.values`.
    """
    values = []
    for entry in result.goals:
        told = [level["value"] for level in entry["by_level"]] if "by_level" in entry else [entry["value"]]
        values += [exact(value) or Fraction(0) for value in told]
    return values


def differing_seeds(first: int, last: int) -> dict[int, list[str]]:
    """Compare the small rounds of seeds `first` to `last - 1`; give those that differ, and how."""
    return {seed: said for seed in range(first, last) if (said := differences(small_round(seed)))}
