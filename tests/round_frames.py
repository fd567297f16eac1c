"""The frames of a round made in memory: columns, types and order as `Round` states them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

Row = dict[str, Any]

# Columns and types of each frame, in the order and the types that `Round` states.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "children": {
        "child_id": "str",
        "year_group": "int64",
        "sex": "str",
        "primary_need": "str",
        "secondary_needs": "str",
        "need_score": "int64",
        "lat": "float64",
        "lon": "float64",
        "wheelchair": "bool",
        "residential": "bool",
        "current_provision_id": "str",
        "max_minutes": "float64",
        "priority": "int64",
        "waiting_since": "datetime64[s]",
        "decide_by": "datetime64[s]",
    },
    "schools": {
        "school_id": "str",
        "name": "str",
        "kind": "str",
        "lat": "float64",
        "lon": "float64",
        "trust_id": "str",
        "section_38": "bool",
        "selective": "bool",
        "pupils": "int64",
        "ehcp_pupils": "int64",
        "sen_support_pupils": "int64",
        "places_total": "int64",
    },
    "provisions": {
        "provision_id": "str",
        "school_id": "str",
        "places": "int64",
        "over_places": "int64",
        "held_places": "int64",
        "min_places": "int64",
        "year_from": "int64",
        "year_to": "int64",
        "sex": "str",
        "needs": "str",
        "score_from": "int64",
        "score_to": "int64",
        "accessible": "bool",
        "residential": "bool",
        "annual_cost": "int64",
    },
    "preferences": {"child_id": "str", "rank": "int64", "school_id": "str"},
    "travel": {"child_id": "str", "school_id": "str", "minutes_tenths": "int64", "km": "float64"},
    "suitability": {"child_id": "str", "provision_id": "str", "suitability": "int64"},
    "consultations": {
        "child_id": "str",
        "school_id": "str",
        "response": "str",
        "ground": "str",
        "upheld": "bool",
        "responded_on": "datetime64[s]",
    },
    "rulings": {
        "child_id": "str",
        "provision_id": "str",
        "action": "str",
        "authority": "str",
        "reason": "str",
    },
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "children": ("child_id",),
    "schools": ("school_id",),
    "provisions": ("provision_id",),
    "preferences": ("child_id", "rank"),
    "travel": ("child_id", "school_id"),
    "suitability": ("child_id", "provision_id"),
    "consultations": ("child_id", "school_id"),
    "rulings": ("child_id", "provision_id"),
}


def frame(table: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Make a table's frame in canonical order and with the types that `Round` states.

    Parameters
    ----------
    table : str
        Name of the table, a key of `COLUMNS`.
    rows : iterable of dict
        One mapping a row; every column present.

    Returns
    -------
    DataFrame
        Sorted by the table's key, with a plain RangeIndex.
    """
    ordered = sorted(rows, key=lambda row: tuple(row[column] for column in KEYS[table]))
    return pd.DataFrame(
        {column: _array([row[column] for row in ordered], kind) for column, kind in COLUMNS[table].items()}
    )


def _array(values: list[Any], kind: str) -> Any:
    # The same as a Series of that type; for these tiny columns the way there costs more than the rest.
    if kind == "str":
        return pd.array(values, dtype="str")
    return pd.Series(values, dtype=kind) if kind.startswith("datetime") else np.array(values, dtype=kind)
