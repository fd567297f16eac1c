"""The audit-only tables: pressure, groups, and where each child was really placed.

Nothing that places a child may import this module; the import rules of the project forbid it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from allocator.errors import InputError, UsageError
from allocator.tables.csv_reader import read_csv
from allocator.tables.faults import Fault
from allocator.tables.findings import Findings, listed
from allocator.tables.frame_writer import typed_frame
from allocator.tables.judged import fields, judge
from allocator.tables.keys import check_known, check_once
from allocator.tables.kinds_number import Day, Whole
from allocator.tables.kinds_text import Code, Id, YesNo
from allocator.tables.parquet_reader import read_parquet
from allocator.tables.raw import RawTable
from allocator.tables.table import Table
from allocator.tables.workbook_reader import Workbook, read_workbook

WORKBOOK = "audit.xlsx"
ROUTES = ("order", "parental_request", "authority")
_Flag = Annotated[bool, YesNo()]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class Challenge(_Row):
    """challenge: pressure on a child's case."""

    child_id: Annotated[str, Id()] = Field(description="The child", examples=["C0017"])
    appeal: _Flag = Field(False, description="An appeal was lodged", examples=["no"])
    mediation: _Flag = Field(False, description="Mediation was asked for", examples=["no"])
    councillor: _Flag = Field(False, description="A councillor wrote or called", examples=["no"])
    mp: _Flag = Field(False, description="A Member of Parliament wrote or called", examples=["no"])
    solicitor: _Flag = Field(False, description="A solicitor wrote or called", examples=["no"])
    complaint: _Flag = Field(False, description="A complaint was made", examples=["no"])
    media: _Flag = Field(False, description="The press took the case up", examples=["no"])
    contacts: Annotated[int, Whole(0, unit="contacts")] = Field(
        description="Contacts about the case", examples=["3"]
    )


class Group(_Row):
    """groups: a child's characteristics; any further columns are categories."""

    child_id: Annotated[str, Id()] = Field(description="The child", examples=["C0017"])


class Actual(_Row):
    """actual: where the child was really placed."""

    child_id: Annotated[str, Id()] = Field(description="The child", examples=["C0017"])
    provision_id: Annotated[str, Id()] = Field(
        "", description="Where the child was placed; blank: no specialist place", examples=["119036-S"]
    )
    decided_on: Annotated[np.datetime64, Day()] = Field(
        description="Day of the decision", examples=["2027-02-10"]
    )
    route: Annotated[str, Code(ROUTES)] = Field(
        "", description="Ground on which the case came to the panel; blank: told from the rulings"
    )


TABLES: dict[str, type[BaseModel]] = {"challenge": Challenge, "groups": Group, "actual": Actual}


@dataclass(frozen=True)
class AuditTables:
    """What audit and fairness alone may see; a table that was not given is None.

    Parameters
    ----------
    challenge : DataFrame or None, sorted by child_id
        child_id str; appeal, mediation, councillor, mp, solicitor, complaint, media bool;
        contacts int64.
    groups : DataFrame or None, sorted by child_id
        child_id and the file's other columns, str.
    actual : DataFrame or None, sorted by child_id
        child_id, provision_id str; decided_on datetime64[s]; route str.
    inputs : tuple of (name, sha256)
        Each file that was read.
    warnings : tuple of Fault
    """

    challenge: pd.DataFrame | None
    groups: pd.DataFrame | None
    actual: pd.DataFrame | None
    inputs: tuple[tuple[str, str], ...]
    warnings: tuple[Fault, ...]


