"""The answer tables as bytes: one way to write each value, so that equal answers are equal bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

_DECIMALS = {"minutes": 1, "km": 2}
# Only sentences may hold a comma or a quotation mark; ids and codes never do.
_FREE_TEXT = ("reason",)
# Rows joined at once: a larger call could not be interrupted in time.
BLOCK_ROWS = 50_000


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Write a frame of an answer as CSV: UTF-8, LF, quotes only where needed.

    Parameters
    ----------
    table : DataFrame
        Minutes get one decimal, kilometres two, whole numbers none; missing is blank.

    Returns
    -------
    bytes
    """
    cells = [_texts(table[name], name) for name in table.columns]
    blocks = [",".join(table.columns)]
    for start in range(0, len(table), BLOCK_ROWS):
        rows = zip(*(column[start : start + BLOCK_ROWS] for column in cells), strict=True)
        blocks.append("\n".join(map(",".join, rows)))
    return ("\n".join(blocks) + "\n").encode()


def _texts(column: pd.Series, name: str) -> Sequence[str]:
    if name in _DECIMALS:
        digits = _DECIMALS[name]
        return _each(column.to_numpy(np.float64), lambda v: "" if np.isnan(v) else f"{v:.{digits}f}")
    if pd.api.types.is_integer_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return _each(values, lambda v: "" if np.isnan(v) else str(int(v)))
    texts: list[str] = column.astype(object).tolist()
    return [_quoted(text) for text in texts] if name in _FREE_TEXT else texts


def _each(values: np.ndarray[Any, Any], write: Callable[[float], str]) -> Sequence[str]:
    """Write every distinct value once."""
    distinct, at = np.unique(values, return_inverse=True)
    written = np.array([write(value) for value in distinct.tolist()], dtype=object)
    return list(written[at.reshape(-1)]) if len(distinct) else []


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
