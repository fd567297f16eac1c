"""The two answer tables: a row a case, and a row a second reading; and what they come to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd

from allocator.reviews.build import Built
from allocator.reviews.schedule import Schedule
from allocator.reviews.tiers import lateness
from allocator.reviews.weeks import week_starts

SCHEDULE_COLUMNS = ("case_id", "status", "volunteer_id", "week", "hours", "days_late", "reason")
SECOND_COLUMNS = ("case_id", "volunteer_id", "week", "hours")
SCHEDULED, BACKLOG = "scheduled", "backlog"
# No hours need more digits: a programme's units stay below 2^53, and so do all its hours in units.
_DIGITS = 60


def schedule_table(built: Built, schedule: Schedule, reasons: list[str]) -> pd.DataFrame:
    """Make schedule.csv as a frame: a row for every case, sorted by case_id.

    Parameters
    ----------
    built : Built
    schedule : Schedule
    reasons : list of str
        A sentence a case.
    """
    done = schedule.week >= 0
    late = lateness(built.programme)
    # A case of the backlog counts to the last week: that of index -1.
    days_late = late[np.arange(len(late)), schedule.week]
    return pd.DataFrame(
        {
            "case_id": built.case_ids,
            "status": np.where(done, SCHEDULED, BACKLOG).astype(object),
            "volunteer_id": schedule.volunteer,
            "week": _weeks(built, schedule.week),
            "hours": _hours(built, np.where(done, built.programme.case_units, -1)),
            "days_late": days_late,
            "reason": np.array(reasons, dtype=object),
        }
    )


def second_reads_table(built: Built, schedule: Schedule) -> pd.DataFrame:
    """Make second_reads.csv as a frame: a row a second reading, sorted by case_id."""
    rows = np.flatnonzero(schedule.second_week >= 0)
    return pd.DataFrame(
        {
            "case_id": built.case_ids[rows],
            "volunteer_id": schedule.second_volunteer[rows],
            "week": _weeks(built, schedule.second_week[rows]),
            "hours": _hours(built, built.programme.case_units[rows]),
        }
    )


def counts(built: Built, schedule: Schedule) -> dict[str, int]:
    """Count what a schedule comes to."""
    done = schedule.week >= 0
    used = set(schedule.volunteer) | set(schedule.second_volunteer)
    return {
        "cases": len(done),
        "scheduled": int(done.sum()),
        "backlog": int((~done).sum()),
        "fixed": int((built.fixed.week >= 0).sum()),
        "second_reads_picked": int(built.picked.sum()),
        "second_reads": int((schedule.second_week >= 0).sum()),
        "volunteers": len(built.volunteer_ids),
        "volunteers_used": len(used & set(built.volunteer_ids)),
    }


def mondays(built: Built) -> list[dt.date]:
    """Return the Monday of every week of the programme."""
    found: list[dt.date] = week_starts(built.programme.policy.programme).tolist()
    return found


def hours_text(units: int, units_per_hour: int) -> str:
    """Write hours as an exact decimal without trailing zeros."""
    with localcontext() as context:
        context.prec = _DIGITS
        return f"{(Decimal(units) / Decimal(units_per_hour)).normalize():f}"


def _weeks(built: Built, weeks: np.ndarray) -> np.ndarray:
    """Write weeks by their Mondays; "" for the backlog."""
    texts = np.array([*(day.isoformat() for day in mondays(built)), ""], dtype=object)
    return np.asarray(texts[weeks], dtype=object)


def _hours(built: Built, units: np.ndarray) -> np.ndarray:
    """Write units as hours; "" where they are below 0."""
    distinct, at = np.unique(units, return_inverse=True)
    per_hour = built.programme.units_per_hour
    texts = [hours_text(each, per_hour) if each >= 0 else "" for each in distinct.tolist()]
    return np.array(texts, dtype=object)[at] if texts else np.zeros(0, dtype=object)
