"""Read a result folder and its inputs afresh, and verify the one against the other."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from allocator.errors import InputError, UsageError
from allocator.placement.answer import CERTIFICATE, OPTIONS, PLACEMENTS, RUN, Answer
from allocator.placement.intake import read_round
from allocator.placement.round import Round
from allocator.placement.verify import verify_answer
from allocator.tables.verification import RefusedError, Verification, read_json

_PARTS = (PLACEMENTS, OPTIONS, RUN, CERTIFICATE)


def verify(out: str | Path, inputs: str | Path | None = None) -> Verification:
    """Check a result folder against its inputs, without any solver.

    Parameters
    ----------
    out : str or Path
        A folder that `place` wrote.
    inputs : str, Path or None
        Where the inputs lie; None for where run.json says.

    Returns
    -------
    Verification
        `holds` says whether everything claimed is borne out.

    Raises
    ------
    UsageError
        When `out` is no result folder.
    """
    try:
        round_, answer, run = load(Path(out), None if inputs is None else Path(inputs))
    except RefusedError as refused:
        return Verification(findings=refused.findings)
    report = verify_answer(round_, answer)
    report.checks.insert(0, _digests_said(round_, len(run["outputs"])))
    return report


def load(out: Path, inputs: Path | None = None) -> tuple[Round, Answer, dict[str, Any]]:
    """Read a result folder and its inputs, refusing any file that is not the one used.

    Returns
    -------
    Round
    Answer
    dict
        The content of run.json.

    Raises
    ------
    UsageError
        When `out` is no result folder.
    RefusedError
        When a file is missing, malformed or different.
    """
    if not out.is_dir() or not any((out / name).exists() for name in _PARTS):
        raise UsageError(f"{out} is no result folder: it holds none of {', '.join(_PARTS)}")
    answer = Answer(*(_read(out / name) for name in (PLACEMENTS, OPTIONS, RUN, CERTIFICATE)))
    run = read_json(answer.run, RUN)
    if not isinstance(run, dict):
        raise RefusedError("files", f"{RUN} is not a record of a run")
    _check_outputs(out, run)
    return _read_inputs(run, inputs), answer, run


def _digests_said(round_: Round, outputs: int) -> str:
    return (
        f"All {len(round_.inputs)} input files and {outputs} output files have the SHA-256 digests that "
        f"{RUN} records."
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedError("files", f"{path.name} cannot be read: {error.strerror}") from error


def _named_digests(record: Any, what: str) -> list[tuple[str, str]]:
    """Read a list of names and digests, refusing anything that is not one."""
    good = isinstance(record, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("sha256"), str)
        and Path(entry["name"]).name == entry["name"]
        for entry in record
    )
    if not good:
        raise RefusedError("files", f"{RUN} does not list its {what} with their digests")
    return [(entry["name"], entry["sha256"]) for entry in record]


def _check_outputs(out: Path, run: dict[str, Any]) -> None:
    recorded = _named_digests(run.get("outputs"), "outputs")
    missing = {PLACEMENTS, OPTIONS, CERTIFICATE} - {name for name, _ in recorded}
    if missing:
        raise RefusedError("files", f"{RUN} records no digest of {', '.join(sorted(missing))}")
    _check_digests(out, recorded, "was written")


def _check_digests(folder: Path, recorded: list[tuple[str, str]], when: str) -> None:
    changed = []
    for name, digest in recorded:
        if hashlib.sha256(_read(folder / name)).hexdigest() != digest:
            changed.append(f"{name} is not the file that {when}: its SHA-256 digest differs")
    if changed:
        raise RefusedError("files", *changed)


def _read_inputs(run: dict[str, Any], inputs: Path | None) -> Round:
    """Read the inputs where the run says they lie, refusing any that is not the one used."""
    record = run.get("inputs")
    if not isinstance(record, dict):
        raise RefusedError("files", f"{RUN} does not say what it read")
    recorded = _named_digests(record.get("files"), "inputs")
    folder = inputs if inputs is not None else record.get("folder")
    if not isinstance(folder, str | Path) or not Path(folder).is_dir():
        raise RefusedError("files", f"the inputs' folder {folder} is not there; name it with --inputs")
    folder = Path(folder)
    _check_digests(folder, recorded, "was used")
    earlier = run.get("previous")
    try:
        round_ = read_round(folder, Path(earlier["folder"]) if earlier else None)
    except InputError as error:
        texts = [str(fault) for fault in error.faults[:5]]
        raise RefusedError("inputs", "the inputs are no valid round", *texts) from error
    except (UsageError, KeyError, TypeError) as error:
        raise RefusedError("files", f"the earlier proposal cannot be read: {error}") from error
    if [(file.name, file.sha256) for file in round_.inputs] != recorded:
        strange = sorted({file.name for file in round_.inputs} ^ {name for name, _ in recorded})
        raise RefusedError(
            "files", f"the files of the round are not those that were used: {', '.join(strange)}"
        )
    if earlier and round_.previous is not None and round_.previous.sha256 != earlier.get("sha256"):
        raise RefusedError("files", f"{PLACEMENTS} of the earlier proposal is not the file that was used")
    return round_
