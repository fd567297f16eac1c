"""Exit codes of programmes, what is written with each, the one JSON document; and `verify` on disk.

Exit 5 is in `test_programme_cut_short`, 130 and 143 in `test_programme_killed`, 1 in `test_programme_disk`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reviews.little_programme as little
from allocator.rounds.new import write_new_programme
from allocator.tables.json_writer import json_bytes
from integrity.command import Said, call, run
from integrity.programme_runs import LIMIT, contents, is_whole, names
from integrity.result_folders import cover_the_inputs, cover_the_trace, record, with_record


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic programme that is proven at once, with a policy of its own for second reads."""
    folder = tmp_path_factory.mktemp("programme") / "in"
    write_new_programme(folder, cases=12, volunteers=4, seed=3)
    policy = (folder / "reviews.toml").read_text()
    assert "second_read_share = 0.0" in policy
    (folder / "reviews.toml").write_text(policy.replace("second_read_share = 0.0", "second_read_share = 0.3"))
    return folder


@pytest.fixture(scope="module")
def out(inputs: Path) -> Path:
    """Its honest result; no test changes it."""
    found = inputs.parent / "out"
    said = call("review", inputs, "-o", found, "--json", *LIMIT)
    assert said.code == 0, said
    assert said.document["status"] == "optimal"
    return found


def copy(out: Path, target: Path) -> Path:
    """Copy a folder."""
    return Path(shutil.copytree(out, target))


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


def refused(out: Path, check: str, *arguments: str | Path) -> None:
    """Verify a folder in words and in JSON: exit 6, and both name the check that fails."""
    said = call("verify", out, *arguments)
    assert said.code == 6, said
    assert said.out == ""
    assert f"  {check}: " in said.err, said.err
    document = call("verify", out, *arguments, "--json").document
    assert document["holds"] is False
    assert {finding["check"] for finding in document["findings"]} == {check}, document["findings"]
    assert document["certified"] == document["claimed"] == document["bounded"] == []


