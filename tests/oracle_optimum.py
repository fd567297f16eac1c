"""Oracle of the optimum: a dynamic programme over load vectors, with no flow theory in it.

Children without a ruling are taken in lottery order. `best(k, loads)` is the least cost that
children k, k+1, … can add when the children before them hold `loads`; a cost is the whole
vector of tiers packed into one Python integer, so `<` and `+` are lexicographic and exact. Walking
forward from child 0 and letting each take the choice it likes best among those that keep
`best` is then the serial lottery by its definition: earlier children are settled, later
children may still do anything that costs no goal anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from allocator.placement.round import Round
from oracle_goals import Tier, tiers
from oracle_rules import Pair, Room, all_pairs, fixed_places, lottery_digest, rooms

# Each tier's total stays far below half of this, so that packed vectors compare as vectors do.
RADIX = 1 << 48

Choice = tuple[int, int, int]
Loads = tuple[int, ...]


@dataclass
class Question:
    """A round made ready for enumeration.

    Parameters
    ----------
    round_ : Round
        What was asked.
    pairs : dict of (child_id, provision_id) to Pair
        Every pair, eligible or not.
    provisions, schools : dict of id to Room
        Places.
    tiers : list of Tier
        In strict order.
    scales : list of int
        What each tier's values are multiplied by to be whole.
    fixed : dict of child_id to Pair
        The pairs that rulings hold.
    free : list of str
        The other children, in lottery order.
    """

    round_: Round
    pairs: dict[tuple[str, str], Pair]
    provisions: dict[str, Room]
    schools: dict[str, Room]
    tiers: list[Tier]
    scales: list[int]
    fixed: dict[str, Pair]
    free: list[str]

    @property
    def conflicts(self) -> dict[str, int]:
        """The provisions and schools that panel and parent rulings alone exceed, with their places."""
        return {
            key: room.bound
            for kind in (self.provisions, self.schools)
            for key, room in kind.items()
            if room.conflict and room.bound is not None
        }

    def eligible(self, child_id: str) -> list[Pair]:
        """List the pairs that a child without a ruling may hold, by provision_id."""
        return [pair for pair in self.pairs.values() if pair.child_id == child_id and pair.eligible]


def lottery_order(round_: Round, keys: Mapping[str, str] | None = None) -> list[str]:
    """Put all children in lottery order.

    Parameters
    ----------
    round_ : Round
        The round.
    keys : mapping of child_id to digest, optional
        Digests to use instead of the children's own.
    """
    seed = round_.policy.lottery.seed
    return sorted(
        round_.children["child_id"], key=lambda child: (keys or {}).get(child) or lottery_digest(seed, child)
    )


def question(round_: Round, keys: Mapping[str, str] | None = None) -> Question:
    """Read a round into a `Question`; `keys` replaces lottery digests."""
    pairs = all_pairs(round_)
    provisions, schools = rooms(round_)
    fixed = {child: pairs[child, ruling["provision_id"]] for child, ruling in fixed_places(round_).items()}
    found = tiers(round_)
    held = [pair for pair in pairs.values() if pair.eligible or fixed.get(pair.child_id) == pair]
    scales = [
        math.lcm(tier.of_over.denominator, *(tier.of_pair(pair).denominator for pair in held))
        for tier in found
    ]
    free = [child for child in lottery_order(round_, keys) if child not in fixed]
    return Question(round_, pairs, provisions, schools, found, scales, fixed, free)


def packed(question_: Question, values: Sequence[Fraction]) -> int:
    """Pack one value a tier into an integer that compares as the vector of tiers does (less is better)."""
    total = 0
    for tier, scale, value in zip(question_.tiers, question_.scales, values, strict=True):
        whole = value * scale * tier.sign
        assert whole.denominator == 1
        total = total * RADIX + whole.numerator
    return total


def own_order(pair: Pair | None) -> tuple[bool, int, int, int, int, str]:
    """Order a child's own options, best first, as the lottery measure states it."""
    if pair is None:
        return (True, 0, 0, 0, 0, "")
    return (False, -(pair.suitability or 0), pair.preference, pair.tenths or 0, pair.cost, pair.provision_id)


