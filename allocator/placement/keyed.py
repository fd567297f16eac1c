"""Sorted whole-number keys in place of tables of pairs: looked up, told apart, joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Keyed:
    """A sparse table over pairs: sorted keys and a value each.

    Parameters
    ----------
    key : int64, shape (n,)
        Index of child times `width` plus index of the other side, ascending, no repeats.
    value : int64, shape (n,)
    width : int
    """

    key: Ints
    value: Ints
    width: int

    @classmethod
    def of(cls, child: Ints, other: Ints, value: Ints, width: int) -> Keyed:
        """Sort rows into a table."""
        key = child * np.int64(width) + other
        order = np.argsort(key, kind="stable")
        return cls(key[order], value[order], width)

    def get(self, child: Ints, other: Ints, missing: int) -> Ints:
        """Look up pairs; `missing` where a pair has no row."""
        if len(self.key) == 0:
            return np.full(len(child), missing, dtype=np.int64)
        wanted = child * np.int64(self.width) + other
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where(self.key[at] == wanted, self.value[at], missing)

    @property
    def child(self) -> Ints:
        """Index of the child of each row."""
        return self.key // np.int64(max(self.width, 1))

    @property
    def other(self) -> Ints:
        """Index of the other side of each row."""
        return self.key % np.int64(max(self.width, 1))


def distinct(keys: Ints) -> Ints:
    """Sort keys and keep each once; for many keys far quicker than hashing them."""
    keys = np.sort(keys)
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys


def absent(keys: Ints, among: Ints) -> Ints:
    """Return the keys that do not occur in a sorted array."""
    if len(among) == 0:
        return keys
    at = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    missing: Bools = among[at] != keys
    return np.asarray(keys[missing], dtype=np.int64)


def packed(keys: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """Pack sort keys, none negative, the last the most significant, into one where they fit.

    Sorting by one key takes a fraction of the time of sorting by several.
    """
    total = np.zeros(len(keys[0]), dtype=np.int64)
    scale = 1
    for key in keys:
        if scale * (int(key.max(initial=0)) + 1) > 2**62:
            return keys
        total += key * np.int64(scale)
        scale *= int(key.max(initial=0)) + 1
    return (total,)
