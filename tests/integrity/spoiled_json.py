"""A certificate as text, to be spoiled in one way at a time: every number is the text that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from integrity.independent_check import Prices

Row = tuple[str, list[str]]


@dataclass
class Tokens:
    """A certificate's keys and numbers in the order in which they are written.

    Parameters
    ----------
    tables : list of (name, rows)
        Rows are ids with the text of each number.
    """

    tables: list[tuple[str, list[Row]]]

    @classmethod
    def of(cls, provisions: Prices, schools: Prices) -> Tokens:
        """Take an honest certificate apart."""
        return cls(
            [
                (kind, [(name, [str(price) for price in row]) for name, row in prices.items()])
                for kind, prices in (("provisions", provisions), ("schools", schools))
            ]
        )

    def rows(self) -> list[Row]:
        """List the rows of both tables."""
        return [row for _, rows in self.tables for row in rows]

    def text(self) -> str:
        """Write the certificate, valid or not."""
        return _object(
            (kind, _object((name, f"[{', '.join(row)}]") for name, row in rows)) for kind, rows in self.tables
        )


def _object(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"


# Texts that are no whole number up to 2^45, or no JSON at all.
NO_PRICES = (
    "1.0", "0.0", "-0.0", "1e3", "1E0", "0e0", "1.5", "1e400", "true", "false", "null", '"0"', '""', "NaN",
    "Infinity", "-Infinity", "[0]", "[]", "{}", "01", "+1", "0x10", "1_000", ".5", "1.", "--1", "٣", "",
    str(2**45 + 1), str(-(2**45) - 1), str(2**53), str(2**63), str(-(2**63) - 1), str(2**64), str(10**40),
    str(-(10**40)), "9" * 5_000,
)  # fmt: skip


def _a_row(tokens: Tokens, rng: Random) -> list[str]:
    return rng.choice(tokens.rows())[1]


def _a_table(tokens: Tokens, rng: Random) -> list[Row]:
    return rng.choice(tokens.tables)[1]


def _tier_missing(tokens: Tokens, rng: Random) -> None:
    _a_row(tokens, rng).pop()


def _tier_missing_everywhere(tokens: Tokens, rng: Random) -> None:
    for _, row in tokens.rows():
        row.pop()


def _tier_too_many(tokens: Tokens, rng: Random) -> None:
    _a_row(tokens, rng).append("0")


def _tier_too_many_everywhere(tokens: Tokens, rng: Random) -> None:
    for _, row in tokens.rows():
        row.append("0")


def _no_tiers(tokens: Tokens, rng: Random) -> None:
    _a_row(tokens, rng).clear()


def _id_missing(tokens: Tokens, rng: Random) -> None:
    table = _a_table(tokens, rng)
    table.pop(rng.randrange(len(table)))


def _id_unknown(tokens: Tokens, rng: Random) -> None:
    table = _a_table(tokens, rng)
    table.append(("X1", ["0"] * len(table[0][1])))


def _id_repeated(tokens: Tokens, rng: Random) -> None:
    table = _a_table(tokens, rng)
    table.append(rng.choice(table))


def _id_renamed(tokens: Tokens, rng: Random) -> None:
    table = _a_table(tokens, rng)
    k = rng.randrange(len(table))
    name = table[k][0]
    table[k] = (rng.choice((name + " ", " " + name, name.lower() + "x", "", name + "\\u0000")), table[k][1])


def _tables_exchanged(tokens: Tokens, rng: Random) -> None:
    (one, rows), (other, others) = tokens.tables
    tokens.tables = [(one, others), (other, rows)]


def _keys_in_another_order(tokens: Tokens, rng: Random) -> None:
    tokens.tables.reverse()


def _table_missing(tokens: Tokens, rng: Random) -> None:
    tokens.tables.pop(rng.randrange(2))


def _table_repeated(tokens: Tokens, rng: Random) -> None:
    tokens.tables.append(rng.choice(tokens.tables))


def _table_too_many(tokens: Tokens, rng: Random) -> None:
    tokens.tables.insert(rng.randrange(3), (rng.choice(("goals", "kept", "frozen", "face", "")), []))


def _table_renamed(tokens: Tokens, rng: Random) -> None:
    k = rng.randrange(2)
    tokens.tables[k] = (tokens.tables[k][0].upper(), tokens.tables[k][1])


Spoil = Callable[[Tokens, Random], None]
SHAPES: Mapping[str, Spoil] = {
    spoil.__name__.strip("_").replace("_", " "): spoil
    for spoil in (
        _tier_missing, _tier_missing_everywhere, _tier_too_many, _tier_too_many_everywhere, _no_tiers,
        _id_missing, _id_unknown, _id_repeated, _id_renamed, _tables_exchanged, _keys_in_another_order,
        _table_missing, _table_repeated, _table_too_many, _table_renamed,
    )
}  # fmt: skip

# Bytes that are no JSON document, or not the one object that a certificate is.
ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "a byte that is no UTF-8": lambda data: data.replace(b'"', b'"\xff', 1),
    "a lone surrogate": lambda data: data.replace(b'"', b'"\xed\xa0\x80', 1),
    "latin-1": lambda data: data.replace(b'"', b'"\xe9', 1),
    "a NUL byte": lambda data: data.replace(b" ", b"\x00", 1),
    "empty": lambda data: b"",
    "white space alone": lambda data: b" \n",
    "cut off": lambda data: data[: len(data) // 2],
    "last bracket missing": lambda data: data.rstrip()[:-1],
    "something after the end": lambda data: data + b"{}",
    "twice": lambda data: data + data,
    "a comment": lambda data: b"// prices\n" + data,
    "single quotes": lambda data: data.replace(b'"', b"'"),
    "a comma at the end": lambda data: data.rstrip()[:-1] + b",}",
    "a list": lambda data: b"[" + data + b"]",
    "null": lambda data: b"null",
    "a number": lambda data: b"0",
    "a text": lambda data: b'"provisions"',
    "nested without end": lambda data: b"[" * 200_000,
    "nested very deep": lambda data: b"[" * 100_000 + b"]" * 100_000,
    "an empty object": lambda data: b"{}",
    "rows as a list": lambda data: b'{"provisions": [], "schools": []}',
    "rows as numbers": lambda data: b'{"provisions": 0, "schools": 0}',
}
