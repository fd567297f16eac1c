"""Read an answer's files strictly: whatever is not plainly an answer to the programme is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from allocator.core.calendar.outcome import Dual
from allocator.core.calendar.problem import Bools
from allocator.errors import ProblemError, UsageError
from allocator.reviews.answer import SCHEDULE, SECOND_READS, Answer
from allocator.reviews.build import Built, build
from allocator.reviews.certificate_file import read_certificate
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.tables_out import BACKLOG, SCHEDULE_COLUMNS, SCHEDULED, SECOND_COLUMNS, mondays
from allocator.tables.verification import NAMED, RefusedError


def read_answer(
    programme: Programme, answer: Answer, lottery_keys: Mapping[str, str] | None = None
) -> tuple[Built, Schedule, dict[int, Dual]]:
    """Read who reads what when, and the multipliers, refusing whatever is not an answer to the programme.

    Returns
    -------
    Built
        The programme, derived afresh.
    Schedule
        Every fixed reading is in it as it was, and every other reader is a volunteer.
    dict of int to Dual
        By the index of the tier, from 0.

    Raises
    ------
    RefusedError
    """
    try:
        built = build(programme, lottery_keys)
    except (UsageError, ProblemError) as error:
        raise RefusedError("inputs", f"the programme has no schedule: {error}") from error
    schedule = _nothing(built)
    _read_first(built, answer.schedule, schedule)
    _read_second(built, answer.second_reads, schedule)
    _refuse_changed(built, schedule)
    return built, schedule, read_certificate(built, answer.certificate)


def _nothing(built: Built) -> Schedule:
    n = len(built.case_ids)
    nobody, never = np.full(n, "", dtype=object), np.full(n, -1, dtype=np.int64)
    return Schedule(nobody, never, nobody.copy(), never.copy())


def _rows(name: str, data: bytes, columns: Sequence[str]) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RefusedError("rows", f"{name}: {error}") from error
    if not rows or rows[0] != list(columns):
        raise RefusedError("rows", f"{name} has not the columns {', '.join(columns)}")
    if any(len(row) != len(columns) for row in rows):
        raise RefusedError("rows", f"{name} has a row with too few or too many cells")
    return rows[1:]


def _read_first(built: Built, data: bytes, schedule: Schedule) -> None:
    rows = _rows(SCHEDULE, data, SCHEDULE_COLUMNS)
    ids = [row[0] for row in rows]
    if ids != built.case_ids.tolist():
        strange = sorted(set(ids) ^ set(built.case_ids))[:NAMED]
        what = f"these differ: {', '.join(strange)}" if strange else "a row is repeated or out of order"
        raise RefusedError(
            "rows", f"{SCHEDULE} does not hold each case of the programme once, in order; {what}"
        )
    weeks = {day.isoformat(): k for k, day in enumerate(mondays(built))}
    readers = _readers(built, built.fixed.volunteer)
    strange = []
    for k, (case, status, volunteer, week, *_) in enumerate(rows):
        if status == SCHEDULED and volunteer in readers and week in weeks:
            schedule.volunteer[k], schedule.week[k] = volunteer, weeks[week]
        elif not (status == BACKLOG and volunteer == "" and week == ""):
            strange.append(case)
    if strange:
        raise RefusedError(
            "rows",
            f"{SCHEDULE}: neither in the backlog nor with a volunteer in a week of the programme: "
            f"{', '.join(strange[:NAMED])}",
        )


def _read_second(built: Built, data: bytes, schedule: Schedule) -> None:
    rows = _rows(SECOND_READS, data, SECOND_COLUMNS)
    at = {name: k for k, name in enumerate(built.case_ids)}
    ids = [row[0] for row in rows]
    if not at.keys() >= set(ids) or ids != sorted(set(ids)):
        raise RefusedError(
            "rows", f"{SECOND_READS} does not hold cases of the programme, each once and in order"
        )
    weeks = {day.isoformat(): k for k, day in enumerate(mondays(built))}
    readers = _readers(built, built.fixed.second_volunteer)
    strange = [row[0] for row in rows if row[1] not in readers or row[2] not in weeks]
    if strange:
        raise RefusedError(
            "rows",
            f"{SECOND_READS}: with no volunteer or in no week of the programme: {', '.join(strange[:NAMED])}",
        )
    for case, volunteer, week, _ in rows:
        schedule.second_volunteer[at[case]], schedule.second_week[at[case]] = volunteer, weeks[week]


def _readers(built: Built, fixed: Collection[str]) -> set[str]:
    """Return whose name may stand in an answer: volunteers, and who has read a fixed case."""
    return (set(built.volunteer_ids) | set(fixed)) - {""}


def _refuse_changed(built: Built, schedule: Schedule) -> None:
    """Refuse a schedule that changes what is fixed, or gives a case to somebody who is gone."""
    fixed, known = built.fixed, set(built.volunteer_ids) | {""}
    first, second = fixed.week >= 0, fixed.second_week >= 0
    changed = first & ((schedule.volunteer != fixed.volunteer) | (schedule.week != fixed.week))
    asked = np.isin(np.arange(len(first)), built.agents) & ~second
    changed |= ~asked & (
        (schedule.second_volunteer != fixed.second_volunteer) | (schedule.second_week != fixed.second_week)
    )
    _refuse(built, changed, "the earlier schedule fixes another reading of")
    gone = ~first & np.array([name not in known for name in schedule.volunteer], dtype=np.bool_)
    gone |= ~second & np.array([name not in known for name in schedule.second_volunteer], dtype=np.bool_)
    _refuse(built, gone, "these are given to somebody who is no volunteer")


def _refuse(built: Built, which: Bools, what: str) -> None:
    if which.any():
        names = built.case_ids[np.flatnonzero(which)[:NAMED]].tolist()
        raise RefusedError("rows", f"{what}: {', '.join(names)}")
