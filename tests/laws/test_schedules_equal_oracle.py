"""The engine's schedule of a small programme is the one that trying everything gives, goal by goal.

The subset for every day; `tests/slow` runs the same comparison on 2,000 programmes.
"""

from __future__ import annotations

import pytest

from schedule_compare import differences, differing_seeds
from small_programmes import small_programme

COUNT = 400
BLOCK = 20


@pytest.mark.parametrize("block", range(COUNT // BLOCK))
def test_engine_equals_trying_everything(block: int) -> None:
    """Every goal is proven and has the oracle's value; the schedule is the one that the lottery leaves."""
    assert differing_seeds(block * BLOCK, (block + 1) * BLOCK) == {}


def test_second_readings_still_to_come_equal_trying_everything() -> None:
    """A case that was read in a week gone by may get a second reader in the weeks to come, like any other."""
    found = {seed: differences(small_programme(seed, open_seconds=True)) for seed in range(60)}
    assert {seed: said for seed, said in found.items() if said} == {}
