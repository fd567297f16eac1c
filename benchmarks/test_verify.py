"""Subject: `allocator verify` as a whole process."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.scale import Step, run


@pytest.mark.benchmark(group="whole process, wall seconds")
def test_verify(benchmark: BenchmarkFixture, result_600: Path) -> None:
    command = ["verify", str(result_600), "--quiet"]
    step: Step = benchmark.pedantic(run, (command,), rounds=3, warmup_rounds=1)
    benchmark.extra_info |= {"cpu_s": step.cpu_s, "mib": step.largest_process_mib}
    assert step.exit_code == 0
