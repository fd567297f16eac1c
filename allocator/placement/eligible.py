"""All eligible pairs of a round, found in blocks so that memory follows the pairs kept.

Most children share their year group, sex, needs, access and the interval of need scores
that provisions tell apart with many others, so the rules on those are judged once for each
such profile; what is a child's own is judged pair by pair.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.placement.columns import Bools, ChildColumns, Columns, Ints, ProvisionColumns
from allocator.placement.keyed import absent
from allocator.placement.rules import PAIR_RULES, STATIC_RULES, Facts, facts_of

# Cells of profiles times provisions, and pairs, that are judged at once.
BLOCK_CELLS = 4_000_000
# The columns that make a profile, with the need score as the interval it lies in: everything
# that a static rule looks at.
PROFILE = ("year_group", "sex", "primary", "secondary", "wheelchair", "residential")


def eligible_pairs(columns: Columns) -> Facts:
    """Find every eligible pair with what is known of it, sorted by child, then provision.

    Parameters
    ----------
    columns : Columns

    Returns
    -------
    Facts
        Rulings that place a child are not looked at: they hold whatever the rules say.
    """
    first, profile = _profiles(columns)
    bounds, fitting = _fitting(columns, first)
    count = np.diff(bounds)[profile] + np.bincount(columns.judged.child, minlength=columns.n_children)
    blocks = [
        _block(columns, np.arange(start, stop), profile, bounds, fitting)
        for start, stop in _blocks(count, BLOCK_CELLS)
    ]
    if not blocks:
        empty = np.zeros(0, dtype=np.int64)
        return facts_of(columns, empty, empty)
    return Facts(*(np.concatenate(parts) for parts in zip(*map(_arrays, blocks), strict=True)))


def _profiles(columns: Columns) -> tuple[Ints, Ints]:
    """Number the profiles: the first child of each, and each child's profile."""
    children, provisions = columns.children, columns.provisions
    edges = np.unique(np.concatenate((provisions.score_from, provisions.score_to + 1)))
    interval = np.searchsorted(edges, children.need_score, side="right")
    table = np.column_stack(
        [interval, *(np.asarray(getattr(children, name), dtype=np.int64) for name in PROFILE)]
    )
    if len(table) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    _, first, profile = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), profile.astype(np.int64).reshape(-1)


def _fitting(columns: Columns, first: Ints) -> tuple[Ints, Ints]:
    """List the provisions that fit each profile: where each list begins, and the lists."""
    step = max(1, BLOCK_CELLS // max(columns.n_provisions, 1))
    p = columns.provisions
    wide = ProvisionColumns(*(getattr(p, name)[None, :] for name in p.__dataclass_fields__))
    counts, lists = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(first), step):
        c = columns.children.take(first[start : start + step])
        tall = ChildColumns(*(getattr(c, name)[:, None] for name in c.__dataclass_fields__))
        fits: Bools = (wide.needs == 0) | ((wide.needs & (tall.primary | tall.secondary)) != 0)
        for rule in STATIC_RULES:
            fits &= rule.holds(tall, wide)
        counts.append(fits.sum(axis=1))
        lists.append(np.nonzero(fits)[1].astype(np.int64))
    return np.cumsum(np.concatenate(counts)), np.concatenate(lists)


def _blocks(count: Ints, most: int) -> list[tuple[int, int]]:
    """Cut children into runs of at most so many pairs, or of one child."""
    reach, cuts = np.cumsum(count), [0]
    while cuts[-1] < len(count):
        before = reach[cuts[-1] - 1] if cuts[-1] else 0
        stop = int(np.searchsorted(reach, before + most, side="right"))
        cuts.append(max(stop, cuts[-1] + 1))
    return list(pairwise(cuts))


def _arrays(facts: Facts) -> tuple[NDArray[Any], ...]:
    return facts.child, facts.provision, facts.suitability, facts.tenths, facts.km


def _block(columns: Columns, block: Ints, profile: Ints, bounds: Ints, fitting: Ints) -> Facts:
    """Judge the pairs of one run of children: those their profiles leave, and those judged one by one."""
    begin = bounds[profile[block]]
    count = bounds[profile[block] + 1] - begin
    child = np.repeat(block, count)
    within = np.arange(len(child)) - np.repeat(np.cumsum(count) - count, count)
    provision = fitting[np.repeat(begin, count) + within]
    judged = columns.judged
    inside = np.flatnonzero((judged.child >= block[0]) & (judged.child <= block[-1]))
    if len(inside):
        width = np.int64(columns.n_provisions)
        key = child * width + provision
        more = absent(_sound(columns, judged.key[inside]), key)
        key = np.sort(np.concatenate((key, more)), kind="stable")
        child, provision = key // width, key % width
    facts = facts_of(columns, child, provision)
    keep = np.ones(len(facts.child), dtype=bool)
    for rule in PAIR_RULES:
        keep &= rule.holds(columns, facts)
    return Facts(*(array[keep] for array in _arrays(facts)))


def _sound(columns: Columns, key: Ints) -> Ints:
    """Keep the judged pairs for which every rule on the child's and the provision's columns holds."""
    width = np.int64(columns.n_provisions)
    c, p = columns.children.take(key // width), columns.provisions.take(key % width)
    keep = np.ones(len(key), dtype=bool)
    for rule in STATIC_RULES:
        keep &= rule.holds(c, p)
    return key[keep]
