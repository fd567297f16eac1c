"""Multipliers for goals about pairs: their bounds are true, the least there are, and the same each time."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from allocator.core.calendar.ascent import ascend
from allocator.core.calendar.ascent_kinds import cells_of, groups_of
from allocator.core.calendar.ascent_programme import pair_programme
from allocator.core.calendar.certificate import bound
from allocator.core.calendar.exact import solve_exactly
from allocator.core.calendar.outcome import Dual, Effort
from allocator.core.calendar.problem import CalendarProblem, Ints, PairTier, TimeTier
from allocator.errors import ProblemError
from core.calendar.random_problems import bare, programme, small_problem, tier

PAIRS = 3


def flat(gains: list[int], periods: int) -> TimeTier:
    """Return a goal that each agent adds its own to, whenever it is done."""
    return TimeTier(np.repeat(np.array(gains)[:, np.newaxis], periods, axis=1))


def suits(rows: list[list[int]]) -> PairTier:
    """Return a goal about pairs from zeros and ones, a row an agent."""
    return PairTier(np.array(rows, dtype=bool))


def found(problem: CalendarProblem, values: list[int], effort: Effort | None = None) -> Dual | None:
    """Look for multipliers for the last goal."""
    return ascend(problem, len(problem.tiers) - 1, values, -1, effort or Effort())


def bounded(problem: CalendarProblem, values: list[int]) -> int:
    """Bound the last goal by the multipliers found for it."""
    return bound(problem, len(problem.tiers) - 1, values, found(problem, values))


def with_pairs(seed: int) -> CalendarProblem:
    """Draw a small problem whose last goal is about pairs."""
    problem = small_problem(seed)
    rng = np.random.default_rng(seed + 10_000)
    drawn = tier(rng, PAIRS, problem.n_agents, problem.n_workers, problem.n_periods, problem.size)
    return replace(problem, tiers=(*problem.tiers, drawn))


def shifted(dual: Dual, rng: np.random.Generator) -> Dual:
    """Move every multiplier a little."""

    def moved(prices: Ints) -> Ints:
        step = rng.integers(-dual.scale // 4, dual.scale // 4 + 1, len(prices))
        return np.maximum(0, prices + step * (rng.random(len(prices)) < 0.3))

    goals = tuple(moved(np.array(dual.goals, dtype=np.int64)).tolist())
    return Dual(dual.scale, goals, moved(dual.agent), moved(dual.worker), moved(dual.period))


@pytest.mark.parametrize("block", range(4))
def test_no_bound_lies_below_what_is_proved(block: int) -> None:
    """Exact search comes to no more than the bound, which is better than counting; 40 problems a block."""
    told = 0
    for seed in range(40 * block, 40 * block + 40):
        problem = with_pairs(seed)
        outcome = solve_exactly(problem, Effort())
        values = [each.value for each in outcome.tiers]
        assert outcome.proven, seed
        for k, goal in enumerate(problem.tiers):
            if not isinstance(goal, PairTier):
                continue
            dual = ascend(problem, k, values[:k], values[k], Effort())
            if dual is not None:
                told += 1
                assert values[k] <= bound(problem, k, values[:k], dual) < bound(problem, k, values[:k], None)
    assert told >= 8


def test_most_open_goals_are_closed() -> None:
    """Without conflicts and goals that have no multipliers, most of what counting leaves open is proved."""
    closed = left = 0
    for seed in range(80):
        drawn = with_pairs(seed)
        kept = tuple(goal for goal in drawn.tiers if isinstance(goal, TimeTier | PairTier))
        problem = replace(drawn, tiers=kept, barred=np.zeros_like(drawn.barred))
        values = [each.value for each in solve_exactly(problem, Effort()).tiers]
        k = len(values) - 1
        if bound(problem, k, values, None) > values[k]:
            left += 1
            closed += bounded(problem, values[:k]) == values[k]
    assert left >= 20
    assert closed >= left // 2


def crowded(seed: int) -> tuple[CalendarProblem, list[int]]:
    """Draw a problem with too little room for its goals about time and pairs, and hold the first goal."""
    drawn = programme(seed, 80, 8, 6)
    done, late, paired = drawn.tiers[0], drawn.tiers[4], drawn.tiers[8]
    assert isinstance(done, TimeTier)
    assert isinstance(late, TimeTier)
    problem = replace(
        drawn, tiers=(done, late, paired), most=np.array([3, 5] * 4), first=np.zeros(80, dtype=np.int64)
    )
    return problem, [min(int(done.gain[:, 0].sum()), 8), late.base]


@pytest.mark.parametrize("seed", range(6))
def test_no_other_multipliers_are_better(seed: int) -> None:
    """The bound is the relaxation's optimum, and moving the multipliers anyhow never lowers it."""
    problem, values = crowded(seed)
    groups = groups_of(problem, 2)
    relaxed = pair_programme(problem, groups, cells_of(problem, groups), values)
    equal = relaxed.equal
    optimum = linprog(
        -relaxed.cost,
        A_ub=relaxed.matrix[~equal],
        b_ub=relaxed.high[~equal],
        A_eq=relaxed.matrix[equal],
        b_eq=relaxed.high[equal],
        bounds=np.column_stack([np.zeros(len(relaxed.upper)), relaxed.upper]),
    )
    dual = found(problem, values)
    assert dual is not None
    least, rng = bound(problem, 2, values, dual), np.random.default_rng(seed)
    assert least == math.floor(-optimum.fun + 1e-3)
    assert all(bound(problem, 2, values, shifted(dual, rng)) >= least for _ in range(50))


