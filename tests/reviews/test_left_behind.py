"""Whom a schedule leaves behind, recounted pair by pair; the goal that is named really decides."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from allocator.core.calendar.problem import Appointments
from allocator.core.calendar.rules import better, breaches, values
from allocator.reviews.build import Built, build
from allocator.reviews.left_behind import AGE_BANDS, HOUR_BANDS, LeftBehind, days_overdue, left_behind
from allocator.reviews.passed_exchanges import LOTTERY, NO_EXCHANGE, OPEN
from allocator.reviews.passed_over import PassedRow
from allocator.reviews.schedule import Schedule
from reviews.greedy_schedules import every_schedule, greedy, invented, limited_programme


@pytest.fixture(params=range(12))
def built(request: pytest.FixtureRequest) -> Built:
    return build(limited_programme(request.param))


@pytest.fixture
def schedule(built: Built) -> Schedule:
    return greedy(built, share=0.7)


@pytest.fixture
def found(built: Built, schedule: Schedule) -> LeftBehind:
    return left_behind(built.programme, schedule, built, rows=1000)


def test_bands_count_every_case_once(built: Built, schedule: Schedule, found: LeftBehind) -> None:
    cases, units = built.programme.cases, built.programme.case_units
    done = schedule.week >= 0
    for level in sorted(set(cases["priority"])):
        bands = [band for band in found.bands if band.priority == level]
        here = cases["priority"].to_numpy() == level
        assert sum(band.scheduled for band in bands) == (here & done).sum()
        assert sum(band.left for band in bands) == (here & ~done).sum()
        left = Fraction(int(units[here & ~done].sum()), built.programme.units_per_hour)
        assert sum(band.left_hours for band in bands) == left
    assert sum(band.scheduled + band.left for band in found.bands) == len(cases)
    order = [
        (band.priority, HOUR_BANDS.index(band.hour_band), AGE_BANDS.index(band.age_band))
        for band in found.bands
    ]
    assert all(one < other for one, other in pairwise(order))


@pytest.mark.parametrize(
    ("hours", "days", "bands"),
    [
        ("2", 0, ("up to 2 h", "not overdue")),
        ("2.1", 1, ("over 2 to 3 h", "1 to 90 days")),
        ("4", 90, ("over 3 to 4 h", "1 to 90 days")),
        ("4.5", 91, ("over 4 to 6 h", "91 to 180 days")),
        ("6", 730, ("over 4 to 6 h", "over 1 to 2 years")),
        ("6.1", 731, ("over 6 h", "over 2 years")),
        ("1", -30, ("up to 2 h", "not overdue")),
    ],
)
def test_a_case_on_a_bound_belongs_to_the_band_that_ends_there(
    hours: str, days: int, bands: tuple[str, str]
) -> None:
    programme = replace(invented(1, 1), units_per_hour=10)
    due = np.datetime64(programme.policy.programme.start, "s") - np.timedelta64(days, "D")
    units = np.array([int(Fraction(hours) * programme.units_per_hour)])
    programme = replace(programme, cases=programme.cases.assign(hours=units, due=np.array([due])))
    nobody = np.array([""], dtype=object)
    (band,) = left_behind(programme, Schedule(nobody, np.array([-1]), nobody, np.array([-1]))).bands
    assert (band.hour_band, band.age_band) == bands


def test_who_stands_behind_equals_every_pair(built: Built, schedule: Schedule, found: LeftBehind) -> None:
    programme = built.programme
    age, units = days_overdue(programme), programme.case_units
    priority = programme.cases["priority"].to_numpy()
    for row in found.behind:
        done = [i for i in np.flatnonzero(priority == row.priority) if schedule.week[i] >= 0]
        left = [i for i in np.flatnonzero(priority == row.priority) if schedule.week[i] < 0]
        older = [(i, j) for i in left for j in done if age[i] > age[j]]
        longer = [(i, j) for i in left for j in done if units[i] > units[j]]
        assert (row.older_pairs, row.longer_pairs) == (len(older), len(longer))
        assert row.left_older == len({i for i, _ in older})
        assert row.left_longer == len({i for i, _ in longer})
        assert row.left_either == len({i for i, _ in older + longer})
        assert (row.scheduled, row.left) == (len(done), len(left))
        assert row.oldest_left_days == max((age[i] for i in left), default=None)
        assert row.youngest_scheduled_days == min((age[j] for j in done), default=None)


def naive_ways(built: Built, made: Appointments) -> dict[str, set[str]]:
    """Return the cases left that somebody's appointment passes over, pair by pair."""
    problem, ids = built.problem, built.case_ids[built.agents]
    age = days_overdue(built.programme)[built.agents]
    priority = built.programme.cases["priority"].to_numpy()[built.agents]
    ways: dict[str, set[str]] = {"less_urgent": set(), "younger": set(), "shorter": set()}
    for i in np.flatnonzero(~made.done):
        for j in np.flatnonzero(made.done):
            if problem.barred[i, made.worker[j]] or problem.first[i] > made.period[j]:
                continue
            if priority[j] > priority[i]:
                ways["less_urgent"].add(ids[i])
            elif priority[j] == priority[i]:
                ways["younger"] |= {ids[i]} if age[j] < age[i] else set()
                ways["shorter"] |= {ids[i]} if problem.size[j] < problem.size[i] else set()
    return ways


