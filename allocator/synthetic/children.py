"""Children: year group, sex, needs, assessed need, home."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from allocator.synthetic.constants import (
    BOYS_BY_NEED,
    GIRLS_BY_NEED,
    GIRLS_SHARE,
    LOOKED_AFTER_SHARE,
    NEED_MIX,
    NEEDS,
    OWN_LIMIT_SHARE,
    OWN_LIMITS,
    PLAN_RATE_DECILE,
    RESIDENTIAL_SHARE,
    SECONDARY_ONE,
    SECONDARY_TWO,
    SECONDARY_WEIGHTS,
    WAITING_SHARE,
    WHEELCHAIR_SHARE,
)
from allocator.synthetic.draws import Draws, Flags, Floats, Ints
from allocator.synthetic.geography import Geography
from allocator.synthetic.population import YEARS, expected_shares, phase_of
from allocator.synthetic.severity import Assessment, assess


@dataclass(frozen=True)
class Children:
    """The children of a round, column by column; all arrays are of shape (n_children,).

    Parameters
    ----------
    ids : list of str
        C and a number, from 1.
    situation : int64
        `TRANSFER` (moving phase) or `OTHER` (a new plan, a move, a placement that failed).
    year : int64
        Year group at intake.
    need, secondary_1, secondary_2 : int64
        Index into `NEEDS`; -1 where there is no such secondary need.
    girl, wheelchair, residential, looked_after, waiting : bool
        waiting: without a suitable place today.
    max_minutes : int64
        The child's own travel limit; -1 for none.
    assessment : Assessment
    district : int64
    decile : int64
        Deprivation of the home's neighbourhood, 1 (most deprived) to 10.
    lat, lon : float64
        Degrees, 6 decimals.
    """

    ids: list[str]
    situation: Ints
    year: Ints
    need: Ints
    secondary_1: Ints
    secondary_2: Ints
    girl: Flags
    wheelchair: Flags
    residential: Flags
    looked_after: Flags
    waiting: Flags
    max_minutes: Ints
    assessment: Assessment
    district: Ints
    decile: Ints
    lat: Floats
    lon: Floats

    def __len__(self) -> int:
        return len(self.year)

    def take(self, who: Ints) -> Children:
        """Return some of the children, by index."""
        taken: dict[str, Any] = {"ids": [self.ids[child] for child in who.tolist()]}
        for column in fields(self):
            if column.name not in ("ids", "assessment"):
                taken[column.name] = getattr(self, column.name)[who]
        scores = [getattr(self.assessment, column.name)[who] for column in fields(self.assessment)]
        return replace(self, assessment=Assessment(*scores), **taken)


def make_children(
    geography: Geography, authority: str, children: int, rater_error: float, seed: int
) -> Children:
    """Draw the children of a round."""
    shares = expected_shares(authority)
    cell = Draws(seed, "children.cell").pick(shares.ravel(), children)
    situation, year, need = np.unravel_index(cell, shares.shape)
    years = np.array(YEARS, dtype=np.int64)[year]
    first, second = _secondary_needs(need, Draws(seed, "children.secondary"))
    district, decile, lat, lon = _homes(geography, children, seed)
    beds = np.array(RESIDENTIAL_SHARE)[phase_of(years)]
    waits = np.array(WAITING_SHARE)[situation]
    width = max(3, len(str(children)))
    return Children(
        ids=[f"C{child:0{width}d}" for child in range(1, children + 1)],
        situation=situation.astype(np.int64),
        year=years,
        need=need.astype(np.int64),
        secondary_1=first,
        secondary_2=second,
        girl=Draws(seed, "children.sex").chance(girls_by_need(authority)[need], children),
        wheelchair=Draws(seed, "children.wheelchair").chance(np.array(WHEELCHAIR_SHARE)[need], children),
        residential=Draws(seed, "children.residential").chance(beds, children),
        looked_after=Draws(seed, "children.looked_after").chance(LOOKED_AFTER_SHARE, children),
        waiting=Draws(seed, "children.waiting").chance(waits, children),
        max_minutes=_own_limits(children, seed),
        assessment=assess(need.astype(np.int64), rater_error, seed),
        district=district,
        decile=decile,
        lat=lat,
        lon=lon,
    )


def girls_by_need(authority: str) -> Floats:
    """Return the share of girls in each need: that of all plans, brought to the special schools' total."""
    girls = np.array(GIRLS_BY_NEED, dtype=np.float64)
    both = girls + np.array(BOYS_BY_NEED)
    share = np.where(both > 0, girls / np.maximum(both, 1), GIRLS_SHARE[authority])
    mix = np.array(NEED_MIX[authority], dtype=np.float64)
    return np.asarray(share * GIRLS_SHARE[authority] / (mix @ share / mix.sum()), dtype=np.float64)


def _secondary_needs(need: Ints, draws: Draws) -> tuple[Ints, Ints]:
    """Draw none, one or two different secondary needs by what goes with the primary need."""
    uniform = draws.uniform(3, len(need))
    first, second = np.full((2, len(need)), -1, dtype=np.int64)
    for index, code in enumerate(NEEDS):
        weights = np.array([SECONDARY_WEIGHTS[code].get(other, 0.2) for other in NEEDS])
        weights[index] = 0
        mine = np.flatnonzero(need == index)
        # Stretched by a hair, so that rounding never runs past the last need.
        scale = np.cumsum(weights) / weights.sum() * (1 + 1e-12)
        first[mine], second[mine] = np.searchsorted(scale, uniform[:2, mine], side="right")
    second = np.where((uniform[2] < SECONDARY_TWO) & (second != first), second, -1)
    return np.where(uniform[2] < SECONDARY_ONE, first, -1), second


def _own_limits(children: int, seed: int) -> Ints:
    """Give a few children a travel limit of their own, -1 to the others."""
    limited = Draws(seed, "children.max_minutes").chance(OWN_LIMIT_SHARE, children)
    limits = np.array(OWN_LIMITS)[Draws(seed, "children.limit").pick(np.ones(len(OWN_LIMITS)), children)]
    return np.where(limited, limits, -1)


def _homes(geography: Geography, children: int, seed: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Draw district and deprivation together, then a town of the district and a point about it."""
    weights = geography.deciles * PLAN_RATE_DECILE ** np.arange(10.0)
    cell = Draws(seed, "children.neighbourhood").pick(weights.ravel(), children)
    district, decile = np.unravel_index(cell, weights.shape)
    town = np.zeros(children, dtype=np.int64)
    draws = Draws(seed, "children.town")
    for index in range(len(geography.districts)):
        mine = np.flatnonzero(district == index)
        towns = np.flatnonzero(geography.town_district == index)
        town[mine] = towns[draws.pick(geography.town_weight[towns], len(mine))]
    lat, lon = geography.scatter(town, Draws(seed, "children.home"))
    return district.astype(np.int64), decile.astype(np.int64) + 1, lat, lon
