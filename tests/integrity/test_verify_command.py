"""`allocator verify` on disk: every spoiled folder ends with exit 6 and says why.

More than 130 spoiled folders, verified twice each: as a clumsy forger leaves them, and with the digests in
run.json written anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from integrity.command import call, run
from integrity.result_folders import (
    copy,
    cover_the_inputs,
    cover_the_trace,
    digest,
    record,
    spoil,
    spoiled_results,
    telling_case,
    with_record,
    write_result,
)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A round's folder and its honest result."""
    return write_result(telling_case(), tmp_path_factory.mktemp("honest"))


def refused(out: Path, check: str, *arguments: str | Path) -> None:
    """Verify a folder twice: in words and in JSON, both name the check that fails."""
    said = call("verify", out, *arguments)
    assert said.code == 6, said
    assert said.out == ""
    assert f"  {check}: " in said.err, said.err
    refused_in_json(out, check, *arguments)


def refused_in_json(out: Path, check: str, *arguments: str | Path) -> None:
    """Verify a folder with `--json`: the document names the check that fails, and so does stderr."""
    said = call("verify", out, *arguments, "--json")
    assert said.code == 6
    document = said.document
    assert document["holds"] is False
    assert {finding["check"] for finding in document["findings"]} == {check}, document["findings"]
    assert all(finding["text"] for finding in document["findings"])
    assert document["certified"] == document["claimed"] == document["bounded"] == []
    assert f"does not hold: {check}: " in said.err


def test_every_spoiled_folder_is_refused_for_what_it_is(honest: tuple[Path, Path], tmp_path: Path) -> None:
    """With digests written anew it is refused for what was forged; without, for the file that changed."""
    count = 0
    for spoiled in spoiled_results(telling_case(), record(honest[1])):
        out = copy(honest[1], tmp_path / "out")
        spoil(out, spoiled.files)
        if set(spoiled.files) != {"run.json"}:
            refused_in_json(out, "files")
            cover_the_trace(out)
        refused_in_json(out, spoiled.check)
        if count % 5 == 0:
            refused(out, spoiled.check)
        shutil.rmtree(out)
        count += 1
    assert count >= 130


def test_the_honest_folder_holds_and_can_be_quoted(honest: tuple[Path, Path]) -> None:
    """Exit 0; numbered sentences that say what was checked; in JSON every goal certified."""
    said = call("verify", honest[1])
    assert said.code == 0
    assert said.err == ""
    assert [line.split(".")[0] for line in said.out.splitlines()[:-1]] == [str(k) for k in range(1, 8)]
    document = call("verify", honest[1], "--json").document
    assert document["holds"] is True
    assert document["certified"] == record(honest[1])["goals"]
    assert document["findings"] == document["claimed"] == document["bounded"] == []


@pytest.mark.parametrize(
    "name", ["placements.csv", "options.csv", "certificate.json", "run.json", "report.html"]
)
def test_a_missing_or_changed_output_is_refused(name: str, honest: tuple[Path, Path], tmp_path: Path) -> None:
    """A file gone, emptied, or a folder in its place: exit 6, not a crash."""
    for k, change in enumerate((_remove, _empty, _make_a_folder)):
        out = copy(honest[1], tmp_path / f"{k}")
        change(out / name)
        refused(out, "files")


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_what_is_no_result_folder_is_a_wrong_command_line(honest: tuple[Path, Path], tmp_path: Path) -> None:
    """Nothing there, a file, an empty folder, a round's folder, a folder of other things: exit 2."""
    file = tmp_path / "file"
    file.write_text("x")
    other = tmp_path / "other"
    other.mkdir()
    (other / "report.html").write_text("x")
    empty = tmp_path / "empty"
    empty.mkdir()
    for path in (tmp_path / "nothing", file, empty, other, honest[0]):
        said = call("verify", path, "--json")
        assert said.code == 2, (path, said)
        assert said.document["exit"] == 2
        assert str(path) in said.err


def _input_gone(inputs: Path) -> None:
    (inputs / "provisions.csv").unlink()


def _policy_gone(inputs: Path) -> None:
    (inputs / "round.toml").unlink()


def _byte_changed(inputs: Path) -> None:
    path = inputs / "children.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def _table_added(inputs: Path) -> None:
    (inputs / "links.csv").write_text("link_id,child_id,kind,strength,reason\n")


def _table_in_another_format(inputs: Path) -> None:
    (inputs / "children.parquet").write_bytes(b"PAR1")


def _folder_gone(inputs: Path) -> None:
    shutil.rmtree(inputs)


@pytest.mark.parametrize(
    "change", [_input_gone, _policy_gone, _byte_changed, _table_added, _table_in_another_format, _folder_gone]
)
def test_inputs_that_are_not_those_used_are_refused(
    change: Callable[[Path], None], honest: tuple[Path, Path], tmp_path: Path
) -> None:
    """A file of the inputs missing, changed by a byte, or added later: exit 6."""
    inputs = Path(shutil.copytree(honest[0], tmp_path / "round"))
    assert call("verify", honest[1], "--inputs", inputs).code == 0
    change(inputs)
    said = call("verify", honest[1], "--inputs", inputs, "--json")
    assert said.code == 6
    assert {finding["check"] for finding in said.document["findings"]} <= {"files", "inputs"}
    assert "does not hold" in said.err


