"""The patterns of one class shared out among its workers: caps kept, as much staying as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_array

from allocator.core.calendar.problem import Ints

Pattern = tuple[int, ...]
# What one agent over a worker's cap weighs against one that stays.
_OVERRUN = 100.0
# Branches for one class; beyond them it is shared out period by period.
_NODES = 2_000


def shared_out(
    sizes: Ints,
    workers: Ints,
    most: int,
    patterns: Mapping[int, Sequence[Pattern]],
    staying: Mapping[tuple[int, int], list[int]],
) -> Iterator[tuple[int, int, Pattern]]:
    """Give each pattern of a class to one of its workers, no two of a period to the same.

    Parameters
    ----------
    sizes : int64, shape (n_sizes,)
        What the patterns' slots are of; units.
    workers : int64
    most : int
        Slots that each worker may have in all; -1 for no cap.
    patterns : mapping of period to patterns
        No more a period than there are workers.
    staying : mapping of (worker, period) to list of int
        The sizes, falling, of who is with the worker in the period and would stay.

    Yields
    ------
    worker, period : int
    pattern : tuple of int
        Cut short where the caps leave no other way.
    """
    found = None
    if most >= 0 and len(workers) > 1 and any(patterns.values()):
        found = _together(sizes, workers, most, patterns, staying)
    if found is None:
        found = _one_by_one(sizes, workers, most, patterns, staying)
    taken = dict.fromkeys(workers.tolist(), 0)
    for worker, period, slots in sorted(found, key=lambda each: (each[1], each[0])):
        kept = slots if most < 0 else slots[: max(0, most - taken[worker])]
        taken[worker] += len(kept)
        if kept:
            yield worker, period, kept


def _together(
    sizes: Ints,
    workers: Ints,
    most: int,
    patterns: Mapping[int, Sequence[Pattern]],
    staying: Mapping[tuple[int, int], list[int]],
) -> list[tuple[int, int, Pattern]] | None:
    """Share out all periods at once: an integer programme of one variable a worker, period and pattern."""
    kinds = [(p, slots) for p in sorted(patterns) for slots in sorted(set(patterns[p]))]
    n, w = len(kinds), len(workers)
    worth = np.array(
        [_holds(sizes, slots, staying.get((v, p), [])) for v in workers.tolist() for p, slots in kinds],
        dtype=np.float64,
    )
    column = np.arange(w * n)
    worker, kind = column // n, column % n
    periods = sorted(patterns)
    period = np.array([periods.index(p) for p, _ in kinds])
    length = np.array([len(slots) for _, slots in kinds])
    rows = worker * len(periods) + period[kind]
    one_each = coo_array((np.ones(w * n), (rows, column)), (w * len(periods), w * n)).tocsr()
    as_many = coo_array((np.ones(w * n), (kind, column)), (n, w * n)).tocsr()
    cap = coo_array((length[kind].astype(np.float64), (worker, column)), (w, w * n)).tocsr()
    times = np.array([list(patterns[p]).count(slots) for p, slots in kinds], dtype=np.float64)
    answer = milp(
        -worth,
        constraints=[
            LinearConstraint(one_each, -np.inf, 1.0),
            LinearConstraint(as_many, times, times),
            LinearConstraint(cap, -np.inf, float(most)),
        ],
        integrality=np.ones(w * n),
        bounds=Bounds(0.0, 1.0),
        options={"node_limit": _NODES},
    )
    if answer.x is None:
        return None
    given = np.flatnonzero(answer.x > 0.5)
    return [(int(workers[worker[at]]), *kinds[kind[at]]) for at in given.tolist()]


def _one_by_one(
    sizes: Ints,
    workers: Ints,
    most: int,
    patterns: Mapping[int, Sequence[Pattern]],
    staying: Mapping[tuple[int, int], list[int]],
) -> list[tuple[int, int, Pattern]]:
    """Share out period by period: most that stays, no cap overrun, then evenly."""
    taken = np.zeros(len(workers), dtype=np.int64)
    found = []
    for period in sorted(patterns):
        own = sorted(patterns[period], key=lambda slots: (-len(slots), slots))
        length = np.array([len(slots) for slots in own])
        cost = np.zeros((len(own), len(workers)))
        for column, worker in enumerate(workers.tolist()):
            held = staying.get((worker, period), [])
            cost[:, column] = [-_holds(sizes, slots, held) for slots in own] if held else 0.0
        if most >= 0:
            cost += _OVERRUN * np.maximum(0, taken + length[:, None] - most)
        # Longer patterns to those with less so far.
        cost += 1e-4 * taken * length[:, None]
        for row, column in zip(*linear_sum_assignment(cost), strict=True):
            taken[column] += len(own[row])
            found.append((int(workers[column]), period, own[row]))
    return found


def _holds(sizes: Ints, slots: Pattern, held: Sequence[int]) -> int:
    """Count how many of some sizes, falling, a pattern's slots can hold."""
    count = 0
    left = [int(sizes[k]) for k in slots]
    for size in held:
        if left and left[0] >= size:
            left.pop(max(k for k, room in enumerate(left) if room >= size))
            count += 1
    return count
