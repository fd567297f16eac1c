"""The independent checker: whatever multipliers it is given, its bound is true, and bad ones are refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.core.calendar.certificate import bound
from allocator.core.calendar.outcome import Dual
from allocator.core.calendar.problem import (
    CalendarProblem,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    SpreadTier,
    Tier,
    TimeTier,
)
from allocator.core.calendar.rules import better
from allocator.errors import ProblemError
from core.calendar.random_problems import bare, small_problem
from core.calendar.settled import all_figures, best_given, best_values, settled_problem
from core.calendar.timed_problems import timed_problem

MULTIPLIED = TimeTier | PairTier


@cache
def case(seed: int) -> tuple[CalendarProblem, list[list[int]]]:
    """Return a small problem, every other one with settled agents, and what all its ways come to."""
    problem = settled_problem(seed) if seed % 2 else small_problem(seed, 400)
    return problem, all_figures(problem)


def bounds_a_goal(problem: CalendarProblem, tier: int, dual: Dual) -> bool:
    """Say whether a goal, and each earlier one that has a price, is of a kind that multipliers bound."""
    priced = [k for k in range(tier) if dual.goals[k]]
    return all(isinstance(problem.tiers[k], MULTIPLIED) for k in [*priced, tier])


@settings(max_examples=250)
@given(st.integers(0, 299), st.data())
def test_no_multipliers_give_a_bound_that_some_way_beats(seed: int, data: st.DataObject) -> None:
    """Any prices, any way: of all ways that hold its earlier goals none is better than the bound says."""
    problem, figures = case(seed)
    tier = data.draw(st.sampled_from(range(len(problem.tiers))))
    values = data.draw(st.sampled_from(figures))
    scale = data.draw(st.sampled_from([1, 3, 64]))

    def prices(n: int) -> np.ndarray:
        price = st.one_of(st.just(0), st.integers(0, 6 * scale))
        return np.array(data.draw(st.lists(price, min_size=n, max_size=n)), dtype=np.int64)

    goals = [int(prices(1)[0]) if isinstance(goal, MULTIPLIED) else 0 for goal in problem.tiers[:tier]]
    dual = Dual(
        scale, tuple(goals), prices(problem.n_agents), prices(problem.n_workers), prices(problem.n_periods)
    )
    sign, best = better(problem.tiers[tier]), best_given(problem, figures, tier, values)
    assert sign * (bound(problem, tier, values[:tier], None) - best) >= 0
    if bounds_a_goal(problem, tier, dual):
        assert sign * (bound(problem, tier, values[:tier], dual) - best) >= 0


def nothing_priced(problem: CalendarProblem, tier: int) -> Dual:
    n, v, w = (np.zeros(k, dtype=np.int64) for k in (problem.n_agents, problem.n_workers, problem.n_periods))
    return Dual(1, (0,) * tier, n, v, w)


@pytest.mark.parametrize("block", range(4))
def test_counts_and_prices_of_nothing_bound_every_kind_of_goal(block: int) -> None:
    """Without multipliers, and with those that are 0, bounds are true for goals of all six kinds."""
    kinds = set()
    for seed in range(1000 + 40 * block, 1040 + 40 * block):
        problem, figures = case(seed)
        values = best_values(problem, figures)
        for k, tier in enumerate(problem.tiers):
            kinds.add(type(tier))
            counted = bound(problem, k, values[:k], None)
            assert better(tier) * (counted - values[k]) >= 0, (seed, k)
            if isinstance(tier, MULTIPLIED):
                unpriced = bound(problem, k, values[:k], nothing_priced(problem, k))
                assert better(tier) * (unpriced - values[k]) >= 0, (seed, k)
                assert better(tier) * (counted - unpriced) >= 0, (seed, k)
    assert kinds == {TimeTier, PairTier, KeptTier, LoadTier, SpreadTier, SecondTier}


def test_a_room_is_a_knapsack() -> None:
    """Priced at nothing a single room bounds what fits it; a price an agent leaves the better half."""
    gain = np.array([[6], [5], [4]])
    problem = bare(3, [[5]], [3, 2, 2], (TimeTier(gain),))
    assert bound(problem, 0, [], None) == 15
    assert bound(problem, 0, [], nothing_priced(problem, 0)) == 11
    # Two rooms alike: each agent would be done twice, so it has a price; and whoever pays it, it counts once.
    twice = bare(3, [[5], [5]], [3, 2, 2], (TimeTier(gain),))
    assert bound(twice, 0, [], nothing_priced(twice, 0)) == 15
    wide = replace(nothing_priced(twice, 0), agent=np.array([6, 5, 4]))
    assert bound(twice, 0, [], wide) == 15
    none = replace(nothing_priced(twice, 0), agent=np.array([9, 9, 9]))
    assert bound(replace(twice, most=np.array([1, 1])), 0, [], none) == 15


def test_caps_and_earlier_goals_sharpen_the_bound() -> None:
    """A price on a worker's cap, on a period's, and on an earlier goal each proves what counting cannot."""
    gain = TimeTier(np.array([[2, 2], [2, 2], [2, 2]]))
    problem = bare(3, [[9, 9]], [1, 1, 1], (gain,))
    one = replace(problem, most=np.array([1]))
    zero = nothing_priced(problem, 0)
    # Of a single period the cap is known without a price; of two it is not.
    assert bound(one, 0, [], zero) == 4
    assert bound(one, 0, [], replace(zero, worker=np.array([2]))) == 2
    assert bound(replace(one, most=np.array([0])), 0, [], zero) == 0
    problem = bare(3, [[9, 9]], [1, 1, 1], (TimeTier(np.array([[2, 0], [2, 0], [2, 0]])),))
    busy = replace(problem, period_most=np.array([2, 3]))
    assert bound(busy, 0, [], replace(zero, period=np.array([2, 0]))) == 4
    # Both want the one place: whoever has done the first cannot do the second.
    rivals = bare(2, [[1]], [1, 1], (TimeTier(np.array([[1], [0]])), TimeTier(np.array([[0], [1]]))))
    free, paid = nothing_priced(rivals, 1), replace(nothing_priced(rivals, 1), goals=(1,))
    assert bound(rivals, 1, [1], free) == 1
    assert bound(rivals, 1, [1], paid) == 0
    assert bound(rivals, 1, [0], paid) == 1


def test_what_must_be_done_needs_no_more_load_and_no_more_pairs_than_there_are() -> None:
    """Counting reads off how many are done: their load and pairs are bounded, and every way is above."""
    sharper = {LoadTier: 0, SpreadTier: 0}
    for seed in range(80):
        rng = np.random.default_rng((13, seed))
        drawn = timed_problem(seed, free=seed % 2 == 0)
        n, (v, w) = drawn.n_agents, drawn.room.shape
        done = rng.random((n, 1)) < 0.7
        counts = [TimeTier(np.repeat(one, w, axis=1).astype(np.int64), 1) for one in (done, ~done)]
        met = rng.random((2, v)) < 0.1
        spread = SpreadTier(rng.integers(0, 2, n), met, int(met.sum()))
        load = LoadTier(rng.integers(0, 4, v), rng.integers(0, 20, v) * (rng.random(v) < 0.8))
        problem = replace(drawn, tiers=(*counts[: 1 + seed % 3 // 2], spread, load))
        figures = all_figures(problem)
        for values in (best_values(problem, figures), figures[seed % len(figures)]):
            for k in range(len(problem.tiers) - 2, len(problem.tiers)):
                tier, found = problem.tiers[k], bound(problem, k, values[:k], None)
                assert found <= best_given(problem, figures, k, values), (seed, k)
                sharper[type(tier)] += found > min(way[k] for way in figures)
    assert min(sharper.values()) > 10, sharper


def test_one_family_is_not_used_up_before_the_next() -> None:
    """Eight of five and four alike, four to a worker: two pairs are enough (regression)."""
    done = TimeTier(np.ones((9, 1), dtype=np.int64))
    spread = SpreadTier(np.array([0] * 5 + [1] * 4), np.zeros((2, 3), dtype=bool))
    problem = bare(9, [[4], [4], [4]], [1] * 9, (done, spread))
    assert [bound(problem, 1, [number], None) for number in (0, 4, 8, 9)] == [0, 1, 2, 3]


def test_less_days_are_bounded_from_below() -> None:
    """A goal of which less is better has base minus gains, and its bound is no greater than the least."""
    late = TimeTier(np.array([[7], [7]]), base=20, sense=-1)
    problem = bare(2, [[1]], [1, 1], (late,))
    assert bound(problem, 0, [], None) == 6
    assert bound(problem, 0, [], nothing_priced(problem, 0)) == 13


def a_problem() -> CalendarProblem:
    gain = np.array([[2, 1], [2, 1], [2, 1]])
    kept = KeptTier(np.array([0, -1, 0]), np.array([0, -1, 1]))
    tiers: tuple[Tier, ...] = (TimeTier(gain), TimeTier(gain), kept, PairTier(np.ones((3, 1), dtype=bool)))
    return bare(3, [[2, 2]], [1, 1, 1], tiers)


def short(dual: Dual) -> Dual:
    return replace(dual, agent=dual.agent[:-1])


def long(dual: Dual) -> Dual:
    return replace(dual, worker=np.append(dual.worker, 0))


def periodless(dual: Dual) -> Dual:
    return replace(dual, period=dual.period[:0])


def goalless(dual: Dual) -> Dual:
    return replace(dual, goals=())


def unscaled(dual: Dual) -> Dual:
    return replace(dual, scale=0)


def turned(dual: Dual) -> Dual:
    return replace(dual, scale=-1)


def paying_agents(dual: Dual) -> Dual:
    return replace(dual, agent=dual.agent - np.array([0, 1, 0]))


def paying_workers(dual: Dual) -> Dual:
    return replace(dual, worker=dual.worker - 1)


def paying_periods(dual: Dual) -> Dual:
    return replace(dual, period=dual.period - np.array([0, 1]))


def paying_goals(dual: Dual) -> Dual:
    return replace(dual, goals=(-1,))


def huge_scale(dual: Dual) -> Dual:
    return replace(dual, scale=2**70)


def huge_goal(dual: Dual) -> Dual:
    return replace(dual, goals=(2**61,))


def huge_price(dual: Dual) -> Dual:
    return replace(dual, agent=dual.agent + 2**61)


def huge_cap(dual: Dual) -> Dual:
    return replace(dual, period=dual.period + np.array([2**62, 0]))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        *((each, "shape") for each in (short, long, periodless, goalless, unscaled, turned)),
        *((each, "negative") for each in (paying_agents, paying_workers, paying_periods, paying_goals)),
        *((each, "exact arithmetic") for each in (huge_scale, huge_goal, huge_price, huge_cap)),
    ],
)  # fmt: skip
def test_bad_multipliers_are_refused(spoil: object, says: str) -> None:
    """Wrong lengths, a scale of nothing, prices that pay, and sums that leave 64 bits."""
    problem = a_problem()
    dual = nothing_priced(problem, 1)
    assert bound(problem, 1, [6], dual) == 6
    with pytest.raises(ProblemError, match=says):
        bound(problem, 1, [6], spoil(dual))  # type: ignore[operator]


def test_goals_that_no_price_can_bound_are_refused() -> None:
    """Neither a goal of what was kept itself, nor a price on it, has a meaning."""
    problem = a_problem()
    with pytest.raises(ProblemError, match="bounded by multipliers"):
        bound(problem, 2, [6, 6], nothing_priced(problem, 2))
    kept = replace(nothing_priced(problem, 3), goals=(0, 0, 1))
    with pytest.raises(ProblemError, match="have multipliers"):
        bound(problem, 3, [6, 6, 0], kept)


def test_gains_that_leave_exact_arithmetic_are_refused() -> None:
    """The gains of a goal count in the sums as the prices do."""
    gain = TimeTier(np.array([[2**61], [2**61]]))
    problem = bare(2, [[2]], [1, 1], (gain,))
    with pytest.raises(ProblemError, match="exact arithmetic"):
        bound(problem, 0, [], nothing_priced(problem, 0))


def test_problems_without_agents_workers_or_periods_are_bounded() -> None:
    """Nothing can be done, and the bound says so, with multipliers and without."""
    gain = TimeTier(np.zeros((0, 1), dtype=np.int64), base=4)
    empty = bare(0, [[3]], [], (gain,))
    assert bound(empty, 0, [], None) == 4
    assert bound(empty, 0, [], nothing_priced(empty, 0)) == 4
    lone = bare(2, [[3]], [1, 1], (TimeTier(np.ones((2, 1), dtype=np.int64), base=4),))
    none = np.zeros((2, 0), dtype=bool)
    nobody = replace(
        lone, room=np.zeros((0, 1), dtype=np.int64), barred=none, second_barred=none,
        most=np.zeros(0, dtype=np.int64), unlike=np.zeros((0, 0), dtype=bool),
    )  # fmt: skip
    assert bound(nobody, 0, [], None) == 4
    assert bound(nobody, 0, [], nothing_priced(nobody, 0)) == 4
