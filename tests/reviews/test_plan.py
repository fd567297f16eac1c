"""A plan's number of volunteers is the least there is, and its cases really fit their weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.reviews import plan_solver
from allocator.reviews.build import build
from allocator.reviews.plan import NEEDS_AT_MOST, plan
from allocator.reviews.plan_figure import one_load
from allocator.reviews.plan_load import Load
from allocator.reviews.plan_packing import Packing, first_fit, holds, realised
from allocator.reviews.plan_solver import fewest, full_weeks
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from reviews.greedy_schedules import greedy, invented


def nothing_scheduled(programme: Programme) -> Schedule:
    nobody = np.full(len(programme.cases), "", dtype=object)
    return Schedule(nobody, np.full(len(nobody), -1), nobody, np.full(len(nobody), -1))


@st.composite
def loads(draw: st.DrawFn, most: int = 6) -> Load:
    room, weeks, n = draw(st.integers(3, 12)), draw(st.integers(1, 3)), draw(st.integers(1, most))
    columns = [draw(st.lists(st.integers(*ends), min_size=n, max_size=n)) for ends in _ends(room, weeks)]
    size, start, group = (np.array(column, dtype=np.int64) for column in columns)
    return Load(size, start, np.unique(group, return_inverse=True)[1], room, weeks)


def _ends(room: int, weeks: int) -> tuple[tuple[int, int], ...]:
    return (1, room), (0, weeks - 1), (0, 1)


def fits(load: Load, kinds: tuple[int, ...]) -> bool:
    """Try every way to put the cases into volunteers of these kinds, one case after the other."""
    room = {(v, w): load.room for v in range(len(kinds)) for w in range(load.weeks)}
    order = np.argsort(-load.size).tolist()

    def put(at: int) -> bool:
        if at == len(order):
            return True
        case, tried = order[at], set()
        for (v, w), left in room.items():
            takes = (
                kinds[v] in (0, load.group[case] + 1) and w >= load.start[case] and left >= load.size[case]
            )
            if not takes or (kinds[v], w, left, tuple(room[v, k] for k in range(load.weeks))) in tried:
                continue
            tried.add((kinds[v], w, left, tuple(room[v, k] for k in range(load.weeks))))
            room[v, w] -= int(load.size[case])
            if put(at + 1):
                return True
            room[v, w] += int(load.size[case])
        return False

    return put(0)


def least(load: Load) -> int:
    return next(n for n in range(len(load.size) + 1) if fits(load, (0,) * n))


def least_of_any_need(load: Load, volunteers: int) -> int:
    every = combinations_with_replacement(range(load.demand.shape[0] + 1), volunteers)
    return min(kinds.count(0) for kinds in every if fits(load, kinds))


@settings(max_examples=80)
@given(loads())
def test_the_fewest_volunteers_equal_every_packing(load: Load) -> None:
    """The number, and with it the fewest who must know any need, against exhaustive search."""
    groups = tuple((f"N{k}",) for k in range(load.demand.shape[0]))
    found = one_load(invented(1, 1), load, groups, "primary")
    assert found.volunteers == found.bound == least(load)
    assert found.proven
    assert found.packed
    assert found.narrow_proven
    any_need = sum(ask.volunteers for ask in found.asks if not ask.needs)
    assert any_need == least_of_any_need(load, found.volunteers)
    assert sum(ask.volunteers for ask in found.asks) == found.volunteers
    assert sum(ask.cases for ask in found.asks) == len(load.size)


@given(loads())
def test_the_integer_programme_equals_every_packing(load: Load) -> None:
    """Also where packing first-fit would have done."""
    solved = fewest(load)
    assert solved is not None
    assert solved.best
    packing = realised(load, solved)
    assert holds(load, packing)
    assert len(packing.kind) == least(load)


@given(loads(most=7))
def test_counting_never_asks_for_more_than_is_needed(load: Load) -> None:
    """The bound by counting, and first-fit from the other side."""
    bound, packing = load.least_volunteers(), first_fit(load, 0)
    assert holds(load, packing)
    assert bound <= least(load) <= len(packing.kind)


@given(loads(), st.data())
def test_a_spoiled_packing_does_not_hold(load: Load, data: st.DataObject) -> None:
    """A case in a week before it is ready, past the end, with nobody, of another need, or beyond the room."""
    packing = first_fit(load, 0)
    case = data.draw(st.integers(0, len(load.size) - 1))

    def spoiled(part: str, value: int) -> Packing:
        column = getattr(packing, part).copy()
        column[case] = value
        return replace(packing, **{part: column})

    assert not holds(load, spoiled("volunteer", -1))
    assert not holds(load, spoiled("volunteer", len(packing.kind)))
    assert not holds(load, spoiled("week", load.weeks))
    assert not holds(load, spoiled("week", int(load.start[case]) - 1))
    other = np.full_like(packing.kind, int(load.group[case]) + 2)
    assert not holds(load, replace(packing, kind=other))
    assert not holds(replace(load, room=int(load.size.max()) - 1), packing)
    assert not holds(load, replace(packing, volunteer=packing.volunteer[:-1]))


@given(st.integers(1, 20), st.dictionaries(st.integers(1, 9), st.integers(1, 4), min_size=1, max_size=4))
def test_full_weeks_are_all_the_fillings_to_which_nothing_can_be_added(
    room: int, kinds: dict[int, int]
) -> None:
    sizes = sorted(kinds)
    most = [kinds[size] for size in sizes]

    def total(counts: tuple[int, ...]) -> int:
        return sum(n * s for n, s in zip(counts, sizes, strict=True))

    every = {counts for counts in product(*(range(n + 1) for n in most)) if total(counts) <= room}
    full = {
        counts
        for counts in every
        if not any((*counts[:k], counts[k] + 1, *counts[k + 1 :]) in every for k in range(len(sizes)))
    }
    found = full_weeks(room, sizes, most, 10_000)
    assert found is not None
    assert sorted(map(tuple, found.tolist())) == sorted(full)
    assert full_weeks(room, sizes, most, len(full) - 1) is None


@pytest.fixture(scope="module")
def programme() -> Programme:
    return invented(400, 20)


@pytest.fixture(scope="module")
def schedule(programme: Programme) -> Schedule:
    return greedy(build(programme))


def test_a_plan_clears_what_is_left(programme: Programme, schedule: Schedule) -> None:
    """Each case left is planned or named; volunteers of a phase and need read no others."""
    found = plan(programme, schedule)
    left = np.flatnonzero(schedule.week < 0)
    units = programme.units_per_hour
    assert sum(group.cases for group in found.left) == len(left)
    assert sum(group.hours for group in found.left) == Fraction(int(programme.case_units[left].sum()), units)
    named = len(found.too_long) + len(found.not_ready)
    for figure in (found.with_expertise, found.anyone):
        assert figure.cases + named == len(left)
        assert figure.packed
        assert figure.bound == figure.volunteers
        assert figure.proven
        assert sum(ask.volunteers for ask in figure.asks) == figure.volunteers
        assert sum(ask.cases for ask in figure.asks) == figure.cases
        offered = figure.volunteers * found.standard.weeks * found.standard.hours_a_week
        assert sum(ask.offered for ask in figure.asks) == offered
        assert figure.left_over == offered - sum(ask.hours for ask in figure.asks) >= 0
    assert found.anyone.volunteers <= found.with_expertise.volunteers
    assert all(len(ask.needs) <= NEEDS_AT_MOST for ask in found.with_expertise.asks)
    assert [(ask.phase, ask.needs) for ask in found.anyone.asks] == [("", ())]
    cases = programme.cases.iloc[left]
    for phase in sorted(set(cases["phase"])):
        asks = [ask for ask in found.with_expertise.asks if ask.phase == phase]
        assert sum(ask.cases for ask in asks) == (cases["phase"] == phase).sum()
        for ask in asks:
            known = (cases["phase"] == phase) & cases["primary_need"].isin(ask.needs)
            assert not ask.needs or ask.cases <= known.sum()


def test_the_standard_volunteer_gives_the_median_or_what_the_longest_case_takes(
    programme: Programme, schedule: Schedule
) -> None:
    heading = programme.policy.programme
    found = plan(programme, schedule).standard
    assert found.weeks == heading.weeks - len(heading.closed_weeks)
    agreed = programme.volunteers["headteacher_agreed"].to_numpy(dtype=bool)
    hours = np.sort(programme.volunteers["week_hours"].to_numpy()[agreed])
    hours = hours[hours > 0]
    median = Fraction(int(hours[(len(hours) - 1) // 2]), programme.units_per_hour)
    assert found.median_hours == median
    longest = max(Fraction(int(u), programme.units_per_hour) for u in programme.case_units[schedule.week < 0])
    assert found.raised == (longest > median)
    assert found.hours_a_week >= longest


def test_cases_that_no_week_can_hold_are_named(programme: Programme) -> None:
    """Longer than a day, or ready after the last open week: by id, and in no figure."""
    hours, ready = programme.cases["hours"].copy(), programme.cases["ready_week"].copy()
    hours.iloc[3], ready.iloc[4] = 7 * programme.units_per_hour, programme.policy.programme.weeks
    changed = replace(programme, cases=programme.cases.assign(hours=hours, ready_week=ready))
    ids = programme.cases["case_id"].tolist()
    found = plan(changed, nothing_scheduled(changed))
    assert (found.too_long, found.not_ready) == ((ids[3],), (ids[4],))
    assert found.anyone.cases == len(ids) - 2


def test_weeks_that_are_past_are_not_planned(programme: Programme, schedule: Schedule) -> None:
    """Half the weeks need about twice the volunteers."""
    heading = programme.policy.programme
    later = heading.model_copy(update={"as_of": heading.start + dt.timedelta(weeks=6)})
    changed = replace(programme, policy=programme.policy.model_copy(update={"programme": later}))
    before, after = plan(programme, schedule), plan(changed, schedule)
    assert (before.standard.weeks, after.standard.weeks) == (11, 6)
    assert after.anyone.volunteers > 1.5 * before.anyone.volunteers


def test_more_left_never_needs_fewer(programme: Programme, schedule: Schedule) -> None:
    numbers = []
    for scheduled in (schedule.week >= 0, (schedule.week >= 0) & (schedule.week < 6), schedule.week > 99):
        fewer = replace(
            schedule,
            week=np.where(scheduled, schedule.week, -1),
            volunteer=np.where(scheduled, schedule.volunteer, ""),
        )
        found = plan(programme, fewer)
        numbers.append((found.anyone.volunteers, found.with_expertise.volunteers))
    assert numbers == sorted(numbers)


def test_many_lengths_are_packed_first_fit_and_bounded_by_counting(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the integer programme the plan still holds, and says how far it may be from the least."""
    exact = plan(programme, nothing_scheduled(programme))
    monkeypatch.setattr(plan_solver, "_MOST_SIZES", 0)
    found = plan(programme, nothing_scheduled(programme))
    for figure, best in ((found.anyone, exact.anyone), (found.with_expertise, exact.with_expertise)):
        assert figure.packed
        assert figure.bound <= best.volunteers <= figure.volunteers
        assert figure.proven == (figure.bound == figure.volunteers)
    assert not found.with_expertise.narrow_proven


