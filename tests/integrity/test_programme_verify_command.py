"""`allocator verify` of a programme on disk: every spoiled folder ends with exit 6 and says why.

Each is verified as a clumsy forger leaves it, and with the digests in run.json written anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.tables.json_writer import json_bytes
from integrity.command import call
from integrity.programme_folders import copy, refused, write_inputs, write_result
from integrity.programme_runs import LIMIT, is_whole, names
from integrity.result_folders import cover_the_inputs, cover_the_trace, record, with_record


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme; no test changes it."""
    return write_inputs(tmp_path_factory.mktemp("programme") / "in")


@pytest.fixture(scope="module")
def out(inputs: Path) -> Path:
    """Its honest result; no test changes it."""
    return write_result(inputs, inputs.parent / "out")


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
        ("reviews.toml", 'seed = "', 'seed = "other ', "eligible"),
        ("volunteers.csv", ",yes,", ",no,", "eligible"),
    ],
)
def test_edited_inputs_are_refused_with_digests_written_anew(
    file: str, old: str, new: str, check: str, inputs: Path, out: Path, tmp_path: Path
) -> None:
    """Inputs with a fault are refused as such and not listed; good ones by the answer itself.

    Another seed picks other cases for second reads.
    """
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
