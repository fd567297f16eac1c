"""An answer as bytes: what a third party is handed, and what verification reads."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import Any

from allocator.reviews.programme import InputFile
from allocator.reviews.schedule import ScheduleResult
from allocator.tables.csv_writer import csv_bytes
from allocator.tables.json_writer import json_bytes

SCHEDULE = "schedule.csv"
SECOND_READS = "second_reads.csv"
RUN = "run.json"
KIND = "reviews"

_LIBRARIES = ("highspy", "numpy", "ortools", "pandas", "pyarrow", "pydantic", "scipy")


@dataclass(frozen=True)
class Answer:
    """The four files that together are an answer.

    Parameters
    ----------
    schedule, second_reads : bytes
        CSV.
    run, certificate : bytes
        JSON.
    """

    schedule: bytes
    second_reads: bytes
    run: bytes
    certificate: bytes


def run_record(result: ScheduleResult) -> dict[str, Any]:
    """Gather what run.json says of a result, without the digests of the files beside it."""
    programme = result.programme
    previous, back = programme.previous, programme.handed_back
    return {
        "allocator": metadata.version("allocator"),
        "kind": KIND,
        "status": result.status,
        "programme": {"id": programme.policy.programme.id},
        "goals": result.goals,
        "lottery": result.lottery,
        "counts": result.counts,
        "moves": result.moves,
        "cut_short": result.cut_short,
        "before": result.before,
        "warnings": [warning.as_json() for warning in programme.warnings],
        "inputs": {
            "folder": None if programme.folder is None else str(programme.folder),
            "files": _files(programme.inputs),
        },
        "previous": None
        if previous is None
        else {"folder": str(previous.folder), "files": _files(previous.inputs)},
        "handed_back": None if back is None else {"path": str(back.path), "sha256": back.sha256},
        "versions": {name: metadata.version(name) for name in _LIBRARIES},
        "seconds": {step: round(value, 3) for step, value in result.seconds.items()},
    }


def _files(files: tuple[InputFile, ...]) -> list[dict[str, str]]:
    return [{"name": file.name, "sha256": file.sha256} for file in files]


def answer_of(result: ScheduleResult) -> Answer:
    """Write a result as the four files that verification reads."""
    return Answer(
        csv_bytes(result.table),
        csv_bytes(result.second_reads),
        json_bytes(run_record(result)),
        json_bytes(result.certificate),
    )