def test_nothing_left_needs_nobody(programme: Programme) -> None:
    done = replace(nothing_scheduled(programme), week=np.zeros(len(programme.cases), dtype=np.int64))
    found = plan(programme, done)
    assert found.left == ()
    for figure in (found.anyone, found.with_expertise):
        assert (figure.volunteers, figure.bound, figure.asks, figure.packed) == (0, 0, (), True)


def test_officers_may_be_too_few(programme: Programme, schedule: Schedule) -> None:
    """What they can sign off beyond the schedule, in the open weeks, against what is planned."""
    assert plan(programme, schedule).officer_cases is None
    assert plan(programme, schedule).officers_enough
    heading = programme.policy.programme
    signing = heading.model_copy(update={"signoff_hours": Decimal("0.5")})
    weeks = pd.Series(pd.to_datetime([heading.start, heading.closed_weeks[0]]).as_unit("s"))
    rows = pd.DataFrame({"week": weeks, "hours": np.array([30, 500]) * programme.units_per_hour})
    changed = replace(
        programme, officers=rows, policy=programme.policy.model_copy(update={"programme": signing})
    )
    found = plan(changed, schedule)
    assert found.officer_cases == max(60 - (schedule.week == 0).sum(), 0)
    assert found.officers_enough == (found.officer_cases >= found.anyone.cases)
    assert not found.officers_enough
