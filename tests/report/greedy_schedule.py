"""A schedule made without any solver, most urgent case first, for the reports to show."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.core.calendar.outcome import TierOutcome
from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.calendar.rules import better, breaches, values
from allocator.reviews.build import Built, build
from allocator.reviews.programme import Programme
from allocator.reviews.result import result_of
from allocator.reviews.schedule import ScheduleResult


def greedy(programme: Programme) -> ScheduleResult:
    """Give each case the earliest week, and in it the first volunteer, that has room for it.

    Its goals are stated in turn as proved by a bound, claimed by a search, and only bounded.
    """
    built = build(programme)
    made = appointments(built)
    assert breaches(built.problem, made) == {}
    tiers = []
    reached = values(built.problem, made)
    for at, (value, tier) in enumerate(zip(reached, built.problem.tiers, strict=True)):
        proof = ("bound", "solver", "none")[at % 3]
        tiers.append(TierOutcome(value, value + (0 if proof != "none" else better(tier)), proof))
    return result_of(built, built.schedule(made), tiers, lottery_proven=False, seconds={"solve": 0.25})


def appointments(built: Built) -> Appointments:
    """Place each agent, most urgent and longest due first; then the second readings, by lottery."""
    problem, made = built.problem, Appointments.none(built.problem.n_agents)
    room, most, periods = problem.room.copy(), problem.most.copy(), problem.period_most.copy()
    cases = built.programme.cases.iloc[built.agents].reset_index(drop=True)
    for agent in cases.sort_values(["priority", "due", "case_id"]).index:
        who, when = first_spot(problem, agent, room * (periods > 0), most, problem.barred[agent])
        if who < 0:
            continue
        made.worker[agent], made.period[agent] = who, when
        periods[when] -= 1
        take(problem, agent, room, most, who, when)
    for agent in np.argsort(problem.draw)[problem.wants_second[np.argsort(problem.draw)]]:
        if made.worker[agent] < 0:
            continue
        barred = problem.second_barred[agent] | ~problem.unlike[made.worker[agent]]
        who, when = first_spot(problem, agent, room, most, barred)
        if who >= 0:
            made.second_worker[agent], made.second_period[agent] = who, when
            take(problem, agent, room, most, who, when)
    return made


def first_spot(problem: CalendarProblem, agent: int, room: Any, most: Any, barred: Any) -> tuple[int, int]:
    """Return the first worker of the earliest period with room; -1 where there is none."""
    for period in range(int(problem.first[agent]), problem.n_periods):
        who = np.flatnonzero((room[:, period] >= problem.size[agent]) & (most > 0) & ~barred)
        if len(who):
            return int(who[0]), period
    return -1, -1


def take(problem: CalendarProblem, agent: int, room: Any, most: Any, who: int, when: int) -> None:
    """Take an agent's units and one of the worker's cap."""
    room[who, when] -= problem.size[agent]
    most[who] -= 1