def test_rooms_are_held() -> None:
    """Three agents suit a worker who has room for two: two."""
    problem = bare(3, [[2], [2]], [1, 1, 1], (suits([[1, 0]] * 3),))
    assert bound(problem, 0, [], None) == 3
    assert bounded(problem, []) == 2


def test_earlier_goals_are_held() -> None:
    """The one room goes to the agent that an earlier goal wants done, who suits nobody."""
    problem = bare(2, [[1]], [1, 1], (flat([1, 0], 1), suits([[0], [1]])))
    assert bounded(problem, [1]) == 0
    assert bounded(problem, [0]) == 1


def test_when_agents_are_done_is_held() -> None:
    """The earlier of two periods, where only a stranger works, goes to the agent that gains by it."""
    early = TimeTier(np.array([[5, 1], [1, 0]]))
    problem = bare(2, [[1, 0], [0, 1]], [1, 1], (early, suits([[0, 1], [0, 1]])))
    assert bound(problem, 1, [5], None) == 2
    assert bounded(problem, [5]) == 1


def test_agents_told_apart_by_an_earlier_goal_alone_are_held() -> None:
    """Of four alike, the two who add most are done, and they suit nobody."""
    problem = bare(4, [[2]], [1] * 4, (flat([1, 2, 3, 4], 1), suits([[1], [1], [0], [0]])))
    assert bound(problem, 1, [7], None) == 2
    assert bounded(problem, [7]) == 0
    assert bounded(problem, [3]) == 2


def test_an_earlier_goal_about_pairs_is_held() -> None:
    """The worker's room goes to the agent that suits by the earlier goal, not to the other."""
    problem = bare(2, [[1]], [1, 1], (suits([[1], [0]]), suits([[0], [1]])))
    assert bounded(problem, [1]) == 0
    assert bounded(problem, [0]) == 1


def test_caps_of_workers_are_held() -> None:
    """A worker with room for four may take one, and only that worker suits."""
    problem = bare(4, [[2, 2], [2, 2]], [1] * 4, (suits([[1, 0]] * 4),))
    assert bounded(problem, []) == 4
    assert bounded(replace(problem, most=np.array([1, 8])), []) == 1


def test_a_cap_holds_within_one_period() -> None:
    """Of a period that could take three small ones, a worker's cap of two leaves the third."""
    problem = bare(3, [[3]], [1] * 3, (suits([[1]] * 3),))
    assert bounded(replace(problem, most=np.array([2])), []) == 2


def test_caps_of_periods_are_held() -> None:
    """Each period may have one agent, whatever the rooms."""
    problem = bare(4, [[2, 2]], [1] * 4, (suits([[1]] * 4),))
    assert bounded(replace(problem, period_most=np.array([1, 1])), []) == 2


def test_goals_of_other_kinds_before_it_are_left_out() -> None:
    """A goal that is neither about time nor pairs has no multiplier, and the bound is still better."""
    drawn = programme(3, 40, 8, 6)
    problem = replace(drawn, tiers=(drawn.tiers[9], drawn.tiers[8]), room=drawn.room // 3)
    dual = found(problem, [1000])
    assert dual is not None
    assert dual.goals == (0,)


def test_equal_problems_have_equal_multipliers() -> None:
    """Nothing depends on the clock."""
    drawn = programme(5, 60, 8, 6)
    problem = replace(drawn, tiers=drawn.tiers[8:9], room=drawn.room // 2)
    one, other = found(problem, []), found(problem, [])
    assert one is not None
    assert other is not None
    for prices in ("agent", "worker", "period"):
        assert np.array_equal(getattr(one, prices), getattr(other, prices))
    assert (one.scale, one.goals) == (other.scale, other.goals)


def test_little_effort_still_beats_counting() -> None:
    """A relaxation that knows only who suits anybody bounds by rooms, no better than the full one."""
    drawn = programme(5, 60, 8, 6)
    problem = replace(drawn, tiers=drawn.tiers[8:9], room=drawn.room // 2)
    coarse = found(problem, [], Effort(0.005))
    assert coarse is not None
    assert bounded(problem, []) <= bound(problem, 0, [], coarse) < bound(problem, 0, [], None)


def test_no_effort_finds_nothing() -> None:
    """Where not even the coarse relaxation can be afforded, there are no multipliers."""
    problem = bare(3, [[2], [2]], [1, 1, 1], (suits([[1, 0]] * 3),))
    assert found(problem, [], Effort(0.0)) is None


def test_a_deadline_that_is_past_is_kept() -> None:
    """Nothing is begun, and the answer comes at once."""
    problem = replace(programme(1, 400, 30, 12), tiers=programme(1, 400, 30, 12).tiers[8:9])
    begun = time.monotonic()
    assert found(problem, [], Effort(40, begun - 1)) is None
    assert time.monotonic() - begun < 1


def test_what_counting_proves_is_left_alone() -> None:
    """Where the value known is the count, there is nothing to look for."""
    problem = bare(2, [[2]], [1, 1], (suits([[1], [1]]),))
    assert ascend(problem, 0, [], 2, Effort()) is None


def test_nobody_to_place_and_nowhere_to_place() -> None:
    """Without rooms or without agents there are no multipliers, and no error."""
    problem = bare(2, [[0]], [1, 1], (suits([[1], [1]]),))
    assert found(problem, []) is None
    none = bare(0, [[1]], [], (PairTier(np.zeros((0, 1), dtype=bool)),))
    assert found(none, []) is None


def test_goals_about_time_are_refused() -> None:
    """Their multipliers come from elsewhere."""
    problem = bare(1, [[1]], [1], (flat([1], 1),))
    with pytest.raises(ProblemError):
        ascend(problem, 0, [], -1, Effort())
