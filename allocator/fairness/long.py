"""The one shape of every fairness table: long and tidy, a row a figure.

Other modules make rows with `figure` and join them with `table`; disclosure control reads the same
columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypedDict

import pandas as pd

COLUMNS: Final = (
    "allocation",  # "policy", "actual", or a rule's name
    "table",  # which table of the report the row belongs to: "access", "journeys", "groups" ...
    "dimension",  # "all", "band", a column of the groups, or two joined by " × "
    "group",  # the class within the dimension; "all"
    "measure",  # "placed", "suitability", "minutes", "rank", "load" ...
    "statistic",  # "count", "rate", "mean", "median", "p95", "worst", "gini", "gap", "ratio" ...
    "value",  # float64; NaN where it cannot be had
    "low",
    "high",  # 95 % interval, NaN where there is none
    "n",  # how many the figure is about (the denominator)
    "count",  # the numerator of a rate or the number of a count; -1 where it is none
    "method",  # "wilson", "newcombe", "bootstrap", "exact", ""
    "note",  # "insufficient" where a group is under the floor, or what the measure does not show
)


class Figure(TypedDict, total=False):
    """One row of the long table; columns left out are blank."""

    allocation: str
    table: str
    dimension: str
    group: str
    measure: str
    statistic: str
    value: float
    low: float
    high: float
    n: int
    count: int
    method: str
    note: str


_BLANK: Final[dict[str, Any]] = {
    "allocation": "", "table": "", "dimension": "all", "group": "all", "measure": "", "statistic": "",
    "value": float("nan"), "low": float("nan"), "high": float("nan"), "n": 0, "count": -1, "method": "",
    "note": "",
}  # fmt: skip


def table(figures: Iterable[Figure]) -> pd.DataFrame:
    """Join figures into one frame with every column of `COLUMNS`, in the order given."""
    rows = [_BLANK | dict(figure) for figure in figures]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"value": float, "low": float, "high": float, "n": "int64", "count": "int64"})
