"""What a schedule leaves adds up, and every reason for hours unused is true."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from allocator.core.calendar.rules import breaches
from allocator.reviews.backlog import Backlog, backlog
from allocator.reviews.build import Built, build
from allocator.reviews.loads import UNUSED
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import hours_offered
from reviews.greedy_schedules import greedy, invented, limited_programme

SEEDS = range(12)


def hours(programme: Programme, units: int) -> Fraction:
    return Fraction(int(units), programme.units_per_hour)


@pytest.fixture(params=SEEDS)
def built(request: pytest.FixtureRequest) -> Built:
    return build(limited_programme(request.param))


@pytest.fixture
def schedule(built: Built) -> Schedule:
    return greedy(built, share=0.7)


@pytest.fixture
def found(built: Built, schedule: Schedule) -> Backlog:
    return backlog(built.programme, schedule, built)


def test_cleared_and_left_add_up_in_every_week(built: Built, schedule: Schedule, found: Backlog) -> None:
    """Cases and hours, by priority, recounted from the schedule case by case."""
    programme = built.programme
    priority, units = programme.cases["priority"].to_numpy(), programme.case_units
    for k, week in enumerate(found.weeks):
        for p, level in enumerate(found.priorities):
            here = (priority == level) & (schedule.week == k)
            later = (priority == level) & ((schedule.week > k) | (schedule.week < 0))
            assert (week.cleared[p], week.cleared_hours[p]) == (
                here.sum(),
                hours(programme, units[here].sum()),
            )
            assert (week.left[p], week.left_hours[p]) == (later.sum(), hours(programme, units[later].sum()))
        by_now = (schedule.week >= 0) & (schedule.week <= k)
        assert week.cumulative_cases == by_now.sum() == len(priority) - sum(week.left)
        assert week.cumulative_hours == hours(programme, units[by_now].sum())
        assert week.taken == sum(week.cleared_hours)
    assert found.left == (schedule.week < 0).sum()
    assert found.left_hours == hours(programme, units[schedule.week < 0].sum())
    assert sum(found.cases) == len(priority)
    assert sum(found.hours) == hours(programme, units.sum())


def test_loads_add_up_by_volunteer_and_by_week(built: Built, schedule: Schedule, found: Backlog) -> None:
    """Offered is what is taken, second readings and what is free; the unused hours are what is free."""
    programme = built.programme
    offered = hours_offered(programme)
    for load, units, agreed in zip(
        found.volunteers, offered, programme.volunteers["headteacher_agreed"], strict=True
    ):
        assert load.offered == tuple(hours(programme, u) if agreed else 0 for u in units)
        assert all(
            o == t + s + f
            for o, t, s, f in zip(load.offered, load.taken, load.second, load.free, strict=True)
        )
        reads = (schedule.volunteer == load.volunteer_id).sum()
        assert load.cases == reads + (schedule.second_volunteer == load.volunteer_id).sum()
    for k, week in enumerate(found.weeks):
        for name in ("offered", "taken", "second", "free"):
            assert getattr(week, name) == sum(getattr(load, name)[k] for load in found.volunteers)
        assert week.free == sum(row.hours for row in found.unused if row.week == week.week)
    assert sum(number for *_, number in found.unused_by_code) == len(found.unused)
    assert sum(total for _, total, _ in found.unused_by_code) == sum(row.hours for row in found.unused)


def test_hours_are_unused_because_no_case_left_can_be_put_there(
    built: Built, schedule: Schedule, found: Backlog
) -> None:
    """`fits` stands exactly where a case left could be added and every rule still held."""
    made, who = built.appointments(schedule), built.volunteer_ids.tolist()
    weeks = [week.week for week in found.weeks]
    for row in found.unused:
        worker, period = who.index(row.volunteer_id), weeks.index(row.week)
        can = False
        for agent in np.flatnonzero(~made.done):
            tried = replace(made, worker=made.worker.copy(), period=made.period.copy())
            tried.worker[agent], tried.period[agent] = worker, period
            can |= not breaches(built.problem, tried)
        assert can == (row.code == "fits"), row
        assert row.reason == UNUSED[row.code]


def test_every_reason_occurs() -> None:
    codes = set()
    for seed in range(40):
        built = build(limited_programme(seed, 1 + seed % 3 if seed >= 20 else 9))
        for share in (1.0, 0.5):
            schedule = greedy(built, share)
            codes |= {row.code for row in backlog(built.programme, schedule, built).unused}
    assert codes == set(UNUSED)


def example(weeks: list[int], closed: tuple[int, ...] = ()) -> tuple[Programme, Schedule]:
    """Return a programme of 3-hour cases, the case in each place read in the week given there."""
    programme = invented(len(weeks), 4)
    heading = programme.policy.programme
    days = tuple(heading.start + dt.timedelta(weeks=k) for k in closed)
    heading = heading.model_copy(update={"closed_weeks": days, "weeks": 6})
    policy = programme.policy.model_copy(update={"programme": heading})
    size = np.full(len(weeks), 3 * programme.units_per_hour)
    programme = replace(programme, policy=policy, cases=programme.cases.assign(hours=size))
    nobody = np.full(len(weeks), "", dtype=object)
    first = programme.volunteers["volunteer_id"].iat[0]
    week = np.array(weeks)
    reader = np.where(week >= 0, first, "").astype(object)
    return programme, Schedule(reader, week, nobody, np.full(len(weeks), -1))


def loosely(programme: Programme, schedule: Schedule) -> Backlog:
    """Count a schedule that need not keep the rules."""
    return backlog(programme, schedule)


def test_the_day_the_backlog_ends_by_hand() -> None:
    """Six weeks, one closed: 8 cases in 5 worked weeks, 4 of them in the last four; 7 are left."""
    programme, schedule = example([0, 0, 0, 0, 2, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1], closed=(1,))
    whole, late = loosely(programme, schedule).endings
    start = programme.policy.programme.start
    assert (whole.basis, whole.worked_weeks, whole.cases_per_week) == ("whole", 5, Fraction(8, 5))
    assert whole.hours_per_week == Fraction(24, 5)
    assert whole.weeks_by_cases == whole.weeks_by_hours == 5
    # The Friday of the fifth week after the last.
    assert whole.ends_by_cases == start + dt.timedelta(weeks=5 + 5, days=4)
    assert (late.basis, late.worked_weeks, late.cases_per_week) == ("late", 4, 1)
    assert late.ends_by_hours == start + dt.timedelta(weeks=5 + 7, days=4)


def test_a_rate_of_nought_has_no_end() -> None:
    programme, schedule = example([0, 0, -1])
    whole, late = loosely(programme, schedule).endings
    assert whole.weeks_by_cases == 3
    assert (late.cases_per_week, late.weeks_by_cases, late.ends_by_cases, late.ends_by_hours) == (
        0,
        None,
        None,
        None,
    )


def test_nothing_left_ended_with_its_last_case() -> None:
    programme, schedule = example([0, 2, 2])
    for ending in loosely(programme, schedule).endings:
        assert ending.weeks_by_cases == ending.weeks_by_hours == 0
        assert ending.ends_by_cases == programme.policy.programme.start + dt.timedelta(weeks=2, days=4)


def test_an_end_past_the_calendar_is_none() -> None:
    """A rate so small that no date can be written is no fault."""
    programme, schedule = example([0, -1])
    long = programme.cases.assign(hours=np.array([1, 10**13]))
    whole, _ = loosely(replace(programme, cases=long), schedule).endings
    assert whole.weeks_by_cases == 6
    assert whole.weeks_by_hours == 6 * 10**13
    assert whole.ends_by_hours is None


def test_somebody_who_is_gone_still_has_read_what_they_read() -> None:
    """A past week counts a reader who is no volunteer any more, who offers nothing now."""
    programme, schedule = example([0, 1, -1])
    gone = schedule.volunteer[0]
    rest = programme.volunteers[programme.volunteers["volunteer_id"] != gone].reset_index(drop=True)
    conflicts = programme.conflicts[programme.conflicts["volunteer_id"] != gone].reset_index(drop=True)
    heading = programme.policy.programme
    heading = heading.model_copy(update={"as_of": heading.start + dt.timedelta(weeks=2)})
    policy = programme.policy.model_copy(update={"programme": heading})
    programme = replace(programme, policy=policy, volunteers=rest, conflicts=conflicts)
    built = build(programme)
    # The cases of the past weeks are fixed, as an earlier schedule would have it.
    built = replace(built, agents=np.array([2]), problem=build(_only(programme, 2)).problem)
    found = backlog(programme, schedule, built)
    load = next(load for load in found.volunteers if load.volunteer_id == gone)
    assert (load.listed, load.agreed, load.cases) == (False, False, 2)
    assert (load.taken[:2], sum(load.offered), sum(load.free)) == ((3, 3), 0, 0)
    assert found.weeks[0].taken == 3
    assert gone not in {row.volunteer_id for row in found.unused}


def _only(programme: Programme, row: int) -> Programme:
    return replace(programme, cases=programme.cases.iloc[[row]].reset_index(drop=True))


def test_more_scheduled_never_leaves_more() -> None:
    """Taking appointments away leaves more in every week, and ends later."""
    built = build(invented(200, 12))
    schedule = greedy(built)
    kept = np.arange(len(schedule.week)) % 2 == 0
    fewer = Schedule(
        np.where(kept, schedule.volunteer, ""),
        np.where(kept, schedule.week, -1),
        schedule.second_volunteer,
        schedule.second_week,
    )
    more, less = (backlog(built.programme, one, built) for one in (schedule, fewer))
    for one, other in zip(more.weeks, less.weeks, strict=True):
        assert all(a <= b for a, b in zip(one.left, other.left, strict=True))
        assert one.free <= other.free
    for one_end, other_end in zip(more.endings, less.endings, strict=True):
        assert one_end.weeks_by_hours is not None
        assert other_end.weeks_by_hours is None or one_end.weeks_by_hours <= other_end.weeks_by_hours
