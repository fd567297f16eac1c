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
        None where there is no such goal, where rooms can be filled in too many ways to list, or
        where time ran out before there was any solution.
    """
    tiers = time_tiers(problem)
    if not tiers or problem.n_agents == 0 or problem.n_workers == 0:
        return None
    programme = programme_of(problem, tiers)
    if programme is None:
        return None
    search = _Search(problem, programme, tiers, effort)
    for k in range(len(tiers)):
        effort.progress(k + 1, "types and patterns")
        search.raise_goal(k)
        if search.best is None:
            return None
    assert search.best is not None
    whole = len(programme.when) + len(programme.patterns)
    return Timing(programme, np.rint(search.best[:whole]).astype(np.int64), tuple(search.outcomes))


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
        dual = multipliers(self.problem, self.programme, k, self.gains)
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
        limit = min(certified, int(np.floor(relaxed[0] + NEAR)))
        if self.best is None or self._gain(k) < limit:
            limit = min(limit, self._search(limit))
        if self.best is None:
            return -1, limit
        gain = self._gain(k)
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
        if self.best is not None:
            start = highspy.HighsSolution()
            start.col_value = self.best.tolist()
            self.model.setSolution(start)
        self._run()
        info, status = self.model.getInfo(), self.model.getModelStatus()
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            self._take(np.array(self.model.getSolution().col_value))
        if status == highspy.HighsModelStatus.kOptimal and self.best is not None:
            return int(np.floor(min(float(limit), info.mip_dual_bound) + NEAR))
        if np.isfinite(info.mip_dual_bound):
            return int(np.floor(min(float(limit), info.mip_dual_bound) + NEAR))
        return limit

    def _take(self, found: np.ndarray) -> None:
        """Take a solution, rounded, if it holds every row in whole numbers."""
        found[self.whole] = np.rint(found[self.whole])
        rows = self.programme.matrix @ found
        holds = (rows <= self.programme.high + NEAR) & (rows >= self.programme.low - NEAR)
        earlier = self.programme.goals[: len(self.gains)] @ found
        if holds.all() and (earlier >= np.array(self.gains) - NEAR).all():
            self.best = found

    def _run(self) -> bool:
        left = np.inf if self.effort.deadline is None else self.effort.deadline - time.monotonic()
        if left <= 0:
            return False
        self.model.setOptionValue("time_limit", self.model.getRunTime() + left)
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
    model = highspy.Highs()
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
