"""Declared conflicts and cases handed back: rules across their rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.reviews.intake_volunteers import known_volunteers
from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.models import CONFLICTS
from allocator.tables.keys import check_known, check_once, joint_codes, repeats, rows_text
from allocator.tables.kinds import as_bools
from allocator.tables.table import Table

_KEY = ("volunteer_id", "kind", "id")


def check_conflicts(table: Table, cases: Table | None, volunteers: Table | None) -> Table:
    """Judge the declared conflicts; return each once.

    An unknown volunteer is a fault: somebody's declaration would be lost. A school, trust, child
    or case that no case names is a warning: it bars nothing now, and may be a slip.

    Parameters
    ----------
    cases, volunteers : Table or None
        None where the table could not be read.
    """
    if volunteers is not None:
        known_volunteers(table, volunteers)
    if cases is not None:
        for kind in CONFLICTS:
            _named(table, cases, kind)
    first = np.ones(len(table), dtype=np.bool_)
    for group in repeats(joint_codes(*(table.values[column] for column in _KEY)), table.sound(*_KEY)):
        first[group[1:]] = False
        rule = f"is declared twice ({rows_text(table, group)})"
        table.say(group[1:], "id", "conflict_twice", rule, "it counts once", "warning")
    return table.keep(first)


def _named(table: Table, cases: Table, kind: str) -> None:
    """Point out ids of one kind that no case has."""
    if kind != "trust" and not cases.has(f"{kind}_id"):
        # That the column is missing is a fault already, and no id can be told from it.
        return
    rows = table.keep(table.good["kind"] & as_bools(pc.equal(table.values["kind"], kind)))
    strays = pa.array(cases.raw.strays, type=pa.string())
    known = pa.concat_arrays([cases.values[f"{kind}_id"], strays]).unique()
    known = known.filter(pc.invert(pc.is_in(known, value_set=pa.array(["", NO_TRUST]))))
    rule = f"is the {kind} of no case, and bars nothing"
    check_known(rows, "id", known, "cases", "conflict_unknown", severity="warning", rule=rule)


def check_handed_back(table: Table, cases: Table | None, volunteers: Table | None) -> None:
    """Judge the cases that were handed back: known ids, each pair once."""
    if volunteers is not None:
        known_volunteers(table, volunteers)
    if cases is not None:
        strays = pa.array(cases.raw.strays, type=pa.string())
        known = pa.concat_arrays([cases.values["case_id"], strays])
        check_known(table, "case_id", known, "cases", "case_unknown")
    rule = "the case and volunteer stand twice"
    check_once(table, ("case_id", "volunteer_id"), rule, "keep one row", "pair_twice")
