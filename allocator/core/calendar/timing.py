"""Method for goals about time that come first: the programme of types and patterns, goal by goal.

Each goal is an integer programme over the face of those before it. Its relaxation is so near the
truth that a solution mostly meets it; columns whose reduced cost exceeds what is left between the
two can be on no face, and leave.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from allocator.core.calendar.certificate import bound
from allocator.core.calendar.outcome import Dual, Effort, TierOutcome
from allocator.core.calendar.prices import multipliers
from allocator.core.calendar.problem import CalendarProblem, Ints, TimeTier
from allocator.core.calendar.programme import Programme, programme_of, time_tiers

# Branches that one goal may take for each second of effort.
NODES_A_SECOND = 500
# Doubles that are this near a whole number are that number.
NEAR = 1e-6


@dataclass(frozen=True)
class Timing:
    """How many of each type when, best in the goals about time as far as each outcome says.

    Parameters
    ----------
    programme : Programme
    counts : int64, shape (n_when + n_patterns,)
    tiers : tuple of TierOutcome
        Values are the programme's; named agents may fall short of them.
    """

    programme: Programme
    counts: Ints
    tiers: tuple[TierOutcome, ...]


def plan_time(problem: CalendarProblem, effort: Effort) -> Timing | None:
    """Solve the goals about time that come first, caps a class and conflicts left out.

    Returns
    -------
    Timing or None
        None where there is no such goal, or time ran out before there was any solution.
    """
    tiers = time_tiers(problem)
    if not tiers or problem.n_agents == 0 or problem.n_workers == 0:
        return None
    programme = programme_of(problem, tiers)
    search = _Search(problem, programme, tiers, effort)
    for k in range(len(tiers)):
        effort.progress(k + 1, "types and patterns")
        search.raise_goal(k)
        if search.best is None:
            return None
    assert search.best is not None
    if problem.start is not None:
        search.draw_near(*near(programme, problem))
    whole = len(programme.when) + len(programme.patterns)
    return Timing(programme, np.rint(search.best[:whole]).astype(np.int64), tuple(search.outcomes))


def near(programme: Programme, problem: CalendarProblem) -> tuple[Ints, Ints]:
    """Count what an earlier assignment has of each column: types in periods, patterns that would hold it.

    Returns
    -------
    columns : int64
    times : int64
        How often each has it; the same length.
    """
    assert problem.start is not None
    worker, period = problem.start
    there = np.flatnonzero((worker >= 0) & (period >= 0))
    at = {(int(t), int(p)): k for k, (t, p) in enumerate(programme.when.tolist())}
    found: dict[int, int] = {}
    for i in there.tolist():
        column = at.get((int(programme.types.of[i]), int(period[i])))
        if column is not None:
            found[column] = found.get(column, 0) + 1
    held: dict[tuple[int, int], list[int]] = {}
    for i in there.tolist():
        held.setdefault((int(worker[i]), int(period[i])), []).append(int(problem.size[i]))
    for column in _holding(programme, held):
        found[column] = found.get(column, 0) + 1
    columns = np.array(sorted(found), dtype=np.int64)
    return columns, np.array([found[k] for k in columns.tolist()], dtype=np.int64)


def _holding(programme: Programme, held: dict[tuple[int, int], list[int]]) -> list[int]:
    """Name, for each worker's period, the first pattern of its class that can hold what it has."""
    class_of = {
        (worker, period): c
        for c, each in enumerate(programme.classes)
        for worker in each.workers.tolist()
        for period in each.periods.tolist()
    }
    columns: dict[tuple[int, int], list[int]] = {}
    for k, pattern in enumerate(programme.patterns):
        columns.setdefault((pattern.worker_class, pattern.period), []).append(k)
    found = []
    for (worker, period), sizes in sorted(held.items()):
        own = columns.get((class_of.get((worker, period), -1), period), [])
        sizes.sort(reverse=True)
        for k in own:
            slots = programme.sizes[list(programme.patterns[k].slots)].tolist()
            if len(slots) >= len(sizes) and all(s >= z for s, z in zip(slots, sizes, strict=False)):
                found.append(len(programme.when) + k)
                break
    return found


