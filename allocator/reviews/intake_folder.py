"""Which file of a programme's folder each table stands in."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from allocator.reviews.models import REQUIRED, TABLES
from allocator.reviews.programme import InputFile
from allocator.tables.csv_reader import read_csv
from allocator.tables.findings import Findings
from allocator.tables.nearest import nearest
from allocator.tables.parquet_reader import read_parquet
from allocator.tables.raw import RawTable
from allocator.tables.workbook_reader import Workbook, read_workbook

WORKBOOK = "reviews.xlsx"
# Workbooks that are not read, and the file that should stand in their place.
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".xlsm", ".ods")


def read_folder(
    folder: Path, findings: Findings, besides: Collection[str] = ()
) -> tuple[dict[str, RawTable], tuple[InputFile, ...]]:
    """Read every table of a programme's folder.

    Parameters
    ----------
    folder : Path
    findings : Findings
        Receives what is wrong with the files as files; each table carries its own.
    besides : collection of str
        Other files that are asked for.

    Returns
    -------
    tables : dict of str to RawTable
        By table name, in the order of the contract.
    files : tuple of InputFile
        Every file that was read.
    """
    names = sorted(os.listdir(folder))
    book = read_workbook(folder / WORKBOOK, tuple(TABLES)) if WORKBOOK in names else None
    if book is not None:
        findings.extend(book.findings)
    tables: dict[str, RawTable] = {}
    files: tuple[InputFile, ...] = () if book is None else (InputFile(WORKBOOK, book.sha256),)
    for name in TABLES:
        found = _read(folder, name, names, book, findings)
        if found is None:
            _missing(name, names, book, findings)
            continue
        tables[name] = found
        if book is None or name not in book.tables:
            files += (InputFile(found.label, found.sha256),)
    _others([name for name in names if name not in besides], findings)
    return tables, files


def read_table(path: Path, name: str) -> RawTable:
    """Read a table that stands by itself, as Parquet or as CSV by its name's ending."""
    return read_parquet(path, name) if path.suffix == ".parquet" else read_csv(path, name)


def _read(
    folder: Path, name: str, names: list[str], book: Workbook | None, findings: Findings
) -> RawTable | None:
    ways = [f"{name}{ending}" for ending in (".csv", ".parquet") if f"{name}{ending}" in names]
    sheet = book.tables.get(name) if book is not None else None
    if len(ways) + (sheet is not None) > 1:
        places = ways + ([] if sheet is None else [sheet.label])
        rule = f"the table stands in {' and '.join(places)}"
        findings.add(ways[0], "two_formats", rule, "keep one of them")
    if sheet is not None:
        return sheet
    return read_table(folder / ways[0], name) if ways else None


def _missing(name: str, names: list[str], book: Workbook | None, findings: Findings) -> None:
    if name not in REQUIRED or (book is not None and not book.readable):
        return
    file = f"{name}.csv" if book is None else f"{WORKBOOK}, sheet {name}"
    sheets = [] if book is None else list(book.sheets)
    own = {f"{table}{ending}" for table in TABLES for ending in (".csv", ".parquet")}
    close = nearest(name, [*(found for found in names if found not in own), *sheets])
    other = next((found for found in names if Path(found).stem.casefold() == name), close)
    mend = f"add {name}.csv, {name}.parquet or a sheet of that name in {WORKBOOK}"
    findings.add(file, "table_missing", "the table is missing", f"is it {other!r}?" if other else mend)


def _others(names: list[str], findings: Findings) -> None:
    """Point out files that look like tables and are none."""
    known = {f"{name}{ending}" for name in TABLES for ending in (".csv", ".parquet")} | {WORKBOOK}
    for name in names:
        # A name that is no UTF-8 is shown with its odd bytes replaced.
        name = os.fsencode(name).decode("utf-8", errors="replace")
        stem, ending = Path(name).stem.casefold(), Path(name).suffix.casefold()
        if name in known or name.startswith((".", "~$")):
            continue
        if ending in _OTHER_WORKBOOKS and (stem in TABLES or stem == "reviews"):
            rule, mend = f"a {ending} workbook is not read", f"save it as {WORKBOOK} or as CSV"
            findings.add(name, "workbook_kind", rule, mend)
        elif ending in (".csv", ".parquet", ".xlsx"):
            close = nearest(name, known)
            mend = f"did you mean {close}?" if close else "it can stay; it changes nothing"
            rule = "is no table of a programme, and is not read"
            findings.add(name, "file_unknown", rule, mend, severity="warning")
