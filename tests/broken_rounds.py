"""What it takes to say of a broken round, in one line, how it is broken and what must be told of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import little_round as little
from allocator.errors import InputError
from allocator.placement.intake import check_folder, read_round
from allocator.tables.faults import Fault
from little_round import CHILDREN, Content, with_cell, with_row

Found = tuple[str, int | None, str | None, str | None, str]


def told(found: Iterable[Fault]) -> set[Found]:
    """What a finding says, without its sentence."""
    return {(fault.file, fault.row, fault.column, fault.value, fault.code) for fault in found}


def cell(table: str, row: int, column: str, value: str, *codes: str) -> Any:
    """One cell of one table is wrong, and is the only fault."""
    faults = {
        (f"{table}.csv", row, column, value[:79] + "…" if len(value) > 80 else value, code) for code in codes
    }
    return with_cell(table, row, column, value), faults, set()


def doubt(table: str, row: int, column: str, value: str, *codes: str) -> Any:
    """One cell of one table is doubtful, and nothing is wrong."""
    changes, found, _ = cell(table, row, column, value, *codes)
    return changes, set(), found


def file(name: str, content: Content, *faults: tuple[int | None, str | None, str | None, str]) -> Any:
    """One file is another; the faults are all in it."""
    return {name: content}, {(name, *fault) for fault in faults}, set()


def add(table: str, column: str, code: str, shown: str | None = None, **values: str) -> Any:
    """A row too many."""
    number = len(little.cells(table)) + 1
    value = values.get(column, "") if shown is None else shown
    alone = {("preferences.csv", None, None, None, "preference_none")} if table == "children" else set()
    return with_row(table, **values), {(f"{table}.csv", number, column, value, code)}, alone


def renamed(table: str, old: str, new: str) -> dict[str, Content]:
    """Another header."""
    return {f"{table}.csv": little.TABLES[table].replace(old, new, 1)}


CHILD = {"year_group": "7", "primary_need": "ASD", "need_score": "5", "lat": "51", "lon": "0"}
C1 = CHILDREN.splitlines()[1]


def check(case: Any, folder: Path) -> None:
    """Check that exactly the faults and warnings of a case are told, and that no faulty round is read."""
    changes, faults, warnings = case
    little.write(folder, changes)
    found, doubted = check_folder(folder)
    assert told(found) == faults
    assert told(doubted) == warnings
    assert all(fault.rule and fault.mend for fault in found)
    assert [fault.order for fault in found] == sorted(fault.order for fault in found)
    if not faults:
        assert read_round(folder).warnings == doubted
        return
    with pytest.raises(InputError) as raised:
        read_round(folder)
    assert raised.value.faults == found
    assert raised.value.warnings == doubted
