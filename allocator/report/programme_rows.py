"""The rows of the sheets that the review lead filters, with the width of every column."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from allocator.report.programme_figures import could_read, days, priorities_of, volunteers_of, weeks_of
from allocator.report.programme_goals import goals_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from allocator.report.books import Cell
    from allocator.report.programme_accounts import Accounts
    from allocator.reviews.schedule import ScheduleResult

SCHEDULE = {
    "case_id": 16,
    "status": 11,
    "volunteer_id": 16,
    "week": 12,
    "hours": 8,
    "days_late": 9,
    "priority": 8,
    "due": 12,
    "phase": 11,
    "primary_need": 9,
    "school_id": 13,
    "reason": 70,
}
BACKLOG = {
    "case_id": 16,
    "priority": 8,
    "due": 12,
    "days_late": 9,
    "hours": 8,
    "phase": 11,
    "primary_need": 9,
    "school_id": 13,
    "ready_from": 12,
    "could_read": 9,
    "reason": 70,
}
GOALS = {"no": 6, "goal": 60, "part": 12, "reached": 44, "proof": 70}
PRIORITIES = {"priority": 9, "cases": 9, "scheduled": 11, "backlog": 9, "hours_left": 11}
WEEKS = {
    "week": 12,
    "state": 9,
    "offered": 10,
    "taken": 10,
    "second": 10,
    "free": 10,
    "read": 8,
    "sign_offs": 10,
    "left": 8,
}
VOLUNTEERS = {
    "volunteer_id": 16,
    "school_id": 13,
    "trust_id": 13,
    "agreed": 9,
    "offered": 10,
    "taken": 10,
    "share_percent": 9,
    "cases": 8,
    "max_cases": 8,
    "schools": 9,
    "known": 9,
    "second_cases": 9,
    "second": 10,
}
SECOND_READS = {
    "case_id": 16,
    "volunteer_id": 16,
    "week": 12,
    "hours": 8,
    "first_reader": 16,
    "first_week": 12,
}
MOVES = {
    "case_id": 16,
    "from_volunteer": 16,
    "from_week": 12,
    "to_volunteer": 16,
    "to_week": 12,
    "why": 90,
}

UNUSED = {"volunteer_id": 16, "week": 12, "hours": 8, "why": 80}


def goal_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a tier of each goal in order: what was reached, and how far that is proved."""
    rows: list[Sequence[Cell]] = []
    for number, goal in enumerate(goals_of(result.goals), start=1):
        tiers = [(tier.level, tier.value, tier.claim) for tier in goal.tiers] or [("", "", "")]
        rows += [(number, goal.sentence, *cells) for cells in tiers]
    return rows


def _case_columns(result: ScheduleResult) -> dict[str, list[Any]]:
    """Return what is shown of each case, as in schedule.csv and cases.csv."""
    cases, table = result.programme.cases, result.table
    weeks = [dt.date.fromisoformat(week) if week else None for week in table["week"]]
    return {
        **{name: table[name].tolist() for name in ("case_id", "status", "volunteer_id", "reason")},
        **{name: cases[name].tolist() for name in ("priority", "phase", "primary_need", "school_id")},
        "week": weeks,
        "hours": [float(hours) if hours else None for hours in table["hours"]],
        "days_late": table["days_late"].tolist(),
        "due": days(cases["due"]),
        "ready_from": days(cases["ready_from"]),
    }


def schedule_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a case, as in schedule.csv and with what the case is."""
    columns = _case_columns(result)
    return list(zip(*(columns[name] for name in SCHEDULE), strict=True))


def backlog_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a case that is left: the most urgent first, and of those the longest due."""
    programme, columns = result.programme, _case_columns(result)
    columns["hours"] = [int(units) / programme.units_per_hour for units in programme.case_units]
    columns["could_read"] = could_read(programme).tolist()
    rows = zip(*(columns[name] for name in BACKLOG), strict=True)
    left = [row for row, status in zip(rows, columns["status"], strict=True) if status == "backlog"]
    return sorted(left, key=lambda row: (row[1], row[2], row[0]))


def priority_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a priority."""
    return [
        (each.priority, each.cases, each.scheduled, each.backlog, float(each.hours_left))
        for each in priorities_of(result)
    ]


def week_rows(result: ScheduleResult, told: Accounts) -> list[Sequence[Cell]]:
    """Return a row a week."""
    return [
        (
            dt.date.fromisoformat(each.week),
            each.state,
            *(float(hours) for hours in (each.offered, each.taken, each.second, each.free)),
            each.read,
            each.room,
            each.left,
        )
        for each in weeks_of(result, told)
    ]


def volunteer_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a volunteer."""
    return [
        (
            each.volunteer_id,
            each.school_id,
            each.trust_id,
            each.agreed,
            float(each.offered),
            float(each.taken),
            None if each.per_mille is None else each.per_mille / 10,
            each.cases,
            each.most,
            each.schools,
            each.known,
            each.second_cases,
            float(each.second),
        )
        for each in volunteers_of(result)
    ]


def unused_rows(told: Accounts) -> list[Sequence[Cell]]:
    """Return a row for every volunteer's week with hours that stay free, and why."""
    return [(each.volunteer_id, each.week, float(each.hours), each.reason) for each in told.backlog.unused]


def second_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a second reading, beside the first."""
    first = {
        case: (volunteer, week)
        for case, volunteer, week in zip(
            *(result.table[name] for name in ("case_id", "volunteer_id", "week")), strict=True
        )
    }
    rows = zip(*(result.second_reads[name] for name in result.second_reads.columns), strict=True)
    return [
        (
            case,
            volunteer,
            dt.date.fromisoformat(week),
            float(hours),
            first[case][0],
            dt.date.fromisoformat(first[case][1]),
        )
        for case, volunteer, week, hours in rows
    ]


def move_rows(result: ScheduleResult) -> list[Sequence[Cell]]:
    """Return a row a case that is not where the earlier schedule had it."""
    return [
        (each["case_id"], *_appointment(each["from"]), *_appointment(each["to"]), each["why"])
        for each in result.moves
    ]


def _appointment(told: Mapping[str, str] | None) -> tuple[str, dt.date | None]:
    if told is None:
        return "backlog", None
    return told["volunteer_id"], dt.date.fromisoformat(told["week"])
