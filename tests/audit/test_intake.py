"""The audit-only tables: judged as every table is, by a module that nothing which places may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allocator.audit.intake import check_audit_tables, read_audit_tables
from allocator.errors import InputError, UsageError

CHILDREN = ["C1", "C2", "C3"]
PROVISIONS = ["P1", "P2"]
GOOD = {
    "challenge.csv": "child_id,appeal,mp,contacts\nC2,yes,,4\nC1,no,1,0\n",
    "groups.csv": "child_id,FSM,district\nC3,yes,Dover\nC1,,Ashford\n",
    "actual.csv": "child_id,provision_id,decided_on,route\n"
    "C1,P1,2027-02-10,\nC3,,2027-02-11,Order\nC2,P2,2027-02-12,\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a folder of audit-only tables."""
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_the_tables_are_typed_and_sorted(tmp_path: Path) -> None:
    """Sorted by child; blanks as their defaults; categories stay text."""
    found = read_audit_tables(write(tmp_path, GOOD), CHILDREN, PROVISIONS)
    assert found.challenge is not None
    assert found.groups is not None
    assert found.actual is not None
    assert found.challenge["child_id"].tolist() == ["C1", "C2"]
    assert found.challenge["appeal"].tolist() == [False, True]
    assert found.challenge["mp"].tolist() == [True, False]
    assert found.challenge["media"].tolist() == [False, False]
    assert found.challenge["contacts"].tolist() == [0, 4]
    assert found.groups.to_dict("list") == {
        "child_id": ["C1", "C3"],
        "fsm": ["", "yes"],
        "district": ["Ashford", "Dover"],
    }
    assert found.actual["provision_id"].tolist() == ["P1", "P2", ""]
    assert found.actual["route"].tolist() == ["", "", "order"]
    assert str(found.actual["decided_on"].dtype) == "datetime64[s]"
    assert [name for name, _ in found.inputs] == ["actual.csv", "challenge.csv", "groups.csv"]
    assert found.warnings == ()


def test_parquet_and_a_workbook_hold_the_same(tmp_path: Path) -> None:
    first = read_audit_tables(write(tmp_path, GOOD), CHILDREN, PROVISIONS)
    parquet, xlsx = tmp_path / "parquet", tmp_path / "xlsx"
    parquet.mkdir()
    xlsx.mkdir()
    book = openpyxl.Workbook()
    book.active.title = "README"
    for name, text in GOOD.items():
        rows = [line.split(",") for line in text.splitlines()]
        table = pa.table({header: [row[place] for row in rows[1:]] for place, header in enumerate(rows[0])})
        pq.write_table(table, parquet / name.replace(".csv", ".parquet"))
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for row in rows:
            sheet.append(row)
    book.save(xlsx / "audit.xlsx")
    for folder in (parquet, xlsx):
        found = read_audit_tables(folder, CHILDREN, PROVISIONS)
        for name in ("challenge", "groups", "actual"):
            pd.testing.assert_frame_equal(getattr(found, name), getattr(first, name))


def test_absent_tables_are_none(tmp_path: Path) -> None:
    found = read_audit_tables(tmp_path, CHILDREN, PROVISIONS)
    assert (found.challenge, found.groups, found.actual, found.inputs) == (None, None, None, ())


def test_the_actual_table_may_lie_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    folder.mkdir()
    write(folder, GOOD)
    other = tmp_path / "was.csv"
    other.write_text(GOOD["actual.csv"].replace("P1", "P2"))
    found = read_audit_tables(folder, CHILDREN, PROVISIONS, other)
    assert found.actual is not None
    assert found.actual["provision_id"].tolist() == ["P2", "P2", ""]
    assert "was.csv" in [name for name, _ in found.inputs]
    with pytest.raises(UsageError):
        read_audit_tables(folder, CHILDREN, PROVISIONS, tmp_path / "nowhere.csv")


ACTUAL = GOOD["actual.csv"]
BROKEN: dict[str, tuple[dict[str, str], set[Any]]] = {
    "a child without a row": (
        {"actual.csv": ACTUAL.replace("C2,P2,2027-02-12,\n", "")},
        {("actual.csv", None, "child_id", None, "child_missing")},
    ),
    "a child twice": (
        {"actual.csv": ACTUAL + "C1,P2,2027-02-10,\n"},
        {("actual.csv", 5, "child_id", "C1", "id_twice")},
    ),
    "an unknown child": (
        {"actual.csv": ACTUAL + "C9,P2,2027-02-10,\n"},
        {("actual.csv", 5, "child_id", "C9", "child_unknown")},
    ),
    "an unknown provision": (
        {"actual.csv": ACTUAL.replace("P2", "P9")},
        {("actual.csv", 4, "provision_id", "P9", "provision_unknown")},
    ),
    "an unknown route": (
        {"actual.csv": ACTUAL.replace("Order", "court")},
        {("actual.csv", 3, "route", "court", "code_unknown")},
    ),
    "no day": (
        {"actual.csv": ACTUAL.replace("2027-02-10", "")},
        {("actual.csv", 2, "decided_on", "", "blank")},
    ),
    "contacts below nought": (
        {"challenge.csv": "child_id,contacts\nC1,-1\n"},
        {("challenge.csv", 2, "contacts", "-1", "number_range")},
    ),
    "no contacts": (
        {"challenge.csv": "child_id,appeal\nC1,yes\n"},
        {("challenge.csv", 1, "contacts", None, "column_missing")},
    ),
    "an unknown answer": (
        {"challenge.csv": "child_id,appeal,contacts\nC1,perhaps,1\n"},
        {("challenge.csv", 2, "appeal", "perhaps", "yes_no")},
    ),
    "a group's child twice": (
        {"groups.csv": "child_id,fsm\nC1,yes\nC1,no\n"},
        {("groups.csv", 3, "child_id", "C1", "id_twice")},
    ),
    "two formats": (
        {"groups.csv": "child_id,fsm\nC1,yes\n", "groups.parquet": "PAR1"},
        {("groups.csv", None, None, None, "two_formats")},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_is_told_where_it_breaks(name: str, tmp_path: Path) -> None:
    """Exactly these faults; the same by both doors."""
    files, expected = BROKEN[name]
    faults, _ = check_audit_tables(write(tmp_path, files), CHILDREN, PROVISIONS)
    assert {(fault.file, fault.row, fault.column, fault.value, fault.code) for fault in faults} == expected
    with pytest.raises(InputError) as raised:
        read_audit_tables(tmp_path, CHILDREN, PROVISIONS)
    assert raised.value.faults == faults


def test_reading_a_round_never_loads_this_module() -> None:
    """Not even by accident of imports: in a fresh process that has read the intake, it is not there."""
    code = (
        "import sys, allocator.placement.intake, allocator.placement.template\n"
        "assert 'allocator.audit.intake' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
