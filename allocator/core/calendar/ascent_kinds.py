"""Who is alike for a goal about pairs and the goals before it: groups of agents, cells of workers.

Agents of one type whom the goals about pairs cannot tell apart are one group. Workers whom those
goals cannot tell apart are one kind, and a kind's workers with the same room in a period are one cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.patterns import patterns
from allocator.core.calendar.problem import Bools, CalendarProblem, Ints, PairTier, TimeTier
from allocator.core.calendar.types import Types, types_of


@dataclass(frozen=True)
class Groups:
    """The agents of a problem, for one goal about pairs and the goals about time and pairs before it.

    Parameters
    ----------
    timed, paired : tuple of int
        The goals before it about time; the goals about pairs, itself the last.
    types : Types
        For the goals in `timed`.
    suits : bool, shape (len(paired), n_agents, n_workers)
    sizes : int64, shape (n_sizes,)
        Ascending.
    sample : int64, shape (n_sorts,)
        An agent of each sort that the goals about pairs tell apart.
    of : int64, shape (n_agents,)
        The group of each agent.
    type_, sort : int64, shape (n_groups,)
    count : int64, shape (n_groups,)
    """

    timed: tuple[int, ...]
    paired: tuple[int, ...]
    types: Types
    suits: Bools
    sizes: Ints
    sample: Ints
    of: Ints
    type_: Ints
    sort: Ints
    count: Ints


@dataclass(frozen=True)
class Cells:
    """Periods of workers who are alike, and classes of workers whose caps are held together.

    Parameters
    ----------
    kind : int64, shape (n_cells,)
        A worker who suits as those of the cell do.
    room, period : int64, shape (n_cells,)
    class_ : int64, shape (n_cells,)
        The class of the cell's workers; -1 where they have no cap that can bind.
    count : int64, shape (n_cells,)
        How many workers there are.
    cap : int64, shape (n_classes,)
        Agents that the workers of each class may take in all.
    of : int64, shape (n_workers,)
        The class of each worker, or -1.
    way : int64, shape (n_cells,)
    fillings : list of int64, shape (n_patterns, n_sizes)
        For each way, the patterns that fill such a cell: how many slots of each size or more.
    """

    kind: Ints
    room: Ints
    period: Ints
    class_: Ints
    count: Ints
    cap: Ints
    of: Ints
    way: Ints
    fillings: list[Ints]


def groups_of(problem: CalendarProblem, tier: int, coarse: bool = False) -> Groups:
    """Group the agents of a problem that has some, and some workers.

    Parameters
    ----------
    problem : CalendarProblem
    tier : int
        A goal about pairs.
    coarse : bool
        Whether agents that suit anybody are taken to suit everybody, so that all workers are one kind.
    """
    goals = problem.tiers[: tier + 1]
    types = types_of(problem, [goal for goal in goals if isinstance(goal, TimeTier)])
    suits = np.array([goal.suits for goal in goals if isinstance(goal, PairTier)], dtype=np.bool_)
    if coarse:
        suits = np.broadcast_to(suits.any(axis=2, keepdims=True), suits.shape)
    sample, sort = _alike(suits.transpose(1, 0, 2))
    keys = np.column_stack([types.of, sort])
    found, of, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    return Groups(
        timed=tuple(k for k, goal in enumerate(goals) if isinstance(goal, TimeTier)),
        paired=tuple(k for k, goal in enumerate(goals) if isinstance(goal, PairTier)),
        types=types,
        suits=suits,
        sizes=np.array(sorted(set(problem.size.tolist())), dtype=np.int64),
        sample=sample,
        of=of.reshape(-1).astype(np.int64),
        type_=found[:, 0],
        sort=found[:, 1],
        count=count.astype(np.int64),
    )


def _alike(rows: Bools) -> tuple[Ints, Ints]:
    """Return the first row of each sort, and the sort of each row."""
    flat = np.packbits(rows.reshape(len(rows), -1), axis=1)
    _, first, sort = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), sort.reshape(-1).astype(np.int64)


def cells_of(problem: CalendarProblem, groups: Groups) -> Cells:
    """Gather the periods of workers who are alike; those without room for anybody are left out."""
    sizes = groups.sizes
    first, kind = _alike(groups.suits.transpose(2, 0, 1))
    kinds = first[kind]
    unit = math.gcd(*sizes.tolist())
    room = np.where(problem.room >= sizes[0], problem.room // unit * unit, 0)
    capped = (problem.most < (room // sizes[0]).sum(axis=1)) & (problem.most > 0)
    keys = np.column_stack([problem.most, kinds, room])[capped]
    known, inverse = np.unique(keys, axis=0, return_inverse=True)
    of = np.full(problem.n_workers, -1, dtype=np.int64)
    of[capped] = inverse.reshape(-1)
    worker, period = np.nonzero((room > 0) & (problem.most > 0)[:, None])
    cells = np.column_stack([kinds[worker], room[worker, period], period, of[worker]])
    found, count = np.unique(cells, axis=0, return_counts=True)
    cap = known[:, 0] * np.bincount(of[capped], minlength=len(known))
    kind_, units, period, class_ = found.T
    most = np.where(class_ >= 0, np.append(known[:, 0], 0)[class_], -1)
    ways, way = np.unique(np.column_stack([units, most]), axis=0, return_inverse=True)
    fillings = [_filling(sizes, *each) for each in ways.tolist()]
    count_, way_ = count.astype(np.int64), way.reshape(-1).astype(np.int64)
    return Cells(kind_, units, period, class_, count_, cap, of, way_, fillings)


def _filling(sizes: Ints, room: int, most: int) -> Ints:
    found, _ = patterns(sizes, room, most >= 0)
    slots = np.array([np.bincount(pattern, minlength=len(sizes)) for pattern in found])
    fits = (most < 0) | (slots.sum(axis=1) <= most)
    return slots[fits, ::-1].cumsum(axis=1)[:, ::-1].astype(np.int64)


def n_columns(problem: CalendarProblem, groups: Groups, cells: Cells) -> int:
    """Return about how many columns the programme will have."""
    fit = np.searchsorted(groups.sizes, cells.room, side="right")
    suited = groups.suits[:, groups.sample].any(axis=0).sum(axis=0)
    filled = np.array([len(known) for known in cells.fillings])[cells.way]
    places = problem.n_periods - groups.types.first[groups.type_]
    return int(filled.sum()) + 2 * int(places.sum()) + int((fit * (1 + suited[cells.kind])).sum())
