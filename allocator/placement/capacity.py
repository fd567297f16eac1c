"""Places: what rulings use up, what they bring with them, and what is left to the round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.errors import NoAssignmentError
from allocator.placement.columns import Columns, Ints

# Rulings that bind the authority bring their own place; the panel's and the parents' do not.
BRINGS_ITS_OWN_PLACE = ("tribunal", "on_roll")


@dataclass(frozen=True)
class Capacity:
    """Places of provisions and totals of schools, before and after the fixed children.

    Parameters
    ----------
    ordinary, over : int64, shape (n_provisions,)
        Ordinary places (commissioned less held) and places over number, as commissioned.
    fixed : int64, shape (n_provisions,)
        Children that rulings fix there.
    own : int64, shape (n_provisions,)
        Places that rulings bring beyond all commissioned ones.
    left_ordinary, left_over : int64, shape (n_provisions,)
        What the fixed children leave, ordinary places being used first.
    left_total : int64, shape (n_schools,)
        What they leave of each school's total; -1 for no bound.
    """

    ordinary: Ints
    over: Ints
    fixed: Ints
    own: Ints
    left_ordinary: Ints
    left_over: Ints
    left_total: Ints


def capacity_of(columns: Columns) -> Capacity:
    """Work out the places of a round.

    Raises
    ------
    NoAssignmentError
        When rulings of the panel or the parents exceed a provision's places or a school's
        total; the conflict names the fewest rulings that do.
    """
    table = columns.round.provisions
    held = table["held_places"].to_numpy(np.int64)
    ordinary = table["places"].to_numpy(np.int64) - held
    over = table["over_places"].to_numpy(np.int64)
    total = columns.round.schools["places_total"].to_numpy(np.int64)
    fixed = np.bincount(columns.fixed[columns.fixed >= 0], minlength=columns.n_provisions).astype(np.int64)
    school = columns.provisions.school
    fixed_at = np.bincount(school, weights=fixed, minlength=columns.n_schools).astype(np.int64)
    _refuse_conflicts(columns, ordinary + over, total)
    left_ordinary = np.maximum(ordinary - fixed, 0)
    left = np.maximum(ordinary + over - fixed, 0)
    return Capacity(
        ordinary,
        over,
        fixed,
        np.maximum(fixed - ordinary - over, 0),
        left_ordinary,
        left - left_ordinary,
        np.where(total >= 0, np.maximum(total - fixed_at, 0), -1),
    )


def _refuse_conflicts(columns: Columns, places: Ints, total: Ints) -> None:
    """Raise the smallest set of rulings that cannot hold together: those of the tightest place."""
    rulings = columns.round.rulings
    bound = rulings[(rulings["action"] == "place") & ~rulings["authority"].isin(BRINGS_ITS_OWN_PLACE)]
    at = columns.provision_at(bound["provision_id"])
    school = columns.provisions.school[at]
    tight = [
        (int(places[j]), f"provision {columns.provision_ids[j]}", at == j)
        for j in np.flatnonzero(np.bincount(at, minlength=len(places)) > places)
    ]
    tight += [
        (int(total[s]), f"school {columns.school_ids[s]}", school == s)
        for s in np.flatnonzero((total >= 0) & (np.bincount(school, minlength=len(total)) > total))
    ]
    if not tight:
        return
    most, name, there = min(tight, key=lambda found: found[0])
    has = f"{name} has {most} place{'' if most == 1 else 's'}"
    if name.startswith("school"):
        has += " in all"
    rows = bound[there].iloc[: most + 1]
    raise NoAssignmentError(
        [
            has,
            *(
                f"a ruling by {row.authority} places {row.child_id} at {row.provision_id}"
                for row in rows.itertuples()
            ),
        ]
    )
