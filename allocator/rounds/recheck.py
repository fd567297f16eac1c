"""Read a result folder and its inputs afresh, and verify the one against the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.errors import InputError, UsageError
from allocator.placement.answer import CERTIFICATE, OPTIONS, PLACEMENTS, RUN, Answer
from allocator.placement.intake import read_round
from allocator.placement.round import Round
from allocator.placement.verify import verify_answer
from allocator.rounds.digests import check_outputs, digests_said, inputs_folder, is_programme, read_file
from allocator.rounds.programme_recheck import verify_programme
from allocator.tables.verification import RefusedError, Verification, read_json

_PARTS = (PLACEMENTS, OPTIONS, RUN, CERTIFICATE)


def verify(out: str | Path, inputs: str | Path | None = None) -> Verification:
    """Check a result folder against its inputs, without any solver.

    Parameters
    ----------
    out : str or Path
        A folder that `place` or `review` wrote.
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
    found, given = Path(out), None if inputs is None else Path(inputs)
    try:
        return verify_programme(found, given) if is_programme(found) else _verify_round(found, given)
    except RefusedError as refused:
        return Verification(findings=refused.findings)


def _verify_round(out: Path, inputs: Path | None) -> Verification:
    round_, answer, run = load(out, inputs)
    report = verify_answer(round_, answer)
    report.checks.insert(0, digests_said(len(round_.inputs), len(run["outputs"])))
    return report


def load(out: Path, inputs: Path | None = None) -> tuple[Round, Answer, dict[str, Any]]:
    """Read a round's result folder and its inputs, refusing any file that is not the one used.

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
    answer = Answer(*(read_file(out / name) for name in (PLACEMENTS, OPTIONS, RUN, CERTIFICATE)))
    run = read_json(answer.run, RUN)
    if not isinstance(run, dict):
        raise RefusedError("files", f"{RUN} is not a record of a run")
    check_outputs(out, run, {PLACEMENTS, OPTIONS, CERTIFICATE})
    return _read_inputs(run, inputs), answer, run


def _read_inputs(run: dict[str, Any], inputs: Path | None) -> Round:
    """Read the inputs where the run says they lie, refusing any that is not the one used."""
    folder, recorded = inputs_folder(run, inputs)
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
