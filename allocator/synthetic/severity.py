"""Assessed need: a latent severity that nobody sees, and the points of two raters who err."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.synthetic.constants import RATER_STEP, SEVERITY_MEAN, SEVERITY_SD
from allocator.synthetic.draws import Draws, Floats, Ints


@dataclass(frozen=True)
class Assessment:
    """Severity and its measurement; all arrays are of shape (n_children,).

    Parameters
    ----------
    severity : float64
        The truth, on the scale 0 to 1,000.
    rater_1, rater_2 : int64
        Points of each rater, in steps of `RATER_STEP`.
    score : int64
        The need score: the mean of the two, rounded down.
    """

    severity: Floats
    rater_1: Ints
    rater_2: Ints
    score: Ints


def assess(need: Ints, rater_error: float, seed: int) -> Assessment:
    """Draw each child's severity by primary need, and have two raters score it independently.

    Parameters
    ----------
    need : int64, shape (n_children,)
        Index into `NEEDS`.
    rater_error : float
        Standard deviation of one rater about the truth, points.
    """
    count = len(need)
    spread = SEVERITY_SD * Draws(seed, "severity").normal(count)
    severity = (np.array(SEVERITY_MEAN, dtype=np.float64)[need] + spread).clip(0, 1000)
    first = _points(severity + rater_error * Draws(seed, "rater.1").normal(count))
    second = _points(severity + rater_error * Draws(seed, "rater.2").normal(count))
    return Assessment(severity, first, second, (first + second) // 2)


def _points(seen: Floats) -> Ints:
    """Round what a rater sees to the matrix's steps."""
    return (np.rint(seen.clip(0, 1000) / RATER_STEP) * RATER_STEP).astype(np.int64)
