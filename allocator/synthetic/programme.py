"""An invented review programme: drawn from a seed, or written as a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from allocator.errors import UsageError
from allocator.synthetic.programme_constants import START
from allocator.synthetic.programme_people import (
    case_frame,
    conflict_frame,
    make_named_schools,
    volunteer_frame,
)
from allocator.synthetic.programme_text import programme_text


@dataclass(frozen=True)
class SyntheticProgramme:
    """An invented review programme.

    Parameters
    ----------
    policy : str
        Text of reviews.toml.
    tables : mapping of str to DataFrame
        Each table of the contract by its name without ".csv", with the cells as the file has
        them (blank text where nothing is given), in the order in which they are written.
    """

    policy: str
    tables: Mapping[str, pd.DataFrame]


def make_programme(
    cases: int = 1200, volunteers: int = 60, seed: int = 1, *, start: dt.date = START
) -> SyntheticProgramme:
    """Draw a programme from the figures in `programme_constants`.

    Parameters
    ----------
    cases, volunteers : int
        At least 1 each. The number of schools follows from the cases.
    seed : int
        At least 0. The same arguments give the same programme on any machine.
    start : date
        The Monday of the first week.

    Raises
    ------
    UsageError
        If an argument is outside its range.
    """
    if cases < 1 or volunteers < 1:
        raise UsageError(f"A programme needs at least 1 case and 1 volunteer, not {cases} and {volunteers}.")
    if seed < 0:
        raise UsageError(f"The seed is a whole number from 0, not {seed}.")
    if start.weekday() != 0:
        raise UsageError(f"A programme starts on a Monday, and {start.isoformat()} is none.")
    schools = make_named_schools(cases, seed)
    case_table = case_frame(schools, cases, start, seed)
    volunteer_table = volunteer_frame(schools, volunteers, start, seed)
    return SyntheticProgramme(
        policy=programme_text(f"reviews-{cases}-{volunteers}-{seed}", start),
        tables={
            "cases": case_table,
            "volunteers": volunteer_table,
            "conflicts": conflict_frame(case_table, volunteer_table, seed),
        },
    )


def write_programme(
    folder: Path, cases: int = 1200, volunteers: int = 60, seed: int = 1, *, start: dt.date = START
) -> SyntheticProgramme:
    """Draw a programme and write its folder: reviews.toml and a CSV file a table.

    Parameters
    ----------
    folder : Path
        Made where it is not there; files of the same names are overwritten. That the folder
        appears whole or not at all is for the caller to see to.
    cases, volunteers, seed, start
        As for `make_programme`.

    Returns
    -------
    SyntheticProgramme
        What was written.
    """
    made = make_programme(cases, volunteers, seed, start=start)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reviews.toml").write_bytes(made.policy.encode())
    for name, table in made.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return made
