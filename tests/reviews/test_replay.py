"""The replay of a schedule agrees with exact chances, and says the same every time."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from allocator.reviews import replay as module
from allocator.reviews.build import build
from allocator.reviews.programme import Programme
from allocator.reviews.replay import Replay, replay
from allocator.reviews.schedule import Schedule
from reviews.greedy_schedules import greedy, invented


@pytest.fixture(scope="module")
def programme() -> Programme:
    return invented(120, 10)


@pytest.fixture(scope="module")
def schedule(programme: Programme) -> Schedule:
    return greedy(build(programme))


def as_of(programme: Programme, weeks: int) -> Programme:
    heading = programme.policy.programme
    heading = heading.model_copy(update={"as_of": heading.start + dt.timedelta(weeks=weeks)})
    return replace(programme, policy=programme.policy.model_copy(update={"programme": heading}))


def variance(schedule: Schedule, chance: float, first: int) -> float:
    """Return the variance of the cases done: independent over volunteers' weeks."""
    found = 0.0
    for name, week in {(v, w) for v, w in zip(schedule.volunteer, schedule.week, strict=True) if w >= first}:
        cases = int(((schedule.volunteer == name) & (schedule.week == week)).sum())
        found += cases**2 * chance * (1 - chance)
    return found


@pytest.mark.parametrize("past", [0, 3])
def test_the_mean_is_the_exact_expectation_but_for_chance(
    programme: Programme, schedule: Schedule, past: int
) -> None:
    """By linearity, each case to come is done with chance 1 − q; the mean lies within four deviations."""
    for found in replay(as_of(programme, past), schedule):
        q = found.drop_out
        sure = int(((schedule.week >= 0) & (schedule.week < past)).sum())
        planned = int((schedule.week >= 0).sum())
        expected = sure + (planned - sure) * (1 - q)
        assert found.total.planned == planned
        assert found.total.expected == pytest.approx(expected, abs=1e-9)
        spread = math.sqrt(variance(schedule, q, past) / found.runs)
        assert abs(found.total.mean - expected) < 4 * spread
        assert found.total.low < found.total.mean < found.total.high <= planned
        for k, week in enumerate(found.weeks):
            assert week.done.planned == (schedule.week == k).sum()
            if k < past:
                assert week.done.low == week.done.high == week.done.planned == week.done.expected


def test_leaving_wears_the_weeks_down(programme: Programme, schedule: Schedule) -> None:
    """In the k-th week to come a volunteer is there with chance (1 − q)(1 − h)^k."""
    (found,) = replay(as_of(programme, 2), schedule, (0.1,), leaving=0.05, runs=4000)
    for k, week in enumerate(found.weeks):
        chance = 1.0 if k < 2 else 0.9 * 0.95 ** (k - 1)
        assert week.done.expected == pytest.approx(week.done.planned * chance)
        assert abs(week.done.mean - week.done.expected) <= 0.06 * max(week.done.planned, 1)
    (stays,) = replay(as_of(programme, 2), schedule, (0.1,), runs=4000)
    assert found.total.mean < stays.total.mean


def test_sums_agree(programme: Programme, schedule: Schedule) -> None:
    """By priority and by week each add up to the whole, in plan, expectation and mean."""
    for found in replay(programme, schedule, leaving=0.02):
        for name in ("planned", "expected", "mean"):
            total = getattr(found.total, name)
            assert sum(getattr(part, name) for part in found.by_priority) == pytest.approx(total)
            assert sum(getattr(week.done, name) for week in found.weeks) == pytest.approx(total)
            for week in found.weeks:
                assert sum(getattr(part, name) for part in week.by_priority) == pytest.approx(
                    getattr(week.done, name)
                )
        assert found.weeks[-1].cumulative == found.total
        cumulative = [week.cumulative.median for week in found.weeks]
        assert cumulative == sorted(cumulative)


