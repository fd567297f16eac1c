"""What a programme can do at best, before anything is solved: hours offered against hours needed."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.build import Built, build
from allocator.reviews.capacity_parts import ExtraDay, Idle, Need, Stranded, Unfilled, WeekCapacity
from allocator.reviews.capacity_rooms import (
    Hours,
    beyond_cap,
    fillable,
    hours_by_fate,
    idle,
    stranded,
    unfilled,
)
from allocator.reviews.figures import exact_hours, mondays
from allocator.reviews.programme import Programme
from allocator.reviews.readable import Readable
from allocator.reviews.weeks import officer_units, past_weeks


@dataclass(frozen=True)
class Capacity:
    """The arithmetic of a programme. All hours are exact fractions of an hour.

    ``total.offered = unfilled_hours + beyond_cap + able``. `able` is an upper bound: no schedule reads more
    hours, and one may read fewer, for each week and volunteer is looked at without the others. Second
    readings and the officers' time are not taken off it; they stand beside it.

    Parameters
    ----------
    weeks : tuple of WeekCapacity
        Every week of the programme, closed ones too.
    total : WeekCapacity
        Their sums; `week` is the programme's start, `volunteers` those with hours in any week, and
        `most_cases` the sum over weeks to come in which anybody offers hours.
    unfilled_hours : Fraction
        Of the hours offered, those that no whole case fits, whatever the schedule.
    beyond_cap : Fraction
        Of what could be filled, the hours beyond volunteers' caps on cases.
    able : Fraction
        The most hours that cases can fill.
    needed : tuple of Need
        One a priority that has open cases, the most urgent first.
    all_needed : Need
        Their sums.
    second_reads : Need
        Second readings still wanted, beside the first.
    fixed_cases : int
        Cases read in weeks before `as_of`; they are in no other figure.
    shortfall : Fraction
        Hours needed − hours able, at least 0.
    shortfall_cases : int
        About how many cases that is: ÷ the mean hours of an open case, rounded up.
    officer_shortfall : int
        Open cases − `total.most_cases`, at least 0; 0 where signing off takes no time.
    extra_day : ExtraDay
    unfilled : tuple of Unfilled
        Whose hours no whole case fits, by volunteer_id.
    idle : tuple of Idle
        Who can be given nothing, by volunteer_id.
    stranded : tuple of Stranded
        Cases that nobody can take, by case_id.
    """

    weeks: tuple[WeekCapacity, ...]
    total: WeekCapacity
    unfilled_hours: Fraction
    beyond_cap: Fraction
    able: Fraction
    needed: tuple[Need, ...]
    all_needed: Need
    second_reads: Need
    fixed_cases: int
    shortfall: Fraction
    shortfall_cases: int
    officer_shortfall: int
    extra_day: ExtraDay
    unfilled: tuple[Unfilled, ...]
    idle: tuple[Idle, ...]
    stranded: tuple[Stranded, ...]


def capacity(programme: Programme, built: Built | None = None) -> Capacity:
    """Return what a programme can do at best.

    Parameters
    ----------
    programme : Programme
    built : Built, optional
        Its calendar problem, where it has been built already.

    Raises
    ------
    UsageError
        As `build`.
    """
    built = build(programme) if built is None else built
    problem, hours, readable = built.problem, hours_by_fate(built), Readable.of(built.problem)
    filled = fillable(problem, readable)
    usable = np.where(filled > 0, problem.room, 0)
    capped = int(beyond_cap(problem, readable, filled).sum())
    able = exact_hours(int(filled.sum()) - capped, programme)
    needed = _needed(built)
    to_do = ~problem.already
    every = Need(None, int(to_do.sum()), exact_hours(problem.size[to_do].sum(), programme))
    weeks, total = _weeks(built, hours, usable)
    shortfall = max(Fraction(0), every.hours - able)
    signed = every.cases if total.most_cases is None else total.most_cases
    return Capacity(
        weeks=weeks,
        total=total,
        unfilled_hours=exact_hours((problem.room - filled).sum(), programme),
        beyond_cap=exact_hours(capped, programme),
        able=able,
        needed=needed,
        all_needed=every,
        second_reads=_second_reads(built),
        fixed_cases=len(programme.cases) - every.cases,
        shortfall=shortfall,
        shortfall_cases=math.ceil(shortfall / every.hours * every.cases) if shortfall else 0,
        officer_shortfall=max(0, every.cases - signed),
        extra_day=_extra_day(built),
        unfilled=unfilled(built, readable, filled),
        idle=idle(built, hours, readable, filled),
        stranded=stranded(built),
    )


def _needed(built: Built) -> tuple[Need, ...]:
    priority = built.programme.cases["priority"].to_numpy(dtype=np.int64)[built.agents]
    found = []
    for level in np.unique(priority).tolist():
        size = built.problem.size[(priority == level) & ~built.problem.already]
        found.append(Need(level, len(size), exact_hours(size.sum(), built.programme)))
    return tuple(found)


def _second_reads(built: Built) -> Need:
    size = built.problem.size[built.problem.wants_second]
    return Need(None, len(size), exact_hours(size.sum(), built.programme))


def _extra_day(built: Built) -> ExtraDay:
    programme, problem = built.programme, built.problem
    size = np.sort(problem.size[~problem.already])
    day = Fraction(programme.policy.programme.hours_per_day)
    at_mean = day * len(size) / exact_hours(size.sum(), programme) if len(size) else None
    # A day that nobody offers need be no whole number of units; whole cases fit its whole units.
    room = math.floor(day * programme.units_per_hour)
    return ExtraDay(day, at_mean, int(np.searchsorted(np.cumsum(size), room, side="right")))


def _weeks(built: Built, hours: Hours, usable: Ints) -> tuple[tuple[WeekCapacity, ...], WeekCapacity]:
    programme, most = built.programme, _most_cases(built)
    weeks = tuple(
        _week(
            programme, monday, hours.during(slice(k, k + 1)), usable[:, k], None if most is None else most[k]
        )
        for k, monday in enumerate(mondays(programme))
    )
    works = hours.offered.any(axis=0)
    signed = None if most is None else most[works].sum()
    return weeks, _week(programme, programme.policy.programme.start, hours, usable, signed)


def _week(programme: Programme, monday: dt.date, hours: Hours, usable: Ints, most: Any) -> WeekCapacity:
    return WeekCapacity(
        week=monday,
        promised=exact_hours(hours.promised.sum(), programme),
        closed=exact_hours(hours.closed.sum(), programme),
        untrained=exact_hours(hours.untrained.sum(), programme),
        not_agreed=exact_hours(hours.not_agreed.sum(), programme),
        past=exact_hours(hours.past.sum(), programme),
        committed=exact_hours(hours.committed.sum(), programme),
        offered=exact_hours(hours.offered.sum(), programme),
        usable=exact_hours(usable.sum(), programme),
        volunteers=int(np.count_nonzero(hours.offered.any(axis=1))),
        most_cases=None if most is None else int(most),
    )


def _most_cases(built: Built) -> Ints | None:
    """Return how many cases the officers can sign off in each week to come; None where it takes no time."""
    units = officer_units(built.programme)
    if units is None:
        return None
    most = units // built.programme.signoff_units
    most[: past_weeks(built.programme.policy.programme)] = 0
    return np.asarray(most, dtype=np.int64)
