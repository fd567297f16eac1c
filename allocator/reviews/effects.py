"""What every goal gains when one case alone goes elsewhere, all the others staying where they are."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.problem import (
    Appointments,
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SpreadTier,
    Tier,
    TimeTier,
)
from allocator.core.calendar.rules import shares


class Effects:
    """The effects of moving single agents of one assignment; nothing is ever moved.

    Parameters
    ----------
    problem : CalendarProblem
    made : Appointments
        Of the right shapes.
    """

    def __init__(self, problem: CalendarProblem, made: Appointments) -> None:
        self._problem, self._made = problem, made
        self._units = made.used(problem, seconds=False).sum(axis=1)
        done = np.flatnonzero(made.worker >= 0)
        self._spread: list[Ints | None] = []
        for tier in problem.tiers:
            met = None
            if isinstance(tier, SpreadTier):
                met = tier.met.astype(np.int64)
                np.add.at(met, (tier.family[done], made.worker[done]), 1)
            self._spread.append(met)

    def of(self, agent: int, workers: Ints, periods: Ints) -> Ints:
        """Return what each goal gains if the agent goes to each of some workers' periods.

        Parameters
        ----------
        agent : int
        workers, periods : int64, shape (n_options,)
            -1 and -1 for not being done.

        Returns
        -------
        int64, shape (n_options, n_tiers)
            In the goal's own unit; above 0 is better, below it worse.
        """
        columns = [self._one(k, agent, workers, periods) for k in range(len(self._problem.tiers))]
        return np.stack(columns, axis=1) if columns else np.zeros((len(workers), 0), dtype=np.int64)

    def _one(self, k: int, agent: int, workers: Ints, periods: Ints) -> Ints:
        tier, spread = self._problem.tiers[k], self._spread[k]
        here = np.array([self._made.worker[agent]]), np.array([self._made.period[agent]])
        if isinstance(tier, LoadTier):
            return self._load(tier, agent, workers)
        if spread is not None and isinstance(tier, SpreadTier):
            return _met_anew(spread, int(tier.family[agent]), int(here[0][0]), workers)
        if isinstance(tier, TimeTier | PairTier | KeptTier):
            gained = _worth(tier, agent, workers, periods) - _worth(tier, agent, *here)
            return np.asarray(gained, dtype=np.int64)
        # A second reading falls with the first.
        loses = (workers < 0) & (self._made.second_worker[agent] >= 0)
        return np.asarray(-loses.astype(np.int64), dtype=np.int64)

    def _load(self, tier: LoadTier, agent: int, workers: Ints) -> Ints:
        taken, size = tier.taken + self._units, int(self._problem.size[agent])
        now = max([tier.base, *shares(taken, tier.offered).tolist()])
        worker = int(self._made.worker[agent])
        if worker >= 0:
            taken[worker] -= size
        without = max([tier.base, *shares(taken, tier.offered).tolist()])
        with_it = shares(taken + size, tier.offered)[workers]
        return np.asarray(now - np.where(workers < 0, without, np.maximum(without, with_it)), dtype=np.int64)


def _worth(tier: Tier, agent: int, workers: Ints, periods: Ints) -> Ints:
    """Return what the agent adds to a sum over agents at each place; 0 where it is not done."""
    done = workers >= 0
    if isinstance(tier, TimeTier):
        return np.asarray(np.where(done, tier.gain[agent, periods], 0), dtype=np.int64)
    if isinstance(tier, PairTier):
        return np.asarray(done & tier.suits[agent, workers], dtype=np.int64)
    assert isinstance(tier, KeptTier)
    same = (tier.worker[agent] == workers) & (tier.period[agent] == periods)
    return np.asarray(done & same, dtype=np.int64)


def _met_anew(spread: Ints, family: int, worker: int, workers: Ints) -> Ints:
    """Return 1 where a pair of family and worker ends, less 1 where one begins."""
    row = spread[family].copy()
    before = int(np.count_nonzero(row))
    if worker >= 0:
        row[worker] -= 1
    without = int(np.count_nonzero(row))
    begins = (workers >= 0) & (row[workers] == 0)
    return np.asarray(before - without - begins.astype(np.int64), dtype=np.int64)


def first_change(gains: Ints) -> tuple[int, int]:
    """Return the first goal that changes, and by how much; (-1, 0) where none does."""
    changed = np.flatnonzero(gains)
    return (int(changed[0]), int(gains[changed[0]])) if len(changed) else (-1, 0)


def best_of(gains: Ints) -> int:
    """Return the option that gains most, goal by goal in order; the first of several.

    Parameters
    ----------
    gains : int64, shape (n_options, n_tiers)
        At least one option.
    """
    if not gains.shape[1]:
        return 0
    best = gains[np.lexsort(gains.T[::-1])[-1]]
    return int(np.argmax((gains == best).all(axis=1)))
