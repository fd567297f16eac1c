"""The exit codes of the contract, what is written with each, and the one JSON document on standard output.

Exit 1 (a disk that will not take it) is in `test_disk`, 6 in `test_verify_command`, 130 and 143 in
`test_interrupted`.
"""

from __future__ import annotations

import csv
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from integrity.command import Said, call, run
from integrity.ended_runs import is_whole
from little_round import write
from oracle_rules import AUTHORITIES_WITH_OWN_PLACE

COMMANDS = ("new", "template", "check", "place", "verify", "report")
# Four children whom the panel or the parents send to one provision, and one more sent by a tribunal.
CONFLICT = [
    ("C1", "P1", "place", "panel"),
    ("C2", "P1", "place", "parent"),
    ("C3", "P1", "place", "panel"),
    ("C4", "P1", "place", "panel"),
    ("C5", "P1", "place", "tribunal"),
    ("C6", "P2", "place", "panel"),
]


def round_of_rulings(
    folder: Path, rulings: list[tuple[str, str, str, str]], places: tuple[int, int] = (2, 2), total: str = ""
) -> Path:
    """Write a round of six like children and two provisions at one school."""
    children = "child_id,year_group,primary_need,need_score,lat,lon\n" + "".join(
        f"C{k},7,ASD,{100 * k},51.26,0.5\n" for k in range(1, 7)
    )
    provisions = "provision_id,school_id,places,year_from,year_to,sex,annual_cost\n" + "".join(
        f"P{k},100001,{number},7,11,mixed,9000\n" for k, number in enumerate(places, 1)
    )
    schools = f"school_id,name,kind,lat,lon,places_total\n100001,Acorn School,special,51.26,0.5,{total}\n"
    table = "child_id,provision_id,action,authority,reason\n" + "".join(
        ",".join(row) + ",agreed\n" for row in rulings
    )
    others = dict.fromkeys(("preferences.csv", "travel.csv", "suitability.csv", "consultations.csv"))
    return write(
        folder,
        {
            "children.csv": children,
            "provisions.csv": provisions,
            "schools.csv": schools,
            "rulings.csv": table,
            **others,
        },
    )


def named(conflict: list[str]) -> list[tuple[str, str, str, str]]:
    """Find the rulings that the words of a conflict name."""
    words = [sentence.replace(".", " ").split() for sentence in conflict]
    return [row for row in CONFLICT if any(row[0] in said and row[1] in said for said in words)]


def refusals(folder: Path) -> dict[str, tuple[int, tuple[object, ...]]]:
    """Give a refused call of each command that can refuse, with its exit code."""
    good, bad = write(folder / "good"), write(folder / "bad", {"provisions.csv": None})
    conflict = round_of_rulings(folder / "conflict", CONFLICT)
    full = folder / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine")
    template = folder / "there.xlsx"
    template.write_bytes(b"mine")
    return {
        "new: a folder that is not empty": (2, ("new", full)),
        "new: an unknown authority": (2, ("new", folder / "new", "--authority", "nowhere")),
        "new: a kind that is not built": (2, ("new", folder / "new", "--kind", "orchard")),
        "template: a file that is there": (2, ("template", template)),
        "template: no workbook's name": (2, ("template", folder / "round.csv")),
        "check: no folder": (2, ("check", folder / "nothing")),
        "check: a fault": (3, ("check", bad)),
        "place: no folder": (2, ("place", folder / "nothing", "-o", folder / "out")),
        "place: a folder that is not empty": (2, ("place", good, "-o", full)),
        "place: a fault": (3, ("place", bad, "-o", folder / "out")),
        "place: a conflict": (4, ("place", conflict, "-o", folder / "out")),
        "place: an earlier result that is none": (
            2,
            ("place", good, "-o", folder / "out", "--previous", full),
        ),
        "verify: no result": (2, ("verify", full)),
        "report: no result": (2, ("report", full)),
    }


REFUSALS = (
    "new: a folder that is not empty", "new: an unknown authority", "new: a kind that is not built",
    "template: a file that is there", "template: no workbook's name", "check: no folder", "check: a fault",
    "place: no folder", "place: a folder that is not empty", "place: a fault", "place: a conflict",
    "place: an earlier result that is none", "verify: no result", "report: no result",
)  # fmt: skip


