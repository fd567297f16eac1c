"""Schools and trusts that the files may name in two ways, or tell only half of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.near_names import near_names
from allocator.reviews.programme import Programme

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Where:
    """Where an id of a school or trust stands.

    Parameters
    ----------
    id : str
    cases, volunteers, declarations : int
        Rows of each table that name it.
    """

    id: str
    cases: int
    volunteers: int
    declarations: int


@dataclass(frozen=True)
class NearDuplicate:
    """Two ids of schools, or of trusts, that may mean the same.

    Parameters
    ----------
    kind : {"school", "trust"}
    one, other : Where
    like : {"spelling", "letter"}
        As in `NearNames`.
    free_pairs : int
        Pairs that are free now and would be barred if the two were the same: a case of the one, and
        either way a volunteer of the other (where the policy holds the rule) or who has declared it.
    """

    kind: Literal["school", "trust"]
    one: Where
    other: Where
    like: Literal["spelling", "letter"]
    free_pairs: int


@dataclass(frozen=True)
class HalfKnown:
    """A school with a trust in some rows and none in others; the blanks are not filled in.

    Parameters
    ----------
    school_id : str
    trusts : tuple of str
        Those that rows give; more than one is a contradiction between tables.
    blank_cases, blank_volunteers : int
        Rows of the school without a trust.
    free_pairs : int
        Pairs that are free now and would be barred if the blanks read as the given trust, by
        `same_trust` (where the policy holds it) or by a trust that is declared.
    """

    school_id: str
    trusts: tuple[str, ...]
    blank_cases: int
    blank_volunteers: int
    free_pairs: int


def near_duplicates(programme: Programme, free: Bools) -> tuple[NearDuplicate, ...]:
    """Return the schools, then the trusts, whose ids may mean the same.

    Parameters
    ----------
    programme : Programme
    free : bool, shape (n_cases, n_volunteers)
        Pairs that no rule bars.
    """
    return (*_near(programme, free, "school"), *_near(programme, free, "trust"))


def _near(programme: Programme, free: Bools, kind: Literal["school", "trust"]) -> list[NearDuplicate]:
    cases, volunteers = (_rows(frame[f"{kind}_id"]) for frame in (programme.cases, programme.volunteers))
    declaring = declared_near(programme, kind)
    own = volunteers if getattr(programme.policy.conflicts, f"same_{kind}") else {}
    near = {name: _joined(own.get(name), declaring.get(name)) for name in {*own, *declaring}}

    def where(name: str) -> Where:
        return Where(name, *(len(rows.get(name, ())) for rows in (cases, volunteers, declaring)))

    return [
        NearDuplicate(
            kind,
            where(pair.one),
            where(pair.other),
            pair.like,
            _among(free, cases.get(pair.one), near.get(pair.other))
            + _among(free, cases.get(pair.other), near.get(pair.one)),
        )
        for pair in near_names((*cases, *volunteers, *declaring))
    ]


def declared_near(programme: Programme, kind: Literal["school", "trust"]) -> dict[str, Ints]:
    """Return the rows of the volunteers who have declared each school, or each trust."""
    rows = programme.conflicts[programme.conflicts["kind"] == kind]
    who = pd.Index(programme.volunteers["volunteer_id"]).get_indexer(pd.Index(rows["volunteer_id"]))
    return {name: np.asarray(who[at], dtype=np.int64) for name, at in _rows(rows["id"]).items()}


def _joined(*parts: Ints | None) -> Ints:
    known = [part for part in parts if part is not None]
    return np.unique(np.concatenate(known)) if known else np.zeros(0, dtype=np.int64)


def _rows(ids: pd.Series[Any]) -> dict[str, Ints]:
    """Return the rows that name each id; blank and `none` name nothing."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(ids.tolist()):
        if name not in ("", NO_TRUST):
            rows[name].append(row)
    return {name: np.array(at, dtype=np.int64) for name, at in rows.items()}


def _among(free: Bools, cases: Ints | None, volunteers: Ints | None) -> int:
    if cases is None or volunteers is None:
        return 0
    return int(np.count_nonzero(free[np.ix_(cases, volunteers)]))


def half_known(programme: Programme, free: Bools) -> tuple[HalfKnown, ...]:
    """Return the schools with a trust in some rows and none in others, by id.

    Parameters
    ----------
    programme : Programme
    free : bool, shape (n_cases, n_volunteers)
        Pairs that no rule bars.
    """
    sides = [_Side.of(frame) for frame in (programme.cases, programme.volunteers)]
    cases, volunteers = sides
    declaring, rule = declared_near(programme, "trust"), programme.policy.conflicts.same_trust
    found = []
    for school in sorted({*cases.rows, *volunteers.rows}):
        blank = [side.blank(school) for side in sides]
        given = {trust for side in sides for trust in side.trust[side.rows.get(school, [])].tolist()} - {""}
        if not given or not any(len(rows) for rows in blank):
            continue
        pairs = sum(_if_given(free, sides, blank, trust, declaring.get(trust), rule) for trust in given)
        found.append(HalfKnown(school, tuple(sorted(given)), len(blank[0]), len(blank[1]), pairs))
    return tuple(found)


def _if_given(
    free: Bools, sides: list[_Side], blank: list[Ints], trust: str, declaring: Ints | None, rule: bool
) -> int:
    """Count the free pairs that would be barred if blank rows of cases and volunteers had a trust."""
    if trust == NO_TRUST:
        return 0
    of = [np.flatnonzero(side.trust == trust) for side in sides]
    own = _joined(of[1], blank[1]) if rule else None
    return _among(free, blank[0], _joined(own, declaring)) + (_among(free, of[0], blank[1]) if rule else 0)


@dataclass(frozen=True)
class _Side:
    """One table: the rows of each school, and the trust of each row."""

    rows: dict[str, Ints]
    trust: npt.NDArray[Any]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Side:
        return cls(_rows(frame["school_id"]), frame["trust_id"].to_numpy(dtype=object))

    def blank(self, school: str) -> Ints:
        """Return the rows of a school without a trust."""
        rows = self.rows.get(school, np.zeros(0, dtype=np.int64))
        return np.asarray(rows[self.trust[rows] == ""], dtype=np.int64)
