"""The tables that say something of a child and a school or provision: rules across their rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.placement.models import FIRST_YEAR, LAST_YEAR
from allocator.tables.findings import listed
from allocator.tables.keys import check_known, check_once, codes_of, positions
from allocator.tables.kinds import as_bools
from allocator.tables.table import Table


def check_pairs(table: Table, known: dict[str, pa.Array], other: str) -> None:
    """Judge ids against the round's, and that no pair stands twice.

    Parameters
    ----------
    known : dict of str to Arrow text
        Ids of the tables that could be read: "children", "schools", "provisions".
    other : str
        The second id: "school_id" or "provision_id".
    """
    tables = {"child_id": "children", "school_id": "schools", "provision_id": "provisions"}
    for column in ("child_id", other):
        where = tables[column]
        if where in known:
            check_known(table, column, known[where], where, f"{column.removesuffix('_id')}_unknown")
    check_once(table, ("child_id", other), "the pair stands twice", "keep one row", "pair_twice")


def check_preferences(table: Table, known: dict[str, pa.Array]) -> None:
    """Judge the families' preferences: known ids, no school twice, ranks 1, 2, 3 … without a gap."""
    check_pairs(table, known, "school_id")
    child, rank = codes_of(table.values["child_id"]), table.values["rank"]
    # A child with a rank that cannot be read is left out: its gap would be a second fault of one slip.
    whole = np.ones(int(child.max(initial=-1)) + 1, dtype=np.bool_)
    whole[child[~table.sound("rank")]] = False
    among = np.flatnonzero(whole[child] & table.sound("child_id"))
    order = among[np.lexsort((rank[among], child[among]))]
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = child[order[1:]] == child[order[:-1]]
    before = np.where(same, np.roll(rank[order], 1), 0)
    for place in order[same & (rank[order] == before)]:
        rule = f"the child has the rank {rank[place]} twice"
        table.say(np.array([place]), "rank", "rank_twice", rule, "rank the schools 1, 2, 3 …")
    gaps = rank[order] > before + 1
    for place, last in zip(order[gaps], before[gaps], strict=True):
        rule = f"leaves a gap: the child has no rank {last + 1}"
        table.say(np.array([place]), "rank", "rank_gap", rule, "rank the schools 1, 2, 3 …")


def doubt_preferences(preferences: Table, children: Table, provisions: Table, school_ids: pa.Array) -> None:
    """Point out preferences that cannot be had by year group, and children without any.

    Parameters
    ----------
    preferences, children, provisions : Table
        Judged.
    school_ids : Arrow text
        The schools of the round.
    """
    child = positions(preferences.values["child_id"], children.values["child_id"])
    asked = np.zeros(len(children), dtype=np.bool_)
    asked[child[child >= 0]] = True
    if not asked.all():
        ids = children.values["child_id"].filter(pa.array(~asked))
        rule = f"{len(ids):,} children have no preference ({listed(ids.to_pylist())})"
        preferences.findings.add(
            preferences.label, "preference_none", rule, "they are placed all the same", severity="warning"
        )
    schools = provisions.values["school_id"].dictionary_encode()
    admits = np.zeros((len(schools.dictionary) + 1, LAST_YEAR - FIRST_YEAR + 1), dtype=np.bool_)
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    index = schools.indices.to_numpy(zero_copy_only=False)
    first, last = provisions.values["year_from"], provisions.values["year_to"]
    np.logical_or.at(admits, index, (years >= first[:, None]) & (years <= last[:, None]))
    school = positions(preferences.values["school_id"], schools.dictionary)
    year = np.clip(children.values["year_group"] - FIRST_YEAR, 0, len(years) - 1)
    there = positions(preferences.values["school_id"], school_ids) >= 0
    judged = there & (child >= 0) & children.good["year_group"][child]
    never = judged & ~admits[school, year[child]]
    rule = "has no place for the child's year group in this round"
    preferences.say(never, "school_id", "preference_year", rule, "it is kept, and cannot be met", "warning")


def check_consultations(table: Table, known: dict[str, pa.Array]) -> None:
    """Judge the schools' answers: ground and upheld belong to cannot_meet alone."""
    check_pairs(table, known, "school_id")
    meets = table.good["response"] & as_bools(pc.not_equal(table.values["response"], "cannot_meet"))
    rule, mend = "has no effect unless the response is cannot_meet", "leave it blank"
    grounded = meets & table.sound("ground") & table.given["ground"]
    table.say(grounded, "ground", "ground_idle", rule, mend, "warning")
    upheld = meets & table.sound("upheld") & table.values["upheld"]
    table.say(upheld, "upheld", "upheld_idle", rule, mend, "warning")
