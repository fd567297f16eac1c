"""The engine equals brute force in every tier and every row, and a second formulation in every tier.

The subset for every day; `tests/slow` runs the same comparison on 100,000 rounds.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from allocator import place
from allocator.placement.round import Round
from oracle_compare import differences, differing_seeds, tier_values_of
from oracle_milp import MilpOracle
from oracles import solvable_rounds
from strategies import rounds

BLOCK = 100


@pytest.mark.parametrize("block", range(20))
def test_engine_equals_enumeration(block: int) -> None:
    """Goals, levels, conflicts, placements and options are those of trying everything."""
    assert differing_seeds(block * BLOCK, (block + 1) * BLOCK) == {}


@given(rounds())
@settings(max_examples=60)
def test_engine_equals_enumeration_in_rounds_that_shrink(round_: Round) -> None:
    """The same law, where a failure comes with the smallest round that hypothesis finds."""
    assert differences(round_) == []


def test_engine_equals_integer_programme() -> None:
    """Every tier's value is that of an integer programme solved tier by tier in another process."""
    compared = 0
    with MilpOracle() as milp:
        for seed, round_ in solvable_rounds(range(400)):
            compared += 1
            assert tier_values_of(place(round_)) == milp.values(round_), seed
    assert compared >= 350
