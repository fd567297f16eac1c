"""The arithmetic of a programme equals a plain reading of its files, and no schedule beats it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.reviews import fill
from allocator.reviews.build import build
from allocator.reviews.capacity import Capacity, capacity
from allocator.reviews.capacity_parts import WeekCapacity
from allocator.reviews.programme import Programme
from reviews.greedy_schedules import every_schedule, greedy, invented, limited, limited_programme
from reviews.naive_rules import bars, offered, ready_week
from reviews.random_programmes import START, Drawn

SEEDS = range(12)
FATES = ("closed", "untrained", "not_agreed", "past", "committed", "offered")


def best_subset(room: Fraction | int, sizes: list[Fraction] | list[int]) -> Fraction | int:
    """Try every subset."""
    every = chain.from_iterable(combinations(sizes, n) for n in range(len(sizes) + 1))
    return max(total for some in every if (total := sum(some)) <= room)


class Plain:
    """The files read cell by cell: rooms, readiness and bars, in hours."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        head = drawn.policy["programme"]
        self.day = Fraction(str(head["hours_per_day"]))
        self.weeks = [START + dt.timedelta(weeks=n) for n in range(int(str(head["weeks"])))]
        self.closed = [dt.date.fromisoformat(day) for day in head["closed_weeks"]]  # type: ignore[attr-defined]
        self.past = (head["as_of"] - START).days // 7  # type: ignore[operator]
        self.handling = Fraction(str(head["handling_hours"]))
        self.cases = {row["case_id"]: row for row in drawn.tables["cases"]}
        self.volunteers = {row["volunteer_id"]: row for row in drawn.tables["volunteers"]}

    def hours(self, case: str) -> Fraction:
        return Fraction(self.cases[case]["hours"]) + self.handling

    def promised(self, who: str, week: dt.date) -> Fraction:
        row = {**self.volunteers[who], "trained_from": ""}
        return offered(row, self.drawn.tables["availability"], week, [], self.day)

    def room(self, who: str, number: int) -> Fraction:
        row = self.volunteers[who]
        if row["headteacher_agreed"] == "no" or number < self.past:
            return Fraction(0)
        availability = self.drawn.tables["availability"]
        return offered(row, availability, self.weeks[number], self.closed, self.day)

    def may(self, who: str, case: str, number: int | None = None) -> bool:
        row, switches = self.cases[case], self.drawn.policy["conflicts"]
        barred = bars(
            row,
            self.volunteers[who],
            self.drawn.tables["conflicts"],
            same_school=bool(switches["same_school"]),
            same_trust=bool(switches["same_trust"]),
        )
        ready = ready_week(row["ready_from"], START, len(self.weeks))
        return not barred and (number is None or ready <= number)

    def readable(self, who: str, number: int) -> list[Fraction]:
        """Return the hours of the cases that somebody may read in a week, however short it is."""
        return [self.hours(case) for case in self.cases if self.may(who, case, number)]

    def capped(self, who: str) -> bool:
        return self.volunteers[who]["max_cases"] == "0"

    def takes(self, who: str, case: str) -> bool:
        """Tell whether the case alone could be given to somebody in some week."""
        return not self.capped(who) and any(
            self.may(who, case, n) and self.hours(case) <= self.room(who, n) for n in range(len(self.weeks))
        )


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def plain(seed: int) -> Plain:
    return Plain(limited(seed))


@pytest.fixture
def found(seed: int) -> Capacity:
    return capacity(limited_programme(seed))


@given(st.integers(0, 60), st.lists(st.integers(1, 25), max_size=7))
def test_the_best_filling_is_the_best_of_every_subset(room: int, cases: list[int]) -> None:
    """Bit by bit and sum by sum alike."""
    sizes = sorted(set(cases))
    counts = [cases.count(size) for size in sizes]
    assert fill.best_fill(room, sizes, counts) == best_subset(room, cases)
    # A room of very many steps, with the same answer: one unit more of each length's step is too much.
    fine = 10**9
    assert fill.best_fill(room * fine, [size * fine for size in sizes], counts) == fine * best_subset(
        room, cases
    )


