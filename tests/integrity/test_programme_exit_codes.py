"""Exit codes of programmes, what is written with each, and the one JSON document.

Exit 5 is in `test_programme_cut_short`, 130 and 143 in `test_programme_killed`, 1 in `test_programme_disk`,
6 in `test_programme_verify_command`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import reviews.little_programme as little
from integrity.command import Said, call, run
from integrity.programme_folders import copy, write_inputs, write_result
from integrity.programme_runs import LIMIT, contents, names


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme; no test changes it."""
    return write_inputs(tmp_path_factory.mktemp("programme") / "in")


@pytest.fixture(scope="module")
def out(inputs: Path) -> Path:
    """Its honest result; no test changes it."""
    return write_result(inputs, inputs.parent / "out")


def assert_one_document(said: Said) -> dict[str, Any]:
    """Standard output is one JSON document on one line, and nothing else."""
    assert said.out.endswith("\n")
    assert said.out.count("\n") == 1
    document = json.loads(said.out)
    assert isinstance(document, dict)
    return document


def refusals(folder: Path) -> dict[str, tuple[int, tuple[object, ...]]]:
    """Give a refused call of each kind, with its exit code."""
    good = little.write(folder / "good")
    bad = little.write(folder / "bad", little.with_cell("cases", 2, "hours", "0"))
    empty = folder / "empty"
    empty.mkdir()
    full = folder / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine")
    back = folder / "back.csv"
    back.write_text("case_id,volunteer_id,week,reason\nR9,V1,2027-01-11,Known to me\n")
    to = ("-o", folder / "out")
    return {
        "no folder": (2, ("review", folder / "nothing", *to)),
        "a folder without a programme": (3, ("review", empty, *to)),
        "a folder that is not empty": (2, ("review", good, "-o", full)),
        "a folder that is no result, to be replaced": (2, ("review", good, "-o", full, "--overwrite")),
        "a fault": (3, ("review", bad, *to)),
        "an earlier result that is none": (2, ("review", good, *to, "--previous", full)),
        "an earlier result that is not there": (2, ("review", good, *to, "--previous", folder / "nothing")),
        "cases handed back that nobody had": (3, ("review", good, *to, "--handed-back", back)),
        "a file handed back that is not there": (2, ("review", good, *to, "--handed-back", folder / "none")),
        "verify: no result": (2, ("verify", full)),
        "verify: a programme's folder": (2, ("verify", good)),
        "report: no result": (2, ("report", full)),
        "check: a fault": (3, ("check", bad)),
    }


REFUSALS = (
    "no folder", "a folder without a programme", "a folder that is not empty",
    "a folder that is no result, to be replaced", "a fault", "an earlier result that is none",
    "an earlier result that is not there", "cases handed back that nobody had",
    "a file handed back that is not there", "verify: no result", "verify: a programme's folder",
    "report: no result", "check: a fault",
)  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_its_code_its_words_and_its_document(name: str, tmp_path: Path) -> None:
    """Words on stderr with and without `--json` and `--quiet`; one document on stdout with `--json` alone."""
    code, arguments = refusals(tmp_path)[name]
    before = {str(path) for path in tmp_path.rglob("*")}
    said = call(*arguments)  # type: ignore[arg-type]
    assert said.code == code, said
    assert said.out == ""
    assert said.err.strip()
    told = call(*arguments, "--json")  # type: ignore[arg-type]
    assert told.code == code
    assert assert_one_document(told)["exit"] == code
    assert told.err == said.err
    assert call(*arguments, "--quiet").err == said.err  # type: ignore[arg-type]
    assert {str(path) for path in tmp_path.rglob("*")} == before, "a refusal wrote something"


@pytest.mark.parametrize("name", ["a fault", "verify: no result"])
def test_the_executable_refuses_alike(name: str, tmp_path: Path) -> None:
    """The real command: the same code, words and document as in this process."""
    code, arguments = refusals(tmp_path)[name]
    real, here = run(*arguments, "--json"), call(*arguments, "--json")  # type: ignore[arg-type]
    assert (real.code, real.out, real.err) == (code, here.out, here.err)


def test_all_faults_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    """Exit 3: every fault of every file with file, row, column, value and mend, in words and in JSON."""
    files = {
        **little.with_cell("cases", 2, "hours", "0"),
        **little.with_cell("volunteers", 3, "days_per_week", "2"),
        **little.with_cell("availability", 2, "week", "2027-01-12"),
    }
    said = call("review", little.write(tmp_path / "bad", files), "-o", tmp_path / "out", "--json")
    assert said.code == 3
    faults = assert_one_document(said)["faults"]
    assert {fault["file"] for fault in faults} == {"cases.csv", "volunteers.csv", "availability.csv"}
    for fault in faults:
        assert fault["file"] in said.err
        assert {"file", "row", "column", "value", "rule", "mend", "code"} <= set(fault)
    assert not (tmp_path / "out").exists()


WRONG_LINES: list[tuple[str, ...]] = [
    ("review",),
    ("review", "x"),
    ("review", "x", "--nonsense"),
    ("review", "x", "-o", "y", "--time-limit", "-1"),
    ("review", "x", "-o", "y", "--time-limit", "soon"),
    ("review", "x", "-o", "y", "--workers", "0"),
    ("review", "x", "-o", "y", "z"),
    ("new", "x", "--kind", "reviews", "--cases", "0"),
    ("new", "x", "--kind", "reviews", "--volunteers", "none"),
]


@pytest.mark.parametrize("line", WRONG_LINES, ids=" ".join)
def test_a_wrong_command_line_is_exit_2(
    line: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing or impossible value: exit 2, and words on stderr alone."""
    monkeypatch.chdir(tmp_path)
    said = call(*line)
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.strip()
    assert list(tmp_path.iterdir()) == []


def test_every_command_answers_with_one_document(inputs: Path, out: Path, tmp_path: Path) -> None:
    """`--json --quiet`: one document on stdout, nothing on stderr."""
    own = copy(out, tmp_path / "out")
    for arguments in (
        ("new", tmp_path / "p", "--kind", "reviews", "--cases", "9", "--volunteers", "2"),
        ("template", tmp_path / "empty.xlsx", "--kind", "reviews"),
        ("check", inputs),
        ("verify", own),
        ("report", own),
        ("verify", own),
    ):
        said = call(*arguments, "--json", "--quiet")
        assert said.code == 0, (arguments, said)
        assert_one_document(said)
        assert said.err == ""


def test_only_a_result_is_replaced_and_only_when_asked(inputs: Path, out: Path, tmp_path: Path) -> None:
    """An empty folder is as good as none; a result needs `--overwrite`; folders on the way are made."""
    target = tmp_path / "deep" / "er" / "out"
    target.mkdir(parents=True)
    assert call("review", inputs, "-o", target, "--quiet", *LIMIT).code == 0
    (target / "stray.txt").write_text("x")
    assert call("review", inputs, "-o", target, "--quiet", *LIMIT).code == 2
    assert (target / "stray.txt").exists()
    assert call("review", inputs, "-o", target, "--quiet", "--overwrite", *LIMIT).code == 0
    assert names(target) == names(out)
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_a_report_is_not_drawn_from_a_spoiled_result(out: Path, tmp_path: Path) -> None:
    """Exit 6 from `report` too, and the result stays as it was."""
    own = copy(out, tmp_path / "out")
    (own / "schedule.csv").write_bytes((own / "schedule.csv").read_bytes() + b"Z99\n")
    before = contents(own)
    said = call("report", own, "--json")
    assert said.code == 6
    assert assert_one_document(said)["findings"]
    assert contents(own) == before
