"""Write the proposal as an Excel workbook: all placements, a sheet a school, the unplaced."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter import Workbook

from allocator.report.children import join_children
from allocator.report.places import provisions_of, schools_of
from allocator.report.readme import readme_lines
from allocator.report.sheets import sheet_names
from allocator.report.unplaced import unplaced_of
from allocator.report.words import ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from allocator.placement.round import Round
    from allocator.report.shown import Places, Unplaced

# The columns of placements.csv that hold numbers; all others are text, ids above all.
NUMBERS = ("need_score", "suitability", "preference_rank", "minutes", "km", "annual_cost")
WIDTHS = {
    "child_id": 16,
    "status": 10,
    "provision_id": 18,
    "school_id": 13,
    "need_score": 8,
    "need_band": 8,
    "suitability": 11,
    "preference_rank": 11,
    "minutes": 10,
    "km": 8,
    "annual_cost": 12,
    "over_number": 9,
    "route": 17,
    "reason": 70,
}
UNPLACED_COLUMNS = {
    "child_id": 16,
    "need_score": 8,
    "need_band": 8,
    "year_group": 8,
    "primary_need": 9,
    "decide_by": 17,
    "route": 22,
    "could_take": 8,
    "reason": 60,
    "schools_named": 70,
}
SCHOOL_COLUMNS = {
    "school_id": 13,
    "name": 44,
    "places": 9,
    "held": 9,
    "filled": 9,
    "over_number": 9,
    "free": 9,
    "annual_cost": 14,
    "sheet": 34,
}
OWN_SHEETS = ("READ ME", "placements", "schools", "unplaced")
# Excel's limit to the text of one cell; more than this it drops.
LONGEST_CELL = 32_767
# From so many children on, rows go to the file as they are made: memory stays flat.
ROWS_IN_MEMORY = 20_000
# Written as the workbook's creation date where the round has none: bytes must not follow the clock.
NO_DATE = dt.date(2000, 1, 1)


def write_workbook(
    path: Path, round_: Round, placements: pd.DataFrame, options: pd.DataFrame, run: Mapping[str, Any]
) -> None:
    """Write placements.xlsx.

    Parameters
    ----------
    path : Path
        The file to write.
    round_ : Round
        The inputs.
    placements : DataFrame, one row a child
        As in placements.csv; the sheet "placements" has the same columns, rows and order.
    options : DataFrame
        As in options.csv.
    run : mapping
        The content of run.json.

    Notes
    -----
    The sheets are "READ ME", "placements", "schools" (one row a school, linked to its sheet),
    "unplaced" (greatest need first) and one a school that has provisions, with the rows of the
    children placed there. Text is always written as text: never a formula, a link or a number. The
    bytes depend on the arguments alone.
    """
    joined = join_children(round_, placements, options)
    schools = sorted(
        schools_of(round_, provisions_of(round_, placements)), key=lambda school: school.school_id
    )
    names = sheet_names([(school.school_id, school.school) for school in schools], OWN_SHEETS)
    large = len(placements) > ROWS_IN_MEMORY
    made = dt.datetime.combine(round_.policy.round.as_of or NO_DATE, dt.time())
    # Into memory first: a full disk is then met by one plain write, not halfway through a ZIP file.
    whole = io.BytesIO()
    book_of = Workbook(
        whole,
        {
            "constant_memory": large,
            "in_memory": not large,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "use_zip64": True,
        },
    )
    with closed_when_whole(book_of) as book:
        book.set_properties({"title": f"Placements, {round_.policy.round.id}", "created": made})
        styles = Styles(book)
        write_readme(book, styles, readme_lines(round_, run))
        write_placements(book.add_worksheet("placements"), styles, placements)
        write_schools(book.add_worksheet("schools"), styles, schools, names)
        write_unplaced(book.add_worksheet("unplaced"), styles, unplaced_of(round_, joined, options))
        placed = placements[placements["school_id"] != ""].sort_values(["provision_id", "child_id"])
        at_school = placed.groupby("school_id").indices
        for school in schools:
            rows = placed.iloc[at_school.get(school.school_id, [])]
            sheet = book.add_worksheet(names[school.school_id])
            write_placements(sheet, styles, rows)
            if large:
                # Each sheet keeps a file open until the end; thousands of schools would run out of them.
                sheet._opt_close()
    path.write_bytes(whole.getvalue())


@contextmanager
def closed_when_whole(book: Workbook) -> Iterator[Workbook]:
    """Close a workbook at the end; when interrupted leave it, since its own way out packs it all first."""
    try:
        yield book
    except BaseException:
        book.fileclosed = True
        raise
    book.close()


class Styles:
    """The formats of one workbook.

    Parameters
    ----------
    book : Workbook
        The workbook they are for.
    """

    def __init__(self, book: Workbook) -> None:
        font = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self.title: Format = book.add_format({**font, "font_size": 16, "bold": True})
        self.head: Format = book.add_format({**font, "bold": True, "text_wrap": True, "bottom": 2})
        self.bold: Format = book.add_format({**font, "bold": True})
        self.text: Format = book.add_format({**font, "num_format": "@"})
        self.wrapped: Format = book.add_format({**font, "num_format": "@", "text_wrap": True})
        self.whole: Format = book.add_format({**font, "num_format": "0"})
        self.tenth: Format = book.add_format({**font, "num_format": "0.0"})
        self.pounds: Format = book.add_format({**font, "num_format": "£#,##0"})
        self.link: Format = book.add_format({**font, "font_color": "#1a4f8b", "underline": 1})

    def of(self, column: str) -> Format:
        """Choose the format of a column."""
        if column in ("minutes", "km"):
            return self.tenth
        if column == "annual_cost":
            return self.pounds
        if column in NUMBERS:
            return self.whole
        return self.wrapped if column in ("reason", "schools_named") else self.text


def start_table(sheet: Worksheet, styles: Styles, widths: Mapping[str, int], rows: int) -> None:
    """Lay out a table: header, widths, frozen header and id column, filter, and how it prints."""
    for at, (name, width) in enumerate(widths.items()):
        sheet.set_column(at, at, width, styles.of(name))
    sheet.set_row(0, 32)
    for at, name in enumerate(widths):
        sheet.write_string(0, at, name, styles.head)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(widths) - 1)
    set_page(sheet)
    sheet.repeat_rows(0)


def set_page(sheet: Worksheet) -> None:
    """Print on A4 landscape, as wide as one page, with page numbers."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&A&RPage &P of &N")


