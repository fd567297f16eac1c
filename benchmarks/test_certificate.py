"""Subject: the check of a proof, prices and lottery, in memory."""

from __future__ import annotations

import time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from allocator.core import network
from allocator.core.certificate import Breach, check_lottery, check_prices
from allocator.core.outcome import Outcome
from allocator.core.problem import AssignmentProblem
from benchmarks.plane import plane_problem


def breaches(problem: AssignmentProblem, outcome: Outcome) -> list[Breach]:
    """Check every tier and the lottery."""
    option = outcome.assignment.option
    found, face = check_prices(problem, option, outcome.prices.option, outcome.prices.group)
    return found if face is None else check_lottery(problem, option, face)


@pytest.mark.benchmark(group="in memory, CPU seconds", timer=time.process_time)
def test_check_of_a_proof(benchmark: BenchmarkFixture) -> None:
    problem = plane_problem(3000, 150, 20)
    assert benchmark(breaches, problem, network.solve(problem)) == []
