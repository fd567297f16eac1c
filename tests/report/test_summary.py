"""The summary counts every child once, and says what is proved in a panel's words."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.errors import ProblemError
from allocator.placement.policy import Goal, Policy
from allocator.placement.round import Previous
from allocator.report import summary as summary_module
from allocator.report.figures import journeys_of, travel_of
from allocator.report.goals import claim_of, goals_of
from allocator.report.shown import Figures, Summary
from allocator.report.summary import last_name, summarise
from allocator.report.words import ordinal, percent

JARGON = re.compile(r"\b(optimal|feasible|infeasible|gap|duals?|solver|bound|LP|objective|leximax)\b", re.I)


def add_up(groups: list[Figures], total: Figures) -> None:
    for name in (
        "children",
        "placed",
        "fixed",
        "unplaced",
        "eligible_nowhere",
        "over_number",
        "asked",
        "first",
    ):
        assert sum(getattr(each, name) for each in groups) == getattr(total, name), name
    assert sum(each.annual_cost for each in groups) == total.annual_cost
    assert sum(each.journeys.known for each in groups) == total.journeys.known


def test_every_child_is_counted_once(any_case):
    """Bands, needs, phases and routes each add up to the whole round, unplaced children included."""
    told = any_case.summary()
    assert told.total.children == len(any_case.round.children)
    assert told.total.placed + told.total.unplaced == told.total.children
    for groups in ([band.figures for band in told.bands], told.by_need, told.by_phase, told.by_route):
        add_up(list(groups), told.total)
    assert told.unplaced.total == told.total.unplaced
    assert told.placed.total == told.total.placed


def test_kent_counts_agree_with_the_run(kent):
    """The summary counts from the tables what the engine counted by itself."""
    told = kent.summary()
    counts = kent.run["counts"]
    assert (told.total.children, told.total.unplaced) == (counts["children"], counts["unplaced"])
    assert told.total.over_number == told.capacity.over == counts["over_number"]
    assert told.proven == (kent.run["status"] == "optimal")
    assert told.tiers == len(kent.run["goals"])
    add_up([band.figures for band in told.bands], told.total)


def test_figures_by_hand(case):
    told = case.summary()
    assert (told.total.placed, told.total.fixed, told.total.unplaced) == (6, 1, 3)
    assert told.total.eligible_nowhere == 1
    assert (told.total.asked, told.total.first) == (6, 2)
    assert told.total.annual_cost == 120_000
    assert told.total.suitability == round(500 / 6, 1)
    assert told.total.journeys.unknown == 1
    assert [band.figures.placed for band in told.bands] == [2, 2, 1, 1]
    assert (told.dated, told.first_date) == (1, "15 February 2027")
    assert told.asked_but_full == 1
    assert told.as_of == "20 January 2027"


def test_places_by_hand(case):
    """Held places are never filled: a child above places less held is over number."""
    told = case.summary()
    counted = {
        each.provision_id: (each.filled, each.over, each.free, each.held) for each in told.provisions.rows
    }
    assert counted == {"P1": (2, 1, 0, 1), "P2": (1, 0, 0, 0), "P3": (2, 0, 0, 0), "P4": (0, 0, 4, 0)}
    assert told.capacity.over == told.total.over_number
    assert [school.school_id for school in told.schools.rows] == ["0100", "0300", "0200"]
    assert "at most 5 children" in told.schools.rows[0].takes


def test_places_of_schools_are_those_of_their_provisions(any_case):
    told = any_case.summary()
    for name in ("places", "held", "filled", "over", "free", "fixed", "annual_cost"):
        of_schools = sum(getattr(each, name) for each in told.schools.rows)
        assert of_schools == sum(getattr(each, name) for each in told.provisions.rows)
        assert of_schools == getattr(told.capacity, name)
    assert told.capacity.children == told.total.placed


def test_choices_keep_the_unplaced_in_the_count(any_case):
    told = any_case.summary()
    assert sum(choice.children for choice in told.choices.rows) == told.choices.asked == told.total.asked
    assert told.choices.not_asked_placed + told.choices.not_asked_unplaced == (
        told.total.children - told.choices.asked
    )


def test_choices_by_hand(case):
    got = {choice.label: choice.children for choice in case.summary().choices.rows}
    assert got == {
        "1st choice": 2,
        "2nd choice": 1,
        "3rd choice": 0,
        "4th choice": 1,
        "A school not named": 0,
        "No place": 2,
    }


def test_suitability_is_counted_in_one_step_each(any_case):
    told = any_case.summary()
    assert sum(step.children for step in told.fit) == told.total.placed
    assert all(sum(step.by_band) == step.children for step in told.fit)


def rows_with(minutes: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "has_place": True,
            "phase": ["primary", "secondary"] * (len(minutes) // 2) + ["primary"] * (len(minutes) % 2),
            "minutes": pd.Series([math.nan if m is None else m for m in minutes], dtype="float64"),
        }
    )


tenths = st.integers(0, 3000).map(lambda tenth: tenth / 10)


@given(st.lists(tenths, min_size=1, max_size=60))
def test_nineteen_in_twenty(minutes):
    """`p95` is the shortest journey made that at least 19 in 20 do not exceed."""
    p95 = journeys_of(rows_with(minutes)).p95
    enough = [m for m in minutes if 20 * sum(other <= m for other in minutes) >= 19 * len(minutes)]
    assert p95 == min(enough)


@given(st.lists(st.none() | tenths, max_size=60), st.sampled_from([20.0, 75.0, 140.0, 5000.0]))
def test_each_known_journey_lies_in_one_bar(minutes, limit):
    limits = {"primary": 1, "secondary": limit}
    policy = Policy.model_validate(
        {
            "round": {"id": "r"},
            "lottery": {"seed": "s"},
            "goals": [{"measure": "lottery"}],
            "travel": {"max_minutes": limits},
        }
    )
    told = travel_of(policy, rows_with(minutes))
    known = [m for m in minutes if m is not None]
    for at, bar in enumerate(told.bins):
        assert bar.low == (told.bins[at - 1].high if at else 0)
        inside = [m for m in known if bar.low <= m and (bar.high is None or m < bar.high)]
        assert bar.primary + bar.secondary == len(inside)
    assert sum(bar.primary + bar.secondary for bar in told.bins) == len(known)
    assert told.primary.known + told.secondary.known == len(known)
    assert len(told.bins) <= 25


def test_unplaced_stand_by_need_with_what_they_asked_for(case):
    """The school's provision that came nearest answers for it: eligible first, then fewest failing rules."""
    rows = case.summary().unplaced.rows
    assert [row.child_id for row in rows] == ["C06", "C07", "C09"]
    assert [row.eligible for row in rows] == [1, 0, 1]
    first, second = rows[0].asked
    assert (first.rank, first.why, first.ground) == (
        1,
        "school’s objection upheld",
        "efficient education of others",
    )
    assert (second.rank, second.why, second.ground) == (2, "no place left", "none")
    assert rows[1].asked[0].why == "not for this need; not for this year group; odd rule"
    assert rows[2].asked == ()


