"""Method for large calendar problems: types and patterns first, then named agents moved goal by goal.

Every effort is a number of moves, so that equal problems and efforts give equal answers; the wall
only ends a search early.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from allocator.core.calendar.ascent import ascend
from allocator.core.calendar.board import board_of, kind_of
from allocator.core.calendar.certificate import bound
from allocator.core.calendar.insertion import feasible_part, inserted, with_seconds
from allocator.core.calendar.matching import rematched
from allocator.core.calendar.moves import (
    BARRED,
    KEPT,
    LOAD,
    PAIR,
    PERIOD,
    SCORE,
    SPREAD,
    STILL,
    TIME,
    TWIN,
    WORKER,
    Board,
    anneal,
    put_all,
)
from allocator.core.calendar.naming import named
from allocator.core.calendar.outcome import CalendarOutcome, Dual, Effort, TierOutcome
from allocator.core.calendar.problem import Appointments, CalendarProblem, Ints, LoadTier, TimeTier
from allocator.core.calendar.programme import time_tiers
from allocator.core.calendar.rules import better, shares, value, values
from allocator.core.calendar.timing import Timing, plan_time

# Moves for each second of effort where there are few agents; what an ordinary machine does in about
# half of it. The tables of so many agents more no longer fit its caches, and halve that.
MOVES_A_SECOND = 600_000
_MANY = 10_000
# Between two looks at the clock.
CHUNK = 250_000
# How the moves are shared out among the goals that call for them.
_SHARE = {TIME: 2.0, BARRED: 1.0, PAIR: 5.0, KEPT: 2.0, LOAD: 1.0, SPREAD: 8.0, STILL: 0.0}
# Temperatures at the start and the end, in units of the goal; LOAD counts thousandths of a unit.
_HEAT = {TIME: (1.0, 0.05), BARRED: (0.5, 0.05), PAIR: (0.7, 0.05), KEPT: (0.5, 0.05), SPREAD: (0.7, 0.1)}
# The share of moves that look for the best exchange towards what the goal wants.
_AIMED = {PAIR: 0.1, SPREAD: 0.5, KEPT: 0.3}
# Where an earlier schedule is to be left alone, the start is no warmer than this.
_MILD = 0.3


class Search:
    """The best appointments so far, goal by goal.

    Parameters
    ----------
    problem : CalendarProblem
    effort : Effort
    keep : callable
        Told whatever is better than what was told before: appointments that keep every rule.
    """

    def __init__(
        self, problem: CalendarProblem, effort: Effort, keep: Callable[[CalendarOutcome], None]
    ) -> None:
        self.problem, self.effort, self.keep = problem, effort, keep
        self.barred_at = len(time_tiers(problem))
        self.timing: Timing | None = None
        self.made = Appointments.none(problem.n_agents)
        self.struck = False
        # What is left open falls by the published draw, which is the seed's and the ids'.
        self.seed = zlib.crc32(problem.draw.astype("<i8").tobytes()) + 1
        self.duals: dict[int, Dual] = {}
        self.before: list[int | None] = [None] * len(problem.tiers)
        kinds = [kind_of(tier) for tier in problem.tiers]
        later = sum(_SHARE[kind] for kind in kinds[self.barred_at :])
        moves = effort.seconds * MOVES_A_SECOND / (1 + problem.n_agents / _MANY)
        self.moves_a_share = moves / (later + _SHARE[BARRED])

    def run(self) -> CalendarOutcome:
        """Search through every goal, and say how far each is proved."""
        self.timing = plan_time(self.problem, self.effort)
        self._begin()
        self.keep(self.outcome())
        for k in range(len(self.problem.tiers)):
            self._raise(k)
            self.keep(self.outcome())
        # Whatever the clock has ended, be it in the middle of a branch, was cut short.
        self._late()
        return self.outcome()

    def outcome(self) -> CalendarOutcome:
        """Say what the appointments come to, and what is proved of it."""
        reached = values(self.problem, self.made)
        tiers = tuple(self._tier(k, reached) for k in range(len(reached)))
        return CalendarOutcome(self.made, tiers, False, self.struck, tuple(self.before))

    def _tier(self, k: int, reached: Sequence[int]) -> TierOutcome:
        planned = () if self.timing is None else self.timing.tiers
        if k < len(planned) and all(planned[j].value == reached[j] for j in range(k)):
            plan = planned[k]
            if plan.value == reached[k]:
                return plan
            met = plan.bound == reached[k] and self.timing is not None and self.timing.programme.complete
            return TierOutcome(reached[k], plan.bound, "solver" if met else "none", plan.dual)
        dual = self.duals.get(k)
        best = bound(self.problem, k, reached, dual)
        return TierOutcome(reached[k], best, "bound" if best == reached[k] else "none", dual)

    def _begin(self) -> None:
        """Name agents and workers, and drive barred pairs out."""
        problem = self.problem
        earlier = feasible_part(problem, self._earlier())
        if self.timing is None or self._as_good(earlier):
            self.made = inserted(problem, earlier)
            return
        worker, period = named(problem, self.timing.programme, self.timing.counts)
        nobody = np.full(problem.n_agents, -1, dtype=np.int64)
        start = Appointments(worker, period, nobody, nobody.copy())
        self.made = inserted(problem, feasible_part(problem, start))
        self.keep(self.outcome())
        self.effort.progress(self.barred_at, "driving out conflicts")
        made = self._anneal(start, self.barred_at, BARRED, 0, strict=False)
        self.made = inserted(problem, feasible_part(problem, made))

    def _as_good(self, made: Appointments) -> bool:
        """Tell whether appointments already come to the best in every goal about time that comes first."""
        if self.problem.start is None or self.timing is None:
            return False
        reached = values(self.problem, made)
        return all(tier.value == at for tier, at in zip(self.timing.tiers, reached, strict=False))

    def _earlier(self) -> Appointments:
        if self.problem.start is None:
            return Appointments.none(self.problem.n_agents)
        nobody = np.full(self.problem.n_agents, -1, dtype=np.int64)
        return Appointments(*self.problem.start, nobody, nobody.copy())

    def _raise(self, k: int) -> None:
        """Raise one goal, those before it held."""
        tier, kind = self.problem.tiers[k], kind_of(self.problem.tiers[k])
        if kind == PAIR and not self.struck:
            self._price(k)
        at, best = value(self.problem, tier, self.made), self._best(k)
        if at == best or self.struck:
            return
        self.before[k] = at
        self.effort.progress(k + 1, f"moves, from {at:,}; bound {best:,}")
        if kind == STILL:
            self.made = with_seconds(self.problem, self.made)
        elif isinstance(tier, LoadTier):
            self._level(k, tier)
        else:
            goal = abs(best - getattr(tier, "base", 0)) if better(tier) > 0 or kind == TIME else 0
            self.made = self._anneal(self.made, k + (k >= self.barred_at), kind, goal)

    def _price(self, k: int) -> None:
        """Find multipliers that bound a goal of pairs, which hang on the goals before it alone."""
        self.effort.progress(k + 1, "prices for a bound")
        reached = values(self.problem, self.made)
        dual = ascend(self.problem, k, reached, reached[k], self.effort)
        if dual is not None:
            self.duals[k] = dual

    def _best(self, k: int) -> int:
        if self.timing is not None and k < len(self.timing.tiers):
            return self.timing.tiers[k].bound
        return bound(self.problem, k, values(self.problem, self.made), self.duals.get(k))

    def _level(self, k: int, tier: LoadTier) -> None:
        """Lower the largest share, step by step, until a step fails."""
        while not self.struck:
            at = value(self.problem, tier, self.made)
            loads = tier.taken + self.made.used(self.problem, seconds=False).sum(axis=1)
            largest = shares(loads, tier.offered)
            limit = max(int(largest[largest < at].max(initial=0)), at - 5, tier.base)
            if limit >= at:
                return
            found = self._anneal(self.made, k + (k >= self.barred_at), LOAD, 0, limit=limit)
            if value(self.problem, tier, found) >= at:
                return
            self.made = found

    def _anneal(
        self, made: Appointments, stage: int, kind: int, goal: int, *, strict: bool = True, limit: int = 1000
    ) -> Appointments:
        if kind != LOAD:
            # Loads that are held are held where they are.
            loads = [tier for tier in self.problem.tiers if isinstance(tier, LoadTier)]
            limit = max((value(self.problem, tier, made) for tier in loads), default=1000)
        board = board_of(self.problem, made, self.barred_at, limit, seed=self.seed + stage)
        floor = board.scores[:, SCORE].copy()
        moves = int(self.moves_a_share * _SHARE[kind])
        quiet = self._quiet(stage, kind)
        hot, cold = self._heat(kind)
        if quiet != stage:
            hot = min(hot, _MILD)
        chunks = max(1, -(-moves // CHUNK))
        rng = np.random.default_rng((self.seed, stage))
        for chunk in range(chunks):
            if board.scores[stage, SCORE] >= goal or self._late():
                break
            ends = (hot * (cold / hot) ** (chunk / chunks), hot * (cold / hot) ** ((chunk + 1) / chunks))
            anneal(board, stage, floor, CHUNK, ends, goal, _AIMED.get(kind, 0.0), quiet, strict)
            if kind in (PAIR, SPREAD):
                self._match(board, made, stage, floor, rng)
        worker, period = board.agents[:, WORKER].copy(), board.agents[:, PERIOD].copy()
        return Appointments(worker, period, made.second_worker, made.second_period)

    def _match(
        self, board: Board, made: Appointments, stage: int, floor: Ints, rng: np.random.Generator
    ) -> None:
        """Match groups anew, and take it where the goals before hold and this one is no worse."""
        worker, period = board.agents[:, WORKER].copy(), board.agents[:, PERIOD].copy()
        now = Appointments(worker, period, made.second_worker, made.second_period)
        at = int(board.scores[stage, SCORE])
        found = rematched(self.problem, now, stage - (stage > self.barred_at), board.agents[:, TWIN], rng)
        put_all(board, found.worker, found.period)
        scores = board.scores[:, SCORE]
        if (scores[:stage] < floor[:stage]).any() or scores[stage] < at:
            put_all(board, worker, period)

    def _heat(self, kind: int) -> tuple[float, float]:
        if kind == LOAD:
            unit = 1000.0 * float(np.median(self.problem.size))
            return unit, 0.05 * unit
        return _HEAT[kind]

    def _quiet(self, stage: int, kind: int) -> int:
        """Return the score of earlier appointments, where there are some that moves should leave alone."""
        if self.problem.start is None or kind == KEPT:
            return stage
        kinds = [kind_of(tier) for tier in self.problem.tiers]
        if KEPT not in kinds:
            return stage
        at = kinds.index(KEPT)
        return at + (at >= self.barred_at)

    def _late(self) -> bool:
        if self.effort.deadline is not None and time.monotonic() > self.effort.deadline:
            self.struck = True
        return self.struck


def warm_up() -> None:
    """Compile the moves, which takes a quarter of a minute once an installation; later it is nothing."""
    one, cell = np.ones(1, dtype=np.int64), np.ones((1, 1), dtype=np.int64)
    no = np.zeros((1, 1), dtype=np.bool_)
    problem = CalendarProblem(
        size=one, first=0 * one, room=cell, barred=no, most=one, period_most=one, draw=0 * one,
        tiers=(TimeTier(cell),), wants_second=no[0], second_barred=no, unlike=no,
    )  # fmt: skip
    board = board_of(problem, Appointments.none(1), 0)
    anneal(board, 1, board.scores[:, SCORE].copy(), 1, (1.0, 1.0), 1, 0.0, 1, True)


def search(
    problem: CalendarProblem, effort: Effort, keep: Callable[[CalendarOutcome], None] = lambda outcome: None
) -> CalendarOutcome:
    """Solve a large problem: proven where the programme's optimum is reached, bounded elsewhere.

    Parameters
    ----------
    problem : CalendarProblem
    effort : Effort
    keep : callable
        Told each better outcome on the way.

    Returns
    -------
    CalendarOutcome
        The lottery is not carried out.
    """
    return Search(problem, effort, keep).run()
