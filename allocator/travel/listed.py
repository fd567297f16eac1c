"""Journeys from a table; a pair that is not listed is asked of another source, or unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.travel.journeys import UNKNOWN, Floats, Ints, Journeys, JourneySource


@dataclass(frozen=True)
class Nowhere:
    """The source that knows no journey."""

    def journeys(self, child: Ints, school: Ints) -> Journeys:
        """Return unknown journeys."""
        return Journeys(np.full(len(child), UNKNOWN, dtype=np.int64), np.full(len(child), np.nan))


@dataclass(frozen=True)
class Listed:
    """A table of journeys before another source.

    Parameters
    ----------
    key : int64, shape (n_listed,)
        Index of child times `n_schools` plus index of school, ascending.
    tenths : int64, shape (n_listed,)
    km : float64, shape (n_listed,)
    n_schools : int
    otherwise : JourneySource
        Asked for the pairs that are not listed.
    """

    key: Ints
    tenths: Ints
    km: Floats
    n_schools: int
    otherwise: JourneySource

    def journeys(self, child: Ints, school: Ints) -> Journeys:
        """Return the journeys of pairs given by index of child and index of school."""
        found = self.otherwise.journeys(child, school)
        if len(self.key) == 0:
            return found
        wanted = child * np.int64(self.n_schools) + school
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        listed = self.key[at] == wanted
        return Journeys(
            np.where(listed, self.tenths[at], found.tenths), np.where(listed, self.km[at], found.km)
        )
