"""Read a programme's result folder and its inputs afresh, and verify the one against the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.errors import InputError, UsageError
from allocator.reviews.answer import RUN, SCHEDULE, SECOND_READS, Answer
from allocator.reviews.certificate_file import CERTIFICATE
from allocator.reviews.intake import read_programme
from allocator.reviews.programme import Programme
from allocator.reviews.verify import verify_answer
from allocator.rounds.digests import (
    check_digests,
    check_outputs,
    digests_said,
    inputs_folder,
    read_file,
    recorded_digests,
)
from allocator.tables.verification import RefusedError, Verification, read_json


def verify_programme(out: Path, inputs: Path | None = None) -> Verification:
    """Check a programme's result folder against its inputs, without any solver.

    Parameters
    ----------
    out : Path
        A folder that `review` wrote.
    inputs : Path or None
        Where the inputs lie; None for where run.json says.

    Raises
    ------
    RefusedError
        When a file is missing, malformed or different.
    """
    programme, answer, run = load_programme(out, inputs)
    report = verify_answer(programme, answer)
    previous, back = programme.previous, programme.handed_back
    number = len(programme.inputs) + (0 if previous is None else len(previous.inputs)) + (back is not None)
    report.checks.insert(0, digests_said(number, len(run["outputs"])))
    return report


def load_programme(out: Path, inputs: Path | None = None) -> tuple[Programme, Answer, dict[str, Any]]:
    """Read a programme's result folder and its inputs, refusing any file that is not the one used.

    Returns
    -------
    Programme
    Answer
    dict
        The content of run.json.

    Raises
    ------
    RefusedError
        When a file is missing, malformed or different.
    """
    answer = Answer(*(read_file(out / name) for name in (SCHEDULE, SECOND_READS, RUN, CERTIFICATE)))
    run = read_json(answer.run, RUN)
    if not isinstance(run, dict):
        raise RefusedError("files", f"{RUN} is not a record of a run")
    check_outputs(out, run, {SCHEDULE, SECOND_READS, CERTIFICATE}, folders=True)
    return _read_inputs(run, inputs), answer, run


def _read_inputs(run: dict[str, Any], inputs: Path | None) -> Programme:
    """Read the inputs where the run says they lie, refusing any that is not the one used."""
    folder, recorded = inputs_folder(run, inputs)
    previous, earlier = _previous(run.get("previous"))
    back, digest = _handed_back(run.get("handed_back"), folder)
    try:
        programme = read_programme(folder, previous, back)
    except InputError as error:
        texts = [str(fault) for fault in error.faults[:5]]
        raise RefusedError("inputs", "the inputs are no valid programme", *texts) from error
    except UsageError as error:
        raise RefusedError("files", f"the earlier schedule cannot be read: {error}") from error
    if [(file.name, file.sha256) for file in programme.inputs] != recorded:
        strange = sorted({file.name for file in programme.inputs} ^ {name for name, _ in recorded})
        raise RefusedError(
            "files", f"the files of the programme are not those that were used: {', '.join(strange)}"
        )
    read = () if programme.previous is None else programme.previous.inputs
    if [(file.name, file.sha256) for file in read] != earlier:
        raise RefusedError("files", "the files of the earlier schedule are not those that were used")
    if programme.handed_back is not None and programme.handed_back.sha256 != digest:
        raise RefusedError("files", "the file of cases handed back is not the one that was used")
    return programme


def _previous(record: Any) -> tuple[Path | None, list[tuple[str, str]]]:
    """Return where the earlier schedule lies, and its digests, refusing any other."""
    if record is None:
        return None, []
    if not isinstance(record, dict) or not isinstance(record.get("folder"), str):
        raise RefusedError("files", f"{RUN} does not say where the earlier schedule lies")
    recorded = recorded_digests(record.get("files"), "files of the earlier schedule")
    folder = Path(record["folder"])
    check_digests(folder, recorded, "was used")
    return folder, recorded


def _handed_back(record: Any, folder: Path) -> tuple[Path | None, str]:
    """Return where the cases handed back lie: where they did, else beside the inputs."""
    if record is None:
        return None, ""
    if not isinstance(record, dict) or not all(isinstance(record.get(k), str) for k in ("path", "sha256")):
        raise RefusedError("files", f"{RUN} does not say which file of cases handed back was used")
    path = Path(record["path"])
    return (path if path.is_file() else folder / path.name), record["sha256"]
