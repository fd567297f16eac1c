"""Who may be with whom: volunteers and cases as first and as second reader, volunteers and volunteers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import Bools
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.fixed import Texts
from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.programme import Programme


@dataclass(frozen=True)
class Pairs:
    """The pairs of a programme, in the rows of its frames.

    Parameters
    ----------
    barred : bool, shape (n_cases, n_volunteers)
        Pairs that may never be.
    second_barred : bool, shape (n_cases, n_volunteers)
        The same, and every volunteer of the case's own school or trust, whatever the policy lifts.
    unlike : bool, shape (n_volunteers, n_volunteers)
        Whose schools differ, and whose trusts do; a blank or `none` trust differs from every other.
    """

    barred: Bools
    second_barred: Bools
    unlike: Bools

    @classmethod
    def of(cls, programme: Programme) -> Pairs:
        """Return the pairs of a programme."""
        cases, volunteers = programme.cases, programme.volunteers
        barred = barred_pairs(programme).matrix()
        school, trust = (volunteers[name].to_numpy(dtype=object) for name in ("school_id", "trust_id"))
        near = _alike(cases["school_id"].to_numpy(dtype=object), school)
        near |= _alike(cases["trust_id"].to_numpy(dtype=object), trust)
        return cls(barred, barred | near, ~(_alike(school, school) | _alike(trust, trust)))


def _alike(left: Texts, right: Texts) -> Bools:
    """Tell which ids are the same; a blank or `none` is never the same as another."""
    every, place = np.unique(np.concatenate([left, right]).astype(str), return_inverse=True)
    one, other = place[: len(left)], place[len(left) :]
    same: Bools = one[:, None] == other
    return same & ~np.isin(every, ("", NO_TRUST))[other]
