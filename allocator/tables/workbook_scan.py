"""What a sheet's XML tells that its values do not: errors, formulas, merged and hidden cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A table may have a gap of so many blank rows, and so many columns; a cell beyond is a stray.
LONGEST_GAP = 1_000
_PREFIX = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]*):worksheet[\s>]")
_ERROR = re.compile(rb"<c\s([^>]*?\bt=[\"']e[\"'][^>]*?)>(.*?)</c>", re.DOTALL)
_FORMULA = re.compile(rb"<c(\s[^>]*?)?>\s*<f[\s/>].*?</c>", re.DOTALL)
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_VALUE = re.compile(rb"<v[^>/]*>([^<]+)</v>")
_STRING = re.compile(rb"\bt=[\"']str[\"']")
_ROW = re.compile(rb"<row\s[^>]*?\br=[\"']([0-9]{1,7})[\"'][^>]*>")
_HIDDEN = re.compile(rb"<row\s[^>]*?\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_HIDDEN_COLUMN = re.compile(rb"<col\s[^>]*?\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_MIN = re.compile(rb"\bmin=[\"']([0-9]+)[\"']")
_MERGED = re.compile(rb"<mergeCell\s[^>]*?\bref=[\"']([A-Z0-9:]+)[\"']")
_FAR_COLUMN = re.compile(rb"<c\s[^>]*?\br=[\"'][A-Z]{3}[0-9]+[\"'][^>]*[^/]>")


@dataclass(frozen=True)
class Cell:
    """A cell by its row, its column's letters, and the text of interest."""

    row: int | None
    letters: str
    text: str = ""


@dataclass(frozen=True)
class Scan:
    """What was found in a sheet.

    Parameters
    ----------
    errors : list of Cell
        Cells that hold #N/A and the like.
    unsaved : list of Cell
        Formulas without a saved result.
    formulas : list of Cell
        Formulas with one.
    merged : list of str
        Ranges of merged cells.
    hidden_rows : list of int
    hidden_columns : list of int
        Counted from 1.
    stray : str or None
        A cell so far from the others that it cannot belong to the table.
    """

    errors: list[Cell] = field(default_factory=list)
    unsaved: list[Cell] = field(default_factory=list)
    formulas: list[Cell] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    stray: str | None = None


def scan(xml: bytes) -> Scan:
    """Look through a sheet's XML."""
    prefix = _PREFIX.search(xml[:5_000])
    if prefix is not None:
        xml = re.sub(rb"(</?)" + re.escape(prefix[1]) + rb":", rb"\1", xml)
    formulas, unsaved = _formulas(xml)
    return Scan(
        errors=[_cell(found[1], _result(found[2])) for found in _ERROR.finditer(xml)],
        unsaved=unsaved,
        formulas=formulas,
        merged=[found[1].decode() for found in _MERGED.finditer(xml)],
        hidden_rows=[int(found[1]) for found in map(_ROW.match, _texts(_HIDDEN, xml)) if found],
        hidden_columns=[int(found[1]) for found in map(_MIN.search, _texts(_HIDDEN_COLUMN, xml)) if found],
        stray=_stray(xml),
    )


def _texts(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[bytes]:
    return (found[0] for found in pattern.finditer(xml))


def _cell(attributes: bytes, text: str = "") -> Cell:
    found = _REFERENCE.search(attributes or b"")
    if found is None:
        return Cell(None, "", text)
    return Cell(int(found[2]), found[1].decode(), text)


def _result(content: bytes) -> str:
    found = _VALUE.search(content)
    return "" if found is None else found[1].decode("utf-8", errors="replace")


def _formulas(xml: bytes) -> tuple[list[Cell], list[Cell]]:
    saved: list[Cell] = []
    unsaved: list[Cell] = []
    if b"<f" not in xml:
        return saved, unsaved
    for found in _FORMULA.finditer(xml):
        # A formula may well give an empty text: then the cell says that it holds one.
        done = _VALUE.search(found[0]) is not None or _STRING.search(found[1] or b"") is not None
        (saved if done else unsaved).append(_cell(found[1]))
    return saved, unsaved


def _stray(xml: bytes) -> str | None:
    """Return a cell far to the right of the table, or far below it."""
    right = _FAR_COLUMN.search(xml)
    if right is not None:
        cell = _cell(right[0])
        return f"{cell.letters}{cell.row}"
    before = 0
    for found in _ROW.finditer(xml):
        row = int(found[1])
        if row > before + LONGEST_GAP and any(tag in xml[found.end() :] for tag in (b"<v>", b"<is>", b"<f>")):
            return f"row {row}"
        before = max(row, before)
    return None
