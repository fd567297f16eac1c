"""The shipped rounds are placed again, and give the best values and certificates beside them.

`python tests/test_instances.py` writes best.json and certificate.json anew, from runs whose
every goal is proven and whose verification holds.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import pytest

from allocator import place
from allocator.placement.answer import answer_of
from allocator.placement.intake import read_round
from allocator.placement.result import PlacementResult
from allocator.placement.verify import verify_answer
from allocator.rounds.new import write_new
from allocator.tables.json_writer import json_bytes

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
NAMES = ("seaford-60", "kent-sized")


def placed(name: str, scratch: Path) -> PlacementResult:
    """Place a shipped round, drawn again first where only its recipe is shipped."""
    folder = INSTANCES / name
    if name == "kent-sized":
        folder = scratch / name
        write_new(folder, authority="kent", children=3000, seed=1)
    return place(read_round(folder))


def best(result: PlacementResult) -> bytes:
    """What best.json holds: each goal's value, and the digest of the placement that reaches them."""
    goals = [{key: goal[key] for key in ("measure", "level", "value", "proven")} for goal in result.goals]
    digest = hashlib.sha256(answer_of(result).placements).hexdigest()
    return json_bytes({"goals": goals, "placements_sha256": digest})


@pytest.mark.parametrize("name", NAMES)
def test_the_best_values_and_the_certificate_are_those_shipped(name: str, tmp_path: Path) -> None:
    result = placed(name, tmp_path)
    answer = answer_of(result)
    assert best(result) == (INSTANCES / name / "best.json").read_bytes()
    assert answer.certificate == (INSTANCES / name / "certificate.json").read_bytes()
    assert verify_answer(result.round, answer).holds


@pytest.mark.parametrize("name", NAMES)
def test_every_best_value_is_proven(name: str) -> None:
    goals = json.loads((INSTANCES / name / "best.json").read_bytes())["goals"]
    assert goals
    assert all(goal["proven"] for goal in goals)


def main() -> None:
    """Write the best values and certificates of the shipped rounds."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in NAMES:
            result = placed(name, Path(scratch))
            answer = answer_of(result)
            if not (result.proven and verify_answer(result.round, answer).holds):
                sys.exit(f"{name}: not proven")
            (INSTANCES / name / "best.json").write_bytes(best(result))
            (INSTANCES / name / "certificate.json").write_bytes(answer.certificate)


if __name__ == "__main__":
    main()
