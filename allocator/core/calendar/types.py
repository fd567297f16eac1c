"""Agents that are alike for goals about time, taken together as one type.

Two agents are alike when they take the same time, may be done from the same period on and add the
same to every goal in every period. A goal that is the same in every period but of many different
figures (days waited) need not tell types apart: within a type whoever adds most is done first, so
that the goal is a concave function of how many of the type are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import CalendarProblem, Ints, TimeTier

# A flat goal with more different figures than this is kept out of the types where it can be.
FEW = 2


@dataclass(frozen=True)
class Types:
    """The types of a calendar problem, for the goals about time that come first.

    Parameters
    ----------
    of : int64, shape (n_agents,)
        The type of each agent.
    size, first, count : int64, shape (n_types,)
    gain : int64, shape (n_tiers, n_types, n_periods)
        What one of the type adds to each goal; 0 in goals that `extra` holds.
    extra : int64, shape (n_tiers, n_agents)
        What the agent adds whenever it is done, in goals that do not tell types apart.
    order : int64, shape (n_agents,)
        Agents by type, in each type those that add most first.
    """

    of: Ints
    size: Ints
    first: Ints
    count: Ints
    gain: Ints
    extra: Ints
    order: Ints

    @property
    def ranked(self) -> bool:
        """Whether it matters to some goal who of a type is done."""
        return bool(self.extra.any())


def types_of(problem: CalendarProblem, tiers: Sequence[TimeTier]) -> Types:
    """Group the agents of a problem into types.

    Parameters
    ----------
    problem : CalendarProblem
    tiers : sequence of TimeTier
        The goals that must not tell the agents of a type apart.
    """
    n, periods = problem.n_agents, problem.n_periods
    may = np.arange(periods) >= problem.first[:, None]
    gains = np.array([np.where(may, tier.gain, 0) for tier in tiers], dtype=np.int64)
    gains = gains.reshape(len(tiers), n, periods)
    extra = np.zeros((len(tiers), n), dtype=np.int64)
    for k in range(len(tiers)):
        flat = gains[k].max(axis=1, initial=0)
        if np.array_equal(np.where(may, flat[:, None], 0), gains[k]) and len(set(flat.tolist()) - {0}) > FEW:
            extra[k] = flat
    found = _grouped(problem, gains, extra)
    return found if _one_order(found) else _grouped(problem, gains, np.zeros_like(extra))


def _grouped(problem: CalendarProblem, gains: Ints, extra: Ints) -> Types:
    n, k_tiers = problem.n_agents, len(gains)
    out = np.asarray(extra.any(axis=1))
    rest = np.where(out[:, None, None], 0, gains)
    keys = np.column_stack(
        [
            problem.size,
            problem.first,
            (extra > 0).T.reshape(n, k_tiers).astype(np.int64),
            rest.transpose(1, 0, 2).reshape(n, -1),
        ]
    )
    _, representative, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    order = np.lexsort((*(-extra[::-1]), of))
    return Types(
        of=of,
        size=problem.size[representative],
        first=problem.first[representative],
        count=np.bincount(of, minlength=len(representative)).astype(np.int64),
        gain=rest[:, representative],
        extra=extra,
        order=order.astype(np.int64),
    )


def _one_order(types: Types) -> bool:
    """Tell whether in every type each goal that is kept out falls along the one order."""
    same = types.of[types.order][1:] == types.of[types.order][:-1]
    falls = np.diff(types.extra[:, types.order], axis=1) <= 0
    return bool((falls | ~same).all())
