"""An Excel workbook as raw tables: a sheet a table, every cell the text that CSV would hold."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from allocator.tables.arrow_text import cell_text
from allocator.tables.faults import Fault
from allocator.tables.findings import Findings, listed
from allocator.tables.nearest import meaning
from allocator.tables.raw import RawTable, digest, folded, letters, read_bytes, refused, tidy
from allocator.tables.workbook_safety import SheetPart, open_parts
from allocator.tables.workbook_scan import Cell, Scan, scan

# Sheets that explain and hold no table.
README_SHEETS = ("readme", "read me")
_MOST_COLUMNS = 1_000


@dataclass(frozen=True)
class Workbook:
    """A workbook's tables.

    Parameters
    ----------
    sha256 : str
        Hex digest of the file.
    tables : mapping of str to RawTable
        By table name.
    sheets : tuple of str
        Names of the other sheets, as their tabs show them.
    findings : tuple of Fault
        About the workbook as a whole; each table carries its own.
    readable : bool
        False where the file was refused.
    """

    sha256: str
    tables: Mapping[str, RawTable] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    findings: tuple[Fault, ...] = ()
    readable: bool = True


def read_workbook(path: Path, names: Sequence[str], forbidden: Sequence[str] = ()) -> Workbook:
    """Read the sheets of a workbook that are tables.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    names : sequence of str
        The tables that there may be.
    forbidden : sequence of str
        Tables that must not stand in this workbook: their sheets are faults, and are not read.
    """
    findings, file = Findings(), path.name
    data = read_bytes(path, file, findings)
    if data is None:
        return Workbook("", findings=findings.faults, readable=False)
    parts = open_parts(data, lambda code, rule, mend: findings.add(file, code, rule, mend))
    values = None if parts is None else _values(data, file, findings)
    if parts is None or values is None:
        return Workbook(digest(data), findings=findings.faults, readable=False)
    tables: dict[str, RawTable] = {}
    others: list[str] = []
    for part in parts:
        name = folded(part.name)
        label = f"{file}, sheet {part.name}"
        if name in forbidden:
            rule, mend = "audit-only tables have no place in this workbook", "move the sheet to audit.xlsx"
            findings.add(label, "audit_table", rule, mend)
        elif name in tables:
            findings.add(label, "sheet_twice", f"two sheets are named {name}", "keep one of them")
        elif name in names:
            tables[name] = _table(part, name, label, digest(data), values)
        elif name not in README_SHEETS:
            others.append(part.name)
            _other(part, label, [other for other in names if other not in tables], findings)
    return Workbook(digest(data), tables, tuple(others), findings.faults + findings.warnings)


def _other(part: SheetPart, label: str, names: Sequence[str], findings: Findings) -> None:
    what = "is hidden, is no table of this workbook" if part.hidden else "is no table of this workbook"
    findings.add(
        label, "sheet_unknown", f"{what}, and is not read", meaning(part.name, names), severity="warning"
    )


def _values(data: bytes, file: str, findings: Findings) -> Any:
    """Open the workbook for its values."""
    # Imported here: only rounds in Excel need it.
    from python_calamine import CalamineError, load_workbook

    try:
        return load_workbook(io.BytesIO(data))
    except (CalamineError, OSError, ValueError) as error:
        findings.add(
            file, "file_form", f"cannot be read ({error})", "open it in Excel, save it again and retry"
        )
    except BaseException as error:
        _only_a_panic(error)
        findings.add(file, "file_form", "is damaged", "open it in Excel, save it again and retry")
    return None


def _only_a_panic(error: BaseException) -> None:
    """Let everything pass but a panic inside the reader, which has no importable class."""
    if type(error).__name__ != "PanicException":
        raise error


def _table(part: SheetPart, name: str, label: str, sha256: str, values: Any) -> RawTable:
    findings = Findings()
    seen = scan(part.xml)
    if seen.stray is not None:
        rule, mend = (
            f"has a cell far from the table ({seen.stray})",
            "delete the rows and columns beyond the table",
        )
        findings.add(label, "cell_stray", rule, mend)
        return refused(name, label, sha256, findings)
    rows = _rows(part, label, values, findings)
    if rows is None:
        return refused(name, label, sha256, findings)
    if part.hidden:
        rule = "the sheet is hidden, and is read"
        findings.add(
            label, "sheet_hidden", rule, "show it, or delete it if it is not meant", severity="warning"
        )
    headers = [cell_text(value) for value in rows[0]] if rows else []
    if len(headers) > _MOST_COLUMNS:
        findings.add(label, "columns_many", f"has {len(headers):,} columns", "is it the right sheet?")
        return refused(name, label, sha256, findings)
    _say_scan(seen, headers, label, findings)
    columns = [
        pa.array([value if type(value) is str else cell_text(value) for value in column], type=pa.string())
        for column in zip(*rows[1:], strict=True)
    ] or [pa.array([], type=pa.string()) for _ in headers]
    numbers = np.arange(2, len(rows) + 1, dtype=np.int64) if rows else np.zeros(0, dtype=np.int64)
    return tidy(name, label, sha256, headers, columns, numbers, findings)


def _rows(part: SheetPart, label: str, values: Any, findings: Findings) -> list[list[Any]] | None:
    from python_calamine import CalamineError

    try:
        found: list[list[Any]] = values.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
        return found
    except (CalamineError, OSError, ValueError) as error:
        findings.add(
            label, "file_form", f"cannot be read ({error})", "open it in Excel, save it again and retry"
        )
    except BaseException as error:
        _only_a_panic(error)
        findings.add(label, "file_form", "is damaged", "open it in Excel, save it again and retry")
    return None


def _say_scan(seen: Scan, headers: list[str], label: str, findings: Findings) -> None:
    names = {letters(position): folded(header) for position, header in enumerate(headers)}

    def say(cell: Cell, code: str, rule: str, mend: str, value: str | None = None) -> None:
        column = names.get(cell.letters) or cell.letters or None
        findings.add(label, code, rule, mend, row=cell.row, column=column, value=value)

    for cell in seen.errors:
        say(cell, "cell_error", "holds an Excel error", "mend the cell, and write its value", cell.text)
    for cell in seen.unsaved:
        mend = "open the workbook in Excel, save it and retry"
        say(cell, "formula_unsaved", "is a formula with no saved result", mend)
    for reference in seen.merged:
        row = int("".join(character for character in reference.split(":")[0] if character.isdigit()) or 0)
        rule, mend = f"the cells {reference} are merged", "unmerge them and fill every one"
        findings.add(label, "cells_merged", rule, mend, row=row or None, value=reference)
    _warn_scan(seen, names, label, findings)


def _warn_scan(seen: Scan, names: dict[str, str], label: str, findings: Findings) -> None:
    if seen.formulas:
        columns = sorted({names.get(cell.letters) or cell.letters for cell in seen.formulas})
        rule = f"{len(seen.formulas):,} cells are formulas ({listed(columns)}); their saved results are read"
        findings.add(label, "formula", rule, "are they up to date?", severity="warning")
    if seen.hidden_rows:
        where = listed(str(row) for row in seen.hidden_rows)
        rule = f"{len(seen.hidden_rows):,} rows are hidden ({where}), and are read"
        findings.add(label, "rows_hidden", rule, "show them, or delete those not meant", severity="warning")
    if seen.hidden_columns:
        where = listed(
            names.get(letters(number - 1)) or letters(number - 1) for number in seen.hidden_columns
        )
        rule = f"columns are hidden (from {where}), and are read"
        findings.add(
            label, "columns_hidden", rule, "show them, or delete those not meant", severity="warning"
        )
