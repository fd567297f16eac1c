"""Who comes to a round, in expectation: shares by situation, year group and primary need."""

from __future__ import annotations

from typing import Final

import numpy as np

from allocator.synthetic.constants import (
    NEED_BY_PHASE,
    NEED_MIX,
    NEW_YEARS,
    TRANSFER_SHARE,
    TRANSFER_YEARS,
)
from allocator.synthetic.draws import Floats, Ints

YEARS: Final = tuple(range(-2, 15))
PHASES: Final = "PSF"
TRANSFER: Final = 0
OTHER: Final = 1


def phase_of(years: Ints) -> Ints:
    """Return the phase of each year group: 0 up to year 6, 1 up to year 11, 2 above."""
    return np.searchsorted([7, 12], years, side="right").astype(np.int64)


def expected_shares(authority: str) -> Floats:
    """Return the share of children by situation, year group and need.

    The need mix is that of the authority exactly; within a need, the year groups of transfers and
    of new places are tilted by how the need's plans lie over the phases.

    Parameters
    ----------
    authority : str
        A key of `NEED_MIX`.

    Returns
    -------
    float64, shape (2, 17, 13)
        Axes: situation (`TRANSFER`, `OTHER`), year group (`YEARS`), need (`NEEDS`). Sums to 1.
    """
    situations = np.array([_year_weights(TRANSFER_YEARS), _year_weights(NEW_YEARS)])
    situations *= np.array([[TRANSFER_SHARE], [1 - TRANSFER_SHARE]])
    by_phase = np.array(NEED_BY_PHASE, dtype=np.float64)
    # A need that nobody has in the source keeps the years of all needs together.
    by_phase[:, by_phase.sum(axis=0) == 0] = 1
    tilt = by_phase / by_phase.sum(axis=1, keepdims=True)
    tilt /= tilt.mean(axis=0)
    years = situations[:, :, None] * tilt[phase_of(np.array(YEARS))][None, :, :]
    within = years / years.sum(axis=(0, 1))
    mix = np.array(NEED_MIX[authority], dtype=np.float64)
    return np.asarray(within * (mix / mix.sum()), dtype=np.float64)


def _year_weights(weights: dict[int, int]) -> Floats:
    """Lay weights by year group out over `YEARS`, summing to 1."""
    row = np.array([weights.get(year, 0) for year in YEARS], dtype=np.float64)
    return np.asarray(row / row.sum(), dtype=np.float64)
