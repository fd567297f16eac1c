"""A round made in memory, written as the files that a user would send."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from allocator.placement.policy import Goal, Policy
from allocator.placement.round import Round
from round_frames import COLUMNS

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


def text_rows(round_: Round, table: str) -> list[dict[str, str]]:
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


def shuffled(rows: list[dict[str, str]], rng: Random) -> list[dict[str, str]]:
    """Put a table's rows, and its columns, into another order."""
    names = list(rows[0]) if rows else []
    rng.shuffle(names)
    return [{name: row[name] for name in names} for row in rng.sample(rows, len(rows))]


def write_round(
    round_: Round,
    folder: Path,
    order: Callable[[list[dict[str, str]]], list[dict[str, str]]] = list,
) -> Path:
    """Write a round as a folder of CSV files with its `round.toml`.

    Parameters
    ----------
    round_ : Round
        What to write; `previous` is no part of a folder.
    folder : Path
        Made where it does not exist.
    order : callable, optional
        Reorders a table's rows or columns before they are written.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.toml").write_text(policy_text(round_.policy), encoding="utf-8")
    for table in COLUMNS:
        rows = order(text_rows(round_, table))
        if not rows:
            continue
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder
