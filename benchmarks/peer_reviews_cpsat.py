"""Peer: the direct model of a review schedule in CP-SAT (OR-Tools), goal by goal.

``python -m benchmarks.peer_reviews_cpsat FOLDER SECONDS``.
"""

from __future__ import annotations

import sys
import threading
import time
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from allocator.core.calendar.problem import Ints
from benchmarks.peer_reviews import Found, main
from benchmarks.peer_reviews_model import Columns, Rows

# A release of the solver has certified wrong optima of rows whose sums pass this.
LARGEST_SUM = 2**31 - 1
WORKERS = 2


class CpSat:
    """The model in CP-SAT, each goal from the last one's answer."""

    def __init__(self) -> None:
        self._model = cp_model.CpModel()
        self._columns: list[cp_model.IntVar] = []
        self._upper = np.zeros(0, dtype=np.int64)

    def extend(self, columns: Columns, rows: Rows) -> None:
        """Add columns, then rows; a row that says "at most one" is told as such."""
        new_int = self._model.new_int_var
        bounds = zip(columns.lower.tolist(), columns.upper.tolist(), strict=True)
        self._columns += [new_int(lower, upper, "") for lower, upper in bounds]
        self._upper = np.append(self._upper, columns.upper)
        columns_of, factors = rows.column.tolist(), rows.factor.tolist()
        for (begin, stop), most in zip(pairwise(rows.first.tolist()), rows.most.tolist(), strict=True):
            terms = [self._columns[j] for j in columns_of[begin:stop]]
            if most == 1 and set(factors[begin:stop]) == {1}:
                self._model.add_at_most_one(terms)
                continue
            self._check_sum(rows.column[begin:stop], rows.factor[begin:stop])
            self._model.add(cp_model.LinearExpr.weighted_sum(terms, factors[begin:stop]) <= most)

    def best(self, factor: Ints, better: int, start: Ints | None, share_s: float, limit_s: float) -> Found:
        """Solve one goal with two workers."""
        used = np.flatnonzero(factor)
        self._check_sum(used, factor[used])
        terms = [self._columns[j] for j in used.tolist()]
        total = cp_model.LinearExpr.weighted_sum(terms, factor[used].tolist())
        (self._model.maximize if better == 1 else self._model.minimize)(total)
        self._model.clear_hints()
        if start is not None:
            for column, value in zip(self._columns, start.tolist(), strict=True):
                self._model.add_hint(column, value)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = limit_s
        watch = _Watch(solver, share_s)
        try:
            status = solver.solve(self._model, watch)
        finally:
            watch.end()
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found(None, None, False)
        point = np.fromiter(map(solver.value, self._columns), dtype=np.int64, count=len(self._columns))
        bound = round(solver.best_objective_bound)
        return Found(point, bound, status == cp_model.OPTIMAL)

    def _check_sum(self, columns: Ints, factor: Ints) -> None:
        if int((np.abs(factor) * self._upper[columns]).sum()) > LARGEST_SUM:
            raise ValueError("a sum passes 2^31: the solver is not to be trusted with it")


class _Watch(cp_model.CpSolverSolutionCallback):
    """Stops the search when its share of time is over, as soon as there is a point."""

    def __init__(self, solver: cp_model.CpSolver, share_s: float) -> None:
        super().__init__()
        self._solver, self._over = solver, time.monotonic() + share_s
        self._found = False
        self._timer = threading.Timer(share_s, self._rings)
        self._timer.daemon = True
        self._timer.start()

    def on_solution_callback(self) -> None:
        """Take note of a point."""
        self._found = True
        if time.monotonic() >= self._over:
            self.stop_search()

    def end(self) -> None:
        """Forget the alarm."""
        self._timer.cancel()

    def _rings(self) -> None:
        if self._found:
            self._solver.stop_search()


if __name__ == "__main__":
    sys.exit(main(CpSat, sys.argv[1:]))
