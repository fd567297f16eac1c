"""Children without a place: what each asked for, and why it was not to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from allocator.report.children import ELIGIBLE
from allocator.report.shown import Asked, Unplaced
from allocator.report.words import GROUNDS, ROUTES, codes_in_words, day

if TYPE_CHECKING:
    from allocator.placement.round import Round

# A named school none of whose provisions stands in the options was not considered at all.
NOT_CONSIDERED = "not among this round's provisions"


def answers_to(round_: Round, children: pd.Series, options: pd.DataFrame) -> pd.DataFrame:
    """Find what became of each school that the families of `children` named.

    A school has many provisions. The one that answers for it is the one that came nearest: an
    eligible one before others, then the one with the fewest failing rules, then the first by id.

    Parameters
    ----------
    round_ : Round
        The inputs.
    children : Series of child_id
        The children asked about.
    options : DataFrame
        As in options.csv.

    Returns
    -------
    DataFrame, sorted by child_id, rank
        child_id, rank, school_id, code and ground ("" where the school was not considered),
        able bool (the child could hold a place there).
    """
    named = round_.preferences[round_.preferences["child_id"].isin(children)]
    seats = round_.provisions[["provision_id", "school_id"]]
    pairs = named.merge(seats, on="school_id", how="left")
    theirs = options[options["child_id"].isin(children)]
    pairs = pairs.merge(
        theirs[["child_id", "provision_id", "code", "ground"]], on=["child_id", "provision_id"], how="left"
    )
    pairs[["provision_id", "code", "ground"]] = pairs[["provision_id", "code", "ground"]].fillna("")
    pairs["able"] = pairs["code"].isin(ELIGIBLE)
    pairs["distance"] = pairs["code"].str.count(";") + 1
    pairs.loc[pairs["able"], "distance"] = 0
    pairs.loc[pairs["code"] == "", "distance"] = 1000
    pairs = pairs.sort_values(["child_id", "rank", "distance", "provision_id"])
    pairs = pairs.drop_duplicates(["child_id", "rank"])
    return pairs[["child_id", "rank", "school_id", "code", "ground", "able"]].reset_index(drop=True)


def unplaced_of(
    round_: Round, joined: pd.DataFrame, options: pd.DataFrame, most: int | None = None
) -> tuple[Unplaced, ...]:
    """List the children without a place, greatest need first, then by id.

    Parameters
    ----------
    round_ : Round
        The inputs.
    joined : DataFrame
        As returned by `join_children`.
    options : DataFrame
        As in options.csv.
    most : int or None
        How many to list; None for all.
    """
    rows = joined[~joined["has_place"]]
    rows = rows.sort_values(["need_score", "child_id"], ascending=[False, True])[:most]
    names = dict(zip(round_.schools["school_id"], round_.schools["name"], strict=True))
    asked: dict[str, list[Asked]] = {}
    for answer in answers_to(round_, rows["child_id"], options).to_dict("records"):
        school_id = str(answer["school_id"])
        asked.setdefault(answer["child_id"], []).append(
            Asked(
                rank=int(answer["rank"]),
                school_id=school_id,
                school=names.get(school_id, school_id),
                why=codes_in_words(answer["code"]) or NOT_CONSIDERED,
                ground=GROUNDS.get(answer["ground"], answer["ground"]),
            )
        )
    return tuple(
        Unplaced(
            child_id=row["child_id"],
            need_score=int(row["need_score"]),
            need_band=row["need_band"],
            year_group=int(row["year_group"]),
            primary_need=row["primary_need"],
            decide_by="" if pd.isna(row["decide_by"]) else day(row["decide_by"].date()),
            route=ROUTES.get(row["route"], row["route"]),
            eligible=int(row["eligible"]),
            reason=row["reason"],
            asked=tuple(asked.get(row["child_id"], ())),
        )
        for row in rows.to_dict("records")
    )
