"""The exact method for calendar problems: equal to brute force, unmoved by its start, honest when stopped."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar.exact import solve_exactly
from allocator.core.calendar.exact_spots import ceiling, first_spots, second_spots
from allocator.core.calendar.outcome import Effort
from allocator.core.calendar.problem import Appointments, Tier
from allocator.core.calendar.rules import better
from core.calendar import oracle
from core.calendar.honesty import check_honest
from core.calendar.oracle import as_appointments, as_way, found
from core.calendar.random_problems import programme, small_problem


@pytest.mark.parametrize("block", range(8))
def test_equals_brute_force(block: int) -> None:
    """Every goal's value and everybody's appointment are those of trying all ways; 60 problems a block."""
    for seed in range(60 * block, 60 * block + 60):
        problem = small_problem(seed)
        outcome = solve_exactly(problem, Effort())
        assert found(outcome) == oracle.best(problem), seed
        assert outcome.proven, seed
        assert not outcome.cut_short
        check_honest(problem, outcome)


def test_the_random_problems_are_worth_trying() -> None:
    """Among those above every kind of goal stands first, some are left out, and some have seconds."""
    kinds, left, seconds = set(), 0, 0
    for seed in range(120):
        problem = small_problem(seed)
        kinds.add(type(problem.tiers[0]))
        way = oracle.best(problem)[1]
        left += sum(first is None for first, _ in way)
        seconds += sum(second is not None for _, second in way)
    assert len(kinds) == 6
    assert left > 50
    assert seconds > 20


@pytest.mark.parametrize("seed", range(500, 530))
def test_the_start_changes_nothing(seed: int) -> None:
    """Nothing done, a haphazard way and the answer itself lead to the same appointments."""
    problem = small_problem(seed)
    answer = solve_exactly(problem, Effort())
    ways = list(itertools.islice(oracle.ways(problem), 200))
    haphazard = as_appointments(ways[seed % len(ways)])
    for start in (Appointments.none(problem.n_agents), haphazard, answer.appointments):
        again = solve_exactly(problem, Effort(), start=start)
        assert (found(again), again.tiers) == (found(answer), answer.tiers)


@pytest.mark.parametrize("seed", range(530, 560))
def test_what_is_known_is_held_and_passed_on(seed: int) -> None:
    """However many of the first goals are known, with a start or without, the answer is the same."""
    problem = small_problem(seed)
    answer = solve_exactly(problem, Effort())
    for k in range(len(problem.tiers) + 1):
        known = [replace(tier, proof="bound") for tier in answer.tiers[:k]]
        for start in (None, answer.appointments):
            again = solve_exactly(problem, Effort(), start=start, known=known)
            assert found(again) == found(answer)
            assert again.proven
            assert all(here is there for here, there in zip(again.tiers, known, strict=False))


@pytest.mark.parametrize("seed", range(560, 580))
def test_the_order_of_agents_changes_nothing(seed: int) -> None:
    """Agents in another order, each with its own lottery number, have the same appointments."""
    problem = small_problem(seed)
    rows = np.random.default_rng(seed).permutation(problem.n_agents)
    turned = replace(
        problem,
        **{
            name: getattr(problem, name)[rows]
            for name in ("size", "first", "barred", "draw", "wants_second", "second_barred")
        },
        tiers=tuple(turn(tier, rows) for tier in problem.tiers),
    )
    way = as_way(solve_exactly(problem, Effort()).appointments)
    assert as_way(solve_exactly(turned, Effort()).appointments) == [way[i] for i in rows]


# The arrays of goals that have an entry an agent.
BY_AGENT = {
    "TimeTier": ["gain"],
    "PairTier": ["suits"],
    "KeptTier": ["worker", "period"],
    "SpreadTier": ["family"],
}


def turn(tier: Tier, rows: Any) -> Tier:
    """Return a goal with its agents in another order."""
    names = BY_AGENT.get(type(tier).__name__, [])
    return replace(tier, **{name: getattr(tier, name)[rows] for name in names})


@pytest.mark.parametrize("seed", range(4))
def test_a_little_programme_is_proved_and_each_run_gives_the_same(seed: int) -> None:
    """Twelve goals of twelve agents are proved to the lottery, twice alike, and seen alone none is better."""
    problem = programme(seed, 12, 4, 3)
    one, other = solve_exactly(problem, Effort()), solve_exactly(problem, Effort())
    assert one.proven
    assert found(one) == found(other)
    check_honest(problem, one)
    for tier, reached in zip(problem.tiers, one.tiers, strict=True):
        most = ceiling(problem, tier, first_spots(problem), second_spots(problem))
        assert better(tier) * (most - reached.value) >= 0
