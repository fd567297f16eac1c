"""What every volunteer may still read: cases counted by length and by the week they are ready in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import Bools, CalendarProblem, Ints

# Stands for the length of a case that there is not.
NO_CASE = 2**62


@dataclass(frozen=True)
class Readable:
    """How many cases of each length each worker may read in each week.

    Parameters
    ----------
    sizes : int64, shape (n_sizes,)
        The different lengths, ascending; units.
    first : int64, shape (n_kinds,)
        The week that the cases of a kind are ready in.
    size : int64, shape (n_kinds,)
        Their length, as an index into `sizes`.
    count : int64, shape (n_kinds, n_workers)
        How many of them no rule bars the worker from.
    n_periods : int
    """

    sizes: Ints
    first: Ints
    size: Ints
    count: Ints
    n_periods: int

    @classmethod
    def of(cls, problem: CalendarProblem, among: Bools | None = None) -> Readable:
        """Count the agents of a problem; only those of a mask, shape (n_agents,), where one is given."""
        rows = np.arange(problem.n_agents) if among is None else np.flatnonzero(among)
        sizes, size = np.unique(problem.size[rows], return_inverse=True)
        width = problem.n_periods + 1
        kinds, kind = np.unique(size * width + problem.first[rows], return_inverse=True)
        order = np.argsort(kind, kind="stable")
        count = np.zeros((len(kinds), problem.n_workers), dtype=np.int64)
        if len(rows):
            starts = np.searchsorted(kind[order], np.arange(len(kinds)))
            free = ~problem.barred[rows[order]]
            count = np.add.reduceat(free, starts, axis=0, dtype=np.int64)
        return cls(sizes, kinds % width, kinds // width, count, problem.n_periods)

    def by_week(self, period: int) -> Ints:
        """Return the cases ready by a week, of each length, for each worker; (n_sizes, n_workers)."""
        ready = self.first <= period
        found = np.zeros((len(self.sizes), self.count.shape[1]), dtype=np.int64)
        np.add.at(found, self.size[ready], self.count[ready])
        return found

    def least(self) -> Ints:
        """Return the shortest case that each worker may read in each week; units, (n_workers, n_periods).

        `NO_CASE` where there is none.
        """
        found = np.full((self.count.shape[1], self.n_periods + 1), NO_CASE, dtype=np.int64)
        for first, size, count in zip(self.first.tolist(), self.size.tolist(), self.count, strict=True):
            column = found[:, first]
            found[:, first] = np.where(count > 0, np.minimum(column, self.sizes[size]), column)
        return np.asarray(np.minimum.accumulate(found, axis=1)[:, : self.n_periods])

    @property
    def any_case(self) -> Bools:
        """Who may read any case at all, ready or not; shape (n_workers,)."""
        return np.asarray(self.count.sum(axis=0) > 0)
