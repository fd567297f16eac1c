"""Every table of a programme judged: first cell by cell, then against the others."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.reviews.intake_cases import check_cases
from allocator.reviews.intake_conflicts import check_conflicts, check_handed_back
from allocator.reviews.intake_schools import check_schools
from allocator.reviews.intake_volunteers import check_availability, check_officers, check_volunteers
from allocator.reviews.models import REQUIRED, TABLES, HandedBack
from allocator.reviews.policy import Heading
from allocator.tables.findings import Findings
from allocator.tables.judged import judge
from allocator.tables.raw import RawTable
from allocator.tables.table import Table


def judge_tables(
    raws: Mapping[str, RawTable], findings: Findings, heading: Heading | None
) -> dict[str, Table]:
    """Judge a programme's tables.

    Parameters
    ----------
    raws : mapping of str to RawTable
        By table name; "handed_back" may be among them.
    findings : Findings
        Receives every fault and warning.
    heading : Heading or None
        The programme's weeks; None where the policy has a fault.

    Returns
    -------
    dict of str to Table
        Without optional tables that are a header alone: they are as good as absent.
    """
    tables = {name: _judged(name, raw, findings) for name, raw in raws.items() if _counts(name, raw)}
    check_schools({name: table for name, table in tables.items() if table.raw.readable})
    if "cases" in tables:
        tables["cases"] = check_cases(tables["cases"], heading)
    if "volunteers" in tables:
        tables["volunteers"] = check_volunteers(tables["volunteers"])
    cases, volunteers = _known(tables, "cases"), _known(tables, "volunteers")
    if "availability" in tables:
        check_availability(tables["availability"], volunteers, heading)
    if "officers" in tables:
        check_officers(tables["officers"], heading)
    if "conflicts" in tables:
        tables["conflicts"] = check_conflicts(tables["conflicts"], cases, volunteers)
    if "handed_back" in tables:
        check_handed_back(tables["handed_back"], cases, volunteers)
    return tables


def _counts(name: str, raw: RawTable) -> bool:
    """Tell whether a table is there: an optional one that is a header alone is not."""
    faulty = any(found.severity == "fault" for found in raw.findings)
    return name in REQUIRED or len(raw) > 0 or not raw.readable or faulty


def _judged(name: str, raw: RawTable, findings: Findings) -> Table:
    table = judge(raw, HandedBack if name == "handed_back" else TABLES[name], findings)
    if name == "cases" and raw.readable and not len(raw) and not raw.findings:
        findings.add(raw.label, "table_empty", "holds no cases", "was the export finished?")
    return table


def _known(tables: Mapping[str, Table], name: str) -> Table | None:
    """Return a table that others refer to, None where it could not be read.

    Without its key no reference can be judged: the missing column is the fault.
    """
    table = tables.get(name)
    key = next(iter(TABLES[name].model_fields))
    return None if table is None or not table.raw.readable or not table.has(key) else table
