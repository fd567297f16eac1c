"""The programme of types and patterns: how many of each type in each period, and how periods are filled.

Conflicts are left out and caps are held a class of workers, so its optimum bounds the problem's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from scipy.sparse import coo_array, csc_array

from allocator.core.calendar.patterns import WorkerClass, classes_of, coarse, patterns
from allocator.core.calendar.problem import CalendarProblem, Ints, TimeTier
from allocator.core.calendar.types import Types, types_of


@dataclass(frozen=True)
class Pattern:
    """A column that fills one period of a class's workers.

    Parameters
    ----------
    worker_class, period : int
    slots : tuple of int
        Indices into the programme's sizes, descending.
    """

    worker_class: int
    period: int
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Programme:
    """Columns: a type in a period, then patterns, then agents of ranked types. Rows as named.

    Parameters
    ----------
    sizes : int64, shape (n_sizes,)
        What slots are of, ascending; an agent takes one that is no smaller.
    types : Types
    classes : list of WorkerClass
    when : int64, shape (n_when, 2)
        The type and the period of each column of the first kind.
    patterns : list of Pattern
        The columns of the second kind.
    ranked : int64
        The agents that are the columns of the third kind.
    matrix : csc_array, shape (n_rows, n_columns)
    low, high : float, shape (n_rows,)
    upper : float, shape (n_columns,)
    goals : float, shape (n_tiers, n_columns)
        What each column adds to each goal.
    complete : bool
        Whether all patterns are listed; else the programme's optimum bounds nothing.
    type_row, class_row, period_row : int64
        The row of each type; of each class's cap, -1 for none; of each period's cap, -1 for none.
    """

    sizes: Ints
    types: Types
    classes: list[WorkerClass]
    when: Ints
    patterns: list[Pattern]
    ranked: Ints
    matrix: csc_array
    low: np.ndarray
    high: np.ndarray
    upper: np.ndarray
    goals: np.ndarray
    complete: bool
    type_row: Ints
    class_row: Ints
    period_row: Ints


def time_tiers(problem: CalendarProblem) -> list[TimeTier]:
    """Return the goals about time that come before any other."""
    first = takewhile(lambda tier: isinstance(tier, TimeTier), problem.tiers)
    return [tier for tier in first if isinstance(tier, TimeTier)]


class _Rows:
    """A sparse matrix being put together."""

    def __init__(self) -> None:
        self.rows: list[Ints] = []
        self.columns: list[Ints] = []
        self.entries: list[Ints] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, low: float, high: float) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def put(self, rows: Ints | int, columns: Ints, entries: Ints | int = 1) -> None:
        shape = np.broadcast_shapes(np.shape(rows), np.shape(columns), np.shape(entries))
        self.rows.append(np.broadcast_to(rows, shape).reshape(-1))
        self.columns.append(np.broadcast_to(columns, shape).reshape(-1))
        self.entries.append(np.broadcast_to(entries, shape).reshape(-1))

    def matrix(self, n_columns: int) -> csc_array:
        entries = np.concatenate(self.entries) if self.entries else np.zeros(0)
        rows = np.concatenate(self.rows) if self.rows else np.zeros(0, dtype=np.int64)
        columns = np.concatenate(self.columns) if self.columns else np.zeros(0, dtype=np.int64)
        shape = (len(self.low), n_columns)
        return coo_array((entries.astype(np.float64), (rows, columns)), shape).tocsc()


def programme_of(problem: CalendarProblem, tiers: Sequence[TimeTier]) -> Programme:
    """Write a problem's goals about time as a programme of types and patterns."""
    types = types_of(problem, tiers)
    sizes = np.array(sorted(set(problem.size.tolist())), dtype=np.int64)
    classes = classes_of(problem)
    columns, complete = _patterns(sizes, classes)
    if not complete:
        sizes = coarse(problem.size)
        columns, _ = _patterns(sizes, classes)
    # A period that no pattern fills has room for nobody.
    works = np.zeros(problem.n_periods, dtype=np.bool_)
    works[[column.period for column in columns]] = True
    type_, period = np.nonzero((np.arange(problem.n_periods) >= types.first[:, None]) & works)
    when = np.column_stack([type_, period]).astype(np.int64)
    ranked = np.flatnonzero(types.extra.any(axis=0))
    n_when, n_patterns = len(when), len(columns)
    n = n_when + n_patterns + len(ranked)
    rows = _Rows()
    type_row = _supply(rows, types, when, ranked, n_when + n_patterns)
    _slots(rows, types, sizes, when, columns)
    class_row = _workers(rows, classes, columns, n_when)
    period_row = np.full(problem.n_periods, -1, dtype=np.int64)
    for p in np.flatnonzero(problem.period_most < problem.n_agents).tolist():
        period_row[p] = rows.add(-np.inf, float(problem.period_most[p]))
        rows.put(int(period_row[p]), np.flatnonzero(when[:, 1] == p))
    # No bound on what a row bounds already: a dual would hide in it.
    upper = np.full(n, np.inf)
    upper[n_when + n_patterns :] = 1.0
    goals = np.zeros((len(tiers), n))
    goals[:, :n_when] = types.gain[:, when[:, 0], when[:, 1]]
    goals[:, n_when + n_patterns :] = types.extra[:, ranked]
    return Programme(
        sizes, types, classes, when, columns, ranked, rows.matrix(n), np.array(rows.low),
        np.array(rows.high), upper, goals, complete, type_row, class_row, period_row,
    )  # fmt: skip


