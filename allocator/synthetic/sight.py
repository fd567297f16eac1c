"""What a family and an officer have in sight: the nearest schools, and what they are designated for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from allocator.synthetic.children import Children
from allocator.synthetic.constants import (
    DETOUR,
    EARTH_RADIUS_KM,
    MAX_MINUTES,
    NEEDS,
    SCHOOLS_IN_SIGHT,
    SPEED_KMH,
)
from allocator.synthetic.draws import Flags, Floats, Ints
from allocator.synthetic.population import YEARS
from allocator.synthetic.provisions import Provisions
from allocator.synthetic.schools import Schools

NO_FIT, SECONDARY_FIT, PRIMARY_FIT = 0, 1, 2
# A little inside the policy's limit, so that no rounding of minutes is argued about.
WITHIN = 0.97


@dataclass(frozen=True)
class Sight:
    """Children, schools and provisions, and the nearest schools of each child, nearest first.

    Parameters
    ----------
    children, schools, provisions
        As drawn.
    school : int64, shape (n_children, n_near)
        Index of a school that has the child's year group. Where there are fewer than `n_near` of
        them, the rest of the row is 0 with `km` infinite.
    km : float64, shape (n_children, n_near)
        Great circle, without detour.
    fit : int64, shape (n_children, n_near)
        `PRIMARY_FIT` where the school is designated for the primary need in that year group,
        `SECONDARY_FIT` where only for a secondary need, else `NO_FIT`.
    """

    children: Children
    schools: Schools
    provisions: Provisions
    school: Ints
    km: Floats
    fit: Ints


def look_round(children: Children, schools: Schools, provisions: Provisions) -> Sight:
    """Find the nearest schools of each child, up to `SCHOOLS_IN_SIGHT`, and how they fit."""
    table = designation_table(provisions, len(schools.ids))
    school, km = _nearest(children, schools, table)
    year = (children.year - YEARS[0])[:, None]
    primary = table[school, year, children.need[:, None]]
    # Index -1, no secondary need, finds the table's last column, which is always no.
    secondary = table[school, year, children.secondary_1[:, None]]
    secondary |= table[school, year, children.secondary_2[:, None]]
    fit = np.where(primary, PRIMARY_FIT, np.where(secondary, SECONDARY_FIT, NO_FIT))
    return Sight(children, schools, provisions, school, km, np.where(np.isinf(km), NO_FIT, fit))


def designation_table(provisions: Provisions, schools: int) -> Flags:
    """Say which school admits which year group with which need.

    Returns
    -------
    bool, shape (n_schools, 17, 14)
        Axes: school, year group (`YEARS`), need (`NEEDS`, then a last column that is always no).
    """
    table = np.zeros((schools, len(YEARS), len(NEEDS) + 1), dtype=np.bool_)
    for index, school in enumerate(provisions.school):
        first = provisions.year_from[index] - YEARS[0]
        last = provisions.year_to[index] - YEARS[0]
        table[school, first : last + 1, :-1] |= provisions.needs[index]
    return table


def fitting_provisions(who: Ints, sight: Sight) -> tuple[Ints, Flags]:
    """List the provisions at the nearest schools of some children, and say which may take them.

    Parameters
    ----------
    who : int64, shape (n,)
        Indices of children.

    Returns
    -------
    provision : int64, shape (n, n_slots)
        Nearest school first; a slot that is not used holds some provision and is never fitting.
    fitting : bool, shape (n, n_slots)
        By all of the contract's rules of year, sex, access, residence, score, need and travel.
    """
    children, provisions = sight.children, sight.provisions
    first = np.searchsorted(provisions.school, np.arange(provisions.school[-1] + 2))
    width = int(np.diff(first).max())
    school = sight.school[who]
    slot = first[school][:, :, None] + np.arange(width)
    real = slot < first[school + 1][:, :, None]
    slot = np.minimum(slot, len(provisions.ids) - 1)
    child = who[:, None, None]
    sexes = np.array([{"mixed": -1, "male": 0, "female": 1}[sex] for sex in provisions.sex])[slot]
    score = children.assessment.score[child]
    highest = np.where(provisions.score_to < 0, 1000, provisions.score_to)[slot]
    limit = np.where(children.year <= 6, MAX_MINUTES[0], MAX_MINUTES[1])
    limit = np.where(children.max_minutes < 0, limit, children.max_minutes)[child]
    minutes = sight.km[who][:, :, None] * DETOUR / SPEED_KMH * 60
    fitting = real & (minutes <= limit * WITHIN)
    fitting &= provisions.year_from[slot] <= children.year[child]
    fitting &= children.year[child] <= provisions.year_to[slot]
    fitting &= (sexes < 0) | (sexes == children.girl[child])
    fitting &= ~children.wheelchair[child] | provisions.accessible[slot]
    fitting &= ~children.residential[child] | provisions.residential[slot]
    fitting &= (provisions.score_from[slot] <= score) & (score <= highest)
    fitting &= _needs_met(provisions, slot, children, child)
    return slot.reshape(len(who), -1), fitting.reshape(len(who), -1)


def _needs_met(provisions: Provisions, slot: Ints, children: Children, child: Ints) -> Flags:
    """Say whether a provision admits the primary or a secondary need of a child."""
    needs = np.column_stack([provisions.needs, np.zeros(len(provisions.ids), dtype=np.bool_)])
    met = needs[slot, children.need[child]]
    met |= needs[slot, children.secondary_1[child]]
    return np.asarray(met | needs[slot, children.secondary_2[child]], dtype=np.bool_)


def _nearest(children: Children, schools: Schools, table: Flags) -> tuple[Ints, Floats]:
    """Return the nearest schools that have each child's year group, and the great circle to them."""
    near = min(SCHOOLS_IN_SIGHT, len(schools.ids))
    school = np.zeros((len(children), near), dtype=np.int64)
    km = np.full((len(children), near), np.inf)
    sites = _on_sphere(schools.lat, schools.lon)
    homes = _on_sphere(children.lat, children.lon)
    for index, year in enumerate(YEARS):
        mine = np.flatnonzero(children.year == year)
        admits = np.flatnonzero(table[:, index].any(axis=1))
        if mine.size and admits.size:
            number = min(near, len(admits))
            chord, found = cKDTree(sites[admits]).query(homes[mine], k=np.arange(1, number + 1))
            school[mine, :number] = admits[found]
            km[mine, :number] = 2 * EARTH_RADIUS_KM * np.arcsin(chord / 2)
    return school, km


def _on_sphere(lat: Floats, lon: Floats) -> Floats:
    """Return points of the unit sphere: shape (n, 3)."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])
