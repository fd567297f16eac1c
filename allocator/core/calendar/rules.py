"""Whether appointments keep the rules of a calendar problem, and what each goal comes to.

Read by methods and checkers alike, and written without any of them.
"""

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


def breaches(problem: CalendarProblem, made: Appointments) -> dict[str, Ints]:
    """Return every rule that is broken, with the agents, workers or periods that break it.

    Parameters
    ----------
    problem : CalendarProblem
    made : Appointments
        Of the right shapes; workers and periods from -1 to below their number.

    Returns
    -------
    dict of str to int64 array
        Rules that are kept are left out. "half", "early", "barred", "second_early",
        "second_barred", "second_unwanted", "second_alike" give agents; "room" and "most" workers;
        "period" periods.
    """
    done, second = made.worker >= 0, made.second_worker >= 0
    agents = np.arange(problem.n_agents)
    early = (made.period < problem.first) & done
    loads = np.bincount(made.worker[done], minlength=problem.n_workers)
    loads += np.bincount(made.second_worker[second], minlength=problem.n_workers)
    first, again, both = agents[done], agents[second], agents[second & done]
    alike = ~problem.unlike[made.worker[both], made.second_worker[both]]
    found = {
        "half": agents[(done != (made.period >= 0)) | (second != (made.second_period >= 0))],
        "early": agents[early],
        "barred": first[problem.barred[first, made.worker[first]]],
        "second_early": agents[second & (made.second_period < problem.second_first)],
        "second_barred": again[problem.second_barred[again, made.second_worker[again]]],
        "second_unwanted": agents[second & ~(problem.wants_second & (done | problem.already))],
        "second_alike": both[alike],
        "room": np.flatnonzero((made.used(problem) > problem.room).any(axis=1)),
        "most": np.flatnonzero(loads > problem.most),
        "period": np.flatnonzero(
            np.bincount(made.period[done], minlength=problem.n_periods) > problem.period_most
        ),
    }
    return {rule: who for rule, who in found.items() if len(who)}


def value(problem: CalendarProblem, tier: Tier, made: Appointments) -> int:
    """Return what a goal comes to, in its own unit."""
    done = np.flatnonzero(made.worker >= 0)
    worker, period = made.worker[done], made.period[done]
    if isinstance(tier, TimeTier):
        return int(tier.base + tier.sense * tier.gain[done, period].sum())
    if isinstance(tier, PairTier):
        return tier.base + int(np.count_nonzero(tier.suits[done, worker]))
    if isinstance(tier, KeptTier):
        same = (tier.worker[done] == worker) & (tier.period[done] == period)
        return tier.base + int(np.count_nonzero(same))
    if isinstance(tier, LoadTier):
        taken = tier.taken + made.used(problem, seconds=False).sum(axis=1)
        return int(max([tier.base, *shares(taken, tier.offered).tolist()]))
    if isinstance(tier, SpreadTier):
        met = tier.met.copy()
        met[tier.family[done], worker] = True
        return tier.base + int(np.count_nonzero(met & ~tier.met))
    return tier.base + int(np.count_nonzero(made.second_worker >= 0))


def shares(taken: Ints, offered: Ints) -> Ints:
    """Return ⌈1000 × taken ÷ offered⌉; 0 where nothing is offered; shape (n_workers,)."""
    return np.where(offered > 0, -(-1000 * taken // np.maximum(offered, 1)), 0)


def values(problem: CalendarProblem, made: Appointments) -> list[int]:
    """Return what every goal comes to, in order."""
    return [value(problem, tier, made) for tier in problem.tiers]


def better(tier: Tier) -> int:
    """Return 1 where more of a goal is better, -1 where less is."""
    if isinstance(tier, TimeTier):
        return tier.sense
    return -1 if isinstance(tier, LoadTier | SpreadTier) else 1
