"""Compiled rule: agents in turn, each taking the best option of its own list that is still free.

Serial dictatorship, first come first served, nearest school and a lottery are this rule under
different orders and lists. Many orders are run in one call, because what is wanted of it is often
an agent's chance over many of them.

References
----------
Abdulkadiroğlu, Sönmez (1998). Random serial dictatorship and the core from random endowments in
house allocation problems. Econometrica 66.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from allocator.core.problem import Ints


@njit(cache=True)
def in_turn(first: Any, option: Any, room: Any, order: Any) -> Any:
    """Give agents, in each of several orders, the first option of their own list that is free.

    Parameters
    ----------
    first : int64, shape (n_agents + 1,)
        Where each agent's list begins.
    option : int64, shape (n_pairs,)
        The options of each agent, the best first.
    room : int64, shape (n_options,)
    order : int64, shape (n_runs, n_agents)
        Agents, the first to choose first; -1 from where a run ends.

    Returns
    -------
    int64, shape (n_runs, n_agents)
        Option of each agent, -1 for none.
    """
    n_runs, n_agents = order.shape
    held = np.full((n_runs, n_agents), -1, dtype=np.int64)
    for r in range(n_runs):
        left = room.copy()
        for at in range(n_agents):
            i = order[r, at]
            if i < 0:
                break
            for k in range(first[i], first[i + 1]):
                if left[option[k]] > 0:
                    left[option[k]] -= 1
                    held[r, i] = option[k]
                    break
    return held


@njit(cache=True)
def least_admitted(held: Any, room: Any, priority: Any, free: float) -> Any:
    """Return the least priority that holds a place at each option, in each run.

    Parameters
    ----------
    held : int64, shape (n_runs, n_agents)
        As `in_turn` gives it.
    room : int64, shape (n_options,)
    priority : float64, shape (n_runs, n_agents)
        Higher chooses first.
    free : float
        What is returned for an option with a place left.

    Returns
    -------
    float64, shape (n_runs, n_options)
        Infinite for an option without places.
    """
    n_runs, n_agents = held.shape
    least = np.full((n_runs, len(room)), np.inf)
    for r in range(n_runs):
        left = room.copy()
        for i in range(n_agents):
            j = held[r, i]
            if j >= 0:
                left[j] -= 1
                least[r, j] = min(least[r, j], priority[r, i])
        for j in range(len(room)):
            if left[j] > 0:
                least[r, j] = free
    return least


def orders_of(priority: Any) -> Ints:
    """Return the order that priorities make, a row a run: the highest first, ties by index.

    Parameters
    ----------
    priority : float64, shape (n_runs, n_agents)
    """
    return np.asarray(np.argsort(-priority, axis=1, kind="stable"), dtype=np.int64)
