"""Plain constructions: they break no rule, leave what was there, and stop only when nothing more goes in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator.core.calendar.insertion import feasible_part, inserted, with_seconds
from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.calendar.rules import breaches
from core.calendar.oracle import as_way
from core.calendar.random_problems import programme, small_problem
from core.calendar.settled import settled_problem

SEEDS = range(3000, 3120)


def drawn(seed: int) -> CalendarProblem:
    """Return a small problem, a settled one, or a little programme."""
    if seed % 3 == 2:
        return programme(seed, 12, 4, 3)
    return settled_problem(seed) if seed % 3 else small_problem(seed)


def anywhere(problem: CalendarProblem, seed: int) -> Appointments:
    """Send everybody anywhere, or nowhere, by lot."""
    rng = np.random.default_rng((4, seed))
    n = problem.n_agents
    worker = rng.integers(-1, problem.n_workers, n)
    period = np.where(worker >= 0, rng.integers(0, problem.n_periods, n), -1)
    return Appointments(worker, period, np.full(n, -1), np.full(n, -1))


def could(problem: CalendarProblem, made: Appointments, **more: tuple[int, int, int]) -> bool:
    """Say whether one more first or second reading, (agent, worker, period), keeps every rule."""
    columns = {
        name: getattr(made, name).copy() for name in ("worker", "period", "second_worker", "second_period")
    }
    for which, (i, v, p) in more.items():
        worker, period = ("worker", "period") if which == "first" else ("second_worker", "second_period")
        columns[worker][i], columns[period][i] = v, p
    return breaches(problem, Appointments(**columns)) == {}


def spots(problem: CalendarProblem) -> list[tuple[int, int]]:
    return [(v, p) for v in range(problem.n_workers) for p in range(problem.n_periods)]


@pytest.mark.parametrize("seed", SEEDS[:60])
def test_a_feasible_part_is_lawful_part_of_it_and_all_of_what_is_lawful(seed: int) -> None:
    """Whatever it is given it breaks no rule; what keeps every rule is left whole, and none can come back."""
    problem = drawn(seed)
    given = anywhere(problem, seed)
    part = feasible_part(problem, given)
    assert breaches(problem, part) == {}
    kept = part.worker >= 0
    assert (part.worker[kept] == given.worker[kept]).all()
    assert (part.period[kept] == given.period[kept]).all()
    for i in np.flatnonzero(~kept & (given.worker >= 0)).tolist():
        assert not could(problem, part, first=(i, int(given.worker[i]), int(given.period[i])))
    assert as_way(feasible_part(problem, part)) == as_way(part)


def test_the_last_of_the_draw_leave_first() -> None:
    """Where two cannot both stay it is the later one who goes."""
    problem = replace(
        programme(0, 2, 1, 1), room=np.array([[12]]), size=np.array([12, 12]), first=np.array([0, 0]),
        barred=np.zeros((2, 1), dtype=bool), most=np.array([4]), draw=np.array([1, 0]),
    )  # fmt: skip
    both = Appointments(*(np.array(column) for column in ([0, 0], [0, 0], [-1, -1], [-1, -1])))
    assert feasible_part(problem, both).worker.tolist() == [-1, 0]


@pytest.mark.parametrize("seed", SEEDS)
def test_insertion_is_lawful_keeps_what_was_there_and_leaves_nobody_who_fits(seed: int) -> None:
    """After it no agent that waits can be put anywhere by itself."""
    problem = drawn(seed)
    start = Appointments.none(problem.n_agents)
    if seed % 2:
        start = feasible_part(problem, anywhere(problem, seed))
    start = with_seconds(problem, start)
    full = inserted(problem, start)
    assert breaches(problem, full) == {}
    was = start.worker >= 0
    assert (full.worker[was] == start.worker[was]).all()
    assert (full.period[was] == start.period[was]).all()
    assert (full.second_worker == start.second_worker).all()
    assert (full.second_period == start.second_period).all()
    for i in np.flatnonzero(full.worker < 0).tolist():
        assert not any(could(problem, full, first=(i, v, p)) for v, p in spots(problem)), i


@pytest.mark.parametrize("seed", SEEDS)
def test_seconds_are_lawful_and_given_wherever_there_is_one(seed: int) -> None:
    """First readings stay as they were, and no agent that could still have a second goes without."""
    problem = drawn(seed)
    start = feasible_part(problem, anywhere(problem, seed))
    both = with_seconds(problem, start if seed % 2 else inserted(problem, start))
    if seed % 2:
        assert (both.worker == start.worker).all()
        assert (both.period == start.period).all()
    assert breaches(problem, both) == {}
    for i in np.flatnonzero(both.second_worker < 0).tolist():
        assert not any(could(problem, both, second=(i, v, p)) for v, p in spots(problem)), i
    assert as_way(with_seconds(problem, both)) == as_way(both)


def test_the_cases_above_are_worth_trying() -> None:
    """Among them are agents inserted, seconds given to agents here and to settled ones."""
    put, seconds, settled = 0, 0, 0
    for seed in SEEDS:
        problem = drawn(seed)
        full = with_seconds(problem, inserted(problem, Appointments.none(problem.n_agents)))
        put += int((full.worker >= 0).sum())
        seconds += int(((full.second_worker >= 0) & ~problem.already).sum())
        settled += int(((full.second_worker >= 0) & problem.already).sum())
    assert put > 200
    assert seconds > 50
    assert settled > 15