def _cell(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        content = (out / name).read_bytes()
        assert old in content
        (out / name).write_bytes(content.replace(old, new, 1))

    return change


def _row_gone(name: str) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        lines = (out / name).read_bytes().splitlines(keepends=True)
        (out / name).write_bytes(b"".join(lines[:-1]))

    return change


def _certificate(content: object) -> Callable[[Path], None]:
    return lambda out: (out / "certificate.json").write_bytes(json_bytes(content)) and None


# What a forger spoils, and for what it is refused once the digests are written anew.
SPOILED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a row gone": (_row_gone("schedule.csv"), "rows"),
    "a status": (_cell("schedule.csv", b",scheduled,", b",Scheduled,"), "rows"),
    "a reader unknown": (_cell("schedule.csv", b",V0", b",W0"), "rows"),
    "a reason": (_cell("schedule.csv", b"Read in the week", b"Done in the week"), "figures"),
    "line ends": (_cell("schedule.csv", b"\n", b"\r\n"), "figures"),
    "no UTF-8": (_cell("schedule.csv", b"Read", b"\xffead"), "rows"),
    "second reads without a column": (_cell("second_reads.csv", b",hours", b""), "rows"),
    "second reads of nobody": (_cell("second_reads.csv", b",V0", b",W0"), "rows"),
    "no certificate": (_certificate([]), "certificate"),
    "a certificate of a tier too many": (
        _certificate(
            {
                "goals": [
                    {"tier": 99, "scale": 1, "goals": [0] * 98, "cases": {}, "volunteers": {}, "weeks": {}}
                ]
            }
        ),
        "certificate",
    ),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_a_spoiled_folder_is_refused_for_what_it_is(kind: str, out: Path, tmp_path: Path) -> None:
    """Without new digests it is refused for the file that changed; with them, for what was forged."""
    change, check = SPOILED[kind]
    own = copy(out, tmp_path / "out")
    change(own)
    refused(own, "files")
    cover_the_trace(own)
    refused(own, check)


RECORDS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "value": (lambda run: run["goals"][0].update(value=run["goals"][0]["value"] + 1), "goals"),
    "a goal missing": (lambda run: run["goals"].pop(), "goals"),
    "status": (lambda run: run.update(status="feasible"), "status"),
    "counts": (lambda run: run["counts"].update(backlog=99), "counts"),
    "seed": (lambda run: run["lottery"].update(seed="another"), "lottery"),
    "moves": (lambda run: run.update(moves=[{}]), "figures"),
    "outputs missing": (lambda run: run.update(outputs=[]), "files"),
    "outputs no list": (lambda run: run.update(outputs={"schedule.csv": ""}), "files"),
    "an output of another folder": (
        lambda run: run["outputs"].append({"name": "../out/run.json", "sha256": ""}),
        "files",
    ),
    "inputs missing": (lambda run: run.update(inputs=None), "files"),
    "no input named": (lambda run: run["inputs"].update(files=[]), "files"),
    "an input of another folder": (
        lambda run: run["inputs"].update(files=[{"name": "/etc/hosts", "sha256": ""}]),
        "files",
    ),
    "inputs elsewhere": (lambda run: run["inputs"].update(folder="/nowhere"), "files"),
    "inputs' folder a number": (lambda run: run["inputs"].update(folder=5), "files"),
    "an earlier schedule that is none": (
        lambda run: run.update(previous={"folder": "/nowhere", "files": []}),
        "files",
    ),
    "an earlier schedule that is a text": (lambda run: run.update(previous="out"), "files"),
    "cases handed back that are a text": (lambda run: run.update(handed_back="back.csv"), "files"),
    "a file handed back that is not there": (
        lambda run: run.update(handed_back={"path": "/nowhere/back.csv", "sha256": ""}),
        "files",
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_a_spoiled_record_is_refused_for_what_it_is(kind: str, out: Path, tmp_path: Path) -> None:
    """run.json has no digest of its own: what it says is derived again, or is not to be found."""
    change, check = RECORDS[kind]
    own = copy(out, tmp_path / "out")
    with_record(own, change)  # type: ignore[arg-type]
    refused(own, check)


@pytest.mark.parametrize(
    "name",
    ["schedule.csv", "second_reads.csv", "certificate.json", "run.json", "report.html", "schedule.xlsx"],
)
def test_a_missing_or_changed_output_is_refused(name: str, out: Path, tmp_path: Path) -> None:
    """A file gone, emptied, or a folder in its place: exit 6, not a crash; a volunteer's calendar too."""
    own = copy(out, tmp_path / "out")
    calendar = next(each for each in names(out) if each.endswith(".ics"))
    (own / calendar).unlink()
    refused(own, "files")
    (own / calendar).write_bytes((out / calendar).read_bytes())
    assert call("verify", own).code == 0
    (own / name).write_bytes(b"")
    refused(own, "files")
    (own / name).unlink()
    refused(own, "files")
    (own / name).mkdir()
    refused(own, "files")


INPUTS: dict[str, Callable[[Path], object]] = {
    "a table gone": lambda inputs: (inputs / "volunteers.csv").unlink(),
    "the policy gone": lambda inputs: (inputs / "reviews.toml").unlink(),
    "a byte changed": lambda inputs: (inputs / "cases.csv").write_bytes(
        (inputs / "cases.csv").read_bytes().replace(b"\n", b"\r\n")
    ),
    "a table added": lambda inputs: (inputs / "officers.csv").write_text("week,hours\n2027-01-11,1\n"),
    "a table in two formats": lambda inputs: (inputs / "cases.parquet").write_bytes(b"PAR1"),
    "the folder gone": shutil.rmtree,
}


@pytest.mark.parametrize("kind", INPUTS)
def test_inputs_that_are_not_those_used_are_refused(
    kind: str, inputs: Path, out: Path, tmp_path: Path
) -> None:
    """A file of the inputs missing, changed by a byte, or added later: exit 6, never 3."""
    moved = copy(inputs, tmp_path / "moved here")
    assert call("verify", out, "--inputs", moved).code == 0
    INPUTS[kind](moved)
    said = call("verify", out, "--inputs", moved, "--json")
    assert said.code == 6, said
    assert {finding["check"] for finding in said.document["findings"]} <= {"files", "inputs"}


def test_moved_inputs_are_found_with_inputs(inputs: Path, out: Path, tmp_path: Path) -> None:
    """Where the folder of run.json is gone, `--inputs` names the new one; notes beside it change nothing."""
    moved, own = copy(inputs, tmp_path / "moved"), copy(out, tmp_path / "out")
    (moved / "minutes.docx").write_text("not read")
    with_record(own, lambda run: run["inputs"].update(folder=str(tmp_path / "gone")))
    refused(own, "files")
    assert "--inputs" in call("verify", own).err
    assert call("verify", own, "--inputs", moved).code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("cases.csv", "due", "duo", "inputs"),
        ("reviews.toml", 'measure = "scheduled"', 'measure = "fairest"', "inputs"),
        ("reviews.toml", "[lottery]", "[lottery", "inputs"),
        ("reviews.toml", 'seed = "', 'seed = "other ', "lottery"),
        ("volunteers.csv", ",yes,", ",no,", "eligible"),
    ],
)
def test_edited_inputs_are_refused_with_digests_written_anew(
    file: str, old: str, new: str, check: str, inputs: Path, out: Path, tmp_path: Path
) -> None:
    """Inputs with a fault are refused as such and not listed; good ones by the answer itself."""
    moved, own = copy(inputs, tmp_path / "moved"), copy(out, tmp_path / "out")
    text = (moved / file).read_text()
    assert old in text
    (moved / file).write_text(text.replace(old, new))
    refused(own, "files", "--inputs", moved)
    cover_the_inputs(own, moved)
    found = call("verify", own, "--inputs", moved, "--json")
    assert found.code == 6
    assert check in {finding["check"] for finding in found.document["findings"]}


