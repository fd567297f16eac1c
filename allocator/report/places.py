"""How the places of each school and provision are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.shown import Places
from allocator.report.words import KINDS, one_or_more

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from typing import Any

    import pandas as pd

    from allocator.placement.round import Round

COUNTED = ("places", "held", "filled", "over", "free", "over_allowed", "fixed", "annual_cost")


def provisions_of(round_: Round, placements: pd.DataFrame) -> tuple[Places, ...]:
    """Count the places of each provision, sorted by school_id, provision_id.

    Held places are never counted as filled: a child above `places - held_places` is over number,
    as the measure over_number counts it.
    """
    children = placements["provision_id"].value_counts().to_dict()
    fixed = placements.loc[placements["status"] == "fixed", "provision_id"].value_counts().to_dict()
    cost = placements.groupby("provision_id")["annual_cost"].sum().to_dict()
    names = dict(zip(round_.schools["school_id"], round_.schools["name"], strict=True))
    found = []
    for row in round_.provisions.sort_values(["school_id", "provision_id"]).to_dict("records"):
        key = str(row["provision_id"])
        here = int(children.get(key, 0))
        base = int(row["places"]) - int(row["held_places"])
        found.append(
            Places(
                school_id=str(row["school_id"]),
                school=names[row["school_id"]],
                provision_id=key,
                takes=provision_words(row),
                places=int(row["places"]),
                held=int(row["held_places"]),
                filled=min(here, base),
                over=max(0, here - base),
                free=max(0, base - here),
                over_allowed=int(row["over_places"]),
                fixed=int(fixed.get(key, 0)),
                annual_cost=int(cost.get(key, 0)),
            )
        )
    return tuple(found)


def schools_of(round_: Round, provisions: Iterable[Places]) -> tuple[Places, ...]:
    """Add up the provisions of each school that has any; the largest school first, then by name."""
    by_school: dict[str, list[Places]] = {}
    for provision in provisions:
        by_school.setdefault(provision.school_id, []).append(provision)
    found = [
        add_places(by_school[row["school_id"]], takes=school_words(row))
        for row in round_.schools.to_dict("records")
        if row["school_id"] in by_school
    ]
    return tuple(sorted(found, key=lambda school: (-school.places, school.school, school.school_id)))


def add_places(parts: list[Places], takes: str = "") -> Places:
    """Add up places; the school is that of the first part, or none where there is no part."""
    totals = {name: sum(getattr(part, name) for part in parts) for name in COUNTED}
    first = parts[0] if parts else None
    return Places(
        school_id=first.school_id if first else "",
        school=first.school if first else "",
        provision_id="",
        takes=takes,
        **totals,
    )


def provision_words(row: Mapping[Hashable, Any]) -> str:
    """Say which children a provision is for, from its row in the round."""
    said = [f"years {row['year_from']} to {row['year_to']}"]
    said.append(str(row["needs"]).replace(";", ", ") if row["needs"] else "any need")
    if row["sex"] not in ("mixed", ""):
        said.append(f"{row['sex']} only")
    if row["score_from"] != 0 or row["score_to"] != 1000:
        said.append(f"need score {row['score_from']} to {row['score_to']}")
    said += [name for name in ("accessible", "residential") if row[name]]
    return "; ".join(said)


def school_words(row: Mapping[Hashable, Any]) -> str:
    """Say of what kind a school is, and the bound on its places in this round, if it has one."""
    kind = KINDS.get(str(row["kind"]), str(row["kind"]))
    total = int(row["places_total"])
    return kind if total < 0 else f"{kind}; at most {one_or_more(total, 'child', 'children')} in this round"