def read_audit_tables(
    folder: Path, child_ids: Iterable[str], provision_ids: Iterable[str], actual: Path | None = None
) -> AuditTables:
    """Read the audit-only tables of a round's folder.

    Parameters
    ----------
    folder : Path
    child_ids, provision_ids : iterable of str
        Those of the round.
    actual : Path, optional
        A CSV or Parquet file in place of the folder's own table ``actual``.

    Raises
    ------
    UsageError
        Where `actual` is no file.
    InputError
        With every fault of every file.
    """
    findings = Findings()
    children, provisions = (_ids(ids) for ids in (child_ids, provision_ids))
    raws, files = _raws(folder, actual, findings)
    tables = {name: _judged(name, raw, children, provisions, findings) for name, raw in raws.items()}
    if findings.faults:
        raise InputError(findings.faults, findings.warnings)
    frames = {name: _frame(name, table) for name, table in tables.items()}
    return AuditTables(
        challenge=frames.get("challenge"),
        groups=frames.get("groups"),
        actual=frames.get("actual"),
        inputs=tuple(sorted(files)),
        warnings=findings.warnings,
    )


def check_audit_tables(
    folder: Path, child_ids: Iterable[str], provision_ids: Iterable[str]
) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Return every fault and every warning of the audit-only tables, without raising InputError."""
    try:
        return (), read_audit_tables(folder, child_ids, provision_ids).warnings
    except InputError as error:
        return error.faults, error.warnings


def _ids(ids: Iterable[str]) -> pa.Array:
    return ids if isinstance(ids, pa.Array) else pa.array([str(word) for word in ids], type=pa.string())


def _raws(
    folder: Path, actual: Path | None, findings: Findings
) -> tuple[dict[str, RawTable], tuple[tuple[str, str], ...]]:
    book = read_workbook(folder / WORKBOOK, tuple(TABLES)) if (folder / WORKBOOK).is_file() else None
    files: tuple[tuple[str, str], ...] = ()
    if book is not None:
        findings.extend(book.findings)
        files += ((WORKBOOK, book.sha256),)
    raws: dict[str, RawTable] = {}
    for name in TABLES:
        raw = (
            _given(actual)
            if name == "actual" and actual is not None
            else _found(folder, name, book, findings)
        )
        if raw is not None:
            raws[name] = raw
            files += () if raw.label.startswith(f"{WORKBOOK}, ") else ((raw.label, raw.sha256),)
    return raws, files


def _given(path: Path) -> RawTable:
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    return read_parquet(path, "actual") if path.suffix == ".parquet" else read_csv(path, "actual")


def _found(folder: Path, name: str, book: Workbook | None, findings: Findings) -> RawTable | None:
    sheet = None if book is None else book.tables.get(name)
    ways = [ending for ending in (".csv", ".parquet") if (folder / f"{name}{ending}").exists()]
    if len(ways) + (sheet is not None) > 1:
        places = [name + way for way in ways] + ([] if sheet is None else [sheet.label])
        rule = f"the table stands in {' and '.join(places)}"
        findings.add(places[0], "two_formats", rule, "keep one of them")
    if sheet is not None:
        return sheet
    if not ways:
        return None
    path = folder / f"{name}{ways[0]}"
    return read_csv(path, name) if ways[0] == ".csv" else read_parquet(path, name)


def _judged(name: str, raw: RawTable, children: pa.Array, provisions: pa.Array, findings: Findings) -> Table:
    table = judge(raw, TABLES[name], findings, open_ended=name == "groups")
    # Where the round's own ids could not be read, that is a fault of the round and told there.
    if len(children):
        check_known(table, "child_id", children, "children", "child_unknown")
    first = check_once(table, ("child_id",), "stands twice", "keep one row a child", "id_twice")
    if name == "actual" and raw.readable:
        if len(provisions):
            check_known(table, "provision_id", provisions, "provisions", "provision_unknown")
        absent = children.filter(pc.invert(pc.is_in(children, value_set=table.values["child_id"])))
        if len(absent):
            rule = f"{len(absent):,} children of the round have no row ({listed(absent.to_pylist())})"
            findings.add(raw.label, "child_missing", rule, "give every child one row", column="child_id")
    return table.keep(first)


def _frame(name: str, table: Table) -> pd.DataFrame:
    columns: dict[str, Any] = {column: table.values[column] for column in fields(TABLES[name])}
    if name == "groups":
        columns |= {column: text for column, text in table.raw.columns.items() if column not in columns}
    return typed_frame(columns, ["child_id"])
