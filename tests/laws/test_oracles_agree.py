"""The oracles hold against each other, against plain enumeration, and against cases worked by hand."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from allocator.placement.round import Round
from oracle_milp import MilpOracle
from oracle_optimum import Question, own_order, question
from oracle_rules import all_pairs, great_circle_km, lottery_digest, rooms
from oracles import OracleConflictError, oracle_answer, tier_value
from round_frames import frame
from strategies import rounds, small_round

Placement = dict[str, str | None]


def feasible_placements(asked: Question) -> Iterator[Placement]:
    """Try every combination of choices and keep those that no capacity forbids."""
    school_of = dict(
        zip(asked.round_.provisions["provision_id"], asked.round_.provisions["school_id"], strict=True)
    )
    fixed: Placement = {child: pair.provision_id for child, pair in asked.fixed.items()}
    choices = [[None, *(pair.provision_id for pair in asked.eligible(child))] for child in asked.free]
    for chosen in itertools.product(*choices):
        placement = {**fixed, **dict(zip(asked.free, chosen, strict=True))}
        held = [provision for provision in placement.values() if provision is not None]
        at_provision, at_school = Counter(held), Counter(school_of[provision] for provision in held)
        if all(at_provision[key] <= (room.capacity or 0) for key, room in asked.provisions.items()) and all(
            room.capacity is None or at_school[key] <= room.capacity for key, room in asked.schools.items()
        ):
            yield placement


def goal_vector(asked: Question, placement: Placement) -> tuple[Fraction, ...]:
    """Give the vector that the policy minimises, first goal first."""
    return tuple(tier.sign * tier_value(asked, tier, placement) for tier in asked.tiers)


def enumerated(asked: Question) -> tuple[tuple[Fraction, ...], list[Placement]]:
    """Give the least vector with every placement that reaches it."""
    least: tuple[Fraction, ...] | None = None
    optima: list[Placement] = []
    for placement in feasible_placements(asked):
        vector = goal_vector(asked, placement)
        if least is None or vector < least:
            least, optima = vector, []
        if vector == least:
            optima.append(placement)
    assert least is not None
    return least, optima


def lottery_among(asked: Question, optima: list[Placement]) -> Placement:
    """Let children in lottery order each keep only the optima that are best for itself."""
    for child in asked.free:
        held = {
            placement[child]: own_order(asked.pairs.get((child, placement[child] or "")))
            for placement in optima
        }
        best = min(held, key=lambda provision: held[provision])
        optima = [placement for placement in optima if placement[child] == best]
    (only,) = optima
    return only


def is_tiny(asked: Question) -> bool:
    """Whether plain enumeration is a matter of milliseconds."""
    count = 1
    for child in asked.free:
        count *= 1 + len(asked.eligible(child))
    return count <= 400 and not asked.conflicts


@pytest.mark.parametrize("block", range(5))
def test_programme_over_loads_equals_plain_enumeration(block: int) -> None:
    """Values, number of optima and the lottery's outcome are those of trying everything."""
    tried = 0
    for seed in range(block * 100, block * 100 + 100):
        round_ = small_round(seed)
        asked = question(round_)
        if not is_tiny(asked):
            continue
        tried += 1
        answer = oracle_answer(round_)
        least, optima = enumerated(asked)
        assert goal_vector(asked, answer.placement) == least, seed
        assert answer.optima == len(optima), seed
        assert answer.placement == lottery_among(asked, optima), seed
    assert tried >= 20


def test_programme_over_loads_equals_integer_programme() -> None:
    """Every tier's value is that of an integer programme with the earlier tiers as equality rows."""
    compared = 0
    with MilpOracle() as milp:
        for seed in range(60):
            round_ = small_round(seed)
            try:
                answer = oracle_answer(round_)
            except OracleConflictError:
                with pytest.raises(OracleConflictError):
                    milp.values(round_)
                continue
            compared += 1
            assert milp.values(round_) == answer.values, seed
    assert compared >= 48


@given(rounds())
def test_answers_are_feasible(round_: Round) -> None:
    """The oracle's own answer keeps every rule and every capacity, in rounds of hypothesis's choosing."""
    try:
        answer = oracle_answer(round_)
    except OracleConflictError:
        return
    asked = answer.question
    loads = Counter(held for held in answer.placement.values() if held is not None)
    assert all(loads[key] <= (room.capacity or 0) for key, room in asked.provisions.items())
    for child, pair in answer.pair_of.items():
        assert child in asked.fixed or pair is None or pair.eligible


