"""Appointments as they stand, and what every goal would come to after an exchange, without a solver.

The changes are sums over arrays, so that ten thousand exchanges take no longer than a few full
evaluations; `core.calendar.rules` gives the same figures one by one, and has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.core.calendar.problem import (
    Appointments,
    Bools,
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SpreadTier,
    Tier,
    TimeTier,
)
from allocator.core.calendar.rules import better, shares, values
from allocator.reviews.explain_trials import Move, Trials

# An agent, and whether it is its second reading.
Reading = tuple[int, bool]
_NEVER = 2**40


@dataclass(frozen=True)
class Standing:
    """Appointments as they are, with the sums that trials are measured against.

    Parameters
    ----------
    problem : CalendarProblem
    made : Appointments
        They keep every rule.
    """

    problem: CalendarProblem
    made: Appointments

    @cached_property
    def used(self) -> Ints:
        """Units taken of each worker's period, second readings too."""
        return self.made.used(self.problem)

    @cached_property
    def free(self) -> Ints:
        """Units left of each worker's period."""
        return self.problem.room - self.used

    @cached_property
    def load(self) -> Ints:
        """Agents that each worker has, as first or second; shape (n_workers,)."""
        first, second = self.made.worker[self.made.worker >= 0], self.made.second_worker
        counts = np.bincount(first, minlength=self.problem.n_workers)
        return counts + np.bincount(second[second >= 0], minlength=self.problem.n_workers)

    @cached_property
    def in_period(self) -> Ints:
        """Agents done in each period; shape (n_periods,)."""
        return np.bincount(self.made.period[self.made.worker >= 0], minlength=self.problem.n_periods)

    @cached_property
    def by_slot(self) -> dict[tuple[int, int], list[Reading]]:
        """The readings of each worker's period that has any, first readings first, by agent."""
        found: dict[tuple[int, int], list[Reading]] = {}
        for who, when, second in (
            (self.made.worker, self.made.period, False),
            (self.made.second_worker, self.made.second_period, True),
        ):
            for agent in np.flatnonzero(who >= 0).tolist():
                found.setdefault((int(who[agent]), int(when[agent])), []).append((agent, second))
        return found

    @cached_property
    def values(self) -> list[int]:
        """What every goal comes to."""
        return values(self.problem, self.made)

    @cached_property
    def senses(self) -> Ints:
        """1 for each goal of which more is better, else -1."""
        return np.array([better(tier) for tier in self.problem.tiers], dtype=np.int64)

    def completed(self, trials: Trials) -> Trials:
        """Add the second workers that cannot stay: of agents done no more, or by somebody too like them."""
        second = self.made.second_worker[trials.agent]
        alike = ~self.problem.unlike[trials.worker, second] | (trials.worker < 0)
        ends = (second >= 0) & alike
        keys = np.concatenate(
            [
                trials.lost_trial * self.problem.n_agents + trials.lost_agent,
                trials.trial[ends] * self.problem.n_agents + trials.agent[ends],
            ]
        )
        keys = np.unique(keys)
        width = max(self.problem.n_agents, 1)
        return Trials(
            trials.trial, trials.agent, trials.worker, trials.period, keys // width, keys % width, trials.n
        )

    def legal(self, trials: Trials) -> Bools:
        """Tell which completed trials keep every rule; shape (n_trials,)."""
        problem = self.problem
        there = trials.worker >= 0
        wrong = there & (
            (trials.period < problem.first[trials.agent]) | problem.barred[trials.agent, trials.worker]
        )
        bad = np.zeros(trials.n, dtype=np.bool_)
        bad[trials.trial[wrong]] = True
        trial, worker, period, units, first = self._steps(trials)
        n_workers, n_periods = problem.room.shape
        key, net = _sums((trial * n_workers + worker) * n_periods + period, units)
        slot = key % (n_workers * n_periods)
        bad[key[net > self.free.reshape(-1)[slot]] // (n_workers * n_periods)] = True
        key, net = _sums(trial * n_workers + worker, np.sign(units))
        over = (net > 0) & (self.load[key % n_workers] + net > problem.most[key % n_workers])
        bad[key[over] // n_workers] = True
        key, net = _sums((trial * n_periods + period)[first], np.sign(units)[first])
        over = (net > 0) & (self.in_period[key % n_periods] + net > problem.period_most[key % n_periods])
        bad[key[over] // n_periods] = True
        return ~bad

    def _steps(self, trials: Trials) -> tuple[Ints, Ints, Ints, Ints, Bools]:
        """Give what comes (units above 0) and goes (below): trial, worker, period, units, first readings."""
        made, size = self.made, self.problem.size
        agent = trials.agent
        leaves, comes = made.worker[agent] >= 0, trials.worker >= 0
        second = made.second_worker[trials.lost_agent]
        parts = (
            (trials.trial[comes], trials.worker[comes], trials.period[comes], size[agent[comes]]),
            (
                trials.trial[leaves],
                made.worker[agent[leaves]],
                made.period[agent[leaves]],
                -size[agent[leaves]],
            ),
            (trials.lost_trial, second, made.second_period[trials.lost_agent], -size[trials.lost_agent]),
        )
        trial, worker, period, units = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return trial, worker, period, units, np.arange(len(trial)) < len(trial) - len(second)

    def changes(self, trials: Trials) -> Ints:
        """Return how much every goal changes in every trial: changed − present; shape (n_trials, n_tiers)."""
        found = [self._change(tier, trials) for tier in self.problem.tiers]
        return np.stack(found, axis=1) if found else np.zeros((trials.n, 0), dtype=np.int64)

    def _change(self, tier: Tier, trials: Trials) -> Ints:
        agent, made = trials.agent, self.made
        was, there = made.worker[agent] >= 0, trials.worker >= 0
        if isinstance(tier, LoadTier):
            return self._load_change(tier, trials)
        if isinstance(tier, SpreadTier):
            return self._spread_change(tier, trials)
        if isinstance(tier, TimeTier):
            after = np.where(there, tier.gain[agent, trials.period], 0)
            rows = tier.sense * (after - np.where(was, tier.gain[agent, made.period[agent]], 0))
        elif isinstance(tier, PairTier):
            before = was & tier.suits[agent, made.worker[agent]]
            rows = (there & tier.suits[agent, trials.worker]).astype(np.int64) - before
        elif isinstance(tier, KeptTier):
            to = (tier.worker[agent] == trials.worker) & (tier.period[agent] == trials.period)
            of = (tier.worker[agent] == made.worker[agent]) & (tier.period[agent] == made.period[agent])
            rows = (there & to).astype(np.int64) - (was & of)
        else:
            return -np.bincount(trials.lost_trial, minlength=trials.n)
        found = np.zeros(trials.n, dtype=np.int64)
        np.add.at(found, trials.trial, rows)
        return found

    def _load_change(self, tier: LoadTier, trials: Trials) -> Ints:
        taken = tier.taken + self.made.used(self.problem, seconds=False).sum(axis=1)
        share = shares(taken, tier.offered)
        trial, worker, _, units, first = self._steps(trials)
        n_workers = max(self.problem.n_workers, 1)
        key, net = _sums((trial * n_workers + worker)[first], units[first])
        of, who = key // n_workers, key % n_workers
        largest = np.full(trials.n, tier.base, dtype=np.int64)
        np.maximum.at(largest, of, shares(taken[who] + net, tier.offered[who]))
        # The largest share among those whom a trial does not touch: down the list until one is found.
        left = np.arange(trials.n)
        for j in np.argsort(-share, kind="stable").tolist():
            moved = np.isin(left * n_workers + j, key)
            largest[left[~moved]] = np.maximum(largest[left[~moved]], share[j])
            left = left[moved]
            if not len(left):
                break
        found: Ints = largest - max([tier.base, *share.tolist()])
        return found

    def _spread_change(self, tier: SpreadTier, trials: Trials) -> Ints:
        trial, agent = trials.trial, trials.agent
        n_families, n_workers = tier.met.shape
        count = np.zeros(tier.met.shape, dtype=np.int64)
        done = self.made.worker >= 0
        np.add.at(count, (tier.family[done], self.made.worker[done]), 1)
        leaves, comes = self.made.worker[agent] >= 0, trials.worker >= 0
        family = tier.family[agent]
        pairs = n_families * n_workers
        keys = np.concatenate(
            [
                trial[comes] * pairs + family[comes] * n_workers + trials.worker[comes],
                trial[leaves] * pairs + family[leaves] * n_workers + self.made.worker[agent[leaves]],
            ]
        )
        key, net = _sums(keys, np.repeat([1, -1], [int(comes.sum()), int(leaves.sum())]))
        old, met = count.reshape(-1)[key % pairs], tier.met.reshape(-1)[key % pairs]
        step = np.where(met, 0, (old + net > 0).astype(np.int64) - (old > 0))
        found = np.zeros(trials.n, dtype=np.int64)
        np.add.at(found, key // pairs, step)
        return found

    def draws(self, trials: Trials) -> Ints:
        """Tell what the lottery prefers, goals aside: 1 the trial, -1 what is there; shape (n_trials,).

        The first case in lottery order whose appointment differs decides: an earlier week before a
        later before none, then the worker first in order. Second workers come after all of these.
        """
        made, agent, n = self.made, trials.agent, self.problem.n_agents
        before = _rank(made.worker[agent], made.period[agent], self.problem.n_workers)
        after = _rank(trials.worker, trials.period, self.problem.n_workers)
        differs = before != after
        trial = np.concatenate([trials.trial[differs], trials.lost_trial])
        drawn = np.concatenate([self.problem.draw[agent[differs]], self.problem.draw[trials.lost_agent] + n])
        sign = np.concatenate([np.sign(before - after)[differs], -np.ones_like(trials.lost_trial)])
        order = np.lexsort((drawn, trial))
        found = np.zeros(trials.n, dtype=np.int64)
        who, at = np.unique(trial[order], return_index=True)
        found[who] = sign[order][at]
        return found

    def after(self, moves: Sequence[Move], lost: Sequence[int]) -> Appointments:
        """Return the appointments that a trial makes."""
        made = Appointments(
            self.made.worker.copy(),
            self.made.period.copy(),
            self.made.second_worker.copy(),
            self.made.second_period.copy(),
        )
        for agent, worker, period in moves:
            made.worker[agent], made.period[agent] = worker, period
        for agent in lost:
            made.second_worker[agent] = made.second_period[agent] = -1
        return made


def in_order(changes: Ints, senses: Ints) -> Ints:
    """Sort trials, the best first in the strict order of the goals, ties by number; shape (n_trials,)."""
    columns = [-(changes[:, k] * senses[k]) for k in range(changes.shape[1])]
    return np.lexsort((np.arange(len(changes)), *columns[::-1]))


def verdicts(changes: Ints, senses: Ints) -> tuple[Ints, Ints]:
    """Return each trial's first goal that changes, -1 for none, with its verdict.

    Returns
    -------
    first, verdict : int64, shape (n_trials,)
        The verdict is 1 for better, -1 for worse, 0 for equal.
    """
    differs = changes != 0
    any_ = differs.any(axis=1)
    first = np.where(any_, differs.argmax(axis=1) if changes.shape[1] else 0, -1)
    rows = np.arange(len(changes))
    sign = np.zeros(len(changes), dtype=np.int64)
    if changes.shape[1]:
        sign = np.where(any_, np.sign(changes[rows, first]) * senses[first], 0)
    return first, sign


def _rank(worker: Ints, period: Ints, n_workers: int) -> Ints:
    return np.where(worker >= 0, period * max(n_workers, 1) + worker, _NEVER)


def _sums(keys: Ints, amounts: Ints) -> tuple[Ints, Ints]:
    """Return each key once with the sum of its amounts."""
    every, at = np.unique(keys, return_inverse=True)
    found = np.zeros(len(every), dtype=np.int64)
    np.add.at(found, at.reshape(-1), amounts)
    return every, found
