"""Which volunteer may never be given which case, with every rule that says so.

Nothing is inferred: a school whose trust is not on file is barred by no trust.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.programme import Programme

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# The rules, each by its code; bit k of a pair's mask is the k-th.
RULES = (
    "no_agreement",
    "own_school",
    "own_trust",
    "declared_school",
    "declared_trust",
    "declared_child",
    "declared_case",
    "handed_back",
)
# What each kind of declared conflict names, as a column of the cases.
_COLUMN = {"school": "school_id", "trust": "trust_id", "child": "child_id", "case": "case_id"}


@dataclass(frozen=True)
class Barred:
    """The barred pairs of a programme, each once, by case and then volunteer.

    Parameters
    ----------
    case, volunteer : int64, shape (n_pairs,)
        Rows of the programme's frames.
    rules : uint8, shape (n_pairs,)
        A bit for every rule of `RULES` that bars the pair.
    n_cases, n_volunteers : int
    """

    case: Ints
    volunteer: Ints
    rules: npt.NDArray[np.uint8]
    n_cases: int
    n_volunteers: int

    def __len__(self) -> int:
        return len(self.case)

    def matrix(self) -> Bools:
        """Return the pairs as a table; bool, shape (n_cases, n_volunteers)."""
        found = np.zeros((self.n_cases, self.n_volunteers), dtype=np.bool_)
        found[self.case, self.volunteer] = True
        return found

    def codes(self, case: int, volunteer: int) -> tuple[str, ...]:
        """Return the codes of the rules that bar one pair; none where it is free."""
        first, last = np.searchsorted(self.case, (case, case + 1))
        at = int(first + np.searchsorted(self.volunteer[first:last], volunteer))
        if at == last or self.volunteer[at] != volunteer:
            return ()
        return tuple(code for bit, code in enumerate(RULES) if int(self.rules[at]) >> bit & 1)


def barred_pairs(programme: Programme) -> Barred:
    """Return every pair that no schedule may use, whatever hours are left."""
    cases, volunteers = programme.cases, programme.volunteers
    keys, masks = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint8)]
    for code, case, volunteer in _each(programme):
        keys.append(case * np.int64(len(volunteers)) + volunteer)
        masks.append(np.full(len(case), 1 << RULES.index(code), dtype=np.uint8))
    every, place = np.unique(np.concatenate(keys), return_inverse=True)
    rules = np.zeros(len(every), dtype=np.uint8)
    np.bitwise_or.at(rules, place, np.concatenate(masks))
    width = max(len(volunteers), 1)
    return Barred(every // width, every % width, rules, len(cases), len(volunteers))


def _each(programme: Programme) -> Iterator[tuple[str, Ints, Ints]]:
    """Give each rule's code with the pairs that it bars."""
    cases, volunteers, policy = programme.cases, programme.volunteers, programme.policy.conflicts
    ids = volunteers["volunteer_id"]
    refused = np.flatnonzero(~volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_))
    everything = np.arange(len(cases), dtype=np.int64)
    yield "no_agreement", np.tile(everything, len(refused)), np.repeat(refused, len(cases))
    if policy.same_school:
        yield ("own_school", *_equal(cases["school_id"], volunteers["school_id"]))
    if policy.same_trust:
        yield ("own_trust", *_equal(cases["trust_id"], _known(volunteers["trust_id"])))
    for kind, column in _COLUMN.items():
        rows = programme.conflicts[programme.conflicts["kind"] == kind]
        named = _known(rows["id"]) if kind == "trust" else rows["id"]
        case, row = _equal(cases[column], named)
        who = pd.Index(ids).get_indexer(pd.Index(rows["volunteer_id"]))
        yield f"declared_{kind}", case, np.asarray(who[row], dtype=np.int64)
    if programme.handed_back is not None:
        back = programme.handed_back.rows
        case, row = _equal(cases["case_id"], back["case_id"])
        who = pd.Index(ids).get_indexer(pd.Index(back["volunteer_id"]))
        yield "handed_back", case, np.asarray(who[row], dtype=np.int64)


def _known(trusts: pd.Series[Any]) -> pd.Series[Any]:
    """Return trusts, blank where a school is in none: no two schools are alike for that."""
    return trusts.where(trusts != NO_TRUST, "")


def _equal(left: pd.Series[Any], right: pd.Series[Any]) -> tuple[Ints, Ints]:
    """Return the rows of two columns that hold the same text, blank never being the same.

    Returns
    -------
    left, right : int64, shape (n_pairs,)
    """
    one = pd.DataFrame({"text": left.to_numpy(), "left": np.arange(len(left), dtype=np.int64)})
    other = pd.DataFrame({"text": right.to_numpy(), "right": np.arange(len(right), dtype=np.int64)})
    found = one.merge(other[other["text"] != ""], on="text")
    return found["left"].to_numpy(dtype=np.int64), found["right"].to_numpy(dtype=np.int64)
