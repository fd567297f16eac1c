"""A CSV file as a raw table: UTF-8, comma, every cell text, every row at its own number."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from allocator.tables.findings import Findings
from allocator.tables.raw import RawTable, digest, read_bytes, refused, tidy

_BOM = b"\xef\xbb\xbf"
_MOST_COLUMNS = 1_000
_LARGEST_BLOCK = 1 << 30
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_END = re.compile(rb"\r\n|\r|\n")
# What a file of another kind begins with, and how to name it.
FILE_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or protected Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
)


def read_csv(path: Path, name: str, label: str | None = None) -> RawTable:
    """Read a CSV file; ``.gz`` is unpacked, and the digest is that of the file as it lies.

    Parameters
    ----------
    path : Path
    name : str
        Which table it is.
    label : str, optional
        How faults name the file; its own name by default.
    """
    label = path.name if label is None else label
    findings = Findings()
    data = read_bytes(path, label, findings)
    if data is None:
        return refused(name, label, "", findings)
    sha256 = digest(data)
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError):
            findings.add(label, "file_kind", "is no gzip archive", "pack it again, or give plain CSV")
            return refused(name, label, sha256, findings)
    text = data.removeprefix(_BOM)
    if not _sound(text, label, findings):
        return refused(name, label, sha256, findings)
    # The parser takes a last line without an end for no line where it is the only one.
    whole = text if text.endswith((b"\n", b"\r")) else text + b"\n"
    return _parse(whole, name, label, sha256, findings)


def _sound(data: bytes, label: str, findings: Findings) -> bool:
    """Judge the bytes before any parser sees them."""
    if not data.strip():
        findings.add(label, "file_empty", "is empty", "was the export finished?")
        return False
    for magic, what in FILE_KINDS:
        if data.startswith(magic):
            findings.add(label, "file_kind", f"is {what}, not CSV", "save it as CSV UTF-8")
            return False
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        rule = "is saved as Unicode text (UTF-16)"
        findings.add(label, "encoding", rule, "save it as CSV UTF-8")
        return False
    return (
        _utf8(data, label, findings) and _no_control(data, label, findings) and _quotes(data, label, findings)
    )


def _utf8(data: bytes, label: str, findings: Findings) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        guess = bytes([byte]).decode("cp1252", errors="replace")
        findings.add(
            label,
            "encoding",
            f"byte 0x{byte:02X} is not UTF-8; in Windows-1252 it would be {guess!r}",
            "save the file as CSV UTF-8",
            row=_line(data, error.start),
        )
        return False
    return True


def _no_control(data: bytes, label: str, findings: Findings) -> bool:
    found = _CONTROL.search(data)
    if found is None:
        return True
    findings.add(
        label,
        "control_character",
        f"has a control character, byte 0x{found[0][0]:02X}",
        "is it a text file at all? Export it again",
        row=_line(data, found.start()),
    )
    return False


def _line(data: bytes, position: int) -> int:
    return 1 + len(_LINE_END.findall(data[:position]))


def _quotes(data: bytes, label: str, findings: Findings) -> bool:
    """Check that quotes open at the start of a cell and close at its end.

    Counting from the first, quotes open and close in turn (a doubled one closes and opens), so
    those at even places must follow a separator or a quote, those at odd places precede one.
    """
    at = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord('"'))
    if not len(at):
        return True
    wrong = _first_wrong_quote(np.frombuffer(data, dtype=np.uint8), at)
    if wrong is None:
        return True
    opened = int(at[wrong - wrong % 2])
    closes = wrong % 2 == 1
    rule = (
        "the quote opened in this row does not close at the end of a cell"
        if closes
        else ("a quote stands inside a cell that does not begin with one")
    )
    if wrong == len(at):
        rule, opened = "the quote opened in this row never closes", int(at[-1])
    findings.add(
        label,
        "quote",
        rule,
        'put the whole cell in quotes, and double each quote inside: "a ""b"" c"',
        row=_record(data, opened, at),
    )
    return False


def _first_wrong_quote(data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64]) -> int | None:
    ends = np.frombuffer(b',\r\n"', dtype=np.uint8)
    padded = np.concatenate(([ord("\n")], data, [ord("\n")])).astype(np.uint8)
    opening, closing = at[0::2], at[1::2]
    # In the padded bytes a quote at p has p before it and p + 2 after it.
    bad_open = np.flatnonzero(~np.isin(padded[opening], ends))
    bad_close = np.flatnonzero(~np.isin(padded[closing + 2], ends))
    wrong = [2 * int(bad_open[0])] if len(bad_open) else []
    wrong += [2 * int(bad_close[0]) + 1] if len(bad_close) else []
    if not wrong and len(at) % 2:
        return len(at)
    return min(wrong) if wrong else None


def _record(data: bytes, position: int, quotes: npt.NDArray[np.int64]) -> int:
    """Return the row that a byte lies in; line ends inside quotes do not count."""
    ends = np.array([found.start() for found in _LINE_END.finditer(data[:position])], dtype=np.int64)
    inside = np.searchsorted(quotes, ends) % 2 == 1
    return 1 + int((~inside).sum())


def _parse(data: bytes, name: str, label: str, sha256: str, findings: Findings) -> RawTable:
    ragged: list[csv.InvalidRow] = []

    def keep(row: csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=min(max(len(data), 1), _LARGEST_BLOCK),
                autogenerate_column_names=True,
            ),
            parse_options=csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=csv.ConvertOptions(
                strings_can_be_null=False,
                check_utf8=False,
                column_types={f"f{position}": pa.string() for position in range(_header_cells(data))},
            ),
        )
    except pa.ArrowInvalid as error:
        findings.add(label, "file_form", f"cannot be read as CSV ({error})", "export it again")
        return refused(name, label, sha256, findings)
    if table.num_columns > _MOST_COLUMNS:
        findings.add(label, "columns_many", f"has {table.num_columns:,} columns", "is it the right file?")
        return refused(name, label, sha256, findings)
    columns = [_one_array(column) for column in table.columns]
    headers = [column[0].as_py() for column in columns]
    # A semicolon in a header is no harm; as many as there are commas are the separators themselves.
    other = max(";\t|", key=" ".join(headers).count)
    if " ".join(headers).count(other) >= len(headers):
        findings.add(
            label, "delimiter", f"has {other!r} between columns, not a comma", "save it with commas", row=1
        )
        return refused(name, label, sha256, findings)
    _ragged(ragged, label, findings)
    rows = _row_numbers(table.num_rows, ragged)
    return tidy(
        name, label, sha256, headers, [column[1:] for column in columns], rows[1:], findings, _cells(ragged)
    )


def _header_cells(data: bytes) -> int:
    """Return at least as many as the header has cells: each is to be read as text."""
    header = _LINE_END.split(data, maxsplit=1)[0]
    return _MOST_COLUMNS if b'"' in header else min(header.count(b",") + 1, _MOST_COLUMNS)


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    joined = column.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _row_numbers(kept: int, ragged: list[csv.InvalidRow]) -> npt.NDArray[np.int64]:
    rows = np.ones(kept + len(ragged), dtype=np.bool_)
    rows[[row.number - 1 for row in ragged]] = False
    return np.flatnonzero(rows) + 1


def _cells(ragged: list[csv.InvalidRow]) -> tuple[str, ...]:
    """Return the cells of the rows that are no part of the table."""
    return tuple(cell.strip().strip('"') for row in ragged for cell in row.text.split(","))


def _ragged(rows: list[csv.InvalidRow], label: str, findings: Findings) -> None:
    for row in rows:
        much = "more" if row.actual_columns > row.expected_columns else "fewer"
        hint = "is a comma in a cell without quotes?" if much == "more" else "is the row cut off?"
        findings.add(
            label,
            "row_length",
            f"has {row.actual_columns} cells, {much} than the header's {row.expected_columns}",
            hint,
            row=row.number,
            value=row.text,
        )
