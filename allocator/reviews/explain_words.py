"""What explanations have in common, in plain words: goals, exchanges, rules, findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]

# What each measure counts, one and many, and whether less of it is better.
_UNITS = {
    "scheduled": ("case", "cases", False),
    "days_late": ("day", "days", True),
    "waited": ("day", "days", False),
    "expertise": ("case", "cases", False),
    "workload_gap": ("per mille", "per mille", True),
    "school_spread": ("pair of school and volunteer", "pairs of school and volunteer", True),
    "second_reads": ("second read", "second reads", False),
    "kept": ("case", "cases", False),
}
_CODES = {
    "no_agreement": "the headteacher has not agreed",
    "own_school": "the case names the volunteer's own school",
    "own_trust": "the school belongs to the volunteer's own trust",
    "declared_school": "a declared conflict with the school",
    "declared_trust": "a declared conflict with the trust",
    "declared_child": "a declared conflict with the child",
    "declared_case": "a declared conflict with the case",
    "handed_back": "the volunteer gave the case back unread",
    "like_second_reader": "of the school or trust of the second reader, who has read it already",
}


def number(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: 1 case, 2 cases."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def hours(text: str) -> str:
    """Write hours with their noun: 1 hour, 1.5 hours."""
    return f"{text} hour" if text == "1" else f"{text} hours"


def listed(words: Sequence[str]) -> str:
    """Join words: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def by_weeks(said: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Join neighbouring weeks of which the same is said: their label, and the lines."""
    found: list[tuple[str, list[str]]] = []
    first = ""
    for week, lines in said:
        if found and found[-1][1] == lines:
            found[-1] = (f"{first} to {week}", lines)
        else:
            first = week
            found.append((week, lines))
    return found


def rule(codes: Sequence[str]) -> str:
    """Say what bars a pair."""
    return listed([f"{_CODES[code]} ({code})" for code in codes])


def goal(change: Document) -> str:
    """Name a goal."""
    level = "" if change["level"] is None else f" of priority {change['level']}"
    return f"{change['measure']}{level}"


def goal_change(change: Document) -> str:
    """Say how much better or worse a goal gets."""
    one, many, less = _UNITS[change["measure"]]
    better = (change["change"] < 0) == less
    amount = number(abs(change["change"]), one, many)
    return f"{goal(change)} gets {'better' if better else 'worse'} by {amount}"


def place(where: Document | None) -> str:
    """Say where a case is or goes."""
    return "the backlog" if where is None else f"{where['volunteer_id']} in the week of {where['week']}"


def exchange(one: Document, case_id: str | None = None) -> str:
    """Say what an exchange moves, and which goal settles it.

    Parameters
    ----------
    one : dict
        An exchange as in the JSON.
    case_id : str, optional
        The case that is explained: its own move is said as "it".
    """
    return f"{moves(one, case_id)}: {settled(one)}"


def moves(one: Document, case_id: str | None = None) -> str:
    """Say what an exchange moves."""
    said = []
    for move in one["moves"]:
        name = "it" if move["case_id"] == case_id else move["case_id"]
        said.append(f"{name} to {place(move['to'])}")
    if one["second_reads_lost"]:
        said.append(f"no second read of {listed(one['second_reads_lost'])}")
    return ", ".join(said)


def settled(one: Document) -> str:
    """Say which goal settles whether an exchange is better."""
    if one["first_goal"] is not None:
        return goal_change(one["first_goal"])
    if one["lottery"] == "prefers_it" and one["improves"] is None:
        return "every goal stays the same, and the tie-break lottery was not carried out to its end"
    ties = {
        "prefers_it": "every goal stays the same, and the tie-break lottery prefers it",
        "prefers_what_is": "every goal stays the same, and the tie-break lottery prefers what is there",
        "equal": "nothing changes",
    }
    return ties[one["lottery"]]


def finding(better: Document, case_id: str | None = None) -> str:
    """Say plainly that the schedule can be improved."""
    if "second_read" in better:
        what = f"a second read by {place(better['second_read'])}: {goal_change(better['goals'][0])}"
    else:
        what = exchange(better, case_id)
    if better["improves"] == "denied":
        return f"FINDING: this result claims that it is proven best there, and it is not: {what}."
    return f"FINDING: this schedule, not proven best there, can be improved: {what}."


def named(facts: Document) -> str:
    """Name a case with what decides its turn."""
    return f"{facts['case_id']} (priority {facts['priority']}, due {facts['due']}, {facts['hours']} h)"
