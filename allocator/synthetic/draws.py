"""Random numbers that are the same on every machine and under every version of numpy.

numpy promises that the raw bits of a named generator never change; it does not promise
that of its distributions. So only PCG64's raw bits are taken, and each distribution is
made here by inverting its distribution function.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Draws:
    """A stream of random numbers that belongs to one seed and one name.

    Parameters
    ----------
    seed : int
        At least 0.
    name : str
        What is drawn. Streams of different names are independent, so that a new table,
        or a change in one, leaves the others as they were.
    """

    def __init__(self, seed: int, name: str) -> None:
        words = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4")
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, *words.tolist()]))

    def uniform(self, *shape: int) -> Floats:
        """Draw numbers strictly between 0 and 1, all alike likely."""
        size = int(np.prod(shape))
        raw = np.asarray(self._bits.random_raw(size), dtype=np.uint64)
        # The half keeps 0 and 1 out, where the inverse of the normal is infinite.
        return (((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52).reshape(shape)

    def normal(self, *shape: int) -> Floats:
        """Draw from the normal distribution of mean 0 and standard deviation 1."""
        return np.asarray(ndtri(self.uniform(*shape)), dtype=np.float64)

    def gumbel(self, *shape: int) -> Floats:
        """Draw from the standard Gumbel distribution: the noise of a choice in proportion to merit."""
        return np.asarray(-np.log(-np.log(self.uniform(*shape))), dtype=np.float64)

    def chance(self, probability: float | Floats, count: int) -> Flags:
        """Say yes `count` times, each with its probability."""
        return np.asarray(self.uniform(count) < probability, dtype=np.bool_)

    def pick(self, weights: npt.ArrayLike, count: int) -> Ints:
        """Draw `count` indices of `weights`, each in proportion to its weight."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        return _found(cumulative, self.uniform(count) * cumulative[-1])

    def spread(self, weights: npt.ArrayLike, count: int) -> Ints:
        """Draw `count` indices in proportion to weight, as evenly as can be, in rising order.

        Each index comes up its expected number of times, rounded down or up.

        References
        ----------
        Madow (1949), On the theory of systematic sampling, II.
        """
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        ticks = (np.arange(count) + self.uniform(1)) / max(count, 1)
        return _found(cumulative, ticks * cumulative[-1])

    def order(self, count: int) -> Ints:
        """Shuffle the numbers 0 to `count` - 1."""
        return np.argsort(self.uniform(count), kind="stable").astype(np.int64)


def _found(cumulative: Floats, at: Floats) -> Ints:
    """Return the index whose stretch of the cumulative weights holds each number."""
    found = np.searchsorted(cumulative, at, side="right")
    return np.asarray(np.minimum(found, len(cumulative) - 1), dtype=np.int64)


def apportion(weights: npt.ArrayLike, total: int) -> Ints:
    """Share a whole number out in proportion to weights, by largest remainder.

    Parameters
    ----------
    weights : shape (n,)
        At least 0, not all 0.
    total : int
        What is shared out.

    Returns
    -------
    int64, shape (n,)
        Sums to `total` exactly; the first of equal remainders is served first.
    """
    share = np.asarray(weights, dtype=np.float64)
    quota = share / share.sum() * total
    given = np.floor(quota + 1e-9).astype(np.int64)
    order = np.argsort(given - quota, kind="stable")
    given[order[: total - int(given.sum())]] += 1
    return np.asarray(given, dtype=np.int64)
