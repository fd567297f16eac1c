"""The goals of the policy in words, and in words how far each is proved."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from allocator.report.shown import Goal, Level, Tier
from allocator.report.words import join_words, one_or_more

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from allocator.placement.policy import Goal as PolicyGoal
    from allocator.placement.policy import Policy

# What each measure asks for, without its split.
SENTENCES = {
    "placed": "Place as many children as possible",
    "suitability": "Make the fit between child and provision as good as possible, in total",
    "preference": "Give families the schools that they ranked highest, as far as possible in total",
    "travel_minutes": "Keep the total of all journeys as short as possible",
    "longest_travel": "Keep the longest single journey as short as possible",
    "over_limit": "Have as few journeys over the limit as possible",
    "annual_cost": "Keep the total annual cost as low as possible",
    "spread": "Spread the children as evenly as possible over mainstream schools",
    "kept": "Let as many children as possible keep the place they have, or were proposed",
    "links": "Keep together as many of the children as should be together",
    "over_number": "Go over a provision’s number as little as possible",
    "waited": "Place first those who have waited longest: as many days of waiting ended as possible",
}
# The unit of each measure: one, more.
UNITS = {
    "placed": ("child placed", "children placed"),
    "suitability": ("point of suitability", "points of suitability"),
    "preference": ("step below first choices", "steps below first choices"),
    "travel_minutes": ("minute one way", "minutes one way"),
    "longest_travel": ("minute one way", "minutes one way"),
    "over_limit": ("journey over the limit", "journeys over the limit"),
    "spread": ("point of unevenness", "points of unevenness"),
    "kept": ("child keeps the place", "children keep the place"),
    "links": ("link kept", "links kept"),
    "over_number": ("place over number", "places over number"),
    "waited": ("day of waiting ended", "days of waiting ended"),
}
SHORT = {
    "placed": "children placed",
    "suitability": "suitability",
    "preference": "steps below first choices",
    "travel_minutes": "minutes of journey",
    "longest_travel": "minutes of the longest journey",
    "over_limit": "journeys over the limit",
    "annual_cost": "pounds of annual cost",
    "spread": "unevenness",
    "kept": "places kept",
    "links": "links kept",
    "over_number": "places over number",
    "waited": "days of waiting ended",
}
# Width of a step of need score in the table that shows where the places ran out.
SCORE_STEP = 50
HIGHEST_SCORE = 1000
TOP_STEP = HIGHEST_SCORE // SCORE_STEP - 1
LOTTERY_SENTENCE = "Let the published lottery decide between answers that are equal in all of the above."


def goals_of(
    policy: Policy, run_goals: Sequence[Mapping[str, Any]], children: pd.DataFrame
) -> tuple[Goal, ...]:
    """Set each goal of the policy beside what `run.json` says of its tiers.

    Parameters
    ----------
    policy : Policy
        Its goals are in order and end with the lottery.
    run_goals : sequence of mapping
        `goals` of run.json: one entry a tier, in the policy's order; none for the lottery.
    children : DataFrame
        need_score and priority are read, to count the children of each need score and the classes.
    """
    waiting = list(run_goals)
    found = []
    for goal in policy.goals:
        if goal.measure == "lottery":
            found.append(Goal(sentence=LOTTERY_SENTENCE, tiers=()))
            continue
        number = tiers_in(goal, policy, children)
        mine, waiting = waiting[:number], waiting[number:]
        levels = [level for entry in mine for level in entry.get("by_level") or ()]
        found.append(
            Goal(
                sentence=goal_sentence(goal, policy),
                tiers=tuple(tier_of(entry, goal) for entry in mine),
                levels=count_levels(levels, children),
            )
        )
    return tuple(found)


def tiers_in(goal: PolicyGoal, policy: Policy, children: pd.DataFrame) -> int:
    """Count the tiers of a goal: one a band, one a priority class that occurs (none is one), or one."""
    if goal.by == "band":
        return len(policy.need.bands)
    if goal.by == "priority":
        return int(children["priority"].nunique())
    return 1


def goal_sentence(goal: PolicyGoal, policy: Policy) -> str:
    """Say one goal in one sentence."""
    if goal.weighted is not None:
        parts = [f"{weight.normalize():f} × {SHORT[name]}" for name, weight in goal.weighted.items()]
        said = "Keep the weighted sum as low as possible of " + join_words(parts)
    else:
        said = SENTENCES[str(goal.measure)]
    if goal.by == "need":
        said += (
            ", greatest assessed need first: at each need score, from the highest down, as many as "
            "can be without costing a child of a higher score its place"
        )
    elif goal.by == "band":
        said += f", need band by need band: {join_words(list(policy.band_names))}, in this order"
    elif goal.by == "priority":
        said += ", priority class by priority class: 1 first, children without a class last"
    return said + "."


def tier_of(entry: Mapping[str, Any], goal: PolicyGoal) -> Tier:
    """Say one tier's value and claim in words."""
    level = entry["level"]
    if goal.by == "band":
        words = f"band {level}"
    elif goal.by == "priority":
        words = "no priority class" if level is None else f"class {level}"
    else:
        words = ""
    measure = "" if goal.weighted is not None else str(entry["measure"])
    return Tier(
        level=words,
        value="not reached" if entry["value"] is None else amount(measure, entry["value"]),
        proven=bool(entry["proven"]),
        claim=claim_of(entry, measure),
    )


def claim_of(entry: Mapping[str, Any], measure: str) -> str:
    """Say how far a tier's value is proved, in a panel's words.

    "Proved best" is said only of a proven tier. A tier that is not proven has its bound: how much
    better any allocation could be that does as well on all earlier goals.
    """
    if entry["proven"]:
        if entry["proof"] == "solver":
            return "Proved best by exact search; the check confirms the value."
        return "Proved best, and checkable from the files alone."
    if entry["value"] is None or entry["bound"] is None:
        return "Best found; how much better it could be is not known."
    room = abs(Decimal(str(entry["bound"])) - Decimal(str(entry["value"])))
    if room == 0:
        return "Best found; no better value is possible, but the proof was not completed."
    return f"Best found; cannot be beaten by more than {amount(measure, room)}."


def amount(measure: str, value: int | float | str | Decimal) -> str:
    """Write a value of a measure with its unit; "" for a weighted sum, which has none."""
    number = Decimal(str(value))
    if measure == "annual_cost":
        return f"£{number:,.0f}"
    if measure in ("travel_minutes", "longest_travel"):
        return f"{number:,.1f} minutes one way"
    if measure in UNITS:
        return one_or_more(int(number), *UNITS[measure])
    return f"{number.normalize():,f}"


def count_levels(levels: Sequence[Mapping[str, Any]], children: pd.DataFrame) -> tuple[Level, ...]:
    """Set the number placed beside the number of children, in steps of need score, highest first.

    The exact figure at each single score stands in run.json; steps are what a person can read. The
    highest score shares the step below it.
    """
    if not levels:
        return ()
    placed: dict[int, int] = {}
    for each in levels:
        step = min(int(each["level"]) // SCORE_STEP, TOP_STEP)
        placed[step] = placed.get(step, 0) + int(each["value"])
    sizes = (children["need_score"] // SCORE_STEP).clip(upper=TOP_STEP).value_counts()
    return tuple(
        Level(
            highest=HIGHEST_SCORE if step == TOP_STEP else (step + 1) * SCORE_STEP - 1,
            lowest=step * SCORE_STEP,
            children=int(sizes.get(step, 0)),
            placed=placed[step],
        )
        for step in sorted(placed, reverse=True)
    )
