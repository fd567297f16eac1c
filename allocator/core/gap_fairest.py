"""Reviewers to papers, the worst paper first: the highest least sum, then the highest total.

The least sum is not a network, so CP-SAT is asked "is there an answer better than the best known?",
on scores rounded so that sums stay short. The rounding errs on the side of yes: a no is a proof. A
yes is added up exactly, and where the exact figures do not bear it out that set of pairs is shut
out and the question put again. For the total, the exact prices of the plain optimum (`most`) turn
every pair into a loss against it, and pairs that lose more than the best known answer are closed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.core.gap_reviewers import BoolArray, MatrixProblem, Prices, WholeArray, most
from allocator.core.gap_worst import LeastPrices, find, least_prices, own_tops
from allocator.errors import ProblemError

# Sums of rounded figures in one row of a model stay below this.
_ROW = 2**30
# The solver's bounds are whole numbers in floats; they are read this much to the safe side.
_SLACK = 1e-6
_IMPOSSIBLE = math.nan
# Looks from both sides at the worst item, and the parts of the gap left open below the bound in each.
_ROUNDS = 12
_PARTS = (256, 16, 4, 2)


@dataclass(frozen=True)
class Fairest:
    """What was found.

    Parameters
    ----------
    chosen : bool, shape (n_agents, n_items)
    worst, total : int
        The least sum of an item; the sum of all.
    worst_bound : int
        No assignment has a greater least sum.
    bound : int
        No assignment whose least sum is at least `worst` has a greater total.
    """

    chosen: BoolArray
    worst: int
    total: int
    worst_bound: int
    bound: int

    @property
    def proved(self) -> bool:
        """Both figures meet their bounds."""
        return self.worst == self.worst_bound and self.total == self.bound


def fairest(
    problem: MatrixProblem,
    limit_s: float = 60.0,
    tell: Callable[[Fairest], None] | None = None,
    workers: int = 1,
) -> Fairest | None:
    """Return the best of the worst item and then the best total, or None where no pairs fit.

    Parameters
    ----------
    problem : MatrixProblem
    limit_s : float
        Wall seconds of the search; half of what is left goes to the worst item at most.
    tell : callable, optional
        Called with each better answer on the way.
    workers : int
        Threads of CP-SAT; both figures are the same for any number once they are proved.
    """
    end = time.monotonic() + limit_s
    plain = most(problem)
    if plain is None:
        return None
    chosen, prices = plain
    if not problem.score.size:
        return Fairest(chosen, 0, 0, 0, 0)
    search = _Search(problem, chosen, workers)
    if tell is not None:
        search.tell = lambda best, worst, total: tell(
            Fairest(best, worst, total, max(worst, _ceiling(problem)), prices.bound)
        )
    ceiling = search.raise_worst(end - limit_s / 2)
    bound = search.raise_total(prices, end)
    sums = problem.totals(search.best)
    return Fairest(search.best, min(sums), sum(sums), ceiling, bound)


def _ceiling(problem: MatrixProblem) -> int:
    """Return what no least sum can be above: each item with its own best agents."""
    opened = problem.open_pairs()
    tops = []
    for p, need in enumerate(problem.need):
        sums = sorted(map(int, problem.score[opened[:, p], p]), reverse=True)
        tops.append(sum(sums[: int(need)]))
    return min(tops)


class _Search:
    """The best assignment so far, and the sets of pairs known not to do."""

    def __init__(self, problem: MatrixProblem, chosen: BoolArray, workers: int) -> None:
        self._problem, self._workers = problem, workers
        self._open = problem.open_pairs()
        self._prices: list[tuple[int, LeastPrices]] = []
        self._shut: list[list[tuple[int, int]]] = []
        size = int(np.abs(problem.score).max(initial=0)) * int(problem.need.max(initial=0)) + 1
        self._shift = max(0, size.bit_length() - _ROW.bit_length() + 1)
        # Rounded up: a set whose rounded sum falls short falls short.
        self._up: WholeArray = -(-problem.score >> self._shift)
        self.tell: Callable[[BoolArray, int, int], None] | None = None
        self.best = chosen.copy()
        self.worst = min(problem.totals(chosen))

    def raise_worst(self, end: float) -> int:
        """Raise the least sum as far as it goes; return a bound on it."""
        ceiling = self._approach(_ceiling(self._problem), end)
        while self.worst < ceiling and time.monotonic() < end:
            model = _Model(self._problem, self._may_reach(self.worst + 1), self._shut, self.best)
            model.raise_least(self._up, -(-(self.worst + 1) >> self._shift), -(-ceiling >> self._shift))
            found, bound = model.solve(end, self._workers)
            if bound is _IMPOSSIBLE:
                return self.worst
            if found is None or bound is None:
                continue
            ceiling = min(ceiling, math.floor(bound + _SLACK) << self._shift)
            sums = self._problem.totals(found)
            self._take(found)
            for p, total in enumerate(sums):
                if total <= self.worst:
                    self._shut_items(found, [p])
        return max(ceiling, self.worst)

    def _approach(self, ceiling: int, end: float) -> int:
        """Come near from both sides: prices from above, HiGHS from below; return the bound."""
        reach = end - time.monotonic()
        for _ in range(_ROUNDS):
            if self.worst >= ceiling or end - time.monotonic() < reach / 3:
                break
            opened = self._may_reach(self.worst + 1)
            prices = least_prices(self._problem, opened, end - time.monotonic())
            if prices is not None:
                self._prices.append((self.worst + 1, prices))
                # They speak of assignments above the worst only.
                ceiling = max(self.worst, min(ceiling, prices.bound()))
            if not self._reach_up(ceiling, end, reach / 12):
                break
        return ceiling

    def _reach_up(self, ceiling: int, end: float, limit_s: float) -> bool:
        """Ask HiGHS for a least sum near the bound, then for less; say whether one was found."""
        before = self.worst
        for part in _PARTS:
            if before >= ceiling or time.monotonic() >= end:
                break
            least = max(ceiling - (ceiling - before) // part, before + 1)
            found = find(self._problem, self._may_reach(least), least, min(limit_s, end - time.monotonic()))
            if found is not None:
                self._take(found)
                if self.worst > before:
                    return True
        return False

    def _take(self, found: BoolArray) -> None:
        sums = self._problem.totals(found)
        if min(sums) > self.worst:
            self.best, self.worst = found, min(sums)
            self._told(sums)

    def _told(self, sums: list[int]) -> None:
        if self.tell is not None:
            self.tell(self.best, min(sums), sum(sums))

    def _may_reach(self, least: int) -> BoolArray:
        """Return the pairs not ruled out by an item's own best or by prices."""
        opened = own_tops(self._problem, self._open, least)
        for start, prices in self._prices:
            if least >= start:
                opened &= prices.close(least)
        return opened

    def _shut_items(self, chosen: BoolArray, items: list[int]) -> None:
        self._shut.append([(int(r), p) for p in items for r in np.flatnonzero(chosen[:, p])])

    def raise_total(self, prices: Prices, end: float) -> int:
        """Raise the total among assignments whose least sum is `worst`; return a bound on it."""
        problem = self._problem
        # Sets that were shut out for having no more than the worst may have exactly that.
        self._shut = [pairs for pairs in self._shut if self._sum(pairs) < self.worst]
        least_loss = 0
        best = sum(problem.totals(self.best))
        while least_loss < (gap := prices.bound - best) and time.monotonic() < end:
            losses = _Losses(problem, prices, self._may_reach(self.worst), gap - 1)
            model = _Model(problem, losses.open, self._shut, self.best)
            model.at_least(self._up, -(-self.worst >> self._shift))
            model.lower_loss(losses)
            found, bound = model.solve(end, self._workers)
            if bound is _IMPOSSIBLE:
                return best
            if found is None or bound is None:
                continue
            least_loss = max(least_loss, min(math.ceil(bound - _SLACK) << losses.shift, gap))
            sums = problem.totals(found)
            short = [p for p, total in enumerate(sums) if total < self.worst]
            for p in short:
                self._shut_items(found, [p])
            if not short and sum(sums) > best:
                self.best, best = found, sum(sums)
                self._told(sums)
            elif not short:
                self._shut_items(found, list(range(len(sums))))
        return max(best, prices.bound - least_loss)

    def _sum(self, pairs: list[tuple[int, int]]) -> int:
        return sum(int(self._problem.score[r, p]) for r, p in pairs)


