"""What the files do not say about schools, trusts and conflicts, and what that could hide.

Nothing is assumed absent: a blank trust bars nobody, and here it is counted what it would bar if it were
the trust of the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.coverage_names import (
    HalfKnown,
    NearDuplicate,
    declared_near,
    half_known,
    near_duplicates,
)
from allocator.reviews.coverage_pairs import exposed, free_by_trust, trusts_of
from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.programme import Programme

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class OnFile:
    """What one table says about schools, trusts and conflicts.

    Parameters
    ----------
    table : {"cases", "volunteers"}
    rows : int
    no_school : int
        Rows without a school.
    no_trust : int
        Rows whose trust is blank: not known.
    in_no_trust : int
        Rows whose school is known to be in no trust.
    no_declaration : int
        Volunteers who have declared nothing; cases that no declaration names, by school, trust, child or
        case.
    """

    table: Literal["cases", "volunteers"]
    rows: int
    no_school: int
    no_trust: int
    in_no_trust: int
    no_declaration: int


@dataclass(frozen=True)
class Hidden:
    """What missing words about one volunteer could hide.

    Parameters
    ----------
    volunteer_id : str
    trust_id : str
        "" where it is not known.
    declared : int
        Declarations on file.
    free_cases : int
        Cases that no rule bars the volunteer from.
    hidden_cases : int
        Of these, the most that would be barred if every blank trust were filled in at its worst. With a
        trust to match (their own where the policy holds `same_trust`, or a declared one): the cases whose
        trust is blank. With a blank one of their own and the rule held: these, and the cases of whichever
        one trust has the most.
    """

    volunteer_id: str
    trust_id: str
    declared: int
    free_cases: int
    hidden_cases: int


@dataclass(frozen=True)
class Coverage:
    """What is not on file.

    A pair is a case and a volunteer; it is free where no rule bars it, so that nobody without agreement
    has free pairs. Schools known to be in no trust hide nothing.

    Parameters
    ----------
    cases, volunteers : OnFile
    same_school, same_trust : bool
        Whether the policy holds the rules.
    free_pairs : int
        Pairs that no rule bars.
    volunteer_unknown : int
        Free pairs in which only the volunteer's trust is blank: each would be barred by `same_trust` if
        it were the case's. 0 where the policy lifts the rule.
    case_unknown : int
        Free pairs in which only the case's trust is blank: each would be barred if it were the volunteer's
        own, where the policy holds the rule, or a trust that the volunteer has declared.
    both_unknown : int
        Free pairs in which both are blank. 0 where the policy lifts the rule.
    undeclared : int
        Free pairs of volunteers who have declared nothing: a school, child or case that they are near to
        would be among them.
    hidden : tuple of Hidden
        The volunteers with agreement about whom something is missing, by hidden cases, the most first.
    near_duplicates : tuple of NearDuplicate
        Schools, then trusts, by id.
    half_known : tuple of HalfKnown
        By school_id.
    stray_declarations : int
        Declarations that name no school, trust, child or case of the programme: they bar nothing.
    """

    cases: OnFile
    volunteers: OnFile
    same_school: bool
    same_trust: bool
    free_pairs: int
    volunteer_unknown: int
    case_unknown: int
    both_unknown: int
    undeclared: int
    hidden: tuple[Hidden, ...]
    near_duplicates: tuple[NearDuplicate, ...]
    half_known: tuple[HalfKnown, ...]
    stray_declarations: int


def coverage(programme: Programme) -> Coverage:
    """Return what is not on file, and what it could hide."""
    policy, volunteers = programme.policy.conflicts, programme.volunteers
    free = ~barred_pairs(programme).matrix()
    trusts = trusts_of(programme)
    declares = np.zeros(len(volunteers), dtype=np.bool_)
    for rows in declared_near(programme, "trust").values():
        declares[rows] = True
    hides = exposed(free_by_trust(free, trusts), trusts, declares, policy.same_trust)
    declared = Counter(programme.conflicts["volunteer_id"].tolist())
    silent = np.array([declared[name] == 0 for name in volunteers["volunteer_id"]], dtype=np.bool_)
    named_cases, strays = _declared(programme)
    return Coverage(
        cases=_on_file(programme, "cases", int(np.count_nonzero(~named_cases))),
        volunteers=_on_file(programme, "volunteers", int(np.count_nonzero(silent))),
        same_school=policy.same_school,
        same_trust=policy.same_trust,
        free_pairs=int(free.sum()),
        volunteer_unknown=int(hides.volunteer_unknown.sum()),
        case_unknown=int(hides.case_unknown.sum()),
        both_unknown=int(hides.both_unknown.sum()),
        undeclared=int(free[:, silent].sum()),
        hidden=_hidden(programme, free, hides.at_most, declared),
        near_duplicates=near_duplicates(programme, free),
        half_known=half_known(programme, free),
        stray_declarations=strays,
    )


def _on_file(programme: Programme, table: Literal["cases", "volunteers"], silent: int) -> OnFile:
    frame = programme.cases if table == "cases" else programme.volunteers
    return OnFile(
        table=table,
        rows=len(frame),
        no_school=int((frame["school_id"] == "").sum()),
        no_trust=int((frame["trust_id"] == "").sum()),
        in_no_trust=int((frame["trust_id"] == NO_TRUST).sum()),
        no_declaration=silent,
    )


def _declared(programme: Programme) -> tuple[Bools, int]:
    """Return which cases a declaration names, and how many declarations name no case."""
    named, strays = np.zeros(len(programme.cases), dtype=np.bool_), 0
    for kind, rows in programme.conflicts.groupby("kind"):
        column = programme.cases[f"{kind}_id"]
        column = column.where(column != NO_TRUST, "") if kind == "trust" else column
        named |= column.isin(rows["id"]).to_numpy(dtype=np.bool_)
        strays += int((~rows["id"].isin(set(column) - {""})).sum())
    return named, strays


def _hidden(programme: Programme, free: Bools, worst: Ints, declared: Counter[str]) -> tuple[Hidden, ...]:
    volunteers, cases = programme.volunteers, free.sum(axis=0)
    rows = zip(
        volunteers["volunteer_id"].tolist(),
        volunteers["trust_id"].tolist(),
        volunteers["headteacher_agreed"].tolist(),
        cases.tolist(),
        worst.tolist(),
        strict=True,
    )
    found = [
        Hidden(name, trust, declared[name], open_, hidden)
        for name, trust, agreed, open_, hidden in rows
        if agreed and (hidden or trust == "" or not declared[name])
    ]
    return tuple(sorted(found, key=lambda row: (-row.hidden_cases, row.volunteer_id)))
