"""The command `review` and its way back: files, exit codes, `verify` and `report` on what it wrote."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

import reviews.little_programme as little
from allocator import review, verify
from allocator.errors import StoreError, UsageError
from allocator.rounds.programme_run import write_result
from integrity.command import Said, call

POLICY = little.POLICY.replace('"little"', '"little"\nas_of = 2027-01-18') + (
    '[quality]\nsecond_read_share = 0.5\n[[goal]]\nmeasure = "scheduled"\nby = "priority"\n'
    '[[goal]]\nmeasure = "days_late"\n'
)
TABLES = {"schedule.csv", "second_reads.csv", "certificate.json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little.write(tmp_path_factory.mktemp("programme") / "in")


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    """The little programme's result; no test changes it."""
    found = folder.parent / "out"
    said = call("review", folder, "-o", found, "--json", "--time-limit", "10")
    assert said.code == 0, said.err
    return found


def names(folder: Path) -> set[str]:
    """Return every file of a folder, by its path inside it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def copy(out: Path, where: Path) -> Path:
    """Copy a result, to be spoiled."""
    for name in names(out):
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((out / name).read_bytes())
    return where


def test_every_file_is_written_and_its_digest_recorded(out: Path) -> None:
    """run.json names every other file, those of the volunteers too."""
    run = json.loads((out / "run.json").read_text())
    recorded = {entry["name"] for entry in run["outputs"]}
    assert names(out) == recorded | {"run.json"}
    assert recorded >= TABLES | {"schedule.xlsx", "report.html", "volunteers/V1.xlsx", "volunteers/V1.ics"}
    assert (run["kind"], run["programme"], run["moves"]) == ("reviews", {"id": "little"}, [])
    assert run["goals"][-1]["measure"] == "lottery"
    assert [row["case_id"] for row in rows(out / "schedule.csv")] == ["R1", "R2", "R3"]


def test_what_the_command_says(folder: Path, tmp_path: Path) -> None:
    """The document holds the goals; without --json there are two lines, and the report is named."""
    said = call("review", folder, "-o", tmp_path / "a", "--json")
    assert said.document["status"] in ("optimal", "feasible")
    assert said.document["counts"]["cases"] == 3
    assert said.document["moves"] == []
    plain = call("review", folder, "-o", tmp_path / "b")
    assert re.match(r"\d of 3 cases are scheduled", plain.out)
    assert str(tmp_path / "b" / "report.html") in plain.out


def test_the_same_programme_gives_the_same_bytes(folder: Path, out: Path, tmp_path: Path) -> None:
    """Whatever the folder, the number of workers or the order of the rows."""
    other = little.write(
        tmp_path / "in",
        {
            f"{name}.csv": little.text([cells[0], *reversed(cells[1:])])
            for name in ("cases", "volunteers")
            for cells in [little.cells(name)]
        },
    )
    assert call("review", other, "-o", tmp_path / "out", "--workers", "2", "--time-limit", "10").code == 0
    for name in TABLES:
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes(), name


def test_the_result_verifies_by_the_command(out: Path) -> None:
    """And says of every goal on what it rests."""
    said = call("verify", out, "--json")
    assert said.code == 0, said.err
    document, run = said.document, json.loads((out / "run.json").read_text())
    assert document["findings"] == []
    listed = [*document["certified"], *document["claimed"], *document["bounded"]]
    assert sorted(map(str, listed)) == sorted(map(str, run["goals"]))
    assert call("verify", out).out.splitlines()[-1].startswith("Everything that is claimed holds")


@pytest.mark.parametrize("name", ["schedule.csv", "volunteers/V1.ics", "certificate.json", "report.html"])
def test_a_changed_or_missing_file_is_refused(name: str, out: Path, tmp_path: Path) -> None:
    spoiled = copy(out, tmp_path / "out")
    (spoiled / name).write_bytes((spoiled / name).read_bytes() + b"\n")
    assert call("verify", spoiled).code == 6
    (spoiled / name).unlink()
    assert call("verify", spoiled).code == 6
    assert call("report", spoiled).code == 6


@pytest.mark.parametrize("name", ["../in/cases.csv", "/etc/hostname", "volunteers/../run.json", "a/b/c"])
def test_a_digest_of_a_file_elsewhere_is_refused(name: str, out: Path, tmp_path: Path) -> None:
    """Nothing outside the result is opened in its name."""
    spoiled = copy(out, tmp_path / "out")
    run = json.loads((spoiled / "run.json").read_text())
    run["outputs"].append({"name": name, "sha256": "0" * 64})
    (spoiled / "run.json").write_text(json.dumps(run))
    said = call("verify", spoiled)
    assert said.code == 6
    assert "does not list its outputs" in said.err


def test_a_spoiled_record_is_refused(out: Path, tmp_path: Path) -> None:
    """Even one that does not say any more of what kind it is."""
    for k, content in enumerate((b"{", b"[]", b'{"kind": "reviews"}', b'{"kind": "placement"}', b"{}")):
        spoiled = copy(out, tmp_path / str(k))
        (spoiled / "run.json").write_bytes(content)
        assert call("verify", spoiled).code == 6, content


def test_changed_inputs_are_refused(folder: Path, out: Path, tmp_path: Path) -> None:
    """The same files elsewhere will do, others will not."""
    same = little.write(tmp_path / "same")
    assert call("verify", out, "--inputs", same).code == 0
    other = little.write(tmp_path / "other", little.with_cell("cases", 2, "hours", "2"))
    assert call("verify", out, "--inputs", other).code == 6
    assert call("verify", out, "--inputs", tmp_path / "none").code == 6


def test_the_report_is_written_again_as_it_was(out: Path, tmp_path: Path) -> None:
    again = copy(out, tmp_path / "out")
    before = (again / "report.html").read_bytes()
    assert call("report", again, "--json").document == {"report": str(again / "report.html")}
    assert (again / "report.html").read_bytes() == before
    assert call("verify", again).code == 0


def with_earlier(tmp_path: Path, out: Path, back: str = "") -> tuple[Path, Said]:
    """Schedule the little programme again, V1 gone but for the past, with cases handed back."""
    policy = {"reviews.toml": POLICY}
    again = little.write(tmp_path / "again", policy)
    arguments = ["review", again, "-o", tmp_path / "new", "--previous", out, "--json"]
    if back:
        (tmp_path / "back.csv").write_text("case_id,volunteer_id,week,reason\n" + back)
        arguments += ["--handed-back", tmp_path / "back.csv"]
    return tmp_path / "new", call(*arguments)


EARLIER = """\
case_id,status,volunteer_id,week,hours,days_late,reason
R1,scheduled,V9,2027-01-11,3.25,70,As it was
R2,scheduled,V1,2027-01-11,1.75,0,As it was
R3,backlog,,,,0,As it was
"""


def test_an_earlier_schedule_stands_and_what_moves_is_listed(tmp_path: Path) -> None:
    """Past weeks stay as they were, though V9 is gone; a case handed back is given out again."""
    old = tmp_path / "old"
    old.mkdir()
    (old / "schedule.csv").write_text(EARLIER)
    new, said = with_earlier(tmp_path, old, "R2,V1,2027-01-11,Known to me\n")
    assert said.code in (0, 5), said.err
    table = {row["case_id"]: row for row in rows(new / "schedule.csv")}
    assert (table["R1"]["volunteer_id"], table["R1"]["week"]) == ("V9", "2027-01-11")
    assert table["R2"]["volunteer_id"] != "V1"
    moves = {move["case_id"]: move for move in said.document["moves"]}
    assert moves["R2"]["from"] == {"volunteer_id": "V1", "week": "2027-01-11"}
    assert moves["R2"]["why"] == "V1 may not read it: it was handed back"
    assert "R1" not in moves
    assert said.document["counts"]["fixed"] == 1
    verified = call("verify", new)
    assert verified.code == 0, verified.err
    (old / "schedule.csv").write_text(EARLIER.replace("V9", "V8"))
    assert call("verify", new).code == 6
    (old / "schedule.csv").write_text(EARLIER)
    (tmp_path / "back.csv").write_text("case_id,volunteer_id,week,reason\n")
    assert call("verify", new).code == 6


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--previous", "nowhere"), 2),
        (("--handed-back", "nowhere"), 2),
        (("--time-limit", "-1"), 2),
        (("--workers", "0"), 2),
    ],
)
def test_a_wrong_call_writes_nothing(
    arguments: tuple[str, ...], code: int, folder: Path, tmp_path: Path
) -> None:
    assert call("review", folder, "-o", tmp_path / "out", *arguments).code == code
    assert list(tmp_path.iterdir()) == []


def test_wrong_input_is_exit_3_and_a_full_folder_exit_2(folder: Path, out: Path, tmp_path: Path) -> None:
    bad = little.write(tmp_path / "bad", little.with_cell("cases", 2, "hours", "0"))
    assert call("review", bad, "-o", tmp_path / "out").code == 3
    assert call("review", folder, "-o", out).code == 2
    assert call("review", tmp_path / "none", "-o", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_overwrite_replaces_a_result(folder: Path, out: Path, tmp_path: Path) -> None:
    again = copy(out, tmp_path / "out")
    (again / "volunteers" / "V77.ics").write_text("old")
    assert call("review", folder, "-o", again, "--overwrite", "--time-limit", "10").code == 0
    assert names(again) == names(out)


def test_the_functions_are_the_doors_to_the_same(folder: Path, tmp_path: Path) -> None:
    """`review` gives the result, writes it where asked, and `verify` reads it back."""
    result = review(folder, tmp_path / "out", time_limit=10)
    assert result.counts["cases"] == 3
    assert verify(tmp_path / "out").holds
    with pytest.raises(UsageError, match="already holds"):
        review(result.programme, previous=tmp_path / "out")


def test_an_interrupted_result_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is Ctrl-C or a full disk that ends the writing of the last file."""
    result = review(folder, time_limit=10)
    for raised, expected in ((KeyboardInterrupt(), KeyboardInterrupt), (OSError(28, "full"), StoreError)):

        def broken(*given: object, error: BaseException = raised) -> str:
            raise error

        monkeypatch.setattr("allocator.report.programme_report.render", broken)
        with pytest.raises(expected):
            write_result(result, tmp_path / "out")
        assert list(tmp_path.iterdir()) == []
