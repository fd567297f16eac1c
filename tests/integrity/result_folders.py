"""Result folders on disk, spoiled in one way each, with the trace covered or not."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from allocator import place
from allocator.placement.answer import Answer
from allocator.tables.json_writer import json_bytes
from integrity.cases import Case, cases
from integrity.forged_placements import (
    bytes_of,
    optima,
    other_placements,
    table_of,
    with_placement,
    with_prices,
)
from integrity.independent_check import breach
from integrity.refit import refitted
from integrity.spoiled_json import ENCODINGS, NO_PRICES, SHAPES, Tokens
from round_files import write_round

PARTS: Mapping[str, str] = {
    "placements": "placements.csv",
    "options": "options.csv",
    "run": "run.json",
    "certificate": "certificate.json",
}


@dataclass(frozen=True)
class Spoiled:
    """One way to spoil a result: what it is called, the files changed, and what it must be refused for."""

    name: str
    files: Mapping[str, bytes]
    check: str


def telling_case() -> Case:
    """Find a small round in which everything that can be forged occurs."""
    for one in cases(range(400)):
        round_ = one.round_
        kinds = {kind for kind, held in other_placements(one, Random(1)) if held != one.held}
        by_need = any("by_level" in goal for goal in one.run["goals"])
        tied = len(list(islice(optima(one), 2))) > 1
        if round_.previous is None and len(kinds) == 7 and by_need and tied and len(one.result.options) > 5:
            return one
    raise AssertionError("no small round has it all")


def write_result(one: Case, folder: Path) -> tuple[Path, Path]:
    """Write a round's folder and its honest result; return both."""
    inputs, out = write_round(one.round_, folder / "round"), folder / "out"
    place(inputs, out)
    return inputs, out


def copy(out: Path, target: Path) -> Path:
    """Copy a result folder."""
    shutil.copytree(out, target)
    return target


def record(out: Path) -> dict[str, Any]:
    """Read run.json."""
    return json.loads((out / "run.json").read_bytes())  # type: ignore[no-any-return]


def cover_the_trace(out: Path) -> None:
    """Write the digests of the files as they are now into run.json, as a forger would."""
    run = record(out)
    for entry in run["outputs"]:
        entry["sha256"] = digest(out / entry["name"])
    (out / "run.json").write_bytes(json_bytes(run))


def cover_the_inputs(out: Path, inputs: Path) -> None:
    """Write the digests of the inputs as they are now into run.json."""
    run = record(out)
    for entry in run["inputs"]["files"]:
        entry["sha256"] = digest(inputs / entry["name"])
    (out / "run.json").write_bytes(json_bytes(run))


