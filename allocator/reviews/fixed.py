"""What an earlier schedule fixes: the readings of the weeks before `as_of`, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from allocator.errors import UsageError
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import past_weeks, week_index

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[Any]


@dataclass(frozen=True)
class Earlier:
    """The earlier schedule in this programme's rows and weeks; nobody and -1 where there is none.

    Parameters
    ----------
    volunteer, second_volunteer : object, shape (n_cases,)
        As the earlier schedule names them, whether they are still there or not.
    week, second_week : int64, shape (n_cases,)
        Counted from this programme's start; outside it below 0 or past its end.
    """

    volunteer: Texts
    week: Ints
    second_volunteer: Texts
    second_week: Ints


def earlier_of(programme: Programme) -> Earlier:
    """Return the earlier schedule of every case that the programme still has."""
    if programme.previous is None:
        nobody = _row_by_row(programme, None)
        return Earlier(*nobody, *_row_by_row(programme, None))
    first = _row_by_row(programme, programme.previous.appointments)
    return Earlier(*first, *_row_by_row(programme, programme.previous.second_reads))


def _row_by_row(programme: Programme, rows: pd.DataFrame | None) -> tuple[Texts, Ints]:
    ids = programme.cases["case_id"]
    volunteer = np.full(len(ids), "", dtype=object)
    week = np.full(len(ids), -1, dtype=np.int64)
    if rows is not None and len(rows):
        at = pd.Index(ids).get_indexer(pd.Index(rows["case_id"]))
        here = at >= 0
        volunteer[at[here]] = rows["volunteer_id"].to_numpy(dtype=object)[here]
        week[at[here]] = week_index(rows["week"].to_numpy(), programme.policy.programme)[here]
    return volunteer, week


def fixed_schedule(programme: Programme, earlier: Earlier) -> Schedule:
    """Return the readings that stand as they were: those of weeks before `as_of`, not handed back.

    Raises
    ------
    UsageError
        Where a case was read before the programme starts: it could be neither fixed nor read again.
    """
    past = past_weeks(programme.policy.programme)
    ids = programme.cases["case_id"].to_numpy(dtype=object)
    before = np.flatnonzero((earlier.volunteer != "") & (earlier.week < 0))
    if past and len(before):
        raise UsageError(
            f"the earlier schedule has case {ids[before[0]]} in a week before the programme starts; "
            "leave [programme] start as it was, and move as_of"
        )
    back = _handed_back(programme)
    first = _stands(ids, earlier.volunteer, earlier.week, past, back)
    second = _stands(ids, earlier.second_volunteer, earlier.second_week, past, back)
    return Schedule(
        np.where(first, earlier.volunteer, ""),
        np.where(first, earlier.week, -1),
        np.where(second, earlier.second_volunteer, ""),
        np.where(second, earlier.second_week, -1),
    )


def _handed_back(programme: Programme) -> set[tuple[str, str]]:
    if programme.handed_back is None:
        return set()
    rows = programme.handed_back.rows
    return set(zip(rows["case_id"], rows["volunteer_id"], strict=True))


def _stands(ids: Texts, volunteer: Texts, week: Ints, past: int, back: set[tuple[str, str]]) -> Bools:
    found = (volunteer != "") & (week >= 0) & (week < past)
    for row in np.flatnonzero(found):
        found[row] = (ids[row], volunteer[row]) not in back
    return np.asarray(found, dtype=np.bool_)
