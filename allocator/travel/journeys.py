"""A journey one way: tenths of a minute, kilometres, and what it means not to know one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNKNOWN = -1


@dataclass(frozen=True)
class Journeys:
    """Journeys of some pairs of a child and a school.

    Parameters
    ----------
    tenths : int64, shape (n,)
        Minutes one way in tenths, `UNKNOWN` where there is no known journey.
    km : float64, shape (n,)
        Kilometres one way, NaN where unknown.
    """

    tenths: Ints
    km: Floats


class JourneySource(Protocol):
    """Anything that knows journeys: a straight line, a table, later a road network."""

    def journeys(self, child: Ints, school: Ints) -> Journeys:
        """Return the journeys of pairs given by index of child and index of school."""
        ...


def tenths(minutes: Floats) -> Ints:
    """Round minutes to tenths exactly as Python's ``round(x, 1)`` does, ties to even.

    Scaling by ten first would round some binary fractions the other way, so whatever lies
    near a tie is rounded by Python itself.

    Parameters
    ----------
    minutes : float64, shape (n,)

    Returns
    -------
    int64, shape (n,)
    """
    scaled = minutes * 10.0
    whole = np.rint(scaled)
    near_tie = np.flatnonzero(np.abs(np.abs(scaled - np.floor(scaled)) - 0.5) < 1e-6)
    for i in near_tie.tolist():
        whole[i] = round(round(float(minutes[i]), 1) * 10)
    return whole.astype(np.int64)
