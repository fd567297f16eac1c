"""A schedule that was not derived is refused for its reason: every cell, every row, every figure of a record.

Some 5,500 spoiled answers to small programmes, each with one thing changed and all else honest. What a
changed reader or week breaks is told by the rules as they are written down for the tests, not by the engine.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from allocator.tables.json_writer import json_bytes
from integrity.programme_cases import Case, DerivedOnce, rows_in, solved_cases
from integrity.spoiled_json import ENCODINGS
from programme_rows import Row
from schedule_rules import judge

SEEDS = range(35)
# Programmes with second readings are rarer.
SEEDS_OF_SECONDS = range(80)
MANY = range(80, 200)
COLUMNS = {
    "schedule": ["case_id", "status", "volunteer_id", "week", "hours", "days_late", "reason"],
    "second_reads": ["case_id", "volunteer_id", "week", "hours"],
}
# Which check a broken rule must fail, by the first part of its code in `schedule_rules`.
CHECKS = {
    "rows": "rows", "second_rows": "rows", "columns": "rows", "backlog": "rows", "week": "rows",
    "unknown": "rows", "second_unknown": "rows", "fixed": "rows", "second_fixed": "rows",
    "early": "eligible", "past": "eligible", "no_agreement": "eligible", "own_school": "eligible",
    "own_trust": "eligible", "declared_school": "eligible", "declared_trust": "eligible",
    "declared_child": "eligible", "declared_case": "eligible", "handed_back": "eligible",
    "closed": "capacity", "hours_over": "capacity", "officers": "capacity", "max_cases": "total",
}  # fmt: skip
# Cells beside the readings, which the engine derives again.
FIGURES = ("hours", "days_late", "reason")


def written(table: str, rows: list[Row]) -> bytes:
    """Write rows as the engine writes them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS[table], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def expected(case: Case, schedule: list[Row], seconds: list[Row]) -> tuple[set[str], set[str]]:
    """Say what changed readings must be refused for: one of the first set, or at least all of the second."""
    verdict = judge(case.rows, schedule, seconds)
    codes = {fault.split(":")[0] for fault in verdict.broken} - set(FIGURES)
    if codes:
        names = {code.removeprefix("second_") if code not in CHECKS else code for code in codes}
        return {CHECKS.get(name, "eligible") for name in names}, set()
    if [goal[2] for goal in verdict.goals] != [goal["value"] for goal in case.result.goals[:-1]]:
        return set(), {"goals"}
    return set(), set()


def other_cells(case: Case, column: str, honest: str) -> Iterator[str]:
    """Give what a forger would write into a cell of a column instead."""
    mondays = [monday.isoformat() for monday in case.rows.mondays]
    values: Mapping[str, tuple[str, ...]] = {
        "case_id": ("R0", "", honest + " ", honest.lower(), "R1", "R2"),
        "status": ("scheduled", "backlog", "fixed", "Scheduled", ""),
        "volunteer_id": (*sorted(case.facts.volunteers), "V0", honest + " ", honest.lower(), ""),
        "week": (*mondays, "2030-01-07", "2027-01-12", f" {honest}", honest.replace("-0", "-"), ""),
        "hours": ("0", "9", honest + ".0", "1,5", "1e0", "NaN", "-1", ""),
        "days_late": ("0", "-0", "1", honest + ".0", "+1", "late", ""),
        "reason": ("", "Nobody wanted it.", honest + " ", honest.upper(), "a,b", 'said "no"', "two\nlines"),
    }
    yield from dict.fromkeys(cell for cell in values[column] if cell != honest)


@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("column", COLUMNS["schedule"])
def test_every_cell_of_the_schedule(column: str, seeds: range) -> None:
    """An id, status, reader or week is refused as what it breaks; a figure or a reason as a figure."""
    verify, seen = DerivedOnce(100), Counter[str]()
    for case in solved_cases(seeds):
        seconds = rows_in(case.answer.second_reads)
        for k, row in enumerate(rows_in(case.answer.schedule)):
            cells = list(other_cells(case, column, row[column]))
            if column in FIGURES and seeds is SEEDS:
                cells = Random(case.seed + k).sample(cells, 2)
            for cell in cells:
                rows = rows_in(case.answer.schedule)
                rows[k][column] = cell
                found = verify.reasons(case, replace(case.answer, schedule=written("schedule", rows)))
                told = (case.seed, rows[k], found)
                if column in FIGURES:
                    assert found == {"figures"}, told
                elif column in ("case_id", "status") or not _is_reading(case, rows[k]):
                    assert found == {"rows"}, told
                else:
                    one_of, all_of = expected(case, rows, seconds)
                    # The reason names reader and week, so that none of them changes alone.
                    assert (found <= one_of) if one_of else (found >= all_of | {"figures"}), told
                    assert found, told
                seen.update(found)
    assert verify.count >= 200, verify.count
    if column in ("volunteer_id", "week"):
        assert min(seen[check] for check in ("rows", "eligible", "capacity", "goals")) >= 3, seen


