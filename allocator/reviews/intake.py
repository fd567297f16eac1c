"""From a programme's files to a `Programme`, or to every fault of every file at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from allocator.errors import InputError, UsageError
from allocator.reviews.frames import KEYS, frame
from allocator.reviews.intake_folder import read_folder, read_table
from allocator.reviews.intake_tables import judge_tables
from allocator.reviews.intake_volunteers import doubt_idle, doubt_signing_off
from allocator.reviews.models import REQUIRED, TABLES
from allocator.reviews.policy import Policy
from allocator.reviews.policy_file import judge_policy, read_policy
from allocator.reviews.previous import Earlier, read_earlier
from allocator.reviews.programme import HandedBack, InputFile, Programme
from allocator.reviews.units import common_unit
from allocator.tables.faults import Fault
from allocator.tables.findings import Findings
from allocator.tables.frame_reader import read_frame
from allocator.tables.raw import RawTable


@dataclass(frozen=True)
class Survey:
    """Everything seen in a programme's files, whether or not they make a programme.

    Parameters
    ----------
    programme : Programme or None
        None where there is a fault.
    inputs : tuple of InputFile
    faults, warnings : tuple of Fault
    """

    programme: Programme | None
    inputs: tuple[InputFile, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def read_programme(folder: Path, previous: Path | None = None, handed_back: Path | None = None) -> Programme:
    """Read a programme's folder.

    Parameters
    ----------
    folder : Path
        Holds reviews.toml and the tables.
    previous : Path, optional
        An earlier output folder; the policy then has a `kept` goal.
    handed_back : Path, optional
        A table, CSV or Parquet, of cases that volunteers gave back unread.

    Raises
    ------
    UsageError
        Where `folder` is no folder, `previous` holds no readable schedule.csv, or `handed_back` is
        no file.
    InputError
        With every fault of every file.
    """
    return _programme(survey(folder, previous, handed_back))


def check_folder(folder: Path) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Return every fault and every warning of a programme's folder, without raising InputError."""
    surveyed = survey(folder)
    return surveyed.faults, surveyed.warnings


def programme_from_tables(
    policy: Policy | Mapping[str, object], tables: Mapping[str, pd.DataFrame]
) -> Programme:
    """Make a programme of frames in memory, judged as the files would be.

    Parameters
    ----------
    policy : Policy or mapping
        A mapping is laid out as reviews.toml.
    tables : mapping of str to DataFrame
        By table name: cases, volunteers and any of the optional ones.

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
            rule, mend = "is not a table of a programme", f"known: {', '.join(TABLES)}"
            findings.add(name, "table_unknown", rule, mend)
    for name in REQUIRED:
        if name not in raws:
            findings.add(name, "table_missing", "the table is missing", "give it")
    return _programme(_surveyed(judged, raws, findings, _Sources()))


def survey(folder: Path, previous: Path | None = None, handed_back: Path | None = None) -> Survey:
    """Read and judge all that a programme's folder holds; see `read_programme`."""
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    earlier = None if previous is None else read_earlier(Path(previous))
    findings = Findings()
    policy, policy_file = read_policy(folder, findings)
    back = None if handed_back is None else Path(handed_back)
    besides = () if back is None or back.absolute().parent != folder.absolute() else (back.name,)
    raws, files = read_folder(folder, findings, besides)
    if back is not None:
        if not back.is_file():
            raise UsageError(f"{back}: no such file")
        raws["handed_back"] = read_table(back, "handed_back")
    files += () if policy_file is None else (policy_file,)
    inputs = tuple(sorted(files, key=lambda file: file.name))
    return _surveyed(policy, raws, findings, _Sources(folder.absolute(), inputs, earlier, back))


@dataclass(frozen=True)
class _Sources:
    """Where a programme comes from, beside its tables."""

    folder: Path | None = None
    inputs: tuple[InputFile, ...] = ()
    earlier: Earlier | None = None
    handed_back: Path | None = None


def _programme(surveyed: Survey) -> Programme:
    if surveyed.programme is None:
        raise InputError(surveyed.faults, surveyed.warnings)
    return surveyed.programme


def _surveyed(
    policy: Policy | None, raws: Mapping[str, RawTable], findings: Findings, sources: _Sources
) -> Survey:
    heading = None if policy is None else policy.programme
    tables = judge_tables(raws, findings, heading)
    units, spent = 1, () if sources.earlier is None else sources.earlier.hours
    if heading is not None:
        doubt_signing_off(heading, tables, findings)
        if not findings.faults:
            units = common_unit(heading, tables, spent, findings)
    if policy is None or findings.faults:
        return Survey(None, sources.inputs, findings.faults, findings.warnings)
    frames = {name: frame(name, tables.get(name), policy.programme, units) for name in KEYS}
    back = None
    if sources.handed_back is not None:
        sha256 = raws["handed_back"].sha256
        back = HandedBack(sources.handed_back.absolute(), sha256, frames["handed_back"])
    programme = Programme(
        policy=policy if sources.earlier is None else policy.with_kept(),
        units_per_hour=units,
        cases=frames["cases"],
        officers=frames["officers"],
        volunteers=frames["volunteers"],
        availability=frames["availability"],
        conflicts=frames["conflicts"],
        previous=None if sources.earlier is None else sources.earlier.in_units(units),
        handed_back=back,
        folder=sources.folder,
        inputs=sources.inputs,
    )
    doubt_idle(programme, tables["volunteers"])
    programme = replace(programme, warnings=findings.warnings)
    return Survey(programme, sources.inputs, (), findings.warnings)
