"""Left cases put one by one into extra volunteers' weeks: what shows that a plan really holds them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.plan_load import Load
from allocator.reviews.plan_solver import Solved


@dataclass(frozen=True)
class Packing:
    """Who of the extra volunteers reads which case when.

    Parameters
    ----------
    kind : int64, shape (n_volunteers,)
        0 takes any need, g + 1 those of group g.
    volunteer : int64, shape (n_cases,)
        Of each case of the load.
    week : int64, shape (n_cases,)
        Of the planned weeks, from 0.
    """

    kind: Ints
    volunteer: Ints
    week: Ints


def holds(load: Load, packing: Packing) -> bool:
    """Tell whether every case has a volunteer who takes its need, a week it is ready in, and room there."""
    who, week = packing.volunteer, packing.week
    if len(who) != len(load.size) or (who < 0).any() or (who >= len(packing.kind)).any():
        return False
    if (week < load.start).any() or (week >= load.weeks).any():
        return False
    kind = packing.kind[who]
    if ((kind > 0) & (kind != load.group + 1)).any():
        return False
    used = np.zeros((len(packing.kind), load.weeks), dtype=np.int64)
    np.add.at(used, (who, week), load.size)
    return bool((used <= load.room).all())


def realised(load: Load, solved: Solved) -> Packing:
    """Put the cases into the weeks of a solution.

    Of each kind and length, the cases that are ready last go into the places that come last: if any
    way works, this one does.
    """
    kind = np.repeat(np.arange(len(solved.volunteers)), solved.volunteers)
    first = np.cumsum(solved.volunteers) - solved.volunteers
    volunteer, week = np.full(len(load.size), -1, dtype=np.int64), np.zeros(len(load.size), dtype=np.int64)
    readers = _readers(load, solved)
    for k, number in enumerate(solved.volunteers.tolist()):
        places = _places(load, solved, k, number)
        for size in range(len(load.sizes)):
            cases = np.flatnonzero((readers == k) & (load.size == load.sizes[size]))
            cases = cases[np.argsort(-load.start[cases], kind="stable")]
            there = np.repeat(places[:, :2], places[:, 2 + size], axis=0)[: len(cases)]
            volunteer[cases[: len(there)]] = there[:, 0] + first[k]
            week[cases[: len(there)]] = there[:, 1]
    return Packing(kind, volunteer, week)


def _readers(load: Load, solved: Solved) -> Ints:
    """Return the kind that reads each case; shape (n_cases,)."""
    found = np.zeros(len(load.size), dtype=np.int64)
    for group, size, start in np.argwhere(solved.own).tolist():
        alike = (load.group == group) & (load.size == load.sizes[size]) & (load.start == load.starts[start])
        found[np.flatnonzero(alike)[: solved.own[group, size, start]]] = group + 1
    return found


def _places(load: Load, solved: Solved, kind: int, number: int) -> Ints:
    """Return volunteer, week and places of each length, a row a week, the last weeks first."""
    found = []
    for span in range(len(load.starts))[::-1]:
        patterns = np.repeat(solved.patterns, solved.weeks[kind, :, span], axis=0)
        at = np.arange(len(patterns))
        week = load.starts[span] + at // max(number, 1)
        found.append(np.column_stack([at % max(number, 1), week, patterns]))
    return np.concatenate(found)


def first_fit(load: Load, volunteers: int) -> Packing:
    """Pack the cases, ready last and longest first, into the first week that has room.

    Parameters
    ----------
    load : Load
    volunteers : int
        How many to begin with, all of any need; one more is taken whenever a case is left without.
    """
    order = np.lexsort((-load.size, -load.start))
    week, who = np.full(len(order), -1, dtype=np.int64), np.full(len(order), -1, dtype=np.int64)
    # The last weeks first: those who are ready early need them least.
    room = np.full((volunteers, load.weeks), load.room, dtype=np.int64)
    size, start = load.size.tolist(), load.start.tolist()
    for case in order.tolist():
        free = room[:, start[case] :] >= size[case]
        at = int(free.argmax()) if free.size else 0
        wide = load.weeks - start[case]
        if not free.size or not free.flat[at]:
            room = np.vstack([room, np.full((1, load.weeks), load.room, dtype=np.int64)])
            at = (len(room) - 1) * wide
        who[case], week[case] = at // wide, start[case] + at % wide
        room[who[case], week[case]] -= size[case]
    return Packing(np.zeros(len(room), dtype=np.int64), who, week)
