"""A row or a cell of the tables that was not derived is refused: rows as rows, figures as figures.

More than 2,000 spoiled tables. The placement itself, the prices and run.json stay honest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

import pytest

from integrity.cases import DerivedOnce, cases
from integrity.forged_placements import Table, bytes_of, table_of

SEEDS = range(30)

# What a forger would write into a cell instead; each differs from what any honest cell says.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "status": ("placed", "unplaced", "fixed", "refused", ""),
    "school_id": ("0999", "", "117"),
    "need_score": ("801", "0", "800.0", ""),
    "need_band": ("A", "B", "Z", ""),
    "suitability": ("99", "100.0", "-0", ""),
    "preference_rank": ("1", "9", "1.0", ""),
    "minutes": ("0.0", "12.40", "12,4", "1e1", "NaN", ""),
    "km": ("0.00", "7.2", "1.005", ""),
    "annual_cost": ("1", "2000.0", "2,000", ""),
    "over_number": ("yes", "no", "", "True"),
    "route": ("order", "parental_request", "authority", ""),
    "reason": (
        "No place.",
        "",
        "Placed at the school of the family's choice.",
        "a,b",
        'he said "no"',
        "two\nlines",
    ),
}
OPTION_CELLS: Mapping[str, tuple[str, ...]] = {
    "child_id": ("C0", ""),
    "provision_id": ("P0", ""),
    "code": (
        "placed",
        "full",
        "worse",
        "year",
        "need",
        "score;need",
        "barred",
        "too_far",
        "objection_upheld",
        "",
    ),
    "ground": ("unsuitable", "efficient_education", "efficient_resources", "none", ""),
    "suitability": ("1", "101", "80.0", ""),
    "minutes": ("0.1", "12.40", ""),
    "cost": ("1", "2000.00", ""),
}


@pytest.mark.parametrize("column", FIGURES)
def test_a_cell_of_placements_that_was_not_derived_is_refused(column: str) -> None:
    """Any cell that says something else than its derivation: "figures"."""
    verify = DerivedOnce(40)
    for one in cases(SEEDS):
        table, rng = table_of(one.answer.placements), Random(one.seed)
        k = table[0].index(column)
        for _ in range(2):
            row = rng.randrange(1, len(table))
            honest = table[row][k]
            table[row][k] = rng.choice([cell for cell in FIGURES[column] if cell != honest])
            spoiled = replace(one.answer, placements=bytes_of(table))
            assert verify.reasons(one.round_, spoiled) == {"figures"}, (one.seed, table[row])
            table[row][k] = honest
    assert verify.count >= 50


@pytest.mark.parametrize("column", OPTION_CELLS)
def test_a_cell_of_options_that_was_not_derived_is_refused(column: str) -> None:
    """Any cell that says something else than its derivation: "options"."""
    verify = DerivedOnce(40)
    for one in cases(SEEDS):
        table, rng = table_of(one.answer.options), Random(one.seed)
        k = table[0].index(column)
        for _ in range(2 if len(table) > 1 else 0):
            row = rng.randrange(1, len(table))
            honest = table[row][k]
            table[row][k] = rng.choice([cell for cell in OPTION_CELLS[column] if cell != honest])
            spoiled = replace(one.answer, options=bytes_of(table))
            assert verify.reasons(one.round_, spoiled) == {"options"}, (one.seed, table[row])
            table[row][k] = honest
    assert verify.count >= 45


def _drop(table: Table, rng: Random) -> None:
    table.pop(rng.randrange(1, len(table)))


def _repeat(table: Table, rng: Random) -> None:
    k = rng.randrange(1, len(table))
    table.insert(k, table[k])


def _exchange(table: Table, rng: Random) -> None:
    k = rng.randrange(1, len(table) - 1)
    table[k], table[k + 1] = table[k + 1], table[k]


def _replace_by_another(table: Table, rng: Random) -> None:
    k = rng.randrange(1, len(table) - 1)
    table[k] = table[k + 1]


def _reverse(table: Table, rng: Random) -> None:
    table[1:] = table[:0:-1]


def _stranger(table: Table, rng: Random) -> None:
    table.append(["Z99", *rng.choice(table[1:])[1:]])


def _nobody(table: Table, rng: Random) -> None:
    del table[1:]


def _cell_too_few(table: Table, rng: Random) -> None:
    rng.choice(table[1:]).pop()


def _cell_too_many(table: Table, rng: Random) -> None:
    rng.choice(table[1:]).append("")


def _column_missing(table: Table, rng: Random) -> None:
    k = rng.randrange(len(table[0]))
    for row in table:
        row.pop(k)


def _columns_exchanged(table: Table, rng: Random) -> None:
    one, other = rng.sample(range(len(table[0])), 2)
    for row in table:
        row[one], row[other] = row[other], row[one]


def _header_renamed(table: Table, rng: Random) -> None:
    k = rng.randrange(len(table[0]))
    table[0][k] = rng.choice((table[0][k].upper(), table[0][k] + " ", ""))


def _header_repeated(table: Table, rng: Random) -> None:
    table.insert(1, table[0])


ROWS: Mapping[str, Callable[[Table, Random], None]] = {
    spoil.__name__.strip("_").replace("_", " "): spoil
    for spoil in (
        _drop, _repeat, _exchange, _replace_by_another, _reverse, _stranger, _nobody, _cell_too_few,
        _cell_too_many, _column_missing, _columns_exchanged, _header_renamed, _header_repeated,
    )
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_rows_that_are_not_each_child_once_in_order_are_refused(kind: str) -> None:
    """A row dropped, repeated, exchanged, added; a column gone or renamed: "rows" and "options"."""
    verify = DerivedOnce(40)
    for one in cases(SEEDS):
        placements, options = table_of(one.answer.placements), table_of(one.answer.options)
        ROWS[kind](placements, Random(one.seed))
        spoiled = replace(one.answer, placements=bytes_of(placements))
        assert verify.reasons(one.round_, spoiled) == {"rows"}, one.seed
        if len(options) > 2:
            ROWS[kind](options, Random(one.seed))
            spoiled = replace(one.answer, options=bytes_of(options))
            assert verify.reasons(one.round_, spoiled) == {"options"}, one.seed
    assert verify.count >= 45


def test_a_place_that_is_none_of_the_round_is_refused() -> None:
    """A provision of no round, or the id of one in another spelling: "rows"."""
    verify = DerivedOnce(40)
    for one in cases(SEEDS):
        table = table_of(one.answer.placements)
        for row, told in enumerate(table[1:], 1):
            for spelling in ("P0", told[2] + " ", "p" + told[2][1:], told[3] or "0117"):
                spoiled = [list(cells) for cells in table]
                spoiled[row][2] = spelling
                if spelling in one.told.school_of or spelling == "":
                    continue
                answer = replace(one.answer, placements=bytes_of(spoiled))
                assert verify.reasons(one.round_, answer) == {"rows"}, (one.seed, spelling)
    assert verify.count >= 450


# The same cells in other bytes, or bytes that are no table: which check each must fail.
BYTES: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "rows"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "rows"),
    "a byte that is no UTF-8": (lambda data: data + b"\xff", "rows"),
    "empty": (lambda data: b"", "rows"),
    "cut off in a row": (lambda data: data[: data.rindex(b",")], "rows"),
    "semicolons": (lambda data: data.replace(b",", b";"), "rows"),
    "tabs": (lambda data: data.replace(b",", b"\t"), "rows"),
    "a blank line at the end": (lambda data: data + b"\n", "rows"),
    "a quotation mark left open": (lambda data: data + b'"', "rows"),
    "a NUL byte at the end": (lambda data: data + b"\x00", "rows"),
    "line ends of another system": (lambda data: data.replace(b"\n", b"\r\n"), "figures"),
    "no line end at the end": (lambda data: data[:-1], "figures"),
    "quotes that are not needed": (lambda data: b'"child_id"' + data.removeprefix(b"child_id"), "figures"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BYTES)
def test_other_bytes_are_refused(kind: str) -> None:
    """Wrong encodings and separators are no table; the same cells in other bytes are not the derived file."""
    verify = DerivedOnce(20)
    spoil, expected = BYTES[kind]
    for one in cases(range(20)):
        spoiled = replace(one.answer, placements=spoil(one.answer.placements))
        assert spoiled.placements != one.answer.placements
        assert verify.reasons(one.round_, spoiled) == {expected}, one.seed
        spoiled = replace(one.answer, options=spoil(one.answer.options))
        if spoiled.options != one.answer.options:
            assert verify.reasons(one.round_, spoiled) == {"options"}, one.seed
    assert verify.count >= 15
