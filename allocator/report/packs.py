"""The reading packs: for each volunteer a workbook and a calendar with their own cases alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from allocator.report.books import DatedStyles, new_book, write_row
from allocator.report.checklist import write_checklist
from allocator.report.diary import calendar_bytes
from allocator.report.hours import hours_words, total
from allocator.report.readings import FIRST, readings_by_volunteer
from allocator.report.words import one_or_more
from allocator.report.workbook import start_table, write_readme
from allocator.reviews.weeks import hours_offered, week_starts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xlsxwriter import Workbook

    from allocator.report.books import Cell
    from allocator.report.readings import Reading
    from allocator.reviews.programme import Programme
    from allocator.reviews.schedule import ScheduleResult

FOLDER = "volunteers"
CASE_COLUMNS = {
    "week": 12,
    "case_id": 16,
    "reading": 9,
    "school_id": 13,
    "phase": 11,
    "primary_need": 9,
    "due": 12,
    "hours": 8,
    "done_on": 12,
    "note": 40,
}
WEEK_COLUMNS = {"week": 12, "hours_offered": 12, "hours_given": 12, "cases": 8}
KINDS = {
    "week": "date",
    "due": "date",
    "hours": "hours",
    "hours_offered": "hours",
    "hours_given": "hours",
    "cases": "whole",
    "note": "prose",
}
DUTIES = (
    (
        "What you do",
        "Read each case in its week, go through the checklist, and recommend what should happen.",
    ),
    (
        "What you do not do",
        "You decide nothing: an officer of the authority decides, and signs off. You are not asked to "
        "contact the family or the school.",
    ),
    (
        "Known to you?",
        "If you know the child, the family or the school’s handling of the case, hand it back unread: "
        "tell the review lead its case_id, the week and why. Nobody is asked to justify it further.",
    ),
    (
        "Keep it safe",
        "These lines are about single children. Keep this file where the authority tells you, pass it to "
        "nobody, and delete it when the programme ends.",
    ),
)


@dataclass(frozen=True)
class Pack:
    """What one volunteer is handed.

    Parameters
    ----------
    volunteer : str
    readings : list of Reading
        In the order to work in.
    offered : dict of date to float
        Hours offered in each week that has any.
    left : list of date
        Weeks that an earlier schedule had cases in and this one has none.
    agreed : bool
        Whether the headteacher has agreed; without it nobody is given a case.
    """

    volunteer: str
    readings: list[Reading]
    offered: dict[dt.date, float]
    left: list[dt.date]
    agreed: bool


def packs(result: ScheduleResult) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Give the files of every volunteer who offers hours or has a case.

    Parameters
    ----------
    result : ScheduleResult

    Yields
    ------
    name : str
        "volunteers/ID.xlsx" or "volunteers/ID.ics", in the order of the ids.
    write : callable (Path)
        Writes that file; its folder exists. The bytes depend on the result alone.
    """
    programme = result.programme
    for pack in packs_of(result):
        path = f"{FOLDER}/{pack.volunteer}"
        yield f"{path}.xlsx", partial(write_pack, programme=programme, pack=pack)
        yield f"{path}.ics", partial(write_calendar, programme=programme, pack=pack)


def packs_of(result: ScheduleResult) -> list[Pack]:
    """Return the pack of every volunteer who offers hours or has a case, sorted by volunteer_id."""
    programme = result.programme
    readings = readings_by_volunteer(result)
    offered = hours_offered(programme)
    mondays = week_starts(programme.policy.programme).tolist()
    agreed = programme.volunteers["headteacher_agreed"].tolist()
    earlier = weeks_before(programme)
    found = {}
    for row, volunteer in enumerate(programme.volunteers["volunteer_id"]):
        units = {week: int(offered[row, at]) for at, week in enumerate(mondays) if offered[row, at]}
        if units or volunteer in readings:
            hours = {week: each / programme.units_per_hour for week, each in units.items()}
            mine = readings.get(volunteer, [])
            left = sorted(earlier.get(volunteer, set()) - {each.week for each in mine})
            found[volunteer] = Pack(volunteer, mine, hours, left, bool(agreed[row]))
    # Somebody who read cases in a past week may be no volunteer any more.
    for volunteer in readings.keys() - found.keys():
        left = sorted(earlier.get(volunteer, set()) - {each.week for each in readings[volunteer]})
        found[volunteer] = Pack(volunteer, readings[volunteer], {}, left, True)
    return [found[volunteer] for volunteer in sorted(found)]


