"""Keys of a table: unique ids, pairs listed once, ids that must stand in another table."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.faults import Severity
from allocator.tables.findings import listed
from allocator.tables.nearest import nearest
from allocator.tables.table import Table

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
# Likeness is measured against each known id in turn: past this it costs more than it helps.
_MOST_COMPARED = 5_000
_MOST_ADVISED = 20


def positions(texts: pa.Array, known: pa.Array) -> Places:
    """Return where each text stands among the known ones, -1 where it does not."""
    found = pc.index_in(texts, value_set=known)
    places: Places = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def codes_of(values: Any) -> Places:
    """Return an integer for each value of a column, equal where the values are equal."""
    if isinstance(values, np.ndarray):
        _, codes = np.unique(values, return_inverse=True)
        return codes.astype(np.int64)
    codes_found: Places = values.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes_found


def joint_codes(*columns: Any) -> Places:
    """Return an integer for each row, equal where all the columns are equal."""
    codes = codes_of(columns[0])
    for column in columns[1:]:
        more = codes_of(column)
        codes = codes * (int(more.max(initial=0)) + 1) + more
        _, codes = np.unique(codes, return_inverse=True)
    return codes.astype(np.int64)


def repeats(codes: Places, among: Bools) -> list[Places]:
    """Return the groups of rows that share a code, each in row order, single ones left out.

    Parameters
    ----------
    codes : int64, shape (n_rows,)
    among : bool, shape (n_rows,)
        Rows that take part.
    """
    where = np.flatnonzero(among)
    order = where[np.argsort(codes[where], kind="stable")]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1)) if len(order) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.append(starts, len(order)))
    return (
        [order[start : start + length] for start, length in zip(starts, lengths, strict=True) if length > 1]
        if (len(starts) < len(order))
        else []
    )


def rows_text(table: Table, places: Places) -> str:
    """Write rows as "rows 3, 9"."""
    return "rows " + listed(str(int(table.raw.rows[place])) for place in places)


def check_once(table: Table, columns: tuple[str, ...], rule: str, mend: str, code: str) -> Bools:
    """Fault every row that repeats an earlier row's key; return the rows that are first of theirs."""
    among = table.sound(*columns)
    first = np.ones(len(table), dtype=np.bool_)
    codes = joint_codes(*(table.values[column] for column in columns))
    for group in repeats(codes, among):
        table.say(group[1:], columns[-1], code, f"{rule} ({rows_text(table, group)})", mend)
        first[group[1:]] = False
    return first


def check_case(table: Table, column: str) -> None:
    """Fault ids that differ from an earlier one by capital letters alone."""
    ids = table.values[column]
    folded = codes_of(pc.utf8_lower(ids))
    exact = codes_of(ids)
    for group in repeats(folded, table.good[column]):
        others = group[exact[group] != exact[group[0]]]
        if len(others):
            first = f"{table.text(column, int(group[0]))!r} of row {int(table.raw.rows[group[0]])}"
            rule = f"differs from {first} in capital letters alone"
            table.say(others, column, "id_case", rule, "give each its own id, or write both alike")


def check_known(
    table: Table,
    column: str,
    known: pa.Array,
    where: str,
    code: str,
    *,
    severity: Severity = "fault",
    rule: str | None = None,
) -> Bools:
    """Find ids that another table does not have; return the rows whose id it has.

    Parameters
    ----------
    known : Arrow text
        The other table's ids.
    where : str
        Name of the other table, for the message.
    """
    there = positions(table.values[column], known) >= 0
    missing = table.good[column] & table.given[column] & ~there
    if missing.any():
        _say_missing(table, column, known, missing, rule or f"is not in {where}", code, severity)
    return there


def _say_missing(
    table: Table, column: str, known: pa.Array, missing: Bools, rule: str, code: str, severity: Severity
) -> None:
    places = np.flatnonzero(missing)
    absent = table.values[column].take(pa.array(places)).dictionary_encode()
    index = absent.indices.to_numpy(zero_copy_only=False)
    plain = {_plain(word): word for word in reversed(known.to_pylist())}
    for number, word in enumerate(absent.dictionary.to_pylist()):
        mend = _advice(word, plain, advise=number < _MOST_ADVISED)
        table.say(
            places[index == number] if number < _MOST_ADVISED else places[:0],
            column,
            code,
            rule,
            mend,
            severity,
        )
    if len(absent.dictionary) > _MOST_ADVISED:
        table.say(
            places[index >= _MOST_ADVISED], column, code, rule, "add it there, or mend the id", severity
        )


def _plain(word: str) -> str:
    return word.casefold().lstrip("0")


def _advice(word: str, plain: dict[str, str], *, advise: bool) -> str:
    same = plain.get(_plain(word))
    if same is not None and same.casefold() != word.casefold():
        return f"{same} is: were leading zeros lost?"
    if same is None and advise and len(plain) <= _MOST_COMPARED:
        same = nearest(word, plain.values())
    return "add it there, or mend the id" if same is None else f"did you mean {same}?"
