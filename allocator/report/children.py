"""One row a child: the answer beside what the round knows of the child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.errors import ProblemError

if TYPE_CHECKING:
    import pandas as pd

    from allocator.placement.round import Round

# In options.csv a pair with one of these codes is eligible; every other code names failing rules.
ELIGIBLE = ("placed", "full", "worse")
# The last year group that counts as primary.
LAST_PRIMARY_YEAR = 6


def join_children(round_: Round, placements: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """Join the placements with the children of the round.

    Parameters
    ----------
    round_ : Round
        The inputs.
    placements : DataFrame, one row a child
        As in placements.csv.
    options : DataFrame
        As in options.csv.

    Returns
    -------
    DataFrame, sorted by child_id
        The columns of `placements`, with year_group, primary_need, decide_by of the child;
        phase ("primary" or "secondary"); has_place bool; asked bool (the family named a school);
        eligible int (provisions that could take the child).

    Raises
    ------
    ProblemError
        If the placements are not exactly those of the round's children.
    """
    children = round_.children[["child_id", "year_group", "primary_need", "decide_by"]]
    if sorted(placements["child_id"].tolist()) != sorted(children["child_id"].tolist()):
        raise ProblemError("The placements to report are not those of the round's children")
    joined = placements.merge(children, on="child_id", how="left", validate="one_to_one")
    joined["phase"] = "secondary"
    joined.loc[joined["year_group"] <= LAST_PRIMARY_YEAR, "phase"] = "primary"
    joined["has_place"] = joined["status"] != "unplaced"
    joined["asked"] = joined["child_id"].isin(round_.preferences["child_id"])
    able = options.loc[options["code"].isin(ELIGIBLE), "child_id"].value_counts()
    joined["eligible"] = joined["child_id"].map(able).fillna(0).astype("int64")
    return joined.sort_values("child_id", ignore_index=True)