class _Search:
    """One HiGHS model that goals are added to, with the best solution so far."""

    def __init__(
        self, problem: CalendarProblem, programme: Programme, tiers: Sequence[TimeTier], effort: Effort
    ) -> None:
        self.problem, self.programme, self.tiers, self.effort = problem, programme, tiers, effort
        self.best: np.ndarray | None = None
        self.gains: list[int] = []
        self.outcomes: list[TierOutcome] = []
        self.upper = programme.upper.copy()
        self.whole = np.arange(len(programme.when) + len(programme.patterns), dtype=np.int32)
        self.model = _model(programme)

    def raise_goal(self, k: int) -> None:
        """Raise one goal as far as it goes, and hold it."""
        goal = self.programme.goals[k]
        dual = multipliers(self.problem, self.programme, k, self.gains, self.effort.deadline)
        certified = self._certified(k, dual)
        gain, limit = -1 if self.best is None else self._gain(k), certified
        if gain < certified or self.best is None:
            gain, limit = self._branch(k, certified)
        if self.best is None:
            return
        self.gains.append(gain)
        nonzero = np.flatnonzero(goal).astype(np.int32)
        self.model.addRow(float(gain), highspy.kHighsInf, len(nonzero), nonzero, goal[nonzero])
        self.outcomes.append(self._outcome(k, gain, certified, limit, dual))

    def draw_near(self, columns: Ints, times: Ints) -> None:
        """Among the best, take one that has most of what an earlier assignment has."""
        model, n, more = self.model, len(self.upper), len(columns)
        if not more:
            return
        model.changeColsCost(n, np.arange(n, dtype=np.int32), np.zeros(n))
        none = np.zeros(0)
        empty = np.zeros(0, dtype=np.int32)
        for column, count in zip(columns.tolist(), times.tolist(), strict=True):
            model.addCol(1.0, 0.0, float(count), 0, empty, none)
            pair = np.array([n, column], dtype=np.int32)
            model.addRow(-highspy.kHighsInf, 0.0, 2, pair, np.array([1.0, -1.0]))
            n += 1
        self._integrality(highspy.HighsVarType.kInteger)
        model.setOptionValue("objective_target", highspy.kHighsInf)
        assert self.best is not None
        start = highspy.HighsSolution()
        start.col_value = [*self.best.tolist(), *np.minimum(self.best[columns], times).tolist()]
        model.setSolution(start)
        if self._run() and model.getInfo().primal_solution_status == (
            highspy.SolutionStatus.kSolutionStatusFeasible
        ):
            kept = len(self.upper)
            found = np.array(model.getSolution().col_value)[:kept]
            found[self.whole] = np.rint(found[self.whole])
            if self._lawful(found):
                self.best = found

    def _outcome(self, k: int, gain: int, certified: int, limit: int, dual: Dual | None) -> TierOutcome:
        tier = self.tiers[k]
        proof = "bound" if gain >= certified else "solver" if gain >= limit else "none"
        best = max(gain, min(limit, certified))
        return TierOutcome(tier.base + tier.sense * gain, tier.base + tier.sense * best, proof, dual)  # type: ignore[arg-type]

    def _certified(self, k: int, dual: Dual | None) -> int:
        """Return the most that the goal can gain, as the checker will find it."""
        tier = self.tiers[k]
        values = [t.base + t.sense * gain for t, gain in zip(self.tiers, self.gains, strict=False)]
        found = min(
            (bound(self.problem, k, values, each) * tier.sense for each in (None, dual)),
            key=lambda value: value,
        )
        return found - tier.sense * tier.base

    def _gain(self, k: int) -> int:
        return round(float(self.programme.goals[k] @ self.best))

    def _branch(self, k: int, certified: int) -> tuple[int, int]:
        """Search by branches; return what the goal gains and the most that it can gain."""
        model, goal = self.model, self.programme.goals[k]
        n = len(goal)
        model.changeColsCost(n, np.arange(n, dtype=np.int32), goal)
        relaxed = self._relaxed()
        if relaxed is None:
            return (-1 if self.best is None else self._gain(k)), certified
        whole = self.programme.complete
        limit = min(certified, int(np.floor(relaxed[0] + NEAR))) if whole else certified
        if self.best is None or self._gain(k) < limit:
            found = self._search(limit)
            limit = min(limit, found) if whole else limit
        if self.best is None:
            return -1, limit
        gain = self._gain(k)
        if whole:
            self._fix(relaxed, gain)
        return gain, max(gain, limit)

    def _relaxed(self) -> tuple[float, np.ndarray] | None:
        """Solve the relaxation: its value and reduced costs."""
        self._integrality(highspy.HighsVarType.kContinuous)
        if not self._run():
            return None
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        info, solution = self.model.getInfo(), self.model.getSolution()
        return info.objective_function_value, np.array(solution.col_dual)

    def _search(self, limit: int) -> int:
        """Branch and bound, from the solution at hand; return the bound that is left."""
        self._integrality(highspy.HighsVarType.kInteger)
        self.model.setOptionValue("objective_target", float(limit) - 0.5)
        start = self.best
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            self.model.setSolution(solution)
        told = self._answer()
        if start is not None and self.best is start and told is not None and told > self._told_by(start):
            # HiGHS 1.16 may tell of a better solution than the start, and hand back the start.
            self.model.clearSolver()
            self._answer()
        if self.model.getModelStatus() == highspy.HighsModelStatus.kNotset:
            # The deadline came before the run: the bound that the model has is of nothing.
            return limit
        left = self.model.getInfo().mip_dual_bound
        return int(np.floor(min(float(limit), left) + NEAR)) if np.isfinite(left) else limit

    def _told_by(self, found: np.ndarray) -> float:
        return float(self.programme.goals[len(self.gains)] @ found) + 0.5

    def _answer(self) -> float | None:
        """Run, take the solution if there is one, and return the value that is told of it."""
        self._run()
        info = self.model.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        self._take(np.array(self.model.getSolution().col_value))
        return float(info.objective_function_value)

    def _take(self, found: np.ndarray) -> None:
        """Take a solution, rounded, if it holds every row in whole numbers."""
        found[self.whole] = np.rint(found[self.whole])
        goal = self.programme.goals[len(self.gains)]
        better = self.best is None or goal @ found > goal @ self.best + NEAR
        if better and self._lawful(found):
            self.best = found

    def _lawful(self, found: np.ndarray) -> bool:
        """Tell whether a solution holds every row and every goal so far."""
        rows = self.programme.matrix @ found
        holds = (rows <= self.programme.high + NEAR) & (rows >= self.programme.low - NEAR)
        earlier = self.programme.goals[: len(self.gains)] @ found
        return bool(holds.all() and (earlier >= np.array(self.gains) - NEAR).all())

    def _run(self) -> bool:
        left = np.inf if self.effort.deadline is None else self.effort.deadline - time.monotonic()
        if left <= 0:
            return False
        self.model.setOptionValue("time_limit", left)
        self.model.run()
        return True

    def _integrality(self, kind: highspy.HighsVarType) -> None:
        self.model.changeColsIntegrality(len(self.whole), self.whole, np.array([kind] * len(self.whole)))
        nodes = max(100, int(NODES_A_SECOND * self.effort.seconds))
        self.model.setOptionValue("mip_max_nodes", nodes)

    def _fix(self, relaxed: tuple[float, np.ndarray], gain: int) -> None:
        """Leave out the columns that no solution with this gain can use."""
        value, reduced = relaxed
        out = (reduced < -(value - gain + NEAR)) & (self.upper > 0)
        at = np.flatnonzero(out[: len(self.whole)]).astype(np.int32)
        if len(at):
            self.upper[at] = 0.0
            self.model.changeColsBounds(len(at), at, np.zeros(len(at)), np.zeros(len(at)))


def _model(programme: Programme) -> highspy.Highs:
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        # Goals are whole numbers: less than one away is there.
        ("mip_abs_gap", 0.999),
    ):
        model.setOptionValue(option, value)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = programme.matrix.shape
    lp.col_cost_ = np.zeros(lp.num_col_)
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = programme.upper
    lp.row_lower_, lp.row_upper_ = programme.low, programme.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = programme.matrix.indptr
    lp.a_matrix_.index_ = programme.matrix.indices
    lp.a_matrix_.value_ = programme.matrix.data
    lp.sense_ = highspy.ObjSense.kMaximize
    model.passModel(lp)
    return model
