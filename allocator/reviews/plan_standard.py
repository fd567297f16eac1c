"""The volunteer that a plan reckons with: as many hours a week as those give who are there."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.figures import exact_hours
from allocator.reviews.programme import Programme


@dataclass(frozen=True)
class Standard:
    """What one more volunteer gives.

    Parameters
    ----------
    units : int
        `hours_a_week` in the programme's units.
    most_units : int
        A whole day, in units rounded down; no volunteer gives more in a week.
    hours_a_week : Fraction
        Hours, the same in every planned week.
    median_hours : Fraction or None
        days_per_week × hours_per_day, the (lower) median of volunteers whose headteacher has
        agreed and who offer any; None where there are none, and a whole day is taken.
    raised : bool
        Whether the median is too short for some case left, so that more is asked for: the least that
        anybody offers and that holds every case left of up to a day, else a whole day.
    weeks : int
        Open weeks to come.
    """

    units: int
    most_units: int
    hours_a_week: Fraction
    median_hours: Fraction | None
    raised: bool
    weeks: int


def standard_of(programme: Programme, left: Ints, weeks: int) -> Standard:
    """Return the volunteer that a plan reckons with.

    Parameters
    ----------
    programme : Programme
    left : int64, shape (n_left,)
        Units of the cases left.
    weeks : int
        Open weeks to come.
    """
    volunteers = programme.volunteers
    day = math.floor(Fraction(programme.policy.programme.hours_per_day) * programme.units_per_hour)
    offered = volunteers["week_hours"].to_numpy(dtype=np.int64)
    offered = offered[(offered > 0) & volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_)]
    median = statistics.median_low(offered.tolist()) if len(offered) else None
    longest = int(left[left <= day].max(initial=0))
    units = day if median is None else median
    if units < longest:
        units = int(offered[offered >= longest].min(initial=day))
    return Standard(
        units=units,
        most_units=day,
        hours_a_week=exact_hours(units, programme),
        median_hours=None if median is None else exact_hours(median, programme),
        raised=median is not None and units > median,
        weeks=weeks,
    )
