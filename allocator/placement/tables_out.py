"""The two answer tables: a row a child, and a row for every option that was or was asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocator.placement.build import Built
from allocator.placement.columns import Bools, Columns, Ints
from allocator.placement.keyed import absent, distinct
from allocator.placement.rules import CODE_ORDER, GROUND, NONE, Facts, facts_of, failing
from allocator.travel.journeys import UNKNOWN

PLACEMENT_COLUMNS = (
    "child_id", "status", "provision_id", "school_id", "need_score", "need_band", "suitability",
    "preference_rank", "minutes", "km", "annual_cost", "over_number", "route", "reason",
)  # fmt: skip
OPTION_COLUMNS = ("child_id", "provision_id", "code", "ground", "suitability", "minutes", "cost")


def held_provisions(built: Built, option: Ints) -> Ints:
    """Return the provision of every child, fixed ones included, -1 for none."""
    held = built.columns.fixed.copy()
    held[built.mover] = option
    return held


def placements_table(built: Built, held: Ints, reasons: list[str]) -> pd.DataFrame:
    """Make placements.csv as a frame: a row for every child, sorted by child_id.

    Parameters
    ----------
    built : Built
    held : int64, shape (n_children,)
        Provision of every child, -1 for none.
    reasons : list of str, one a child
    """
    columns = built.columns
    placed = held >= 0
    fixed = columns.fixed >= 0
    facts = facts_of(columns, np.flatnonzero(placed), held[placed])
    cost = columns.round.provisions["annual_cost"].to_numpy(np.int64)
    school = columns.provisions.school
    rank = columns.ranked.get(facts.child, school[facts.provision], 0)
    names = np.array([*columns.provision_ids, ""], dtype=object)
    schools = np.array([*columns.school_ids, ""], dtype=object)
    bands = np.array(columns.round.policy.band_names, dtype=object)
    unknown = facts.tenths == UNKNOWN
    spread = _Spread(placed)
    return pd.DataFrame(
        {
            "child_id": columns.child_ids,
            "status": np.where(fixed, "fixed", np.where(placed, "placed", "unplaced")),
            "provision_id": names[held],
            "school_id": schools[np.where(placed, school[held], -1)],
            "need_score": columns.children.need_score,
            "need_band": bands[columns.band],
            "suitability": spread.whole(np.maximum(facts.suitability, 0)),
            "preference_rank": spread.whole(rank, rank == 0),
            "minutes": spread.real(np.where(unknown, np.nan, facts.tenths / 10.0)),
            "km": spread.real(np.round(facts.km, 2)),
            "annual_cost": spread.whole(cost[facts.provision]),
            "over_number": np.where(_over_number(built, held), "yes", "no"),
            "route": routes(columns),
            "reason": reasons,
        },
        columns=list(PLACEMENT_COLUMNS),
    )


class _Spread:
    """Spread what is known of placed children over all children, blank elsewhere."""

    def __init__(self, placed: Bools) -> None:
        self.placed = placed

    def whole(self, values: Ints, blank: Bools | None = None) -> pd.arrays.IntegerArray:
        data = np.zeros(len(self.placed), dtype=np.int64)
        missing = np.ones(len(self.placed), dtype=bool)
        data[self.placed] = values
        missing[self.placed] = False if blank is None else blank
        return pd.arrays.IntegerArray(data, missing)

    def real(self, values: np.ndarray) -> np.ndarray:
        data = np.full(len(self.placed), np.nan)
        data[self.placed] = values
        return data


def routes(columns: Columns) -> list[str]:
    """Tell the legal route on which each case came: its rulings', never the place granted."""
    route = ["authority"] * columns.n_children
    rulings = columns.round.rulings
    for authority, name in (("parent", "parental_request"), ("tribunal", "order")):
        for i in columns.child_at(rulings["child_id"][rulings["authority"] == authority]).tolist():
            route[i] = name
    return route


def _over_number(built: Built, held: Ints) -> Bools:
    """Mark who is over number: least need first, then last in the lottery, fixed ones last."""
    columns, capacity = built.columns, built.capacity
    marked = np.zeros(columns.n_children, dtype=bool)
    load = np.bincount(held[held >= 0], minlength=columns.n_provisions)
    excess = np.maximum(load - capacity.ordinary, 0)
    for j in np.flatnonzero(excess).tolist():
        there = np.flatnonzero(held == j)
        fixed = columns.fixed[there] >= 0
        order = np.lexsort((-built.draw[there], columns.children.need_score[there], fixed))
        marked[there[order[: excess[j]]]] = True
    return marked


