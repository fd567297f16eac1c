"""The goals of a review programme in words, and in words how far each is proved."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from allocator.report.programme_shown import Claims
from allocator.report.shown import Goal, Tier
from allocator.report.words import join_words, one_or_more

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What each measure asks for, without its split.
SENTENCES = {
    "scheduled": "Schedule as many cases as possible",
    "days_late": "Keep the total of days late as small as possible",
    "waited": "Take first the cases overdue longest: as many days of waiting ended as possible",
    "expertise": "Give as many cases as possible to a volunteer who knows the phase and the need",
    "workload_gap": "Keep the fullest volunteer’s load as low as possible, in hours given of hours offered",
    "school_spread": "Give each school’s cases to as few different volunteers as possible",
    "second_reads": "Hold as many as possible of the second reads that the lottery picked",
    "kept": "Keep as many cases as possible with the volunteer and week of the earlier schedule",
    "lottery": "Let the published lottery decide between schedules that are equal in all of the above",
}
BY_PRIORITY = ", priority by priority: 1, the most urgent, first"
UNITS = {
    "scheduled": ("case", "cases"),
    "days_late": ("day late", "days late"),
    "waited": ("day of waiting ended", "days of waiting ended"),
    "expertise": ("case with a reader who knows its kind", "cases with a reader who knows their kind"),
    "school_spread": ("pair of school and volunteer", "pairs of school and volunteer"),
    "second_reads": ("second read", "second reads"),
    "kept": ("appointment kept", "appointments kept"),
}
BY_BOUND = "✓ Proved best, and checkable from the files alone."
BY_SEARCH = "◐ Best, as an exact search claims; the check confirms the value, not the claim."


def goals_of(entries: Iterable[Mapping[str, Any]]) -> tuple[Goal, ...]:
    """Say every goal in words.

    Parameters
    ----------
    entries : iterable of mapping
        `goals` of run.json, an entry a tier, in order; the lottery may be among them.

    Returns
    -------
    tuple of Goal
        The lottery is the last, without a tier.
    """
    found, lottery = [], SENTENCES["lottery"] + "."
    runs = groupby(entries, key=lambda each: (each["measure"], each["level"] is None))
    for (measure, whole), tiers in runs:
        if measure != "lottery":
            sentence = SENTENCES[measure] + ("" if whole else BY_PRIORITY) + "."
            found.append(Goal(sentence=sentence, tiers=tuple(tier_of(entry) for entry in tiers)))
    return (*found, Goal(sentence=lottery, tiers=()))


def tier_of(entry: Mapping[str, Any]) -> Tier:
    """Say one tier's value and claim in words."""
    return Tier(
        level="" if entry["level"] is None else f"priority {entry['level']}",
        value="not reached" if entry["value"] is None else amount(entry["measure"], entry["value"]),
        proven=bool(entry["proven"]),
        claim=claim_of(entry),
    )


def claim_of(entry: Mapping[str, Any]) -> str:
    """Say how far a tier's value is proved; "proved" is said only where the check proves it too."""
    measure, value, bound = entry["measure"], entry["value"], entry["bound"]
    if entry["proven"]:
        return BY_SEARCH if entry["proof"] == "solver" else BY_BOUND
    if value is None or bound is None:
        return "○ Best found; how much better it could be is not known."
    room = abs(bound - value)
    if room == 0:
        return "○ Best found; no better value is possible, but the proof was not completed."
    if bound == 0:
        return "○ Best found; no bound but nought is known, so how much better it could be is open."
    if measure == "workload_gap":
        return f"○ Best found; cannot be lower by more than {room / 10:.1f} points."
    return f"○ Best found; cannot be beaten by more than {amount(measure, room)}."


def amount(measure: str, value: int) -> str:
    """Write a value of a measure with its unit."""
    if measure == "workload_gap":
        return f"{value / 10:.1f}% of the hours offered"
    return one_or_more(value, *UNITS[measure])


def in_short(entry: Mapping[str, Any]) -> str:
    """Name a tier and its value: "scheduled, priority 1: 143 cases"."""
    level = "" if entry["level"] is None else f", priority {entry['level']}"
    value = "–" if entry["value"] is None else amount(entry["measure"], entry["value"])
    return f"{NAMES[entry['measure']]}{level}: {value}"


NAMES = {
    "scheduled": "Scheduled",
    "days_late": "Days late",
    "waited": "Waiting ended",
    "expertise": "Expertise",
    "workload_gap": "Fullest volunteer",
    "school_spread": "Schools and volunteers",
    "second_reads": "Second reads",
    "kept": "Kept",
}


def status_words(entries: Iterable[Mapping[str, Any]], cut_short: bool = False) -> str:
    """Say in one or two sentences how far the whole schedule is proved."""
    steps = [each for each in entries if each["measure"] != "lottery"]
    certified = sum(bool(each["proven"]) and each["proof"] != "solver" for each in steps)
    claimed = sum(bool(each["proven"]) and each["proof"] == "solver" for each in steps)
    of = f"of {one_or_more(len(steps), 'step', 'steps')}"
    if certified == len(steps):
        said = "Proved best by every goal of the policy, in its order."
    else:
        bounded = len(steps) - certified - claimed
        parts = [f"{certified} {of} proved best"]
        if claimed:
            parts.append(f"{claimed} best as an exact search claims")
        if bounded:
            parts.append(f"{bounded} best found, with a bound on how much better any schedule could be")
        said = join_words(parts) + "."
    return said + (" The time limit ended the search." if cut_short else "")


def claims_of(entries: Iterable[Mapping[str, Any]]) -> Claims:
    """Sort the tiers by what stands behind them: the files alone, an exact search, or a bound."""
    steps = [each for each in entries if each["measure"] != "lottery"]
    proven = [each for each in steps if each["proven"]]
    return Claims(
        certified=tuple(in_short(each) for each in proven if each["proof"] != "solver"),
        claimed=tuple(in_short(each) for each in proven if each["proof"] == "solver"),
        bounded=tuple(f"{in_short(each)}. {claim_of(each)[2:]}" for each in steps if not each["proven"]),
    )
