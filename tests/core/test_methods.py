"""The laws of the core: right by enumeration, the same by every code that solves a tier."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.core import certificate, child, flow, kernel, network
from allocator.core.outcome import Outcome, Settings, Status
from allocator.core.problem import AssignmentProblem
from small_problems import by_enumeration, county_problem, small_problem

SOLVERS = {"flow": flow.best, "kernel": kernel.best}


@pytest.fixture(params=sorted(SOLVERS))
def solve(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """The network method with one of the codes that solve a tier."""
    monkeypatch.setattr(network, "_best_for", lambda problem: SOLVERS[request.param])
    return network.solve


def proven(problem: AssignmentProblem, outcome: Outcome) -> bool:
    """Whether the independent checker accepts prices and lottery."""
    option, prices = outcome.assignment.option, outcome.prices
    breaches, face = certificate.check_prices(problem, option, prices.option, prices.group)
    return face is not None and not breaches and not certificate.check_lottery(problem, option, face)


@pytest.mark.parametrize("block", range(6))
def test_every_tier_and_every_tie_is_as_by_enumeration(solve, block: int) -> None:
    """250 problems a block: the one assignment that tiers and lottery leave, with a proof."""
    for seed in range(250 * block, 250 * (block + 1)):
        problem = small_problem(seed)
        outcome = solve(problem)
        assert tuple(outcome.assignment.option) == by_enumeration(problem), seed
        assert outcome.status is Status.PROVED_OPTIMAL
        assert proven(problem, outcome), seed


@pytest.mark.parametrize("seed", range(8))
def test_both_codes_give_one_assignment_and_one_certificate(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which code solves the tiers leaves no trace, not even in the prices."""
    problem = county_problem(seed)
    outcomes = []
    for solver in SOLVERS.values():
        monkeypatch.setattr(network, "_best_for", lambda problem, solver=solver: solver)
        outcomes.append(network.solve(problem))
    one, other = outcomes
    assert np.array_equal(one.assignment.option, other.assignment.option)
    assert np.array_equal(one.prices.option, other.prices.option)
    assert np.array_equal(one.prices.group, other.prices.group)
    assert proven(problem, one)


def test_a_child_process_answers_the_same() -> None:
    problem = county_problem(3)
    here, there = network.solve(problem), child.solve(problem)
    assert np.array_equal(here.assignment.option, there.assignment.option)
    assert np.array_equal(here.prices.option, there.prices.option)


def test_a_deadline_leaves_the_tiers_that_were_proved() -> None:
    """What is answered at the deadline is feasible and proved as far as it says."""
    problem = county_problem(4)
    for solver in (network.solve, child.solve):
        outcome = solver(problem, Settings(deadline=0.0))
        assert outcome.status is Status.FEASIBLE
        k = outcome.tiers_proved
        cut = problem.replace(tiers=problem.tiers[:k])
        breaches, face = certificate.check_prices(
            cut, outcome.assignment.option, outcome.prices.option[:k], outcome.prices.group[:k]
        )
        assert not breaches
        assert face is not None


def test_rows_in_another_order_change_nothing(solve) -> None:
    """Relabelling agents and options carries the answer along, prices included."""
    problem = county_problem(5, n=200, m=15, k=5)
    rng = np.random.default_rng(0)
    agents, options = rng.permutation(problem.n_agents), rng.permutation(problem.n_options)
    agent, option = agents[problem.pair_agent], options[problem.pair_option]
    order = np.lexsort((option, agent))
    back_agent, back_option = np.argsort(agents), np.argsort(options)
    relabelled = problem.replace(
        pair_agent=agent[order],
        pair_option=option[order],
        ordinary=problem.ordinary[back_option],
        over=problem.over[back_option],
        group=problem.group[back_option],
        tiers=tuple(type(tier)(tier.values[order], tier.agents, tier.over_cost) for tier in problem.tiers),
        own_rank=problem.own_rank[order],
        draw=problem.draw[back_agent],
    )
    one, other = solve(problem), solve(relabelled)
    held = one.assignment.option
    moved = np.where(held >= 0, options[held], -1)
    assert np.array_equal(other.assignment.option, moved[back_agent])
    assert np.array_equal(other.prices.option, one.prices.option[:, back_option])


def test_prices_are_nought_where_a_place_is_free_in_the_first_tier() -> None:
    """A price says what a place is short of: nothing, where one is left over."""
    problem = county_problem(6, n=500)
    outcome = network.solve(problem)
    load = outcome.assignment.loads(problem.n_options)
    at_group = np.bincount(problem.group, weights=load, minlength=problem.n_groups)
    open_group = (problem.group_total < 0) | (at_group < problem.group_total)
    free = (load < problem.ordinary + problem.over) & open_group[problem.group]
    assert free.any()
    assert not outcome.prices.option[0][free].any()
