"""From a round's files to a `Round`, or to every fault of every file at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from allocator.errors import InputError, UsageError
from allocator.placement.frames import KEYS, empty, frame
from allocator.placement.intake_folder import read_folder
from allocator.placement.intake_tables import judge_tables
from allocator.placement.location import PostcodeTable
from allocator.placement.models import REQUIRED, TABLES
from allocator.placement.policy import Policy
from allocator.placement.policy_file import POLICY_FILE, judge_policy, read_policy
from allocator.placement.postcodes import read_postcodes
from allocator.placement.previous import read_previous
from allocator.placement.round import InputFile, Previous, Round
from allocator.tables.faults import Fault
from allocator.tables.findings import Findings
from allocator.tables.frame_reader import read_frame
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
    return _round(surveyed, earlier, folder.absolute())


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
    return _round(_surveyed(judged, raws, (), findings, None), None, None)


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
    return _surveyed(policy, raws, files, findings, postcodes)


def _besides(policy: Policy | None) -> tuple[str, ...]:
    return () if policy is None or policy.travel.postcodes is None else (policy.travel.postcodes,)


def _round(surveyed: Survey, previous: Previous | None, folder: Path | None) -> Round:
    if surveyed.faults or surveyed.policy is None:
        raise InputError(surveyed.faults, surveyed.warnings)
    frames = surveyed.frames
    return Round(
        policy=surveyed.policy,
        children=frames["children"],
        schools=frames["schools"],
        provisions=frames["provisions"],
        preferences=frames["preferences"],
        travel=frames["travel"],
        suitability=frames["suitability"],
        consultations=frames["consultations"],
        rulings=frames["rulings"],
        previous=previous,
        folder=folder,
        inputs=surveyed.inputs,
        warnings=(*surveyed.warnings, *_idle_previous(surveyed.policy, previous)),
    )


def _idle_previous(policy: Policy, previous: Previous | None) -> tuple[Fault, ...]:
    """Warn of an earlier proposal that the policy takes no notice of."""
    if previous is None or any("kept" in goal.measures for goal in policy.goals):
        return ()
    rule = "an earlier result was given, but no goal measures kept, so it changes nothing"
    mend = 'add a [[goal]] with measure = "kept" where it should count'
    return (Fault("round.toml", None, "goal", None, rule, mend, "previous_idle", "warning"),)


def _surveyed(
    policy: Policy | None,
    raws: Mapping[str, RawTable],
    files: tuple[InputFile, ...],
    findings: Findings,
    postcodes: PostcodeTable | None,
) -> Survey:
    tables = judge_tables(raws, findings, postcodes, None if policy is None else policy.round.as_of)
    if policy is not None and policy.travel.source == "matrix" and "travel" not in tables:
        rule, mend = 'source = "matrix" without the table travel: no journey is known', "give travel.csv"
        findings.add(POLICY_FILE, "travel_none", rule, mend, column="travel.source", severity="warning")
    faults, nothing = findings.faults, pa.array([], type=pa.string())
    frames = {
        name: frame(name, tables[name]) if name in tables else empty(name) for name in KEYS if not faults
    }
    ids = {name: tables[name].values[KEYS[name][0]] if name in tables else nothing for name in REQUIRED}
    return Survey(
        policy=policy,
        frames=frames,
        inputs=tuple(sorted(files, key=lambda file: file.name)),
        faults=faults,
        warnings=findings.warnings,
        child_ids=ids["children"],
        provision_ids=ids["provisions"],
    )