def test_rulings_are_kept_or_said_not_to_be(case):
    told = case.summary()
    assert [ruling.kept for ruling in told.rulings.rows] == [True, True]
    placements = case.placements.copy()
    placements.loc[placements["child_id"] == "C05", ["provision_id", "school_id"]] = ["P1", "0100"]
    broken = case.replace(placements=placements).summary()
    assert {row.authority: row.kept for row in broken.ruling_counts} == {"tribunal": 1, "panel": 0}


def test_earlier_proposal(case):
    assert case.summary().earlier is None
    before = {"C01": "P1", "C03": "P2", "C06": "P1"}
    told = case.with_round(previous=Previous(Path("out0"), "0" * 64, before)).summary().earlier
    assert told is not None
    assert (told.had_place, told.kept, told.moved, told.lost, told.gained) == (3, 1, 1, 1, 4)


def test_summary_survives_json(any_case):
    """Everything shown is plain data: written as JSON and read back, it is the same."""
    told = any_case.summary()
    assert Summary.model_validate_json(told.model_dump_json()) == told


def test_row_order_changes_nothing(case):
    shuffled = case.replace(
        placements=case.placements.sample(frac=1, random_state=3, ignore_index=True),
        options=case.options.sample(frac=1, random_state=4, ignore_index=True),
    )
    assert shuffled.summary() == case.summary()


def test_long_lists_are_cut_and_say_so(case, monkeypatch):
    monkeypatch.setattr(summary_module, "MOST_ROWS", 2)
    told = case.summary()
    assert len(told.unplaced.rows) == 2
    assert told.unplaced.more == 1
    assert len(told.placed.rows) == 2
    assert told.placed.more == 4
    assert told.provisions.more == 2
    assert told.total.placed == 6


def test_other_children_are_refused(case):
    with pytest.raises(ProblemError, match="not those of the round's children"):
        summarise(case.round, case.placements.iloc[1:], case.options, case.run)


@pytest.mark.parametrize(
    ("folder", "name"),
    [("/home/a.person/kent", "kent"), ("C:\\Users\\A Person\\kent", "kent"), ("kent/", "kent"), ("", "")],
)
def test_only_the_folders_name_is_told(folder, name):
    assert last_name(folder) == name


