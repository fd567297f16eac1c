"""The rules of a calendar problem as rows of a CP-SAT model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from allocator.core.calendar.exact_hull import fillings, within
from allocator.core.calendar.exact_model import Model
from allocator.core.calendar.problem import Appointments, CalendarProblem, Ints


def model_of(problem: CalendarProblem) -> Model:
    """Return a model whose solutions are the appointments that keep every rule.

    Raises
    ------
    ProblemError
        When a sum leaves 31 bits.
    """
    model = Model(problem)
    _agents_once(model)
    _independence(model)
    agent = np.concatenate([model.first.agent, model.second.agent])
    worker = np.concatenate([model.first.worker, model.second.worker])
    period = np.concatenate([model.first.period, model.second.period])
    for v in range(problem.n_workers):
        for w in np.flatnonzero(problem.room[v] > 0).tolist():
            _room(model, np.flatnonzero((worker == v) & (period == w)), agent, (v, w))
        _cap(model, np.flatnonzero(worker == v), agent, int(problem.most[v]))
    for w in range(problem.n_periods):
        _cap(model, np.flatnonzero(model.first.period == w), agent, int(problem.period_most[w]))
    return model


def _agents_once(model: Model) -> None:
    """At most one first worker an agent, and one second only beside a first."""
    already = model.problem.already
    for agent in range(model.problem.n_agents):
        firsts, seconds = model.first.of(agent), model.second_numbers(model.second.of(agent))
        if len(firsts) > 1:
            model.one_at_most(firsts)
        if already[agent]:
            model.one_at_most(seconds)
        elif len(seconds):
            model.at_most([*seconds, *firsts], [1] * len(seconds) + [-1] * len(firsts), 0)


def _independence(model: Model) -> None:
    """No second worker who is not unlike the first; nobody is unlike themselves."""
    for agent in np.unique(model.second.agent).tolist():
        firsts = np.array(model.first.of(agent), dtype=np.int64)
        seconds = np.array(model.second.of(agent), dtype=np.int64)
        by, beside = model.first.worker[firsts], model.second.worker[seconds]
        for v in np.unique(by).tolist():
            alike = seconds[~model.problem.unlike[v, beside]]
            if len(alike):
                model.one_at_most([*firsts[by == v], *model.second_numbers(alike)])


def _cap(model: Model, here: Ints, agent: Ints, most: int) -> None:
    """Let at most so many of the variables here be yes."""
    if len(np.unique(agent[here])) > most:
        model.at_most(here, [1] * len(here), most)


def _room(model: Model, here: Ints, agent: Ints, cell: tuple[int, int]) -> None:
    """Hold what a worker takes in a period to the room there, and to what fits it whole."""
    problem, room = model.problem, int(model.problem.room[cell])
    # First and second workers of an agent differ: it is here once at most.
    agents = np.unique(agent[here])
    if int(problem.size[agents].sum()) <= room:
        return
    size = problem.size[agent[here]]
    model.at_most(here, size, room)
    sizes, counts = np.unique(problem.size[agents], return_counts=True)
    found = fillings(room, dict(zip(sizes.tolist(), counts.tolist(), strict=True)))
    if found is None:
        return
    which = model.one_of(len(found), _filling(problem.size, sizes, found, cell)) if len(found) > 1 else []
    for j, least in enumerate(sizes.tolist()):
        large = here[size >= least]
        most = [filling[j] for filling in found]
        if which:
            model.at_most([*large, *which], [1] * len(large) + [-number for number in most], 0)
        else:
            model.at_most(large, [1] * len(large), most[0])


def _filling(
    size: Ints, sizes: Ints, found: list[tuple[int, ...]], cell: tuple[int, int]
) -> Callable[[Appointments], int]:
    """Return how to tell the first filling that holds what appointments have in a worker's period."""
    v, w = cell

    def hint(made: Appointments) -> int:
        here = (made.worker == v) & (made.period == w)
        here |= (made.second_worker == v) & (made.second_period == w)
        counts = tuple((size[here] >= sizes[:, np.newaxis]).sum(axis=1).tolist())
        return next(k for k, filling in enumerate(found) if within(counts, filling))

    return hint
