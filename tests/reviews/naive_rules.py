"""The contract's rules of hours and conflicts read cell by cell, with no code of the reader's."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

Row = dict[str, str]


def offered(
    volunteer: Row, availability: list[Row], week: dt.date, closed: list[dt.date], day: Fraction
) -> Fraction:
    """Return the hours that one volunteer offers in one week of the programme."""
    if week in closed:
        return Fraction(0)
    if volunteer["trained_from"] and week < dt.date.fromisoformat(volunteer["trained_from"]):
        return Fraction(0)
    for row in availability:
        if row["volunteer_id"] == volunteer["volunteer_id"] and row["week"] == week.isoformat():
            return Fraction(row["hours"])
    if volunteer["first_week"] and week < dt.date.fromisoformat(volunteer["first_week"]):
        return Fraction(0)
    if volunteer["last_week"] and week > dt.date.fromisoformat(volunteer["last_week"]):
        return Fraction(0)
    return Fraction(volunteer["days_per_week"]) * day


def ready_week(ready_from: str, start: dt.date, weeks: int) -> int:
    """Return the first week that a case may be done in, `weeks` for none."""
    for number in range(weeks):
        monday = start + dt.timedelta(weeks=number)
        if not ready_from:
            return number
        ready = dt.date.fromisoformat(ready_from)
        while ready.weekday() > 4:
            ready += dt.timedelta(days=1)
        if ready <= monday + dt.timedelta(days=4):
            return number
    return weeks


def bars(case: Row, volunteer: Row, conflicts: list[Row], *, same_school: bool, same_trust: bool) -> set[str]:
    """Return the codes of the rules that bar one pair."""
    found = set()
    if volunteer["headteacher_agreed"] == "no":
        found.add("no_agreement")
    if same_school and case["school_id"] == volunteer["school_id"]:
        found.add("own_school")
    trusts = (case["trust_id"], volunteer["trust_id"])
    if same_trust and trusts[0] == trusts[1] and trusts[0] not in ("", "none"):
        found.add("own_trust")
    for row in conflicts:
        # A school in no trust is in none that could be declared.
        if (row["kind"], row["id"]) == ("trust", "none"):
            continue
        if row["volunteer_id"] == volunteer["volunteer_id"] and row["id"] == case[f"{row['kind']}_id"]:
            found.add(f"declared_{row['kind']}")
    return found
