"""A synthetic assignment problem of any size: children and schools about towns on a plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.core import lottery
from allocator.core.goals import ranks
from allocator.core.problem import AssignmentProblem, Bools, Ints, Tier

Floats = NDArray[np.float64]

WIDTH_KM, HEIGHT_KM = 100.0, 60.0
# Straight line to road, and the speed of a minibus.
DETOUR, SPEED_KMH = 1.3, 35.0
OCCUPANCY = 0.95
BAND_STARTS = (750, 500, 250, 0)
MOST_RANKS = 3
# Children whose distances to all provisions are in memory at once.
CHUNK = 4096


@dataclass(frozen=True)
class Pairs:
    """The eligible pairs, `options` for each child, in order of child, then provision.

    Parameters
    ----------
    child, provision : int64, shape (n_pairs,)
    tenths : int64, shape (n_pairs,)
        One-way journey, tenths of a minute.
    """

    child: Ints
    provision: Ints
    tenths: Ints


def plane_problem(children: int, provisions: int, options: int, seed: int = 1) -> AssignmentProblem:
    """Draw a problem with the six default goals: eight tiers and the lottery.

    Children and schools lie about towns of unequal size; a child may hold a place at the
    nearest `options` provisions once each distance has been stretched by chance, as needs
    and ages make the nearest unfit. Places come to 95 % of the children.

    Parameters
    ----------
    children, provisions, options : int
        At least 1, and no more options than provisions.
    seed : int
        The same arguments give the same problem.

    Returns
    -------
    AssignmentProblem
        Tiers: placed by need (ranks of need scores), suitability of each band A to D,
        preference, tenths of minutes, pounds.

    Raises
    ------
    ValueError
        Where a size is out of range.
    """
    if children < 1 or not 1 <= options <= provisions:
        raise ValueError("needs at least 1 child, and from 1 option to as many as there are provisions")
    rng = np.random.default_rng([seed, children, provisions, options])
    school = _schools(provisions, rng)
    towns = _Towns.drawn(max(3, provisions // 12), rng)
    homes = towns.scatter(children, 4.0, 0.15, rng)
    sites = towns.scatter(int(school[-1]) + 1, 2.5, 0.05, rng)
    pairs = _pairs(homes, sites[school], options, rng)
    need = np.rint(1000 * rng.beta(2.0, 2.4, size=children)).astype(np.int64)
    suitability = _suitability(pairs, provisions, rng)
    preference = _preference(pairs, school, children, rng)
    pounds = np.rint(26_000 * rng.lognormal(0.0, 0.35, size=provisions)).astype(np.int64)[pairs.provision]
    tiers = (
        Tier(-ranks(need)[pairs.child]),
        *(Tier(-suitability, band) for band in _bands(need)),
        Tier(preference),
        Tier(pairs.tenths),
        Tier(pounds),
    )
    places = _places(provisions, round(OCCUPANCY * children), rng)
    draw = lottery.draw([lottery.digest(str(seed), f"C{i:06d}") for i in range(children)])
    return AssignmentProblem(
        children,
        pairs.child,
        pairs.provision,
        places,
        np.zeros(provisions, dtype=np.int64),
        school,
        np.full(int(school[-1]) + 1, -1, dtype=np.int64),
        tiers,
        _own_rank(pairs, (-suitability, preference, pairs.tenths, pounds)),
        draw,
    )


@dataclass(frozen=True)
class _Towns:
    """Centres in km, shape (n, 2), and each one's share of the people."""

    centre: Floats
    share: Floats

    @classmethod
    def drawn(cls, n: int, rng: np.random.Generator) -> _Towns:
        centre = rng.uniform((0.0, 0.0), (WIDTH_KM, HEIGHT_KM), size=(n, 2))
        return cls(centre, rng.dirichlet(np.full(n, 1.5)))

    def scatter(self, n: int, spread_km: float, rural: float, rng: np.random.Generator) -> Floats:
        """Draw points about the towns, a part of them anywhere in the country."""
        town = rng.choice(len(self.share), size=n, p=self.share)
        about = self.centre[town] + rng.normal(0.0, spread_km, size=(n, 2))
        anywhere = rng.uniform((0.0, 0.0), (WIDTH_KM, HEIGHT_KM), size=(n, 2))
        return np.where((rng.random(n) < rural)[:, None], anywhere, about)