def test_rounds_are_full_of_ties_and_of_every_rule() -> None:
    """The generator is no easier than it says: each feature occurs, and nearly half the rounds are tied."""
    seen: Counter[str] = Counter()
    for seed in range(400):
        round_ = small_round(seed)
        asked = question(round_)
        seen.update({code for pair in asked.pairs.values() for code in pair.failing})
        seen.update(set(round_.rulings["action"] + " " + round_.rulings["authority"]))
        seen.update({goal.measure or "weighted" for goal in round_.policy.goals})
        seen.update({f"by {goal.by}" for goal in round_.policy.goals})
        seen.update(
            {round_.policy.travel.source, round_.policy.travel.limit, round_.policy.eligibility.match}
        )
        seen["conflict"] += bool(asked.conflicts)
        seen["previous"] += round_.previous is not None
        seen["places brought along"] += any(
            (room.capacity or 0) > row.places - row.held_places + row.over_places
            for room, row in zip(asked.provisions.values(), round_.provisions.itertuples(), strict=True)
        )
        seen["total exceeded by fixed children"] += any(
            room.capacity is not None and room.capacity > total >= 0
            for room, total in zip(asked.schools.values(), round_.schools["places_total"], strict=True)
        )
        if not asked.conflicts:
            answer = oracle_answer(round_)
            seen["tied"] += answer.optima > 1
            seen["over number"] += bool(answer.over_number)
    assert seen["tied"] >= 150
    assert 10 <= seen["conflict"] <= 60
    assert seen["previous"] >= 100
    expected = {
        *("year", "sex", "need", "score", "access", "residential", "too_far", "barred", "objection_upheld"),
        *(
            f"{action} {who}"
            for action in ("place", "bar")
            for who in ("tribunal", "on_roll", "panel", "parent")
        ),
        *(
            "placed",
            "suitability",
            "preference",
            "travel_minutes",
            "over_limit",
            "annual_cost",
            "over_number",
        ),
        *("waited", "kept", "lottery", "weighted", "by none", "by need", "by band", "by priority"),
        *("matrix", "straight-line", "hard", "soft", "any", "primary", "places brought along", "over number"),
        "total exceeded by fixed children",
    }
    assert {name for name in expected if seen[name] < 5} == set()


def test_great_circle_of_a_quarter_of_the_earth() -> None:
    """From the equator to the pole is a quarter of the circumference of the stated radius."""
    assert great_circle_km(0, 0, 90, 0) == pytest.approx(10007.557, abs=0.001)
    assert great_circle_km(51.2, 0.5, 51.2, 0.5) == 0


def test_lottery_digest_is_the_published_formula() -> None:
    """SHA-256 of seed, one newline, id: what the shell's sha256sum says of those seven bytes."""
    assert lottery_digest("seed", "C1") == "09e48cc766e5f00d8790f1f8340f71925c29bc5acdcafa206babddfe46e8c374"


def ruled(authorities: list[str], **places: int) -> Round:
    """Make seed 0's round with a `place` ruling a child at its first provision, whose places are set."""
    round_ = small_round(0)
    provisions = round_.provisions.copy()
    for column, value in {"places": 1, "over_places": 0, "held_places": 0, **places}.items():
        provisions.loc[0, column] = value
    rulings = [
        {
            "child_id": child,
            "provision_id": provisions["provision_id"][0],
            "action": "place",
            "authority": authority,
            "reason": "because",
        }
        for child, authority in zip(round_.children["child_id"], authorities, strict=False)
    ]
    schools = round_.schools.assign(places_total=-1)
    return replace(round_, provisions=provisions, schools=schools, rulings=frame("rulings", rulings))


@pytest.mark.parametrize(
    ("authorities", "places", "capacity", "conflict"),
    [
        (["tribunal", "tribunal"], 1, 2, False),
        (["tribunal", "panel"], 1, 2, False),
        (["panel", "panel"], 1, None, True),
        (["parent"], 0, None, True),
        (["on_roll"], 0, 1, False),
        (["panel"], 3, 3, False),
    ],
)
def test_rulings_beyond_capacity(
    authorities: list[str], places: int, capacity: int | None, conflict: bool
) -> None:
    """Tribunal and on roll bring their own place; panel and parent beyond the places are a conflict."""
    round_ = ruled(authorities, places=places)
    room = rooms(round_)[0][round_.provisions["provision_id"][0]]
    assert room.conflict == conflict
    if not conflict:
        assert room.capacity == capacity
    else:
        with pytest.raises(OracleConflictError):
            oracle_answer(round_)


def test_held_places_come_off_before_over_places_count() -> None:
    """A provision of 3 with 2 held back and 1 over takes 2 children, the second of them over number."""
    round_ = ruled(["panel", "panel"], places=3, held_places=2, over_places=1)
    provision = round_.provisions["provision_id"][0]
    answer = oracle_answer(round_)
    assert answer.question.provisions[provision].capacity == 2
    there = [child for child, held in answer.placement.items() if held == provision]
    assert len(there) == 2
    assert len(answer.over_number & set(there)) == 1


def test_a_suitability_row_lifts_the_need_rule_alone() -> None:
    """A judged fit of 0 makes a pair eligible where only the designation failed, and lifts nothing else."""
    found: Counter[str] = Counter()
    for seed in range(60):
        round_ = replace(small_round(seed), suitability=frame("suitability", []))
        before = all_pairs(round_)
        rows = [
            {"child_id": child, "provision_id": provision, "suitability": 0} for child, provision in before
        ]
        after = all_pairs(replace(round_, suitability=frame("suitability", rows)))
        for key, pair in before.items():
            assert after[key].failing == tuple(code for code in pair.failing if code != "need")
            assert after[key].suitability == 0
            found[";".join(pair.failing)] += 1
    assert found["need"] > 5
