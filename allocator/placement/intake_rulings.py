"""Rulings and links of a round: rules across their rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.findings import Findings
from allocator.tables.keys import check_known, check_once, codes_of, joint_codes, repeats, rows_text
from allocator.tables.kinds import as_bools
from allocator.tables.table import Table


def check_rulings(table: Table, known: dict[str, pa.Array]) -> None:
    """Judge the rulings: known ids, a reason each, one `place` a child, no pair both placed and barred."""
    pairs = joint_codes(table.values["child_id"], table.values["provision_id"])
    places = as_bools(pc.equal(table.values["action"], "place"))
    sound = table.sound("child_id", "provision_id", "action")
    both = np.zeros(len(table), dtype=np.bool_)
    for group in repeats(pairs, sound):
        if len(set(places[group])) == 2:
            both[group] = True
            rule = f"the pair is both placed and barred ({rows_text(table, group)})"
            table.say(group[1:], "action", "ruling_contrary", rule, "keep one of the rulings")
    _known(table, known)
    check_once(
        table.keep(~both), ("child_id", "provision_id"), "the pair stands twice", "keep one row", "pair_twice"
    )
    child = codes_of(table.values["child_id"])
    for group in repeats(child, sound & places & ~both):
        if len(set(pairs[group])) > 1:
            rule = f"the child is placed twice ({rows_text(table, group)})"
            table.say(group[1:], "child_id", "placed_twice", rule, "keep one `place` a child")


def _known(table: Table, known: dict[str, pa.Array]) -> None:
    for column, where in (("child_id", "children"), ("provision_id", "provisions")):
        if where in known:
            check_known(table, column, known[where], where, f"{column.removesuffix('_id')}_unknown")


def check_links(table: Table, known: dict[str, pa.Array], findings: Findings) -> None:
    """Judge the links, then refuse them by name: keeping children together or apart is not built yet."""
    if "children" in known:
        check_known(table, "child_id", known["children"], "children", "child_unknown")
    check_once(table, ("link_id", "child_id"), "stands twice in the link", "keep one row", "pair_twice")
    if len(table):
        rule = "links between children are not built yet"
        findings.add(table.label, "not_built", rule, "leave the table out of this round")
