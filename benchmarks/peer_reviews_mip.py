"""Peer: the direct model of a review schedule as an integer programme in HiGHS, goal by goal.

``python -m benchmarks.peer_reviews_mip FOLDER SECONDS``.
"""

from __future__ import annotations

import math
import sys
import time

import highspy
import numpy as np
from highspy import HighsCallbackEvent

from allocator.core.calendar.problem import Ints
from benchmarks.peer_reviews import Found, main, point_of
from benchmarks.peer_reviews_model import Columns, Rows

# How far from a whole number the solver's bound may lie and mean it.
TOLERANCE = 1e-6
THREADS = 2


class Highs:
    """The model in HiGHS, each goal from the last one's answer."""

    def __init__(self) -> None:
        self._model = highspy.Highs()
        self._n = 0
        self._share_s, self._began = math.inf, 0.0
        for option, value in (
            ("output_flag", False),
            ("mip_rel_gap", 0.0),
            ("threads", THREADS),
        ):
            self._done(self._model.setOptionValue(option, value))
        self._model.cbMipInterrupt += self._stops

    def extend(self, columns: Columns, rows: Rows) -> None:
        """Add whole-number columns, then sparse rows."""
        n, none, zero = len(columns), np.zeros(0, dtype=np.int32), np.zeros(len(columns), dtype=np.float64)
        if n:
            lower, upper = columns.lower.astype(np.float64), columns.upper.astype(np.float64)
            starts = np.zeros(n, dtype=np.int32)
            self._done(self._model.addCols(n, zero, lower, upper, 0, starts, none, none.astype(np.float64)))
            number = np.arange(self._n, self._n + n, dtype=np.int32)
            whole = np.full(n, highspy.HighsVarType.kInteger)
            self._done(self._model.changeColsIntegrality(n, number, whole))
            self._n += n
        if len(rows):
            # A row with a column twice is refused without an error raised: `_done` sees to it.
            self._done(
                self._model.addRows(
                    len(rows),
                    np.full(len(rows), -highspy.kHighsInf),
                    rows.most.astype(np.float64),
                    len(rows.column),
                    rows.first[:-1].astype(np.int32),
                    rows.column.astype(np.int32),
                    rows.factor.astype(np.float64),
                )
            )

    def best(self, factor: Ints, better: int, start: Ints | None, share_s: float, limit_s: float) -> Found:
        """Solve one goal by branch and cut, to a gap of nothing."""
        model, every = self._model, np.arange(self._n, dtype=np.int32)
        self._done(model.changeColsCost(self._n, every, factor.astype(np.float64)))
        sense = highspy.ObjSense.kMaximize if better == 1 else highspy.ObjSense.kMinimize
        self._done(model.changeObjectiveSense(sense))
        end = time.monotonic() + limit_s
        found, claimed = self._run(better, start, share_s, limit_s)
        # HiGHS 1.16 can take a start for better than it is, once it has presolved, and call it the best.
        if start is not None and found.point is not None and int(factor @ found.point) != claimed:
            left = max(end - time.monotonic(), 0.01)
            found, _ = self._run(better, None, min(share_s, left), left)
        return found

    def _run(self, better: int, start: Ints | None, share_s: float, limit_s: float) -> tuple[Found, int]:
        """Solve the model as it stands; return what was found, and the value that HiGHS says it has."""
        model = self._model
        self._done(model.clearSolver())
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = start.astype(np.float64).tolist()
            self._done(model.setSolution(given))
        self._began, self._share_s = time.monotonic(), share_s
        self._done(model.setOptionValue("time_limit", limit_s))
        model.run()
        info = model.getInfo()
        bound = _whole(info.mip_dual_bound, better)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Found(None, bound, False), 0
        optimal = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        point, claimed = point_of(model.getSolution().col_value), round(info.objective_function_value)
        return Found(point, bound, optimal), claimed

    def _stops(self, event: HighsCallbackEvent) -> None:
        """End the search when its share of time is over, if it has a point."""
        found = abs(event.data_out.mip_primal_bound) < highspy.kHighsInf
        if found and time.monotonic() - self._began >= self._share_s:
            event.interrupt()

    def _done(self, status: highspy.HighsStatus) -> None:
        if status == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refused a part of the model")


def _whole(bound: float, better: int) -> int | None:
    """Return the best whole number that a bound admits; None where it admits any."""
    if not math.isfinite(bound):
        return None
    return math.floor(bound + TOLERANCE) if better == 1 else math.ceil(bound - TOLERANCE)


if __name__ == "__main__":
    sys.exit(main(Highs, sys.argv[1:]))
