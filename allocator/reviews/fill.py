"""The most of a room that whole cases can fill: a subset sum over their lengths."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Rooms of so many steps are filled bit by bit; a finer grid is searched sum by sum.
_MOST_BITS = 1 << 18
# So many different sums are kept; past that the room counts as full, which no filling exceeds.
_MOST_SUMS = 50_000


def best_fill(room: int, sizes: Sequence[int], counts: Sequence[int]) -> int:
    """Return the largest total of whole cases that is no more than the room.

    Parameters
    ----------
    room : int
        Units.
    sizes, counts : sequence of int
        Different lengths in units, each greater than 0, and how many cases have each.

    Returns
    -------
    int
        Exact wherever the lengths have a common step of which the room holds at most 262,144, or the
        different sums are at most 50,000; else possibly more than the truth, never less, never
        more than the room.
    """
    fitting = [(s, min(n, room // s)) for s, n in zip(sizes, counts, strict=True) if n > 0 and s <= room]
    if not fitting:
        return 0
    step = math.gcd(*(size for size, _ in fitting))
    if room // step <= _MOST_BITS:
        return step * _by_bits(room // step, [(size // step, count) for size, count in fitting])
    return _by_sums(room, fitting)


def _by_bits(room: int, fitting: list[tuple[int, int]]) -> int:
    """Keep every sum that can be had as a bit of one whole number."""
    within, reached = (1 << (room + 1)) - 1, 1
    for size, count in fitting:
        left, take = count, 1
        while left:
            # 1, 2, 4, … of a length and what is left over make every number of it.
            take = min(take, left)
            reached |= (reached << (size * take)) & within
            left, take = left - take, 2 * take
        if reached >> room:
            return room
    return reached.bit_length() - 1


def _by_sums(room: int, fitting: list[tuple[int, int]]) -> int:
    reached = {0}
    for size, count in fitting:
        for _ in range(count):
            more = {total + size for total in reached if total + size <= room} - reached
            if not more:
                break
            reached |= more
            if len(reached) > _MOST_SUMS:
                return room
    return max(reached)
