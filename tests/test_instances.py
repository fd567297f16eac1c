"""The shipped rounds and programmes are solved again, and give the best values and certificates beside them.

`python tests/test_instances.py` writes best.json, certificate.json and a programme's best/schedule.csv
anew, from runs whose every goal is proven and whose verification holds.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from allocator import place, review
from allocator.placement.answer import answer_of
from allocator.placement.intake import read_round
from allocator.placement.result import PlacementResult
from allocator.placement.verify import verify_answer
from allocator.reviews.answer import answer_of as answer_of_programme
from allocator.reviews.intake import read_programme
from allocator.reviews.schedule import ScheduleResult
from allocator.reviews.verify import verify_answer as verify_schedule
from allocator.rounds.new import write_new, write_new_programme
from allocator.tables.json_writer import json_bytes

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
NAMES = ("seaford-60", "kent-sized")
PROGRAMMES = ("overdue-24",)


def placed(name: str, scratch: Path) -> PlacementResult:
    """Place a shipped round, drawn again first where only its recipe is shipped."""
    folder = INSTANCES / name
    if name == "kent-sized":
        folder = scratch / name
        write_new(folder, authority="kent", children=3000, seed=1)
    return place(read_round(folder))


def scheduled(name: str) -> ScheduleResult:
    """Schedule a shipped programme."""
    return review(read_programme(INSTANCES / name))


def best(result: PlacementResult) -> bytes:
    """What best.json holds: each goal's value, and the digest of the placement that reaches them."""
    goals = [{key: goal[key] for key in ("measure", "level", "value", "proven")} for goal in result.goals]
    digest = hashlib.sha256(answer_of(result).placements).hexdigest()
    return json_bytes({"goals": goals, "placements_sha256": digest})


def best_of_programme(result: ScheduleResult) -> bytes:
    """What a programme's best.json holds: each goal's value and proof, and the digest of the schedule."""
    keys = ("measure", "level", "value", "proven", "proof")
    goals = [{key: goal[key] for key in keys} for goal in result.goals]
    digest = hashlib.sha256(answer_of_programme(result).schedule).hexdigest()
    return json_bytes({"goals": goals, "schedule_sha256": digest})


def files_of_programme(result: ScheduleResult) -> dict[str, bytes]:
    """Every file that is shipped of a programme's answer, by name."""
    answer = answer_of_programme(result)
    return {
        "best.json": best_of_programme(result),
        "best/schedule.csv": answer.schedule,
        "certificate.json": answer.certificate,
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_best_values_and_the_certificate_are_those_shipped(name: str, tmp_path: Path) -> None:
    result = placed(name, tmp_path)
    answer = answer_of(result)
    assert best(result) == (INSTANCES / name / "best.json").read_bytes()
    assert answer.certificate == (INSTANCES / name / "certificate.json").read_bytes()
    assert verify_answer(result.round, answer).holds


@pytest.mark.parametrize("name", PROGRAMMES)
def test_the_schedule_and_its_best_values_are_those_shipped(name: str) -> None:
    """A shipped programme, scheduled again, gives the shipped bytes, and they verify without a solver."""
    result = scheduled(name)
    for file, content in files_of_programme(result).items():
        assert content == (INSTANCES / name / file).read_bytes(), file
    assert verify_schedule(result.programme, answer_of_programme(result)).holds


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_shipped_programme_is_what_its_command_writes(name: str, tmp_path: Path) -> None:
    """The command in the README writes the tables and the policy byte for byte."""
    readme = (INSTANCES / name / "README.md").read_text(encoding="utf-8")
    words = readme.split("$ allocator new DIR --kind reviews ")[1].splitlines()[0].split()
    asked = {flag.removeprefix("--"): int(number) for flag, number in zip(*[iter(words)] * 2, strict=True)}
    written = write_new_programme(tmp_path / name, **asked)
    assert written
    for file in written:
        assert (tmp_path / name / file).read_bytes() == (INSTANCES / name / file).read_bytes(), file


@pytest.mark.parametrize("name", [*NAMES, *PROGRAMMES])
def test_every_best_value_is_proven(name: str) -> None:
    goals: list[dict[str, Any]] = json.loads((INSTANCES / name / "best.json").read_bytes())["goals"]
    assert goals
    assert all(goal["proven"] for goal in goals)


def main() -> None:
    """Write the best values and certificates of the shipped rounds and programmes."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in NAMES:
            result = placed(name, Path(scratch))
            answer = answer_of(result)
            if not (result.proven and verify_answer(result.round, answer).holds):
                sys.exit(f"{name}: not proven")
            (INSTANCES / name / "best.json").write_bytes(best(result))
            (INSTANCES / name / "certificate.json").write_bytes(answer.certificate)
    for name in PROGRAMMES:
        made = scheduled(name)
        holds = verify_schedule(made.programme, answer_of_programme(made)).holds
        if not (holds and all(goal["proven"] for goal in made.goals)):
            sys.exit(f"{name}: not proven")
        for file, content in files_of_programme(made).items():
            (INSTANCES / name / file).parent.mkdir(exist_ok=True)
            (INSTANCES / name / file).write_bytes(content)


if __name__ == "__main__":
    main()
