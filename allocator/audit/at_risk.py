"""Who is at risk in the test of pressure: children under discretion with an eligible provision.

Plain arrays, blind to ids. Others, and the places they hold, are taken out before. Nothing here
depends on pressure but `pressure` itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.core.problem import Bools, Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AtRisk:
    """Children at risk of being placed, what they compete for, and the pressure on their cases.

    Parameters
    ----------
    placed : bool, shape (n,)
    need : float64, shape (n,)
        Need score, points.
    first : int64, shape (n + 1,)
        Where each child's list of eligible options begins.
    option : int64, shape (n_pairs,)
        Eligible options of each child, the nearest first (ties by index).
    room : int64, shape (n_options,)
        Places left to these children: the largest of what is commissioned and what they hold.
    phase : int64, shape (n,)
        Code of the child's phase of education.
    area : int64, shape (n,)
        Code of the area or caseworker whose habits may differ; all 0 where none is recorded.
    exact : int64, shape (n,)
        Code of what strata must never mix (the route); all 0 where all are alike.
    causes : float64, shape (n, n_causes)
        Recorded causes that the rule may have weighed beside need (waiting, on roll, sibling ...),
        standardised; no column where there is none.
    cause_names : tuple of str
    pressure : float64, shape (n, n_columns)
        1 and 0 for yes and no; counts as they are.
    columns : tuple of str
        Name of each column of pressure.
    is_count : tuple of bool
    """

    placed: Bools
    need: Floats
    first: Ints
    option: Ints
    room: Ints
    phase: Ints
    area: Ints
    exact: Ints
    causes: Floats
    cause_names: tuple[str, ...]
    pressure: Floats
    columns: tuple[str, ...]
    is_count: tuple[bool, ...]

    @property
    def n(self) -> int:
        """How many children are at risk."""
        return len(self.placed)


@dataclass(frozen=True)
class Chances:
    """What re-runs of the rule say of each child, had nobody brought pressure.

    Parameters
    ----------
    chance : float64, shape (n,)
        Share of the re-runs in which the child is placed, drawn in from 0 and 1 by half a run.
    cutoff : float64, shape (n,)
        Mean over the re-runs of the least priority that would have got the child an eligible place,
        in points of need; `free` counts where a place was left.
    noise : float64
        Standard deviation of the arrival noise that fits the placements best, points.
    weight : float64, shape (n_causes,)
        Points of need that one unit of each recorded cause was worth, as fitted without pressure.
    always, never : bool, shape (n,)
        Placed in every re-run, or in none.
    """

    chance: Floats
    cutoff: Floats
    noise: float
    weight: Floats
    always: Bools
    never: Bools


@dataclass(frozen=True)
class ExactFinding:
    """What the exact test within strata says of one column.

    Parameters
    ----------
    p : float
        Two-sided mid-p (permutation for a count), before correction for several columns.
    p_exact : float
        Two-sided exact p; for a count the same as `p`.
    odds_ratio, odds_low, odds_high : float
        Conditional odds ratio with its 95 % mid-p interval; for a count per one more, NaN where
        it cannot be had, 0 and infinity where a side is open.
    information : float
        V of the stratified table; for a count the variance of the permuted statistic over n.
    power : float or None
        Chance of finding odds 2 at the level used; None for a count.
    gamma : float
        Rosenbaum's Γ: how much likelier an unrecorded cause must make pressure to explain the finding;
        1 where there is none to explain.
    n, n_pressured, n_other : int
        Children in informative strata, and of these on either side.
    """

    p: float
    p_exact: float
    odds_ratio: float
    odds_low: float
    odds_high: float
    information: float
    power: float | None
    gamma: float
    n: int
    n_pressured: int
    n_other: int


@dataclass(frozen=True)
class ModelFinding:
    """What regressions say of one column, beside the exact test.

    Parameters
    ----------
    effect, effect_low, effect_high : float
        Average marginal effect on the chance of a place (0.09 is 9 more places per 100) of yes against
        no, or of one more, with its 95 % interval; NaN where it cannot be estimated.
    p_effect : float
        Two-sided p of the second method.
    points, points_low, points_high : float
        λ, the same effect in points of need, by a probit in need and cutoff.
    p_joint : float
        Two-sided p of the column in the model that holds all columns, Holm-corrected.
    effect_corrected, corrected_low, corrected_high : float
        The effect corrected for a known error in need; NaN where none is known.
    reliability_needed : float
        The reliability of need at which the effect would vanish; NaN where there is none.
    """

    effect: float
    effect_low: float
    effect_high: float
    p_effect: float
    points: float
    points_low: float
    points_high: float
    p_joint: float
    effect_corrected: float
    corrected_low: float
    corrected_high: float
    reliability_needed: float
