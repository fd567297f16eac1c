"""From a round's files to a `Round`, or to every fault of every file at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from allocator.errors import InputError, UsageError
from allocator.placement.frames import KEYS, empty, frame
from allocator.placement.intake_children import check_children
from allocator.placement.intake_folder import read_folder
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
from allocator.placement.policy import Policy
from allocator.placement.policy_file import judge_policy, read_policy
from allocator.placement.postcodes import read_postcodes
from allocator.placement.previous import read_previous
from allocator.placement.round import InputFile, Round
from allocator.tables.faults import Fault
from allocator.tables.findings import Findings
from allocator.tables.frame_reader import read_frame
from allocator.tables.judged import Table, judge
from allocator.tables.raw import RawTable


@dataclass(frozen=True)
class Survey:
    """Everything seen in a round's files, whether or not they make a round.

    Parameters
    ----------
    policy : Policy or None
        None where the policy has a fault.
    frames : dict of str to DataFrame
        As in `Round`; empty where there is a fault.
    inputs : tuple of InputFile
    faults, warnings : tuple of Fault
    child_ids, provision_ids : Arrow text
        As they stand in the tables; for whoever checks further tables against the round.
    """

    policy: Policy | None
    frames: Mapping[str, pd.DataFrame]
    inputs: tuple[InputFile, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    child_ids: pa.Array
    provision_ids: pa.Array


def read_round(folder: Path, previous: Path | None = None) -> Round:
    """Read a round's folder.

    Parameters
    ----------
    folder : Path
        Holds round.toml and the tables. The audit-only tables are left shut.
    previous : Path, optional
        An earlier output folder, for the measure ``kept``.

    Raises
    ------
    UsageError
        Where `folder` is no folder, or `previous` holds no readable placements.csv.
    InputError
        With every fault of every file.
    """
    folder = Path(folder)
    surveyed = survey(folder)
    earlier = None if previous is None else read_previous(Path(previous))
    policy = _without_faults(surveyed)
    return Round(
        policy=policy,
        **surveyed.frames,
        previous=earlier,
        folder=folder.absolute(),
        inputs=surveyed.inputs,
        warnings=surveyed.warnings,
    )


def check_folder(folder: Path) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Return every fault and every warning of a round's folder, without raising InputError."""
    surveyed = survey(Path(folder))
    return surveyed.faults, surveyed.warnings


def round_from_tables(policy: Policy | Mapping[str, object], tables: Mapping[str, pd.DataFrame]) -> Round:
    """Make a round of frames in memory, judged as the files would be.

    Parameters
    ----------
    policy : Policy or mapping
        A mapping is laid out as round.toml.
    tables : mapping of str to DataFrame
        By table name: children, schools, provisions and any of the optional ones.

    Raises
    ------
    InputError
        With every fault; rows are numbered as a spreadsheet with a header would show them.
    """
    findings = Findings()
    judged = policy if isinstance(policy, Policy) else judge_policy(policy, findings)
    raws: dict[str, RawTable] = {}
    for name, table in tables.items():
        if name in TABLES:
            raws[name] = read_frame(table, name)
        else:
            findings.add(name, "table_unknown", "is not a table of a round", f"known: {', '.join(TABLES)}")
    for name in REQUIRED:
        if name not in raws:
            findings.add(name, "table_missing", "the table is missing", "give it")
    surveyed = _judge(judged, raws, (), findings, None)
    return Round(policy=_without_faults(surveyed), **surveyed.frames, warnings=surveyed.warnings)


def survey(folder: Path) -> Survey:
    """Read and judge all that a round's folder holds, but for the audit-only tables."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    findings = Findings()
    policy, policy_file = read_policy(folder, findings)
    raws, files = read_folder(folder, findings, _besides(policy))
    postcodes = None
    if policy is not None and policy.travel.postcodes is not None:
        postcodes, file = read_postcodes(folder, policy.travel.postcodes, findings)
        files += () if file is None else (file,)
    files += () if policy_file is None else (policy_file,)
    return _judge(policy, raws, files, findings, postcodes)


def _besides(policy: Policy | None) -> tuple[str, ...]:
    return () if policy is None or policy.travel.postcodes is None else (policy.travel.postcodes,)


def _without_faults(surveyed: Survey) -> Policy:
    if surveyed.faults or surveyed.policy is None:
        raise InputError(surveyed.faults, surveyed.warnings)
    return surveyed.policy


def _judge(
    policy: Policy | None,
    raws: Mapping[str, RawTable],
    files: tuple[InputFile, ...],
    findings: Findings,
    postcodes: PostcodeTable | None,
) -> Survey:
    tables = {name: _judged(name, raw, findings) for name, raw in raws.items() if _counts(name, raw)}
    known = {
        name: tables[name].values[KEYS[name][0]]
        for name in REQUIRED
        if name in tables and tables[name].raw.readable
    }
    as_of = None if policy is None else policy.round.as_of
    if "schools" in tables:
        tables["schools"] = check_schools(tables["schools"], postcodes)
    if "provisions" in tables:
        tables["provisions"] = check_provisions(tables["provisions"], known.get("schools"))
    if "children" in tables:
        tables["children"] = check_children(tables["children"], known.get("provisions"), postcodes, as_of)
    if "preferences" in tables:
        check_preferences(tables["preferences"], known)
        if len(known) == len(REQUIRED):
            doubt_preferences(tables["preferences"], tables["children"], tables["provisions"])
    for name, other in (("travel", "school_id"), ("suitability", "provision_id")):
        if name in tables:
            check_pairs(tables[name], known, other)
    if "consultations" in tables:
        check_consultations(tables["consultations"], known)
    if "rulings" in tables:
        check_rulings(tables["rulings"], known)
    if "links" in tables:
        check_links(tables["links"], known, findings)
    faults = findings.faults
    nothing = pa.array([], type=pa.string())
    frames = (
        {}
        if faults
        else {name: frame(name, tables[name]) if name in tables else empty(name) for name in KEYS}
    )
    return Survey(
        policy=policy,
        frames=frames,
        inputs=tuple(sorted(files, key=lambda file: file.name)),
        faults=faults,
        warnings=findings.warnings,
        child_ids=known.get("children", nothing),
        provision_ids=known.get("provisions", nothing),
    )


def _counts(name: str, raw: RawTable) -> bool:
    """Tell whether a table is there: an optional one that is a header alone is not."""
    return (
        name in REQUIRED
        or len(raw) > 0
        or not raw.readable
        or any(f.severity == "fault" for f in raw.findings)
    )


def _judged(name: str, raw: RawTable, findings: Findings) -> Table:
    located = LOCATION if name in ("children", "schools") else ()
    table = judge(raw, TABLES[name], findings, one_of=located)
    if name in REQUIRED and raw.readable and not len(raw):
        findings.add(raw.label, "table_empty", f"holds no {name}", "was the export finished?")
    return table
