"""A placement other than the lottery's is refused for what it is, whatever prices stand beside it.

More than 4,500 forgeries; what each is to be refused for is decided by the second checker and
by enumeration, not by the engine.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import islice
from random import Random

from allocator.placement.policy import Lottery
from allocator.tables.json_writer import json_bytes
from integrity.cases import Case, DerivedOnce, case, cases
from integrity.forged_placements import (
    bytes_of,
    optima,
    other_placements,
    table_of,
    with_placement,
    with_prices,
)
from integrity.independent_check import breach
from integrity.refit import refitted

SEEDS = range(130)
TURNS = 3


def test_the_honest_answer_holds_by_both_checkers() -> None:
    """The engine's own answers pass, and so do prices refitted to them from nothing."""
    verify = DerivedOnce()
    for one in cases(SEEDS):
        # What the forger writes differs in the forgery alone, not in how it is written.
        assert bytes_of(table_of(one.answer.placements)) == one.answer.placements
        assert breach(one.told, one.held, *one.prices) == "", one.seed
        assert verify.reasons(one.round_, one.answer) == set(), one.seed
        refit = refitted(one.told, one.held)
        assert breach(one.told, one.held, *refit) == "", one.seed
        # The largest potentials are canonical, so a second search for them finds the same numbers.
        assert refit == one.prices, one.seed


def test_another_placement_is_refused_with_old_prices_and_with_refitted_ones() -> None:
    """Swapped, moved, put in, left out, drawn at random: the reason is the second checker's."""
    verify, kinds = DerivedOnce(), Counter[str]()
    reasons = Counter[str]()
    for one in cases(SEEDS):
        rng = Random(one.seed)
        for _ in range(TURNS):
            for kind, held in other_placements(one, rng):
                if held == one.held:
                    continue
                forged = with_placement(one, held)
                for prices in (one.prices, refitted(one.told, held)):
                    expected = breach(one.told, held, *prices) or "lottery"
                    found = verify.reasons(one.round_, with_prices(forged, *prices))
                    assert found == {expected}, (one.seed, kind, held, prices)
                    kinds[kind] += 1
                    reasons[expected] += 1
    assert sum(kinds.values()) >= 3_200
    assert len(kinds) == 7
    assert min(kinds.values()) >= 100, kinds
    assert set(reasons) == {"prices", "lottery", "eligible", "capacity", "total", "rulings"}, reasons


def test_every_other_optimum_is_refused_by_the_lottery() -> None:
    """An assignment as good in every goal, proved so by the same prices, is not what the lottery gives."""
    verify, count = DerivedOnce(), 0
    for one in cases(SEEDS):
        for held in islice(optima(one), 40):
            expected = set() if held == one.held else {"lottery"}
            # Any valid prices prove any optimum, so the honest ones stand beside it.
            assert breach(one.told, held, *one.prices) == "", one.seed
            forged = with_placement(one, held)
            assert verify.reasons(one.round_, forged) == expected, (one.seed, held)
            again = with_prices(forged, *refitted(one.told, held))
            assert verify.reasons(one.round_, again) == expected, (one.seed, held)
            count += 2 * len(expected)
    assert count >= 1_000


def test_the_answer_of_another_lottery_seed_is_refused_by_the_lottery() -> None:
    """A draw repeated until it suits, with the published seed written over it."""
    verify, count = DerivedOnce(), 0
    for one in cases(SEEDS):
        tied = len(list(islice(optima(one), 2))) > 1
        for turn in range(2 * tied):
            other = _drawn_again(one, f"another phrase {turn}")
            run = json.loads(other.answer.run) | {"lottery": one.run["lottery"]}
            forged = replace(other.answer, run=json_bytes(run))
            found = verify.reasons(one.round_, forged)
            if other.held != one.held:
                assert found == {"lottery"}, (one.seed, turn)
                count += 1
            else:
                # The draw also says who counts as over number.
                same = other.answer.placements == one.answer.placements
                assert found == (set() if same else {"figures"}), (one.seed, turn)
    assert count >= 40


def _drawn_again(one: Case, seed: str) -> Case:
    policy = one.round_.policy.model_copy(update={"lottery": Lottery(seed=seed)})
    return case(one.seed, replace(one.round_, policy=policy))
