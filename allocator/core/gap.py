"""Generalised assignment: every item to one agent, within each agent's room, at the least cost.

The method asks "is there one that costs at most this much?" from the bound upwards (`gap_search`).
A no raises the bound, a yes is an assignment; both are exact, in integers, and no other solver has
a say. Small answers come early from a walk of shifts and swaps (`gap_repair`), so that there is
something to show when time ends first.

References
----------
Posta, Ferland, Michelon (2012). An exact method with variable fixing for solving the generalized
assignment problem. Computational Optimization and Applications 52.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from allocator.core.gap_bound import Desk, climb, desk_for
from allocator.core.gap_repair import repair
from allocator.core.gap_search import EXHAUSTED, FOUND, search
from allocator.core.gap_state import Scaled, State, only_agent, opened
from allocator.errors import ProblemError

IntArray = NDArray[np.int64]
Status = Literal["optimal", "feasible", "infeasible"]

# Prices are kept in 1/4096 of a unit of cost, or in the finest that stays exact in int64.
_SCALE = 4096
_EXACT = 2**60
# A table of a knapsack holds at most this many cells; longer rooms are coarsened in the bound.
_TABLE = 8_000_000
# Table cells between two looks at the clock: some hundredths of a second.
_SHARE = 20_000_000
_ROOT_STEPS, _ROOT_PATIENCE, _NODE_STEPS = 100, 20, 10
_ROOT_CALLS = 15
_ROUNDS = 20
_PROBE_PART, _PROBE_SHARES = 1 / 8, 8


@dataclass(frozen=True)
class GapProblem:
    """What is asked.

    Parameters
    ----------
    cost : int64, shape (n_agents, n_items)
        Any sign; the sum over items is made least.
    use : int64, shape (n_agents, n_items)
        Room that an item takes of an agent; not negative.
    capacity : int64, shape (n_agents,)
        Room of each agent; not negative.

    Raises
    ------
    ProblemError
        For shapes that do not match, negative room, or sums that leave exact arithmetic.
    """

    cost: IntArray
    use: IntArray
    capacity: IntArray

    def __post_init__(self) -> None:
        m, n = self.cost.shape
        if self.use.shape != (m, n) or self.capacity.shape != (m,) or m == 0:
            raise ProblemError("cost and use must be [agents, items], capacity [agents], agents at least 1")
        if min(self.use.min(initial=0), self.capacity.min(initial=0)) < 0:
            raise ProblemError("uses and capacities must not be negative")
        for name, array in (("costs", self.cost), ("uses", self.use)):
            most = max(-int(array.min(initial=0)), int(array.max(initial=0)))
            if most * (n + 1) ** 2 * 4 > _EXACT:
                raise ProblemError(f"{name} of up to {most} leave exact arithmetic with {n} items")

    def value(self, agent: IntArray) -> int | None:
        """Return the cost of an assignment, one agent an item, or None where it breaks a room."""
        load = [0] * len(self.capacity)
        total = 0
        for j, i in enumerate(agent.tolist()):
            load[i] += int(self.use[i, j])
            total += int(self.cost[i, j])
        kept = all(used <= room for used, room in zip(load, self.capacity.tolist(), strict=True))
        return total if kept else None


@dataclass(frozen=True)
class GapAnswer:
    """What was found.

    Parameters
    ----------
    status : {"optimal", "feasible", "infeasible"}
        "optimal" and "infeasible" are proved; "feasible" says that time ended first.
    agent : int64, shape (n_items,), or None
        The agent of each item, where an assignment was found.
    value : int or None
        Its cost, recomputed from the problem.
    bound : int
        No assignment costs less.
    """

    status: Status
    agent: IntArray | None
    value: int | None
    bound: int


Tell = Callable[[GapAnswer], None]


def solve(problem: GapProblem, limit_s: float = 60.0, tell: Tell | None = None) -> GapAnswer:
    """Find the least cost, with proof, or the best so far and a bound when time ends.

    Parameters
    ----------
    problem : GapProblem
    limit_s : float
        Wall seconds. Looked at every few hundredths of a second; compiling, once an installation,
        is counted but not cut short.
    tell : callable, optional
        Called with each better answer and bound on the way.

    Returns
    -------
    GapAnswer
        The same for the same problem, wherever the time suffices.
    """
    return _Run(problem, time.monotonic() + limit_s, tell).answer()


def warm_up() -> None:
    """Load the kernels, or compile them, once an installation, by a problem that needs them all."""
    rng = np.random.default_rng(3)
    use = rng.integers(5, 26, (4, 24))
    solve(GapProblem(rng.integers(10, 51, (4, 24)), use, use.sum(axis=1) // 5), 600.0)


class _Question:
    """One search for an assignment of at most ``goal``, in units of the reduced problem."""

    def __init__(self, run: _Run, goal: int, steps: int) -> None:
        n = run.asked.cost.shape[1]
        self.goal = goal
        self._run = run
        self._steps = steps
        self._state = opened(run.asked)
        self._price = run.price.copy()
        self._trial = np.zeros(n, np.int64)
        self._tried = np.zeros((n + 1, 3), np.int64)

    def go_on(self) -> int:
        """Spend one share of work; a yes is handed to the run."""
        run = self._run
        code = int(search(self.goal * run.scale, self._steps, _SHARE, self._price, self._trial,
                          self._tried, run.asked, self._state, run.desk))  # fmt: skip
        if code == FOUND:
            run.keep(_read(self._state, run.desk))
        return code


class _Probe:
    """Questions further up, each given a few shares only: better assignments, early.

    The first goal stands an eighth of the gap above the bound; one that takes too long gives way
    to a goal twice as far up, and a yes begins again in the smaller gap.
    """

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._part = _PROBE_PART
        self._question: _Question | None = None
        self._shares = 0

    def go_on(self) -> None:
        """Spend one share of work."""
        run = self._run
        if self._question is None or not run.below < self._question.goal < run.above:
            goal = run.below + int((run.above - run.below) * self._part)
            self._question, self._shares = _Question(run, min(goal, run.above - 1), _NODE_STEPS), 0
        code = self._question.go_on()
        self._shares += 1
        if code == EXHAUSTED:
            run.lift(self._question.goal + 1)
        if code in (EXHAUSTED, FOUND):
            self._part, self._question = _PROBE_PART, None
        elif self._shares >= _PROBE_SHARES:
            self._part, self._question = (self._part * 2 if self._part < 1 else _PROBE_PART), None


def _read(state: State, desk: Desk) -> IntArray:
    """Return the agent of each item: assigned, or the one knapsack that took it."""
    agent: IntArray = np.argmax(desk.taken, axis=0).astype(np.int64)
    for j in np.flatnonzero(state.count == 1):
        agent[j] = only_agent(int(j), state)
    return agent


def _greedy(cost: IntArray, use: IntArray, cap: IntArray) -> IntArray:
    """Give items, the largest regret first, to the cheapest agent with room, else with most room."""
    fits = np.where(use <= cap[:, None], cost, cost.max(initial=0) + 1)
    second = min(1, len(cap) - 1)
    regret = np.partition(fits, second, axis=0)[second] - fits.min(axis=0)
    left = cap.copy()
    agent = np.zeros(cost.shape[1], np.int64)
    for j in np.argsort(-regret, kind="stable"):
        room = use[:, j] <= left
        way = np.where(room, fits[:, j], _EXACT) if room.any() else use[:, j] - left
        i = int(np.argmin(way))
        agent[j] = i
        left[i] -= use[i, j]
    return agent


class _Run:
    """One solve: the reduced problem, the best assignment, the bound.

    Costs are taken from the least of each item and divided by their common divisor, uses and room
    of each agent by theirs: the same problem, in smaller numbers.
    """

    def __init__(self, problem: GapProblem, end: float, tell: Tell | None) -> None:
        self._problem, self._end, self._tell = problem, end, tell
        least = problem.cost.min(axis=0)
        above = problem.cost - least
        self._base = int(least.sum())
        self._unit = max(int(np.gcd.reduce(above, axis=None)), 1)
        share = np.maximum(np.gcd.reduce(problem.use, axis=1), 1)
        use: IntArray = problem.use.astype(np.int64) // share[:, None]
        cap = np.minimum(problem.capacity // share, use.sum(axis=1))
        n = problem.cost.shape[1]
        cost = above // self._unit
        self.worst = int(cost.max(axis=0).sum())
        self.scale = _SCALE
        while self.scale > 1 and self.scale * (self.worst + 1) * (n + 1) * 4 > _EXACT:
            self.scale //= 2
        coarse = max(1, -(-int(cap.max(initial=0)) * (n + 1) // _TABLE))
        # One layout only: the kernels are compiled anew for each that they meet.
        scaled = np.ascontiguousarray(cost * self.scale)
        self.asked = Scaled(scaled, np.ascontiguousarray(use), np.ascontiguousarray(cap), coarse)
        self.desk = desk_for(self.asked)
        self.price: IntArray = np.zeros(n, np.int64)
        self._walk: IntArray = _greedy(cost, use, cap)
        self._seed = 0
        self._best: IntArray | None = None
        self.above = self.worst + 1
        self.below = 0

    def answer(self) -> GapAnswer:
        """Run all stages, cheapest first."""
        state = opened(self.asked)
        if (state.count == 0).any() or (state.load > self.asked.cap).any():
            return self._now("infeasible")
        self.keep_if_whole(self._walk)
        if self._open():
            self._wander(state)
        if self._open():
            self._raise_root(state)
        if self._open():
            self._wander(state)
        return self._ask()

    def keep(self, agent: IntArray) -> None:
        """Take an assignment if it is better, by the problem's own figures."""
        value = self._problem.value(agent)
        if value is None:
            raise ProblemError("the search returned an assignment that breaks a room")
        reduced = (value - self._base) // self._unit
        if self._best is None or reduced < self.above:
            self._best, self.above = agent.copy(), reduced
            self._told()

    def keep_if_whole(self, agent: IntArray) -> None:
        """Take an assignment if it keeps the rooms and is better."""
        if self._problem.value(agent) is not None:
            self.keep(agent)

    def _open(self) -> bool:
        return (self._best is None or self.below < self.above) and time.monotonic() < self._end

    def _now(self, status: Status) -> GapAnswer:
        value = None if self._best is None else self._problem.value(self._best)
        return GapAnswer(status, self._best, value, self.below * self._unit + self._base)

    def _told(self) -> None:
        if self._tell is not None:
            self._tell(self._now("feasible"))

    def lift(self, below: int) -> None:
        if below > self.below:
            self.below = below
            self._told()

    def _wander(self, state: State) -> None:
        """Walk from where the last walk ended; keep what is better."""
        self._seed += 1
        best = -1 if self._best is None else self.above * self.scale
        found = int(repair(self._walk, _ROUNDS, self._seed, best, self.asked, state))
        if found >= 0 and found != best:
            self.keep(self._walk)

    def _raise_root(self, state: State) -> None:
        """Raise the bound before any branching."""
        goal = (self.above - 1 if self._best is not None else self.worst) * self.scale
        second = min(1, len(self.asked.cap) - 1)
        self.price = np.partition(self.asked.cost, second, axis=0)[second].copy()
        best = -1
        for _ in range(_ROOT_CALLS):
            trial = self.price.copy()
            value = int(climb(trial, goal, _ROOT_STEPS, _ROOT_PATIENCE, self.asked, state, self.desk))
            self.price = self.desk.best.copy()
            self.lift(min(-(-value // self.scale), self.above))
            if not self._open() or value <= best:
                break
            best = value
        # The next walk starts from what the knapsacks took at these prices.
        spare = np.where(state.allow == 1, self.asked.cost - self.price, _EXACT)
        self._walk = np.argmin(np.where(self.desk.taken == 1, spare - _EXACT, spare), axis=0).astype(np.int64)

    def _ask(self) -> GapAnswer:
        """Ask from the bound upwards; where nothing at all is known, ask for anything as well."""
        step, state, probe = 1, opened(self.asked), _Probe(self)
        anything = _Question(self, self.worst, 2) if self._best is None else None
        while self._open():
            question = _Question(self, min(self.below + step - 1, self.above - 1), _NODE_STEPS)
            code = question.go_on()
            while code not in (EXHAUSTED, FOUND) and self._open() and self.above > question.goal:
                if anything is not None and self._best is None and anything.go_on() == EXHAUSTED:
                    return self._now("infeasible")
                if self._best is None:
                    self._wander(state)
                elif self.above > question.goal + 1:
                    probe.go_on()
                code = question.go_on()
            if code == EXHAUSTED:
                self.lift(question.goal + 1)
                step = step * 2 if self.above > self.below + 4 * step else step
            elif code == FOUND:
                step = max(1, (self.above - self.below) // 2)
            if self._best is None and self.below > self.worst:
                return self._now("infeasible")
        proved = self._best is not None and self.below >= self.above
        return self._now("optimal" if proved else "feasible")
