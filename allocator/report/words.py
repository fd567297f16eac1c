"""Codes and figures in the words of a placement panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

KINDS = {
    "special": "special school",
    "resourced": "resourced provision",
    "mainstream": "mainstream school",
    "independent_special": "independent special school",
    "non_maintained_special": "non-maintained special school",
    "further_education": "further education",
    "alternative": "alternative provision",
}
NEEDS = {
    "SPLD": "specific learning difficulty",
    "MLD": "moderate learning difficulty",
    "SLD": "severe learning difficulty",
    "PMLD": "profound and multiple learning difficulty",
    "SEMH": "social, emotional and mental health",
    "SLCN": "speech, language and communication needs",
    "HI": "hearing impairment",
    "VI": "vision impairment",
    "MSI": "multi-sensory impairment",
    "PD": "physical disability",
    "ASD": "autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "other difficulty",
}
CODES = {
    "placed": "placed here",
    "full": "no place left",
    "worse": "a place is left, but an earlier goal or the lottery would lose by it",
    "year": "not for this year group",
    "sex": "admits the other sex only",
    "need": "not for this need",
    "score": "not for this need score",
    "access": "not accessible",
    "residential": "no residential place",
    "too_far": "journey over the limit",
    "barred": "barred by a ruling",
    "objection_upheld": "school’s objection upheld",
}
GROUNDS = {
    "none": "none",
    "unsuitable": "unsuitable",
    "efficient_education": "efficient education of others",
    "efficient_resources": "efficient use of resources",
}
ROUTES = {
    "order": "Tribunal order",
    "parental_request": "Parental request",
    "authority": "Authority’s own discretion",
}
PHASES = {"primary": "Up to year 6", "secondary": "Year 7 and above"}
ACTIONS = {"place": "fixed place", "bar": "barred pair"}
AUTHORITIES = {"tribunal": "tribunal", "on_roll": "already on roll", "panel": "panel", "parent": "parent"}


def one_or_more(number: int, one: str, more: str) -> str:
    """Write a count with its noun: "1 child", "1,204 children"."""
    return f"{number:,} {one if number == 1 else more}"


def codes_in_words(codes: str) -> str:
    """Write the codes of options.csv, joined by ";", in words; an unknown one loses its underscores."""
    return "; ".join(CODES.get(code, code.replace("_", " ")) for code in codes.split(";") if code)


def join_words(parts: list[str]) -> str:
    """Join with commas, and "and" before the last."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def day(date: dt.date | None) -> str:
    """Write a date in full, as 20 January 2027; "" for none."""
    return "" if date is None else f"{date.day} {MONTHS[date.month - 1]} {date.year}"


# Written out, since the names that strftime gives follow the locale.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def percent(part: int, whole: int) -> str:
    """Write a share; never 0% of something or 100% of less than all."""
    if whole == 0:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1%"
    if 99 < share < 100:
        return "over 99%"
    return f"{round(share)}%"


def ordinal(number: int) -> str:
    """Write a rank as English does: 1st, 2nd, 3rd, 4th, 11th."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def status_words(proven: int, tiers: int) -> str:
    """Say in one sentence how far the whole answer is proved."""
    if proven == tiers:
        return "Proved best by every goal of the policy, in its order."
    steps = one_or_more(tiers, "step", "steps")
    return (
        f"Best found: {proven:,} of {steps} proved best; for the others it is stated how much better any "
        "allocation could be."
    )
