"""The programme's calendar: which weeks are worked, and what each volunteer offers in each."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from allocator.reviews.policy import Heading
from allocator.reviews.programme import Programme

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


def week_starts(heading: Heading) -> Days:
    """Return the Mondays of the programme, closed weeks too; datetime64[D], shape (weeks,)."""
    first = np.datetime64(heading.start, "D")
    return np.asarray(first + 7 * np.arange(heading.weeks).astype("timedelta64[D]"))


def open_weeks(heading: Heading) -> Bools:
    """Tell which weeks are worked; shape (weeks,)."""
    closed = np.array(heading.closed_weeks, dtype="datetime64[D]")
    return ~np.isin(week_starts(heading), closed)


def past_weeks(heading: Heading) -> int:
    """Return how many weeks, closed ones too, lie before `as_of`; 0 where it is not given."""
    if heading.as_of is None:
        return 0
    return min(max((heading.as_of - heading.start).days // 7, 0), heading.weeks)


def week_index(days: Any, heading: Heading) -> Ints:
    """Return the week that each day lies in, counted from 0; outside the programme below 0 or past it.

    Parameters
    ----------
    days : datetime64, shape (n,), none of them NaT
    """
    since = np.asarray(days).astype("datetime64[D]") - np.datetime64(heading.start, "D")
    return np.asarray(since.astype(np.int64) // 7, dtype=np.int64)


def ready_weeks(ready_from: Any, heading: Heading) -> Ints:
    """Return the first week, counted from 0, that each case may be done in.

    Parameters
    ----------
    ready_from : datetime64, shape (n,)
        A Saturday or Sunday counts as the Monday after; NaT is at once.

    Returns
    -------
    int64, shape (n,)
        From 0 to `weeks`; the latter where no week of the programme is late enough.
    """
    days = np.asarray(ready_from).astype("datetime64[D]")
    known = ~np.isnat(days)
    found = np.zeros(len(days), dtype=np.int64)
    # Two days on, a Saturday and a Sunday lie in the week that they count for, a Friday still in its own.
    found[known] = week_index(days[known] + np.timedelta64(2, "D"), heading)
    return np.clip(found, 0, heading.weeks)


def hours_offered(programme: Programme) -> Ints:
    """Return what every volunteer offers in every week.

    In a week that is not closed and not before `trained_from`, an availability row stands for
    itself; without one, `days_per_week × hours_per_day` from the volunteer's first week to the last.
    In any other week it is 0. That a headteacher has not agreed changes nothing here.

    Returns
    -------
    int64, shape (n_volunteers, weeks)
        Units, in the order of the volunteers' frame.
    """
    heading, volunteers = programme.policy.programme, programme.volunteers
    weeks = week_starts(heading)
    first, last, trained = (
        _days(volunteers[column]) for column in ("first_week", "last_week", "trained_from")
    )
    usual = ~(weeks < first[:, None]) & ~(weeks > last[:, None])
    offered = np.where(usual, volunteers["week_hours"].to_numpy(dtype=np.int64)[:, None], 0)
    rows = programme.availability
    who = pd.Index(volunteers["volunteer_id"]).get_indexer(pd.Index(rows["volunteer_id"]))
    week = week_index(_days(rows["week"]), heading)
    inside = (week >= 0) & (week < heading.weeks)
    offered[who[inside], week[inside]] = rows["hours"].to_numpy(dtype=np.int64)[inside]
    works = open_weeks(heading) & ~(weeks < trained[:, None])
    return np.where(works, offered, 0)


def officer_units(programme: Programme) -> Ints | None:
    """Return the officers' time in every week, units, shape (weeks,); None where signing off takes none.

    A week without a row has 0.
    """
    heading, rows = programme.policy.programme, programme.officers
    if heading.signoff_hours == 0:
        return None
    week = week_index(_days(rows["week"]), heading)
    inside = (week >= 0) & (week < heading.weeks)
    found = np.zeros(heading.weeks, dtype=np.int64)
    found[week[inside]] = rows["hours"].to_numpy(dtype=np.int64)[inside]
    return found


def _days(column: pd.Series[Any]) -> Days:
    return np.asarray(column.to_numpy(), dtype="datetime64[D]")