@dataclass
class LoadProgramme:
    """The dynamic programme; see the module's docstring.

    Parameters
    ----------
    question : Question
        A round without conflicts.
    """

    question: Question
    ids: list[str] = field(init=False)
    choices: list[list[tuple[int, int, Pair | None]]] = field(init=False)
    _known: list[dict[Loads, tuple[int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        asked = self.question
        self.ids = list(asked.provisions)
        index = {key: place for place, key in enumerate(self.ids)}
        self._over_cost = packed(asked, [tier.of_over for tier in asked.tiers])
        # A child's choices as (provision's index or -1 for none, packed cost, pair), best for itself first.
        self.choices = [
            [
                (-1, 0, None)
                if pair is None
                else (
                    index[pair.provision_id],
                    packed(asked, [tier.of_pair(pair) for tier in asked.tiers]),
                    pair,
                )
                for pair in sorted([*asked.eligible(child), None], key=own_order)
            ]
            for child in asked.free
        ]
        left = [room.left for room in asked.provisions.values()]
        self._left = [0 if room is None else room for room in left]
        self._within_left = [(room.within or 0) - room.fixed for room in asked.provisions.values()]
        school_of = dict(
            zip(asked.round_.provisions["provision_id"], asked.round_.provisions["school_id"], strict=True)
        )
        bounded = {key: room.left for key, room in asked.schools.items() if room.left is not None}
        self._school_left = [bounded.get(school_of[key]) for key in self.ids]
        self._beside = [
            [place for place, other in enumerate(self.ids) if school_of[other] == school_of[key]]
            for key in self.ids
        ]
        self._known = [{} for _ in range(len(asked.free) + 1)]

    def fits(self, loads: Loads, place: int) -> bool:
        """Whether one more child may go to a provision, with `loads` children without a ruling there."""
        if loads[place] >= self._left[place]:
            return False
        total = self._school_left[place]
        return total is None or sum(loads[other] for other in self._beside[place]) < total

    def step(self, loads: Loads, choice: tuple[int, int, Pair | None]) -> tuple[Loads, int] | None:
        """Take a choice: the loads after it, with the cost that it adds; None where it does not fit."""
        place, cost, _ = choice
        if place < 0:
            return loads, cost
        if not self.fits(loads, place):
            return None
        over = loads[place] + 1 > self._within_left[place]
        return (*loads[:place], loads[place] + 1, *loads[place + 1 :]), cost + over * self._over_cost

    def best(self, child: int, loads: Loads) -> tuple[int, int]:
        """Least packed cost that this and all later children add, with the number of ways to reach it."""
        if child == len(self.choices):
            return 0, 1
        known = self._known[child].get(loads)
        if known is None:
            least, ways = None, 0
            for choice in self.choices[child]:
                taken = self.step(loads, choice)
                if taken is None:
                    continue
                later, count = self.best(child + 1, taken[0])
                total = taken[1] + later
                if least is None or total < least:
                    least, ways = total, count
                elif total == least:
                    ways += count
            assert least is not None
            known = self._known[child][loads] = (least, ways)
        return known

    def serial(self) -> dict[str, Pair | None]:
        """Walk the children in lottery order, each taking its own best choice that keeps the optimum."""
        loads: Loads = (0,) * len(self.ids)
        held: dict[str, Pair | None] = {}
        for child, name in enumerate(self.question.free):
            target = self.best(child, loads)[0]
            for choice in self.choices[child]:
                taken = self.step(loads, choice)
                if taken is not None and taken[1] + self.best(child + 1, taken[0])[0] == target:
                    held[name] = choice[2]
                    loads = taken[0]
                    break
        return held
