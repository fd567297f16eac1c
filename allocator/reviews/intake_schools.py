"""Schools and trusts as the tables of a programme name them: the same one must be written alike.

A conflict is told by equal ids, so an id that lost its zeros in one table would hide one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allocator.reviews.kinds import NO_TRUST
from allocator.tables.kinds import as_bools, matches
from allocator.tables.table import Table

Bools = npt.NDArray[np.bool_]
# A unique reference number has six digits.
_URN_DIGITS = 6


@dataclass(frozen=True)
class _Named:
    """A column that names schools, or trusts, in the rows of a mask."""

    table: Table
    column: str
    where: Bools

    @property
    def ids(self) -> pa.Array:
        return self.table.values[self.column]


def check_schools(tables: Mapping[str, Table]) -> None:
    """Judge how schools and trusts are written across the tables.

    Parameters
    ----------
    tables : mapping of str to Table
        Judged cell by cell; any of them may be absent.
    """
    schools, trusts = _naming(tables, "school"), _naming(tables, "trust")
    _short_numbers(schools)
    for named, what in ((schools, "school"), (trusts, "trust")):
        _capitals(named, what)
    if "cases" in tables and "volunteers" in tables:
        _other_trust(tables["cases"], tables["volunteers"])


def _naming(tables: Mapping[str, Table], what: str) -> list[_Named]:
    found = []
    for name in ("cases", "volunteers"):
        if name in tables:
            table, column = tables[name], f"{what}_id"
            found.append(_Named(table, column, table.good[column] & table.given[column]))
    if "conflicts" in tables:
        table = tables["conflicts"]
        kind = table.good["kind"] & as_bools(pc.equal(table.values["kind"], what))
        found.append(_Named(table, "id", kind & table.good["id"]))
    return found


def _short_numbers(schools: list[_Named]) -> None:
    """Fault a number shorter than a URN where most of the schools have one: zeros may be lost."""
    if not schools:
        return
    every = pa.concat_arrays([named.ids.filter(pa.array(named.where)) for named in schools]).unique()
    whole = int(matches(every, f"^[0-9]{{{_URN_DIGITS}}}$").sum())
    if 2 * whole <= len(every):
        return
    rule = f"has fewer than {_URN_DIGITS} digits, which the other schools have"
    for named in schools:
        short = matches(named.ids, f"^[0-9]{{1,{_URN_DIGITS - 1}}}$") & named.where
        named.table.say(short, named.column, "id_zeros", rule, "were leading zeros lost?")


def _capitals(every: list[_Named], what: str) -> None:
    """Fault ids that differ from an earlier one, of whichever table, by capital letters alone."""
    first: dict[str, tuple[str, str]] = {}
    for named in every:
        coded = named.ids.dictionary_encode()
        index = coded.indices.to_numpy(zero_copy_only=False)
        used = set(index[named.where].tolist())
        for number, word in enumerate(coded.dictionary.to_pylist()):
            if number not in used or word == "":
                continue
            spelling, where = first.setdefault(word.casefold(), (word, named.table.label))
            if spelling != word:
                rule = f"differs from the {what} {spelling} of {where} in capital letters alone"
                mend = "give each its own id, or write both alike"
                named.table.say(named.where & (index == number), named.column, "id_case", rule, mend)


def _other_trust(cases: Table, volunteers: Table) -> None:
    """Point out volunteers whose school has another trust in the cases, or at an earlier volunteer.

    Two trusts for one school within the cases are a fault, found where the cases are judged.
    """
    trust_of: dict[str, tuple[str, str]] = {}
    for school, trust in _given_trusts(cases).values():
        trust_of.setdefault(school, ("the cases say", trust))
    for place, (school, own) in _given_trusts(volunteers).items():
        who, other = trust_of.setdefault(school, (f"row {int(volunteers.raw.rows[place])} says", own))
        if other != own:
            told = "in no trust" if other == NO_TRUST else f"of the trust {other}"
            rule = f"{who} that the school {school} is {told}"
            mend = "write the trust alike, or a conflict may be missed"
            volunteers.say(np.array([place]), "trust_id", "trust_differs", rule, mend, "warning")


def _given_trusts(table: Table) -> dict[int, tuple[str, str]]:
    """Return the school and trust of each row that gives both, by its place."""
    places = np.flatnonzero(table.sound("school_id", "trust_id") & table.given["trust_id"])
    rows = pa.array(places)
    schools, trusts = (table.values[name].take(rows).to_pylist() for name in ("school_id", "trust_id"))
    return dict(zip(places.tolist(), zip(schools, trusts, strict=True), strict=True))
