"""A fixed schedule replayed with volunteers who drop out: the range of what is really done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocator.core import lottery
from allocator.reviews.figures import mondays, priorities
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import past_weeks

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# The chances of dropping out of a week that are replayed unless others are asked for. No figure has been
# published: the first is the one to read, the others say how much hangs on it.
DROP_OUT = (0.1, 0.05, 0.2)
RUNS = 2_000
# Numbers drawn at once; it does not change what is drawn.
_AT_ONCE = 1 << 21
# Hex digits of the digest that seed the generator.
_SEED_DIGITS = 32


@dataclass(frozen=True)
class Spread:
    """What a number of cases comes to over all runs.

    Parameters
    ----------
    planned : int
        In the schedule.
    expected : float
        By the chances themselves, to a double's exactness; not by simulation.
    mean : float
        Over the runs.
    low, median, high : int
        The 5th, 50th and 95th percentile of the runs: of the runs in order, the first at which so
        many per cent have been counted, so that each is a number that really came up.
    """

    planned: int
    expected: float
    mean: float
    low: int
    median: int
    high: int


@dataclass(frozen=True)
class ReplayWeek:
    """One week of the programme, closed ones too.

    Parameters
    ----------
    week : date
        Its Monday.
    done : Spread
        Cases done in the week.
    by_priority : tuple of Spread
        Likewise, one a priority of the replay.
    cumulative : Spread
        Cases done by its end.
    """

    week: dt.date
    done: Spread
    by_priority: tuple[Spread, ...]
    cumulative: Spread


@dataclass(frozen=True)
class Replay:
    """A schedule replayed many times with one chance of dropping out.

    Each volunteer misses each week to come with chance `drop_out`, independently of others and of
    other weeks. With `leaving`, each also leaves for good at the start of a week with that chance, a
    closed week like any other. A missed week is lost: its cases go back to the backlog, and nobody
    steps in. Weeks before `as_of` are done, whatever happens. A second reader who drops out loses no
    case.

    Parameters
    ----------
    drop_out, leaving : float
        Chances a week, 0 to 1.
    runs : int
    priorities : tuple of int
        Those that occur among the cases, ascending.
    total : Spread
        Cases done in all.
    by_priority : tuple of Spread
        Likewise, one a priority.
    weeks : tuple of ReplayWeek
    """

    drop_out: float
    leaving: float
    runs: int
    priorities: tuple[int, ...]
    total: Spread
    by_priority: tuple[Spread, ...]
    weeks: tuple[ReplayWeek, ...]


def replay(
    programme: Programme,
    schedule: Schedule,
    drop_out: Sequence[float] = DROP_OUT,
    *,
    leaving: float = 0.0,
    runs: int = RUNS,
) -> tuple[Replay, ...]:
    """Replay a schedule, once for each chance of dropping out.

    The seed follows from the lottery's, so that anybody can repeat the figures. All chances are held
    against the same draws: a greater chance never has more done, in any run.

    Parameters
    ----------
    programme : Programme
    schedule : Schedule
    drop_out : sequence of float
        Chances a week, 0 to 1.
    leaving : float
        Chance a week, 0 to 1, of leaving for good.
    runs : int
        At least 1.

    Raises
    ------
    ValueError
        If a chance lies outside 0 to 1, or there is no run.
    """
    if runs < 1 or not all(0 <= chance <= 1 for chance in (*drop_out, leaving)):
        raise ValueError("a replay needs chances from 0 to 1 and at least one run")
    planned, safe = planned_cases(programme, schedule)
    done = _simulated(programme, planned, drop_out, leaving, runs)
    return tuple(
        _replay(programme, planned, safe, found, chance, leaving)
        for chance, found in zip(drop_out, done, strict=True)
    )


def planned_cases(programme: Programme, schedule: Schedule) -> tuple[Ints, Ints]:
    """Count the first readings of a schedule.

    Returns
    -------
    to_come : int64, shape (n_readers, weeks, n_priorities)
        By reader, in the order of their ids; 0 in weeks before `as_of`.
    past : int64, shape (weeks, n_priorities)
        Those of weeks before `as_of`.
    """
    heading, levels = programme.policy.programme, np.array(priorities(programme), dtype=np.int64)
    done = np.flatnonzero(schedule.week >= 0)
    readers, who = np.unique(schedule.volunteer[done].astype(str), return_inverse=True)
    level = np.searchsorted(levels, programme.cases["priority"].to_numpy(dtype=np.int64)[done])
    found = np.zeros((len(readers), heading.weeks, len(levels)), dtype=np.int64)
    np.add.at(found, (who, schedule.week[done], level), 1)
    past = np.zeros(found.shape[1:], dtype=np.int64)
    before = past_weeks(heading)
    past[:before] = found[:, :before].sum(axis=0)
    found[:, :before] = 0
    return found, past


def _simulated(
    programme: Programme, planned: Ints, drop_out: Sequence[float], leaving: float, runs: int
) -> list[Ints]:
    """Return cases done by run, week and priority for each chance; weeks to come alone."""
    draws, exits = (_generator(programme, f"replay {what}") for what in ("drop out", "leave"))
    readers, weeks, levels = planned.shape
    found = [np.zeros((runs, weeks, levels), dtype=np.int64) for _ in drop_out]
    # Whole numbers far below 2^53: products of doubles are exact, and fast.
    counts = np.ascontiguousarray(planned.transpose(1, 0, 2), dtype=np.float64)
    step = max(1, _AT_ONCE // max(readers * weeks, 1))
    for start in range(0, runs, step):
        shape = (min(step, runs - start), readers, weeks)
        luck = draws.random(shape)
        if leaving:
            leaves = exits.random(shape) < leaving
            leaves[:, :, : past_weeks(programme.policy.programme)] = False
            luck[np.logical_or.accumulate(leaves, axis=2)] = -1.0
        for done, chance in zip(found, drop_out, strict=True):
            present = (luck >= chance).astype(np.float64)
            for week in range(weeks):
                done[start : start + step, week] = np.rint(present[:, :, week] @ counts[week])
    return found


def _generator(programme: Programme, purpose: str) -> np.random.Generator:
    digits = lottery.digest(programme.policy.lottery.seed, purpose)[:_SEED_DIGITS]
    return np.random.Generator(np.random.PCG64(int(digits, 16)))


def _replay(
    programme: Programme, planned: Ints, past: Ints, done: Ints, chance: float, leaving: float
) -> Replay:
    """Sum the runs of one chance; `done` has shape (runs, weeks, n_priorities)."""
    stays = _stays(programme, chance, leaving)
    plan, come = planned.sum(axis=0), done + past
    expected = plan * stays[:, None] + past
    plan = plan + past
    weeks = []
    for k, monday in enumerate(mondays(programme)):
        by_priority = tuple(_spreads(plan[k], expected[k], come[:, k]))
        whole = _spread(plan[k].sum(), expected[k].sum(), come[:, k].sum(axis=1))
        by_now = slice(0, k + 1)
        cumulative = _spread(plan[by_now].sum(), expected[by_now].sum(), come[:, by_now].sum(axis=(1, 2)))
        weeks.append(ReplayWeek(monday, whole, by_priority, cumulative))
    return Replay(
        drop_out=chance,
        leaving=leaving,
        runs=len(done),
        priorities=priorities(programme),
        total=_spread(plan.sum(), expected.sum(), come.sum(axis=(1, 2))),
        by_priority=tuple(_spreads(plan.sum(axis=0), expected.sum(axis=0), come.sum(axis=1))),
        weeks=tuple(weeks),
    )


def _stays(programme: Programme, chance: float, leaving: float) -> Floats:
    """Return the chance that a volunteer is there in each week; shape (weeks,)."""
    heading = programme.policy.programme
    since = np.maximum(np.arange(heading.weeks) - past_weeks(heading) + 1, 0)
    return np.asarray((1 - chance) * (1 - leaving) ** since, dtype=np.float64)


def _spreads(plan: Ints, expected: Floats, runs: Ints) -> list[Spread]:
    columns = zip(plan, expected, runs.T, strict=True)
    return [_spread(planned, mean, column) for planned, mean, column in columns]


def _spread(planned: np.int64, expected: np.float64, runs: Ints) -> Spread:
    low, median, high = np.quantile(runs, (0.05, 0.5, 0.95), method="inverted_cdf")
    mean = int(runs.sum()) / len(runs)
    return Spread(int(planned), float(expected), mean, int(low), int(median), int(high))
