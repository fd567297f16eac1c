"""Sum up a round: everything that its report shows, in one model that turns into JSON."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from allocator.report.children import join_children
from allocator.report.figures import (
    bands_of,
    choices_of,
    counted_columns,
    figures_of,
    fit_of,
    groups_of,
    travel_of,
)
from allocator.report.goals import goals_of
from allocator.report.places import add_places, provisions_of, schools_of
from allocator.report.rules import count_rulings, lottery_of, rules_of, rulings_of
from allocator.report.shown import Earlier, Listing, Named, Placed, Read, Summary, Warned
from allocator.report.unplaced import answers_to, unplaced_of
from allocator.report.words import NEEDS, PHASES, ROUTES, day, status_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from allocator.placement.round import Round

__all__ = ["Summary", "summarise"]

Row = TypeVar("Row")

# A list longer than this is cut: the page must open on any machine, and be printable.
MOST_ROWS = 2000
NEED_LABELS = {code: f"{code}, {words}" for code, words in NEEDS.items()}
CAVEATS = (
    "It is a proposal to a placement panel, not a decision. The authority decides on each child, and may "
    "depart from the proposal for any child; the reason should be recorded.",
    "A decision on a child's place must not be left to a computer. Articles 22A to 22D of the UK GDPR ask "
    "for a person's meaningful part in it, for notice to the family, and for a way to contest it.",
    "“Full” by itself is no ground for refusing a school that a parent asked for. The grounds in section "
    "39 of the Children and Families Act 2014 are that the school is unsuitable for the child, or that "
    "the child's attendance would be incompatible with the efficient education of others or the "
    "efficient use of resources. They have to be shown for the child and the school in question.",
    "“Proved best” says that no other allocation of the children of this round does better by the policy "
    "as written, on the figures as given. It does not say that the policy, the need scores or the "
    "capacities are right.",
    "It holds ids and needs of single children, and small numbers are shown as they are. It is for the "
    "panel; it is not for publication.",
    "It is not legal advice.",
)


def summarise(
    round_: Round, placements: pd.DataFrame, options: pd.DataFrame, run: Mapping[str, Any]
) -> Summary:
    """Sum up a round for its report.

    Parameters
    ----------
    round_ : Round
        The inputs.
    placements : DataFrame, one row a child
        As in placements.csv.
    options : DataFrame, one row a pair of child and provision
        As in options.csv.
    run : mapping
        The content of run.json.

    Returns
    -------
    Summary

    Raises
    ------
    ProblemError
        If the placements are not exactly those of the round's children.
    """
    joined = join_children(round_, placements, options)
    counted = counted_columns(joined)
    provisions = provisions_of(round_, placements)
    schools = schools_of(round_, provisions)
    rank = {school.school_id: at for at, school in enumerate(schools)}
    rulings = rulings_of(round_, placements)
    goals = goals_of(round_.policy, run["goals"], round_.children)
    tiers = [tier for goal in goals for tier in goal.tiers]
    proven = sum(tier.proven for tier in tiers)
    dates = joined.loc[~joined["has_place"], "decide_by"].dropna()
    named = answers_to(round_, joined.loc[~joined["has_place"], "child_id"], options)
    heading = round_.policy.round
    return Summary(
        id=heading.id,
        title=heading.title or heading.id,
        as_of=day(heading.as_of),
        allocator=str(run["allocator"]),
        proven=proven == len(tiers),
        status=status_words(proven, len(tiers)),
        tiers_proven=proven,
        tiers=len(tiers),
        total=figures_of("All children", counted),
        bands=bands_of(round_.policy, counted),
        by_need=groups_of(counted, "primary_need", NEED_LABELS, by_size=True),
        by_phase=groups_of(counted, "phase", PHASES),
        by_route=groups_of(counted, "route", ROUTES),
        asked_but_full=named.loc[named["able"], "child_id"].nunique(),
        dated=len(dates),
        first_date=day(dates.min().date()) if len(dates) else "",
        schools=cut(schools, "placements.xlsx, sheet schools"),
        provisions=cut(
            sorted(provisions, key=lambda each: (rank[each.school_id], each.provision_id)),
            "placements.csv, counted by provision_id",
        ),
        capacity=add_places(list(provisions)),
        travel=travel_of(round_.policy, counted),
        choices=choices_of(counted),
        fit=fit_of(round_.policy, counted),
        goals=goals,
        rules=rules_of(round_),
        lottery=lottery_of(round_.policy.lottery.seed, run.get("lottery") or {}),
        ruling_counts=count_rulings(rulings),
        rulings=cut(rulings, "the input table rulings"),
        earlier=earlier_of(round_, joined),
        unplaced=Listing(
            rows=unplaced_of(round_, joined, options, MOST_ROWS),
            total=int((~joined["has_place"]).sum()),
            where="placements.xlsx, sheet unplaced, and placements.csv",
        ),
        placed=placed_of(round_, joined),
        warnings=cut([warned(each) for each in run.get("warnings") or ()], "run.json, under warnings"),
        folder=last_name(str((run.get("inputs") or {}).get("folder") or "")),
        inputs=tuple(
            Read(name=each["name"], sha256=each["sha256"])
            for each in (run.get("inputs") or {}).get("files") or ()
        ),
        versions=tuple(Named(name=k, value=str(v)) for k, v in (run.get("versions") or {}).items()),
        seconds=tuple(Named(name=k, value=f"{v:.2f}") for k, v in (run.get("seconds") or {}).items()),
        caveats=CAVEATS,
    )


def cut(rows: Sequence[Row], where: str) -> Listing[Row]:
    """Keep the first rows of a list, and say how many there are and where the others stand."""
    return Listing(rows=tuple(rows[:MOST_ROWS]), total=len(rows), where=where)


def placed_of(round_: Round, joined: pd.DataFrame) -> Listing[Placed]:
    """List the children with a place, by school, provision and id."""
    rows = joined[joined["has_place"]].sort_values(["school_id", "provision_id", "child_id"])
    names = dict(zip(round_.schools["school_id"], round_.schools["name"], strict=True))
    shown = [
        Placed(
            child_id=row["child_id"],
            need_score=int(row["need_score"]),
            need_band=row["need_band"],
            school_id=row["school_id"],
            school=names.get(row["school_id"], row["school_id"]),
            provision_id=row["provision_id"],
            fixed=row["status"] == "fixed",
            over_number=row["over_number"] == "yes",
            suitability=whole(row["suitability"]),
            preference_rank=whole(row["preference_rank"]),
            minutes=None if pd.isna(row["minutes"]) else float(row["minutes"]),
            reason=row["reason"],
        )
        for row in rows[:MOST_ROWS].to_dict("records")
    ]
    where = "placements.xlsx, on the sheet of each school, and placements.csv"
    return Listing(rows=tuple(shown), total=len(rows), where=where)


def whole(value: Any) -> int | None:
    """Read a nullable whole number of a frame."""
    return None if pd.isna(value) else int(value)


def earlier_of(round_: Round, joined: pd.DataFrame) -> Earlier | None:
    """Compare with the earlier proposal, where the run was given one."""
    if round_.previous is None:
        return None
    before = joined["child_id"].map(dict(round_.previous.provision_of)).fillna("")
    had, has = before != "", joined["has_place"]
    same = before == joined["provision_id"]
    return Earlier(
        had_place=int(had.sum()),
        kept=int((had & has & same).sum()),
        moved=int((had & has & ~same).sum()),
        lost=int((had & ~has).sum()),
        gained=int((~had & has).sum()),
    )


def warned(fault: Mapping[str, Any]) -> Warned:
    """Say where a warning is: file, row, column and the value that stands there."""
    where = str(fault["file"])
    if fault.get("row") is not None:
        where += f" row {fault['row']}"
    if fault.get("column") is not None:
        where += f", {fault['column']}"
    if fault.get("value") is not None:
        where += f" {fault['value']!r}"
    return Warned(where=where, rule=str(fault["rule"]), mend=str(fault.get("mend") or ""))


def last_name(folder: str) -> str:
    """Keep the name of a folder, not the way to it: reports are passed on."""
    path = PureWindowsPath(folder) if "\\" in folder else PurePosixPath(folder)
    return path.name
