"""Cases left against cases scheduled: whose appointment each could have had, and what that would cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from allocator.core.calendar.problem import Appointments, Bools, Ints
from allocator.reviews.build import Built
from allocator.reviews.explain_standing import Standing, verdicts
from allocator.reviews.explain_trials import Trials

# So many cases left are held against all the appointments at once.
_CHUNK = 512
# What stands where no goal decides.
NO_EXCHANGE, LOTTERY, OPEN = "no_exchange", "lottery", "open"


def witnesses(built: Built, standing: Standing, age: Ints) -> tuple[Ints, list[Ints]]:
    """Return the agents left, in order of claim, and for each way the agent that passes each over.

    The ways are by a less urgent agent, by a younger and by a shorter one of the same priority.

    Parameters
    ----------
    built : Built
    standing : Standing
    age : int64, shape (n_agents,)
        Days overdue.

    Returns
    -------
    left : int64, shape (n_left,)
    witnesses : list of int64 array, shape (n_left,)
        -1 for nobody.
    """
    problem, made = built.problem, standing.made
    priority = priority_of(built)
    order = np.lexsort((problem.size, -age, priority))
    left, done = order[~made.done[order]], order[made.done[order]][::-1]
    found = [np.full(len(left), -1, dtype=np.int64) for _ in range(3)]
    room, week = _room_with(standing, done), _room_of_week(standing, done)
    for start in range(0, len(left) if len(done) else 0, _CHUNK):
        some = left[start : start + _CHUNK, None]
        may = ~problem.barred[some, made.worker[done]] & (problem.first[some] <= made.period[done])
        fits, clears = may & (problem.size[some] <= room), may & (problem.size[some] <= week)
        same = priority[done] == priority[some]
        masks = (
            priority[done] > priority[some],
            same & (age[done] < age[some]),
            same & (problem.size[done] < problem.size[some]),
        )
        for by, mask in zip(found, masks, strict=True):
            by[start : start + _CHUNK] = _first((mask & fits, mask & clears, mask & may), done)
    return left, found


def priority_of(built: Built) -> Ints:
    """Return the priority of every agent; shape (n_agents,)."""
    found: Ints = built.programme.cases["priority"].to_numpy(dtype=np.int64)[built.agents]
    return found


def _room_with(standing: Standing, done: Ints) -> Ints:
    """Return the units that each appointment takes with what is free beside it."""
    made = standing.made
    return np.asarray(standing.problem.size[done] + standing.free[made.worker[done], made.period[done]])


def _room_of_week(standing: Standing, done: Ints) -> Ints:
    """Return the units of each appointment's volunteer's week, but for second readings."""
    made, problem = standing.made, standing.problem
    every = standing.free + made.used(problem, seconds=False)
    return np.asarray(every[made.worker[done], made.period[done]])


def _first(choices: Sequence[Bools], agents: Ints) -> Ints:
    """Return each row's first agent of the first choice that has one, else -1."""
    found = np.full(len(choices[0]), -1, dtype=np.int64)
    for choice in choices[::-1]:
        found = np.where(choice.any(axis=1), agents[choice.argmax(axis=1)], found)
    return found


def displaced(built: Built, standing: Standing, age: Ints, left: Ints, by: Ints) -> list[list[int]]:
    """Return who would have to go for each agent left to take the appointment of another.

    That other, and where its time is not enough, of the same volunteer's week those with least claim
    until it is.

    Returns
    -------
    list of list of int
        Agents, the other first; none where even the whole week is too short.
    """
    problem, made = standing.problem, standing.made
    order = np.lexsort((-problem.size, age, -priority_of(built)))
    slots: dict[tuple[int, int], list[int]] = defaultdict(list)
    for agent in order[made.done[order]].tolist():
        slots[int(made.worker[agent]), int(made.period[agent])].append(agent)
    size = problem.size.tolist()
    found = []
    for agent, other in zip(left.tolist(), by.tolist(), strict=True):
        slot = int(made.worker[other]), int(made.period[other])
        short = size[agent] - int(standing.free[slot]) - size[other]
        found.append(_enough(other, [one for one in slots[slot] if one != other], size, short))
    return found


def _enough(other: int, rest: list[int], size: list[int], short: int) -> list[int]:
    chosen: list[int] = []
    for agent in rest:
        if short <= 0:
            break
        chosen.append(agent)
        short -= size[agent]
    if short > 0:
        return []
    # What came first may have become needless.
    for agent in list(chosen):
        if short + size[agent] <= 0:
            chosen.remove(agent)
            short += size[agent]
    return [other, *chosen]


def deciding_goals(
    built: Built, standing: Standing, left: Ints, gone: list[list[int]]
) -> list[tuple[str, int | None]]:
    """Return which goal each exchange of an agent left for those displaced worsens first.

    Parameters
    ----------
    built : Built
    standing : Standing
    left : int64, shape (n,)
    gone : list of list of int, length n
        As of `displaced`.

    Returns
    -------
    list of (measure, level)
        `NO_EXCHANGE`, `LOTTERY` or `OPEN` in place of the measure where no goal is worsened.
    """
    exchanges = standing.completed(_exchanges(standing.made, left, gone))
    goal, sign = verdicts(standing.changes(exchanges), standing.senses)
    can = standing.legal(exchanges) & np.array([bool(agents) for agents in gone], dtype=np.bool_)
    found: list[tuple[str, int | None]] = []
    for keeps, which, better in zip(can.tolist(), goal.tolist(), sign.tolist(), strict=True):
        if not keeps:
            found.append((NO_EXCHANGE, None))
        elif which < 0:
            found.append((LOTTERY, None))
        else:
            found.append((OPEN, None) if better > 0 else built.entries[which])
    return found


def _exchanges(made: Appointments, left: Ints, gone: list[list[int]]) -> Trials:
    moves = []
    for agent, agents in zip(left.tolist(), gone, strict=True):
        leave = [(other, -1, -1) for other in agents]
        at = [(agent, int(made.worker[agents[0]]), int(made.period[agents[0]]))] if agents else []
        moves.append([*at, *leave])
    return Trials.of(moves)