def test_an_earlier_schedule_and_cases_handed_back_are_inputs_too(
    inputs: Path, out: Path, tmp_path: Path
) -> None:
    """They are verified with the rest, and refused where they are gone or others."""
    earlier, second = copy(out, tmp_path / "earlier"), tmp_path / "second"
    row = next(r for r in (out / "schedule.csv").read_text().splitlines() if ",scheduled," in r).split(",")
    back = tmp_path / "back.csv"
    back.write_text(f"case_id,volunteer_id,week,reason\n{row[0]},{row[2]},{row[3]},Known to me\n")
    more = ("--previous", earlier, "--handed-back", back, *LIMIT)
    said = call("review", inputs, "-o", second, "--json", *more)
    assert said.code == 0, said
    assert row[0] in {move["case_id"] for move in said.document["moves"]}
    assert is_whole(second)
    assert record(second)["handed_back"]["path"] == str(back)
    content = back.read_bytes()
    back.write_bytes(content.replace(b"Known", b"Strange"))
    refused(second, "files")
    back.write_bytes(content)
    (earlier / "schedule.csv").write_bytes((earlier / "schedule.csv").read_bytes() + b"\n")
    refused(second, "files")
    shutil.rmtree(earlier)
    refused(second, "files")


def test_a_report_is_not_drawn_from_a_spoiled_result(out: Path, tmp_path: Path) -> None:
    """Exit 6 from `report` too, and the result stays as it was."""
    own = copy(out, tmp_path / "out")
    (own / "schedule.csv").write_bytes((own / "schedule.csv").read_bytes() + b"Z99\n")
    before = contents(own)
    said = call("report", own, "--json")
    assert said.code == 6
    assert assert_one_document(said)["findings"]
    assert contents(own) == before