def write_placements(sheet: Worksheet, styles: Styles, rows: pd.DataFrame) -> None:
    """Write rows of the placements, in the columns and order given; a blank figure is a blank cell."""
    start_table(sheet, styles, {name: WIDTHS.get(name, 14) for name in rows.columns}, len(rows))
    formats = [styles.of(name) for name in rows.columns]
    numeric = [name in NUMBERS for name in rows.columns]
    columns = [plain_list(rows[name]) for name in rows.columns]
    for at, cells in enumerate(zip(*columns, strict=True), start=1):
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if numeric[column]:
                sheet.write_number(at, column, cell, formats[column])
            else:
                sheet.write_string(at, column, fitting(cell), formats[column])


def plain_list(column: pd.Series) -> list[Any]:
    """Turn a column into plain values, with None for a missing one."""
    return column.astype("object").where(column.notna(), None).tolist()


def fitting(text: str) -> str:
    """Cut a text that is longer than a cell of Excel may be, and mark the cut."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def write_schools(
    sheet: Worksheet, styles: Styles, schools: Sequence[Places], names: Mapping[str, str]
) -> None:
    """Write a row a school: its places, and a link to its sheet."""
    start_table(sheet, styles, SCHOOL_COLUMNS, len(schools))
    for at, school in enumerate(schools, start=1):
        sheet.write_string(at, 0, school.school_id, styles.text)
        sheet.write_string(at, 1, school.school, styles.text)
        figures = (school.places, school.held, school.filled, school.over, school.free)
        for column, figure in enumerate(figures, start=2):
            sheet.write_number(at, column, figure, styles.whole)
        sheet.write_number(at, 7, school.annual_cost, styles.pounds)
        name = names[school.school_id]
        quoted = name.replace("'", "''")
        sheet.write_url(at, 8, f"internal:'{quoted}'!A1", styles.link, string=name)


def write_unplaced(sheet: Worksheet, styles: Styles, children: Iterable[Unplaced]) -> None:
    """Write a row a child without a place, greatest need first."""
    rows = list(children)
    start_table(sheet, styles, UNPLACED_COLUMNS, len(rows))
    for at, child in enumerate(rows, start=1):
        named = fitting(
            "; ".join(
                f"{ordinal(asked.rank)} {asked.school_id} {asked.school}: {asked.why}"
                + (f" (ground: {asked.ground})" if asked.ground else "")
                for asked in child.asked
            )
        )
        cells = (
            child.child_id,
            child.need_score,
            child.need_band,
            child.year_group,
            child.primary_need,
            child.decide_by,
            child.route,
            child.eligible,
            fitting(child.reason),
            named,
        )
        for column, (name, cell) in enumerate(zip(UNPLACED_COLUMNS, cells, strict=True)):
            if isinstance(cell, int):
                sheet.write_number(at, column, cell, styles.whole)
            elif cell:
                sheet.write_string(at, column, cell, styles.of(name))


def write_readme(book: Workbook, styles: Styles, lines: Iterable[tuple[str, str]]) -> None:
    """Write the first sheet: what this is, the policy, the files it was made from."""
    sheet = book.add_worksheet("READ ME")
    sheet.set_column(0, 0, 26, styles.bold)
    sheet.set_column(1, 1, 100, styles.wrapped)
    for at, (name, value) in enumerate(lines):
        sheet.write_string(at, 0, name, styles.title if at == 0 else styles.bold)
        if value:
            sheet.write_string(at, 1, value, styles.wrapped)
    set_page(sheet)