def test_the_way_to_the_inputs_is_not_told(case):
    assert "secret" not in case.summary().model_dump_json()


CLAIMS = [
    ("placed", 10, 10, True, "prices", "Proved best, and checkable from the files alone."),
    ("placed", 10, 10, True, "bound", "Proved best, and checkable from the files alone."),
    ("annual_cost", 10, 10, True, "solver", "Proved best by exact search; the check confirms the value."),
    ("placed", 10, 13, False, "none", "Best found; cannot be beaten by more than 3 children placed."),
    ("placed", 10, 11, False, "none", "Best found; cannot be beaten by more than 1 child placed."),
    (
        "travel_minutes",
        10.3,
        10.1,
        False,
        "none",
        "Best found; cannot be beaten by more than 0.2 minutes one way.",
    ),
    (
        "annual_cost",
        2_000_000,
        500_000,
        False,
        "none",
        "Best found; cannot be beaten by more than £1,500,000.",
    ),
    ("placed", 10, None, False, "none", "Best found; how much better it could be is not known."),
    ("", Decimal("10.5"), Decimal("10"), False, "none", "Best found; cannot be beaten by more than 0.5."),
]


@pytest.mark.parametrize(("measure", "value", "bound", "proven", "proof", "said"), CLAIMS)
def test_claims_in_words(measure, value, bound, proven, proof, said):
    entry = {"value": value, "bound": bound, "proven": proven, "proof": proof}
    assert claim_of(entry, measure) == said
    assert not JARGON.search(said)
    assert said.startswith("Proved best") == proven


def test_status_never_says_more_than_is_proved(case):
    goals = [dict(goal) for goal in case.run["goals"]]
    goals[-1] |= {"bound": 100_000, "proven": False, "proof": "none"}
    told = case.replace(run=case.run | {"status": "feasible", "goals": goals}).summary()
    assert not told.proven
    assert (told.tiers_proven, told.tiers) == (5, 6)
    assert told.status.startswith("Best found: 5 of 6 steps proved best")
    assert told.goals[2].tiers[0].claim.endswith("by more than £20,000.")


def test_tiers_go_to_their_goals(case):
    """Band and priority goals take as many tiers as there are bands and classes; none is lost."""
    goals = (
        Goal(measure="placed", by="priority"),
        Goal(measure="placed"),
        Goal(measure="waited", by="band"),
        Goal(weighted={"travel_minutes": Decimal("1.0"), "annual_cost": Decimal("0.002")}),
        Goal(measure="lottery"),
    )
    children = pd.DataFrame({"need_score": [1, 2, 3], "priority": [0, 2, 1]})
    tier = {"value": 3, "bound": 3, "proven": True, "proof": "prices"}
    levels = [("placed", 1), ("placed", 2), ("placed", None), ("placed", None)]
    levels += [("waited", band) for band in "ABCD"] + [("weighted", None)]
    told = goals_of(
        case.round.policy.model_copy(update={"goals": goals}),
        [{"measure": measure, "level": level, **tier} for measure, level in levels],
        children,
    )
    assert [[each.level for each in goal.tiers] for goal in told] == [
        ["class 1", "class 2", "no priority class"],
        [""],
        ["band A", "band B", "band C", "band D"],
        [""],
        [],
    ]
    assert "1 × minutes of journey and 0.002 × pounds of annual cost" in told[3].sentence
    assert not JARGON.search(" ".join(goal.sentence for goal in told))


def test_levels_hold_every_child(case):
    levels = case.summary().goals[0].levels
    assert sum(level.children for level in levels) == 9
    assert sum(level.placed for level in levels) == 6
    assert [(level.lowest, level.highest) for level in levels][:2] == [(900, 949), (750, 799)]


def test_the_top_score_is_in_the_top_step(case):
    children = case.round.children.assign(need_score=1000)
    entry = case.run["goals"][0] | {"by_level": [{"level": 1000, "value": 6}]}
    told = goals_of(case.round.policy, [entry], children)
    assert [(each.lowest, each.highest, each.children) for each in told[0].levels] == [(950, 1000, 9)]


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (0, 9, "0%"),
        (1, 1000, "under 1%"),
        (999, 1000, "over 99%"),
        (9, 9, "100%"),
        (1, 2, "50%"),
    ],
)
def test_shares_never_round_to_none_or_all(part, whole, said):
    assert percent(part, whole) == said


def test_ordinals():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]
    )


def test_the_summary_is_frozen(case):
    told = case.summary()
    with pytest.raises(ValueError, match="frozen"):
        told.id = "other"
