"""Files with the digests that a run recorded: read, and refused where they are not the ones."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any

from allocator.reviews.answer import KIND, RUN, SCHEDULE
from allocator.tables.verification import RefusedError, read_json


def read_file(path: Path) -> bytes:
    """Read a file of a result.

    Raises
    ------
    RefusedError
        Where it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedError("files", f"{path.name} cannot be read: {error.strerror}") from error


def is_programme(out: Path) -> bool:
    """Tell whether a result is a programme's: by run.json, or by its schedule where that is spoiled."""
    try:
        run = read_json(read_file(out / RUN), RUN)
    except RefusedError:
        run = None
    kind = run.get("kind") if isinstance(run, dict) else None
    return kind == KIND or (not isinstance(kind, str) and (out / SCHEDULE).is_file())


def recorded_digests(record: Any, what: str, *, folders: bool = False) -> list[tuple[str, str]]:
    """Read a list of names and digests, refusing anything that is not one.

    Parameters
    ----------
    record : object
        As run.json holds it.
    what : str
        What it is a list of.
    folders : bool, default False
        Whether a name may be "folder/name".
    """
    good = isinstance(record, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("sha256"), str)
        and _inside(entry["name"], 2 if folders else 1)
        for entry in record
    )
    if not good:
        raise RefusedError("files", f"{RUN} does not list its {what} with their digests")
    return [(entry["name"], entry["sha256"]) for entry in record]


def _inside(name: str, depth: int) -> bool:
    """Whether a name stays inside its folder, and is written in one way only."""
    path = PurePosixPath(name)
    plain = "\0" not in name and "\\" not in name and ".." not in path.parts and not path.is_absolute()
    return plain and 1 <= len(path.parts) <= depth and str(path) == name


def check_digests(folder: Path, recorded: list[tuple[str, str]], when: str) -> None:
    """Refuse files that are not those whose digests were recorded; `when` ends "is not the file that …"."""
    changed = []
    for name, digest in recorded:
        if hashlib.sha256(read_file(folder / name)).hexdigest() != digest:
            changed.append(f"{name} is not the file that {when}: its SHA-256 digest differs")
    if changed:
        raise RefusedError("files", *changed)


def check_outputs(out: Path, run: dict[str, Any], needed: set[str], *, folders: bool = False) -> None:
    """Refuse a result whose files are not those that the run recorded, or that lacks one that is needed."""
    recorded = recorded_digests(run.get("outputs"), "outputs", folders=folders)
    missing = needed - {name for name, _ in recorded}
    if missing:
        raise RefusedError("files", f"{RUN} records no digest of {', '.join(sorted(missing))}")
    check_digests(out, recorded, "was written")


def inputs_folder(run: dict[str, Any], inputs: Path | None) -> tuple[Path, list[tuple[str, str]]]:
    """Return where the inputs lie, and their digests, refusing any that is not the one used."""
    record = run.get("inputs")
    if not isinstance(record, dict):
        raise RefusedError("files", f"{RUN} does not say what it read")
    recorded = recorded_digests(record.get("files"), "inputs")
    folder = inputs if inputs is not None else record.get("folder")
    if not isinstance(folder, str | Path) or not Path(folder).is_dir():
        raise RefusedError("files", f"the inputs' folder {folder} is not there; name it with --inputs")
    check_digests(Path(folder), recorded, "was used")
    return Path(folder), recorded


def digests_said(inputs: int, outputs: int) -> str:
    """Say that the files are the recorded ones."""
    return f"All {inputs} input files and {outputs} output files have the SHA-256 digests that {RUN} records."
