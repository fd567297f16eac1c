"""Volunteers' weeks under a schedule: what is offered, taken and free, and why what is free stays so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from allocator.core.calendar.problem import Appointments, Ints
from allocator.reviews.build import Built
from allocator.reviews.figures import each_hours, mondays
from allocator.reviews.programme import Programme
from allocator.reviews.readable import NO_CASE, Readable
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import hours_offered, past_weeks


@dataclass(frozen=True)
class VolunteerLoad:
    """One volunteer's weeks. Hours are exact, one figure a week of the programme.

    Parameters
    ----------
    volunteer_id : str
    listed : bool
        False for somebody who read in a past week and is no volunteer any more.
    agreed : bool
        Whether the headteacher has agreed.
    cases : int
        First and second readings, over the programme.
    offered : tuple of Fraction
        Hours; 0 without agreement.
    taken : tuple of Fraction
        Hours of first readings.
    second : tuple of Fraction
        Hours of second readings.
    free : tuple of Fraction
        Hours offered beyond those taken, at least 0.
    """

    volunteer_id: str
    listed: bool
    agreed: bool
    cases: int
    offered: tuple[Fraction, ...]
    taken: tuple[Fraction, ...]
    second: tuple[Fraction, ...]
    free: tuple[Fraction, ...]


@dataclass(frozen=True)
class Unused:
    """A volunteer's week with free hours.

    Parameters
    ----------
    volunteer_id : str
    week : date
        Its Monday.
    hours : Fraction
        Hours that are free.
    code : str
        The first reason of `UNUSED` that holds.
    """

    volunteer_id: str
    week: dt.date
    hours: Fraction
    code: str

    @property
    def reason(self) -> str:
        """Why, in words."""
        return UNUSED[self.code]


UNUSED = {
    "past": "the week is past",
    "nothing_left": "no case is left",
    "cap": "the volunteer's cap on cases is reached",
    "officers": "the officers can sign off no more cases in that week",
    "barred": "every case that is left is barred by a conflict",
    "not_ready": "no case left that may be read is ready by then",
    "too_long": "no whole case left that may be read fits these hours",
    "fits": "a case that is left would fit, and only a goal or an unfinished search keeps it out",
}


def loads_of(programme: Programme, schedule: Schedule) -> tuple[VolunteerLoad, ...]:
    """Return every volunteer's weeks under a schedule, by volunteer_id."""
    ids = programme.volunteers["volunteer_id"].tolist()
    listed = {name: row for row, name in enumerate(ids)}
    readers = {*schedule.volunteer.tolist(), *schedule.second_volunteer.tolist()} - {""}
    every = sorted({*ids, *readers})
    row = {name: place for place, name in enumerate(every)}
    offered = np.zeros((len(every), programme.policy.programme.weeks), dtype=np.int64)
    agreed = programme.volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_)
    offered[[row[name] for name in ids]] = hours_offered(programme) * agreed[:, None]
    taken, first = _taken(programme, row, schedule.volunteer.tolist(), schedule.week, offered)
    second, again = _taken(programme, row, schedule.second_volunteer.tolist(), schedule.second_week, offered)
    free = np.maximum(offered - taken - second, 0)
    return tuple(
        VolunteerLoad(
            volunteer_id=name,
            listed=name in listed,
            agreed=name in listed and bool(agreed[listed[name]]),
            cases=int(first[k] + again[k]),
            offered=each_hours(offered[k], programme),
            taken=each_hours(taken[k], programme),
            second=each_hours(second[k], programme),
            free=each_hours(free[k], programme),
        )
        for k, name in enumerate(every)
    )


def _taken(
    programme: Programme, row: dict[str, int], readers: list[str], week: Ints, like: Ints
) -> tuple[Ints, Ints]:
    """Return the units of each reader's week, of the shape of `like`, and how many cases each has."""
    units = np.zeros_like(like)
    done = np.flatnonzero(week >= 0)
    who = np.array([row[readers[case]] for case in done.tolist()], dtype=np.int64)
    np.add.at(units, (who, week[done]), programme.case_units[done])
    return units, np.bincount(who, minlength=len(row))


def unused_hours(built: Built, schedule: Schedule) -> tuple[Unused, ...]:
    """Return every volunteer's week with free hours, by volunteer_id and week, and why they stay free.

    Hours without agreement are not offered, and are not among them.
    """
    programme, problem = built.programme, built.problem
    made = built.appointments(schedule)
    listed = set(built.volunteer_ids.tolist())
    loads = [load for load in loads_of(programme, schedule) if load.volunteer_id in listed]
    free = problem.room - made.used(problem)
    codes, weeks = _codes(built, made, free), mondays(programme)
    past = past_weeks(programme.policy.programme)
    return tuple(
        Unused(load.volunteer_id, weeks[k], hours, "past" if k < past else codes[worker][k])
        for worker, load in enumerate(loads)
        for k, hours in enumerate(load.free)
        if hours
    )


def _codes(built: Built, made: Appointments, free: Ints) -> list[list[str]]:
    """Return the reason of every volunteer's week to come; meaningless where nothing is free."""
    problem = built.problem
    left = Readable.of(problem, ~made.done)
    least = left.least()
    both = np.concatenate([made.worker[made.done], made.second_worker[made.second_worker >= 0]])
    load = np.bincount(both, minlength=problem.n_workers)
    signed = np.bincount(made.period[made.done], minlength=problem.n_periods)
    tests = (
        ("nothing_left", np.array(bool(made.done.all()))),
        ("cap", (load >= problem.most)[:, None]),
        ("officers", (signed >= problem.period_most) & (problem.period_most < problem.n_agents)),
        ("barred", ~left.any_case[:, None]),
        ("not_ready", least >= NO_CASE),
        ("too_long", least > free),
    )
    shape = problem.room.shape
    names = np.array([*(code for code, _ in tests), "fits"], dtype=object)
    holds = np.stack([*(np.broadcast_to(test, shape) for _, test in tests), np.ones(shape, dtype=np.bool_)])
    found: list[list[str]] = names[holds.argmax(axis=0)].tolist()
    return found
