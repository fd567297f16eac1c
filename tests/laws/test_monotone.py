"""What more need, more places, other prices and more options may do, and what they never do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pandas as pd
import pytest

from allocator import place
from allocator.placement.round import Round
from oracle_compare import exact
from oracle_goals import MORE_IS_BETTER
from oracle_optimum import Question, question
from oracle_rules import fixed_places, rows
from oracles import solvable_rounds
from round_frames import frame

SEEDS = range(1000, 1240)


def placed_children(round_: Round) -> set[str]:
    """Give the children that hold a place."""
    placements = place(round_).placements
    return set(placements["child_id"][placements["status"] != "unplaced"])


def set_value(table: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    """Give a copy of a frame with one cell changed."""
    changed = table.copy()
    changed.loc[row, column] = value
    return changed


def need_comes_first(round_: Round) -> Round | None:
    """Lift score bounds, and take out goals by band before `placed`; None where need does not rank at all."""
    goals = round_.policy.goals
    at = next((place for place, goal in enumerate(goals) if goal.measure == "placed"), None)
    if at is None or goals[at].by not in ("need", "band"):
        return None
    kept = tuple(goal for place, goal in enumerate(goals) if place >= at or goal.by != "band")
    return replace(
        round_,
        policy=round_.policy.model_copy(update={"goals": kept}),
        provisions=round_.provisions.assign(score_from=0, score_to=1000),
    )


def test_more_need_never_unplaces() -> None:
    """A placed child whose need score is raised is placed still.

    Holds without score bounds and with no goal by band before `placed`: each assignment that
    places the child becomes better in the `placed` tier by the same amount, or stays as it was
    in every tier; each that does not place it stays as it was.
    """
    tried = 0
    for seed, drawn in solvable_rounds(SEEDS):
        round_ = need_comes_first(drawn)
        if round_ is None:
            continue
        rng = Random(seed)
        for child in sorted(placed_children(round_) - set(fixed_places(round_)))[:3]:
            row = int(round_.children.index[round_.children["child_id"] == child][0])
            score = int(round_.children["need_score"][row])
            raised = rng.choice([score + 1, 1000, *(own for own in (400, 500, 610, 750) if own > score)])
            changed = replace(round_, children=set_value(round_.children, row, "need_score", raised))
            assert child in placed_children(changed), (seed, child, score, raised)
            tried += 1
    assert tried >= 120


def goal_vector(round_: Round) -> list[Fraction]:
    """Give the values of all tiers as the policy orders them: less is better in each."""
    vector = []
    for entry in place(round_).goals:
        sign = -1 if entry["measure"] in MORE_IS_BETTER else 1
        told = [level["value"] for level in entry["by_level"]] if "by_level" in entry else [entry["value"]]
        vector += [sign * (exact(value) or Fraction(0)) for value in told]
    return vector


def test_one_more_place_never_worsens_the_goals() -> None:
    """A place, an over place or a place of a school's total more: the goals are no worse, often better."""
    better = 0
    for seed, round_ in solvable_rounds(SEEDS):
        rng = Random(seed)
        row = rng.randrange(len(round_.provisions))
        column = rng.choice(("places", "over_places"))
        more = {"provisions": set_value(round_.provisions, row, column, round_.provisions[column][row] + 1)}
        bounded = [at for at, total in enumerate(round_.schools["places_total"]) if total >= 0]
        if bounded and rng.random() < 0.5:
            at = rng.choice(bounded)
            total = round_.schools["places_total"][at] + 1
            more = {"schools": set_value(round_.schools, at, "places_total", total)}
        before, after = goal_vector(round_), goal_vector(replace(round_, **more))
        assert after <= before, (seed, more)
        better += after < before
    assert better >= 40


@pytest.mark.parametrize("factor", [3, 10])
def test_scaled_costs_scale_their_tier_alone(factor: int) -> None:
    """All annual costs times k: the tier of annual cost times k, and everything else as it was."""
    tried = 0
    for seed, drawn in solvable_rounds(SEEDS[:120]):
        goals = tuple(goal for goal in drawn.policy.goals if goal.weighted is None)
        if all(goal.measure != "annual_cost" for goal in goals):
            continue
        tried += 1
        round_ = replace(drawn, policy=drawn.policy.model_copy(update={"goals": goals}))
        dearer = round_.provisions.assign(annual_cost=round_.provisions["annual_cost"] * factor)
        before, after = place(round_), place(replace(round_, provisions=dearer))
        for old, new in zip(before.goals, after.goals, strict=True):
            times = factor if old["measure"] == "annual_cost" else 1
            assert new["value"] == old["value"] * times, (seed, old, new)
        pd.testing.assert_frame_equal(
            after.placements.drop(columns="annual_cost"), before.placements.drop(columns="annual_cost")
        )
    assert tried >= 20


def with_option(round_: Round, asked: Question, child: str, provision: str) -> Round | None:
    """Lift the one rule that bars a pair; None where there are several, or one that cannot be lifted."""
    pair = asked.pairs[child, provision]
    match pair.failing:
        case ("need",):
            judged = {"child_id": child, "provision_id": provision, "suitability": 60}
            return replace(round_, suitability=frame("suitability", [*rows(round_.suitability), judged]))  # type: ignore[list-item]
        case ("barred",):
            rulings = round_.rulings
            lifted = (rulings["child_id"] == child) & (rulings["provision_id"] == provision)
            return replace(round_, rulings=rulings[~lifted].reset_index(drop=True))
        case ("objection_upheld",):
            answers = round_.consultations
            lifted = (answers["child_id"] == child) & (answers["school_id"] == pair.school_id)
            return replace(round_, consultations=answers.assign(upheld=answers["upheld"] & ~lifted))
        case ("too_far",):
            known = [
                row
                for row in rows(round_.travel)
                if (row["child_id"], row["school_id"]) != (child, pair.school_id)
            ]
            near = {"child_id": child, "school_id": pair.school_id, "minutes_tenths": 10, "km": 0.5}
            return replace(round_, travel=frame("travel", [*known, near]))  # type: ignore[list-item]
    return None


def test_one_more_option_never_unplaces_its_own_child() -> None:
    """A placed child that gains an option is placed still.

    Every assignment that is new places the child, and none that was there is lost.
    """
    lifted: dict[str, int] = {}
    for seed, round_ in solvable_rounds(SEEDS):
        asked = question(round_)
        placed = placed_children(round_)
        movers = placed - set(asked.fixed)
        gained = [key for key, pair in asked.pairs.items() if key[0] in movers and len(pair.failing) == 1]
        for child, provision in Random(seed).sample(gained, min(3, len(gained))):
            more = with_option(round_, asked, child, provision)
            if more is not None:
                assert child in placed_children(more), (seed, child, provision)
                rule = asked.pairs[child, provision].failing[0]
                lifted[rule] = lifted.get(rule, 0) + 1
    assert set(lifted) == {"need", "barred", "objection_upheld", "too_far"}
    assert sum(lifted.values()) >= 80
