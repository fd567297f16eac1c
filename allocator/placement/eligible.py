"""All eligible pairs of a round, found in blocks so that memory follows the pairs kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.placement.columns import Bools, ChildColumns, Columns, Ints, ProvisionColumns
from allocator.placement.rules import PAIR_RULES, STATIC_RULES, Facts, facts_of

# Cells of a block of children times provisions that are judged at once.
BLOCK_CELLS = 4_000_000


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
    step = max(1, BLOCK_CELLS // max(columns.n_provisions, 1))
    blocks = [
        _block(columns, np.arange(start, min(start + step, columns.n_children)))
        for start in range(0, columns.n_children, step)
    ]
    if not blocks:
        empty = np.zeros(0, dtype=np.int64)
        return facts_of(columns, empty, empty)
    return Facts(*(np.concatenate(parts) for parts in zip(*map(_arrays, blocks), strict=True)))


def _arrays(facts: Facts) -> tuple[NDArray[Any], ...]:
    return facts.child, facts.provision, facts.suitability, facts.tenths, facts.km


def _block(columns: Columns, block: Ints) -> Facts:
    """Judge one block: the children's and provisions' own columns first, then the pairs left."""
    c, p = columns.children.take(block), columns.provisions
    tall = ChildColumns(*(getattr(c, name)[:, None] for name in c.__dataclass_fields__))
    wide = ProvisionColumns(*(getattr(p, name)[None, :] for name in p.__dataclass_fields__))
    fits = np.ones((len(block), columns.n_provisions), dtype=bool)
    for static in STATIC_RULES:
        fits &= static.holds(tall, wide)
    fits &= _may_suit(columns, block, tall, wide)
    row, provision = np.nonzero(fits)
    facts = facts_of(columns, block[row], provision.astype(np.int64))
    keep = np.ones(len(row), dtype=bool)
    for rule in PAIR_RULES:
        keep &= rule.holds(columns, facts)
    return Facts(*(array[keep] for array in _arrays(facts)))


def _may_suit(columns: Columns, block: Ints, tall: ChildColumns, wide: ProvisionColumns) -> Bools:
    """Say which cells are designated for the need or judged one by one, before looking closer."""
    needs = tall.primary | tall.secondary
    fits: Bools = (wide.needs == 0) | ((wide.needs & needs) != 0)
    judged = columns.judged
    inside = (judged.child >= block[0]) & (judged.child <= block[-1])
    fits[judged.child[inside] - block[0], judged.other[inside]] = True
    return fits