def test_a_fine_grid_is_searched_sum_by_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "_MOST_BITS", 0)
    cases = [7, 7, 11, 13, 29, 31]
    for room in range(100):
        assert fill.best_fill(room, sorted(set(cases)), [2, 1, 1, 1, 1]) == best_subset(room, cases)


def test_too_many_sums_never_claim_waste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search gives up, the room counts as full."""
    monkeypatch.setattr(fill, "_MOST_BITS", 0)
    monkeypatch.setattr(fill, "_MOST_SUMS", 3)
    assert fill.best_fill(100, [7, 11, 13], [1, 1, 1]) == 100


def test_every_promised_hour_stands_once(plain: Plain, found: Capacity) -> None:
    """Week by week and in all; and what is offered is filled, beyond a cap, or fits nothing."""
    for number, week in enumerate(found.weeks):
        assert week.promised == sum(plain.promised(who, week.week) for who in plain.volunteers)
        assert week.promised == sum((getattr(week, fate) for fate in FATES), Fraction(0))
        assert week.offered == sum(plain.room(who, number) for who in plain.volunteers)
        assert all(getattr(week, fate) >= 0 for fate in FATES)
    for name in ("promised", "usable", *FATES):
        assert getattr(found.total, name) == sum(getattr(week, name) for week in found.weeks)
    assert found.total.offered == found.unfilled_hours + found.beyond_cap + found.able
    assert min(found.unfilled_hours, found.beyond_cap, found.able) >= 0
    assert found.total.offered >= found.total.usable >= found.able


def test_hours_that_no_whole_case_fits_equal_every_subset(plain: Plain, found: Capacity) -> None:
    """Each volunteer's week, with the largest total of cases that may be read there; whose, and in all."""
    lost, usable = {}, Fraction(0)
    for who in plain.volunteers:
        for number, week in enumerate(plain.weeks):
            room, cases = plain.room(who, number), plain.readable(who, number)
            filled = best_subset(room, cases)
            usable += room if filled else 0
            if room > filled:
                lost[who, week] = (room, filled)
                code = next(
                    row.code
                    for one in found.unfilled
                    if one.volunteer_id == who
                    for row in one.weeks
                    if row.week == week
                )
                any_case = any(plain.may(who, case) for case in plain.cases)
                assert code == ("length" if cases else "not_ready" if any_case else "barred")
    assert {
        (row.volunteer_id, week.week): (week.offered, week.filled)
        for row in found.unfilled
        for week in row.weeks
    } == lost
    assert found.total.usable == usable
    assert found.unfilled_hours == sum((row.hours for row in found.unfilled), Fraction(0))
    assert found.unfilled_hours == sum(room - filled for room, filled in lost.values())


def test_who_is_idle_and_which_case_is_stranded_is_told_exactly(plain: Plain, found: Capacity) -> None:
    """Idle: no case alone could be given; stranded: nobody alone could be given it."""
    idle = {who for who in plain.volunteers if not any(plain.takes(who, case) for case in plain.cases)}
    assert {row.volunteer_id for row in found.idle} == idle
    stranded = {case for case in plain.cases if not any(plain.takes(who, case) for who in plain.volunteers)}
    assert {row.case_id for row in found.stranded} == stranded
    for row in found.idle:
        assert row.promised == sum(plain.promised(row.volunteer_id, week) for week in plain.weeks)
        assert (row.code == "not_agreed") == (
            plain.volunteers[row.volunteer_id]["headteacher_agreed"] == "no"
        )
        assert row.reason
    assert all(row.hours == plain.hours(row.case_id) and row.reason for row in found.stranded)


def test_every_reason_is_seen() -> None:
    """The programmes above leave no code of theirs untried."""
    found = [capacity(limited_programme(seed, 1 + seed % 3)) for seed in range(70)]
    assert {row.code for one in found for row in one.idle} >= {"not_agreed", "no_hours", "cap", "no_fit"}
    assert {row.code for one in found for row in one.idle} >= {"closed_or_untrained", "past", "barred"}
    assert {row.code for one in found for row in one.stranded} == {"not_ready", "too_long", "barred"}
    assert sum(one.beyond_cap > 0 for one in found) > 3


