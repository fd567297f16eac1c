"""Judged columns as a pandas frame: typed, sorted by key, with a plain index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def typed_frame(columns: Mapping[str, Any], keys: Sequence[str]) -> pd.DataFrame:
    """Return a frame of numpy and Arrow text columns in the order of its key.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_rows,)
        Text keeps pandas' own type of text.
    keys : sequence of str
        Columns to sort by, text by code point.
    """
    order = _order([columns[key] for key in keys])
    return pd.DataFrame({name: _series(values, order) for name, values in columns.items()})


def _order(keys: list[Any]) -> npt.NDArray[np.int64]:
    table = pa.table({f"k{number}": key for number, key in enumerate(keys)})
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in table.column_names])
    found: npt.NDArray[np.int64] = order.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _series(values: Any, order: npt.NDArray[np.int64]) -> pd.Series[Any]:
    if isinstance(values, np.ndarray):
        return pd.Series(values[order])
    return pd.Series(values.take(pa.array(order)).to_pandas(), dtype="str")
