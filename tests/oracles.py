"""The oracle's answer to a small round, from the contract alone: slow, obvious, exact.

`oracle_answer` gives every goal's value, the one placement that the lottery leaves, and what
the tables must say of it. It shares no line with the engine: the rules are in `oracle_rules`,
the goals in `oracle_goals`, the enumeration in `oracle_optimum`, a second formulation by
integer programming in `oracle_milp`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from allocator.placement.round import Round
from oracle_goals import Tier
from oracle_optimum import LoadProgramme, Question, lottery_order, question
from oracle_rules import Pair, rooms, rows
from strategies import small_round


class OracleConflictError(Exception):
    """No assignment keeps the rulings.

    Parameters
    ----------
    places : dict of id to int
        Provisions and schools that panel and parent rulings alone exceed, with the places that they have.
    """

    def __init__(self, places: dict[str, int]) -> None:
        self.places = places
        super().__init__(f"rulings exceed {places}")


class GoalValue(NamedTuple):
    """One entry of `run.json`'s goals: a tier, or the whole of a `placed` goal by need."""

    measure: str
    level: str | int | None
    value: Fraction


@dataclass(frozen=True)
class OracleAnswer:
    """What the contract says that the engine must answer.

    Parameters
    ----------
    question : Question
        The round as the oracle read it.
    values : list of Fraction
        One a tier of `question.tiers`, in the measures' own units.
    goals : list of GoalValue
        The same, gathered into the entries of `run.json`.
    by_need : list of (need score, placed)
        From the highest score down; the `by_level` of a `placed` goal by need.
    placement : dict of child_id to provision_id or None
        After the lottery.
    optima : int
        How many assignments are optimal in every goal.
    over_number : set of child_id
        The children marked as over number.
    """

    question: Question
    values: list[Fraction]
    goals: list[GoalValue]
    by_need: list[tuple[int, int]]
    placement: dict[str, str | None]
    optima: int
    over_number: set[str]

    @property
    def pair_of(self) -> dict[str, Pair | None]:
        """The pair that each child holds."""
        return {
            child: None if held is None else self.question.pairs[child, held]
            for child, held in self.placement.items()
        }


def loads_of(question_: Question, placement: Mapping[str, str | None]) -> dict[str, int]:
    """Count the children at each provision, fixed ones included."""
    held = list(placement.values())
    return {provision: held.count(provision) for provision in question_.provisions}


def tier_value(question_: Question, tier: Tier, placement: Mapping[str, str | None]) -> Fraction:
    """Give a tier's value for a whole placement, in the measure's own unit."""
    value = sum(
        (tier.of_pair(question_.pairs[child, held]) for child, held in placement.items() if held is not None),
        Fraction(0),
    )
    loads = loads_of(question_, placement)
    over = sum(max(0, loads[key] - (room.within or 0)) for key, room in question_.provisions.items())
    return value + over * tier.of_over


def goal_values(question_: Question, values: list[Fraction]) -> list[GoalValue]:
    """Gather one value a tier into the entries of `run.json`: `placed` by need becomes one entry."""
    entries: list[GoalValue] = []
    goals = question_.round_.policy.goals
    seen = -1
    for tier, value in zip(question_.tiers, values, strict=True):
        if goals[tier.goal].by == "need":
            if tier.goal == seen:
                entries[-1] = entries[-1]._replace(value=entries[-1].value + value)
            else:
                entries.append(GoalValue(tier.measure, None, value))
        else:
            entries.append(GoalValue(tier.measure, tier.level, value))
        seen = tier.goal
    return entries


def marked_over(question_: Question, placement: Mapping[str, str | None], order: list[str]) -> set[str]:
    """Mark the children over number: least need score first, then last in lottery order, fixed ones last.

    Parameters
    ----------
    question_ : Question
        The round.
    placement : mapping of child_id to provision_id or None
        A whole placement.
    order : list of child_id
        All children in lottery order.
    """
    score = {row["child_id"]: row["need_score"] for row in rows(question_.round_.children)}
    turn = {child: place for place, child in enumerate(order)}
    marked: set[str] = set()
    for provision, room in question_.provisions.items():
        there = [child for child, held in placement.items() if held == provision]
        there.sort(key=lambda child: (child in question_.fixed, score[child], -turn[child]))
        marked.update(there[: max(0, len(there) - (room.within or 0))])
    return marked


