"""Every fault of a round's or a programme's folder, without placing or scheduling anything."""

from __future__ import annotations

from pathlib import Path

from allocator.audit.intake import check_audit_tables
from allocator.errors import UsageError
from allocator.placement import intake
from allocator.reviews import intake as programme_intake
from allocator.tables.faults import Fault

# The policy tells a placement round from a review programme.
ROUND_POLICY, REVIEWS_POLICY = "round.toml", "reviews.toml"


def check_folder(folder: Path, audit: bool = False) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Judge a folder's files, all of them at once.

    Parameters
    ----------
    folder : Path
    audit : bool
        Read a round's audit-only tables too. Nothing that places children can.

    Returns
    -------
    faults, warnings : tuples of Fault
        In the order file, row, column.

    Raises
    ------
    UsageError
        When the folder is not there.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    if (folder / REVIEWS_POLICY).exists() and not (folder / ROUND_POLICY).exists():
        return programme_intake.check_folder(folder)
    found = intake.survey(folder)
    if not audit:
        return found.faults, found.warnings
    more_faults, more_warnings = check_audit_tables(folder, found.child_ids, found.provision_ids)
    return (
        tuple(sorted((*found.faults, *more_faults), key=lambda fault: fault.order)),
        tuple(sorted((*found.warnings, *more_warnings), key=lambda fault: fault.order)),
    )
