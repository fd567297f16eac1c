"""Schedules that keep every rule and need no solver; programmes with every kind of limit; every schedule."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import product
from random import Random

import numpy as np

from allocator.core.calendar.problem import Appointments
from allocator.core.calendar.rules import breaches
from allocator.reviews.build import Built
from allocator.reviews.intake import programme_from_tables
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.synthetic.programme import make_programme
from reviews.random_programmes import START, Drawn, draw


def limited(seed: int, cases: int = 9, volunteers: int = 6) -> Drawn:
    """Draw a programme with caps on cases, officers, second reads and weeks that are past."""
    drawn, rng = draw(seed, cases, volunteers), Random(-seed - 1)
    weeks = int(str(drawn.policy["programme"]["weeks"]))
    for row in drawn.tables["volunteers"]:
        row["max_cases"] = rng.choice(("", "0", "1", "2", "3"))
        row["days_per_week"] = rng.choice((row["days_per_week"], "1"))
    monday = [(START + dt.timedelta(weeks=n)).isoformat() for n in range(weeks)]
    if rng.random() < 0.5:
        drawn.policy["programme"]["signoff_hours"] = 0.5
        drawn.tables["officers"] = [
            {"week": week, "hours": rng.choice(("0", "0.5", "1", "2.25"))} for week in monday
        ]
    drawn.policy["programme"]["as_of"] = START + dt.timedelta(weeks=rng.choice((0, 0, 1)))
    drawn.policy["quality"] = {"second_read_share": rng.choice((0, 0.5, 1))}
    return drawn


@cache
def limited_programme(seed: int, cases: int = 9, volunteers: int = 6) -> Programme:
    """Read such a programme, once."""
    return limited(seed, cases, volunteers).read()


@cache
def invented(cases: int, volunteers: int, seed: int = 1) -> Programme:
    """Read an invented programme of the synthetic kind."""
    made = make_programme(cases, volunteers, seed)
    return programme_from_tables(tomllib.loads(made.policy), made.tables)


def greedy(built: Built, share: float = 1.0, seed: int = 0) -> Schedule:
    """Give cases, the most urgent and then the shortest first, to whoever has room soonest.

    Parameters
    ----------
    built : Built
    share : float
        The part of the cases, drawn by the seed, that is tried at all.
    seed : int
    """
    problem = built.problem
    made = Appointments.none(problem.n_agents)
    room, most, signed = problem.room.copy(), problem.most.copy(), problem.period_most.copy()
    priority = built.programme.cases["priority"].to_numpy(dtype=np.int64)[built.agents]
    tried = np.random.default_rng(seed).random(problem.n_agents) < share
    for agent in np.lexsort((problem.draw, problem.size, priority)).tolist():
        if not tried[agent]:
            continue
        may = ~problem.barred[agent] & (most > 0)
        for period in range(int(problem.first[agent]), problem.n_periods):
            able = np.flatnonzero(may & (room[:, period] >= problem.size[agent]))
            if len(able) and signed[period] > 0:
                worker = able[0]
                made.worker[agent], made.period[agent] = worker, period
                room[worker, period] -= problem.size[agent]
                most[worker] -= 1
                signed[period] -= 1
                break
    for agent in np.flatnonzero(problem.wants_second & made.done).tolist():
        able = ~problem.second_barred[agent] & problem.unlike[made.worker[agent]] & (most > 0)
        fits = (room >= problem.size[agent]) & able[:, None]
        fits[:, : problem.first[agent]] = False
        if fits.any():
            worker, period = np.unravel_index(int(fits.argmax()), fits.shape)
            made.second_worker[agent], made.second_period[agent] = worker, period
            room[worker, period] -= problem.size[agent]
            most[worker] -= 1
    assert breaches(problem, made) == {}
    return built.schedule(made)


def every_schedule(built: Built) -> Iterator[Appointments]:
    """Give every way to do the first readings that keeps the rules; tiny programmes alone."""
    problem = built.problem
    slots = [(-1, -1), *product(range(problem.n_workers), range(problem.n_periods))]
    may = [
        [(w, k) for w, k in slots if w < 0 or (k >= problem.first[a] and not problem.barred[a, w])]
        for a in range(problem.n_agents)
    ]
    nobody = np.full(problem.n_agents, -1, dtype=np.int64)
    for choice in product(*may):
        worker, period = np.array(choice, dtype=np.int64).reshape(-1, 2).T
        made = Appointments(worker.copy(), period.copy(), nobody, nobody)
        if not breaches(problem, made):
            yield made