def weeks_before(programme: Programme) -> dict[str, set[dt.date]]:
    """Return the weeks in which an earlier schedule gave each volunteer cases."""
    found: dict[str, set[dt.date]] = {}
    if programme.previous is None:
        return found
    for rows in (programme.previous.appointments, programme.previous.second_reads):
        for volunteer, week in zip(rows["volunteer_id"], rows["week"].tolist(), strict=True):
            found.setdefault(volunteer, set()).add(week.date())
    return found


def write_calendar(path: Path, programme: Programme, pack: Pack) -> None:
    """Write volunteers/ID.ics."""
    policy = programme.policy
    school = not policy.privacy.hide_school
    path.write_bytes(calendar_bytes(policy.programme, pack.volunteer, pack.readings, pack.left, school))


def write_pack(path: Path, programme: Programme, pack: Pack) -> None:
    """Write volunteers/ID.xlsx: what to do, the cases, the weeks, the checklist."""
    policy = programme.policy
    with new_book(path, f"Reviews for {pack.volunteer}", policy.programme.start) as book:
        styles = DatedStyles(book, KINDS)
        write_readme(book, styles, readme_of(programme, pack))
        write_cases(book, styles, pack.readings, school=not policy.privacy.hide_school)
        write_weeks(book, styles, pack)
        write_checklist(book, styles, policy.quality.checklist, pack.readings)


def readme_of(programme: Programme, pack: Pack) -> list[tuple[str, str]]:
    """Say whose pack it is, how much it holds, and what is asked of the reader."""
    first = sum(each.reading == FIRST for each in pack.readings)
    second = len(pack.readings) - first
    said = one_or_more(first, "case", "cases")
    if second:
        said += f", and {one_or_more(second, 'second reading', 'second readings')}"
    hours = total(each.hours for each in pack.readings)
    lines = [
        ("Reviews to read", ""),
        ("Programme", programme.policy.programme.id),
        ("For", pack.volunteer),
        ("Given", f"{said}: {hours_words(hours)} in all" if pack.readings else nothing_given(pack)),
        ("", ""),
        *DUTIES,
        ("", ""),
        ("The sheets", ""),
        ("cases", "Your cases, in the order to read them in."),
        ("weeks", "The hours that you offer, and the hours given to you."),
    ]
    if programme.policy.quality.checklist:
        lines.append(("checklist", "What to go through: a row an item, a column a case."))
    if programme.policy.privacy.hide_school:
        lines.append(("Schools", "The school that a plan names is left out of this file."))
    return lines


def nothing_given(pack: Pack) -> str:
    """Say why a pack is empty."""
    if not pack.agreed:
        return "No case: the headteacher’s agreement is not on file, and without it nobody is given one"
    return "No case in this schedule"


def write_cases(book: Workbook, styles: DatedStyles, readings: list[Reading], school: bool) -> None:
    """Write the sheet "cases": a row a reading, with room to note when it was done."""
    widths = {name: width for name, width in CASE_COLUMNS.items() if school or name != "school_id"}
    sheet = book.add_worksheet("cases")
    start_table(sheet, styles, widths, max(1, len(readings)))
    formats = [styles.of(name) for name in widths]
    for at, each in enumerate(readings, start=1):
        cells: list[Cell] = [each.week, each.case_id, each.reading]
        cells += [each.school_id] if school else []
        cells += [each.phase, each.primary_need, each.due, float(each.hours)]
        write_row(sheet, at, cells, formats[: len(cells)])


def write_weeks(book: Workbook, styles: DatedStyles, pack: Pack) -> None:
    """Write the sheet "weeks": hours offered beside hours given."""
    given: dict[dt.date, list[str]] = {}
    for each in pack.readings:
        given.setdefault(each.week, []).append(each.hours)
    weeks = sorted({*pack.offered, *given})
    sheet = book.add_worksheet("weeks")
    start_table(sheet, styles, WEEK_COLUMNS, max(1, len(weeks)))
    formats = [styles.of(name) for name in WEEK_COLUMNS]
    for at, week in enumerate(weeks, start=1):
        hours = given.get(week, [])
        cells = (week, pack.offered.get(week, 0.0), float(total(hours)), len(hours))
        write_row(sheet, at, cells, formats)
