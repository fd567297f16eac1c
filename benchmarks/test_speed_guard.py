"""The speed guard: what is promised of speed, held in CPU seconds, which a busy machine hardly changes.

`make bench` runs it; the ordinary tests do not.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import direct, ratio
from benchmarks.plane import plane_problem
from benchmarks.scale import Step, run

pytestmark = pytest.mark.benchmark(group="speed guard, one run each")


def test_six_goals_take_at_most_four_plain_flows(benchmark: BenchmarkFixture) -> None:
    """At 3,000 × 150 × 20 the whole solve takes at most 4 times one flow of the same pairs."""
    found = benchmark.pedantic(ratio.measure, (3000, 150, 20), rounds=1)
    benchmark.extra_info |= found.record()
    assert found.equal
    assert found.record()["ratio"] <= 4


def test_the_direct_model_takes_at_least_twenty_times_as_long(benchmark: BenchmarkFixture) -> None:
    """At 3,000 × 150 × 20 CP-SAT burns 20 times our CPU seconds, finished or not, and does not disagree."""
    chosen = {"cp-sat": direct.peers()["cp-sat"]}
    problem = plane_problem(3000, 150, 20)
    found = benchmark.pedantic(direct.measure, (problem, direct.LIMIT_S, chosen), rounds=1)
    benchmark.extra_info |= found.record()
    assert found.peers["cp-sat"].agrees
    assert found.peers["cp-sat"].factor >= 20


@pytest.mark.parametrize(("command", "most_s"), [("place", 6.0), ("verify", 3.0), ("--help", 0.8)])
def test_a_command_keeps_its_time(
    benchmark: BenchmarkFixture,
    round_600: Path,
    result_600: Path,
    tmp_path: Path,
    command: str,
    most_s: float,
) -> None:
    """On the open Kent round of 600 children, whole process, from warm disk, in CPU seconds."""
    arguments = {
        "place": ["place", str(round_600), "-o", str(tmp_path / "out"), "--overwrite", "--quiet"],
        "verify": ["verify", str(result_600), "--quiet"],
        "--help": ["--help"],
    }[command]
    step: Step = benchmark.pedantic(run, (arguments,), rounds=1, warmup_rounds=1)
    benchmark.extra_info["cpu_s"] = step.cpu_s
    assert step.exit_code == 0
    assert step.cpu_s <= most_s