def _schools(provisions: int, rng: np.random.Generator) -> Ints:
    """Lay provisions in schools, about two to a school; every school has one."""
    n_schools = (provisions + 1) // 2
    more = rng.integers(0, n_schools, size=provisions - n_schools)
    return np.sort(np.concatenate((np.arange(n_schools), more))).astype(np.int64)


def _pairs(homes: Floats, sites: Floats, options: int, rng: np.random.Generator) -> Pairs:
    """Choose each child's provisions and round their journeys to tenths of a minute."""
    chosen, km = [], []
    for begin in range(0, len(homes), CHUNK):
        some = homes[begin : begin + CHUNK]
        distance = np.hypot(*(some[:, None, axis] - sites[None, :, axis] for axis in (0, 1)))
        stretched = distance * rng.lognormal(0.0, 0.6, size=distance.shape)
        nearest = np.sort(np.argpartition(stretched, options - 1, axis=1)[:, :options], axis=1)
        chosen.append(nearest.ravel())
        km.append(np.take_along_axis(distance, nearest, axis=1).ravel())
    tenths = np.rint(np.concatenate(km) * DETOUR / SPEED_KMH * 600).astype(np.int64)
    child = np.repeat(np.arange(len(homes), dtype=np.int64), options)
    return Pairs(child, np.concatenate(chosen).astype(np.int64), tenths)


def _suitability(pairs: Pairs, provisions: int, rng: np.random.Generator) -> Ints:
    """80 at the quarter of provisions that take any need; elsewhere 100, or 60 for a secondary need."""
    any_need = rng.random(provisions) < 0.25
    fitting = np.where(rng.random(len(pairs.child)) < 0.7, 100, 60)
    return np.asarray(np.where(any_need[pairs.provision], 80, fitting), dtype=np.int64)


def _preference(pairs: Pairs, school: Ints, children: int, rng: np.random.Generator) -> Ints:
    """Rank minus one of the school, the number of ranks where it was not asked for.

    A family asks for none to three of its schools, the nearer the likelier.
    """
    n_ranks = rng.integers(0, MOST_RANKS + 1, size=children)
    key = pairs.child * (int(school[-1]) + 1) + school[pairs.provision]
    # One entry for each child and school, whose provisions share a journey; pairs are sorted by both.
    first = np.concatenate(([True], key[1:] != key[:-1]))
    asked_child = pairs.child[first]
    appeal = pairs.tenths[first] * rng.lognormal(0.0, 0.8, size=int(first.sum()))
    order = np.lexsort((appeal, asked_child))
    begins = np.searchsorted(asked_child, np.arange(children))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - begins[asked_child[order]]
    entry = np.cumsum(first) - 1
    return np.asarray(np.minimum(rank[entry], n_ranks[pairs.child]), dtype=np.int64)


def _bands(need: Ints) -> list[Bools]:
    """Members of each need band, greatest need first."""
    band = np.searchsorted(-np.array(BAND_STARTS), -need)
    return [band == k for k in range(len(BAND_STARTS))]


def _places(provisions: int, total: int, rng: np.random.Generator) -> Ints:
    """Share out the places to provisions of unequal size, by largest remainder."""
    size = rng.lognormal(0.0, 0.5, size=provisions)
    exact = total * size / size.sum()
    places: Ints = np.floor(exact).astype(np.int64)
    short = total - int(places.sum())
    places[np.argsort(places - exact, kind="stable")[:short]] += 1
    return places


def _own_rank(pairs: Pairs, keys: tuple[Ints, ...]) -> Ints:
    """Each child's own order of its options by the keys, then by provision."""
    order = np.lexsort((pairs.provision, *reversed(keys), pairs.child))
    rank = np.empty(len(order), dtype=np.int64)
    begins = np.searchsorted(pairs.child, pairs.child[order])
    rank[order] = np.arange(len(order)) - begins
    return rank