def oracle_answer(round_: Round, lottery_keys: Mapping[str, str] | None = None) -> OracleAnswer:
    """Answer a small round by enumeration.

    Parameters
    ----------
    round_ : Round
        Up to about 10 children and 6 provisions.
    lottery_keys : mapping of child_id to digest, optional
        Lottery digests to use instead of the children's own.

    Returns
    -------
    OracleAnswer

    Raises
    ------
    OracleConflictError
        Where panel or parent rulings exceed the places there are.
    """
    asked = question(round_, lottery_keys)
    if asked.conflicts:
        raise OracleConflictError(asked.conflicts)
    programme = LoadProgramme(asked)
    _, optima = programme.best(0, (0,) * len(programme.ids))
    held = {**asked.fixed, **programme.serial()}
    placement = {
        child: None if held[child] is None else held[child].provision_id  # type: ignore[union-attr]
        for child in round_.children["child_id"]
    }
    values = [tier_value(asked, tier, placement) for tier in asked.tiers]
    scores = {row["child_id"]: row["need_score"] for row in rows(round_.children)}
    by_need = [
        (score, sum(placement[child] is not None for child, own in scores.items() if own == score))
        for score in sorted(set(scores.values()), reverse=True)
    ]
    return OracleAnswer(
        question=asked,
        values=values,
        goals=goal_values(asked, values),
        by_need=by_need,
        placement=placement,
        optima=optima,
        over_number=marked_over(asked, placement, lottery_order(round_, lottery_keys)),
    )


def option_codes(answer: OracleAnswer) -> dict[tuple[str, str], str]:
    """Say which rows `options.csv` has, and the code of each.

    Failing rules are joined by ";" in the order in which the contract lists the codes. A pair
    that the child holds is `placed`. An eligible pair that it does not hold is `full` where the
    provision, or its school, has no place left for this child, else `worse`; a child that is at the school
    already needs no further place of the school's total.
    """
    asked = answer.question
    named = _named_schools(asked.round_)
    loads = loads_of(asked, answer.placement)
    codes = {}
    for (child, provision), pair in asked.pairs.items():
        if answer.placement[child] == provision:
            codes[child, provision] = "placed"
        elif pair.eligible:
            codes[child, provision] = "full" if _is_full(answer, loads, pair) else "worse"
        elif (child, pair.school_id) in named:
            codes[child, provision] = ";".join(pair.failing)
    return codes


def _is_full(answer: OracleAnswer, loads: Mapping[str, int], pair: Pair) -> bool:
    asked = answer.question
    if loads[pair.provision_id] >= (asked.provisions[pair.provision_id].capacity or 0):
        return True
    total = asked.schools[pair.school_id].capacity
    present = answer.pair_of[pair.child_id]
    if total is None or (present is not None and present.school_id == pair.school_id):
        return False
    at_school = [
        other for other in answer.pair_of.values() if other is not None and other.school_id == pair.school_id
    ]
    return len(at_school) >= total


def _named_schools(round_: Round) -> set[tuple[str, str]]:
    """Pairs of child and school where the school was preferred, consulted, ruled on or judged."""
    school_of = {row["provision_id"]: row["school_id"] for row in rows(round_.provisions)}
    by_school = [*rows(round_.preferences), *rows(round_.consultations)]
    by_provision = [*rows(round_.rulings), *rows(round_.suitability)]
    return {(row["child_id"], row["school_id"]) for row in by_school} | {
        (row["child_id"], school_of[row["provision_id"]]) for row in by_provision
    }


def solvable_rounds(seeds: Iterable[int]) -> Iterator[tuple[int, Round]]:
    """Give the small rounds of these seeds, without those whose rulings exceed the places."""
    for seed in seeds:
        round_ = small_round(seed)
        if not any(room.conflict for kind in rooms(round_) for room in kind.values()):
            yield seed, round_
