"""Oracle of the rules: every pair of a child and a provision, judged straight from the contract.

Slow and plain on purpose. Nothing of the engine is imported; only the round's frames are read.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from allocator.placement.round import Round

EARTH_RADIUS_KM = 6371.0088
AUTHORITIES_WITH_OWN_PLACE = ("tribunal", "on_roll")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """What the contract says of one child at one provision.

    Parameters
    ----------
    child_id, provision_id, school_id : str
        Who and where.
    failing : tuple of str
        Codes of all rules that forbid the pair; empty where it is eligible.
    suitability : int or None
        0 to 100; None where no rule gives the pair a value.
    rank : int or None
        The rank of the school in the child's preferences; None where unranked.
    preference : int
        The pair's part of the measure `preference`.
    tenths : int or None
        Journey one way, tenths of a minute; None where unknown.
    km : float or None
        Journey one way; None where unknown.
    over_limit : bool
        Whether the journey is known and longer than the child's limit.
    cost : int
        Whole pounds a year.
    """

    child_id: str
    provision_id: str
    school_id: str
    failing: tuple[str, ...]
    suitability: int | None
    rank: int | None
    preference: int
    tenths: int | None
    km: float | None
    over_limit: bool
    cost: int

    @property
    def eligible(self) -> bool:
        """Whether the child may hold a place there."""
        return not self.failing


# Frames that were read lately, by identity: rounds are frozen, and each is asked for many times.
_READ: dict[int, tuple[Any, list[Row]]] = {}


def rows(frame: Any) -> list[Row]:
    """Give a frame's rows as plain mappings, in order; the frame must not be changed afterwards."""
    known = _READ.get(id(frame))
    if known is None:
        if len(_READ) >= 100:
            _READ.clear()
        columns = {name: frame[name].tolist() for name in frame.columns}
        read = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        # Keeping the frame beside its rows keeps its identity from being given to another.
        known = _READ[id(frame)] = (frame, read)
    return known[1]


