"""Problems in which some agents are done already, and every way of those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from allocator.core.calendar.problem import CalendarProblem
from core.calendar import oracle
from core.calendar.random_problems import small_problem


def settled_problem(seed: int, ways: int = 400) -> CalendarProblem:
    """Draw a small problem and settle about a third of its agents; most of these want a second."""
    rng = np.random.default_rng((9, seed))
    problem = small_problem(seed, ways)
    done = rng.random(problem.n_agents) < 0.35
    settled = np.where(done, rng.integers(0, problem.n_periods + 1, problem.n_agents), -1)
    return replace(
        problem,
        first=np.where(done, problem.n_periods, problem.first),
        wants_second=np.where(done, rng.random(problem.n_agents) < 0.8, problem.wants_second),
        settled=settled,
    )


def ways(problem: CalendarProblem) -> Iterator[oracle.Way]:
    """Give every assignment that keeps all rules, settled agents included."""
    if problem.settled is None:
        yield from oracle.ways(problem)
        return
    done = np.flatnonzero(problem.already).tolist()
    for chosen in product(*(_seconds(problem, i) for i in done)):
        room, most = problem.room.copy(), problem.most.copy()
        for i, spot in zip(done, chosen, strict=True):
            if spot is not None:
                room[spot[1], spot[0]] -= problem.size[i]
                most[spot[1]] -= 1
        if room.min(initial=0) < 0 or most.min(initial=0) < 0:
            continue
        for way in oracle.ways(replace(problem, room=room, most=most)):
            merged = list(way)
            for i, spot in zip(done, chosen, strict=True):
                merged[i] = (None, spot)
            yield merged


def _seconds(problem: CalendarProblem, i: int) -> list[oracle.Spot]:
    """Return what a settled agent may have as second: nothing, or a worker in a period."""
    assert problem.settled is not None
    if not problem.wants_second[i]:
        return [None]
    workers = [v for v in range(problem.n_workers) if not problem.second_barred[i, v]]
    periods = range(int(problem.settled[i]), problem.n_periods)
    return [None, *((p, v) for p in periods for v in workers)]


def all_figures(problem: CalendarProblem) -> list[list[int]]:
    """Return what every goal comes to in each of the ways."""
    return [[oracle.figure(problem, tier, way) for tier in problem.tiers] for way in ways(problem)]


def best_given(problem: CalendarProblem, figures: list[list[int]], tier: int, values: list[int]) -> int:
    """Return the best a goal can come to among the ways that hold the earlier goals at values or better."""
    signs = [-1 if oracle.less_is_better(goal) else 1 for goal in problem.tiers]
    held = [
        way[tier]
        for way in figures
        if all(s * (at - least) >= 0 for s, at, least in zip(signs, way, values[:tier], strict=False))
    ]
    return max(held) if signs[tier] > 0 else min(held)


def best_values(problem: CalendarProblem, figures: list[list[int]]) -> list[int]:
    """Return the values of the best way, goal by goal."""
    values: list[int] = []
    for k in range(len(problem.tiers)):
        values.append(best_given(problem, figures, k, values))
    return values
