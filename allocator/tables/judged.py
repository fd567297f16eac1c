"""A raw table judged by its row model: headers first, then every cell of every column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from allocator.tables.faults import Severity
from allocator.tables.findings import Findings, listed
from allocator.tables.kinds import Kind, Remark, as_bools
from allocator.tables.nearest import meaning, nearest
from allocator.tables.raw import UNNAMED, RawTable
from allocator.tables.table import Bools, Places, Table

# The first cell of a template's example row.
EXAMPLE = "EXAMPLE-ROW"
_TOTALS = ("total", "totals", "sum", "grand total", "count")
# Personal data that nothing here needs; a column of such a name is said to be better left out.
_PERSONAL = {
    *("name", "forename", "first_name", "surname", "last_name", "full_name", "child_name", "parent_name"),
    *("date_of_birth", "dob", "birth_date", "upn", "nhs_number", "address", "phone", "email"),
    *("ethnicity", "ethnic_group", "religion"),
}


def fields(model: type[BaseModel]) -> dict[str, tuple[Kind, FieldInfo]]:
    """Return each column of a row model with its kind, in the order of the contract."""
    return {name: (_kind(info), info) for name, info in model.model_fields.items()}


def _kind(info: FieldInfo) -> Kind:
    return next(mark for mark in info.metadata if isinstance(mark, Kind))


def judge(
    raw: RawTable,
    model: type[BaseModel],
    findings: Findings,
    *,
    one_of: Iterable[str] = (),
    open_ended: bool = False,
) -> Table:
    """Judge a raw table's columns and cells by a row model.

    Parameters
    ----------
    raw : RawTable
    model : pydantic model
        Each field annotated with a `Kind`; a field with a default may be blank or left out.
    findings : Findings
        Receives every fault and warning, also those of the raw table.
    one_of : iterable of str
        Columns of which the caller needs some combination, and says so itself.
    open_ended : bool, default False
        Whether other columns are welcome (then they are not warned of).
    """
    findings.extend(raw.findings)
    columns = fields(model)
    raw = _without_examples(raw, model, findings)
    if raw.readable and not _has_a_header(raw, columns, findings):
        raw = RawTable(raw.name, raw.label, raw.sha256, readable=False)
    table = Table(raw, findings)
    if raw.readable:
        _headers(table, columns, one_of, open_ended)
    for name, (kind, info) in columns.items():
        _column(table, name, kind, info)
    return table


def _without_examples(raw: RawTable, model: type[BaseModel], findings: Findings) -> RawTable:
    """Leave out a template's example rows, each a fault: whether they are meant is not guessed."""
    first = next(iter(model.model_fields))
    if first not in raw.columns or not len(raw):
        return raw
    example = as_bools(pc.equal(pc.utf8_upper(raw.columns[first]), EXAMPLE))
    if not example.any():
        return raw
    table = Table(raw, findings)
    table.say(example, first, "example_row", "is the template's example row", "delete the row")
    return table.keep(~example).raw


def _headers(
    table: Table, columns: dict[str, tuple[Kind, FieldInfo]], one_of: Iterable[str], open_ended: bool
) -> None:
    found = list(table.raw.columns)
    optional = set(one_of)
    missing = [
        n for n, (_, info) in columns.items() if info.is_required() and n not in found and n not in optional
    ]
    for name in missing:
        spare = [header for header in found if header not in columns]
        close = nearest(name, spare)
        mend = f"is it the column {close!r}?" if close else f"add the column; found: {listed(found, 30)}"
        table.findings.add(table.label, "column_missing", "the column is missing", mend, row=1, column=name)
    bare = [header for header in found if re.fullmatch(UNNAMED, header)]
    for header in bare:
        rule = f"column {header[1:-1]} holds text but has no header in row 1"
        mend = "name the column or empty it"
        table.findings.add(table.label, "column_unnamed", rule, mend, row=1, column=header)
    if open_ended:
        return
    for header in found:
        if header in columns or header in bare:
            continue
        rule = "is not a column of this table, and is not read"
        mend = meaning(header, [name for name in columns if name not in found])
        if header.replace(" ", "_") in _PERSONAL:
            mend = "it is not needed: please remove it from the file"
        table.findings.add(
            table.label, "column_unknown", rule, mend, row=1, column=header, severity="warning"
        )


