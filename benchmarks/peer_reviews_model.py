"""The direct model of a review schedule, which both peers are given: a Boolean a case, volunteer and week.

Column by column and row by row as one would write it down: whole numbers, sparse rows, and for
each goal a linear objective. A goal that needs columns of its own (the largest share of hours, the
pairs of school and volunteer) brings them when its turn comes, so that earlier goals do not carry them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.core.calendar import rules
from allocator.core.calendar.problem import (
    Appointments,
    Bools,
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    SpreadTier,
    Tier,
    TimeTier,
)


@dataclass(frozen=True)
class Columns:
    """Whole-number variables, each from its `lower` to its `upper`; int64, shape (n_columns,)."""

    lower: Ints
    upper: Ints

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True)
class Rows:
    """Sparse rows whose sums are at most `most`, one row's entries after the other's.

    Parameters
    ----------
    first : int64, shape (n_rows + 1,)
        Where each row's entries begin.
    column, factor : int64, shape (n_entries,)
        No column twice in a row.
    most : int64, shape (n_rows,)
    """

    first: Ints
    column: Ints
    factor: Ints
    most: Ints

    def __len__(self) -> int:
        return len(self.most)

    def keeps(self, point: Ints) -> bool:
        """Tell whether a point keeps every row."""
        row = np.repeat(np.arange(len(self)), np.diff(self.first))
        sums = np.zeros(len(self), dtype=np.int64)
        np.add.at(sums, row, self.factor * point[self.column])
        return bool(np.all(sums <= self.most))


@dataclass(frozen=True)
class Stage:
    """One goal as an objective, with what it adds to the model.

    Parameters
    ----------
    columns : Columns
        New ones, numbered after all that there are.
    rows : Rows
        New ones.
    factor : int64, shape (n_columns so far, the new ones too)
        What a unit of each column adds to the goal's value.
    base : int
        The goal's value where every column is 0.
    better : {1, -1}
        1: more is better.
    """

    columns: Columns
    rows: Rows
    factor: Ints
    base: int
    better: Literal[1, -1]

    def value(self, point: Ints) -> int:
        """Return what the goal comes to."""
        return self.base + int(self.factor @ point)

    def no_worse(self, value: int) -> Rows:
        """Return the row that holds the goal at a value or better."""
        used = np.flatnonzero(self.factor)
        most = np.array([-self.better * (value - self.base)], dtype=np.int64)
        # Rows are at most: less is better as it stands, more is better with the sign turned.
        return Rows(np.array([0, len(used)]), used, -self.better * self.factor[used], most)


class DirectModel:
    """The model of one problem: its first columns and rows, then a stage a goal.

    Parameters
    ----------
    problem : CalendarProblem

    Attributes
    ----------
    columns : Columns
        One for every triple of a case, a volunteer and a week that no rule forbids, first readings
        before second ones.
    rows : Rows
        A case once; a second reading not without a first, nor by one like its reader; each
        volunteer's hours in each week; each volunteer's most cases; each week's most cases. Rows
        that no choice can break are left out.
    """

    def __init__(self, problem: CalendarProblem) -> None:
        self.problem = problem
        fits = _fits(problem)
        may = fits & ~problem.barred[:, :, None] & (problem.period_most > 0)
        self._agent, self._worker, self._period = _triples(may)
        second = fits & ~problem.second_barred[:, :, None] & problem.wants_second[:, None, None]
        self._second = _triples(second)
        n = len(self._agent) + len(self._second[0])
        self.columns = Columns(np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.int64))
        self.rows = _joined(self._hard_rows())

    def appointments(self, point: Ints) -> Appointments:
        """Read who does what when from a point."""
        made = Appointments.none(self.problem.n_agents)
        chosen = np.flatnonzero(point[: len(self._agent)])
        made.worker[self._agent[chosen]] = self._worker[chosen]
        made.period[self._agent[chosen]] = self._period[chosen]
        agent, worker, period = self._second
        chosen = np.flatnonzero(point[len(self._agent) : len(self.columns)])
        made.second_worker[agent[chosen]] = worker[chosen]
        made.second_period[agent[chosen]] = period[chosen]
        return made

    def stage(self, tier: Tier, n_columns: int) -> Stage:
        """Return a goal's stage.

        Parameters
        ----------
        tier : Tier
        n_columns : int
            How many columns there are so far, those of earlier stages too.
        """
        factor = np.zeros(n_columns, dtype=np.int64)
        columns, rows, base = Columns(factor[:0], factor[:0]), _joined([]), tier.base
        better: Literal[1, -1] = 1 if rules.better(tier) == 1 else -1
        firsts = slice(0, len(self._agent))
        if isinstance(tier, TimeTier):
            factor[firsts] = tier.sense * tier.gain[self._agent, self._period]
        elif isinstance(tier, PairTier):
            factor[firsts] = tier.suits[self._agent, self._worker]
        elif isinstance(tier, KeptTier):
            same = tier.worker[self._agent] == self._worker
            factor[firsts] = same & (tier.period[self._agent] == self._period)
        elif isinstance(tier, SecondTier):
            factor[len(self._agent) : len(self.columns)] = 1
        elif isinstance(tier, LoadTier):
            # The new column is the value itself, from `base` on.
            columns, rows = self._load(tier, n_columns)
            base = 0
        else:
            columns, rows = self._spread(tier, n_columns)
        return Stage(columns, rows, np.append(factor, np.ones(len(columns), dtype=np.int64)), base, better)

    def completed(self, tier: Tier, point: Ints) -> Ints:
        """Return a point with the least values of the columns that a tier's stage adds."""
        if isinstance(tier, LoadTier):
            value = rules.value(self.problem, tier, self.appointments(point))
            return np.append(point, np.int64(value))
        if isinstance(tier, SpreadTier):
            pair, _, n_pairs = self._pairs(tier)
            met = np.zeros(n_pairs, dtype=np.int64)
            met[pair[(pair >= 0) & (point[: len(pair)] > 0)]] = 1
            return np.concatenate((point, met))
        return point

    def _hard_rows(self) -> list[Rows]:
        problem = self.problem
        agent, worker, period = self._agent, self._worker, self._period
        agent2, worker2, period2 = self._second
        n, n2 = len(agent), len(agent2)
        first, every = np.arange(n), np.arange(n + n2)
        both = np.concatenate((worker, worker2))
        slot = both * problem.n_periods + np.concatenate((period, period2))
        size = problem.size[np.concatenate((agent, agent2))]
        one = np.ones(n + n2, dtype=np.int64)
        found = [
            _rows(agent, first, one[:n], np.ones(problem.n_agents, dtype=np.int64)),
            _rows(slot, every, size, problem.room.ravel()),
            _rows(both, every, one, problem.most),
            _rows(period, first, one[:n], problem.period_most),
        ]
        wanting = problem.wants_second[agent]
        row, column = np.append(agent[wanting], agent2), np.append(first[wanting], every[n:])
        factor = np.append(-one[:n][wanting], one[n:])
        found.append(_rows(row, column, factor, np.zeros(problem.n_agents, dtype=np.int64)))
        return found + [self._alike(int(one_agent)) for one_agent in np.unique(agent2)]

    def _alike(self, agent: int) -> Rows:
        """A case's second reader is unlike its first: for each, it or a first reader like it."""
        firsts = _of(self._agent, agent)
        seconds = _of(self._second[0], agent)
        readers, own = np.unique(self._second[1][seconds], return_inverse=True)
        row, at = np.nonzero(~self.problem.unlike[readers][:, self._worker[firsts]])
        rows, columns = np.append(own, row), np.append(len(self._agent) + seconds, firsts[at])
        factor = np.ones(len(rows), dtype=np.int64)
        return _rows(rows, columns, factor, np.ones(len(readers), dtype=np.int64))

    def _load(self, tier: LoadTier, column: int) -> tuple[Columns, Rows]:
        """One column, at least every volunteer's share of hours, in whole per mille."""
        offers = tier.offered > 0
        firsts = np.flatnonzero(offers[self._worker])
        workers = np.flatnonzero(offers)
        row = np.concatenate((self._worker[firsts], workers))
        columns = np.concatenate((firsts, np.full(len(workers), column)))
        factor = np.concatenate((1000 * self.problem.size[self._agent[firsts]], -tier.offered[workers]))
        least = max(tier.base, int(rules.shares(tier.taken, tier.offered).max(initial=0)))
        room = tier.taken + self.problem.room.sum(axis=1)
        most = max(least, int(rules.shares(room, tier.offered).max(initial=0)))
        bounds = Columns(np.array([least], dtype=np.int64), np.array([most], dtype=np.int64))
        return bounds, _rows(row, columns, factor, -1000 * tier.taken)

    def _spread(self, tier: SpreadTier, column: int) -> tuple[Columns, Rows]:
        """A column a new pair of family and volunteer, which each of the family's cases there needs."""
        pair, key, n_pairs = self._pairs(tier)
        firsts = np.flatnonzero(pair >= 0)
        each, row = np.unique(key[firsts], return_inverse=True)
        # Every row is of one case and one volunteer, and so of one pair.
        pair_of = np.zeros(len(each), dtype=np.int64)
        pair_of[row] = pair[firsts]
        rows = np.append(row, np.arange(len(each)))
        columns = np.append(firsts, column + pair_of)
        factor = np.append(np.ones(len(firsts), dtype=np.int64), -np.ones(len(each), dtype=np.int64))
        zeros = np.zeros(n_pairs, dtype=np.int64)
        return Columns(zeros, zeros + 1), _rows(rows, columns, factor, np.zeros(len(each), dtype=np.int64))

    def _pairs(self, tier: SpreadTier) -> tuple[Ints, Ints, int]:
        """Give every first reading's new pair (-1: has met), its case and volunteer; and how many pairs."""
        n_workers = self.problem.n_workers
        family = tier.family[self._agent]
        new = ~tier.met[family, self._worker]
        pair = np.full(len(self._agent), -1, dtype=np.int64)
        each, pair[new] = np.unique(family[new] * n_workers + self._worker[new], return_inverse=True)
        return pair, self._agent * n_workers + self._worker, len(each)