def test_a_greater_chance_never_has_more_done(programme: Programme, schedule: Schedule) -> None:
    """The draws are the same: every percentile falls."""
    found = replay(programme, schedule, (0.0, 0.05, 0.1, 0.2, 0.5, 1.0))
    for name in ("expected", "mean", "low", "median", "high"):
        column = [getattr(one.total, name) for one in found]
        assert column == sorted(column, reverse=True)
    assert found[0].total.low == found[0].total.planned
    assert found[-1].total.high == 0


def test_the_seed_of_the_lottery_decides(programme: Programme, schedule: Schedule) -> None:
    """The same seed, the same figures; another seed, others; the chances asked for with it do not matter."""
    lottery = programme.policy.lottery.model_copy(update={"seed": "another"})
    other = replace(programme, policy=programme.policy.model_copy(update={"lottery": lottery}))
    assert replay(programme, schedule) == replay(programme, schedule)
    assert replay(programme, schedule)[1] == replay(programme, schedule, (0.05,))[0]
    assert replay(programme, schedule)[0].total.mean != replay(other, schedule)[0].total.mean


def test_how_many_are_drawn_at_once_changes_nothing(
    programme: Programme, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = replay(programme, schedule, leaving=0.03, runs=300)
    monkeypatch.setattr(module, "_AT_ONCE", 1000)
    assert replay(programme, schedule, leaving=0.03, runs=300) == whole


def test_percentiles_are_those_of_the_exact_distribution() -> None:
    """Three volunteers' weeks of 1, 2 and 4 cases: the eight outcomes, counted out by hand."""
    programme = invented(8, 3)
    names = programme.volunteers["volunteer_id"].tolist()
    reader = np.array([names[0], names[1], names[1], *[names[2]] * 4, ""], dtype=object)
    nobody, never = np.full(8, "", dtype=object), np.full(8, -1)
    schedule = Schedule(reader, np.array([0, 1, 1, 2, 2, 2, 2, -1]), nobody, never)
    (found,) = replay(programme, schedule, (0.3,), runs=20_000)
    chances: dict[int, float] = {}
    for there in product((True, False), repeat=3):
        done = sum(cases for cases, here in zip((1, 2, 4), there, strict=True) if here)
        chances[done] = math.prod(0.7 if here else 0.3 for here in there)

    def percentile(share: float) -> int:
        return next(n for n in range(8) if sum(p for done, p in chances.items() if done <= n) >= share)

    # No outcome's cumulative chance comes near these shares, so that no luck moves them.
    assert found.total.low == percentile(0.05) == 1
    assert found.total.median == percentile(0.5) == 5
    assert found.total.high == percentile(0.95) == 7


def test_a_second_reader_who_drops_out_loses_no_case(programme: Programme, schedule: Schedule) -> None:
    names = programme.volunteers["volunteer_id"].to_numpy(dtype=object)
    second = replace(
        schedule, second_volunteer=np.resize(names, len(schedule.week)), second_week=schedule.week.copy()
    )
    assert replay(programme, second) == replay(programme, schedule)


def test_an_empty_schedule_is_replayed_too(programme: Programme, schedule: Schedule) -> None:
    nobody = np.full(len(schedule.week), "", dtype=object)
    empty = Schedule(nobody, np.full(len(nobody), -1), nobody, np.full(len(nobody), -1))
    found: Replay = replay(programme, empty)[0]
    assert (found.total.planned, found.total.mean, found.total.high) == (0, 0.0, 0)


@pytest.mark.parametrize(("chance", "leaving", "runs"), [(-0.1, 0, 1), (1.1, 0, 1), (0.1, 2, 1), (0.1, 0, 0)])
def test_chances_outside_their_range_are_refused(
    programme: Programme, schedule: Schedule, chance: float, leaving: float, runs: int
) -> None:
    with pytest.raises(ValueError, match="a replay needs chances"):
        replay(programme, schedule, (chance,), leaving=leaving, runs=runs)
