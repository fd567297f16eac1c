"""What is settled before the round: who is on roll where, places ruled on, pairs barred."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from allocator.synthetic.constants import BAR_SHARE, ON_ROLL_SHARE, RULING_REASON, RULING_SHARE
from allocator.synthetic.draws import Draws, Flags, Ints
from allocator.synthetic.places import Places
from allocator.synthetic.provisions import Provisions
from allocator.synthetic.sight import Sight, fitting_provisions

Objections = set[tuple[int, int]]
Ruling = tuple[int, int, str, str]


def draw_current(sight: Sight, seed: int) -> Ints:
    """Draw where some children are on roll today.

    Returns
    -------
    int64, shape (n_children,)
        Index of the nearest provision that fitted a year ago; -1 where a child holds no place.
    """
    children = sight.children
    current = np.full(len(children), -1, dtype=np.int64)
    chosen = Draws(seed, "children.on_roll").chance(ON_ROLL_SHARE, len(children)) & (children.year > 0)
    who = np.flatnonzero(chosen)
    if who.size:
        a_year_ago = replace(sight, children=replace(children, year=children.year - 1))
        slot, fitting = fitting_provisions(who, a_year_ago)
        first = slot[np.arange(len(who)), np.argmax(fitting, axis=1)]
        current[who] = np.where(fitting.any(axis=1), first, -1)
    return current


class _Ledger:
    """Places left while rulings are made, so that none but a tribunal's goes beyond them."""

    def __init__(self, provisions: Provisions, places: Places) -> None:
        self.school = provisions.school
        self.left = places.most.copy()
        self.left_at = np.where(places.places_total < 0, np.iinfo(np.int64).max, places.places_total)

    def take(self, options: list[int], beyond: bool) -> int | None:
        """Take a place at the first option that has one, or at the very first where `beyond` allows."""
        for option in options:
            if beyond or (self.left[option] > 0 and self.left_at[self.school[option]] > 0):
                self.left[option] -= 1
                self.left_at[self.school[option]] -= 1
                return option
        return None


def draw_rulings(
    sight: Sight,
    first_choice: Ints,
    current: Ints,
    places: Places,
    objections: Objections,
    seed: int,
) -> list[Ruling]:
    """Draw places ruled on and pairs barred; every pair is one that the rules would allow.

    Parameters
    ----------
    first_choice : int64, shape (n_children,)
        Index of the school that the family asks for first; -1 for none.
    current : int64, shape (n_children,)
        As of `draw_current`.
    objections : set of (child, school)
        Upheld; no place is ruled on there.

    Returns
    -------
    list of (child, provision, action, authority)
        At most one place a child. The children placed at a provision by panel or parent never
        exceed its places (less held ones, with those over number), nor the school's total.
    """
    children, provisions = sight.children, sight.provisions
    ledger = _Ledger(provisions, places)
    order = Draws(seed, "rulings.order").order(len(children))
    rulings: list[Ruling] = []
    ruled: Flags = np.zeros(len(children), dtype=np.bool_)
    for authority, share in RULING_SHARE.items():
        able = (current >= 0) if authority == "on_roll" else (current < 0)
        if authority in ("tribunal", "parent"):
            able &= first_choice >= 0
        who = np.sort(order[(able & ~ruled)[order]][: _number(share, len(children), seed, authority)])
        for child, options in _options(who, sight, objections):
            if authority == "on_roll":
                options = [p for p in options if provisions.school[p] == provisions.school[current[child]]]
            elif authority in ("tribunal", "parent"):
                options = [p for p in options if provisions.school[p] == first_choice[child]]
            option = ledger.take(options, beyond=authority == "tribunal")
            if option is not None:
                ruled[child] = True
                rulings.append((child, option, "place", authority))
    for authority, share in BAR_SHARE.items():
        who = np.sort(order[~ruled[order]][: _number(share, len(children), seed, authority + ".bar")])
        for child, options in _options(who, sight, objections):
            if options:
                ruled[child] = True
                rulings.append((child, options[0], "bar", authority))
    return sorted(rulings)


def _number(share: float, children: int, seed: int, what: str) -> int:
    """Round an expected number up or down by chance, so that small rounds have some too."""
    return int(share * children + float(Draws(seed, f"rulings.{what}").uniform(1)[0]))


def _options(who: Ints, sight: Sight, objections: Objections) -> list[tuple[int, list[int]]]:
    """List the provisions that may take each child, nearest school first."""
    if not who.size:
        return []
    slot, fitting = fitting_provisions(who, sight)
    found = []
    for row, child in enumerate(who.tolist()):
        options = slot[row, fitting[row]].tolist()
        school = sight.provisions.school
        found.append((child, [p for p in options if (child, int(school[p])) not in objections]))
    return found


def ruling_frame(sight: Sight, rulings: list[Ruling]) -> pd.DataFrame:
    """Return rulings.csv."""
    return pd.DataFrame(
        [
            (
                sight.children.ids[child],
                sight.provisions.ids[provision],
                action,
                authority,
                RULING_REASON[action, authority],
            )
            for child, provision, action, authority in rulings
        ],
        columns=["child_id", "provision_id", "action", "authority", "reason"],
    )
