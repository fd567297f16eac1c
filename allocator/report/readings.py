"""Every reading of a schedule, first and second, beside what its reader needs to know of the case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allocator.reviews.schedule import ScheduleResult

FIRST, SECOND = "first", "second"


@dataclass(frozen=True, order=True)
class Reading:
    """One case for one volunteer in one week; the order is the one to work in.

    Parameters
    ----------
    week : date
        A Monday.
    priority : int
    due : date
    case_id : str
    reading : {"first", "second"}
    volunteer_id, school_id, phase, primary_need : str
    hours : str
        Exact decimal, handling included.
    """

    week: dt.date
    priority: int
    due: dt.date
    case_id: str
    reading: str
    volunteer_id: str
    school_id: str
    phase: str
    primary_need: str
    hours: str


def readings_by_volunteer(result: ScheduleResult) -> dict[str, list[Reading]]:
    """Return the readings of each volunteer that has any, in the order to work in.

    Parameters
    ----------
    result : ScheduleResult
        Its tables hold known cases alone.

    Returns
    -------
    dict of volunteer_id to list of Reading
        Sorted by volunteer_id.
    """
    names = ["priority", "due", "school_id", "phase", "primary_need"]
    columns = (result.programme.cases[name].tolist() for name in names)
    known = dict(zip(result.programme.cases["case_id"], zip(*columns, strict=True), strict=True))
    found: dict[str, list[Reading]] = {}
    first = result.table[result.table["status"] == "scheduled"]
    for kind, table in ((FIRST, first), (SECOND, result.second_reads)):
        rows = zip(*(table[name] for name in ("case_id", "volunteer_id", "week", "hours")), strict=True)
        for case, volunteer, week, hours in rows:
            priority, due, school, phase, need = known[case]
            monday = dt.date.fromisoformat(week)
            reading = Reading(
                monday, int(priority), due.date(), case, kind, volunteer, school, phase, need, hours
            )
            found.setdefault(volunteer, []).append(reading)
    return {volunteer: sorted(found[volunteer]) for volunteer in sorted(found)}