class _Losses:
    """What each pair, chosen or not, and each place not taken loses against a bound by prices.

    Parameters
    ----------
    problem, prices : MatrixProblem, Prices
    opened : bool, shape (n_agents, n_items)
    most : int
        Losses above it need not be told apart: such pairs are closed, or must be chosen.
    """

    def __init__(self, problem: MatrixProblem, prices: Prices, opened: BoolArray, most: int) -> None:
        over = problem.score.astype(object) - prices.item[None, :] - prices.agent[:, None]
        self.most = most
        self.shift = max(0, most.bit_length() - _ROW.bit_length() + 1)
        self.open = opened & (over >= -most).astype(bool)
        self.forced = opened & (over > most).astype(bool)
        # Rounded down: a true loss is never below its rounded one.
        self.chosen = np.where(over < 0, -over, 0) >> self.shift
        self.left = np.where((over > 0) & ~self.forced, over, 0) >> self.shift
        self.place = [int(y) >> self.shift for y in prices.agent]


class _Model:
    """Pairs as 0/1 variables with the needs, the loads and the sets that were shut out."""

    def __init__(
        self, problem: MatrixProblem, opened: BoolArray, shut: list[list[tuple[int, int]]], hint: BoolArray
    ) -> None:
        from ortools.sat.python import cp_model

        self._problem, self._cp = problem, cp_model
        self._model = cp_model.CpModel()
        agents, items = np.nonzero(opened)
        self._pairs: dict[tuple[int, int], Any] = {
            (r, p): self._model.new_bool_var("") for r, p in zip(agents.tolist(), items.tolist(), strict=True)
        }
        self._of_item: list[list[int]] = [[] for _ in problem.need]
        self._of_agent: list[list[int]] = [[] for _ in problem.load]
        for r, p in self._pairs:
            self._of_item[p].append(r)
            self._of_agent[r].append(p)
        for p, need in enumerate(problem.need.tolist()):
            self._model.add(sum(self._pairs[r, p] for r in self._of_item[p]) == need)
        for r, load in enumerate(problem.load.tolist()):
            if self._of_agent[r]:
                self._model.add(self._taken(r) <= load)
        for pairs in shut:
            if all(pair in self._pairs for pair in pairs):
                self._model.add(sum(self._pairs[pair] for pair in pairs) <= len(pairs) - 1)
        for (r, p), variable in self._pairs.items():
            self._model.add_hint(variable, int(hint[r, p]))

    def _taken(self, r: int) -> Any:
        return sum(self._pairs[r, p] for p in self._of_agent[r])

    def _of(self, p: int, score: WholeArray) -> Any:
        return sum(int(score[r, p]) * self._pairs[r, p] for r in self._of_item[p])

    def raise_least(self, score: WholeArray, low: int, high: int) -> None:
        """Make the least sum of an item most, between two figures."""
        least = self._model.new_int_var(low, max(low, high), "")
        for p in range(len(self._of_item)):
            self._model.add(self._of(p, score) >= least)
        self._model.maximize(least)

    def at_least(self, score: WholeArray, least: int) -> None:
        """Ask this much of every item."""
        for p in range(len(self._of_item)):
            self._model.add(self._of(p, score) >= least)

    def lower_loss(self, losses: _Losses) -> None:
        """Make the loss least, and no more than the losses' most."""
        terms: list[Any] = []
        for (r, p), variable in self._pairs.items():
            if losses.forced[r, p]:
                self._model.add(variable == 1)
            elif losses.chosen[r, p]:
                terms.append(int(losses.chosen[r, p]) * variable)
            elif losses.left[r, p]:
                terms.append(int(losses.left[r, p]) * (1 - variable))
        for r, price in enumerate(losses.place):
            if price:
                load = int(self._problem.load[r])
                # Places that alone would lose more than is allowed are not left.
                self._model.add(self._taken(r) >= load - losses.most // (max(price, 1) << losses.shift))
                terms.append(price * (load - self._taken(r)))
        loss = sum(terms)
        self._model.add(loss <= losses.most >> losses.shift)
        self._model.minimize(loss)

    def solve(self, end: float, workers: int) -> tuple[BoolArray | None, float | None]:
        """Return the pairs found and the solver's bound; none, and `_IMPOSSIBLE`, where it proved that."""
        solver = self._cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, end - time.monotonic())
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = 1
        status = solver.solve(self._model)
        if status == self._cp.INFEASIBLE:
            return None, _IMPOSSIBLE
        if status == self._cp.UNKNOWN:
            return None, None
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            raise ProblemError(f"CP-SAT says {solver.status_name(status)}: {self._model.validate()}")
        chosen = np.zeros(self._problem.score.shape, dtype=bool)
        for (r, p), variable in self._pairs.items():
            chosen[r, p] = bool(solver.value(variable))
        return chosen, solver.best_objective_bound
