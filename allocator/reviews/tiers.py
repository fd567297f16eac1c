"""A programme's goals as tiers of a calendar problem: what is fixed counts in each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from allocator.core.calendar.problem import (
    Bools,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    SpreadTier,
    Tier,
    TimeTier,
)
from allocator.reviews.models import NEEDS, PHASES
from allocator.reviews.policy import Goal, Policy
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import hours_offered, week_starts

# From a week's Monday to its Friday.
_TO_FRIDAY = 4


@dataclass(frozen=True)
class Counted:
    """What the goals are counted from.

    Parameters
    ----------
    programme : Programme
    agents : int64, shape (n_agents,)
        Rows of the cases that are not fixed, and of some that are, which are done no more.
    fixed : Schedule
    reader : int64, shape (n_cases,)
        Row of the volunteer who has read a fixed case; -1 where it is not fixed, or the volunteer is gone.
    kept : tuple of int64 arrays (volunteer, week), each shape (n_agents,)
        The earlier appointments that could be had again.
    picked : bool, shape (n_cases,)
    """

    programme: Programme
    agents: Ints
    fixed: Schedule
    reader: Ints
    kept: tuple[Ints, Ints]
    picked: Bools

    @property
    def done(self) -> Bools:
        """Which cases are fixed; shape (n_cases,)."""
        return np.asarray(self.fixed.week >= 0)


def goals_of(policy: Policy) -> tuple[Goal, ...]:
    """Return the policy's goals; with second reads and no goal for them, one before `kept` or the lottery."""
    goals = policy.goals
    if not policy.quality.second_read_share or any(goal.measure == "second_reads" for goal in goals):
        return goals
    last = len(goals) - (2 if len(goals) > 1 and goals[-2].measure == "kept" else 1)
    return (*goals[:last], Goal(measure="second_reads"), *goals[last:])


def picked_number(policy: Policy, n_cases: int) -> int:
    """Return how many cases are picked for a second reading: the share of all, rounded up."""
    return math.ceil(Fraction(policy.quality.second_read_share) * n_cases)


def lateness(programme: Programme) -> Ints:
    """Return the days late of every case in every week; int64, shape (n_cases, weeks).

    From the day that the review was due to the Friday of the week; never below 0. The last
    week's column is what a case of the backlog counts.
    """
    due = programme.cases["due"].to_numpy().astype("datetime64[D]").astype(np.int64)
    fridays = week_starts(programme.policy.programme).astype(np.int64) + _TO_FRIDAY
    return np.asarray(np.maximum(fridays - due[:, None], 0), dtype=np.int64)


def waiting(programme: Programme) -> Ints:
    """Return the days from each case's due day to the programme's start, at least 0; shape (n_cases,)."""
    due = programme.cases["due"].to_numpy().astype("datetime64[D]").astype(np.int64)
    start = np.datetime64(programme.policy.programme.start, "D").astype(np.int64)
    return np.asarray(np.maximum(start - due, 0), dtype=np.int64)


def expertise(programme: Programme) -> Bools:
    """Tell which volunteer knows both the phase and the need of which case; shape (n_cases, n_volunteers)."""
    cases, volunteers = programme.cases, programme.volunteers
    knows = np.ones((len(cases), len(volunteers)), dtype=np.bool_)
    for column, known, codes in (("phase", "phases", PHASES), ("primary_need", "needs", NEEDS)):
        lists = volunteers[known].to_numpy(dtype=object)
        rows = [[not text or code in text.split(";") for text in lists] for code in codes]
        table = np.array(rows, dtype=np.bool_)
        knows &= table[pd.Index(codes).get_indexer(pd.Index(cases[column]))]
    return knows


def tiers_of(counted: Counted) -> tuple[tuple[Tier, ...], tuple[tuple[str, int | None], ...]]:
    """Return a tier for every goal, one a priority where it is told apart, with measure and level."""
    priority = counted.programme.cases["priority"].to_numpy(dtype=np.int64)
    tiers: list[Tier] = []
    entries: list[tuple[str, int | None]] = []
    for goal in goals_of(counted.programme.policy):
        if goal.measure == "lottery":
            continue
        levels = np.unique(priority).tolist() if goal.by == "priority" else [None]
        for level in levels:
            among = np.ones(len(priority), dtype=np.bool_) if level is None else priority == level
            tiers.append(_tier(goal.measure, counted, among))
            entries.append((goal.measure, level))
    return tuple(tiers), tuple(entries)


def _tier(measure: str, counted: Counted, among: Bools) -> Tier:
    if measure in ("scheduled", "waited"):
        return _counted_once(measure, counted, among)
    if measure == "days_late":
        return _days_late(counted, among)
    if measure == "expertise":
        return _expertise(counted)
    if measure == "workload_gap":
        return _workload(counted)
    if measure == "school_spread":
        return _spread(counted)
    if measure == "kept":
        return KeptTier(*counted.kept, base=_kept_already(counted))
    return SecondTier(base=int(np.count_nonzero(counted.picked & (counted.fixed.second_week >= 0))))


def _counted_once(measure: str, counted: Counted, among: Bools) -> TimeTier:
    weeks = counted.programme.policy.programme.weeks
    worth = among.astype(np.int64)
    if measure == "waited":
        worth *= waiting(counted.programme)
    return TimeTier(np.repeat(worth[counted.agents, None], weeks, axis=1), int(worth[counted.done].sum()))


def _days_late(counted: Counted, among: Bools) -> TimeTier:
    late = lateness(counted.programme)
    done = np.flatnonzero(counted.done & among)
    base = int(late[done, counted.fixed.week[done]].sum() + late[~counted.done & among, -1].sum())
    saved = np.where(among[:, None], late[:, -1:] - late, 0)[counted.agents]
    return TimeTier(saved, base, sense=-1)


def _expertise(counted: Counted) -> PairTier:
    knows = expertise(counted.programme)
    read = np.flatnonzero(counted.reader >= 0)
    return PairTier(knows[counted.agents], int(np.count_nonzero(knows[read, counted.reader[read]])))


def _workload(counted: Counted) -> LoadTier:
    offered = hours_offered(counted.programme).sum(axis=1)
    taken = np.zeros(len(offered), dtype=np.int64)
    read = np.flatnonzero(counted.reader >= 0)
    np.add.at(taken, counted.reader[read], counted.programme.case_units[read])
    return LoadTier(taken, offered)


def _spread(counted: Counted) -> SpreadTier:
    schools, family = np.unique(counted.programme.cases["school_id"].to_numpy(dtype=str), return_inverse=True)
    met = np.zeros((len(schools), len(counted.programme.volunteers)), dtype=np.bool_)
    read = np.flatnonzero(counted.reader >= 0)
    met[family[read], counted.reader[read]] = True
    done = np.flatnonzero(counted.done)
    # Pairs with volunteers who are gone count as well, and cannot be met again.
    pairs = set(zip(family[done].tolist(), counted.fixed.volunteer[done].tolist(), strict=True))
    return SpreadTier(family[counted.agents].astype(np.int64), met, len(pairs))


def _kept_already(counted: Counted) -> int:
    # What is fixed stands as it was.
    return int(np.count_nonzero(counted.done))