def test_who_is_passed_over_equals_every_pair(built: Built, schedule: Schedule, found: LeftBehind) -> None:
    ways = naive_ways(built, built.appointments(schedule))
    for way in found.passed_over.ways:
        assert {row.case_id for row in way.rows} == ways[way.way]
        assert way.cases == len(ways[way.way]) == sum(number for *_, number in way.by_goal)
    assert found.passed_over.passed == len(set().union(*ways.values()))
    assert found.passed_over.left == (schedule.week < 0).sum()


def exchanged(built: Built, made: Appointments, row: PassedRow) -> Appointments:
    """Carry an exchange out: the case left in, those named out with their second readings."""
    agent = {name: a for a, name in enumerate(built.case_ids[built.agents])}
    worker = built.volunteer_ids.tolist().index(row.volunteer_id)
    week = (row.week - built.programme.policy.programme.start).days // 7
    parts = [part.copy() for part in (made.worker, made.period, made.second_worker, made.second_period)]
    for name in (row.by_case_id, *row.also):
        assert (made.worker[agent[name]], made.period[agent[name]]) == (worker, week)
        for part in parts:
            part[agent[name]] = -1
    parts[0][agent[row.case_id]], parts[1][agent[row.case_id]] = worker, week
    return Appointments(*parts)


def test_the_goal_named_is_the_first_that_the_exchange_worsens(
    built: Built, schedule: Schedule, found: LeftBehind
) -> None:
    """Every exchange carried out and every goal counted anew; nobody goes who need not."""
    made = built.appointments(schedule)
    before, senses = values(built.problem, made), [better(tier) for tier in built.problem.tiers]
    for row in (row for way in found.passed_over.ways for row in way.rows):
        after = exchanged(built, made, row)
        if row.goal == NO_EXCHANGE:
            assert breaches(built.problem, after)
            continue
        assert breaches(built.problem, after) == {}
        gains = [s * (a - b) for s, a, b in zip(senses, values(built.problem, after), before, strict=True)]
        first = next((k for k, gain in enumerate(gains) if gain), None)
        if row.goal == LOTTERY:
            assert first is None
        elif row.goal == OPEN:
            assert first is not None
            assert gains[first] > 0
        else:
            assert first is not None
            assert gains[first] < 0
            assert built.entries[first] == (row.goal, row.level)
        for name in row.also:
            fewer = replace(row, also=tuple(other for other in row.also if other != name))
            assert breaches(built.problem, exchanged(built, made, fewer))


def test_all_that_can_be_named_is_named() -> None:
    """The programmes above have exchanges of one for several, and every verdict."""
    goals, several = set(), 0
    for seed in range(12):
        built = build(limited_programme(seed))
        for way in left_behind(built.programme, greedy(built, share=0.7), built, 1000).passed_over.ways:
            goals |= {row.goal for row in way.rows}
            several += sum(bool(row.also) for row in way.rows)
    assert goals >= {NO_EXCHANGE, OPEN, "scheduled", "days_late", "school_spread"}
    assert several > 0


@pytest.mark.parametrize("seed", range(15))
def test_the_best_schedule_leaves_no_exchange_open(seed: int) -> None:
    """Of every schedule of a tiny programme the best by the goals: each one passed over has its goal."""
    built = build(limited_programme(seed, 4, 3))
    senses = [better(tier) for tier in built.problem.tiers]
    best = max(
        every_schedule(built),
        key=lambda made: [s * v for s, v in zip(senses, values(built.problem, made), strict=True)],
    )
    found = left_behind(built.programme, built.schedule(best), built)
    assert all(goal != OPEN for way in found.passed_over.ways for goal, *_ in way.by_goal)


def test_the_first_rows_are_the_most_urgent_and_oldest() -> None:
    built = build(invented(300, 8))
    schedule = greedy(built)
    few, many = (left_behind(built.programme, schedule, built, rows) for rows in (5, 500))
    for short, long in zip(few.passed_over.ways, many.passed_over.ways, strict=True):
        assert short.rows == long.rows[:5]
        keys = [(row.priority, -row.days_overdue) for row in long.rows]
        assert keys == sorted(keys)
        assert short.by_goal == long.by_goal
    goals = {goal for way in many.passed_over.ways for goal, *_ in way.by_goal}
    assert goals >= {LOTTERY, "expertise"}