def test_no_schedule_reads_more_hours_than_are_able(seed: int) -> None:
    """Every schedule of a tiny programme, caps and officers in force."""
    built = build(limited_programme(seed, 4, 2))
    found = capacity(built.programme, built)
    hours = [
        Fraction(int(built.problem.size[made.done].sum()), built.programme.units_per_hour)
        for made in every_schedule(built)
    ]
    assert max(hours) <= found.able
    if found.total.most_cases is not None:
        assert max(int(made.done.sum()) for made in every_schedule(built)) <= found.total.most_cases


def test_no_good_schedule_of_a_larger_one_does_either() -> None:
    programme = invented(300, 15)
    built = build(programme)
    schedule, found = greedy(built), capacity(programme, built)
    units = programme.case_units[schedule.week >= 0].sum()
    assert Fraction(int(units), programme.units_per_hour) <= found.able
    assert int((schedule.week < 0).sum()) >= len(found.stranded)


def test_what_is_needed_adds_up(plain: Plain, found: Capacity) -> None:
    by_priority = {need.priority: need for need in found.needed}
    assert list(by_priority) == sorted(by_priority)
    for level, need in by_priority.items():
        rows = [case for case, row in plain.cases.items() if row["priority"] == str(level)]
        assert (need.cases, need.hours) == (len(rows), sum(map(plain.hours, rows)))
    assert found.all_needed.cases == len(plain.cases) == sum(need.cases for need in found.needed)
    assert found.shortfall == max(0, found.all_needed.hours - found.able)
    mean = found.all_needed.hours / found.all_needed.cases
    assert Fraction(found.shortfall) <= found.shortfall_cases * mean < found.shortfall + mean
    day = found.extra_day
    assert day.hours == plain.day
    assert day.at_mean == plain.day / mean
    hours = sorted(map(plain.hours, plain.cases))
    assert day.shortest_first == max(n for n in range(len(hours) + 1) if sum(hours[:n]) <= plain.day)


def test_second_reads_stand_beside_the_first(seed: int) -> None:
    programme = limited_programme(seed)
    built = build(programme)
    found = capacity(programme, built).second_reads
    assert found.cases == int(built.picked.sum())
    picked = Fraction(int(programme.case_units[built.picked].sum()), programme.units_per_hour)
    assert found.hours == picked


def test_one_more_volunteer_never_lessens_what_can_be_done() -> None:
    """A volunteer who agrees adds hours; nothing that could be done before is lost."""
    programme = invented(80, 8)
    few = replace(programme, volunteers=programme.volunteers.iloc[:-1].reset_index(drop=True))
    known = programme.conflicts["volunteer_id"].isin(few.volunteers["volunteer_id"])
    few = replace(few, conflicts=programme.conflicts[known].reset_index(drop=True))
    less, more = capacity(few), capacity(programme)
    assert more.able >= less.able
    assert more.shortfall <= less.shortfall
    assert len(more.stranded) <= len(less.stranded)


def test_a_programme_given_in_another_order_comes_to_the_same(seed: int, found: Capacity) -> None:
    drawn = limited(seed)
    turned = Drawn(drawn.policy, {name: rows[::-1] for name, rows in drawn.tables.items()})
    assert capacity(turned.read()) == found


def test_figures_are_plain_numbers() -> None:
    """No numpy scalar gets out: whoever renders the figures can write them as they are."""

    def plain(value: object) -> bool:
        if isinstance(value, tuple):
            return all(map(plain, value))
        if isinstance(value, (Capacity, WeekCapacity)) or hasattr(value, "__dataclass_fields__"):
            return all(map(plain, vars(value).values()))
        return value is None or type(value) in (int, str, Fraction, dt.date)

    found = capacity(invented(60, 6))
    assert plain(found)
    assert not plain(replace(found, fixed_cases=np.int64(0)))


def test_nothing_to_read_is_said_as_such() -> None:
    programme: Programme = invented(5, 3)
    empty = replace(programme, cases=programme.cases.iloc[:0])
    found = capacity(empty)
    assert found.all_needed.cases == found.shortfall_cases == found.extra_day.shortest_first == 0
    assert found.extra_day.at_mean is None
    assert found.total.usable == 0
    assert {row.code for row in found.idle} <= {"no_case", "not_agreed", "no_hours", "closed_or_untrained"}
    assert len(found.idle) == 3
