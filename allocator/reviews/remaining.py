"""What is left of the volunteers' time once the readings that stand have taken theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.core.calendar.problem import Ints
from allocator.reviews.fixed import Texts
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import hours_offered, past_weeks


@dataclass(frozen=True)
class Remaining:
    """The room for new readings.

    Parameters
    ----------
    room : int64, shape (n_volunteers, weeks)
        Units; 0 before `as_of` and for whoever has no headteacher's agreement.
    most : int64, shape (n_volunteers,)
        Cases that each may still take; -1 where there is no cap.
    """

    room: Ints
    most: Ints

    @classmethod
    def after(cls, programme: Programme, fixed: Schedule) -> Remaining:
        """Return what the readings of weeks before `as_of` leave."""
        room = hours_offered(programme)
        room[:, : past_weeks(programme.policy.programme)] = 0
        room[~programme.volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_)] = 0
        most = programme.volunteers["max_cases"].to_numpy(dtype=np.int64).copy()
        capped = most >= 0
        for ids in (fixed.volunteer, fixed.second_volunteer):
            rows = volunteer_rows(programme, ids)
            most -= np.bincount(rows[rows >= 0], minlength=len(most))
        return cls(room, np.where(capped, np.maximum(most, 0), -1))


def volunteer_rows(programme: Programme, ids: Texts) -> Ints:
    """Return the volunteers' rows by their ids; -1 for nobody and for whoever is gone."""
    found = pd.Index(programme.volunteers["volunteer_id"]).get_indexer(pd.Index(ids, dtype=object))
    return np.asarray(found, dtype=np.int64)
