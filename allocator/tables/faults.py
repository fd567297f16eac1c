"""One fault of one cell, row or file: where it is, what breaks, how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong (`fault`, stops the run) or doubtful (`warning`) in an input file.

    Parameters
    ----------
    file : str
        Name of the file inside the folder; for Excel "round.xlsx, sheet children".
    row : int or None
        The row as a spreadsheet shows it: the header is row 1. None for the whole file.
    column : str or None
        Header of the column, or the dotted key of a policy. None for the whole row.
    value : str or None
        The offending text as it stands in the file, cut at 80 characters.
    rule : str
        What is wrong, in plain English, without the location.
    mend : str
        What to do about it.
    code : str
        Short stable id of the rule, for scripts and tests.
    severity : {"fault", "warning"}
        Whether the run stops.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    mend: str
    code: str
    severity: Severity = "fault"

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """Sort key: file, row, column, then the rule."""
        return (self.file, self.row or 0, self.column or "", self.code, self.value or "")

    def __str__(self) -> str:
        where = self.file
        if self.row is not None:
            where += f" row {self.row}"
        if self.column is not None:
            where += f", {self.column}"
        if self.value is not None:
            where += f" {self.value!r}"
        return f"{where}: {self.rule}" + (f"; {self.mend}" if self.mend else "")

    def as_json(self) -> dict[str, str | int | None]:
        """Return the fault as a plain mapping, for ``--json``."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "rule": self.rule,
            "mend": self.mend,
            "code": self.code,
            "severity": self.severity,
        }
