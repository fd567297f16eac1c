"""Which whole jobs fit into one room together: the largest fillings, that no other filling contains.

A row "sizes sum to at most the room" lets a fraction of a job into a gap that no whole job fits. The
fillings say exactly what fits. Counted by "how many jobs of at least this size", jobs that fit
together always stay within one of them, since a job fits wherever a larger one does.
"""

from __future__ import annotations

from collections.abc import Mapping

# Fillings of one room that are looked at before it is given up.
_LOOKS = 3_000


def fillings(room: int, jobs: Mapping[int, int], most: int = 60) -> list[tuple[int, ...]] | None:
    """Return the largest fillings of a room.

    Parameters
    ----------
    room : int
        Units.
    jobs : mapping of int to int
        How many jobs there are of each size; sizes are above 0.
    most : int
        More fillings than that are of no use.

    Returns
    -------
    list of tuple of int, or None
        For each filling, how many jobs it has of at least each size, sizes ascending. None where
        there are more than `most`, or too many to look at.
    """
    sizes = sorted(jobs, reverse=True)
    found: set[tuple[int, ...]] = set()
    # How many sizes are dealt with, the room left, and how many jobs there are so far of each.
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, room, ())]
    looks = 0
    while waiting:
        at, left, counts = waiting.pop()
        looks += 1
        if looks > _LOOKS:
            return None
        if at == len(sizes):
            found.add(tuple(reversed(counts)))
            continue
        before = counts[-1] if counts else 0
        for more in range(min(jobs[sizes[at]], left // sizes[at]) + 1):
            waiting.append((at + 1, left - more * sizes[at], (*counts, before + more)))
    largest = _largest(found)
    return largest if len(largest) <= most else None


def within(counts: tuple[int, ...], filling: tuple[int, ...]) -> bool:
    """Say whether as many jobs of at least each size stay within a filling."""
    return all(here <= there for here, there in zip(counts, filling, strict=True))


def _largest(found: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Keep the fillings that no other one contains."""
    kept: list[tuple[int, ...]] = []
    # One that contains another has the greater sum, and comes first.
    for counts in sorted(found, key=lambda counts: (-sum(counts), counts)):
        if not any(within(counts, other) for other in kept):
            kept.append(counts)
    return kept
