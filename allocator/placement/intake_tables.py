"""Every table of a round judged: first cell by cell, then against the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pyarrow as pa

from allocator.placement.frames import KEYS
from allocator.placement.intake_children import check_children
from allocator.placement.intake_pairs import (
    check_consultations,
    check_pairs,
    check_preferences,
    doubt_preferences,
)
from allocator.placement.intake_rulings import check_links, check_rulings
from allocator.placement.intake_supply import check_provisions, check_schools
from allocator.placement.location import PostcodeTable
from allocator.placement.models import LOCATION, REQUIRED, TABLES
from allocator.tables.findings import Findings
from allocator.tables.judged import judge
from allocator.tables.raw import RawTable
from allocator.tables.table import Table


def judge_tables(
    raws: Mapping[str, RawTable],
    findings: Findings,
    postcodes: PostcodeTable | None,
    as_of: dt.date | None,
) -> dict[str, Table]:
    """Judge a round's tables.

    Parameters
    ----------
    raws : mapping of str to RawTable
        By table name.
    findings : Findings
        Receives every fault and warning.
    postcodes : PostcodeTable or None
        The policy's postcodes.
    as_of : date or None
        The day that waiting is counted to.

    Returns
    -------
    dict of str to Table
        Without optional tables that are a header alone: they are as good as absent.
    """
    tables = {name: _judged(name, raw, findings) for name, raw in raws.items() if _counts(name, raw)}
    known = _ids(tables)
    _supply(tables, known, postcodes)
    if "children" in tables:
        tables["children"] = check_children(tables["children"], known.get("provisions"), postcodes, as_of)
    if "preferences" in tables:
        check_preferences(tables["preferences"], known)
        if len(known) == len(REQUIRED):
            doubt_preferences(
                tables["preferences"], tables["children"], tables["provisions"], known["schools"]
            )
    for name, other in (("travel", "school_id"), ("suitability", "provision_id")):
        if name in tables:
            check_pairs(tables[name], known, other)
    if "consultations" in tables:
        check_consultations(tables["consultations"], known)
    if "rulings" in tables:
        check_rulings(tables["rulings"], known)
    if "links" in tables:
        check_links(tables["links"], known, findings)
    return tables


def _supply(tables: dict[str, Table], known: dict[str, pa.Array], postcodes: PostcodeTable | None) -> None:
    if "schools" in tables:
        tables["schools"] = check_schools(tables["schools"], postcodes)
    if "provisions" in tables:
        tables["provisions"] = check_provisions(tables["provisions"], known.get("schools"))


def _counts(name: str, raw: RawTable) -> bool:
    """Tell whether a table is there: an optional one that is a header alone is not."""
    faulty = any(found.severity == "fault" for found in raw.findings)
    return name in REQUIRED or len(raw) > 0 or not raw.readable or faulty


def _judged(name: str, raw: RawTable, findings: Findings) -> Table:
    located = LOCATION if name in ("children", "schools") else ()
    table = judge(raw, TABLES[name], findings, one_of=located)
    if name in REQUIRED and raw.readable and not len(raw) and not raw.findings:
        findings.add(raw.label, "table_empty", f"holds no {name}", "was the export finished?")
    return table


def _ids(tables: Mapping[str, Table]) -> dict[str, pa.Array]:
    """Return the ids of the tables that can be referred to, with those of rows that could not be read.

    A row of the wrong length is a fault of its own; whoever refers to it is not to be blamed as well.
    """
    known = {}
    for name in REQUIRED:
        table, key = tables.get(name), KEYS[name][0]
        if table is not None and len(table) and table.has(key):
            known[name] = pa.concat_arrays([table.values[key], pa.array(table.raw.strays, type=pa.string())])
    return known
