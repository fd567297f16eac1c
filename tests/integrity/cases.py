"""Small rounds with their honest answers, and verification with the round derived once for many answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest import mock

from allocator.placement import build, read_answer
from allocator.placement.allocate import allocate
from allocator.placement.answer import Answer, answer_of
from allocator.placement.result import PlacementResult
from allocator.placement.round import Round
from allocator.placement.verify import verify_answer
from allocator.tables.verification import Verification
from integrity.independent_check import Asked, Vector, asked
from oracles import solvable_rounds


@dataclass(frozen=True)
class Case:
    """A small round and its honest answer.

    Parameters
    ----------
    seed : int
        Of the round, for `small_round`.
    round_ : Round
    result : PlacementResult
    answer : Answer
    told : Asked
        The round as the second checker reads it.
    held : dict of child_id to provision_id or None
        The honest placement.
    """

    seed: int
    round_: Round
    result: PlacementResult
    answer: Answer
    told: Asked
    held: dict[str, str | None]

    @property
    def run(self) -> dict[str, Any]:
        """A fresh copy of what run.json says."""
        return json.loads(self.answer.run)  # type: ignore[no-any-return]

    @property
    def prices(self) -> tuple[dict[str, Vector], dict[str, Vector]]:
        """The honest prices of provisions and of schools."""
        certificate = self.result.certificate
        return (
            {name: tuple(row) for name, row in certificate.provisions.items()},
            {name: tuple(row) for name, row in certificate.schools.items()},
        )


def held_in(result: PlacementResult) -> dict[str, str | None]:
    """Read who holds what in a result."""
    table = result.placements
    return {c: p or None for c, p in zip(table["child_id"], table["provision_id"], strict=True)}


def case(seed: int, round_: Round) -> Case:
    """Place a round."""
    result = allocate(round_)
    return Case(seed, round_, result, answer_of(result), asked(round_), held_in(result))


@cache
def _case(seed: int) -> Case | None:
    """Place the round of a seed, once; None where its rulings exceed the places."""
    found = list(solvable_rounds([seed]))
    return case(*found[0]) if found else None


def cases(seeds: range) -> Iterator[Case]:
    """Give the cases of a range of seeds, without the rounds whose rulings exceed the places."""
    for seed in seeds:
        found = _case(seed)
        if found is not None:
            yield found


class DerivedOnce:
    """`verify_answer`, with each round's derivation made once.

    What a round asks does not depend on the answer, and deriving it is most of the work on a
    small round. Every `every`-th answer is verified twice, without and with this economy, and
    both must say the same.
    """

    def __init__(self, every: int = 50) -> None:
        self.every = every
        self.count = 0
        self._built: dict[int, tuple[Round, build.Built]] = {}

    def __call__(self, round_: Round, answer: Answer) -> Verification:
        """Verify an answer."""
        self.count += 1
        with mock.patch.object(read_answer, "build", self._build):
            found = verify_answer(round_, answer)
        if self.count % self.every == 0:
            assert found == verify_answer(round_, answer), "the derivation made once says something else"
        return found

    def reasons(self, round_: Round, answer: Answer) -> set[str]:
        """Verify an answer: the checks of its findings, empty where it holds."""
        return {finding.check for finding in self(round_, answer).findings}

    def _build(self, round_: Round, lottery_keys: object = None) -> build.Built:
        assert lottery_keys is None
        known = self._built.get(id(round_))
        if known is None or known[0] is not round_:
            known = self._built[id(round_)] = (round_, build.build(round_))
        return known[1]
