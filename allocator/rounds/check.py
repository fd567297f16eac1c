"""Every fault of a round's folder, without placing anybody."""

from __future__ import annotations

from pathlib import Path

from allocator.errors import UsageError
from allocator.placement import intake
from allocator.tables.faults import Fault


def check_folder(folder: Path, audit: bool = False) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Judge a folder's files, all of them at once.

    Parameters
    ----------
    folder : Path
    audit : bool
        Read the audit-only tables too. Nothing that places children can.

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
    faults, warnings = intake.check_folder(folder)
    return faults, warnings
