"""A workbook to fill in: a sheet a table, its headers with notes, drop-downs for codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from allocator.tables.judged import EXAMPLE, fields
from allocator.tables.kinds import Kind
from allocator.tables.kinds_number import Day
from allocator.tables.kinds_place import Postcode
from allocator.tables.kinds_text import Code, Codes, Id, Text, YesNo

if TYPE_CHECKING:
    import xlsxwriter.worksheet

README = "README"
_LAST_ROW = 1_048_575
# One fixed moment, so that the same template has the same bytes on any day.
_MADE = datetime(2026, 1, 1)


def write_template(path: Path, sheets: Mapping[str, type[BaseModel]], about: Sequence[str]) -> None:
    """Write an empty workbook.

    Parameters
    ----------
    path : Path
        The .xlsx file to write.
    sheets : mapping of str to row model
        A sheet for each, in order. Row 2 of each is an example, marked by `EXAMPLE` in its first
        cell: a workbook that still holds it is told to delete it.
    about : sequence of str
        Lines of the first sheet, which readers pass over.
    """
    # Imported here: it is needed for this alone.
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": _MADE})
        looks = _looks(book)
        readme = book.add_worksheet(README)
        readme.set_column(0, 0, 110, looks["wrapped"])
        for row, line in enumerate(about):
            readme.write_string(row, 0, line, looks["title"] if row == 0 else looks["wrapped"])
        for name, model in sheets.items():
            _sheet(book.add_worksheet(name), fields(model), looks)


def _looks(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "text_wrap": True}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "needed": book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1, "text_wrap": True}),
        "optional": book.add_format({"bg_color": "#F2F2F2", "border": 1, "text_wrap": True}),
        "example": book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "plain": book.add_format(),
    }


def _sheet(
    sheet: xlsxwriter.worksheet.Worksheet,
    columns: Mapping[str, tuple[Kind, FieldInfo]],
    looks: Mapping[str, Any],
) -> None:
    sheet.freeze_panes(1, 1)
    for position, (name, (kind, info)) in enumerate(columns.items()):
        look = "day" if isinstance(kind, Day) else "text" if _is_text(kind) else "plain"
        sheet.set_column(position, position, max(12, len(name) + 2), looks[look])
        sheet.write_string(0, position, name, looks["needed" if info.is_required() else "optional"])
        sheet.write_comment(0, position, note(kind, info), {"x_scale": 2, "y_scale": 1.5})
        example = EXAMPLE if position == 0 else str((info.examples or [""])[0])
        sheet.write_string(1, position, example, looks["example"])
        choices = choices_of(kind)
        if choices:
            sheet.data_validation(
                1,
                position,
                _LAST_ROW,
                position,
                {"validate": "list", "source": choices, "ignore_blank": True},
            )


def _is_text(kind: Kind) -> bool:
    return isinstance(kind, (Id, Text, Code, Postcode))


def choices_of(kind: Kind) -> list[str]:
    """Return the words that a cell of a kind may hold, where they are few enough to choose from."""
    if isinstance(kind, YesNo):
        return ["yes", "no"]
    if isinstance(kind, Code) and not isinstance(kind, Codes):
        return list(kind.codes)
    return []


def note(kind: Kind, info: FieldInfo) -> str:
    """Say what a column holds: its meaning, kind, unit, and whether it may be blank."""
    unit = getattr(kind, "unit", "")
    lines = [str(info.description), kind.title + (f", {unit}" if unit else "")]
    if isinstance(kind, Code):
        lines.append(" ".join(kind.codes))
    lines.append("Required" if info.is_required() else "May be blank")
    return "\n".join(lines)