def options_table(built: Built, held: Ints) -> pd.DataFrame:
    """Make options.csv as a frame: every eligible pair, and the ineligible ones asked about.

    Parameters
    ----------
    built : Built
    held : int64, shape (n_children,)
        Provision of every child, -1 for none.

    Returns
    -------
    DataFrame, sorted by child_id, provision_id
    """
    columns = built.columns
    eligible = built.pairs
    width = np.int64(max(columns.n_provisions, 1))
    asked = absent(_asked_about(columns), eligible.child * width + eligible.provision)
    refused = facts_of(columns, asked // width, asked % width)
    codes, grounds = _refusals(columns, refused)

    open_code = np.where(_room_left(built, held, eligible), "worse", "full").astype(object)
    everything = Facts(
        np.concatenate((eligible.child, refused.child)),
        np.concatenate((eligible.provision, refused.provision)),
        np.concatenate((eligible.suitability, refused.suitability)),
        np.concatenate((eligible.tenths, refused.tenths)),
        np.concatenate((eligible.km, refused.km)),
    )
    code = np.concatenate((open_code, codes))
    ground = np.concatenate((np.full(len(open_code), NONE, dtype=object), grounds))
    here = held[everything.child] == everything.provision
    code[here], ground[here] = "placed", NONE
    order = np.argsort(everything.child * width + everything.provision, kind="stable")
    child, provision = everything.child[order], everything.provision[order]
    suitability, tenths = everything.suitability[order], everything.tenths[order]
    cost = columns.round.provisions["annual_cost"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "child_id": np.array(columns.child_ids, dtype=object)[child],
            "provision_id": np.array(columns.provision_ids, dtype=object)[provision],
            "code": code[order],
            "ground": ground[order],
            "suitability": pd.arrays.IntegerArray(np.maximum(suitability, 0), suitability < 0),
            "minutes": np.where(tenths == UNKNOWN, np.nan, tenths / 10.0),
            "cost": cost[provision],
        },
        columns=list(OPTION_COLUMNS),
    )


def _asked_about(columns: Columns) -> Ints:
    """Keys of all pairs at a school that was preferred, consulted, ruled on or judged."""
    round_, school_of = columns.round, columns.provisions.school
    n = np.int64(max(columns.n_schools, 1))
    asked = [columns.ranked.child * n + columns.ranked.other]
    asked.append(
        columns.child_at(round_.consultations["child_id"]) * n
        + columns.school_at(round_.consultations["school_id"])
    )
    for table in (round_.rulings, round_.suitability):
        at = columns.provision_at(table["provision_id"])
        asked.append(columns.child_at(table["child_id"]) * n + school_of[at])
    pairs = distinct(np.concatenate(asked))
    by_school = np.argsort(school_of, kind="stable")
    first = np.searchsorted(school_of[by_school], np.arange(columns.n_schools + 1))
    child, school = pairs // n, pairs % n
    count = first[school + 1] - first[school]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    provision = by_school[np.repeat(first[school], count) + within]
    return np.sort(np.repeat(child, count) * np.int64(max(columns.n_provisions, 1)) + provision)


def _refusals(columns: Columns, facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Join the codes of the rules that each pair fails, with the first ground among them."""
    fails = failing(columns, facts)
    # Each pair's failing rules as a bit set: few sets occur, and each is put into words once.
    bits = sum((fails[code].astype(np.int64) << k for k, code in enumerate(CODE_ORDER)), np.int64(0))
    distinct, at = np.unique(bits, return_inverse=True)
    failed = [[code for k, code in enumerate(CODE_ORDER) if value >> k & 1] for value in distinct.tolist()]
    codes = np.array([";".join(names) for names in failed], dtype=object)[at]
    first_ground = [next((GROUND[name] for name in names if GROUND[name] != NONE), NONE) for names in failed]
    grounds = np.array(first_ground, dtype=object)[at]
    row = columns.objections.get(facts.child, columns.provisions.school[facts.provision], -1)
    upheld_ground = columns.round.consultations["ground"].to_numpy(dtype=object)
    for i in np.flatnonzero((grounds == NONE) & (row >= 0)).tolist():
        grounds[i] = upheld_ground[row[i]] or NONE
    return codes, grounds


def _room_left(built: Built, held: Ints, pairs: Facts) -> Bools:
    """Say at which pairs a place is left; within its own school a child needs no more of the total."""
    columns, capacity = built.columns, built.capacity
    load = np.bincount(held[held >= 0], minlength=columns.n_provisions)
    total = columns.round.schools["places_total"].to_numpy(np.int64)
    school = columns.provisions.school
    at_school = np.bincount(school, weights=load, minlength=columns.n_schools)
    below_total = ((total < 0) | (at_school < total))[school[pairs.provision]]
    present = np.where(held >= 0, school[held], -1)[pairs.child]
    free = (load < capacity.ordinary + capacity.over)[pairs.provision]
    return np.asarray(free & (below_total | (present == school[pairs.provision])), dtype=bool)
