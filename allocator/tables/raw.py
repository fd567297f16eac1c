"""A table as it was found: columns of text, the row each came from, the file's digest.

Every reader ends here, so trimming, headers, blank rows and control characters are treated
alike whatever the format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.faults import Fault
from allocator.tables.findings import Findings
from allocator.tables.kinds import as_bools, matches

Rows = npt.NDArray[np.int64]
# A spreadsheet's last row: a table that ends just there may have been cut off.
SPREADSHEET_ENDS = (65_536, 1_048_576)
# How a column without a header is called: headers are case-folded, so none is written so.
UNNAMED = r"\([A-Z]+\)"
_CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"


@dataclass(frozen=True)
class RawTable:
    """A table as text.

    Parameters
    ----------
    name : str
        Which table it is: "children".
    label : str
        The file, as faults name it.
    sha256 : str
        Hex digest of the file's bytes; "" for a table made in memory.
    columns : mapping of str to Arrow text, each of shape (n_rows,)
        Trimmed cells by trimmed, case-folded header. No cell is missing: blank is ``""``.
    rows : int64, shape (n_rows,)
        The row as a spreadsheet shows it; blank rows are left out.
    findings : tuple of Fault
        What is wrong or doubtful about the file and its shape.
    readable : bool
        False where the file was refused; then there are no columns.
    strays : tuple of str
        Cells of the rows that had too many or too few: no part of the table, but not unheard of.
    """

    name: str
    label: str
    sha256: str = ""
    columns: Mapping[str, pa.Array] = field(default_factory=dict)
    rows: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    findings: tuple[Fault, ...] = ()
    readable: bool = True
    strays: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, label: str, findings: Findings) -> bytes | None:
    """Return a file's bytes, or None with a fault where it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        rule = f"cannot be opened ({(error.strerror or str(error)).lower()})"
        findings.add(label, "file_shut", rule, "is it a file, and may you read it?")
        return None


def refused(name: str, label: str, sha256: str, findings: Findings) -> RawTable:
    """Return a table that could not be read at all; `findings` says why."""
    return RawTable(name, label, sha256, findings=_all(findings), readable=False)


def tidy(
    name: str,
    label: str,
    sha256: str,
    headers: Sequence[str],
    columns: Sequence[pa.Array],
    rows: Rows,
    findings: Findings,
    strays: tuple[str, ...] = (),
) -> RawTable:
    """Trim headers and cells, leave out blank rows and columns, judge what is no matter of a column's type.

    Parameters
    ----------
    headers : sequence of str
        As they stand in row 1.
    columns : sequence of Arrow text, each of shape (n_rows,)
        One a header; no cell missing.
    rows : int64, shape (n_rows,)
        The spreadsheet row of each.
    findings : Findings
        What is known already; all of it goes into the table's own.
    strays : tuple of str, optional
        See `RawTable`.
    """
    cells = [pc.utf8_trim_whitespace(column) for column in columns]
    blank = np.ones(len(rows), dtype=np.bool_)
    for column in cells:
        if not blank.any():
            break
        blank &= as_bools(pc.equal(column, ""))
    if blank.any():
        kept = pa.array(~blank)
        cells = [column.filter(kept) for column in cells]
        rows = rows[~blank]
    named = _named(label, headers, cells, findings)
    for header, column in named.items():
        _control_characters(label, header, column, rows, findings)
    if len(rows) and int(rows[-1]) in SPREADSHEET_ENDS:
        findings.add(
            label,
            "rows_cut",
            f"ends at row {int(rows[-1]):,}, as long as a spreadsheet can be",
            "check that no rows were cut off",
            severity="warning",
        )
    return RawTable(name, label, sha256, named, rows, _all(findings), strays=strays)


def _all(findings: Findings) -> tuple[Fault, ...]:
    return findings.faults + findings.warnings


def folded(header: str) -> str:
    """Return a header as it is compared: trimmed, without a byte-order mark, case-folded."""
    return header.strip().strip("\ufeff").strip().casefold()


def letters(position: int) -> str:
    """Return a spreadsheet's name of the column at a position counted from 0: A … Z, AA …."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def unnamed(position: int) -> str:
    """Return what a column without a header goes by: "(C)"."""
    return f"({letters(position)})"


def _named(
    label: str, headers: Sequence[str], cells: Sequence[pa.Array], findings: Findings
) -> dict[str, pa.Array]:
    named: dict[str, pa.Array] = {}
    places: dict[str, list[str]] = {}
    for position, (header, column) in enumerate(zip(headers, cells, strict=True)):
        key = folded(header)
        if key == "":
            # A column with nothing in it is no column; one that holds text waits for its name to be asked.
            if as_bools(pc.not_equal(column, "")).any():
                named[unnamed(position)] = column
            continue
        places.setdefault(key, []).append(letters(position))
        named.setdefault(key, column)
    for key, where in places.items():
        if len(where) > 1:
            findings.add(
                label,
                "column_twice",
                f"the column appears {len(where)} times ({', '.join(where)})",
                "keep one of them",
                row=1,
                column=key,
            )
    return named


def _control_characters(label: str, header: str, column: pa.Array, rows: Rows, findings: Findings) -> None:
    for position in np.flatnonzero(matches(column, _CONTROL)):
        findings.add(
            label,
            "control_character",
            "has a control character",
            "delete it, or export the table again",
            row=int(rows[position]),
            column=header,
            value=column[int(position)].as_py(),
        )
