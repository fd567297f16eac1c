"""The command `explain`: result folders in, exit codes and one JSON document out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from allocator.cli import explain as command
from allocator.core.calendar.outcome import CalendarOutcome, Effort, TierOutcome
from allocator.core.calendar.problem import CalendarProblem
from allocator.core.calendar.rules import values
from allocator.reviews.allocate import schedule
from allocator.reviews.answer import RUN, SCHEDULE, SECOND_READS, answer_of, run_record
from allocator.reviews.certificate_file import CERTIFICATE
from allocator.reviews.intake import read_programme
from allocator.tables.json_writer import json_bytes
from reviews.explained_programmes import greedy
from reviews.little_programme import write

PLACEMENTS = "placements.csv"


def by_greed(problem: CalendarProblem, effort: Effort) -> CalendarOutcome:
    """Schedule greedily and claim nothing."""
    made = greedy(problem)
    return CalendarOutcome(made, tuple(TierOutcome(v, v, "none") for v in values(problem, made)), False)


def write_answer(folder: Path, out: Path) -> Path:
    """Write the files of a greedy answer to a programme, with their digests."""
    result = schedule(read_programme(folder), method=by_greed)
    answer = answer_of(result)
    files = {SCHEDULE: answer.schedule, SECOND_READS: answer.second_reads, CERTIFICATE: answer.certificate}
    out.mkdir()
    for name, content in files.items():
        (out / name).write_bytes(content)
    digests = [{"name": n, "sha256": hashlib.sha256(c).hexdigest()} for n, c in files.items()]
    (out / RUN).write_bytes(json_bytes(run_record(result) | {"outputs": digests}))
    return out


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return write_answer(write(tmp_path / "programme"), tmp_path / "out")


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the command; return the exit code, stdout and stderr."""
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    done = CliRunner().invoke(app, ["explain", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_a_case_and_a_volunteer_are_told_apart_by_their_ids(out: Path) -> None:
    for who, kind in (
        ("R1", "case"),
        ("V4", "volunteer"),
        ("case:R1", "case"),
        ("volunteer:V4", "volunteer"),
    ):
        code, said, _ = run(str(out), who, "--json", "--quiet")
        document = json.loads(said)
        assert (code, document["kind"], document["id"]) == (0, kind, who.rpartition(":")[2])


def test_the_text_is_short_plain_lines(out: Path) -> None:
    code, said, err = run(str(out), "R1", "--quiet", "--why-not", "V1")
    assert (code, err) == (0, "")
    assert said.startswith(
        "Case R1: priority 1, due 2026-11-06, 3.25 hours, ready from the week of 2027-01-11"
    )
    assert "Barred: the case names the volunteer's own school (own_school) and the school belongs" in said
    assert said.splitlines()[-1] == "It could not be read in an earlier week at all."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("R9",), "neither a case nor a volunteer R9"),
        (("R1", "--why-not", "V9"), "no volunteer V9"),
        (("R1", "--why-not", "V1@2027-01-12"), "is no week of the programme"),
        (("V1", "--why-not", "V2"), "goes with a case"),
        (("case:V1",), "no case V1"),
    ],
)
def test_what_is_not_known_ends_with_2(out: Path, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = run(str(out), *arguments)
    assert code == 2
    assert said in err


def test_a_folder_that_is_no_result_of_a_programme_ends_with_2(tmp_path: Path) -> None:
    """An empty folder holds no result, and a placement is not explained yet."""
    assert run(str(tmp_path), "R1")[0] == 2
    (tmp_path / PLACEMENTS).write_text("child_id\n", encoding="utf-8")
    (tmp_path / RUN).write_text('{"kind": "placement"}', encoding="utf-8")
    code, _, err = run(str(tmp_path), "R1")
    assert code == 2
    assert "placements are explained by their reasons" in err


@pytest.mark.parametrize("name", [SCHEDULE, SECOND_READS, CERTIFICATE])
def test_a_file_that_is_not_the_one_that_was_written_ends_with_6(out: Path, name: str) -> None:
    (out / name).write_bytes((out / name).read_bytes() + b"\n")
    code, _, err = run(str(out), "R1")
    assert code == 6
    assert name in err


def test_an_input_that_changed_ends_with_6_and_may_lie_elsewhere(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "programme"
    moved = folder.rename(tmp_path / "moved")
    assert run(str(out), "R1")[0] == 6
    assert run(str(out), "R1", "--inputs", str(moved))[0] == 0
    (moved / "cases.csv").write_text((moved / "cases.csv").read_text().replace(",3,1,", ",2,1,"))
    assert run(str(out), "R1", "--inputs", str(moved))[0] == 6


def test_goals_that_are_not_the_schedules_end_with_6(out: Path) -> None:
    """What run.json says of a goal's value is worked out again before anything rests on it."""
    record = json.loads((out / RUN).read_text(encoding="utf-8"))
    record["goals"][0]["value"] += 1
    (out / RUN).write_text(json.dumps(record), encoding="utf-8")
    code, _, err = run(str(out), "R1")
    assert code == 6
    assert "goals" in err


def test_an_id_that_a_case_and_a_volunteer_share_must_be_marked(tmp_path: Path) -> None:
    files = {"volunteers.csv": "volunteer_id,school_id,trust_id,headteacher_agreed,days_per_week,first_week,"
             "last_week,trained_from,phases,needs,max_cases\nR1,100009,,yes,1,,,,,,\n",
             "availability.csv": None, "conflicts.csv": None}  # fmt: skip
    out = write_answer(write(tmp_path / "programme", files), tmp_path / "out")
    code, _, err = run(str(out), "R1")
    assert code == 2
    assert "write case:R1 or volunteer:R1" in err
    assert json.loads(run(str(out), "volunteer:R1", "--json")[1])["kind"] == "volunteer"
