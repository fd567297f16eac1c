"""Places: what last year's leavers set free, set against who comes this year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocator.synthetic.constants import (
    CATCHMENT_KM,
    HELD_SHARE,
    LEAVERS_LEAST,
    LEAVERS_MOST,
    OVER_FREQUENCY,
    OVER_SHARE,
    PHASE_YEARS,
    RESIDENTIAL_SHARE,
    RESIDENTIAL_SUPPLY,
    TOTAL_FREQUENCY,
    TOTAL_TIGHTNESS,
)
from allocator.synthetic.draws import Draws, Flags, Floats, Ints, apportion
from allocator.synthetic.geography import Geography, great_circle
from allocator.synthetic.population import PHASES, YEARS, expected_shares, phase_of
from allocator.synthetic.provisions import RESIDENTIAL_PHASE, Provisions
from allocator.synthetic.schools import Schools


@dataclass(frozen=True)
class Places:
    """How many places are free in this round.

    Parameters
    ----------
    places, over_places, held_places : int64, shape (n_provisions,)
    places_total : int64, shape (n_schools,)
        -1 where a school has no bound of its own.
    """

    places: Ints
    over_places: Ints
    held_places: Ints
    places_total: Ints

    @property
    def most(self) -> Ints:
        """The most children a provision may hold without a place of their own: shape (n_provisions,)."""
        return self.places - self.held_places + self.over_places


def make_places(
    geography: Geography,
    schools: Schools,
    provisions: Provisions,
    authority: str,
    children: int,
    supply: float,
    seed: int,
) -> Places:
    """Share the round's places out over its provisions.

    Parameters
    ----------
    supply : float
        Open places (places less held ones) for each child; the total is exact.
    """
    houses = np.array([phase == RESIDENTIAL_PHASE for phase in provisions.phase])
    opened = round(supply * children)
    total = round(opened / (1 - HELD_SHARE))
    beds = _beds(authority, children, int(houses.sum()), total)
    places = np.zeros(len(houses), dtype=np.int64)
    if beds:
        places[houses] = apportion(np.ones(int(houses.sum())), beds)
    places[~houses] = apportion(_freed(geography, schools, provisions, authority)[~houses], total - beds)
    held = apportion(np.maximum(places, 1e-9), total - opened).clip(max=places)
    goes_over = Draws(seed, "places.over").chance(OVER_FREQUENCY, len(houses)) & ~houses
    extra = np.floor(OVER_SHARE * (places - held) + Draws(seed, "places.extra").uniform(len(houses)))
    over = np.where(goes_over, extra.astype(np.int64), 0)
    bound = Draws(seed, "places.total").chance(TOTAL_FREQUENCY, len(schools.ids))
    return Places(places, over, held, _totals(provisions.school, places - held + over, bound))


def grow_rolls(schools: Schools, provisions: Provisions, places: Places) -> Schools:
    """Raise the rolls of schools that have more free places than leavers could have left."""
    free = np.bincount(provisions.school, places.places, minlength=len(schools.ids))
    more = np.maximum(np.ceil(free / LEAVERS_MOST).astype(np.int64) - schools.roll, 0)
    return replace(
        schools,
        roll=schools.roll + more,
        pupils=schools.pupils + more,
        ehcp_pupils=schools.ehcp_pupils + more,
    )


def _beds(authority: str, children: int, houses: int, total: int) -> int:
    """Return how many residential places there are: some more than children expected to need one."""
    by_phase = np.bincount(phase_of(np.array(YEARS)), expected_shares(authority).sum(axis=(0, 2)))
    expected = children * float(by_phase @ np.array(RESIDENTIAL_SHARE))
    return min(total, max(houses, int(np.rint(RESIDENTIAL_SUPPLY * expected))))


def _freed(geography: Geography, schools: Schools, provisions: Provisions, authority: str) -> Floats:
    """Return the weight of each provision in the places that are free: shape (n_provisions,).

    Schools have grown with the demand about them: the demand of each town, phase and need falls
    to the class groups designated for it, in proportion to size and by nearness. In a school over
    its capacity leavers free fewer places, since free places = leavers + capacity - roll.
    """
    shares = expected_shares(authority).sum(axis=0)
    size = schools.roll[provisions.school] * provisions.share
    km = great_circle(geography.town_lat[:, None], geography.town_lon[:, None], schools.lat, schools.lon)[
        :, provisions.school
    ]
    reach = size * np.exp(-km / CATCHMENT_KM)
    freed = np.zeros(len(size))
    for index, phase in enumerate(PHASES):
        here = np.flatnonzero([each == phase for each in provisions.phase])
        needs = provisions.needs[here].astype(np.float64)
        demand = np.outer(geography.weight, shares[phase_of(np.array(YEARS)) == index].sum(axis=0))
        offered = reach[:, here] @ needs
        ratio = np.divide(demand, offered, out=np.zeros_like(demand), where=offered > 0)
        grown = (needs * (reach[:, here].T @ ratio)).sum(axis=1)
        first, last = PHASE_YEARS[phase]
        leavers = 1 / (last - first + 1)
        left = 1 + (1 / schools.occupancy[provisions.school[here]] - 1) / leavers
        freed[here] = grown * np.maximum(left, LEAVERS_LEAST)
    return freed


def _totals(school: Ints, most: Ints, bound: Flags) -> Ints:
    """Bound a school of several provisions at less than all of them; -1 where there is no bound."""
    number = np.bincount(school, minlength=len(bound))
    most_of = np.bincount(school, most, minlength=len(bound))
    totals = np.floor(TOTAL_TIGHTNESS * most_of).astype(np.int64)
    return np.where(bound & (number > 1) & (totals > 0), totals, -1)
