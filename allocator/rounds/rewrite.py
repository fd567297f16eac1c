"""Write a result's report again, from the result and its inputs."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from allocator.errors import CertificateError, StoreError
from allocator.placement.answer import RUN
from allocator.placement.read_answer import read_answer
from allocator.placement.reasons import sentences
from allocator.placement.tables_out import options_table, placements_table
from allocator.placement.verify import verify_answer
from allocator.reviews.verify import read_result
from allocator.reviews.verify import verify_answer as verify_schedule
from allocator.rounds.digests import is_programme
from allocator.rounds.programme_recheck import load_programme
from allocator.rounds.recheck import load
from allocator.rounds.run import REPORT
from allocator.tables.json_writer import json_bytes
from allocator.tables.verification import RefusedError, Verification


def rewrite_report(out: Path) -> Path:
    """Write report.html again, and its digest in run.json.

    Parameters
    ----------
    out : Path
        A folder that `place` or `review` wrote.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    UsageError
        When `out` is no result folder.
    CertificateError
        When the result does not hold: a report is never drawn from a spoiled one.
    """
    try:
        page, run = _programme_page(out) if is_programme(out) else _round_page(out)
    except RefusedError as refused:
        raise CertificateError([str(finding) for finding in refused.findings]) from refused
    digests = [entry for entry in run["outputs"] if entry["name"] != REPORT]
    digests.append({"name": REPORT, "sha256": hashlib.sha256(page).hexdigest()})
    try:
        _replace(out / REPORT, page)
        _replace(out / RUN, json_bytes(run | {"outputs": digests}))
    except OSError as error:
        raise StoreError(f"{out} could not be written: {error.strerror or error}") from error
    return out / REPORT


def _round_page(out: Path) -> tuple[bytes, dict[str, Any]]:
    from allocator.report.render import render
    from allocator.report.summary import summarise

    round_, answer, run = load(out)
    _refuse_spoiled(verify_answer(round_, answer))
    built, held, _ = read_answer(round_, answer)
    placements = placements_table(
        built, held, sentences(built, held[built.mover], held, sum(goal["proven"] for goal in run["goals"]))
    )
    return render(summarise(round_, placements, options_table(built, held), run)).encode(), run


def _programme_page(out: Path) -> tuple[bytes, dict[str, Any]]:
    from allocator.report.programme_report import render

    programme, answer, run = load_programme(out)
    _refuse_spoiled(verify_schedule(programme, answer))
    return render(read_result(programme, answer)).encode(), run


def _refuse_spoiled(found: Verification) -> None:
    if not found.holds:
        raise CertificateError([str(finding) for finding in found.findings])


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