def _has_a_header(raw: RawTable, columns: Mapping[str, object], findings: Findings) -> bool:
    """Tell whether row 1 names a column; where it does not, look for the row that does."""
    found = list(raw.columns)
    if any(name in columns for name in found):
        return True
    rule, mend = "row 1 is not the header", f"row 1 must hold: {listed(columns, 30)}"
    cells = [pc.utf8_lower(column.slice(0, 20)).to_pylist() for column in raw.columns.values()]
    for place, row in enumerate(zip(*cells, strict=True)):
        if len(set(row) & set(columns)) >= 2:
            mend = f"the header seems to be row {int(raw.rows[place])}: delete the rows above it"
            break
    findings.add(raw.label, "header", rule, mend, row=1, value=listed(found, 30))
    return False


def _column(table: Table, name: str, kind: Kind, info: FieldInfo) -> None:
    count = len(table)
    texts = table.raw.columns.get(name)
    default = None if info.is_required() else info.default
    if texts is None:
        table.values[name] = kind.filled(default, count)
        table.given[name] = np.zeros(count, dtype=np.bool_)
        table.good[name] = np.full(count, not info.is_required())
        return
    given = as_bools(pc.not_equal(texts, ""))
    table.given[name] = given
    spoilt = _spoilt(table, name)
    judged = given & ~spoilt
    every = bool(judged.all())
    read = kind.column(texts if every else texts.filter(pa.array(judged)))
    places = np.arange(count) if every else np.flatnonzero(judged)
    table.values[name] = read.values if every else _spread(kind, read.values, judged, default)
    good = judged.copy() if info.is_required() else ~spoilt
    good[places[read.wrong]] = False
    table.good[name] = good
    if info.is_required() and not every:
        _blank(table, name, kind, ~given & ~spoilt)
    _remarks(table, name, places, read.faults, "fault")
    _remarks(table, name, places, read.doubts, "warning")


def _spoilt(table: Table, name: str) -> Bools:
    """Return the cells that the reader has faulted already: a second fault would tell nothing new."""
    rows = [found.row for found in table.raw.findings if found.column == name and found.severity == "fault"]
    if not rows:
        return np.zeros(len(table), dtype=np.bool_)
    return np.isin(table.raw.rows, [row for row in rows if row is not None])


def _remarks(table: Table, name: str, places: Places, remarks: list[Remark], severity: Severity) -> None:
    for remark in remarks:
        table.say(places[remark.at], name, remark.code, remark.rule, remark.mend, severity)


def _blank(table: Table, name: str, kind: Kind, blank: Bools) -> None:
    for place in np.flatnonzero(blank):
        words = {column[int(place)].as_py().casefold() for column in table.raw.columns.values()}
        total = bool(words & set(_TOTALS))
        first = name == next(iter(table.values))
        mend = f"give the {kind.title}" + (", or delete the row if it is a total" if first else "")
        mend = "is it a row of totals? Delete it" if total else mend
        table.say(np.array([place]), name, "total_row" if total else "blank", "is blank", mend)


def _spread(kind: Kind, values: Any, given: Bools, default: Any) -> Any:
    """Put the values read at the given cells and the default at the blank ones."""
    if isinstance(values, np.ndarray):
        every = kind.filled(default, len(given))
        every[given] = values
        return every
    index = np.where(given, np.cumsum(given) - 1, len(values))
    padded = pa.concat_arrays([values, kind.filled(default, 1)])
    return padded.take(pa.array(index))
