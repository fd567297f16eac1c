"""One question to CP-SAT: limited by counted work, so that it is answered alike on any machine."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from allocator.core.calendar.exact_model import Model
from allocator.errors import ProblemError

# Units of the solver's count of work that an ordinary machine does in a second.
WORK_A_SECOND = 0.6
# The solver's bounds are whole numbers in floats; they are read this much to the safe side.
_SLACK = 1e-6
# A search that ends open this near to the deadline, in seconds, was ended by it.
_NEAR = 0.01
# Possible first appointments up to which a problem is small.
_SMALL = 200


class Budget:
    """What work is left, and until when.

    Parameters
    ----------
    seconds : float
        On an ordinary machine; counted as work.
    deadline : float or None
        By `time.monotonic()`.
    """

    def __init__(self, seconds: float, deadline: float | None) -> None:
        self.work = seconds * WORK_A_SECOND
        self._deadline = deadline
        self._struck = False

    @property
    def seconds_left(self) -> float:
        """Wall seconds until the deadline; infinite where there is none."""
        return math.inf if self._deadline is None else self._deadline - time.monotonic()

    @property
    def struck(self) -> bool:
        """Whether the deadline has passed."""
        return self._struck or self.seconds_left <= 0

    def strike(self) -> None:
        """Say that the deadline ended a search."""
        self._struck = True


@dataclass(frozen=True)
class Answer:
    """What CP-SAT said.

    Parameters
    ----------
    closed : bool
        Whether the search came to its end.
    solution : tuple of int or None
        A figure a variable; None where none was found.
    bound : int or None
        No solution has a better objective; None where nothing is known.
    """

    closed: bool
    solution: Sequence[int] | None
    bound: int | None


def ask(model: Model, budget: Budget, work: float, more: bool) -> Answer:
    """Solve a model as it stands, with one worker and a fixed seed.

    Parameters
    ----------
    model : Model
    budget : Budget
        The work done is taken off.
    work : float
        The most to do.
    more : bool
        Whether the objective is to be large.

    Raises
    ------
    ProblemError
        When the solver finds the model invalid.
    """
    if work <= 0 or budget.struck:
        return Answer(False, None, None)
    solver = cp_model.CpSolver()
    limits = solver.parameters
    limits.num_workers = 1
    limits.random_seed = 1
    limits.interleave_search = False
    limits.max_deterministic_time = work
    # An interrupt is not to be taken for the end of the work.
    limits.catch_sigint_signal = False
    limits.linearization_level = 2
    # What these look for takes longer than it saves.
    limits.cp_model_probing_level = 0
    if len(model.first) <= _SMALL:
        limits.symmetry_level = 0
    if budget.seconds_left < math.inf:
        limits.max_time_in_seconds = max(budget.seconds_left, 0.001)
    status = solver.solve(model.solver_model)
    budget.work -= solver.response_proto.deterministic_time
    if status == cp_model.MODEL_INVALID:
        raise ProblemError(f"CP-SAT refuses the model: {model.solver_model.validate()}")
    if status == cp_model.INFEASIBLE:
        return Answer(True, None, None)
    if status != cp_model.OPTIMAL and budget.seconds_left < _NEAR:
        budget.strike()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(False, None, None)
    bound = solver.best_objective_bound
    whole = math.floor(bound + _SLACK) if more else math.ceil(bound - _SLACK)
    return Answer(status == cp_model.OPTIMAL, list(solver.response_proto.solution), whole)
