"""Subject: reading and judging a synthetic round's files, in memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from allocator.placement.intake import read_round


@pytest.mark.benchmark(group="in memory, CPU seconds", timer=time.process_time)
def test_read(benchmark: BenchmarkFixture, synthetic_3000: Path) -> None:
    round_ = benchmark(read_round, synthetic_3000)
    assert len(round_.children) == 3000
