"""Typed Arrow columns as the text that a CSV file would hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.findings import Findings

# A double holds every whole number below this; above, digits would claim more than is known.
EXACT = 1e15


def number_text(value: float) -> str:
    """Write a double: its digits where it is whole, else the shortest text that reads back as it."""
    if value == value and abs(value) < EXACT and value == int(value):
        return str(int(value))
    return repr(float(value))


def day_text(value: Any) -> str:
    """Write a day, or a time of midnight, as YYYY-MM-DD; any other time in full."""
    if isinstance(value, dt.datetime):
        midnight = value.tzinfo is None and value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat()
    return str(value.isoformat())


def as_text(column: pa.ChunkedArray, header: str, label: str, findings: Findings) -> pa.Array:
    """Return a column as text, ``""`` where a value is missing.

    Numbers that are whole become their digits, days ISO text, booleans yes and no. A column of
    lists or bytes is a fault.
    """
    joined = column.combine_chunks()
    array = joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_string(kind):
        return pc.fill_null(array, "")
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_integer(kind):
        return pc.fill_null(array.cast(pa.string()), "")
    if pa.types.is_null(kind):
        return pa.array([""] * len(array), type=pa.string())
    if pa.types.is_boolean(kind):
        return pc.fill_null(pc.if_else(array, "yes", "no"), "")
    if pa.types.is_floating(kind):
        return _from_each(array.cast(pa.float64()), number_text)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _from_each(_whole_seconds(array), day_text)
    if pa.types.is_decimal(kind):
        return pc.fill_null(array.cast(pa.string()), "")
    rule = f"is a column of {kind}, not of text, numbers or days"
    findings.add(label, "column_type", rule, "write the column as text", row=1, column=header)
    return pa.array([""] * len(array), type=pa.string())


def _whole_seconds(array: pa.Array) -> pa.Array:
    """Bring nanoseconds to what Python's datetime can hold without losing what is there."""
    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        return array.cast(pa.timestamp("us", tz=array.type.tz), safe=False)
    return array


def _from_each(array: pa.Array, write: Any) -> pa.Array:
    """Write each different value once."""
    coded = array.dictionary_encode()
    words = pa.array([write(value) for value in coded.dictionary.to_pylist()], type=pa.string())
    return pc.fill_null(words.take(coded.indices), "")


def cell_text(value: Any) -> str:
    """Write one cell's value of whatever type; None is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return day_text(value)
    return str(value)
