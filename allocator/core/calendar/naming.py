"""From a programme's counts to named agents and workers: the start that moves then improve.

Patterns go to named workers of their class, and agents of the right type into slots, the largest
first; who is barred is avoided where it can be, and left to the moves elsewhere.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from allocator.core.calendar.problem import CalendarProblem, Ints
from allocator.core.calendar.programme import Programme


def named(problem: CalendarProblem, programme: Programme, counts: Ints) -> tuple[Ints, Ints]:
    """Name who does what when.

    Parameters
    ----------
    problem : CalendarProblem
    programme : Programme
    counts : int64, shape (n_when + n_patterns,)
        A solution of the programme.

    Returns
    -------
    worker, period : int64, shape (n_agents,)
        They keep rooms, caps and first periods; pairs may be barred. An agent is left out where no
        slot can take it.
    """
    slots = _slots(problem, programme, counts)
    worker = np.full(problem.n_agents, -1, dtype=np.int64)
    period = np.full(problem.n_agents, -1, dtype=np.int64)
    for p, agents in sorted(_agents(problem, programme, counts).items()):
        free = sorted(slots.get(p, []))
        for i in sorted(agents, key=lambda i: (-problem.size[i], i)):
            fitting = [slot for slot in free if slot[0] <= -problem.size[i]]
            if not fitting:
                continue
            chosen = next((slot for slot in fitting if not problem.barred[i, slot[1]]), fitting[0])
            free.remove(chosen)
            worker[i], period[i] = chosen[1], p
    return worker, period


def _slots(
    problem: CalendarProblem, programme: Programme, counts: Ints
) -> dict[int, list[tuple[int, int, int]]]:
    """Give each worker its patterns; by period, slots as (-size, worker, number)."""
    taken = np.zeros(problem.n_workers, dtype=np.int64)
    chosen: dict[tuple[int, int], list[tuple[int, ...]]] = defaultdict(list)
    for column, times in zip(programme.patterns, counts[len(programme.when) :].tolist(), strict=True):
        chosen[column.period, column.worker_class] += [column.slots] * times
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (period, c), patterns in sorted(chosen.items()):
        free = programme.classes[c].workers.tolist()
        for slots in sorted(patterns, key=lambda slots: (-len(slots), slots)):
            most = problem.most
            best = min(free, key=lambda v: (taken[v] + len(slots) > most[v], taken[v], v))
            free.remove(best)
            room = int(max(0, most[best] - taken[best]))
            taken[best] += min(len(slots), room)
            found[period] += [
                (-int(programme.sizes[k]), best, number) for number, k in enumerate(slots[:room])
            ]
    return found


def _agents(problem: CalendarProblem, programme: Programme, counts: Ints) -> dict[int, list[int]]:
    """Choose who of each type is done in which period; those that add most to ranked goals first."""
    types = programme.types
    members = np.split(types.order, np.cumsum(types.count)[:-1]) if len(types.count) else []
    used = np.zeros(len(types.count), dtype=np.int64)
    found: dict[int, list[int]] = defaultdict(list)
    for (t, p), number in zip(programme.when.tolist(), counts[: len(programme.when)].tolist(), strict=True):
        found[p] += members[t][used[t] : used[t] + number].tolist()
        used[t] += number
    return found
