"""Volunteers' weeks against open cases: what can be filled, who is idle, which cases nobody can take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from allocator.core.calendar.problem import Bools, CalendarProblem, Ints
from allocator.reviews.build import Built
from allocator.reviews.capacity_parts import Idle, Stranded, Unfilled, UnfilledWeek
from allocator.reviews.figures import exact_hours, mondays
from allocator.reviews.fill import best_fill
from allocator.reviews.programme import Programme
from allocator.reviews.readable import NO_CASE, Readable
from allocator.reviews.weeks import hours_offered, past_weeks


@dataclass(frozen=True)
class Hours:
    """Units of each volunteer's week, by what becomes of them; int64, shape (n_volunteers, weeks)."""

    promised: Ints
    closed: Ints
    untrained: Ints
    not_agreed: Ints
    past: Ints
    committed: Ints
    offered: Ints

    def during(self, weeks: slice) -> Hours:
        """Return the hours of some weeks alone."""
        return Hours(*(getattr(self, part.name)[:, weeks] for part in fields(self)))


def hours_by_fate(built: Built) -> Hours:
    """Split what is promised; every unit stands once, under the first reason that takes it."""
    programme = built.programme
    promised = hours_offered(_without(programme, open_all=True, train_all=True))
    opened = hours_offered(_without(programme, open_all=False, train_all=True))
    worked = hours_offered(programme)
    agreed = worked * programme.volunteers["headteacher_agreed"].to_numpy(dtype=np.int64)[:, None]
    to_come = agreed.copy()
    to_come[:, : past_weeks(programme.policy.programme)] = 0
    room = built.problem.room
    return Hours(
        promised,
        promised - opened,
        opened - worked,
        worked - agreed,
        agreed - to_come,
        to_come - room,
        room,
    )


def _without(programme: Programme, *, open_all: bool, train_all: bool) -> Programme:
    """Return a programme as if no week were closed, or nobody had to be trained."""
    policy, volunteers = programme.policy, programme.volunteers
    if open_all:
        heading = policy.programme.model_copy(update={"closed_weeks": ()})
        policy = policy.model_copy(update={"programme": heading})
    if train_all:
        never = np.full(len(volunteers), "NaT", dtype="datetime64[s]")
        volunteers = volunteers.assign(trained_from=never)
    return replace(programme, policy=policy, volunteers=volunteers)


def fillable(problem: CalendarProblem, readable: Readable) -> Ints:
    """Return the most units of each volunteer's week that whole open cases can fill.

    Each week is looked at by itself, so that one case may count in many: no schedule fills more.

    Returns
    -------
    int64, shape (n_workers, n_periods)
    """
    found = np.zeros(problem.room.shape, dtype=np.int64)
    known: dict[tuple[int, bytes], int] = {}
    for period in range(problem.n_periods):
        counts = readable.by_week(period)
        for worker in np.flatnonzero(problem.room[:, period]).tolist():
            room = int(problem.room[worker, period])
            some = np.minimum(counts[:, worker], room // readable.sizes)
            key = (room, some.tobytes())
            if key not in known:
                known[key] = best_fill(room, readable.sizes.tolist(), some.tolist())
            found[worker, period] = known[key]
    return found


def beyond_cap(problem: CalendarProblem, readable: Readable, filled: Ints) -> Ints:
    """Return the units that could be filled but for the cap on cases; shape (n_workers,).

    What a cap leaves is at most the longest cases that may be read and fit the longest week, so many as
    the cap allows.
    """
    total, found = filled.sum(axis=1), np.zeros(problem.n_workers, dtype=np.int64)
    counts = readable.by_week(problem.n_periods - 1)
    for worker in np.flatnonzero(problem.most < problem.n_agents).tolist():
        fits = readable.sizes <= problem.room[worker].max()
        sizes, many = readable.sizes[fits][::-1], counts[fits, worker][::-1]
        before = np.cumsum(many) - many
        taken = np.clip(problem.most[worker] - before, 0, many)
        found[worker] = max(0, int(total[worker] - (taken * sizes).sum()))
    return found


def unfilled(built: Built, readable: Readable, filled: Ints) -> tuple[Unfilled, ...]:
    """Return the volunteers with hours that no whole case fits, by id; see `Unfilled`."""
    programme, weeks, room = built.programme, mondays(built.programme), built.problem.room
    lost, ready = room - filled, readable.least() < NO_CASE

    def week(worker: int, k: int) -> UnfilledWeek:
        code = "length" if ready[worker, k] else "not_ready" if readable.any_case[worker] else "barred"
        return UnfilledWeek(
            week=weeks[k],
            offered=exact_hours(room[worker, k], programme),
            filled=exact_hours(filled[worker, k], programme),
            code=code if built.problem.n_agents else "no_case",
        )

    return tuple(
        Unfilled(
            str(built.volunteer_ids[worker]),
            exact_hours(lost[worker].sum(), programme),
            tuple(week(worker, k) for k in np.flatnonzero(lost[worker]).tolist()),
        )
        for worker in np.flatnonzero(lost.any(axis=1)).tolist()
    )


def idle(built: Built, hours: Hours, readable: Readable, filled: Ints) -> tuple[Idle, ...]:
    """Return the volunteers who can be given nothing, by id, each with the first reason that holds."""
    problem, programme = built.problem, built.programme
    tests = (
        ("not_agreed", ~programme.volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_)),
        ("no_hours", ~hours.promised.any(axis=1)),
        ("closed_or_untrained", ~(hours.promised - hours.closed - hours.untrained).any(axis=1)),
        ("past", ~problem.room.any(axis=1)),
        ("no_case", np.full(problem.n_workers, problem.n_agents == 0)),
        ("cap", problem.most == 0),
        ("barred", ~readable.any_case),
        ("no_fit", ~filled.any(axis=1)),
    )
    found: dict[int, str] = {}
    for code, holds in tests:
        for worker in np.flatnonzero(holds).tolist():
            found.setdefault(worker, code)
    return tuple(
        Idle(
            str(built.volunteer_ids[worker]),
            exact_hours(hours.promised[worker].sum(), programme),
            found[worker],
        )
        for worker in sorted(found)
    )


def stranded(built: Built) -> tuple[Stranded, ...]:
    """Return the open cases that nobody can take, by id."""
    return tuple(_stranded(built))


def _stranded(built: Built) -> Iterator[Stranded]:
    problem, cases = built.problem, built.programme.cases
    late = problem.first >= problem.n_periods
    fits, free = _fits(problem)
    priority = cases["priority"].to_numpy(dtype=np.int64)
    for agent in np.flatnonzero(late | ~free).tolist():
        code = "not_ready" if late[agent] else "barred" if fits[agent] else "too_long"
        row = int(built.agents[agent])
        hours = exact_hours(problem.size[agent], built.programme)
        yield Stranded(str(built.case_ids[row]), int(priority[row]), hours, code)


def _fits(problem: CalendarProblem) -> tuple[Bools, Bools]:
    """Tell which agents fit somebody's week from when they are ready; and which, one who is not barred."""
    longest = np.zeros((problem.n_workers, problem.n_periods + 1), dtype=np.int64)
    longest[:, :-1] = np.maximum.accumulate(problem.room[:, ::-1], axis=1)[:, ::-1]
    enough = longest.T[problem.first] >= problem.size[:, None]
    able = enough & (problem.most > 0)
    return np.asarray(enough.any(axis=1)), np.asarray((able & ~problem.barred).any(axis=1))
