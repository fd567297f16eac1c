"""Small random rounds, full of ties, for the laws and the oracles.

One generator serves two masters: `small_round` feeds it a seeded `random.Random` (fast, for
thousands of rounds), `rounds` feeds it hypothesis's own random source (slower, but a failure
shrinks). Every figure comes from a tiny set, so that nearly every choice is tied somewhere,
and every rule of the contract bites in a small share of the pairs.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from allocator.placement.policy import (
    Band,
    Eligibility,
    Goal,
    Heading,
    Lottery,
    MaxMinutes,
    Need,
    Policy,
    Travel,
)
from allocator.placement.round import Previous, Round
from round_frames import COLUMNS, Row, frame

AS_OF = dt.date(2027, 1, 20)
BANDS = (
    Band(name="A", from_=750),
    Band(name="B", from_=500),
    Band(name="C", from_=250),
    Band(name="D", from_=0),
)
NEEDS = ("ASD", "SEMH", "SLD")
SCORES = (120, 400, 610, 800)
# Journeys between these are 0, 12.4, 31.1 and 33.4 minutes at the default speed; one home is out of reach.
PLACES_ON_EARTH = ((51.2, 0.5), (51.2, 0.5), (51.25, 0.5), (51.2, 0.7))
FAR_AWAY = (52.4, 0.5)


def _children(rng: Random) -> list[Row]:
    plain = rng.random() < 0.3
    labels = rng.sample(range(10, 100), rng.randint(4, 9))
    rows = []
    for label in labels:
        home = FAR_AWAY if not plain and rng.random() < 0.03 else rng.choice(PLACES_ON_EARTH)
        odd = {
            key: not plain and rng.random() < 0.1
            for key in ("wheelchair", "residential", "limit", "blank_sex")
        }
        primary = rng.choice(NEEDS[:2] if plain else NEEDS)
        others = [need for need in NEEDS if need != primary]
        rows.append(
            {
                "child_id": f"C{label}",
                "year_group": rng.choice((6, 7)) if plain else rng.choice((5, 6, 7, 7, 8)),
                "sex": "" if odd["blank_sex"] else rng.choice(("female", "male")),
                "primary_need": primary,
                "secondary_needs": ";".join(rng.sample(others, rng.choice((0, 0, 1, 2)))),
                "need_score": rng.choice(SCORES),
                "lat": home[0],
                "lon": home[1],
                "wheelchair": odd["wheelchair"],
                "residential": odd["residential"],
                "current_provision_id": "",
                "max_minutes": rng.choice((12.3, 12.4, 31.5)) if odd["limit"] else math.nan,
                "priority": rng.choice((0, 0, 1, 3)),
                "waiting_since": rng.choice(
                    (None, None, AS_OF, dt.date(2026, 12, 1), dt.date(2026, 12, 1), dt.date(2026, 9, 2))
                ),
                "decide_by": None,
            }
        )
    return rows


def _schools(rng: Random) -> list[Row]:
    rows = []
    for label in rng.sample(range(100, 130), rng.randint(1, 3)):
        lat, lon = rng.choice(PLACES_ON_EARTH)
        rows.append(
            {
                "school_id": f"0{label}",
                "name": f"School {label}",
                "kind": "special",
                "lat": lat,
                "lon": lon,
                "trust_id": "",
                "section_38": True,
                "selective": False,
                "pupils": -1,
                "ehcp_pupils": -1,
                "sen_support_pupils": -1,
                "places_total": rng.choice((-1, -1, -1, -1, 0, 2, 3, 4)),
            }
        )
    return rows


def _provisions(rng: Random, schools: Sequence[Row]) -> list[Row]:
    plain, flat = rng.random() < 0.3, rng.random() < 0.5
    rows = []
    for label in rng.sample(range(1, 30), rng.randint(2, 5)):
        places = rng.choice((0, 1, 1, 2, 2, 3, 3))
        odd = {
            key: not plain and rng.random() < 0.1 for key in ("held", "year", "sex", "score", "step", "bed")
        }
        rows.append(
            {
                "provision_id": f"P{label}",
                "school_id": rng.choice(schools)["school_id"],
                "places": places,
                "over_places": rng.choice((0, 0, 0, 1, 2)),
                "held_places": rng.randint(0, places) if odd["held"] else 0,
                "min_places": 0,
                "year_from": 7 if odd["year"] else 0,
                "year_to": 14,
                "sex": rng.choice(("female", "male")) if odd["sex"] else "mixed",
                "needs": rng.choice(("", "", "ASD;SEMH", "ASD;SEMH;SLD", "ASD", "SEMH;SLD")),
                "score_from": rng.choice((0, 400, 500)) if odd["score"] else 0,
                "score_to": rng.choice((610, 700, 1000)) if odd["score"] else 1000,
                "accessible": not odd["step"],
                "residential": odd["bed"] or rng.random() < 0.3,
                "annual_cost": 2000 if flat else rng.choice((1000, 2000, 2000, 3500)),
            }
        )
    return rows


def _pairs(
    rng: Random, left: Sequence[Row], right: Sequence[Row], key: str, share: float
) -> list[tuple[str, str]]:
    return [(a["child_id"], b[key]) for a in left for b in right if rng.random() < share]


def _preferences(rng: Random, children: Sequence[Row], schools: Sequence[Row]) -> list[Row]:
    rows = []
    for child in children:
        asked = rng.sample([school["school_id"] for school in schools], rng.randint(0, len(schools)))
        rows += [
            {"child_id": child["child_id"], "rank": place + 1, "school_id": school}
            for place, school in enumerate(asked)
        ]
    return rows


def _consultations(rng: Random, pairs: Iterable[tuple[str, str]]) -> list[Row]:
    rows = []
    for child, school in pairs:
        response = rng.choice(("can_meet", "can_meet_with_adjustments", "cannot_meet", "cannot_meet"))
        refused = response == "cannot_meet"
        rows.append(
            {
                "child_id": child,
                "school_id": school,
                "response": response,
                "ground": rng.choice(("unsuitable", "efficient_education", "efficient_resources"))
                if refused
                else "",
                "upheld": refused and rng.random() < 0.5,
                "responded_on": AS_OF,
            }
        )
    return rows


def _rulings(rng: Random, children: Sequence[Row], provisions: Sequence[Row]) -> list[Row]:
    share = rng.choice((0.0, 0.0, 0.1, 0.25))
    authorities = ("tribunal", "on_roll", "panel", "parent")
    rows = []
    for child in children:
        wanted = rng.sample([row["provision_id"] for row in provisions], min(2, len(provisions)))
        actions = (["place"] if rng.random() < share else []) + (["bar"] if rng.random() < share else [])
        rows += [
            {
                "child_id": child["child_id"],
                "provision_id": provision,
                "action": action,
                "authority": rng.choice(authorities),
                "reason": f"ruling {action}",
            }
            for provision, action in zip(wanted, actions, strict=False)
        ]
    return rows


def _weighted(rng: Random, measures: Sequence[str]) -> dict[str, Decimal]:
    chosen = rng.sample(list(measures), rng.randint(2, 3))
    return {
        name: rng.choice((Decimal("0.002"), Decimal("0.5"), Decimal(1), Decimal("2.25"))) for name in chosen
    }


def _goals(rng: Random, *, soft: bool) -> tuple[Goal, ...]:
    by_place = ("none", "none", "band", "priority")
    placed = Goal(measure="placed", by=rng.choice(("need", "need", "band", "priority", "none")))
    names = ["suitability", "preference", "travel_minutes", "annual_cost", "waited", "kept"]
    if soft:
        names.append("over_limit")
    rest = [
        Goal(measure=name, by=rng.choice(by_place))
        for name in rng.sample(names, rng.choice((0, 1, 1, 2, 3, 6)))
    ]
    if rng.random() < 0.25:
        mixed = [*names, "placed", "over_number"]
        rest.append(Goal(weighted=_weighted(rng, mixed)))
    over = Goal(measure="over_number")
    shape = rng.random()
    if shape < 1 / 3:
        later = rest + ([over] if rng.random() < 0.5 else [])
        rng.shuffle(later)
        goals = [placed, *later]
    elif shape < 2 / 3:
        later = [placed, *rest]
        rng.shuffle(later)
        goals = [over, *later]
    else:
        goals = [*rest] + [goal for goal in (placed, over) if rng.random() < 0.85]
        rng.shuffle(goals)
    return (*goals, Goal(measure="lottery"))


def _policy(rng: Random) -> Policy:
    soft = rng.random() < 0.3
    matrix = rng.random() < 0.25
    limits = MaxMinutes(primary=rng.choice((12.4, 31, 45, 45)), secondary=rng.choice((12.4, 31.1, 75, 75)))
    return Policy(
        round=Heading(id="small", title="A small round", as_of=AS_OF),
        need=Need(bands=BANDS if rng.random() < 0.8 else (BANDS[1], Band(name="rest", from_=0))),
        eligibility=Eligibility(
            match=rng.choice(("any", "any", "primary")),
            unspecialised_suitability=rng.choice((80, 100)),
            secondary_suitability=rng.choice((60, 100)),
        ),
        travel=Travel(
            source="matrix" if matrix else "straight-line",
            max_minutes=limits,
            limit="soft" if soft else "hard",
        ),
        lottery=Lottery(seed=f"public phrase {rng.randint(0, 999)}"),
        goals=_goals(rng, soft=soft),
    )


def round_of(rng: Random) -> Round:
    """Make one small round from a source of random choices.

    Parameters
    ----------
    rng : random.Random
        Where every choice comes from; hypothesis's own source will do.

    Returns
    -------
    Round
        4 to 9 children, 2 to 5 provisions, 1 to 3 schools; without a folder.
    """
    policy = _policy(rng)
    children, schools = _children(rng), _schools(rng)
    provisions = _provisions(rng, schools)
    ids = [row["provision_id"] for row in provisions]
    for child in children:
        child["current_provision_id"] = rng.choice(["", "", *ids])
    known = 0.8 if policy.travel.source == "matrix" else rng.choice((0.0, 0.3))
    journeys = ((0, 0.0), (124, 7.2), (124, 7.2), (124, 7.2), (310, 18.1), (9000, 300.0))
    travel = [
        dict(zip(COLUMNS["travel"], (*pair, *rng.choice(journeys)), strict=True))
        for pair in _pairs(rng, children, schools, "school_id", known)
    ]
    judged = [
        {"child_id": child, "provision_id": provision, "suitability": rng.choice((0, 60, 100))}
        for child, provision in _pairs(rng, children, provisions, "provision_id", rng.choice((0.0, 0.2)))
    ]
    earlier = None
    if rng.random() < 0.3:
        proposed = {child["child_id"]: rng.choice(ids) for child in children if rng.random() < 0.7}
        earlier = Previous(folder=Path("/earlier/proposal"), sha256="0" * 64, provision_of=proposed)
    return Round(
        policy=policy,
        children=frame("children", children),
        schools=frame("schools", schools),
        provisions=frame("provisions", provisions),
        preferences=frame("preferences", _preferences(rng, children, schools)),
        travel=frame("travel", travel),
        suitability=frame("suitability", judged),
        consultations=frame(
            "consultations",
            _consultations(rng, _pairs(rng, children, schools, "school_id", rng.choice((0.0, 0.2)))),
        ),
        rulings=frame("rulings", _rulings(rng, children, provisions)),
        previous=earlier,
    )


def small_round(seed: int) -> Round:
    """Make the small round of a seed; the same seed makes the same round everywhere.

    Parameters
    ----------
    seed : int
        Any whole number.

    Returns
    -------
    Round
        See `round_of`.
    """
    return round_of(Random(seed))


def rounds() -> st.SearchStrategy[Round]:
    """Small rounds as a hypothesis strategy, which shrinks a failure to fewer and plainer rows.

    Returns
    -------
    SearchStrategy of Round
    """
    return st.randoms(use_true_random=False).map(round_of)
