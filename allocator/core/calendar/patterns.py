"""Workers whose periods are alike, and the patterns of sizes that fill one of their periods.

A slot of a pattern may hold any agent that is no larger, so only patterns that cannot be enlarged
are listed; where a worker's number of agents is capped, those of every length. Wide rooms and many
sizes have too many: then there are few sizes of slots, and patterns of two of them and a filling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import CalendarProblem, Ints

# Rooms with more patterns than this, or more multisets to walk through, get those of two sizes.
MOST_PATTERNS = 2_000
_MOST_STEPS = 100_000
# Sizes of slots where there are too many patterns of all.
FEW_SIZES = 8


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


def coarse(size: Ints) -> Ints:
    """Choose a few sizes of slots, each agent's rounded up to the next: as many agents to each.

    Parameters
    ----------
    size : int64, shape (n_agents,)

    Returns
    -------
    int64, shape (at most `FEW_SIZES`,)
        Ascending; the last is the largest size.
    """
    parts = np.linspace(0.0, 1.0, FEW_SIZES + 1)[1:]
    return np.array(sorted(set(np.quantile(size, parts, method="higher").tolist())), dtype=np.int64)


def patterns(sizes: Ints, room: int, every_length: bool) -> tuple[list[tuple[int, ...]], bool]:
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
    found : list of tuple of int
        Indices into `sizes`, descending.
    complete : bool
        Whether these are all; else those of two sizes and a filling.
    """
    found: list[tuple[int, ...]] = []
    for step, pattern in enumerate(_maximal(sizes.tolist(), room, every_length)):
        if pattern is not None:
            found.append(pattern)
        if len(found) > MOST_PATTERNS or step > _MOST_STEPS:
            return sorted(_of_two(sizes.tolist(), room, every_length), reverse=True), False
    return found, True


def _of_two(sizes: list[int], room: int, every_length: bool) -> set[tuple[int, ...]]:
    """List patterns of two sizes, as many as fit of the second, and the rest filled with the largest.

    For every length also those of one size, however few.
    """
    found: set[tuple[int, ...]] = set()
    for a in range(len(sizes)):
        for number in range(room // sizes[a] + 1):
            if every_length and number:
                found.add((a,) * number)
            for b in range(a + 1):
                second, rest = divmod(room - number * sizes[a], sizes[b])
                chosen = [a] * number + [b] * second
                for k in range(len(sizes) - 1, -1, -1):
                    chosen += [k] * (rest // sizes[k])
                    rest %= sizes[k]
                if chosen:
                    found.add(tuple(sorted(chosen, reverse=True)))
    return found


def _maximal(sizes: list[int], room: int, every_length: bool) -> Iterator[tuple[int, ...] | None]:
    """Walk through the multisets that fit, largest sizes first: the maximal ones, and None for others."""
    stack: list[tuple[tuple[int, ...], int]] = [((), room)]
    while stack:
        chosen, left = stack.pop()
        last = chosen[-1] if chosen else len(sizes) - 1
        yield chosen if chosen and _cannot_grow(sizes, chosen, left, every_length) else None
        stack.extend(((*chosen, k), left - sizes[k]) for k in range(last + 1) if sizes[k] <= left)


def _cannot_grow(sizes: list[int], chosen: tuple[int, ...], left: int, every_length: bool) -> bool:
    if not every_length and sizes[0] <= left:
        return False
    return all(k + 1 == len(sizes) or sizes[k + 1] - sizes[k] > left for k in set(chosen))
