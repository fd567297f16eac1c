"""What the integrity suites share: one synthetic round on disk and one honest result of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator import place
from allocator.rounds.new import write_new


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic round of 25 children, as `allocator new` writes it."""
    folder = tmp_path_factory.mktemp("synthetic") / "round"
    write_new(folder, authority="kent", children=25, seed=3)
    return folder


@pytest.fixture(scope="session")
def placed(synthetic: Path) -> Path:
    """The honest result of the synthetic round."""
    out = synthetic.parent / "out"
    place(synthetic, out)
    return out
