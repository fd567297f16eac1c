"""Journeys by great circle, times a detour factor, at one speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.travel.journeys import Floats, Ints, Journeys, tenths

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class StraightLine:
    """Great-circle journeys.

    Parameters
    ----------
    child, school : float64, shape (n, 3)
        Points on the unit sphere, from `unit_sphere`.
    speed_kmh : float
    detour : float
        Length of the way over the great circle's.
    """

    child: Floats
    school: Floats
    speed_kmh: float
    detour: float

    def journeys(self, child: Ints, school: Ints) -> Journeys:
        """Return the journeys of pairs given by index of child and index of school."""
        chord = np.zeros(len(child))
        for axis in range(3):
            chord += (self.child[child, axis] - self.school[school, axis]) ** 2
        angle = 2.0 * np.arcsin(np.minimum(np.sqrt(chord) / 2.0, 1.0))
        km = EARTH_RADIUS_KM * angle * self.detour
        return Journeys(tenths(km / self.speed_kmh * 60.0), km)


def unit_sphere(lat: Floats, lon: Floats) -> Floats:
    """Turn degrees WGS84 into points on the unit sphere, shape (n, 3)."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))
