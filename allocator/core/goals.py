"""From a measure to integer costs: ranks of levels, classes, exact weights, exact ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from allocator.core.problem import LARGEST_COST, Ints
from allocator.errors import ProblemError


def ranks(levels: Ints) -> Ints:
    """Rank levels among their distinct values, ascending from 1.

    Any strictly increasing positive weights give the leximax outcome of a placed set, since
    the sets that can be placed together are the independent sets of a matroid; ranks are
    the smallest such weights.

    Parameters
    ----------
    levels : int64, shape (n,)

    Returns
    -------
    int64, shape (n,)

    References
    ----------
    Gale, D. (1968). Optimal assignments in an ordered set. Journal of Combinatorial Theory 4.
    """
    _, rank = np.unique(levels, return_inverse=True)
    return rank.astype(np.int64).reshape(-1) + 1


def common_denominator(weights: Sequence[Fraction]) -> int:
    """Return the least positive integer that makes every weight whole."""
    return math.lcm(*(weight.denominator for weight in weights))


def exact(weight: Decimal) -> Fraction:
    """Read a decimal weight as the exact fraction that it writes."""
    return Fraction(weight)


def weighted_sum(columns: Sequence[Ints], factors: Sequence[int]) -> Ints:
    """Add columns with integer factors, refusing what would leave exact arithmetic.

    Parameters
    ----------
    columns : sequence of int64 arrays of one shape
    factors : sequence of int

    Returns
    -------
    int64 array of the same shape

    Raises
    ------
    ProblemError
        When the largest possible sum passes LARGEST_COST.
    """
    reach = sum(
        abs(factor) * max(abs(int(column.min())), abs(int(column.max())))
        for column, factor in zip(columns, factors, strict=True)
        if len(column)
    )
    if reach > LARGEST_COST or any(abs(factor) > LARGEST_COST for factor in factors):
        raise ProblemError(
            "a weighted goal leaves exact arithmetic: its weights have too many digits or are too far apart"
        )
    total = np.zeros(len(columns[0]), dtype=np.int64)
    for column, factor in zip(columns, factors, strict=True):
        total += column * np.int64(factor)
    return total
