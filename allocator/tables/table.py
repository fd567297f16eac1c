"""A judged table: typed columns, which cells may be relied on, and a voice for what is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from allocator.tables.faults import Severity
from allocator.tables.findings import Findings
from allocator.tables.raw import RawTable

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass
class Table:
    """A judged table; every column of the model is there, blank cells filled with its default.

    Parameters
    ----------
    raw : RawTable
        What was read.
    values : dict of str to array, shape (n_rows,)
        numpy for figures, days and yes/no; Arrow text for everything else.
    good : dict of str to bool, shape (n_rows,)
        Whether the cell (blank ones included) keeps its column's rule.
    given : dict of str to bool, shape (n_rows,)
        Whether the cell is not blank.
    """

    raw: RawTable
    findings: Findings
    values: dict[str, Any] = field(default_factory=dict)
    good: dict[str, Bools] = field(default_factory=dict)
    given: dict[str, Bools] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def label(self) -> str:
        """The file, as faults name it."""
        return self.raw.label

    def has(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self.raw.columns

    def sound(self, *columns: str) -> Bools:
        """Return the rows whose cells in all these columns keep their rules."""
        every: Bools = np.ones(len(self), dtype=np.bool_)
        for column in columns:
            every = every & self.good[column]
        return every

    def say(
        self,
        where: Bools | Places,
        column: str | None,
        code: str,
        rule: str,
        mend: str = "",
        severity: Severity = "fault",
    ) -> None:
        """Note the same finding at several rows (a mask or positions), each with its cell."""
        places = np.flatnonzero(where) if where.dtype == np.bool_ else where
        texts = self.raw.columns.get(column) if column is not None else None
        for place in places:
            value = None if texts is None else texts[int(place)].as_py()
            self.findings.add(
                self.label,
                code,
                rule,
                mend,
                row=int(self.raw.rows[place]),
                column=column,
                value=value,
                severity=severity,
            )

    def text(self, column: str, place: int) -> str:
        """Return a cell as it stands in the file."""
        return str(self.raw.columns[column][int(place)].as_py())

    def keep(self, mask: Bools) -> Table:
        """Return the rows that a mask picks."""
        kept = pa.array(mask)
        raw = RawTable(
            self.raw.name,
            self.raw.label,
            self.raw.sha256,
            {name: column.filter(kept) for name, column in self.raw.columns.items()},
            self.raw.rows[mask],
            self.raw.findings,
            self.raw.readable,
            self.raw.strays,
        )
        values = {
            name: column[mask] if isinstance(column, np.ndarray) else column.filter(kept)
            for name, column in self.values.items()
        }
        good = {name: column[mask] for name, column in self.good.items()}
        given = {name: column[mask] for name, column in self.given.items()}
        return Table(raw, self.findings, values, good, given)
