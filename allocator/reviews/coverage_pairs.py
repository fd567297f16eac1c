"""Free pairs of a case and a volunteer, by the trusts that are on file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.programme import Programme

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trusts:
    """The trust of every case and volunteer, as a number.

    Parameters
    ----------
    case : int64, shape (n_cases,)
        From 0; `blank` where it is not known, -1 where the school is known to be in none.
    volunteer : int64, shape (n_volunteers,)
    blank : int
        How many trusts have a name.
    """

    case: Ints
    volunteer: Ints
    blank: int


def trusts_of(programme: Programme) -> Trusts:
    """Number the trusts of a programme."""
    texts = [frame["trust_id"].tolist() for frame in (programme.cases, programme.volunteers)]
    names = sorted({*texts[0], *texts[1]} - {"", NO_TRUST})
    number = {name: k for k, name in enumerate(names)} | {"": len(names), NO_TRUST: -1}
    case, volunteer = (np.array([number[text] for text in column], dtype=np.int64) for column in texts)
    return Trusts(case, volunteer, len(names))


def free_by_trust(free: Bools, trusts: Trusts) -> Ints:
    """Count each volunteer's free cases by the case's trust.

    Parameters
    ----------
    free : bool, shape (n_cases, n_volunteers)
    trusts : Trusts

    Returns
    -------
    int64, shape (n_volunteers, blank + 1)
        Cases of a school in no trust are in no column.
    """
    found = np.zeros((free.shape[1], trusts.blank + 1), dtype=np.int64)
    for trust in np.unique(trusts.case[trusts.case >= 0]).tolist():
        found[:, trust] = free[trusts.case == trust].sum(axis=0)
    return found


@dataclass(frozen=True)
class Exposed:
    """For each volunteer the free cases that a blank trust may hide; int64, shape (n_volunteers,).

    Parameters
    ----------
    case_unknown : Ints
        Cases whose trust is blank, of volunteers with a trust to match: their own, where the rule holds,
        or one that they have declared.
    both_unknown : Ints
        Cases whose trust is blank, of volunteers whose own is blank too, where the rule holds.
    volunteer_unknown : Ints
        Cases with a trust, of volunteers whose own is blank, where the rule holds.
    at_most : Ints
        The most that would be barred if every blank were filled in at its worst: a volunteer's
        own trust is one, so that of the cases with a trust those of one trust alone count.
    """

    case_unknown: Ints
    both_unknown: Ints
    volunteer_unknown: Ints
    at_most: Ints


def exposed(by_trust: Ints, trusts: Trusts, declares: Bools, rule: bool) -> Exposed:
    """Return the free cases that a blank trust may hide from each volunteer's rules.

    Parameters
    ----------
    by_trust : int64, shape (n_volunteers, blank + 1)
        As of `free_by_trust`.
    trusts : Trusts
    declares : bool, shape (n_volunteers,)
        Who has declared a trust.
    rule : bool
        Whether the policy holds `same_trust`.
    """
    blank, named = by_trust[:, trusts.blank], by_trust[:, : trusts.blank]
    unknown = rule & (trusts.volunteer == trusts.blank)
    matches = (rule & (trusts.volunteer >= 0) | declares) & ~unknown
    most = blank * (unknown | matches) + named.max(axis=1, initial=0) * unknown
    return Exposed(blank * matches, blank * unknown, named.sum(axis=1) * unknown, most)