def great_circle_km(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Measure the great circle between two points (haversine), in km.

    Parameters
    ----------
    a_lat, a_lon, b_lat, b_lon : float
        Degrees WGS84.
    """
    a_phi, b_phi = math.radians(a_lat), math.radians(b_lat)
    half_phi, half_lambda = (b_phi - a_phi) / 2, math.radians(b_lon - a_lon) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(a_phi) * math.cos(b_phi) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def lottery_digest(seed: str, child_id: str) -> str:
    """Draw a child's lottery number: children choose in ascending order of it."""
    return hashlib.sha256(f"{seed}\n{child_id}".encode()).hexdigest()


def journey(
    round_: Round, child: Row, school: Row, listed: Mapping[tuple[str, str], Row]
) -> tuple[int, float] | None:
    """Find the journey of a child to a school: (tenths of a minute, km), or None where unknown.

    A listed journey wins; else `straight-line` computes it, and `matrix` knows none.
    """
    travel = round_.policy.travel
    row = listed.get((child["child_id"], school["school_id"]))
    if row is not None:
        return int(row["minutes_tenths"]), float(row["km"])
    if travel.source == "matrix":
        return None
    km = great_circle_km(child["lat"], child["lon"], school["lat"], school["lon"]) * travel.detour
    return round(round(km / travel.speed_kmh * 60, 1) * 10), km


def travel_limit(round_: Round, child: Row) -> Decimal:
    """Give a child's longest journey in minutes: its own, else the policy's for its phase."""
    if not math.isnan(child["max_minutes"]):
        return Decimal(str(child["max_minutes"]))
    limits = round_.policy.travel.max_minutes
    return Decimal(str(limits.primary if child["year_group"] <= 6 else limits.secondary))


def need_suitability(round_: Round, child: Row, provision: Row) -> int | None:
    """Give what the need rule makes of a pair: the suitability of the match, or None where none."""
    rules = round_.policy.eligibility
    designated = provision["needs"].split(";") if provision["needs"] else []
    if not designated:
        return rules.unspecialised_suitability
    if child["primary_need"] in designated:
        return rules.primary_suitability
    secondary = child["secondary_needs"].split(";") if child["secondary_needs"] else []
    if rules.match == "any" and any(need in designated for need in secondary):
        return rules.secondary_suitability
    return None


def all_pairs(round_: Round) -> dict[tuple[str, str], Pair]:
    """Judge every child at every provision.

    Returns
    -------
    dict of (child_id, provision_id) to Pair
        In order of child, then provision.
    """
    schools = {row["school_id"]: row for row in rows(round_.schools)}
    listed = {(row["child_id"], row["school_id"]): row for row in rows(round_.travel)}
    judged = {
        (row["child_id"], row["provision_id"]): int(row["suitability"]) for row in rows(round_.suitability)
    }
    barred = {
        (row["child_id"], row["provision_id"]) for row in rows(round_.rulings) if row["action"] == "bar"
    }
    upheld = {
        (row["child_id"], row["school_id"])
        for row in rows(round_.consultations)
        if row["response"] == "cannot_meet" and row["upheld"]
    }
    ranks: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows(round_.preferences):
        ranks[row["child_id"]][row["school_id"]] = int(row["rank"])
    hard = round_.policy.travel.limit == "hard"
    pairs = {}
    for child in rows(round_.children):
        limit = travel_limit(round_, child)
        for provision in rows(round_.provisions):
            key = (child["child_id"], provision["provision_id"])
            school = schools[provision["school_id"]]
            known = journey(round_, child, school, listed)
            over = known is not None and Decimal(known[0]) / 10 > limit
            suitability = judged.get(key, need_suitability(round_, child, provision))
            asked = ranks[child["child_id"]]
            rank = asked.get(school["school_id"])
            verdicts = {
                "year": provision["year_from"] <= child["year_group"] <= provision["year_to"],
                "sex": provision["sex"] in ("", "mixed", child["sex"]),
                "need": suitability is not None,
                "score": provision["score_from"] <= child["need_score"] <= provision["score_to"],
                "access": provision["accessible"] or not child["wheelchair"],
                "residential": provision["residential"] or not child["residential"],
                "too_far": known is not None and not (hard and over),
                "barred": key not in barred,
                "objection_upheld": (child["child_id"], school["school_id"]) not in upheld,
            }
            pairs[key] = Pair(
                child_id=key[0],
                provision_id=key[1],
                school_id=school["school_id"],
                failing=tuple(code for code, holds in verdicts.items() if not holds),
                suitability=suitability,
                rank=rank,
                preference=len(asked) if rank is None else rank - 1,
                tenths=None if known is None else known[0],
                km=None if known is None else known[1],
                over_limit=over,
                cost=int(provision["annual_cost"]),
            )
    return pairs


@dataclass(frozen=True)
class Room:
    """Places of a provision or a school, before and after its fixed children.

    Parameters
    ----------
    within : int or None
        Places before any is over number (a provision only).
    capacity : int or None
        Most children in all, the places that fixed children bring included; None where unbounded.
    fixed : int
        Children that rulings place there.
    conflict : bool
        Whether panel and parent rulings alone exceed the capacity.
    bound : int or None
        Most children by the tables alone, without places that fixed children bring.
    """

    within: int | None
    capacity: int | None
    fixed: int
    conflict: bool
    bound: int | None

    @property
    def left(self) -> int | None:
        """Places for children without a ruling; None where unbounded."""
        return None if self.capacity is None else self.capacity - self.fixed


def fixed_places(round_: Round) -> dict[str, Row]:
    """Give the `place` ruling of each fixed child."""
    return {row["child_id"]: row for row in rows(round_.rulings) if row["action"] == "place"}


def _room(within: int | None, bound: int | None, rulings: list[Row]) -> Room:
    if bound is None:
        return Room(within, None, len(rulings), conflict=False, bound=None)
    bringing_none = [row for row in rulings if row["authority"] not in AUTHORITIES_WITH_OWN_PLACE]
    own = max(0, len(rulings) - bound)
    return Room(within, bound + own, len(rulings), conflict=len(bringing_none) > bound, bound=bound)


def rooms(round_: Round) -> tuple[dict[str, Room], dict[str, Room]]:
    """Count the places of every provision and of every school.

    Returns
    -------
    provisions, schools : dict of id to Room
    """
    school_of = {row["provision_id"]: row["school_id"] for row in rows(round_.provisions)}
    at_provision: dict[str, list[Row]] = defaultdict(list)
    at_school: dict[str, list[Row]] = defaultdict(list)
    for ruling in fixed_places(round_).values():
        at_provision[ruling["provision_id"]].append(ruling)
        at_school[school_of[ruling["provision_id"]]].append(ruling)
    provisions = {}
    for row in rows(round_.provisions):
        within = row["places"] - row["held_places"]
        provisions[row["provision_id"]] = _room(
            within, within + row["over_places"], at_provision[row["provision_id"]]
        )
    schools = {
        row["school_id"]: _room(
            None, row["places_total"] if row["places_total"] >= 0 else None, at_school[row["school_id"]]
        )
        for row in rows(round_.schools)
    }
    return provisions, schools
