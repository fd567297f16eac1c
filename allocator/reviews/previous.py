"""An earlier schedule, read for what it fixed and for the measure ``kept``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from allocator.errors import UsageError
from allocator.reviews.kinds import Exact
from allocator.reviews.models import NO_DAY, IdText, Week
from allocator.reviews.programme import InputFile, Previous
from allocator.reviews.units import in_units
from allocator.tables.csv_reader import read_csv
from allocator.tables.findings import Findings
from allocator.tables.frame_writer import typed_frame
from allocator.tables.judged import fields, judge
from allocator.tables.kinds import as_bools
from allocator.tables.kinds_text import Code
from allocator.tables.table import Table

_Hours = Annotated[Decimal, Exact(1_000_000, unit="hours")]


class _Appointment(BaseModel):
    """A row of second_reads.csv; of schedule.csv too, where the case was scheduled."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    case_id: IdText
    volunteer_id: IdText
    week: Week
    hours: _Hours


class _Scheduled(_Appointment):
    """A row of schedule.csv; of a case in the backlog only the id and status are given."""

    status: Annotated[str, Code(("scheduled", "backlog"))]
    volunteer_id: IdText = ""
    week: Week = NO_DAY
    hours: _Hours = Decimal(0)


@dataclass(frozen=True)
class Earlier:
    """An earlier schedule as its files have it: hours are not yet in a programme's units."""

    folder: Path
    inputs: tuple[InputFile, ...]
    schedule: Table
    second_reads: Table | None

    @property
    def hours(self) -> tuple[Decimal, ...]:
        """Every figure of hours in it."""
        second = () if self.second_reads is None else tuple(self.second_reads.values["hours"])
        return (*self.schedule.values["hours"], *second)

    def in_units(self, units: int) -> Previous:
        """Return the schedule with its hours in units."""
        return Previous(
            folder=self.folder,
            inputs=self.inputs,
            appointments=_frame(self.schedule, units),
            second_reads=_frame(self.second_reads, units),
        )


def read_earlier(folder: Path) -> Earlier:
    """Read the appointments of an earlier output folder.

    Raises
    ------
    UsageError
        Where the folder holds no schedule.csv, or one that cannot have come from `review`.
    """
    schedule, file = _read(folder, "schedule", _Scheduled)
    done = as_bools(pc.equal(schedule.values["status"], "scheduled"))
    for name in ("volunteer_id", "week", "hours"):
        odd = np.flatnonzero(done & ~schedule.given[name])
        if len(odd):
            raise UsageError(f"{folder / file.name} row {int(schedule.raw.rows[odd[0]])}: no {name}")
    files, second = [file], None
    if (folder / "second_reads.csv").is_file():
        second, file = _read(folder, "second_reads", _Appointment)
        files.append(file)
    inputs = tuple(sorted(files, key=lambda found: found.name))
    return Earlier(folder.absolute(), inputs, schedule.keep(done), second)


def _read(folder: Path, name: str, model: type[BaseModel]) -> tuple[Table, InputFile]:
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise UsageError(f"{folder}: no earlier result, {path.name} is not there")
    raw, findings = read_csv(path, name), Findings()
    table = judge(raw, model, findings, open_ended=True)
    if findings.faults:
        raise UsageError(f"{path}: not a result of review: {findings.faults[0]}")
    ids = table.values["case_id"]
    if len(ids.unique()) != len(ids):
        raise UsageError(f"{path}: not a result of review: a case stands twice")
    return table, InputFile(path.name, raw.sha256)


def _frame(table: Table | None, units: int) -> pd.DataFrame:
    columns = ("case_id", "volunteer_id", "week", "hours")
    values = {
        column: kind.array([]) if table is None else table.values[column]
        for column, (kind, _) in fields(_Appointment).items()
    }
    values["hours"] = in_units(values["hours"], units)
    return typed_frame({column: values[column] for column in columns}, ("case_id",))
