"""The hard rules of a round in words, with how many rulings and objections bear on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.shown import Lottery, Ruling, RulingCount
from allocator.report.words import ACTIONS, AUTHORITIES, one_or_more

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import pandas as pd

    from allocator.placement.round import Round


def rules_of(round_: Round) -> tuple[str, ...]:
    """Say each rule that a place must keep to, one sentence a rule."""
    return (
        "A child may hold a place only in a provision that admits the child’s year group, sex and need "
        "score, that is accessible if the child uses a wheelchair, and that is residential if the child "
        "needs a residential place.",
        need_rule(round_),
        travel_source(round_),
        travel_limit(round_),
        capacity_rule(round_),
        barred_rule(round_),
    )


def need_rule(round_: Round) -> str:
    """Say which needs a provision must be for, and what a fit is worth."""
    rule = round_.policy.eligibility
    said = (
        f"Need: a provision that is for the child’s primary need counts {rule.primary_suitability} for "
        f"suitability, one for any need {rule.unspecialised_suitability}"
    )
    if rule.match == "any":
        said += f", one that is for a secondary need only {rule.secondary_suitability}."
    else:
        said += "; a secondary need alone is not enough."
    judged = len(round_.suitability)
    if judged:
        said += f" {one_or_more(judged, 'pair was', 'pairs were')} judged singly, and that judgment stands."
    return said


def travel_source(round_: Round) -> str:
    """Say where journeys come from."""
    travel = round_.policy.travel
    known = one_or_more(len(round_.travel), "journey was", "journeys were")
    if travel.source == "matrix":
        return f"Journeys: {known} given in a table; a pair without one cannot be used."
    said = (
        f"Journeys: the straight line × {travel.detour:g}, at {travel.speed_kmh:g} km an hour, "
        "rounded to a tenth of a minute. They are estimates, not timetables."
    )
    return said + (f" {known} given in a table instead." if len(round_.travel) else "")


def travel_limit(round_: Round) -> str:
    """Say how long a journey may be, and whether that binds."""
    travel = round_.policy.travel
    said = (
        f"Limit: {travel.max_minutes.primary:g} minutes one way up to year 6, "
        f"{travel.max_minutes.secondary:g} from year 7"
    )
    own = int(round_.children["max_minutes"].notna().sum())
    if own:
        said += f"; {one_or_more(own, 'child has a limit of its own', 'children have limits of their own')}"
    if travel.limit == "hard":
        return said + ". A longer journey is not allowed."
    return said + ". A longer journey is allowed, and counted."


def capacity_rule(round_: Round) -> str:
    """Say how many children a provision may take."""
    held = int(round_.provisions["held_places"].sum())
    over = int(round_.provisions["over_places"].sum())
    return (
        "Places: a provision takes no more children than its places less those held back for later "
        f"orders ({held:,} held in all), and above that only by the places that it may go over number "
        f"({over:,} in all). A child placed by a tribunal’s order or already on roll always keeps its "
        "place; where there is none left, it brings one."
    )


def barred_rule(round_: Round) -> str:
    """Say which single pairs are ruled out."""
    barred = int((round_.rulings["action"] == "bar").sum())
    asked = round_.consultations
    upheld = int(((asked["response"] == "cannot_meet") & asked["upheld"].astype(bool)).sum())
    return (
        f"Single cases: {one_or_more(barred, 'pair is', 'pairs are')} barred by a ruling; "
        f"{one_or_more(upheld, 'objection', 'objections')} of a school upheld by the panel. An objection "
        "that was not upheld bars nothing."
    )


def lottery_of(seed: str, told: Mapping[str, Any]) -> Lottery:
    """Say how the last ties were broken, and whether the seed was committed to beforehand.

    Parameters
    ----------
    seed : str
        The seed of the policy.
    told : mapping
        `lottery` of run.json: seed, commitment, checked (the policy gave the commitment, and the
        seed agrees with it).
    """
    if told.get("checked"):
        said = "The seed agrees with the commitment that the policy gives."
    else:
        said = "The policy gives no commitment to the seed; the one shown is what the seed makes."
    return Lottery(seed=seed, commitment=str(told.get("commitment") or ""), sentence=said)


def rulings_of(round_: Round, placements: pd.DataFrame) -> tuple[Ruling, ...]:
    """List each ruling, and whether the proposal keeps it, sorted by child_id, provision_id."""
    place = dict(zip(placements["child_id"], placements["provision_id"], strict=True))
    return tuple(
        Ruling(
            child_id=row["child_id"],
            provision_id=row["provision_id"],
            action=ACTIONS.get(row["action"], row["action"]),
            authority=AUTHORITIES.get(row["authority"], row["authority"]),
            reason=row["reason"],
            kept=(place.get(row["child_id"]) == row["provision_id"]) == (row["action"] == "place"),
        )
        for row in round_.rulings.to_dict("records")
    )


def count_rulings(rulings: tuple[Ruling, ...]) -> tuple[RulingCount, ...]:
    """Count rulings by action and authority, sorted by both."""
    kinds = sorted({(ruling.action, ruling.authority) for ruling in rulings}, reverse=True)
    return tuple(
        RulingCount(
            action=action,
            authority=authority,
            rulings=sum((r.action, r.authority) == (action, authority) for r in rulings),
            kept=sum((r.action, r.authority) == (action, authority) and r.kept for r in rulings),
        )
        for action, authority in kinds
    )
