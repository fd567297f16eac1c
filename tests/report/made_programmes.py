"""Review programmes made by hand, in the forms that a report must get through."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.reviews.intake import programme_from_tables
from allocator.reviews.programme import HandedBack, InputFile, Previous, Programme
from report.greedy_schedule import greedy

HOSTILE = "=1+1 <script>alert('x')</script> & \"Sons\""
START = dt.date(2027, 1, 11)
ITEMS = ("The child’s views", "=SUM(A1)", "Section <F> & “provision”")
POLICY: dict[str, dict[str, Any]] = {
    "programme": {
        "id": "by hand <b>",
        "start": START,
        "weeks": 4,
        "hours_per_day": 6.0,
        "closed_weeks": [dt.date(2027, 1, 25)],
        "handling_hours": 0.25,
    },
    "lottery": {"seed": "public <phrase>"},
    "quality": {"checklist": list(ITEMS)},
}
# case: school, phase, need, due, hours, priority, ready from, trust
CASES = {
    "R01": ("100001", "primary", "ASD", "2026-11-06", "3", "1", "", "T1"),
    "R02": ("100002", "post16", "SEMH", "2025-01-31", "1.5", "2", "2027-01-16", "none"),
    "R03": ("100001", "early", "SLD", "2027-02-15", "2.2", "4", "2027-02-05", "T1"),
    "R04": ("100005", "primary", "ASD", "2024-06-01", "5.75", "1", "", ""),
    "R05": ("100005", "secondary", "MLD", "2026-10-01", "12", "2", "", ""),
    "R06": ("100006", "primary", "SLCN", "2026-01-01", "3", "3", "", "T9"),
    "R07": ("100006", "primary", "ASD", "2026-02-01", "1", "3", "", "T9"),
    "R08": ("100007", "secondary", "SEMH", "2026-02-01", "4.5", "3", "", ""),
}
# volunteer: school, trust, agreed, days, first, last, phases, needs, cap
VOLUNTEERS = {
    "V1": ("100001", "T1", "yes", "0.5", "", "", "primary;early", "", ""),
    "V2": ("100003", "T1", "yes", "0.4", "2027-01-18", "2027-02-01", "", "ASD;SLD", "3"),
    "V3": ("100004", "none", "no", "0.5", "", "2027-01-11", "", "", ""),
    "V4": ("100005", "", "yes", "1", "", "", "", "", "2"),
    "V5": ("100008", "", "yes", "0", "", "", "", "", ""),
    "V6": ("100009", "T8", "yes", "1", "2027-01-18", "", "secondary", "SEMH", ""),
}
CONFLICTS = (("V2", "case", "R02", HOSTILE), ("V4", "school", "100002", "A relative works there"))
CASE_COLUMNS = ("school_id", "phase", "primary_need", "due", "hours", "priority", "ready_from", "trust_id")
VOLUNTEER_COLUMNS = (
    *("school_id", "trust_id", "headteacher_agreed", "days_per_week", "first_week", "last_week"),
    *("phases", "needs", "max_cases"),
)


def made(policy: dict[str, dict[str, Any]] | None = None, **tables: pd.DataFrame) -> Programme:
    """Judge the programme by hand, some keys of its policy and some tables changed."""
    changed = policy or {}
    parts = {name: POLICY.get(name, {}) | changed.get(name, {}) for name in {**POLICY, **changed}}
    programme = programme_from_tables(parts, {**plain_tables(), **tables})
    inputs = (InputFile("cases.csv", "ab" * 32), InputFile("reviews.toml", "cd" * 32))
    return dataclasses.replace(programme, folder=Path("/secret/home/by-hand"), inputs=inputs)


def plain_tables() -> dict[str, pd.DataFrame]:
    """Return the tables by hand, as text."""
    cases = [
        {"case_id": case, "child_id": f"C{case[1:]}", **dict(zip(CASE_COLUMNS, row, strict=True))}
        for case, row in CASES.items()
    ]
    volunteers = [
        {"volunteer_id": who, **dict(zip(VOLUNTEER_COLUMNS, row, strict=True))}
        for who, row in VOLUNTEERS.items()
    ]
    conflicts = [dict(zip(("volunteer_id", "kind", "id", "reason"), row, strict=True)) for row in CONFLICTS]
    return {
        "cases": pd.DataFrame(cases),
        "volunteers": pd.DataFrame(volunteers),
        "conflicts": pd.DataFrame(conflicts),
    }


def with_officers() -> Programme:
    """The officers can sign off one case in the first week and two in the last, none between."""
    rows = [
        {"week": "2027-01-11", "hours": "0.75"},
        {"week": "2027-02-01", "hours": "1"},
    ]
    return made({"programme": {"signoff_hours": 0.5}}, officers=pd.DataFrame(rows))


def with_second_reads() -> Programme:
    """Half of the cases are picked for a second reading."""
    return made({"quality": {"second_read_share": 0.5}})


def all_scheduled() -> Programme:
    """Only the cases that everybody could read."""
    tables = plain_tables()
    return made(cases=tables["cases"].iloc[5:7])


def none_scheduled() -> Programme:
    """No headteacher agrees."""
    tables = plain_tables()
    return made(volunteers=tables["volunteers"].assign(headteacher_agreed="no"))


def many_weeks() -> Programme:
    """So many weeks that no chart can name them all."""
    return made({"programme": {"weeks": 60}})


def one_week() -> Programme:
    return made({"programme": {"weeks": 1, "closed_weeks": []}})


def hidden() -> Programme:
    """The packs leave out the named school, and have no checklist."""
    return made({"privacy": {"hide_school": True}, "quality": {"checklist": []}})


def later() -> Programme:
    """In the second week: one volunteer has left, one case was handed back."""
    before = greedy(with_second_reads())
    tables = plain_tables()
    again = made(
        {"programme": {"as_of": dt.date(2027, 1, 18)}, "quality": {"second_read_share": 0.5}},
        volunteers=tables["volunteers"].iloc[1:],
    )
    first, second = (
        pd.DataFrame(
            {
                "case_id": rows["case_id"].tolist(),
                "volunteer_id": rows["volunteer_id"].tolist(),
                "week": pd.to_datetime(rows["week"].tolist()).astype("datetime64[s]"),
                "hours": [int(float(hours) * again.units_per_hour) for hours in rows["hours"]],
            }
        )
        for rows in (before.table[before.table["status"] == "scheduled"], before.second_reads)
    )
    kept = dataclasses.replace(
        again,
        policy=again.policy.with_kept(),
        previous=Previous(Path("/out0"), (), first, second),
    )
    known = pd.DataFrame(
        {
            "case_id": ["R04"],
            "volunteer_id": ["V2"],
            "week": pd.to_datetime(["2027-02-01"]).astype("datetime64[s]"),
            "reason": ["Known to me"],
        }
    )
    return dataclasses.replace(kept, handed_back=HandedBack(Path("/back.csv"), "ef" * 32, known))


VARIANTS = {
    "as it is": made,
    "officers": with_officers,
    "second reads": with_second_reads,
    "all scheduled": all_scheduled,
    "none scheduled": none_scheduled,
    "many weeks": many_weeks,
    "one week": one_week,
    "hidden": hidden,
    "later": later,
}