def test_moved_inputs_are_found_with_inputs(honest: tuple[Path, Path], tmp_path: Path) -> None:
    """Where the folder of run.json is gone, `--inputs` names the new one."""
    inputs = Path(shutil.copytree(honest[0], tmp_path / "moved here"))
    out = copy(honest[1], tmp_path / "out")
    with_record(out, lambda run: run["inputs"].update(folder=str(tmp_path / "gone")))
    refused(out, "files")
    assert "--inputs" in call("verify", out).err
    assert call("verify", out, "--inputs", inputs).code == 0


def test_what_placing_does_not_read_changes_nothing(honest: tuple[Path, Path], tmp_path: Path) -> None:
    """Notes, audit-only tables and hidden files may come and go."""
    inputs = Path(shutil.copytree(honest[0], tmp_path / "round"))
    (inputs / "minutes.docx").write_text("not read")
    (inputs / "challenge.csv").write_bytes(b"\xff nonsense")
    (inputs / ".hidden.csv").write_text("x")
    assert call("verify", honest[1], "--inputs", inputs).code == 0


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("children.csv", "need_score", "need_scoer"),
        ("children.csv", "ASD", "AUTISM"),
        ("provisions.csv", "mixed", "both"),
        ("round.toml", 'measure = "placed"', 'measure = "fairest"'),
        ("round.toml", "[lottery]", "[lottery"),
        ("schools.csv", "special", "speciel"),
    ],
)
def test_inputs_with_a_fault_are_refused_not_listed(
    file: str, old: str, new: str, honest: tuple[Path, Path], tmp_path: Path
) -> None:
    """Inputs that are no valid round end `verify` with 6, never with 3, digests written anew or not."""
    inputs = Path(shutil.copytree(honest[0], tmp_path / "round"))
    out = copy(honest[1], tmp_path / "out")
    text = (inputs / file).read_text()
    assert old in text
    (inputs / file).write_text(text.replace(old, new))
    refused(out, "files", "--inputs", inputs)
    cover_the_inputs(out, inputs)
    refused(out, "inputs", "--inputs", inputs)


EDITED: dict[str, Callable[[str, str], str]] = {
    "need score": lambda name, text: (
        _cell(text, "need_score", lambda v: str(1000 - int(v))) if name == "children" else text
    ),
    "places": lambda name, text: (
        _cell(text, "places", lambda v: str(int(v) + 3)) if name == "provisions" else text
    ),
    "cost": lambda name, text: (
        _cell(text, "annual_cost", lambda v: str(int(v) + 7)) if name == "provisions" else text
    ),
    "seed": lambda name, text: text.replace("public phrase", "private phrase") if name == "round" else text,
    "title": lambda name, text: text.replace("A small round", "Another round") if name == "round" else text,
}


def _cell(text: str, column: str, change: Callable[[str], str]) -> str:
    header, *rows = [line.split(",") for line in text.splitlines()]
    k = header.index(column)
    for row in rows:
        row[k] = change(row[k])
    return "\n".join(",".join(row) for row in [header, *rows]) + "\n"


@pytest.mark.parametrize("kind", EDITED)
def test_edited_inputs_with_digests_written_anew_are_refused(
    kind: str, honest: tuple[Path, Path], tmp_path: Path
) -> None:
    """The inputs edited, and their digests in run.json with them: the answer itself gives it away."""
    inputs = Path(shutil.copytree(honest[0], tmp_path / "round"))
    out = copy(honest[1], tmp_path / "out")
    before = {path.name: digest(path) for path in inputs.iterdir()}
    for path in inputs.iterdir():
        path.write_text(EDITED[kind](path.stem, path.read_text()))
    assert before != {path.name: digest(path) for path in inputs.iterdir()}
    cover_the_inputs(out, inputs)
    said = call("verify", out, "--inputs", inputs, "--json")
    assert said.code == 6
    assert {finding["check"] for finding in said.document["findings"]}.isdisjoint({"files", "inputs"})


def test_the_executable_says_the_same(honest: tuple[Path, Path], tmp_path: Path) -> None:
    """A handful of the spoiled folders through the real command."""
    every = list(spoiled_results(telling_case(), record(honest[1])))
    for k, spoiled in enumerate([every[0], every[20], every[60], every[-20]]):
        out = copy(honest[1], tmp_path / f"{k}")
        spoil(out, spoiled.files)
        if set(spoiled.files) != {"run.json"}:
            cover_the_trace(out)
        said = run("verify", out, "--json")
        assert said.code == 6, spoiled.name
        assert {finding["check"] for finding in said.document["findings"]} == {spoiled.check}
        assert f"does not hold: {spoiled.check}: " in said.err
        assert "Traceback" not in said.err
    assert run("verify", honest[1], "--json").document["holds"] is True
    assert run("verify", tmp_path / "nothing").code == 2
