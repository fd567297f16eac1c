"""Two checkers, one verdict: whether changed prices are still a proof.

10,000 changed certificates of honest placements. Some are other dual solutions: still a proof, and then
nobody may call them a forgery. Which ones is decided by the second checker alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from random import Random

import pytest

from integrity.cases import Case, DerivedOnce, cases
from integrity.forged_placements import with_prices
from integrity.independent_check import LARGEST_PRICE, Vector, breach
from integrity.refit import lowered

SEEDS = range(130)
BLOCKS = 4
A_BLOCK = 2_500
Tables = tuple[dict[str, Vector], dict[str, Vector]]


def changed(prices: Tables, rng: Random) -> Tables:
    """Change one to eight numbers: by little, by much, to the bounds, or to a neighbour's."""
    tables = tuple({name: list(row) for name, row in table.items()} for table in prices)
    for _ in range(rng.choice((1, 2, 4, 8))):
        table = rng.choice(tables)
        row = table[rng.choice(sorted(table))]
        k = rng.randrange(len(row))
        row[k] = rng.choice(
            (
                row[k] + rng.choice((-1, 1)),
                row[k] + rng.randint(-100, 100),
                rng.choice((0, LARGEST_PRICE, -LARGEST_PRICE, LARGEST_PRICE + 1, -row[k])),
                rng.choice(list(table.values()))[k],
            )
        )
    one, other = ({name: tuple(row) for name, row in table.items()} for table in tables)
    return one, other


def mutated(one: Case, kind: str, rng: Random) -> Tables:
    """Give changed prices of a kind."""
    if kind == "changed":
        return changed(one.prices, rng)
    other = lowered(one.told, one.held, *one.prices, rng)
    return changed(other, rng) if kind == "another proof, changed" else other


KINDS = (*["changed"] * 8, "another proof", "another proof, changed")


@pytest.mark.parametrize("block", range(BLOCKS))
def test_both_checkers_agree_on_every_change(block: int) -> None:
    """The engine refuses changed prices exactly when the documented convention does."""
    verify, verdicts = DerivedOnce(250), Counter[tuple[str, str]]()
    rng = Random(block)
    every = [one for one in cases(SEEDS) if one.told.tiers]
    for kind, one in islice(zip(cycle(KINDS), _shuffled_for_ever(every, rng), strict=False), A_BLOCK):
        prices = mutated(one, kind, rng)
        expected = breach(one.told, one.held, *prices)
        found = verify.reasons(one.round_, with_prices(one.answer, *prices))
        assert found == ({expected} if expected else set()), (one.seed, kind, prices)
        verdicts[kind, expected] += 1
    assert verify.count == A_BLOCK
    # Neither verdict is rare, so that always refusing, or never, could not pass.
    assert verdicts["changed", ""] >= 100, verdicts
    assert verdicts["changed", "prices"] >= 1_000, verdicts
    assert verdicts["another proof", ""] == A_BLOCK // 10, verdicts
    assert verdicts["another proof, changed", "certificate"] >= 5, verdicts


def _shuffled_for_ever(every: list[Case], rng: Random) -> Iterator[Case]:
    while True:
        yield from rng.sample(every, len(every))
