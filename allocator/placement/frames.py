"""Judged tables as the frames of a `Round`: typed, sorted by key, with a plain index."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from allocator.placement.models import LOCATION, TABLES
from allocator.tables.frame_writer import typed_frame
from allocator.tables.judged import fields
from allocator.tables.table import Table

# What each frame is sorted by.
KEYS = {
    "children": ("child_id",),
    "schools": ("school_id",),
    "provisions": ("provision_id",),
    "preferences": ("child_id", "rank"),
    "travel": ("child_id", "school_id"),
    "suitability": ("child_id", "provision_id"),
    "consultations": ("child_id", "school_id"),
    "rulings": ("child_id", "provision_id"),
}
# Ways of giving a place that have become latitude and longitude.
_TURNED = tuple(column for column in LOCATION if column not in ("lat", "lon"))


def frame(name: str, table: Table) -> pd.DataFrame:
    """Return a table's frame; see `Round` for its columns."""
    values = {column: table.values[column] for column in fields(TABLES[name]) if column not in _TURNED}
    if name == "travel":
        minutes = values.pop("minutes")
        values = {
            **{c: v for c, v in values.items() if c != "km"},
            "minutes_tenths": tenths(minutes),
            "km": values["km"],
        }
    if name == "provisions":
        # Whole pounds, ties to even: rint is what Python's round does.
        values["annual_cost"] = np.rint(values["annual_cost"]).astype(np.int64)
    return typed_frame(values, KEYS[name])


def empty(name: str) -> pd.DataFrame:
    """Return the frame of a table that was not given."""
    kinds = {column: kind for column, (kind, _) in fields(TABLES[name]).items() if column not in _TURNED}
    values: dict[str, Any] = {column: kind.array([]) for column, kind in kinds.items()}
    if name == "travel":
        values = {**values, "minutes_tenths": np.zeros(0, dtype=np.int64)}
        values = {column: values[column] for column in ("child_id", "school_id", "minutes_tenths", "km")}
    return typed_frame(values, KEYS[name])


def tenths(minutes: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Round minutes to tenths as Python's ``round(minutes, 1)`` does, and return whole tenths.

    Python rounds the exact binary value, ties to even; ten times the value, rounded, differs from
    that only next to a half, and there the figure goes through Python itself.
    """
    scaled = minutes * 10.0
    near: npt.NDArray[np.int64] = np.rint(scaled).astype(np.int64)
    close = np.abs(np.abs(scaled - np.floor(scaled)) - 0.5) < 1e-6
    for place in np.flatnonzero(close):
        near[place] = round(round(float(minutes[place]), 1) * 10)
    return near
