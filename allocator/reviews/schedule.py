"""A schedule in a programme's own terms: who reads which case in which week, in rows and weeks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from allocator.reviews.programme import Programme

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Schedule:
    """Appointments of every case of a programme.

    Parameters
    ----------
    volunteer : object, shape (n_cases,)
        The volunteer_id, in the order of the cases' frame; "" where the case stays in the backlog. In a
        week before `as_of` it may be somebody who is no volunteer any more.
    week : int64, shape (n_cases,)
        Counted from 0; -1 in the backlog.
    second_volunteer : object, shape (n_cases,)
        The second reader; "" where there is none.
    second_week : int64, shape (n_cases,)
    """

    volunteer: npt.NDArray[Any]
    week: Ints
    second_volunteer: npt.NDArray[Any]
    second_week: Ints


@dataclass(frozen=True)
class ScheduleResult:
    """What `review` gives back.

    Parameters
    ----------
    programme : Programme
        The inputs that it answers.
    schedule : Schedule
    table : DataFrame
        A row a case, sorted by case_id; the columns of schedule.csv: case_id, status, volunteer_id,
        week (ISO text, "" in the backlog), hours (exact decimal text, handling included, "" in the
        backlog), days_late (int), reason.
    second_reads : DataFrame
        A row a second reading, sorted by case_id; the columns of second_reads.csv.
    goals : list of dict
        An entry a tier, as in run.json.
    status : {"optimal", "feasible"}
    certificate : dict
        The content of certificate.json.
    lottery : dict
        "seed", "commitment", "checked".
    counts : dict of str to int
        "cases", "scheduled", "backlog", "fixed" (done in weeks before `as_of`; part of scheduled),
        "second_reads_picked", "second_reads", "volunteers", "volunteers_used".
    moves : list of dict
        With an earlier schedule, who moves and why: "case_id", "from" and "to" ("volunteer_id",
        "week"; None for the backlog), "why".
    seconds : dict of str to float
        Wall seconds by step.
    cut_short : bool
        Whether the wall limit ended the search.
    before : dict of str to int
        For each measure that the search improved, what it came to before its own goal's turn.
    """

    programme: Programme
    schedule: Schedule
    table: pd.DataFrame
    second_reads: pd.DataFrame
    goals: list[dict[str, Any]]
    status: str
    certificate: dict[str, Any]
    lottery: dict[str, Any]
    counts: dict[str, int]
    moves: list[dict[str, Any]]
    seconds: dict[str, float]
    cut_short: bool = False
    before: dict[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        c = self.counts
        return (
            f"<ScheduleResult {self.programme.policy.programme.id}: {self.status}, "
            f"{c['scheduled']} of {c['cases']} cases scheduled>"
        )
