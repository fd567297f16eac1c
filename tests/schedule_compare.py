"""Every difference between the engine's schedule of a small programme and the oracle's, a sentence each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from allocator.core.calendar.outcome import Effort
from allocator.reviews.allocate import schedule
from allocator.reviews.schedule import ScheduleResult
from oracle_choices import MORE_IS_BETTER
from oracle_programme import oracle_schedule
from programme_facts import Facts
from programme_files import read
from programme_rows import ProgrammeRows, Row
from schedule_rules import Goal, appointments, judge
from small_programmes import mixed_programme, small_programme

# What a programme that fits on a page needs is far less.
EFFORT = Effort(seconds=10.0)
# Rules hold however little is tried.
LITTLE = Effort(seconds=0.3)


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Return a table of a result as the text of its file."""
    return [
        {str(name): "" if pd.isna(cell) else str(cell) for name, cell in row.items()}
        for row in table.to_dict("records")
    ]


def solved(rows: ProgrammeRows, effort: Effort = EFFORT) -> ScheduleResult:
    """Schedule a programme given as rows."""
    return schedule(read(rows), effort)


def told_goals(result: ScheduleResult) -> list[Goal]:
    """Return what a result says that every goal comes to, the lottery left out."""
    return [
        (entry["measure"], entry["level"], entry["value"])
        for entry in result.goals
        if entry["measure"] != "lottery"
    ]


def differences(rows: ProgrammeRows) -> list[str]:
    """Schedule a small programme twice, by the engine and by trying everything, and say where they differ.

    Returns
    -------
    list of str
        Empty where every goal is proven and equal, and the schedule is the one that the lottery leaves.
    """
    answer, result = oracle_schedule(rows), solved(rows)
    table, second = rows_of(result.table), rows_of(result.second_reads)
    verdict = judge(rows, table, second)
    return [
        *(f"broken rule {fault}" for fault in verdict.broken),
        *_unequal("goals", told_goals(result), answer.goals),
        *(f"not proven: {entry}" for entry in result.goals if not _is_proven(entry)),
        *_unequal("status", result.status, "optimal"),
        *_unequal("first readings", _shown(appointments(table)), _shown(answer.first)),
        *_unequal("second readings", _shown(appointments(second)), _shown(answer.second)),
    ]


def _is_proven(entry: dict[str, Any]) -> bool:
    if entry["measure"] == "lottery":
        return bool(entry["proven"]) and entry["value"] is None
    return (
        bool(entry["proven"]) and entry["proof"] in ("bound", "solver") and entry["bound"] == entry["value"]
    )


def _shown(readings: dict[str, tuple[str, dt.date]]) -> dict[str, str]:
    return {case: f"{who} {monday}" for case, (who, monday) in sorted(readings.items())}


def _unequal(what: str, told: object, expected: object) -> list[str]:
    return [] if told == expected else [f"{what} {told} where the oracle has {expected}"]


def differing_seeds(first: int, last: int) -> dict[int, list[str]]:
    """Compare the small programmes of seeds `first` to `last - 1`; give those that differ, and how."""
    return {seed: said for seed in range(first, last) if (said := differences(small_programme(seed)))}


def unsound_seeds(first: int, last: int) -> dict[int, list[str]]:
    """Check the mixed programmes of seeds `first` to `last - 1`; give those at fault, and how."""
    return {seed: said for seed in range(first, last) if (said := faults(mixed_programme(seed)))}


def faults(rows: ProgrammeRows) -> list[str]:
    """Schedule a programme of any size and say what the independent checker finds wrong."""
    result = solved(rows, LITTLE)
    table, second = rows_of(result.table), rows_of(result.second_reads)
    verdict = judge(rows, table, second)
    return [
        *(f"broken rule {fault}" for fault in verdict.broken),
        *_unequal("goals", told_goals(result), verdict.goals),
        *(f"bound beyond the value: {entry}" for entry in result.goals if not _is_bounded(entry)),
        *_unequal("counts", result.counts, _counted(rows, table, second)),
        *_unequal("optimal", result.status == "optimal", all(entry["proven"] for entry in result.goals)),
    ]


def _is_bounded(entry: dict[str, Any]) -> bool:
    """Whether a goal's bound is no worse than its value, and equal where it is said to be proven."""
    if entry["measure"] == "lottery":
        return entry["value"] is None
    gap = entry["bound"] - entry["value"]
    gap = gap if entry["measure"] in MORE_IS_BETTER else -gap
    return bool(gap == 0 if entry["proven"] else gap >= 0) and entry["proven"] == (entry["proof"] != "none")


def _counted(rows: ProgrammeRows, table: list[Row], second: list[Row]) -> dict[str, int]:
    facts = Facts(rows)
    done = [row for row in table if row["status"] == "scheduled"]
    used = {row["volunteer_id"] for row in (*done, *second)} & set(facts.volunteers)
    return {
        "cases": len(table),
        "scheduled": len(done),
        "backlog": len(table) - len(done),
        "fixed": len(facts.fixed),
        "second_reads_picked": len(facts.picked),
        "second_reads": len(second),
        "volunteers": len(facts.volunteers),
        "volunteers_used": len(used),
    }
