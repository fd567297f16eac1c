"""The programme of types and patterns bounds the problem, and is the problem where rooms alone matter."""

from __future__ import annotations

from functools import cache
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar.certificate import bound
from allocator.core.calendar.naming import named
from allocator.core.calendar.patterns import classes_of, patterns
from allocator.core.calendar.problem import Appointments, CalendarProblem, TimeTier
from allocator.core.calendar.programme import Programme, programme_of, time_tiers
from allocator.core.calendar.rules import better, breaches, value
from allocator.core.calendar.types import types_of
from core.calendar import oracle
from core.calendar.apart import Question, priced, timings
from core.calendar.oracle import as_appointments
from core.calendar.random_problems import bare, small_problem
from core.calendar.settled import best_given, settled_problem
from core.calendar.settled import ways as ways_of
from core.calendar.timed_problems import timed_problem

TIMED = {seed: timed_problem(seed) for seed in range(80)}
FREE = {seed: timed_problem(seed, free=True) for seed in range(100, 150)}


@cache
def some_ways(seed: int) -> list[Appointments]:
    """Return up to a hundred ways of a problem of `TIMED`."""
    ways = list(oracle.ways(TIMED[seed]))
    return [as_appointments(way) for way in ways[:: max(1, len(ways) // 100)]]


def figures_of(problem: CalendarProblem) -> list[list[int]]:
    """Return what the goals about time come to in every way."""
    tiers = time_tiers(problem)
    return [[oracle.figure(problem, tier, way) for tier in tiers] for way in ways_of(problem)]


def test_two_of_a_type_are_interchangeable() -> None:
    """Exchanging them changes no goal about time; goals told by agent fall if the earlier gives way."""
    exchanged, ranked = 0, 0
    for seed, problem in TIMED.items():
        tiers = time_tiers(problem)
        types = types_of(problem, tiers)
        place = np.argsort(types.order)
        pairs = [
            (i, j)
            for i, j in combinations(range(problem.n_agents), 2)
            if types.of[i] == types.of[j] and problem.size[i] == problem.size[j]
        ]
        for made in some_ways(seed):
            for i, j in pairs:
                first, later = (i, j) if place[i] < place[j] else (j, i)
                turned = exchange(made, first, later)
                for k, tier in enumerate(tiers):
                    before, after = (tier.sense * value(problem, tier, way) for way in (made, turned))
                    gives_way = made.worker[first] >= 0 and made.worker[later] < 0
                    takes = made.worker[first] < 0 and made.worker[later] >= 0
                    if not types.extra[k].any() or not (gives_way or takes):
                        assert before == after, seed
                    else:
                        assert (before >= after) if gives_way else (before <= after), seed
                        ranked += before != after
                    exchanged += 1
    assert exchanged > 1_000
    assert ranked > 50


def exchange(made: Appointments, i: int, j: int) -> Appointments:
    """Let two agents change places."""
    rows = np.arange(len(made.worker))
    rows[[i, j]] = j, i
    return Appointments(made.worker[rows], made.period[rows], made.second_worker, made.second_period)


def test_types_hold_agents_that_are_alike_and_count_them() -> None:
    """All of a type have its size and first period, and the order takes every agent once, type by type."""
    for problem in TIMED.values():
        types = types_of(problem, time_tiers(problem))
        assert (types.size[types.of] == problem.size).all()
        assert (types.first[types.of] == problem.first).all()
        assert (np.bincount(types.of, minlength=len(types.count)) == types.count).all()
        assert sorted(types.order.tolist()) == list(range(problem.n_agents))
        assert (np.diff(types.of[types.order]) >= 0).all()


def covers(large: tuple[int, ...], small: tuple[int, ...]) -> bool:
    """Say whether slots have a place for each of some agents; both descending."""
    return len(large) >= len(small) and all(a >= b for a, b in zip(large, small, strict=False))


@pytest.mark.parametrize("every_length", [False, True])
def test_patterns_are_the_multisets_that_fit_and_that_no_other_covers(every_length: bool) -> None:
    """Against a plain list of all multisets; with every length told apart, only those as long can cover."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        sizes = np.sort(rng.choice(9, int(rng.integers(1, 4)), replace=False)) + 1
        room = int(rng.integers(0, 16))
        fitting = [
            tuple(sorted(slots, reverse=True))
            for length in range(1, room + 1)
            for slots in combinations_with_replacement(range(len(sizes)), length)
            if sizes[list(slots)].sum() <= room
        ]
        largest = {
            one
            for one in fitting
            if not any(
                other != one and covers(other, one) and (not every_length or len(other) == len(one))
                for other in fitting
            )
        }
        found, complete = patterns(sizes, room, every_length)
        assert complete
        assert len(found) == len(set(found))
        assert set(found) == largest


@pytest.mark.parametrize("every_length", [False, True])
def test_rooms_with_too_many_patterns_have_some_that_fit(every_length: bool) -> None:
    """Minutes instead of half days: the list says that it is not whole, and has a slot for each size."""
    sizes = np.arange(20, 60)
    found, complete = patterns(sizes, 600, every_length)
    assert not complete
    assert all(sizes[list(slots)].sum() <= 600 for slots in found)
    assert all(list(slots) == sorted(slots, reverse=True) for slots in found)
    assert {slots[0] for slots in found} == set(range(40))
    assert not programme_of(bare(40, [[600]], sizes.tolist()), []).complete


def test_every_room_is_in_one_class() -> None:
    """A worker's period that can hold anybody is a room of exactly one class, and of no other size."""
    for problem in TIMED.values():
        found = np.zeros(problem.room.shape, dtype=np.int64)
        for each in classes_of(problem):
            for period, room in zip(each.periods.tolist(), each.room.tolist(), strict=True):
                assert (problem.room[each.workers, period] == room).all()
                found[each.workers, period] += 1
            held = (problem.room[each.workers] // problem.size.min()).sum(axis=1)
            if each.most < 0:
                assert (problem.most[each.workers] >= held).all()
            else:
                assert (problem.most[each.workers] == each.most).all()
        large = problem.room >= problem.size.min()
        assert (found[large & (problem.most > 0)[:, np.newaxis]] == 1).all()
        assert (found[large & (problem.most == 0)[:, np.newaxis]] == 0).all()
        assert found.max() <= 1


def as_point(problem: CalendarProblem, programme: Programme, made: Appointments) -> np.ndarray:
    """Write appointments as a point of the programme: counts, a pattern that covers each room, and who."""
    done = np.flatnonzero(made.worker >= 0)
    rank = np.searchsorted(programme.sizes, problem.size)
    when = [
        np.count_nonzero((programme.types.of[done] == type_) & (made.period[done] == period))
        for type_, period in programme.when.tolist()
    ]
    assert sum(when) == len(done)
    used = np.zeros(len(programme.patterns), dtype=np.int64)
    for v, p in {(int(made.worker[i]), int(made.period[i])) for i in done}:
        here = [int(rank[i]) for i in done if made.worker[i] == v and made.period[i] == p]
        filled = tuple(sorted(here, reverse=True))
        fitting = [
            column
            for column, each in enumerate(programme.patterns)
            if each.period == p
            and v in programme.classes[each.worker_class].workers
            and covers(each.slots, filled)
        ]
        # The shortest, so that a cap is not used up by slots that stay empty.
        used[min(fitting, key=lambda column: len(programme.patterns[column].slots))] += 1
    return np.concatenate([when, used, made.worker[programme.ranked] >= 0])


def check_point(problem: CalendarProblem, programme: Programme, made: Appointments) -> None:
    """The point keeps every row and bound, and gains in every goal what the appointments gain."""
    point = as_point(problem, programme, made)
    rows = programme.matrix @ point
    assert (rows <= programme.high).all()
    assert (rows >= programme.low).all()
    assert (point <= programme.upper).all()
    for tier, gains in zip(time_tiers(problem), programme.goals, strict=True):
        assert tier.base + tier.sense * (gains @ point) == value(problem, tier, made)


def test_every_way_is_a_point_of_the_programme() -> None:
    """So the programme's optimum is never worse than the problem's; with caps, conflicts and seconds too."""
    told = 0
    for seed, problem in TIMED.items():
        programme = programme_of(problem, time_tiers(problem))
        assert programme.complete
        told += len(programme.ranked) > 0
        for made in some_ways(seed):
            check_point(problem, programme, made)
    assert told > 5
    for seed in range(300, 340):
        problem = settled_problem(seed) if seed % 2 else small_problem(seed, 400)
        programme = programme_of(problem, time_tiers(problem))
        assert programme.complete
        for way in ways_of(problem):
            check_point(problem, programme, as_appointments(way))


def idle(problem: CalendarProblem) -> bool:
    """Say whether nobody who may take an agent has room for any."""
    return not (problem.room[problem.most > 0] >= problem.size.min()).any()


@pytest.fixture(scope="module")
def plans() -> dict[int, Any]:
    """What the programme comes to for `TIMED` and `FREE`."""
    problems = {**TIMED, **FREE}
    found = dict(zip(problems, timings([Question(problem) for problem in problems.values()]), strict=True))
    for seed, plan in found.items():
        assert (plan is None) == idle(problems[seed]), seed
    return {seed: plan for seed, plan in found.items() if plan is not None}


def test_the_programme_is_never_worse_than_the_best_way(plans: dict[int, Any]) -> None:
    """Goal by goal: where the plan first differs from the best way it is better; bounds hold throughout."""
    for seed in plans.keys() & TIMED:
        problem, plan = TIMED[seed], plans[seed]
        figures = figures_of(problem)
        reached = [tier.value for tier in plan.tiers]
        for k, (tier, planned) in enumerate(zip(problem.tiers, plan.tiers, strict=True)):
            assert better(tier) * (planned.bound - planned.value) >= 0
            assert planned.proven == (planned.bound == planned.value), (seed, k)
            best = best_given(problem, figures, k, reached[:k])
            assert better(tier) * (planned.bound - best) >= 0, (seed, k)
            if planned.proven and best != reached[k]:
                assert better(tier) * (reached[k] - best) > 0, (seed, k)
                break


def test_plans_that_are_proved_by_bounds_are_proved_by_the_checker(plans: dict[int, Any]) -> None:
    """Whoever has the multipliers needs no programme."""
    seen = 0
    for seed, plan in plans.items():
        problem = TIMED.get(seed) or FREE[seed]
        reached = [tier.value for tier in plan.tiers]
        for k, planned in enumerate(plan.tiers):
            if planned.proof == "bound":
                found = {bound(problem, k, reached[:k], dual) for dual in (None, planned.dual)}
                signed = [better(problem.tiers[k]) * each for each in found]
                # Conflicts are left out of the plan and not of the count: it may prove even less possible.
                assert min(signed) <= better(problem.tiers[k]) * planned.value, (seed, k)
                seen += bound(problem, k, reached[:k], None) != planned.value
    assert seen > 10


def test_where_rooms_alone_stand_in_the_way_the_programme_is_the_problem(plans: dict[int, Any]) -> None:
    """No caps, no conflicts: its values are those of trying all ways, and named agents attain them."""
    for seed, problem in FREE.items():
        figures, plan = figures_of(problem), plans[seed]
        reached = [tier.value for tier in plan.tiers]
        assert reached == [best_given(problem, figures, k, reached[:k]) for k in range(len(reached))], seed
        made = as_made(problem, *named(problem, plan.programme, plan.counts))
        assert breaches(problem, made) == {}
        assert [value(problem, tier, made) for tier in problem.tiers] == reached


def test_where_patterns_are_left_out_plans_are_real_and_bounds_are_true() -> None:
    """A programme that is not whole may miss the best, but claims no less to be possible than there is."""
    missed = 0
    for (seed, problem), plan in zip(
        FREE.items(), timings([Question(problem, coarse=True) for problem in FREE.values()]), strict=True
    ):
        if plan is None:
            continue
        reached = [tier.value for tier in plan.tiers]
        made = as_made(problem, *named(problem, plan.programme, plan.counts))
        assert breaches(problem, made) == {}
        assert [value(problem, tier, made) for tier in problem.tiers] == reached, seed
        figures = figures_of(problem)
        for k, (tier, planned) in enumerate(zip(problem.tiers, plan.tiers, strict=True)):
            best = best_given(problem, figures, k, reached[:k])
            assert better(tier) * (planned.bound - best) >= 0, (seed, k)
            assert planned.proven == (planned.bound == planned.value), (seed, k)
            missed += best != planned.value
    assert missed > 5


def test_named_agents_break_no_rule_but_that_of_pairs(plans: dict[int, Any]) -> None:
    """Whatever the caps and conflicts, rooms, caps and first periods are kept when agents are named."""
    for seed in plans.keys() & TIMED:
        problem = TIMED[seed]
        made = as_made(problem, *named(problem, plans[seed].programme, plans[seed].counts))
        assert set(breaches(problem, made)) <= {"barred"}, seed


def as_made(problem: CalendarProblem, worker: np.ndarray, period: np.ndarray) -> Appointments:
    nobody = np.full(problem.n_agents, -1)
    return Appointments(worker, period, nobody, nobody)


def test_where_nothing_can_be_planned_there_is_no_plan() -> None:
    """Without goals, without agents, and where no room has a place for anybody."""
    goal = TimeTier(np.ones((2, 1), dtype=np.int64))
    problems = [bare(2, [[3]], [1, 1]), bare(0, [[3]], [], (goal,)), bare(2, [[3]], [4, 5], (goal,))]
    assert timings([Question(problem) for problem in problems]) == [None] * 3


def test_multipliers_give_the_relaxations_optimum() -> None:
    """The checker's bound is at most one unit worse than the relaxation, as another algorithm solves it."""
    asked = []
    for seed, problem in {**TIMED, **FREE}.items():
        figures = figures_of(problem)
        held: list[int] = []
        for k in range(len(problem.tiers)):
            held.append(best_given(problem, figures, k, held))
        gains = [t.sense * (at - t.base) for t, at in zip(time_tiers(problem), held, strict=True)]
        asked.append((seed, problem, held, gains))
    sharper = 0
    for (seed, problem, held, _), found in zip(asked, priced([(p, g) for _, p, _, g in asked]), strict=True):
        for k, (dual, optimum) in enumerate(found):
            if dual is None:
                assert idle(problem), seed
                continue
            tier = time_tiers(problem)[k]
            gain = tier.sense * (bound(problem, k, held[:k], dual) - tier.base)
            assert gain <= np.floor(optimum + 1e-6) + 1, (seed, k)
            assert gain >= tier.sense * (held[k] - tier.base), (seed, k)
            counted = tier.sense * (bound(problem, k, held[:k], None) - tier.base)
            sharper += counted > optimum + 1
    assert sharper > 20
