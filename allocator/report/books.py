"""An Excel workbook whose bytes depend on its content alone, and whose text stays text."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from allocator.report.workbook import Styles, closed_when_whole, fitting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# The first day of Excel's calendar, as the serial numbers of today's dates count it.
EXCEL_DAY_NOUGHT = dt.date(1899, 12, 30)
Cell = str | int | float | dt.date | None


@contextmanager
def new_book(path: Path, title: str, made: dt.date) -> Iterator[Workbook]:
    """Open a workbook, and write it to a file once it is whole.

    Parameters
    ----------
    path : Path
    title : str
    made : date
        Its date of creation: bytes must not follow the clock.
    """
    # Into memory first: a full disk is then met by one plain write, not halfway through a ZIP file.
    whole = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with closed_when_whole(Workbook(whole, options)) as book:
        book.set_properties({"title": title, "created": dt.datetime.combine(made, dt.time())})
        yield book
    path.write_bytes(whole.getvalue())


class DatedStyles(Styles):
    """The formats of a workbook of a review programme: dates and exact hours too.

    Parameters
    ----------
    book : Workbook
    kinds : mapping of column name to {"date", "hours", "whole", "per_mille", "prose"}
        Every column that is not plain text.
    """

    def __init__(self, book: Workbook, kinds: Mapping[str, str]) -> None:
        super().__init__(book)
        font = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        # As many decimals as the hours have: they are exact, and never rounded.
        hours = book.add_format({**font, "num_format": "General"})
        self._formats: dict[str, Format] = {
            "date": book.add_format({**font, "num_format": "yyyy-mm-dd", "align": "left"}),
            "hours": hours,
            "whole": self.whole,
            "prose": self.wrapped,
        }
        self._kinds = kinds

    def of(self, column: str) -> Format:
        """Choose the format of a column."""
        return self._formats.get(self._kinds.get(column, ""), self.text)


def serial(day: dt.date) -> int:
    """Return the number that Excel keeps for a day."""
    return (day - EXCEL_DAY_NOUGHT).days


def write_row(sheet: Worksheet, at: int, cells: Sequence[Cell], formats: Sequence[Format]) -> None:
    """Write one row: dates as dates, numbers as numbers, text as text, blanks as nothing.

    Parameters
    ----------
    sheet : Worksheet
    at : int
        The row, from 0.
    cells : sequence of str, int, float, date or None
    formats : sequence of Format
        One a column.
    """
    for column, (cell, style) in enumerate(zip(cells, formats, strict=True)):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            sheet.write_string(at, column, fitting(cell), style)
        elif isinstance(cell, dt.date):
            sheet.write_number(at, column, serial(cell), style)
        else:
            sheet.write_number(at, column, cell, style)
