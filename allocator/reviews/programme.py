"""A review programme as the engine sees it: one policy, typed columns, hours as whole numbers.

Every frame is in canonical order (sorted by its key), has a plain RangeIndex and no missing
column; a table that was not given is an empty frame with the same columns. Ids are text. Blank
text is ``""``; other blanks are as stated a column.

Hours are exact decimals in the files and are never rounded. Here they are whole numbers of one
unit a programme, `units_per_hour` of which make an hour: the least number that makes every hours
cell, every ``days_per_week × hours_per_day``, ``handling_hours`` and ``signoff_hours`` whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from allocator.reviews.policy import Policy
    from allocator.tables.faults import Fault

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class InputFile:
    """A file that was read.

    Parameters
    ----------
    name : str
        Name inside its folder.
    sha256 : str
        Hex digest of its bytes.
    """

    name: str
    sha256: str


@dataclass(frozen=True)
class Previous:
    """An earlier schedule, of ``--previous``.

    Parameters
    ----------
    folder : Path
        The earlier output folder, absolute.
    inputs : tuple of InputFile, sorted by name
        schedule.csv, and second_reads.csv where there is one.
    appointments : DataFrame, sorted by case_id
        case_id, volunteer_id str; week datetime64[s]; hours int64 (units, as the schedule states
        them). The scheduled cases alone; ids that this programme no longer has are still there.
    second_reads : DataFrame, sorted by case_id
        The same columns.
    """

    folder: Path
    inputs: tuple[InputFile, ...]
    appointments: pd.DataFrame
    second_reads: pd.DataFrame


@dataclass(frozen=True)
class HandedBack:
    """Cases that volunteers knew and gave back unread, of ``--handed-back``.

    Parameters
    ----------
    path : Path
        Absolute.
    sha256 : str
    rows : DataFrame, sorted by case_id, volunteer_id
        case_id, volunteer_id str; week datetime64[s]; reason str.
    """

    path: Path
    sha256: str
    rows: pd.DataFrame


@dataclass(frozen=True)
class Programme:
    """A programme's frozen inputs.

    Parameters
    ----------
    policy : Policy
        reviews.toml, judged; with an earlier schedule it has a `kept` goal.
    units_per_hour : int
        How many units of time make an hour; every figure of hours below is in these units.
    cases : DataFrame, sorted by case_id
        case_id, child_id, school_id, phase, primary_need str; due datetime64[s]; hours int64
        (units, without handling); priority int64; ready_from datetime64[s] (NaT = at once);
        trust_id str ("none" = in no trust, "" = not known); ready_week int64 (first week, counted
        from 0, that the case may be done in; `weeks` = after the programme).
    officers : DataFrame, sorted by week
        week datetime64[s]; hours int64 (units).
    volunteers : DataFrame, sorted by volunteer_id
        volunteer_id, school_id, trust_id str; headteacher_agreed bool; week_hours int64 (units:
        days_per_week × hours_per_day); first_week, last_week, trained_from datetime64[s] (NaT =
        blank); phases, needs str (codes joined by ";", "" = any); max_cases int64 (-1 = no cap).
    availability : DataFrame, sorted by volunteer_id, week
        volunteer_id str; week datetime64[s]; hours int64 (units).
    conflicts : DataFrame, sorted by volunteer_id, kind, id
        volunteer_id, kind, id, reason str; each declaration once.
    previous : Previous or None
    handed_back : HandedBack or None
    folder : Path or None
        Where the files lie, absolute; None for a programme made in memory.
    inputs : tuple of InputFile, sorted by name
        Each file of the folder that was read.
    warnings : tuple of Fault
        What was doubtful and did not stop the run.
    """

    policy: Policy
    units_per_hour: int
    cases: pd.DataFrame
    officers: pd.DataFrame
    volunteers: pd.DataFrame
    availability: pd.DataFrame
    conflicts: pd.DataFrame
    previous: Previous | None = None
    handed_back: HandedBack | None = None
    folder: Path | None = None
    inputs: tuple[InputFile, ...] = ()
    warnings: tuple[Fault, ...] = field(default=())

    def units(self, hours: Decimal) -> int:
        """Return hours of the policy in units.

        Raises
        ------
        ValueError
            Where the hours are no whole number of units.
        """
        scaled = Fraction(hours) * self.units_per_hour
        if scaled.denominator != 1:
            raise ValueError(f"{hours} hours are no whole number of units of 1/{self.units_per_hour} hour")
        return scaled.numerator

    @property
    def case_units(self) -> Ints:
        """What each case takes of a volunteer's week, units, handling included; shape (n_cases,)."""
        hours: Ints = self.cases["hours"].to_numpy(dtype=np.int64)
        return hours + self.units(self.policy.programme.handling_hours)

    @property
    def signoff_units(self) -> int:
        """What each case takes of the officers' week, units."""
        return self.units(self.policy.programme.signoff_hours)
