"""What the peers of the review engine share: goal by goal in strict order, each tier told as it ends.

A peer is a process of its own, so that solvers that do not get on never meet, and so that one that
runs out of memory or time takes nothing with it: what it told before stands. It prints a JSON
document a line: the size of its model, then a tier each, then why it stopped where it did.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from allocator.core.calendar import rules
from allocator.core.calendar.problem import CalendarProblem, Ints
from allocator.reviews.build import build
from allocator.reviews.intake import read_programme
from benchmarks.peer_reviews_model import Columns, DirectModel, Rows, Stage

# What a peer may ask the system for, bytes.
MEMORY = 8 * 2**30
Tell = Callable[[dict[str, Any]], None]
Status = Literal["optimal", "feasible", "nothing"]


@dataclass(frozen=True)
class Found:
    """What a solver says of one goal.

    Parameters
    ----------
    point : int64, shape (n_columns,), or None
        The best point; None where it found none.
    bound : int or None
        No point is better; of the objective without the goal's base. None where it knows none.
    optimal : bool
        Whether it says that the point is the best.
    """

    point: Ints | None
    bound: int | None
    optimal: bool


class Solver(Protocol):
    """A model that grows: columns and rows come, none goes."""

    def extend(self, columns: Columns, rows: Rows) -> None:
        """Add columns after those that there are, then rows."""

    def best(self, factor: Ints, better: int, start: Ints | None, share_s: float, limit_s: float) -> Found:
        """Make the sum of factor × column as large (`better` 1) or as small (-1) as can be.

        Parameters
        ----------
        factor : int64, shape (n_columns,)
        better : {1, -1}
        start : int64, shape (n_columns,), or None
            A point to start from; it keeps the rows.
        share_s : float
            Wall seconds after which the search stops, if it has found a point.
        limit_s : float
            Wall seconds after which it stops in any case.
        """


def attempt(problem: CalendarProblem, solver: Solver, limit_s: float) -> Iterator[dict[str, Any]]:
    """Solve a problem's goals one after the other, each held at what it came to.

    Each goal may take half of the time that is left, and more while there is no schedule at all: in a
    strict order nothing makes up for what an early goal lost. What a goal comes to is counted by the
    rules, on the appointments; the solver's word is taken for its bound alone.

    Parameters
    ----------
    problem : CalendarProblem
    solver : Solver
        Without columns and rows so far.
    limit_s : float
        Wall seconds, the making of the model included.

    Yields
    ------
    dict
        "columns" and "rows" once; then for every tier that was tried "value", "bound", "status",
        "seconds", and "note" where it went wrong.
    """
    began = time.monotonic()
    end = began + limit_s
    model = DirectModel(problem)
    solver.extend(model.columns, model.rows)
    yield {
        "columns": len(model.columns),
        "rows": len(model.rows),
        "seconds": round(time.monotonic() - began, 3),
    }
    n_columns = len(model.columns)
    point: Ints | None = None
    for k, tier in enumerate(problem.tiers):
        left = end - time.monotonic()
        if left <= 0:
            yield {"note": "out of time"}
            return
        stage = model.stage(tier, n_columns)
        solver.extend(stage.columns, stage.rows)
        n_columns += len(stage.columns)
        start = None if point is None else model.completed(tier, point)
        share = left if k == len(problem.tiers) - 1 else left / 2
        clock = time.monotonic()
        found = solver.best(stage.factor, stage.better, start, share, max(end - clock, 0.01))
        told, point = _judged(model, k, stage, found, start)
        told["seconds"] = round(time.monotonic() - clock, 3)
        yield told
        if told["value"] is None:
            return
        solver.extend(Columns(stage.factor[:0], stage.factor[:0]), stage.no_worse(told["value"]))


def _judged(
    model: DirectModel, k: int, stage: Stage, found: Found, start: Ints | None
) -> tuple[dict[str, Any], Ints | None]:
    """Count a tier's value on the appointments; a point that breaks a rule counts as none."""
    tier = model.problem.tiers[k]
    bound = None if found.bound is None else found.bound + stage.base
    # With a schedule in hand, a solver that finds nothing leaves that one.
    point = start if found.point is None else found.point
    if point is None:
        return {"value": None, "bound": bound, "status": "nothing"}, None
    made = model.appointments(point)
    broken = rules.breaches(model.problem, made)
    if broken:
        note = f"its point breaks {', '.join(broken)}"
        return {"value": None, "bound": bound, "status": "nothing", "note": note}, None
    # The solver's columns may say more than the appointments need; never less.
    value = rules.value(model.problem, tier, made)
    optimal = found.optimal and found.point is not None
    told: dict[str, Any] = {"value": value, "bound": value if optimal else bound}
    told["status"] = "optimal" if optimal else "feasible"
    if found.point is None:
        told["note"] = "it found nothing; counted on the schedule of the tier before"
    if optimal and found.bound is not None and bound != value:
        told |= {"status": "feasible", "bound": bound, "note": f"claims {bound} as best; counted {value}"}
    return told, point


def main(of: Callable[[], Solver], arguments: list[str]) -> int:
    """Be a peer: read a programme's folder, solve it and tell each tier.

    Parameters
    ----------
    of : callable
        Makes the solver.
    arguments : list of str
        The folder and the wall seconds.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("limit_s", type=float)
    asked = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        problem = build(read_programme(asked.folder)).problem
        for told in attempt(problem, of(), asked.limit_s):
            print(json.dumps(told), flush=True)
    except MemoryError:
        print(json.dumps({"note": f"the model does not fit {MEMORY // 2**30} GiB"}), flush=True)
    except ValueError as error:
        print(json.dumps({"note": str(error)}), flush=True)
    return 0


def point_of(values: Any) -> Ints:
    """Return whole numbers nearest to a solver's."""
    return np.asarray(np.rint(values), dtype=np.int64)
