"""What is left of the volunteers' time once the readings that stand have taken theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.core.calendar.problem import Bools, Ints
from allocator.reviews.fixed import Earlier, Texts
from allocator.reviews.pairs import Pairs
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import hours_offered, past_weeks


@dataclass(frozen=True)
class Remaining:
    """The room for new readings, and what stands; `keep_seconds` takes from the one for the other.

    Parameters
    ----------
    room : int64, shape (n_volunteers, weeks)
        Units; 0 before `as_of` and for whoever has no headteacher's agreement.
    most : int64, shape (n_volunteers,)
        Cases that each may still take; -1 where there is no cap.
    fixed : Schedule
        What stands as it was.
    """

    room: Ints
    most: Ints
    fixed: Schedule

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
        copies = (fixed.volunteer, fixed.week, fixed.second_volunteer.copy(), fixed.second_week.copy())
        return cls(room, np.where(capped, np.maximum(most, 0), -1), Schedule(*copies))

    def keep_seconds(
        self, programme: Programme, pairs: Pairs, earlier: Earlier, picked: Bools, draw: Ints
    ) -> None:
        """Keep the second readings still to come of cases whose first stands, where the rules allow them.

        Such a case is settled: it is read, and its second reading stays where it was to be. In lottery
        order, should the hours no longer hold them all.
        """
        fixed, size = self.fixed, programme.case_units
        second, week = volunteer_rows(programme, earlier.second_volunteer), earlier.second_week
        begins = np.maximum(
            programme.cases["ready_week"].to_numpy(dtype=np.int64),
            past_weeks(programme.policy.programme),
        )
        asked = (fixed.week >= 0) & (fixed.second_week < 0) & picked & (second >= 0)
        asked &= (week >= begins) & (week < self.room.shape[1])
        first = volunteer_rows(programme, fixed.volunteer)
        order = np.argsort(draw)
        for row in order[asked[order]].tolist():
            who, when = second[row], week[row]
            alike = first[row] >= 0 and not pairs.unlike[first[row], who]
            full = self.most[who] == 0 or self.room[who, when] < size[row]
            if alike or full or pairs.second_barred[row, who]:
                continue
            self.room[who, when] -= size[row]
            self.most[who] -= self.most[who] > 0
            fixed.second_volunteer[row], fixed.second_week[row] = earlier.second_volunteer[row], when


def volunteer_rows(programme: Programme, ids: Texts) -> Ints:
    """Return the volunteers' rows by their ids; -1 for nobody and for whoever is gone."""
    found = pd.Index(programme.volunteers["volunteer_id"]).get_indexer(pd.Index(ids, dtype=object))
    return np.asarray(found, dtype=np.int64)