def digest(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def spoil(out: Path, files: Mapping[str, bytes]) -> None:
    """Write spoiled files over the honest ones."""
    for name, content in files.items():
        (out / name).write_bytes(content)


def spoiled_results(one: Case, run: dict[str, Any]) -> Iterator[Spoiled]:
    """Give every way to spoil the result of a case; `run` is what its run.json says."""
    yield from _placements(one)
    yield from _certificates(one)
    yield from _tables(one.answer)
    yield from _records(run)


def _placements(one: Case) -> Iterator[Spoiled]:
    rng = Random(1)
    for kind, held in other_placements(one, rng):
        forged = with_placement(one, held)
        for prices, whose in ((one.prices, "old"), (refitted(one.told, held), "refitted")):
            check = breach(one.told, held, *prices) or "lottery"
            yield _of(f"{kind}, {whose} prices", one, with_prices(forged, *prices), check)
    other = next(held for held in optima(one) if held != one.held)
    yield _of("another optimum", one, with_placement(one, other), "lottery")


def _of(name: str, one: Case, answer: Answer, check: str) -> Spoiled:
    changed = {
        file: getattr(answer, part)
        for part, file in PARTS.items()
        if getattr(answer, part) != getattr(one.answer, part)
    }
    return Spoiled(name, changed, check)


def _certificates(one: Case) -> Iterator[Spoiled]:
    rng = Random(2)
    for text in NO_PRICES:
        tokens = Tokens.of(*one.prices)
        row = rng.choice(tokens.rows())[1]
        row[rng.randrange(len(row))] = text
        yield Spoiled(f"price {text[:20]!r}", {"certificate.json": tokens.text().encode()}, "certificate")
    for kind, change in SHAPES.items():
        tokens = Tokens.of(*one.prices)
        change(tokens, rng)
        yield Spoiled(f"certificate: {kind}", {"certificate.json": tokens.text().encode()}, "certificate")
    for kind, encode in ENCODINGS.items():
        content = encode(one.answer.certificate)
        yield Spoiled(f"certificate: {kind}", {"certificate.json": content}, "certificate")
    one_off = {name: (row[0] - 1, *row[1:]) for name, row in one.prices[0].items()}
    yield _of("every first price lowered", one, with_prices(one.answer, one_off, one.prices[1]), "prices")


def _tables(answer: Answer) -> Iterator[Spoiled]:
    header, *rows = table_of(answer.placements)
    for name, spoiled, check in (
        ("a row dropped", rows[1:], "rows"),
        ("a row repeated", [rows[0], *rows], "rows"),
        ("rows in another order", rows[::-1], "rows"),
        ("a child too many", [*rows, ["Z99", *rows[0][1:]]], "rows"),
    ):
        yield Spoiled(name, {"placements.csv": bytes_of([header, *spoiled])}, check)
    for column, cell in (
        ("status", "refused"), ("need_score", "999"), ("minutes", "0.05"), ("km", "0.01"),
        ("annual_cost", "1"), ("route", "unknown"), ("over_number", "perhaps"), ("reason", "No place."),
        ("school_id", "0"),
    ):  # fmt: skip
        changed = [list(row) for row in rows]
        changed[0][header.index(column)] = cell
        yield Spoiled(f"placements: {column}", {"placements.csv": bytes_of([header, *changed])}, "figures")
    yield Spoiled(
        "placements: CR LF", {"placements.csv": answer.placements.replace(b"\n", b"\r\n")}, "figures"
    )
    yield Spoiled("placements: no UTF-8", {"placements.csv": answer.placements + b"\xff"}, "rows")
    header, *rows = table_of(answer.options)
    yield Spoiled("options: a row dropped", {"options.csv": bytes_of([header, *rows[1:]])}, "options")
    for column, cell in (("code", "barred"), ("ground", "unsure"), ("suitability", "33"), ("cost", "0")):
        changed = [list(row) for row in rows]
        changed[0][header.index(column)] = cell
        yield Spoiled(f"options: {column}", {"options.csv": bytes_of([header, *changed])}, "options")
    yield Spoiled("options: empty", {"options.csv": b""}, "options")


def _records(run: dict[str, Any]) -> Iterator[Spoiled]:
    goals, counts, inputs, outputs = run["goals"], run["counts"], run["inputs"], run["outputs"]
    above, hosts = {"name": "../out/run.json", "sha256": ""}, {"name": "/etc/hosts", "sha256": ""}
    changes: list[tuple[str, dict[str, Any], str]] = [
        ("value", {"goals": [goals[0] | {"value": goals[0]["value"] + 1}, *goals[1:]]}, "goals"),
        ("bound", {"goals": [goals[0] | {"bound": goals[0]["value"] + 1}, *goals[1:]]}, "goals"),
        ("proof", {"goals": [goals[0] | {"proof": "solver"}, *goals[1:]]}, "goals"),
        ("proven", {"goals": [goals[0] | {"proven": False}, *goals[1:]]}, "goals"),
        ("a goal missing", {"goals": goals[:-1]}, "goals"),
        ("goals in another order", {"goals": goals[::-1]}, "goals"),
        ("by_level", {"goals": [goal | {"by_level": []} for goal in goals]}, "goals"),
        ("status", {"status": "feasible"}, "status"),
        ("counts", {"counts": counts | {"placed": counts["placed"] + 1}}, "counts"),
        ("seed", {"lottery": run["lottery"] | {"seed": "another"}}, "lottery"),
        ("commitment checked", {"lottery": run["lottery"] | {"checked": True}}, "lottery"),
        ("title", {"round": run["round"] | {"title": "Another round"}}, "figures"),
        ("outputs missing", {"outputs": []}, "files"),
        ("outputs no list", {"outputs": {"placements.csv": ""}}, "files"),
        ("an output of another folder", {"outputs": [*outputs, above]}, "files"),
        ("inputs missing", {"inputs": None}, "files"),
        ("inputs no list", {"inputs": inputs | {"files": "all"}}, "files"),
        ("no input named", {"inputs": inputs | {"files": []}}, "files"),
        ("an input of another folder", {"inputs": inputs | {"files": [hosts]}}, "files"),
        ("inputs elsewhere", {"inputs": inputs | {"folder": "/nowhere"}}, "files"),
        ("inputs' folder a number", {"inputs": inputs | {"folder": 5}}, "files"),
        ("an earlier proposal that is none", {"previous": {"folder": "/nowhere", "sha256": ""}}, "files"),
        ("an earlier proposal without a folder", {"previous": {"sha256": ""}}, "files"),
        ("an earlier proposal that is a text", {"previous": "out"}, "files"),
    ]  # fmt: skip
    for name, change, check in changes:
        yield Spoiled(f"run: {name}", {"run.json": json_bytes(run | change)}, check)
    for name, content, check in (
        ("a list", b"[]", "files"),
        ("empty", b"", "files"),
        ("cut off", json_bytes(run)[:-9], "files"),
        ("a key twice", json_bytes(run).replace(b"{", b'{"status": "optimal",', 1), "files"),
        ("NaN", json_bytes(run).replace(b'"kind": "placement"', b'"kind": NaN'), "files"),
        ("UTF-16", json_bytes(run).decode().encode("utf-16"), "files"),
        ("nested without end", b"[" * 200_000, "files"),
    ):
        yield Spoiled(f"run: {name}", {"run.json": content}, check)


def with_record(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change run.json in place."""
    run = record(out)
    change(run)
    (out / "run.json").write_bytes(json_bytes(run))
