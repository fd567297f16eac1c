"""An answer as bytes: what a third party is handed, and what verification reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from allocator.placement.result import PlacementResult
from allocator.tables.csv_writer import csv_bytes
from allocator.tables.json_writer import json_bytes

PLACEMENTS = "placements.csv"
OPTIONS = "options.csv"
RUN = "run.json"
CERTIFICATE = "certificate.json"

_LIBRARIES = ("numpy", "ortools", "pandas", "pyarrow", "pydantic", "scipy")


@dataclass(frozen=True)
class Answer:
    """The four files that together are an answer.

    Parameters
    ----------
    placements, options : bytes
        CSV.
    run, certificate : bytes
        JSON.
    """

    placements: bytes
    options: bytes
    run: bytes
    certificate: bytes


def certificate_bytes(content: dict[str, dict[str, list[int]]]) -> bytes:
    """Write a certificate with one line an id, so that people and diffs can read it."""
    parts = []
    for kind, prices in content.items():
        rows = ",\n".join(f"  {json.dumps(i)}: {json.dumps(row)}" for i, row in prices.items())
        parts.append(f" {json.dumps(kind)}: {{\n{rows}\n }}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def run_record(result: PlacementResult) -> dict[str, Any]:
    """Gather what run.json says of a result, without the digests of the files beside it."""
    round_ = result.round
    previous = round_.previous
    return {
        "allocator": metadata.version("allocator"),
        "kind": "placement",
        "status": result.status,
        "round": {"id": round_.policy.round.id, "title": round_.policy.round.title},
        "goals": result.goals,
        "lottery": result.lottery,
        "counts": result.counts,
        "warnings": [warning.as_json() for warning in round_.warnings],
        "inputs": {
            "folder": None if round_.folder is None else str(round_.folder),
            "files": [{"name": file.name, "sha256": file.sha256} for file in round_.inputs],
        },
        "previous": None if previous is None else {"folder": str(previous.folder), "sha256": previous.sha256},
        "versions": {name: metadata.version(name) for name in _LIBRARIES},
        "seconds": {step: round(value, 3) for step, value in result.seconds.items()},
    }


def answer_of(result: PlacementResult) -> Answer:
    """Write a result as the four files that verification reads."""
    return Answer(
        csv_bytes(result.placements),
        csv_bytes(result.options),
        json_bytes(run_record(result)),
        certificate_bytes(result.certificate.as_json()),
    )
