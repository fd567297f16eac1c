"""Workers whose periods are alike, and the patterns of sizes that fill one of their periods.

A slot of a pattern may hold any agent that is no larger, so only patterns that cannot be enlarged
are listed; where a worker's number of agents is capped, those of every length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import CalendarProblem, Ints

# More patterns than this for one room are not listed.
MOST_PATTERNS = 5_000


@dataclass(frozen=True)
class WorkerClass:
    """Workers who are alike for goals about time.

    Parameters
    ----------
    workers : int64, shape (n,)
    periods : int64
        The periods in which they have room, and `room` there; units.
    most : int
        Agents that each may take in all; -1 where no such cap can bind.
    """

    workers: Ints
    periods: Ints
    room: Ints
    most: int


def classes_of(problem: CalendarProblem) -> list[WorkerClass]:
    """Group workers: those without a binding cap by period and room, the others by all their rooms."""
    least = int(problem.size.min()) if problem.n_agents else 1
    held = (problem.room // least).sum(axis=1)
    capped = problem.most < held
    found: list[WorkerClass] = []
    for period in range(problem.n_periods):
        room = np.where(capped, 0, problem.room[:, period])
        for units in sorted(set(room.tolist()) - {0}):
            found.append(
                WorkerClass(np.flatnonzero(room == units), np.array([period]), np.array([units]), -1)
            )
    rows: dict[tuple[int, ...], list[int]] = {}
    for worker in np.flatnonzero(capped & (problem.most > 0)).tolist():
        rows.setdefault((int(problem.most[worker]), *problem.room[worker].tolist()), []).append(worker)
    for key in sorted(rows):
        room = np.array(key[1:], dtype=np.int64)
        periods = np.flatnonzero(room)
        if len(periods):
            found.append(WorkerClass(np.array(rows[key]), periods, room[periods], key[0]))
    return found


def patterns(sizes: Ints, room: int, every_length: bool) -> list[tuple[int, ...]] | None:
    """List the multisets of sizes that fit a room and cannot be enlarged.

    Parameters
    ----------
    sizes : int64, shape (n,)
        Different, ascending, > 0.
    room : int
    every_length : bool
        For each number of slots on its own: no slot can be enlarged. Else nor can one be added.

    Returns
    -------
    list of tuple of int, or None
        Indices into `sizes`, descending; None where there are more than `MOST_PATTERNS`.
    """
    found: list[tuple[int, ...]] = []
    for pattern in _maximal(sizes.tolist(), room, every_length):
        found.append(pattern)
        if len(found) > MOST_PATTERNS:
            return None
    return found


def _maximal(sizes: list[int], room: int, every_length: bool) -> Iterator[tuple[int, ...]]:
    """Walk through the multisets that fit, largest sizes first, and give the maximal ones."""
    stack: list[tuple[tuple[int, ...], int]] = [((), room)]
    while stack:
        chosen, left = stack.pop()
        last = chosen[-1] if chosen else len(sizes) - 1
        if chosen and _cannot_grow(sizes, chosen, left, every_length):
            yield chosen
        stack.extend(((*chosen, k), left - sizes[k]) for k in range(last + 1) if sizes[k] <= left)


def _cannot_grow(sizes: list[int], chosen: tuple[int, ...], left: int, every_length: bool) -> bool:
    if not every_length and sizes[0] <= left:
        return False
    return all(k + 1 == len(sizes) or sizes[k + 1] - sizes[k] > left for k in set(chosen))