def _patterns(sizes: Ints, classes: list[WorkerClass]) -> tuple[list[Pattern], bool]:
    known: dict[tuple[int, bool], tuple[list[tuple[int, ...]], bool]] = {}
    columns: list[Pattern] = []
    for c, each in enumerate(classes):
        for period, room in zip(each.periods.tolist(), each.room.tolist(), strict=True):
            key = (room, each.most >= 0)
            if key not in known:
                known[key] = patterns(sizes, *key)
            listed = known[key][0]
            fitting = [slots for slots in listed if each.most < 0 or len(slots) <= each.most]
            columns += [Pattern(c, period, slots) for slots in fitting]
    return columns, all(complete for _, complete in known.values())


def _supply(rows: _Rows, types: Types, when: Ints, ranked: Ints, at: int) -> Ints:
    """Add a row a type: no more of it than there are, or as many as its agents that are done."""
    told = np.zeros(len(types.size), dtype=np.bool_)
    told[types.of[ranked]] = True
    found = np.array(
        [rows.add(0.0 if is_told else -np.inf, 0.0 if is_told else float(count))
         for is_told, count in zip(told.tolist(), types.count.tolist(), strict=True)],
        dtype=np.int64,
    )  # fmt: skip
    rows.put(found[when[:, 0]], np.arange(len(when)))
    # Agents of a told type that add nothing are done last, and count like the others.
    rows.put(found[types.of[ranked]], at + np.arange(len(ranked)), -1)
    return found


def _slots(rows: _Rows, types: Types, sizes: Ints, when: Ints, columns: list[Pattern]) -> None:
    """Add a row a period and size: no more agents so large than slots so large."""
    periods = sorted({column.period for column in columns})
    at = {(p, k): rows.add(-np.inf, 0.0) for p in periods for k in range(len(sizes))}
    rank = np.searchsorted(sizes, types.size)[when[:, 0]]
    for p in periods:
        here = when[:, 1] == p
        for k in range(len(sizes)):
            rows.put(at[p, k], np.flatnonzero(here & (rank >= k)))
    triples = [
        (at[column.period, k], len(when) + j, -sum(slot >= k for slot in column.slots))
        for j, column in enumerate(columns)
        for k in range(column.slots[0] + 1)
    ]
    if triples:
        row, column_, entry = (np.array(each) for each in zip(*triples, strict=True))
        rows.put(row, column_, entry)


def _workers(rows: _Rows, classes: list[WorkerClass], columns: list[Pattern], at: int) -> Ints:
    """Add a row a class and period, no more patterns than workers, and a row a capped class."""
    filled = {
        (c, p): rows.add(-np.inf, float(len(each.workers)))
        for c, each in enumerate(classes)
        for p in each.periods.tolist()
    }
    cap = np.array(
        [
            rows.add(-np.inf, float(each.most * len(each.workers))) if each.most >= 0 else -1
            for each in classes
        ],
        dtype=np.int64,
    )
    if columns:
        own = np.array([filled[column.worker_class, column.period] for column in columns])
        rows.put(own, at + np.arange(len(columns)))
        c = np.array([column.worker_class for column in columns])
        length = np.array([len(column.slots) for column in columns])
        capped = cap[c] >= 0
        rows.put(cap[c][capped], at + np.flatnonzero(capped), length[capped])
    return cap
