"""What a schedule leaves: the backlog week by week, the rate it falls at, hours unused and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.build import Built, build
from allocator.reviews.endings import Ending, endings
from allocator.reviews.figures import each_hours, exact_hours, mondays, priorities
from allocator.reviews.loads import Unused, VolunteerLoad, loads_of, unused_hours
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import open_weeks


@dataclass(frozen=True)
class BacklogWeek:
    """One week, closed ones too. Hours are exact and include handling.

    Parameters
    ----------
    week : date
        Its Monday.
    worked : bool
        Whether the week is open.
    cleared, left : tuple of int, one a priority of the backlog
        Cases read in the week; cases not read by its end.
    cleared_hours, left_hours : tuple of Fraction, one a priority
        Their hours.
    cumulative_cases : int
        Cases read by the week's end: the clearance curve.
    cumulative_hours : Fraction
        Their hours.
    offered : Fraction
        Hours of volunteers whose headteacher has agreed.
    taken : Fraction
        Hours of first readings, in a past week those of volunteers who are gone too.
    second : Fraction
        Hours of second readings.
    free : Fraction
        Hours offered that nothing is put into. ``offered − taken − second``, unless a past week has
        readings beyond what is offered now.
    """

    week: dt.date
    worked: bool
    cleared: tuple[int, ...]
    left: tuple[int, ...]
    cleared_hours: tuple[Fraction, ...]
    left_hours: tuple[Fraction, ...]
    cumulative_cases: int
    cumulative_hours: Fraction
    offered: Fraction
    taken: Fraction
    second: Fraction
    free: Fraction


@dataclass(frozen=True)
class Backlog:
    """What a schedule does and leaves. New cases that fall due meanwhile are in no figure.

    Parameters
    ----------
    priorities : tuple of int
        The priorities that occur, ascending; 1 is the most urgent.
    cases : tuple of int
        Cases of each at the start.
    hours : tuple of Fraction
        Their hours.
    weeks : tuple of BacklogWeek
    volunteers : tuple of VolunteerLoad
        By volunteer_id; those of weeks that are past who are no volunteers any more, too.
    endings : tuple of Ending
        At the rate of the whole programme, and of its last four worked weeks.
    unused : tuple of Unused
        Every volunteer's week with free hours, by volunteer_id and week.
    unused_by_code : tuple of (str, Fraction, int)
        For each reason that occurs, the hours and how many volunteers' weeks; the most hours first.
    """

    priorities: tuple[int, ...]
    cases: tuple[int, ...]
    hours: tuple[Fraction, ...]
    weeks: tuple[BacklogWeek, ...]
    volunteers: tuple[VolunteerLoad, ...]
    endings: tuple[Ending, ...]
    unused: tuple[Unused, ...]
    unused_by_code: tuple[tuple[str, Fraction, int], ...]

    @property
    def left(self) -> int:
        """Cases left at the end."""
        return sum(self.weeks[-1].left)

    @property
    def left_hours(self) -> Fraction:
        """Their hours."""
        return sum(self.weeks[-1].left_hours, Fraction(0))


def backlog(programme: Programme, schedule: Schedule, built: Built | None = None) -> Backlog:
    """Return what a schedule does and leaves, week by week.

    Parameters
    ----------
    programme : Programme
    schedule : Schedule
        Of all the cases of the programme.
    built : Built, optional
        The programme's calendar problem, where it has been built already.

    Raises
    ------
    UsageError
        As `build`.
    KeyError
        Where a case of a week to come has a reader who is no volunteer.
    """
    built = build(programme) if built is None else built
    levels = priorities(programme)
    cases, units = _cleared(programme, schedule, levels)
    loads = loads_of(programme, schedule)
    weeks = _weeks(programme, cases, units, loads)
    unused = unused_hours(built, schedule)
    codes = {row.code for row in unused}
    sums = [(c, [row.hours for row in unused if row.code == c]) for c in sorted(codes)]
    return Backlog(
        priorities=levels,
        cases=tuple(cases.sum(axis=0).tolist()),
        hours=each_hours(units.sum(axis=0), programme),
        weeks=weeks,
        volunteers=loads,
        endings=endings(programme, cases, units),
        unused=unused,
        unused_by_code=tuple(
            sorted(((c, sum(h, Fraction(0)), len(h)) for c, h in sums), key=lambda row: (-row[1], row[0]))
        ),
    )


def _cleared(programme: Programme, schedule: Schedule, levels: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Return cases and units read, by week and priority; the last row is what is left.

    Returns
    -------
    cases, units : int64, shape (weeks + 1, n_priorities)
    """
    priority = programme.cases["priority"].to_numpy(dtype=np.int64)
    shape = (programme.policy.programme.weeks + 1, len(levels))
    cases, units = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    # The backlog's week is -1, which is the last row.
    at = (schedule.week, np.searchsorted(np.array(levels, dtype=np.int64), priority))
    np.add.at(cases, at, 1)
    np.add.at(units, at, programme.case_units)
    return cases, units


def _weeks(
    programme: Programme, cases: Ints, units: Ints, loads: tuple[VolunteerLoad, ...]
) -> tuple[BacklogWeek, ...]:
    done, spent = np.cumsum(cases[:-1], axis=0), np.cumsum(units[:-1], axis=0)
    left, waiting = cases.sum(axis=0) - done, units.sum(axis=0) - spent
    worked = open_weeks(programme.policy.programme)

    def sums(name: str, k: int) -> Fraction:
        return sum((getattr(load, name)[k] for load in loads), Fraction(0))

    return tuple(
        BacklogWeek(
            week=monday,
            worked=bool(worked[k]),
            cleared=tuple(cases[k].tolist()),
            left=tuple(left[k].tolist()),
            cleared_hours=each_hours(units[k], programme),
            left_hours=each_hours(waiting[k], programme),
            cumulative_cases=int(done[k].sum()),
            cumulative_hours=exact_hours(spent[k].sum(), programme),
            offered=sums("offered", k),
            taken=sums("taken", k),
            second=sums("second", k),
            free=sums("free", k),
        )
        for k, monday in enumerate(mondays(programme))
    )