def assert_one_document(said: Said) -> dict[str, object]:
    """Standard output is one JSON document on one line, and nothing else."""
    assert said.out.endswith("\n")
    assert said.out.count("\n") == 1
    document = json.loads(said.out)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_its_code_its_words_and_its_document(name: str, tmp_path: Path) -> None:
    """Words on stderr with and without `--json` and `--quiet`; one document on stdout with `--json` alone."""
    code, arguments = refusals(tmp_path)[name]
    before = {str(path) for path in tmp_path.rglob("*")}
    said = call(*arguments)
    assert said.code == code, said
    assert said.out == ""
    assert said.err.strip()
    told = call(*arguments, "--json")
    assert told.code == code
    document = assert_one_document(told)
    assert document["exit"] == code
    assert told.err == said.err
    assert call(*arguments, "--quiet").err == said.err
    assert {str(path) for path in tmp_path.rglob("*")} == before, "a refusal wrote something"


@pytest.mark.parametrize("name", ["verify: no result", "place: a fault", "place: a conflict"])
def test_the_executable_refuses_alike(name: str, tmp_path: Path) -> None:
    """The real command: the same code, words and document as in this process."""
    code, arguments = refusals(tmp_path)[name]
    real, here = run(*arguments, "--json"), call(*arguments, "--json")
    assert (real.code, real.out, real.err) == (code, here.out, here.err)


def test_every_command_answers_with_one_document(tmp_path: Path) -> None:
    """`--json`: one document on stdout, nothing on stderr but warnings; `--quiet`: nothing there at all."""
    out = tmp_path / "out"
    calls: list[tuple[object, ...]] = [
        ("new", tmp_path / "round", "--children", "20"),
        ("template", tmp_path / "empty.xlsx"),
        ("check", tmp_path / "round"),
        ("place", tmp_path / "round", "-o", out),
        ("verify", out),
        ("report", out),
        ("verify", out),
    ]
    assert {str(arguments[0]) for arguments in calls} == set(COMMANDS)
    for arguments in calls:
        said = call(*arguments, "--json", "--quiet")
        assert said.code == 0, (arguments, said)
        assert_one_document(said)
        assert said.err == ""
    assert is_whole(out)


def test_faults_are_all_listed_and_nothing_is_written(tmp_path: Path) -> None:
    """Exit 3: every fault of every file with file, row, column, value and mend, in words and in JSON."""
    bad = write(
        tmp_path / "bad",
        {"provisions.csv": None, "preferences.csv": "child_id,rank,school_id\nC1,first,100001\n,1,100001\n"},
    )
    said = call("place", bad, "-o", tmp_path / "out", "--json")
    assert said.code == 3
    document = assert_one_document(said)
    faults = document["faults"]
    assert isinstance(faults, list)
    assert {fault["file"] for fault in faults} == {"provisions.csv", "preferences.csv"}
    assert len(faults) >= 3
    for fault in faults:
        assert fault["file"] in said.err
        assert {"file", "row", "column", "value", "rule", "mend", "code"} <= set(fault)
    assert not (tmp_path / "out").exists()


# Places of the two provisions, total of the school, and how few rulings cannot hold together.
TIGHT = {
    "one provision": ((2, 2), "", 3),
    "one provision and its school": ((2, 2), "2", 3),
    "the school alone": ((9, 9), "1", 2),
    "two provisions, one tighter": ((2, 0), "", 1),
}


@pytest.mark.parametrize("kind", TIGHT)
def test_a_conflict_names_the_smallest_set_of_rulings(kind: str, tmp_path: Path) -> None:
    """Exit 4: the rulings named cannot hold together, and without any one of them the others can."""
    places, total, fewest = TIGHT[kind]
    folder = round_of_rulings(tmp_path / "conflict", CONFLICT, places, total)
    said = call("place", folder, "-o", tmp_path / "out", "--json")
    assert said.code == 4
    conflict = assert_one_document(said)["conflict"]
    assert isinstance(conflict, list)
    assert all(sentence in said.err for sentence in conflict)
    assert not (tmp_path / "out").exists()
    rulings = named(conflict)
    # A tribunal's ruling brings its own place, so it is never to blame.
    assert len(rulings) == fewest
    assert all(authority not in AUTHORITIES_WITH_OWN_PLACE for _, _, _, authority in rulings)
    again = round_of_rulings(tmp_path / "named", rulings, places, total)
    assert call("place", again, "-o", tmp_path / "out").code == 4
    for k, fewer in enumerate(itertools.combinations(rulings, fewest - 1)):
        smaller = round_of_rulings(tmp_path / f"fewer-{k}", list(fewer), places, total)
        assert call("place", smaller, "-o", tmp_path / f"out-{k}", "--quiet").code == 0


