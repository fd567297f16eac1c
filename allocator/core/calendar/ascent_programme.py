"""The relaxation whose duals bound a goal about pairs: groups of agents in periods, and slots of cells.

In each period a group's agents are done plainly, by whomever, or suitingly, by a kind of workers of
whom it is known whether they suit. A cell's periods are filled by patterns of slots, and a slot may
hold any agent that is no larger. Where all patterns are listed, the optimum is the least figure that
`certificate.bound` can give for any multipliers, up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from allocator.core.calendar.ascent_kinds import Cells, Groups
from allocator.core.calendar.problem import Bools, CalendarProblem, Ints, PairTier, TimeTier
from allocator.core.calendar.rules import better

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairProgramme:
    """Maximise `cost` over columns from 0 to `upper`, with every row at most `high` or equal to it.

    Parameters
    ----------
    matrix : csr_array, shape (n_rows, n_columns)
    high : float, shape (n_rows,)
    equal : bool, shape (n_rows,)
    upper, cost : float, shape (n_columns,)
    supply, told : int64, shape (n_groups,)
        The row of each group, and of its agents who add to a goal by themselves; -1 for none.
    goals : int64, shape (n_goals,)
        The row that holds each earlier goal; -1 for one that is neither about time nor pairs.
    worker, period : int64
        The row of each worker's and of each period's cap; -1 for none.
    """

    matrix: csr_array
    high: Floats
    equal: Bools
    upper: Floats
    cost: Floats
    supply: Ints
    told: Ints
    goals: Ints
    worker: Ints
    period: Ints


def pair_programme(
    problem: CalendarProblem, groups: Groups, cells: Cells, values: Sequence[int]
) -> PairProgramme:
    """Write the relaxation.

    Parameters
    ----------
    problem : CalendarProblem
    groups, cells
        Of the problem and the goal.
    values : sequence of int
        What the earlier goals come to; they are held at that, or better.
    """
    return _Writer(problem, groups, cells, values).written()


class _Writer:
    """The programme being put together: rows and columns are added, entries put between them."""

    def __init__(self, problem: CalendarProblem, groups: Groups, cells: Cells, values: Sequence[int]) -> None:
        self.problem, self.groups, self.cells, self.values = problem, groups, cells, values
        self.tier = groups.paired[-1]
        self.high: list[Floats] = []
        self.upper: list[Floats] = []
        self.entries: list[tuple[Ints, Ints, Ints]] = []
        self.n_rows = self.n_columns = 0
        self.suiting: tuple[Ints, Ints] = (np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int64))

    def written(self) -> PairProgramme:
        """Write everything."""
        supply, told, goals, period = self._agents()
        worker = self._cells()
        columns, adds = self.suiting
        for k, added in zip(self.groups.paired[:-1], adds, strict=False):
            self._put(goals[k], columns, -added)
        cost = np.zeros(self.n_columns)
        cost[columns] = adds[-1]
        rows, across, entries = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        shape = (self.n_rows, self.n_columns)
        matrix = coo_array((entries.astype(np.float64), (rows, across)), shape).tocsr()
        high, upper = np.concatenate(self.high), np.concatenate(self.upper)
        equal = np.zeros(self.n_rows, dtype=np.bool_)
        # Who is done suitingly is done by somebody suited, and the other way.
        equal[self.sort_row[self.sort_row >= 0]] = True
        return PairProgramme(matrix, high, equal, upper, cost, supply, told, goals, worker, period)

    def _add_rows(self, high: npt.ArrayLike) -> Ints:
        self.high.append(np.asarray(high, dtype=np.float64))
        self.n_rows += len(self.high[-1])
        return np.arange(self.n_rows - len(self.high[-1]), self.n_rows)

    def _add_columns(self, n: int, upper: float = np.inf) -> Ints:
        self.upper.append(np.full(n, upper))
        self.n_columns += n
        return np.arange(self.n_columns - n, self.n_columns)

    def _put(self, rows: Ints, columns: Ints, entries: Ints | int = 1) -> None:
        row, column, entry = np.broadcast_arrays(rows, columns, entries)
        self.entries.append((row.ravel(), column.ravel(), entry.ravel()))

    def _agents(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Write groups in periods, told agents, and what they are held to; return the rows of each."""
        problem, groups, types = self.problem, self.groups, self.groups.types
        works = np.bincount(self.cells.period, minlength=problem.n_periods) > 0
        may = (np.arange(problem.n_periods) >= types.first[groups.type_][:, None]) & works
        group, period = np.nonzero(may)
        plain, suiting = self._add_columns(len(group)), self._add_columns(len(group))
        both = np.stack([plain, suiting])
        supply = self._add_rows(groups.count)
        self._put(supply[group], both)
        told, by = self._told(group, both)
        goals = self._held(both, group, period, *by)
        caps = np.full(problem.n_periods, -1, dtype=np.int64)
        binding = np.flatnonzero(problem.period_most < problem.n_agents)
        caps[binding] = self._add_rows(problem.period_most[binding])
        capped = caps[period] >= 0
        self._put(caps[period][capped], both[:, capped])
        self._balances(plain, suiting, group, period)
        return supply, told, goals, caps

    def _told(self, group: Ints, both: Ints) -> tuple[Ints, tuple[Ints, Ints]]:
        """Write agents who add by themselves: no more of a group than of it are done."""
        groups = self.groups
        agents = np.flatnonzero(groups.types.extra.any(axis=0))
        columns = self._add_columns(len(agents), 1.0)
        rows = np.full(len(groups.count), -1, dtype=np.int64)
        some = np.unique(groups.of[agents])
        rows[some] = self._add_rows(np.zeros(len(some)))
        self._put(rows[groups.of[agents]], columns)
        mine = rows[group] >= 0
        self._put(rows[group][mine], both[:, mine], -1)
        return rows, (agents, columns)

    def _held(self, both: Ints, group: Ints, period: Ints, agents: Ints, own: Ints) -> Ints:
        """Write a row an earlier goal about time or pairs: at least what it comes to."""
        rows = np.full(self.tier, -1, dtype=np.int64)
        for k, goal in enumerate(self.problem.tiers[: self.tier]):
            if isinstance(goal, TimeTier | PairTier):
                gain = better(goal) * (int(self.values[k]) - goal.base)
                rows[k : k + 1] = self._add_rows([-gain])
        types = self.groups.types
        for k, gain, extra in zip(self.groups.timed, types.gain, types.extra, strict=True):
            self._put(rows[k], both, -gain[self.groups.type_[group], period])
            self._put(rows[k], own, -extra[agents])
        return rows

    def _balances(self, plain: Ints, suiting: Ints, group: Ints, period: Ints) -> None:
        """Write a row a size and period, and a row a sort of agents, size and period: as many as slots."""
        groups, periods = self.groups, self.problem.n_periods
        rank = np.searchsorted(groups.sizes, groups.types.size[groups.type_])[group]
        sort = groups.sort[group]
        self.plain_row = np.full((len(groups.sizes), periods), -1, dtype=np.int64)
        self.sort_row = np.full((len(groups.sample), len(groups.sizes), periods), -1, dtype=np.int64)
        for table, at, columns in (
            (self.plain_row, (rank, period), plain),
            (self.sort_row, (sort, rank, period), suiting),
        ):
            table[at] = 0
            table[table == 0] = self._add_rows(np.zeros(int((table == 0).sum())))
            self._put(table[at], columns)

    def _cells(self) -> Ints:
        """Write the cells' patterns and slots; return the row of each worker's cap."""
        cells, sizes = self.cells, self.groups.sizes
        caps = self._add_rows(cells.cap)
        fill = self._add_rows(cells.count)
        fits = cells.room[:, None] >= sizes
        slot = np.full(fits.shape, -1, dtype=np.int64)
        slot[fits] = self._add_rows(np.zeros(int(fits.sum())))
        for way, known in enumerate(cells.fillings):
            at = np.flatnonzero(cells.way == way)
            columns = self._add_columns(len(at) * len(known)).reshape(len(at), len(known))
            self._put(fill[at, None], columns)
            for k in np.flatnonzero(fits[at[0]]).tolist():
                self._put(slot[at, k][:, None], columns, -known[:, k])
            capped = cells.class_[at] >= 0
            self._put(caps[cells.class_[at][capped], None], columns[capped], known[:, 0])
        self._slots(slot)
        worker = np.full(self.problem.n_workers, -1, dtype=np.int64)
        worker[cells.of >= 0] = caps[cells.of[cells.of >= 0]]
        return worker

    def _slots(self, slot: Ints) -> None:
        """Write agents in slots: plain ones by size, suiting ones by sort and size."""
        cells, groups = self.cells, self.groups
        cell, rank = np.nonzero((slot >= 0) & (self.plain_row.T[cells.period] >= 0))
        columns = self._add_columns(len(cell))
        self._put(self.plain_row[rank, cells.period[cell]], columns, -1)
        self._take(slot, cell, rank, columns)
        suits = groups.suits[:, groups.sample]
        open_ = (slot >= 0)[:, :, None] & (self.sort_row.transpose(2, 1, 0)[cells.period] >= 0)
        cell, rank, sort = np.nonzero(open_ & np.asarray(suits.any(axis=0)).T[cells.kind][:, None])
        columns = self._add_columns(len(cell))
        self._put(self.sort_row[sort, rank, cells.period[cell]], columns, -1)
        self._take(slot, cell, rank, columns)
        self.suiting = (columns, suits[:, sort, cells.kind[cell]].astype(np.int64))

    def _take(self, slot: Ints, cell: Ints, rank: Ints, columns: Ints) -> None:
        """Let columns take a slot of their size or more in their cells."""
        for k in range(len(self.groups.sizes)):
            large = rank >= k
            self._put(slot[cell[large], k], columns[large])
