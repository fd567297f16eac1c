"""The fillings of a room are exactly what fits it."""

from __future__ import annotations

import itertools

import numpy as np

from allocator.core.calendar.exact_hull import fillings, within


def test_fillings_are_what_fits() -> None:
    """Jobs fit a room together exactly where their counts stay within one of its fillings."""
    rng = np.random.default_rng(7)
    for _ in range(60):
        sizes = sorted(rng.choice(9, int(rng.integers(1, 4)), replace=False) + 1)
        jobs = {int(size): int(rng.integers(1, 4)) for size in sizes}
        room = int(rng.integers(1, 16))
        largest = fillings(room, jobs)
        assert largest is not None
        for counts in itertools.product(*(range(number + 1) for number in jobs.values())):
            fits = sum(size * number for size, number in zip(jobs, counts, strict=True)) <= room
            at_least = tuple(sum(counts[k:]) for k in range(len(counts)))
            assert fits == any(within(at_least, filling) for filling in largest)
        assert not any(within(one, other) for one, other in itertools.permutations(largest, 2))


def test_rooms_with_too_many_fillings_are_left_to_their_sums() -> None:
    """Minutes instead of half days: no list of fillings is made."""
    sizes = dict.fromkeys(range(20, 60), 1)
    assert fillings(600, sizes) is None
    assert fillings(100, {7: 9, 11: 9, 13: 9}, most=1) is None
