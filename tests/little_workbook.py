"""The little good round as an Excel workbook, and ways to spoil one."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import little_round as little

NO_CSV: Mapping[str, little.Content] = {f"{name}.csv": None for name in little.TABLES}


def as_cell(text: str, header: str) -> str | float | dt.date | None:
    """Return what Excel would hold: numbers as numbers, days as days, ids as text."""
    if text == "":
        return None
    if header.endswith("_id"):
        return text
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return dt.date.fromisoformat(text)
    return text


def workbook() -> Workbook:
    """Return the little round as a workbook, a sheet a table."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in little.TABLES:
        rows = little.cells(name)
        sheet = book.create_sheet(name)
        sheet.append(rows[0])
        for row in rows[1:]:
            sheet.append([as_cell(text, header) for text, header in zip(row, rows[0], strict=True)])
    return book


def saved(book: Workbook) -> bytes:
    """Return a workbook's bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(change: Callable[[Worksheet], object], sheet: str = "children") -> bytes:
    """Return the little workbook with one sheet changed."""
    book = workbook()
    change(book[sheet])
    return saved(book)


def repacked(data: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """Return a workbook with parts replaced, added, or (None) left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in [*names, *(name for name in parts if name not in names)]:
            content = parts.get(name, old.read(name) if name in names else b"")
            if callable(content):
                content = content(old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def sheet_part(name: str) -> str:
    """Return the part that holds a table's sheet."""
    return f"xl/worksheets/sheet{list(little.TABLES).index(name) + 1}.xml"


def write(folder: Path, data: bytes, files: Mapping[str, little.Content] | None = None) -> Path:
    """Write a round whose tables stand in a workbook."""
    return little.write(folder, {**NO_CSV, "round.xlsx": data, **(files or {})})
