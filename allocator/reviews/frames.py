"""Judged tables as the frames of a `Programme`: typed, hours in units, sorted by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from allocator.reviews.models import TABLES, HandedBack
from allocator.reviews.policy import Heading
from allocator.reviews.units import in_units
from allocator.reviews.weeks import ready_weeks
from allocator.tables.frame_writer import typed_frame
from allocator.tables.judged import fields
from allocator.tables.table import Table

# What each frame is sorted by.
KEYS = {
    "cases": ("case_id",),
    "officers": ("week",),
    "volunteers": ("volunteer_id",),
    "availability": ("volunteer_id", "week"),
    "conflicts": ("volunteer_id", "kind", "id"),
    "handed_back": ("case_id", "volunteer_id"),
}


def frame(name: str, table: Table | None, heading: Heading, units: int) -> pd.DataFrame:
    """Return a table's frame, empty where it was not given; see `Programme` for its columns."""
    model = HandedBack if name == "handed_back" else TABLES[name]
    kinds = {column: kind for column, (kind, _) in fields(model).items()}
    values = {
        column: kind.array([]) if table is None else table.values[column] for column, kind in kinds.items()
    }
    return typed_frame(_derived(name, values, heading, units), KEYS[name])


def _derived(name: str, values: Mapping[str, Any], heading: Heading, units: int) -> dict[str, Any]:
    """Turn exact hours into units, and add what follows from a column and the policy alone."""
    found = dict(values)
    if "hours" in found:
        found["hours"] = in_units(found["hours"], units)
    if name == "cases":
        found["ready_week"] = ready_weeks(np.asarray(found["ready_from"]), heading)
    if name == "volunteers":
        days = found["days_per_week"]
        found = {
            "week_hours" if column == "days_per_week" else column: cells for column, cells in found.items()
        }
        found["week_hours"] = in_units(days, units, by=heading.hours_per_day)
    return found
