"""Where people live: districts, their towns, homes scattered about a town and never out at sea."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.synthetic.constants import (
    AREA_TOWN_SPREAD_KM,
    AREA_TOWNS,
    EARTH_RADIUS_KM,
    EAST_KENT,
    ENGLAND_AREAS,
    KENT_COLUMN_DEGREES,
    KENT_DECILES,
    KENT_ROUND_CHILDREN,
    KENT_ROW_DEGREES,
    KENT_ROWS,
    KENT_TOWNS,
    ONE_AREA_CHILDREN,
    PLAN_RATE_DECILE,
)
from allocator.synthetic.draws import Draws, Floats, Ints

KM_A_DEGREE = EARTH_RADIUS_KM * np.pi / 180


@dataclass(frozen=True)
class Geography:
    """The towns of an authority and the deprivation of its districts.

    Parameters
    ----------
    title : str
        As a heading names it.
    districts : tuple of str
    deciles : float64, shape (n_districts, 10)
        Weight of each district's neighbourhoods by decile of deprivation, 1 (most) first.
    town_district : int64, shape (n_towns,)
        Rises, so that towns near each other are near in the list.
    town_weight, town_lat, town_lon, town_spread : float64, shape (n_towns,)
        Weight within the district; degrees; km a side.
    sea_bearing, sea_km : float64, shape (n_towns,)
        Where the shore lies: degrees from north, and how far; infinitely far inland.
    """

    title: str
    districts: tuple[str, ...]
    deciles: Floats
    town_district: Ints
    town_weight: Floats
    town_lat: Floats
    town_lon: Floats
    town_spread: Floats
    sea_bearing: Floats
    sea_km: Floats

    @property
    def district_weight(self) -> Floats:
        """Weight of each district in children with plans: poorer neighbourhoods have more."""
        return np.asarray(self.deciles @ PLAN_RATE_DECILE ** np.arange(10.0), dtype=np.float64)

    @property
    def weight(self) -> Floats:
        """Weight of each town in children with plans, over all districts."""
        within = np.bincount(self.town_district, self.town_weight)
        share = self.town_weight / within[self.town_district]
        return np.asarray(share * self.district_weight[self.town_district], dtype=np.float64)

    def scatter(self, towns: Ints, draws: Draws) -> tuple[Floats, Floats]:
        """Draw a point about each of the given towns, degrees to 6 decimals.

        A point beyond the shore is mirrored in it.
        """
        east, north = draws.normal(2, len(towns)) * self.town_spread[towns]
        bearing = np.radians(self.sea_bearing[towns])
        beyond = np.maximum(east * np.sin(bearing) + north * np.cos(bearing) - self.sea_km[towns], 0)
        east = east - 2 * beyond * np.sin(bearing)
        north = north - 2 * beyond * np.cos(bearing)
        lat = self.town_lat[towns] + north / KM_A_DEGREE
        lon = self.town_lon[towns] + east / (KM_A_DEGREE * np.cos(np.radians(self.town_lat[towns])))
        return np.round(lat, 6), np.round(lon, 6)


def kent(children: int) -> Geography:
    """Return Kent's 12 districts, or East Kent's 3 for a small round, or several Kents for a large one.

    A year brings Kent no more than `KENT_ROUND_CHILDREN`. A larger round has as many Kents as it
    takes, side by side, so that towns stay as far apart and choice as wide as in one.
    """
    small = children <= ONE_AREA_CHILDREN
    names = EAST_KENT if small else tuple(KENT_TOWNS)
    copies = -(-children // KENT_ROUND_CHILDREN)
    districts = tuple(name if copy == 0 else f"{name} {copy + 1}" for copy in range(copies) for name in names)
    towns = [(index, town) for index, name in enumerate(names) for town in KENT_TOWNS[name]]
    sea = [town.sea or (0.0, np.inf) for _, town in towns]
    copy = np.repeat(np.arange(copies), len(towns))
    row, column = copy % KENT_ROWS, copy // KENT_ROWS

    def each(values: list[float]) -> Floats:
        return np.tile(np.array(values, dtype=np.float64), copies)

    return Geography(
        title="East Kent" if small else "Kent" if copies == 1 else f"Kent, {copies} times over",
        districts=districts,
        deciles=np.tile(np.array([KENT_DECILES[name] for name in names], dtype=np.float64), (copies, 1)),
        town_district=np.tile(np.array([index for index, _ in towns]), copies) + copy * len(names),
        town_weight=each([town.weight for _, town in towns]),
        town_lat=each([town.lat for _, town in towns]) + row * KENT_ROW_DEGREES,
        town_lon=each([town.lon for _, town in towns]) - column * KENT_COLUMN_DEGREES,
        town_spread=each([town.spread_km for _, town in towns]),
        sea_bearing=each([bearing for bearing, _ in sea]),
        sea_km=each([km for _, km in sea]),
    )


def england(draws: Draws) -> Geography:
    """Return England as 50 county-like areas, each with invented towns about its middle."""
    areas = len(ENGLAND_AREAS)
    district = np.repeat(np.arange(areas), AREA_TOWNS)
    rank = np.tile(np.arange(1, AREA_TOWNS + 1), areas)
    lat = np.array([area[2] for area in ENGLAND_AREAS])[district]
    lon = np.array([area[3] for area in ENGLAND_AREAS])[district]
    spread = np.array([area[4] for area in ENGLAND_AREAS], dtype=np.float64)[district]
    # The first town of an area stands in its middle; the others lie about it.
    north, east = draws.normal(2, len(district)).clip(-2, 2) * spread / np.sqrt(2) * (rank > 1)
    plans = np.array([area[1] for area in ENGLAND_AREAS], dtype=np.float64)
    return Geography(
        title="England",
        districts=tuple(area[0] for area in ENGLAND_AREAS),
        deciles=np.repeat(plans[:, None] / 10, 10, axis=1),
        town_district=district.astype(np.int64),
        town_weight=1.0 / rank,
        town_lat=lat + north / KM_A_DEGREE,
        town_lon=lon + east / (KM_A_DEGREE * np.cos(np.radians(lat))),
        town_spread=np.full(len(district), AREA_TOWN_SPREAD_KM),
        sea_bearing=np.zeros(len(district)),
        sea_km=np.full(len(district), np.inf),
    )


def great_circle(lat: Floats, lon: Floats, other_lat: Floats, other_lon: Floats) -> Floats:
    """Return the distance between points in km; the arrays broadcast."""
    phi, other = np.radians(lat), np.radians(other_lat)
    half = np.sin((phi - other) / 2) ** 2
    half = half + np.cos(phi) * np.cos(other) * np.sin(np.radians(lon - other_lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)), dtype=np.float64)
