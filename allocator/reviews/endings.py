"""The day that a backlog ends, at the rate at which a schedule clears it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.figures import exact_hours, friday, mondays
from allocator.reviews.programme import Programme
from allocator.reviews.weeks import open_weeks

# The rate of late is that of so many worked weeks.
_LATE_WEEKS = 4


@dataclass(frozen=True)
class Ending:
    """When the backlog ends at a rate, if no new case falls due and weeks go on without a break.

    By hours is the more honest of the two: where short cases went first, those left take longer.

    Parameters
    ----------
    basis : {"whole", "late"}
        The rate of all worked weeks, or of the last four of them.
    worked_weeks : int
        How many weeks it is taken over.
    cases_per_week : Fraction
        Cases read ÷ worked weeks; 0 without any.
    hours_per_week : Fraction
        Their hours ÷ worked weeks.
    weeks_by_cases, weeks_by_hours : int or None
        Weeks after the programme until nothing is left, at the rate of cases or of hours; 0 where
        nothing is left, None where the rate is 0 and something is.
    ends_by_cases, ends_by_hours : date or None
        The Friday of the last of them; of the programme's last week with a reading where nothing is
        left (of its first week where nothing ever was).
    """

    basis: Literal["whole", "late"]
    worked_weeks: int
    cases_per_week: Fraction
    hours_per_week: Fraction
    weeks_by_cases: int | None
    weeks_by_hours: int | None
    ends_by_cases: dt.date | None
    ends_by_hours: dt.date | None


def endings(programme: Programme, cases: Ints, units: Ints) -> tuple[Ending, ...]:
    """Return when the backlog ends at the rate of the whole programme, and of its last worked weeks.

    Parameters
    ----------
    programme : Programme
    cases, units : int64, shape (weeks + 1, n_priorities)
        Read in each week; the last row is what is left.
    """
    worked = np.flatnonzero(open_weeks(programme.policy.programme))
    left, waiting = int(cases[-1].sum()), exact_hours(units[-1].sum(), programme)
    read = np.flatnonzero(cases[:-1].sum(axis=1))
    weeks = mondays(programme)
    last = weeks[-1] if left else weeks[int(read[-1]) if len(read) else 0]

    def ending(basis: Literal["whole", "late"], among: Ints) -> Ending:
        number = max(len(among), 1)
        per_case = Fraction(int(cases[among].sum()), number)
        per_hour = exact_hours(units[among].sum(), programme) / number
        by_cases, by_hours = _weeks_on(Fraction(left), per_case), _weeks_on(waiting, per_hour)
        return Ending(
            basis=basis,
            worked_weeks=len(among),
            cases_per_week=per_case,
            hours_per_week=per_hour,
            weeks_by_cases=by_cases,
            weeks_by_hours=by_hours,
            ends_by_cases=None if by_cases is None else friday(last, by_cases),
            ends_by_hours=None if by_hours is None else friday(last, by_hours),
        )

    return ending("whole", worked), ending("late", worked[-_LATE_WEEKS:])


def _weeks_on(left: Fraction, rate: Fraction) -> int | None:
    if not left:
        return 0
    return math.ceil(left / rate) if rate else None
