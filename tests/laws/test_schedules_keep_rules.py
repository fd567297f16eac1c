"""No schedule breaks a rule of the contract, whatever its size and however dense the conflicts.

The checker starts from the rows of text and knows no code of the project. The subset for every
day; `tests/slow` runs the same check on 10,000 programmes.
"""

from __future__ import annotations

import pytest

from programme_facts import Facts
from schedule_compare import unsound_seeds
from small_programmes import mixed_programme

COUNT = 300
BLOCK = 20


@pytest.mark.parametrize("block", range(COUNT // BLOCK))
def test_no_rule_is_broken_and_every_goal_is_what_it_says(block: int) -> None:
    """No barred pair, nobody without agreement, no hour too many; values are those of the written rows."""
    assert unsound_seeds(block * BLOCK, (block + 1) * BLOCK) == {}


def test_conflicts_are_dense() -> None:
    """The programmes are no easier than they say: a third of all pairs is barred, of half the programmes."""
    shares = []
    for seed in range(60):
        facts = Facts(mixed_programme(seed))
        barred = [bool(facts.bars(case, who)) for case in facts.cases for who in facts.volunteers]
        shares.append(sum(barred) / len(barred))
    assert sorted(shares)[30] >= 1 / 3
