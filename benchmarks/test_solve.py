"""Subject: six goals in strict order, with prices and lottery, in memory."""

from __future__ import annotations

import time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from allocator.core import network
from allocator.core.outcome import Status
from benchmarks.plane import plane_problem


@pytest.mark.benchmark(group="in memory, CPU seconds", timer=time.process_time)
@pytest.mark.parametrize(("children", "provisions", "options"), [(600, 40, 10), (3000, 150, 20)])
def test_solve(benchmark: BenchmarkFixture, children: int, provisions: int, options: int) -> None:
    problem = plane_problem(children, provisions, options)
    network.solve(problem)
    outcome = benchmark(network.solve, problem)
    assert outcome.status is Status.PROVED_OPTIMAL
