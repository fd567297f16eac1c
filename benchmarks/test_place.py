"""Subject: `allocator place` as a whole process, with report and workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.scale import Step, run


@pytest.mark.benchmark(group="whole process, wall seconds")
def test_place(benchmark: BenchmarkFixture, round_600: Path, tmp_path: Path) -> None:
    command = ["place", str(round_600), "-o", str(tmp_path / "out"), "--overwrite", "--quiet"]
    step: Step = benchmark.pedantic(run, (command,), rounds=3, warmup_rounds=1)
    benchmark.extra_info |= {"round": round_600.name, "cpu_s": step.cpu_s, "mib": step.largest_process_mib}
    assert step.exit_code == 0
