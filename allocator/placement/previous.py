"""An earlier proposal, read for the measure ``kept``."""

from __future__ import annotations

from pathlib import Path

from allocator.errors import UsageError
from allocator.placement.round import Previous
from allocator.tables.csv_reader import read_csv

_COLUMNS = ("child_id", "status", "provision_id")
_WITH_A_PLACE = ("placed", "fixed")
_STATUSES = (*_WITH_A_PLACE, "unplaced")


def read_previous(folder: Path) -> Previous:
    """Read where an earlier output folder had each child placed.

    Raises
    ------
    UsageError
        Where the folder holds no placements.csv, or one that cannot have come from `place`.
    """
    path = folder / "placements.csv"
    if not path.is_file():
        raise UsageError(f"{folder}: no earlier result, placements.csv is not there")
    raw = read_csv(path, "placements")
    missing = [column for column in _COLUMNS if column not in raw.columns]
    if raw.findings or missing:
        first = str(raw.findings[0]) if raw.findings else f"the column {missing[0]} is missing"
        raise UsageError(f"{path}: not a result of place: {first}")
    ids, status, provision = (raw.columns[column].to_pylist() for column in _COLUMNS)
    if len(set(ids)) != len(ids) or "" in ids:
        raise UsageError(f"{path}: not a result of place: a child is blank or stands twice")
    found: dict[str, str] = {}
    for row, (child, state, place) in enumerate(zip(ids, status, provision, strict=True), start=2):
        if state not in _STATUSES or (state in _WITH_A_PLACE) != (place != ""):
            raise UsageError(f"{path} row {row}: not a result of place: {state!r} at {place!r}")
        if place:
            found[child] = place
    return Previous(folder.absolute(), raw.sha256, found)
