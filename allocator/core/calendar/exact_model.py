"""A CP-SAT model of appointments: one yes-or-no variable for each that is possible, and rows over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from ortools.sat.python import cp_model

from allocator.core.calendar.exact_spots import Spots, first_spots, second_spots
from allocator.core.calendar.problem import Appointments, CalendarProblem, Ints
from allocator.errors import ProblemError

Numbers: TypeAlias = Sequence[int] | Ints

# Factors of one row, times the largest figures of their variables, sum to less than this: some
# releases of the solver add up what is larger in too short a word and prove what is not so.
_ROW = 2**31


class Model:
    """The variables of a calendar problem, with rows and an objective over them.

    Variables are known by their number: first appointments in the order of `first`, then second
    ones in the order of `second`, then whatever rules and goals bring.

    Parameters
    ----------
    problem : CalendarProblem
    """

    def __init__(self, problem: CalendarProblem) -> None:
        self.problem = problem
        self.first: Spots = first_spots(problem)
        self.second: Spots = second_spots(problem)
        self.solver_model: Any = cp_model.CpModel()
        self._variables: list[Any] = []
        self._top: list[int] = []
        # What the variables that rules and goals brought are in given appointments.
        self._hints: list[Callable[[Appointments], Sequence[int]]] = []
        for _ in range(len(self.first) + len(self.second)):
            self._add(self.solver_model.new_bool_var(""), 1)

    def second_numbers(self, places: Numbers | range) -> Ints:
        """Return the variables of second spots, given by place."""
        return np.asarray(places, dtype=np.int64) + len(self.first)

    def integer(self, figures: Sequence[int], hint: Callable[[Appointments], int]) -> int:
        """Add a variable that is one of some whole numbers and return its number.

        Parameters
        ----------
        figures : sequence of int
            Ascending, from 0.
        hint : callable
            What it is in given appointments.
        """
        self._hints.append(lambda made: [hint(made)])
        domain = cp_model.Domain.from_values(list(figures))
        return self._add(self.solver_model.new_int_var_from_domain(domain, ""), figures[-1])

    def one_of(self, n: int, hint: Callable[[Appointments], int]) -> list[int]:
        """Add n yes-or-no variables of which one is yes, and return their numbers.

        Parameters
        ----------
        n : int
        hint : callable
            Which it is in given appointments.
        """
        self._hints.append(lambda made: np.eye(n, dtype=np.int64)[hint(made)].tolist())
        numbers = [self._add(self.solver_model.new_bool_var(""), 1) for _ in range(n)]
        self.solver_model.add_exactly_one([self._variables[k] for k in numbers])
        return numbers

    def one_at_most(self, variables: Numbers | range) -> None:
        """Let no two of some yes-or-no variables be yes."""
        self.solver_model.add_at_most_one([self._variables[k] for k in variables])

    def at_most(self, variables: Numbers, factors: Numbers, most: int) -> None:
        """Hold the sum of factors × variables to at most a figure.

        Raises
        ------
        ProblemError
            When the row could leave 31 bits.
        """
        whole = [int(factor) for factor in factors]
        divisor = math.gcd(*whole) or 1
        total = self._sum(variables, [factor // divisor for factor in whole])
        self.solver_model.add_linear_constraint(total, -_ROW, most // divisor)

    def exactly(self, variables: Numbers, figure: int) -> None:
        """Hold the sum of variables to a figure."""
        self.solver_model.add_linear_constraint(self._sum(variables, [1] * len(variables)), figure, figure)

    def aim(self, variables: Numbers, factors: Numbers, better: int) -> None:
        """Set the objective: the sum of factors × variables, more (1) or less (-1) being better."""
        total = self._sum(variables, [int(factor) for factor in factors])
        self.solver_model.clear_objective()
        if better > 0:
            self.solver_model.maximize(total)
        else:
            self.solver_model.minimize(total)

    def hint(self, made: Appointments) -> None:
        """Tell the solver of appointments that keep every row."""
        figures = [
            *map(int, self.first.chosen(made.worker, made.period)),
            *map(int, self.second.chosen(made.second_worker, made.second_period)),
        ]
        for hint in self._hints:
            figures.extend(hint(made))
        self.solver_model.clear_hints()
        for variable, figure in zip(self._variables, figures, strict=True):
            self.solver_model.add_hint(variable, figure)

    def appointments(self, solution: Sequence[int]) -> Appointments:
        """Return the appointments of a solution.

        Parameters
        ----------
        solution : sequence of int
            A figure a variable, from a solve that found one.

        Raises
        ------
        ProblemError
            When a yes-or-no variable is neither.
        """
        n = len(self.first)
        figures = np.array(solution[: n + len(self.second)], dtype=np.int64)
        if np.any((figures != 0) & (figures != 1)):
            raise ProblemError("CP-SAT gave a yes-or-no variable another figure")
        made = Appointments.none(self.problem.n_agents)
        for spots, taken, worker, period in (
            (self.first, figures[:n] == 1, made.worker, made.period),
            (self.second, figures[n:] == 1, made.second_worker, made.second_period),
        ):
            worker[spots.agent[taken]] = spots.worker[taken]
            period[spots.agent[taken]] = spots.period[taken]
        return made

    def _add(self, variable: Any, top: int) -> int:
        self._variables.append(variable)
        self._top.append(top)
        return len(self._variables) - 1

    def _sum(self, variables: Numbers, factors: list[int]) -> Any:
        """Return the sum of factors × variables, if it stays within 31 bits."""
        numbers = [int(number) for number in variables]
        size = sum(abs(f) * self._top[v] for v, f in zip(numbers, factors, strict=True))
        if size >= _ROW:
            raise ProblemError(
                f"a sum of the calendar problem may come to {size}, and the exact method adds up to "
                f"{_ROW - 1}: give sizes or gains in a coarser unit"
            )
        return cp_model.LinearExpr.weighted_sum([self._variables[v] for v in numbers], factors)
