"""What the accounts of a programme share: units as exact hours, and weeks as days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from allocator.reviews.programme import Programme

Ints = npt.NDArray[np.int64]

# From a week's Monday to its Friday.
_TO_FRIDAY = dt.timedelta(days=4)


def exact_hours(units: int, programme: Programme) -> Fraction:
    """Return units of a programme as hours, not rounded."""
    return Fraction(int(units), programme.units_per_hour)


def each_hours(units: Iterable[Any], programme: Programme) -> tuple[Fraction, ...]:
    """Return units of a programme as hours, one by one, not rounded."""
    return tuple(exact_hours(int(figure), programme) for figure in units)


def mondays(programme: Programme) -> tuple[dt.date, ...]:
    """Return the Monday of every week of the programme, closed ones too."""
    heading = programme.policy.programme
    return tuple(heading.start + dt.timedelta(weeks=number) for number in range(heading.weeks))


def friday(monday: dt.date, weeks_on: int = 0) -> dt.date | None:
    """Return the Friday of a week, or of one that is so many weeks later; None past the calendar's end."""
    try:
        return monday + dt.timedelta(weeks=weeks_on) + _TO_FRIDAY
    except OverflowError:
        return None


def priorities(programme: Programme) -> tuple[int, ...]:
    """Return the priorities that occur among the cases, the most urgent first."""
    return tuple(np.unique(programme.cases["priority"].to_numpy(dtype=np.int64)).tolist())
