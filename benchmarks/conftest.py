"""What the subjects run on: a round's folder and a result of it, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.synthetic.placement_round import write_round
from benchmarks.scale import run

OPEN_ROUND = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "kent_open_round"


@pytest.fixture(scope="session")
def synthetic_3000(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a synthetic round of 3,000 children."""
    folder = tmp_path_factory.mktemp("synthetic") / "round"
    write_round(folder, "kent", 3000, 1)
    return folder


@pytest.fixture(scope="session")
def round_600(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the open Kent round, or of a synthetic one of its size where it is absent."""
    if OPEN_ROUND.is_dir():
        return OPEN_ROUND
    folder = tmp_path_factory.mktemp("synthetic") / "round"
    write_round(folder, "kent", 600, 1)
    return folder


@pytest.fixture(scope="session")
def result_600(round_600: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result's folder of that round."""
    out = tmp_path_factory.mktemp("result") / "out"
    assert run(["place", str(round_600), "-o", str(out), "--quiet"]).exit_code == 0
    return out
