"""Rounds with one thing edited after the answer was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from allocator.placement.policy import Lottery, MaxMinutes
from allocator.placement.round import Round

Edit = Callable[[Round, Random], Round]


def _with_cell(round_: Round, table: str, column: str, rng: Random, change: Callable[[Any], Any]) -> Round:
    frame = getattr(round_, table)
    if not len(frame):
        return round_
    frame = frame.copy()
    row = rng.randrange(len(frame))
    frame.loc[row, column] = change(frame.loc[row, column])
    return replace(round_, **{table: frame})


def _need_score(round_: Round, rng: Random) -> Round:
    return _with_cell(
        round_,
        "children",
        "need_score",
        rng,
        lambda score: rng.choice([s for s in (0, 500, 1000) if s != score]),
    )


def _year_group(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "children", "year_group", rng, lambda year: 13 - year)


def _home(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "children", "lat", rng, lambda lat: lat + rng.choice((-0.06, 0.06)))


def _places(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "provisions", "places", rng, lambda places: places + rng.choice((1, 5)))


def _places_fewer(round_: Round, rng: Random) -> Round:
    frame = round_.provisions.copy()
    free = frame.index[frame["places"] > frame["held_places"]].tolist()
    if not free:
        return round_
    frame.loc[rng.choice(free), "places"] -= 1
    return replace(round_, provisions=frame)


def _over_places(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "provisions", "over_places", rng, lambda places: places + 1)


def _places_total(round_: Round, rng: Random) -> Round:
    return _with_cell(
        round_,
        "schools",
        "places_total",
        rng,
        lambda total: rng.choice([t for t in (0, 1, 2, -1) if t != total]),
    )


def _annual_cost(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "provisions", "annual_cost", rng, lambda cost: cost + rng.choice((-1, 1, 999)))


def _needs(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "provisions", "needs", rng, lambda needs: "" if needs else "SLD")


def _suitability(round_: Round, rng: Random) -> Round:
    return _with_cell(round_, "suitability", "suitability", rng, lambda value: (value + 50) % 101)


def _bar_lifted(round_: Round, rng: Random) -> Round:
    rulings = round_.rulings
    kept = rulings[rulings["action"] == "place"].reset_index(drop=True)
    return replace(round_, rulings=kept)


def _ruling_lifted(round_: Round, rng: Random) -> Round:
    rulings = round_.rulings
    kept = rulings[rulings["action"] == "bar"].reset_index(drop=True)
    return replace(round_, rulings=kept)


def _preferences(round_: Round, rng: Random) -> Round:
    """Give one child's first school to it as its last, and move the others up."""
    frame = round_.preferences.copy()
    if not len(frame):
        return round_
    child = rng.choice(frame["child_id"].tolist())
    own = frame.index[frame["child_id"] == child].tolist()
    schools = frame.loc[own, "school_id"].tolist()
    frame.loc[own, "school_id"] = schools[1:] + schools[:1]
    return replace(round_, preferences=frame)


def _with_policy(round_: Round, **changes: Any) -> Round:
    return replace(round_, policy=round_.policy.model_copy(update=changes))


def _seed(round_: Round, rng: Random) -> Round:
    return _with_policy(
        round_, lottery=Lottery(seed=round_.policy.lottery.seed + rng.choice(("", " ", "!")) + "1")
    )


def _goal_order(round_: Round, rng: Random) -> Round:
    *goals, lottery = round_.policy.goals
    rng.shuffle(goals)
    return _with_policy(round_, goals=(*goals, lottery))


def _goal_missing(round_: Round, rng: Random) -> Round:
    *goals, lottery = round_.policy.goals
    goals.pop(rng.randrange(len(goals)))
    return _with_policy(round_, goals=(*goals, lottery))


def _travel_limit(round_: Round, rng: Random) -> Round:
    limits = MaxMinutes(primary=rng.choice((5, 12.3, 500)), secondary=rng.choice((5, 12.3, 500)))
    return _with_policy(round_, travel=round_.policy.travel.model_copy(update={"max_minutes": limits}))


def _children_exchanged(round_: Round, rng: Random) -> Round:
    """Make next year's round: the same ids, and everything else of the children dealt out again."""
    frame = round_.children
    again = frame.sample(frac=1, random_state=rng.randrange(2**32)).reset_index(drop=True)
    return replace(round_, children=again.assign(child_id=frame["child_id"]))


EDITS: Mapping[str, Edit] = {
    edit.__name__.strip("_").replace("_", " "): edit
    for edit in (
        _need_score, _year_group, _home, _places, _places_fewer, _over_places, _places_total, _annual_cost,
        _needs, _suitability, _bar_lifted, _ruling_lifted, _preferences, _seed, _goal_order, _goal_missing,
        _travel_limit, _children_exchanged,
    )
}  # fmt: skip
