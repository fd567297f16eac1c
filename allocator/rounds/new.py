"""Write what a user starts from: a synthetic round, or a workbook to fill in."""

from __future__ import annotations

from pathlib import Path

from allocator.errors import StoreError, UsageError
from allocator.rounds.folder import Writer, write_folder


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
    files: dict[str, bytes | Writer] = {"round.toml": made.policy.encode()}
    for name, table in made.tables.items():
        text = table.to_csv(index=False, lineterminator="\n")
        files[f"{name}.csv"] = text.encode()
    write_folder(folder, files)
    return list(files)


def write_new_template(path: Path) -> None:
    """Write the workbook to fill in for a placement round.

    Raises
    ------
    UsageError
        When the file is there already or its name does not end in .xlsx.
    """
    from allocator.placement.template import write_template

    if path.suffix != ".xlsx":
        raise UsageError(f"{path}: the template is a workbook; give it a name that ends in .xlsx")
    if path.exists():
        raise UsageError(f"{path} is there already; choose another name")
    try:
        write_template(path)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}") from error
