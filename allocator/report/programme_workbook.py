"""Write the schedule of a review programme as an Excel workbook for the review lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report import programme_rows as rows
from allocator.report.books import DatedStyles, new_book, write_row
from allocator.report.programme_accounts import Accounts, accounts_of
from allocator.report.programme_capacity import capacity_block, unfilled_block
from allocator.report.programme_coverage import coverage_block
from allocator.report.programme_left import left_block, passed_block
from allocator.report.programme_plan import plan_block
from allocator.report.programme_readme import readme_lines
from allocator.report.workbook import fitting, set_page, start_table, write_readme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from allocator.report.books import Cell
    from allocator.report.programme_shown import Block, Grid
    from allocator.reviews.schedule import ScheduleResult

DATES = ("week", "due", "ready_from", "from_week", "to_week", "first_week")
HOURS = ("hours", "offered", "taken", "second", "free", "hours_left", "share_percent")
COUNTS = (
    *("no", "priority", "days_late", "could_read", "cases", "scheduled", "backlog", "read", "left"),
    *("sign_offs", "max_cases", "schools", "known", "second_cases"),
)
KINDS = {
    **dict.fromkeys(DATES, "date"),
    **dict.fromkeys(HOURS, "hours"),
    **dict.fromkeys(COUNTS, "whole"),
    **dict.fromkeys(("reason", "why", "goal", "proof"), "prose"),
}
# No table of sentences and figures has more columns.
MOST_COLUMNS = 12


def write_schedule_workbook(path: Path, result: ScheduleResult, accounts: Accounts | None = None) -> None:
    """Write schedule.xlsx.

    Parameters
    ----------
    path : Path
    result : ScheduleResult
    accounts : Accounts, optional
        Those of the result, where they have been made already.

    Notes
    -----
    Text is always written as text: never a formula, a link or a number. The bytes depend on the
    result alone.
    """
    told = accounts_of(result) if accounts is None else accounts
    heading = result.programme.policy.programme
    with new_book(path, f"Review schedule, {heading.id}", heading.start) as book:
        styles = DatedStyles(book, KINDS)
        write_readme(book, styles, readme_lines(result))
        for name, (widths, cells) in tables_of(result, told).items():
            write_table(book, styles, name, widths, cells)
        for name, blocks in blocks_of(told).items():
            write_blocks(book, styles, name, blocks)


def tables_of(
    result: ScheduleResult, told: Accounts
) -> dict[str, tuple[Mapping[str, int], Sequence[Sequence[Cell]]]]:
    """Return the sheets that are one table each: the widths of the columns by name, and the rows."""
    return {
        "goals": (rows.GOALS, rows.goal_rows(result)),
        "schedule": (rows.SCHEDULE, rows.schedule_rows(result)),
        "backlog": (rows.BACKLOG, rows.backlog_rows(result)),
        "priorities": (rows.PRIORITIES, rows.priority_rows(result)),
        "weeks": (rows.WEEKS, rows.week_rows(result, told)),
        "volunteers": (rows.VOLUNTEERS, rows.volunteer_rows(result)),
        "unused hours": (rows.UNUSED, rows.unused_rows(told)),
        "second reads": (rows.SECOND_READS, rows.second_rows(result)),
        "moves": (rows.MOVES, rows.move_rows(result)),
    }


def blocks_of(told: Accounts) -> dict[str, tuple[Block, ...]]:
    """Return the sheets of sentences and tables."""
    return {
        "capacity": (capacity_block(told.capacity), unfilled_block(told.capacity)),
        "left behind": (left_block(told.left_behind), passed_block(told.left_behind)),
        "plan": (plan_block(told.plan),),
        "coverage": (coverage_block(told.coverage),),
    }


def write_table(
    book: Workbook,
    styles: DatedStyles,
    name: str,
    widths: Mapping[str, int],
    cells_of: Sequence[Sequence[Cell]],
) -> None:
    """Write a sheet that is one table, filtered and with its header frozen."""
    sheet = book.add_worksheet(name)
    start_table(sheet, styles, widths, max(1, len(cells_of)))
    formats = [styles.of(column) for column in widths]
    for at, cells in enumerate(cells_of, start=1):
        write_row(sheet, at, cells, formats)


def write_blocks(book: Workbook, styles: DatedStyles, name: str, blocks: Sequence[Block]) -> None:
    """Write a sheet of sentences and tables beneath one another, every row of each."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 34, styles.text)
    sheet.set_column(1, MOST_COLUMNS, 20, styles.text)
    set_page(sheet)
    at = 0
    for block in blocks:
        for line in block.lines:
            sheet.write_string(at, 0, fitting(line), styles.text)
            at += 1
        for caption, told in block.grids:
            sheet.write_string(at + 1, 0, caption, styles.bold)
            at = write_grid(sheet, styles, told, at + 2)
        at += 1


def write_grid(sheet: Worksheet, styles: DatedStyles, told: Grid, at: int) -> int:
    """Write a table from a row on, its figures as numbers; return the row after it."""
    for column, each in enumerate(told.columns):
        sheet.write_string(at, column, each.name, styles.head)
    for row in (*told.rows, *([told.foot] if told.foot else [])):
        at += 1
        for column, (cell, each) in enumerate(zip(row, told.columns, strict=True)):
            figure = number_in(cell) if each.number else None
            if figure is not None:
                sheet.write_number(at, column, figure, styles.of("hours"))
            elif cell:
                sheet.write_string(at, column, fitting(cell), styles.text)
    return at + 1


def number_in(cell: str) -> float | None:
    """Read a figure as it is written on the page; None where it is none, such as "12 of 30"."""
    try:
        return float(cell.replace(",", "").replace("−", "-"))
    except ValueError:
        return None
