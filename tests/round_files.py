"""A round made in memory, written as the files that a user would send."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pandas as pd

from allocator.placement.policy import Goal, Policy
from allocator.placement.round import Round
from round_frames import COLUMNS

Rows = list[dict[str, str]]
Tables = Mapping[str, Rows]

# What a blank cell reads as, where that is not blank text: these values are written as blank.
BLANKS: Mapping[str, Any] = {"priority": 0, "places_total": -1, "score_from": 0, "score_to": 1000}
BLANK_COUNTS = ("pupils", "ehcp_pupils", "sen_support_pupils")


def cell_text(column: str, value: Any) -> str:
    """Write one cell as a user would; a blank is empty text."""
    if value is None or value != value or BLANKS.get(column) == value:
        return ""
    if column in BLANK_COUNTS and value < 0:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def text_rows(round_: Round, table: str) -> Rows:
    """Give a table's rows as text cells, under the headers of the contract."""
    frame = getattr(round_, table)
    columns: dict[str, list[Any]] = {name: frame[name].tolist() for name in frame.columns}
    if table == "travel":
        columns["minutes"] = [tenths / 10 for tenths in columns.pop("minutes_tenths")]
    return [
        {name: cell_text(name, value) for name, value in zip(columns, values, strict=True)}
        for values in zip(*columns.values(), strict=True)
    ]


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _goal_lines(goal: Goal) -> list[str]:
    if goal.weighted is not None:
        return ["[[goal]]", f"weighted = {_toml(dict(goal.weighted))}"]
    return ["[[goal]]", f'measure = "{goal.measure}"'] + ([f'by = "{goal.by}"'] if goal.by != "none" else [])


def policy_text(policy: Policy) -> str:
    """Write a policy as `round.toml`."""
    bands = ", ".join(_toml({"name": band.name, "from": band.from_}) for band in policy.need.bands)
    parts = {
        "round": policy.round.model_dump(exclude_none=True),
        "eligibility": policy.eligibility.model_dump(),
        "travel": policy.travel.model_dump(exclude_none=True),
        "lottery": policy.lottery.model_dump(exclude_none=True),
    }
    lines = []
    for name, part in parts.items():
        lines += [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in part.items())]
    lines += ["[need]", f"bands = [ {bands} ]"]
    for goal in policy.goals:
        lines += _goal_lines(goal)
    return "\n".join(lines) + "\n"


def shuffled(rows: Rows, rng: Random) -> Rows:
    """Put a table's rows, and its columns, into another order."""
    names = list(rows[0]) if rows else []
    rng.shuffle(names)
    return [{name: row[name] for name in names} for row in rng.sample(rows, len(rows))]


def _write_csv(tables: Tables, folder: Path) -> None:
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _write_parquet(tables: Tables, folder: Path) -> None:
    for table, rows in tables.items():
        pd.DataFrame(rows).replace({"": None}).to_parquet(folder / f"{table}.parquet", index=False)


def _write_excel(tables: Tables, folder: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for table, rows in tables.items():
        sheet = workbook.create_sheet(table)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([value or None for value in row.values()])
    workbook.save(folder / "round.xlsx")


WRITERS: Mapping[str, Callable[[Tables, Path], None]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "xlsx": _write_excel,
}


def write_round(
    round_: Round,
    folder: Path,
    order: Callable[[Rows], Rows] = list,
    kind: str = "csv",
) -> Path:
    """Write a round as a folder of tables with its `round.toml`.

    Parameters
    ----------
    round_ : Round
        What to write; `previous` is no part of a folder. Tables without rows are left out.
    folder : Path
        Made where it does not exist.
    order : callable, optional
        Reorders a table's rows or columns before they are written.
    kind : {"csv", "parquet", "xlsx"}
        The format of all its tables; every cell is text.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.toml").write_text(policy_text(round_.policy), encoding="utf-8")
    tables = {table: order(text_rows(round_, table)) for table in COLUMNS}
    WRITERS[kind]({table: rows for table, rows in tables.items() if rows}, folder)
    return folder