@pytest.mark.parametrize("limit", ["0", "0.000001"])
def test_a_run_cut_short_writes_what_it_has_and_says_so(limit: str, synthetic: Path, tmp_path: Path) -> None:
    """Exit 5: a whole result with status "feasible", its unproven goals bounded; it verifies with 0."""
    out = tmp_path / "out"
    said = call("place", synthetic, "-o", out, "--time-limit", limit, "--json")
    assert said.code == 5, said
    document = assert_one_document(said)
    assert document["status"] == "feasible"
    assert "cut short" in said.err
    assert is_whole(out)
    record = json.loads((out / "run.json").read_text())
    assert record["status"] == "feasible"
    assert record["goals"] == document["goals"]
    assert not all(goal["proven"] for goal in record["goals"])
    for goal in record["goals"]:
        assert (goal["proof"] == "none") is (not goal["proven"])
    found = call("verify", out, "--json")
    assert found.code == 0
    assert found.document["bounded"] == [goal for goal in record["goals"] if not goal["proven"]]
    assert found.document["certified"] == [goal for goal in record["goals"] if goal["proven"]]


def test_a_limit_that_is_not_reached_changes_no_byte(synthetic: Path, placed: Path, tmp_path: Path) -> None:
    """A limit only cuts: with time enough the answer is the one without a limit, and the exit code 0."""
    out = tmp_path / "out"
    assert call("place", synthetic, "-o", out, "--time-limit", "600", "--workers", "2", "--quiet").code == 0
    for name in ("placements.csv", "options.csv", "certificate.json"):
        assert (out / name).read_bytes() == (placed / name).read_bytes()


WRONG_LINES: list[tuple[str, ...]] = [
    ("--nonsense",),
    ("orchard",),
    *[(command,) for command in COMMANDS],
    *[(command, "x", "--nonsense") for command in COMMANDS],
    ("place", "x"),
    ("place", "x", "-o", "y", "--time-limit", "-1"),
    ("place", "x", "-o", "y", "--time-limit", "soon"),
    ("place", "x", "-o", "y", "--workers", "0"),
    ("new", "x", "--children", "0"),
    ("new", "x", "--seed", "1.5"),
    ("verify", "x", "y"),
]


@pytest.mark.parametrize("line", WRONG_LINES, ids=" ".join)
def test_a_wrong_command_line_is_exit_2(
    line: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown command or option, a missing or impossible value: exit 2, and words on stderr alone."""
    monkeypatch.chdir(tmp_path)
    said = call(*line)
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.strip()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_an_example(command: str) -> None:
    """`allocator COMMAND --help`: exit 0, an example of the command, and `--json` and `--quiet`."""
    said = call(command, "--help")
    assert said.code == 0
    assert f"Example: allocator {command} " in said.out
    assert "--json" in said.out
    assert "--quiet" in said.out
    assert said.err == ""


def test_help_names_every_command() -> None:
    """`allocator --help`: exit 0, each command with a sentence."""
    said = call("--help")
    assert said.code == 0
    for command in COMMANDS:
        assert f" {command} " in said.out


def test_a_report_is_not_drawn_from_a_spoiled_result(placed: Path, tmp_path: Path) -> None:
    """Exit 6 from `report` too, and the result stays as it was."""
    out = Path(shutil.copytree(placed, tmp_path / "out"))
    with (out / "placements.csv").open("a", newline="") as file:
        csv.writer(file).writerow(["Z99"])
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    said = call("report", out, "--json")
    assert said.code == 6
    document = assert_one_document(said)
    assert document["exit"] == 6
    assert document["findings"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize("write_to", [lambda out: out / "deep" / "er" / "out", lambda out: out])
def test_folders_on_the_way_to_the_output_are_made(
    write_to: Callable[[Path], Path], synthetic: Path, tmp_path: Path
) -> None:
    """`-o` may lie in folders that are not there yet."""
    out = write_to(tmp_path / "new")
    assert call("place", synthetic, "-o", out, "--quiet").code == 0
    assert is_whole(out)