def _fits(problem: CalendarProblem) -> Bools:
    """Whether a case may lie in a volunteer's week by its size and first week; (agents, workers, periods)."""
    fits = problem.room[None, :, :] >= problem.size[:, None, None]
    fits &= (np.arange(problem.n_periods) >= problem.first[:, None])[:, None, :]
    return np.asarray(fits & (problem.most > 0)[None, :, None])


def _triples(may: Bools) -> tuple[Ints, Ints, Ints]:
    agent, worker, period = np.nonzero(may)
    return agent, worker, period


def _of(agents: Ints, agent: int) -> Ints:
    """Return where an agent lies in sorted ones."""
    return np.arange(*np.searchsorted(agents, (agent, agent + 1)))


def _rows(row: Ints, column: Ints, factor: Ints, most: Ints) -> Rows:
    """Sort entries into rows, and leave out the rows that no point of zeros and ones can break."""
    reach = np.zeros(len(most), dtype=np.int64)
    np.add.at(reach, row, np.maximum(factor, 0))
    kept = (reach > most) & (np.bincount(row, minlength=len(most)) > 0)
    number = np.cumsum(kept) - 1
    entries = np.flatnonzero(kept[row])
    entries = entries[np.argsort(row[entries], kind="stable")]
    lengths = np.bincount(number[row[entries]], minlength=int(kept.sum()))
    first = np.concatenate(([0], np.cumsum(lengths)))
    return Rows(first, column[entries], factor[entries], most[kept])


def _joined(blocks: list[Rows]) -> Rows:
    empty = np.zeros(0, dtype=np.int64)
    first, begin = [np.zeros(1, dtype=np.int64)], 0
    for block in blocks:
        first.append(begin + block.first[1:])
        begin += len(block.column)
    return Rows(
        np.concatenate(first),
        np.concatenate([empty, *(block.column for block in blocks)]),
        np.concatenate([empty, *(block.factor for block in blocks)]),
        np.concatenate([empty, *(block.most for block in blocks)]),
    )
