"""The way of a programme's rows into the reader, in memory or through the files themselves."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from allocator.reviews.intake import programme_from_tables, read_programme
from allocator.reviews.programme import Programme
from programme_rows import ProgrammeRows, Row


def read(rows: ProgrammeRows) -> Programme:
    """Judge a programme as its files would be; with an earlier schedule, through the files themselves."""
    if rows.earlier is None and rows.handed_back is None:
        tables = {name: pd.DataFrame(table) for name, table in rows.tables.items() if table}
        return programme_from_tables(rows.policy, tables)
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_programme(rows, folder / "in")
        earlier = None if rows.earlier is None else folder / "earlier"
        back = None if rows.handed_back is None else folder / "handed_back.csv"
        return read_programme(folder / "in", previous=earlier, handed_back=back)


def write_programme(rows: ProgrammeRows, folder: Path) -> None:
    """Write a programme's folder, and beside it `earlier/` and `handed_back.csv` where there are such."""
    folder.mkdir(parents=True)
    (folder / "reviews.toml").write_text(_toml(rows.policy), encoding="utf-8")
    for name, table in rows.tables.items():
        _write(folder / f"{name}.csv", table)
    if rows.earlier is not None:
        (folder.parent / "earlier").mkdir()
        _write(folder.parent / "earlier" / "schedule.csv", rows.earlier)
        _write(folder.parent / "earlier" / "second_reads.csv", rows.earlier_second or [])
    _write(folder.parent / "handed_back.csv", rows.handed_back or [])


def _write(path: Path, table: list[Row]) -> None:
    if table:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)


def _toml(policy: Mapping[str, Any]) -> str:
    lines = []
    for name, part in policy.items():
        for table in part if isinstance(part, list) else [part]:
            lines.append(f"[[{name}]]" if isinstance(part, list) else f"[{name}]")
            lines += [f"{key} = {_toml_value(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    return json.dumps(value) if isinstance(value, (str, bool)) else str(value)
