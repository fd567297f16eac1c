"""From a programme's counts to named agents and workers: the start that moves then improve.

Patterns go to named workers of their class, and agents of the right type into slots that are large
enough; who is barred is avoided where it can be, and left to the moves elsewhere. Where there is an
earlier assignment, whatever of it the counts leave room for stays where it was.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocator.core.calendar.problem import CalendarProblem, Ints
from allocator.core.calendar.programme import Programme
from allocator.core.calendar.sharing import shared_out

# A slot of a period: its size, turned round, its worker, its number among the worker's.
Slot = tuple[int, int, int]
# What a barred pair costs beside one that stays, and a slot that is too small.
_BARRED, _UNFIT = 1e3, 1e9


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
    nobody = np.full(problem.n_agents, -1, dtype=np.int64)
    was_worker, was_period = problem.start if problem.start is not None else (nobody, nobody)
    agents = _agents(programme, counts, was_period)
    staying: dict[tuple[int, int], list[int]] = defaultdict(list)
    for p, those in agents.items():
        for i in those:
            if was_period[i] == p and was_worker[i] >= 0 and not problem.barred[i, was_worker[i]]:
                staying[int(was_worker[i]), p].append(i)
    slots = _slots(problem, programme, counts, staying)
    worker, period = nobody.copy(), nobody.copy()
    for p, those in sorted(agents.items()):
        who, seats = np.array(sorted(those)), np.array(sorted(slots.get(p, []))).reshape(-1, 3)
        rows, columns = _seated(problem, who, seats, np.where(was_period[who] == p, was_worker[who], -1))
        worker[who[rows]], period[who[rows]] = seats[columns, 1], p
    return worker, period


def _seated(problem: CalendarProblem, who: Ints, seats: Ints, own: Ints) -> tuple[Ints, Ints]:
    """Match agents to slots that are large enough: nobody barred, and with their own worker, where it can be.

    Returns
    -------
    rows, columns : int64
        Who has which slot.
    """
    if not len(who) or not len(seats):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    cost = np.where(problem.barred[who][:, seats[:, 1]], _BARRED, 0.0)
    cost -= (own[:, None] == seats[:, 1]) & (cost == 0.0)
    unfit = -seats[:, 0] < problem.size[who][:, None]
    cost[unfit] = _UNFIT
    rows, columns = linear_sum_assignment(cost)
    fits = ~unfit[rows, columns]
    return rows[fits], columns[fits]


def _slots(
    problem: CalendarProblem, programme: Programme, counts: Ints, staying: dict[tuple[int, int], list[int]]
) -> dict[int, list[Slot]]:
    """Give each worker its patterns, those that hold most of what stays; slots by period."""
    chosen: dict[int, dict[int, list[tuple[int, ...]]]] = defaultdict(lambda: defaultdict(list))
    for column, times in zip(programme.patterns, counts[len(programme.when) :].tolist(), strict=True):
        chosen[column.worker_class][column.period] += [column.slots] * times
    sizes = {
        key: sorted((int(problem.size[i]) for i in those), reverse=True) for key, those in staying.items()
    }
    found: dict[int, list[Slot]] = defaultdict(list)
    for c, by_period in sorted(chosen.items()):
        each = programme.classes[c]
        for worker, period, slots in shared_out(programme.sizes, each.workers, each.most, by_period, sizes):
            found[period] += [(-int(programme.sizes[k]), worker, number) for number, k in enumerate(slots)]
    return found


def _agents(programme: Programme, counts: Ints, was_period: Ints) -> dict[int, list[int]]:
    """Choose who of each type is done in which period: who was to be, and who adds most to ranked goals."""
    types = programme.types
    members = np.split(types.order, np.cumsum(types.count)[:-1]) if len(types.count) else []
    wanted: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (t, p), number in zip(programme.when.tolist(), counts[: len(programme.when)].tolist(), strict=True):
        if number:
            wanted[t].append((p, number))
    found: dict[int, list[int]] = defaultdict(list)
    for t, periods in wanted.items():
        of_type = members[t].tolist()
        if types.extra[:, members[t]].any():
            # Only those that add most may be done at all.
            of_type = of_type[: sum(number for _, number in periods)]
        free = dict.fromkeys(of_type)
        left = []
        for p, number in periods:
            staying = [i for i in free if was_period[i] == p][:number]
            found[p] += staying
            left.append((p, number - len(staying)))
            for i in staying:
                del free[i]
        rest = iter(free)
        for p, number in left:
            found[p] += [next(rest) for _ in range(number)]
    return found
