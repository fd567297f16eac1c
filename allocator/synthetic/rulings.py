"""What is settled before the round: who is on roll where, places ruled on, pairs barred."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from allocator.synthetic.children import Children
from allocator.synthetic.constants import BAR_SHARE, ON_ROLL_SHARE, RULING_REASON, RULING_SHARE
from allocator.synthetic.draws import Draws, Flags, Ints
from allocator.synthetic.places import Places
from allocator.synthetic.provisions import Provisions
from allocator.synthetic.schools import Schools
from allocator.synthetic.sight import Sight, fitting_provisions, look_round

Objections = set[tuple[int, int]]
Ruling = tuple[int, int, str, str]


def draw_current(children: Children, schools: Schools, provisions: Provisions, seed: int) -> Ints:
    """Draw where some children are on roll today.

    Returns
    -------
    int64, shape (n_children,)
        Index of the nearest provision that fitted a year ago; -1 where a child holds no place.
    """
    current = np.full(len(children), -1, dtype=np.int64)
    chosen = Draws(seed, "children.on_roll").chance(ON_ROLL_SHARE, len(children)) & (children.year > 0)
    who = np.flatnonzero(chosen)
    if who.size:
        then = replace(children.take(who), year=children.year[who] - 1)
        slot, fitting = fitting_provisions(np.arange(len(who)), look_round(then, schools, provisions))
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
    placed = _placed(sight, first_choice, current, places, objections, seed)
    settled = np.zeros(len(sight.children), dtype=np.bool_)
    settled[[child for child, _, _, _ in placed]] = True
    return sorted(placed + _barred(sight, settled, objections, seed))


def _placed(
    sight: Sight, first_choice: Ints, current: Ints, places: Places, objections: Objections, seed: int
) -> list[Ruling]:
    """Draw the places ruled on, orders first: they do not ask whether there is room."""
    provisions = sight.provisions
    ledger = _Ledger(provisions, places)
    free: Flags = np.ones(len(current), dtype=np.bool_)
    # By whom: the school that the place must be at, -1 for any; whom it may be about.
    home = np.where(current >= 0, provisions.school[current], -1)
    anywhere = np.full(len(current), -1)
    told = {
        "tribunal": (first_choice, (current < 0) & (first_choice >= 0)),
        "on_roll": (home, current >= 0),
        "panel": (anywhere, current < 0),
        "parent": (first_choice, (current < 0) & (first_choice >= 0)),
    }
    rulings = []
    for authority, share in RULING_SHARE.items():
        named, able = told[authority]
        for child, options in _options(_some(share, able & free, seed, authority), sight, objections):
            there = [p for p in options if named[child] in (-1, provisions.school[p])]
            option = ledger.take(there, beyond=authority == "tribunal")
            if option is not None:
                free[child] = False
                rulings.append((child, option, "place", authority))
    return rulings


def _barred(sight: Sight, settled: Flags, objections: Objections, seed: int) -> list[Ruling]:
    """Draw the pairs barred, of children about whom nothing else is ruled."""
    free = ~settled
    rulings = []
    for authority, share in BAR_SHARE.items():
        for child, options in _options(_some(share, free, seed, f"{authority}.bar"), sight, objections):
            if options:
                free[child] = False
                rulings.append((child, options[0], "bar", authority))
    return rulings


def _some(share: float, able: Flags, seed: int, what: str) -> Ints:
    """Draw about so large a share of all children among those who are able, in order."""
    draws = Draws(seed, f"rulings.{what}")
    # Rounded up or down by chance, so that small rounds have some too.
    number = int(share * len(able) + float(draws.uniform(1)[0]))
    order = draws.order(len(able))
    return np.sort(order[able[order]][:number])


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
