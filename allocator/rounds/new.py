"""Write what a user starts from: a synthetic round, or a workbook to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.errors import StoreError, UsageError
from allocator.rounds.folder import Writer, workbook_faults_as_os_errors, write_folder

if TYPE_CHECKING:
    import pandas as pd


def write_new_programme(folder: Path, *, cases: int, volunteers: int, seed: int) -> list[str]:
    """Write a complete synthetic review programme, whole or not at all.

    Parameters
    ----------
    folder : Path
        New or empty.
    cases, volunteers : int
    seed : int

    Returns
    -------
    list of str
        Names of the files written.

    Raises
    ------
    UsageError
        When the folder is not empty or a number is out of range.
    """
    from allocator.synthetic.programme import make_programme

    made = make_programme(cases, volunteers, seed)
    return _write(folder, "reviews.toml", made.policy, made.tables)


def write_new(folder: Path, *, authority: str, children: int, seed: int) -> list[str]:
    """Write a complete synthetic round, whole or not at all.

    Parameters
    ----------
    folder : Path
        New or empty.
    authority : str
        "kent" or "england".
    children : int
    seed : int

    Returns
    -------
    list of str
        Names of the files written.

    Raises
    ------
    UsageError
        When the folder is not empty or the authority is not known.
    """
    from allocator.synthetic.placement_round import make_round

    made = make_round(authority, children, seed)
    return _write(folder, "round.toml", made.policy, made.tables)


def _write(folder: Path, policy_name: str, policy: str, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    files: dict[str, bytes | Writer] = {policy_name: policy.encode()}
    for name, table in tables.items():
        files[f"{name}.csv"] = table.to_csv(index=False, lineterminator="\n").encode()
    write_folder(folder, files)
    return list(files)


def write_new_template(path: Path, kind: str = "placement") -> None:
    """Write the workbook to fill in for a placement round or a review programme.

    Parameters
    ----------
    path : Path
        Ends in .xlsx; not there yet.
    kind : {"placement", "reviews"}

    Raises
    ------
    UsageError
        When the file is there already or its name does not end in .xlsx.
    """
    from allocator.placement.template import write_template
    from allocator.reviews.template import write_template as write_reviews_template

    if path.suffix != ".xlsx":
        raise UsageError(f"{path}: the template is a workbook; give it a name that ends in .xlsx")
    if path.exists():
        raise UsageError(f"{path} is there already; choose another name")
    try:
        with workbook_faults_as_os_errors():
            (write_reviews_template if kind == "reviews" else write_template)(path)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}") from error