def _is_reading(case: Case, row: Row) -> bool:
    """Whether a row names a volunteer of the programme and one of its weeks."""
    weeks = {monday.isoformat() for monday in case.rows.mondays}
    readers = {*case.facts.volunteers, *(who for who, _ in case.facts.fixed.values())}
    return row["status"] == "scheduled" and row["volunteer_id"] in readers and row["week"] in weeks


@pytest.mark.parametrize("seeds", [SEEDS_OF_SECONDS, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("column", COLUMNS["second_reads"])
def test_every_cell_of_the_second_reads(column: str, seeds: range) -> None:
    """The same of second readings; one that is as good by every goal is the lottery's to refuse."""
    verify, ties = DerivedOnce(50), 0
    for case in solved_cases(seeds):
        schedule = rows_in(case.answer.schedule)
        for k, row in enumerate(rows_in(case.answer.second_reads)):
            for cell in other_cells(case, column, row[column]):
                rows = rows_in(case.answer.second_reads)
                rows[k][column] = cell
                found = verify.reasons(case, replace(case.answer, second_reads=written("second_reads", rows)))
                told = (case.seed, rows[k], found)
                if column == "hours":
                    assert found == {"figures"}, told
                    continue
                one_of, all_of = (
                    expected(case, schedule, rows)
                    if _is_reading(case, {**rows[k], "status": "scheduled"})
                    else ({"rows"}, set())
                )
                if one_of and column == "case_id":
                    # A case that was read in a past week may be fixed without a second reading.
                    one_of = one_of | {"rows"}
                ties += not one_of and not all_of
                if one_of or all_of:
                    assert found, told
                    assert (found <= one_of) if one_of else (found >= all_of), told
                else:
                    # Why another case stays in the backlog may follow from it, too.
                    assert found, told
                    assert found <= {"lottery", "counts", "figures"}, told
    assert verify.count >= 60, verify.count
    assert ties >= 2 or column != "week"


def _drop(rows: list[Any], rng: Random) -> None:
    rows.pop(rng.randrange(1, len(rows)))


def _repeat(rows: list[Any], rng: Random) -> None:
    k = rng.randrange(1, len(rows))
    rows.insert(k, rows[k])


def _exchange(rows: list[Any], rng: Random) -> None:
    k = rng.randrange(1, len(rows) - 1)
    rows[k], rows[k + 1] = rows[k + 1], rows[k]


def _replace_by_another(rows: list[Any], rng: Random) -> None:
    k = rng.randrange(1, len(rows) - 1)
    rows[k] = rows[k + 1]


def _stranger(rows: list[Any], rng: Random) -> None:
    rows.append(["R999", *rng.choice(rows[1:])[1:]])


def _nobody(rows: list[Any], rng: Random) -> None:
    del rows[1:]


def _header_gone(rows: list[Any], rng: Random) -> None:
    rows.pop(0)


def _cell_too_few(rows: list[Any], rng: Random) -> None:
    rng.choice(rows[1:]).pop()


def _cell_too_many(rows: list[Any], rng: Random) -> None:
    rng.choice(rows[1:]).append("")


def _column_missing(rows: list[Any], rng: Random) -> None:
    k = rng.randrange(len(rows[0]))
    for row in rows:
        row.pop(k)


def _columns_exchanged(rows: list[Any], rng: Random) -> None:
    one, other = rng.sample(range(len(rows[0])), 2)
    for row in rows:
        row[one], row[other] = row[other], row[one]


def _header_renamed(rows: list[Any], rng: Random) -> None:
    k = rng.randrange(len(rows[0]))
    rows[0][k] = rng.choice((rows[0][k].upper(), rows[0][k] + " ", ""))


ROWS: Mapping[str, Callable[[list[Any], Random], None]] = {
    spoil.__name__.strip("_").replace("_", " "): spoil
    for spoil in (
        _drop, _repeat, _exchange, _replace_by_another, _stranger, _nobody, _header_gone, _cell_too_few,
        _cell_too_many, _column_missing, _columns_exchanged, _header_renamed,
    )
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_rows_that_are_not_each_case_once_in_order(kind: str) -> None:
    """A row dropped, repeated, moved, added; a cell or a column gone or renamed: "rows"."""
    verify = DerivedOnce(40)
    for case in solved_cases(SEEDS):
        for table in COLUMNS:
            rows = list(csv.reader(io.StringIO(getattr(case.answer, table).decode(), newline="")))
            if len(rows) < 3:
                continue
            ROWS[kind](rows, Random(case.seed))
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(rows)
            found = verify.reasons(case, replace(case.answer, **{table: out.getvalue().encode()}))
            if table == "second_reads" and kind in ("drop", "nobody"):
                # A second reading fewer is another schedule: what it comes to gives it away.
                assert found & {"goals", "rows"}, (case.seed, table, found)
            else:
                assert found == {"rows"}, (case.seed, table, found)
    assert verify.count >= 30


BYTES: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "rows"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "rows"),
    "a byte that is no UTF-8": (lambda data: data + b"\xff", "rows"),
    "empty": (lambda data: b"", "rows"),
    "cut off in a row": (lambda data: data[: data.rindex(b",")], "rows"),
    "semicolons": (lambda data: data.replace(b",", b";"), "rows"),
    "a blank line at the end": (lambda data: data + b"\n", "rows"),
    "a quotation mark left open": (lambda data: data + b'"', "rows"),
    "a NUL byte at the end": (lambda data: data + b"\x00", "rows"),
    "line ends of another system": (lambda data: data.replace(b"\n", b"\r\n"), "figures"),
    "no line end at the end": (lambda data: data[:-1], "figures"),
    "quotes that are not needed": (lambda data: b'"case_id"' + data.removeprefix(b"case_id"), "figures"),
}


@pytest.mark.parametrize("kind", BYTES)
def test_other_bytes_are_refused(kind: str) -> None:
    """Wrong encodings and separators are no table; the same cells in other bytes are not the derived file."""
    verify = DerivedOnce(40)
    spoil, check = BYTES[kind]
    for case in solved_cases(range(20)):
        for table in COLUMNS:
            spoiled = replace(case.answer, **{table: spoil(getattr(case.answer, table))})
            assert verify.reasons(case, spoiled) == {check}, (case.seed, table)
    assert verify.count == 40


@pytest.mark.parametrize("kind", ENCODINGS)
def test_bytes_that_are_no_record_or_no_certificate_are_refused(kind: str) -> None:
    """Wrong encodings, cut-off files, other documents, nesting without end: refused, never a crash."""
    verify = DerivedOnce(20)
    for case in solved_cases(range(8)):
        spoiled = replace(case.answer, certificate=ENCODINGS[kind](case.answer.certificate))
        if spoiled != case.answer:
            assert verify.reasons(case, spoiled) == {"certificate"}, case.seed
        spoiled = replace(case.answer, run=ENCODINGS[kind](case.answer.run))
        if spoiled != case.answer:
            assert verify.reasons(case, spoiled) <= {"files", "goals"}, case.seed
            assert verify.reasons(case, spoiled), case.seed


def test_an_answer_to_another_programme_is_refused() -> None:
    """Replayed whole, or one file of it: cases, record or certificate give it away."""
    verify, cases = DerivedOnce(200), list(solved_cases(SEEDS))
    for one in cases:
        for other in Random(one.seed).sample(cases, 4):
            if other.answer == one.answer:
                continue
            assert verify.reasons(one, other.answer), (one.seed, other.seed)
            for part in ("schedule", "run"):
                spoiled = replace(one.answer, **{part: getattr(other.answer, part)})
                if spoiled != one.answer:
                    assert verify.reasons(one, spoiled), (one.seed, other.seed, part)
    assert verify.count >= 300


def test_times_versions_and_white_space_are_no_claims() -> None:
    """Seconds, versions and layout may differ from run to run: that is not called a forgery."""
    verify = DerivedOnce(10)
    for case in solved_cases(range(20)):
        other = case.run | {"seconds": {"solve": 9.9}, "versions": {}}
        for run in (json.dumps(other).encode(), json_bytes(other)):
            assert verify.reasons(case, replace(case.answer, run=run)) == set(), case.seed
        loose = json.dumps(json.loads(case.answer.certificate), indent="\t").encode()
        assert verify.reasons(case, replace(case.answer, certificate=loose)) == set(), case.seed
