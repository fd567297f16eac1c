"""The tie-break lottery: a number for each id, drawn by hash from a published seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from allocator.core.problem import Ints
from allocator.errors import ProblemError


def digest(seed: str, agent_id: str) -> str:
    """Return the hex SHA-256 of the seed, one newline and the id, all UTF-8."""
    return hashlib.sha256(f"{seed}\n{agent_id}".encode()).hexdigest()


def draw(keys: Sequence[str]) -> Ints:
    """Number agents by ascending key, 0 first.

    Parameters
    ----------
    keys : sequence of str, length n
        A digest an agent, all different.

    Returns
    -------
    int64, shape (n,)
        The lottery number of each agent.

    Raises
    ------
    ProblemError
        When two agents carry one key.
    """
    if len(set(keys)) != len(keys):
        raise ProblemError("two agents carry the same lottery key")
    order = sorted(range(len(keys)), key=keys.__getitem__)
    number = np.empty(len(keys), dtype=np.int64)
    number[order] = np.arange(len(keys))
    return number


def commitment(seed: str) -> str:
    """Return what may be published before the seed: "sha256:" and the hex SHA-256 of the seed."""
    return "sha256:" + hashlib.sha256(seed.encode()).hexdigest()
