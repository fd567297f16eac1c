"""A little good programme as the text of its files, to be broken in one way at a time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from allocator.reviews.programme import Programme

POLICY = """\
[programme]
id = "little"
start = 2027-01-11
weeks = 4
hours_per_day = 6.0
closed_weeks = [2027-01-25]
handling_hours = 0.25
signoff_hours = 0.5
[lottery]
seed = "public phrase"
"""
CASES = """\
case_id,child_id,school_id,phase,primary_need,due,hours,priority,ready_from,trust_id
R1,C1,100001,primary,ASD,2026-11-06,3,1,,T1
R2,C2,100002,post16,SEMH,2025-01-31,1.5,2,2027-01-16,none
R3,C3,100001,early,SLD,2027-02-15,2.2,4,2027-02-05,
"""
OFFICERS = """\
week,hours
2027-01-11,1.5
2027-02-01,20
"""
VOLUNTEERS = """\
volunteer_id,school_id,trust_id,headteacher_agreed,days_per_week,first_week,last_week,trained_from,phases,needs,max_cases
V1,100001,T1,yes,1,,,,primary;early,,
V2,100003,T1,yes,0.4,2027-01-18,2027-02-01,2027-01-18,,ASD;SLD,12
V3,100004,none,no,0.5,,2027-01-11,,,,0012
V4,100005,,yes,1,,,,,,20
"""
AVAILABILITY = """\
volunteer_id,week,hours
V1,2027-01-18,0
V2,2027-02-01,3.125
V3,2027-02-01,2
"""
CONFLICTS = """\
volunteer_id,kind,id,reason
V2,case,R2,Advised on the plan
V4,school,100002,A relative works there
"""
TABLES: Mapping[str, str] = {
    "cases": CASES,
    "officers": OFFICERS,
    "volunteers": VOLUNTEERS,
    "availability": AVAILABILITY,
    "conflicts": CONFLICTS,
}
FILES: Mapping[str, str] = {"reviews.toml": POLICY, **{f"{name}.csv": text for name, text in TABLES.items()}}
NO_CSV: Mapping[str, str | bytes | None] = {f"{name}.csv": None for name in TABLES}

Content = str | bytes | None


def write(folder: Path, files: Mapping[str, Content] | None = None) -> Path:
    """Write the little programme, some files changed, added, or (None) left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**FILES, **(files or {})}.items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        elif content is not None:
            (folder / name).write_bytes(content)
    return folder


def cells(table: str) -> list[list[str]]:
    """Return a table's cells; row 0 is the header."""
    return list(csv.reader(io.StringIO(TABLES[table])))


def text(rows: list[list[str]]) -> str:
    """Write rows of cells as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def with_cell(table: str, row: int, column: str, value: str) -> dict[str, Content]:
    """Change one cell; `row` is the spreadsheet's, so the first case is row 2."""
    rows = cells(table)
    rows[row - 1][rows[0].index(column)] = value
    return {f"{table}.csv": text(rows)}


def with_row(table: str, line: str) -> dict[str, Content]:
    """Add one row."""
    return {f"{table}.csv": TABLES[table] + line + "\n"}


def assert_same(one: Programme, other: Programme) -> None:
    """Two programmes hold the same policy, unit and cells, in the same order and types."""
    assert (one.policy, one.units_per_hour) == (other.policy, other.units_per_hour)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def _typed(value: str, header: str) -> Any:
    """Return what a database or Excel would hold: numbers as numbers, days as days, ids as text."""
    if value == "":
        return None
    if header == "id" or header.endswith("_id"):
        return value
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return pd.Timestamp(value).date()
    if re.fullmatch(r"[0-9.]+", value):
        return float(value)
    return value


def as_workbook() -> bytes:
    """Return the tables as reviews.xlsx, with Excel's own types."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in TABLES:
        header, *rows = cells(name)
        sheet = book.create_sheet(name)
        sheet.append(header)
        for row in rows:
            sheet.append([_typed(value, column) for value, column in zip(row, header, strict=True)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(table: str, *, typed: bool) -> bytes:
    """Return a table as Parquet, its columns text or typed."""
    header, *rows = cells(table)
    columns = {
        name: [(_typed(row[place], name) if typed else row[place]) for row in rows]
        for place, name in enumerate(header)
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()
