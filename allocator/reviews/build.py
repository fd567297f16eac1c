"""From a programme to a calendar problem, the only place where ids become indices and come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.core import lottery
from allocator.core.calendar.problem import Appointments, Bools, CalendarProblem, Ints
from allocator.reviews.fixed import Earlier, Texts, earlier_of, fixed_schedule
from allocator.reviews.pairs import Pairs
from allocator.reviews.programme import Programme
from allocator.reviews.remaining import Remaining, volunteer_rows
from allocator.reviews.schedule import Schedule
from allocator.reviews.tiers import Counted, picked_number, tiers_of
from allocator.reviews.weeks import officer_units, past_weeks


@dataclass(frozen=True)
class Built:
    """A programme and its calendar problem, with the way back from index to id.

    Workers are the rows of the volunteers' frame, periods the weeks of the programme, closed ones too.

    Parameters
    ----------
    programme : Programme
    problem : CalendarProblem
    agents : int64, shape (n_agents,)
        Row of the case that each agent stands for: all that are not fixed, and those that are read
        and picked but have no second reading yet, which are the problem's `already`.
    entries : tuple of (measure, level)
        What each tier of the problem means; the lottery is not among them.
    fixed : Schedule
        What stands as it was: first and second readings of weeks before `as_of`.
    earlier : Earlier
        The earlier schedule, as it was.
    picked : bool, shape (n_cases,)
        Which cases the lottery picks for a second reading.
    draw : int64, shape (n_cases,)
        Place of every case in lottery order, from 0, fixed ones included.
    """

    programme: Programme
    problem: CalendarProblem
    agents: Ints
    entries: tuple[tuple[str, int | None], ...]
    fixed: Schedule
    earlier: Earlier
    picked: Bools
    draw: Ints

    @property
    def volunteer_ids(self) -> Texts:
        """The volunteers' ids; object, shape (n_workers,)."""
        return self.programme.volunteers["volunteer_id"].to_numpy(dtype=object)

    @property
    def case_ids(self) -> Texts:
        """The cases' ids, fixed ones included; object, shape (n_cases,)."""
        return self.programme.cases["case_id"].to_numpy(dtype=object)

    def schedule(self, made: Appointments) -> Schedule:
        """Return appointments of the agents as a schedule of every case."""
        # One more for -1, which is nobody.
        ids = np.append(self.volunteer_ids, "")
        found = Schedule(*(np.array(part) for part in _parts(self.fixed)))
        free = ~self.problem.already
        found.volunteer[self.agents[free]] = ids[made.worker[free]]
        found.week[self.agents[free]] = made.period[free]
        second = self.agents[made.second_worker >= 0]
        found.second_volunteer[second] = ids[made.second_worker[made.second_worker >= 0]]
        found.second_week[second] = made.second_period[made.second_worker >= 0]
        return found

    def appointments(self, schedule: Schedule) -> Appointments:
        """Return a schedule as appointments of the agents; fixed readings are none of them.

        Raises
        ------
        KeyError
            Where a case that is not fixed has a reader who is no volunteer.
        """
        row = {name: j for j, name in enumerate(self.volunteer_ids)} | {"": -1}

        def part(ids: Texts, weeks: Ints, fixed: Ints) -> tuple[Ints, Ints]:
            free = fixed[self.agents] < 0
            names = np.where(free, ids[self.agents], "")
            workers = np.array([row[name] for name in names], dtype=np.int64)
            return workers, np.where(free, weeks[self.agents], -1)

        return Appointments(
            *part(schedule.volunteer, schedule.week, self.fixed.week),
            *part(schedule.second_volunteer, schedule.second_week, self.fixed.second_week),
        )


def build(programme: Programme, lottery_keys: Mapping[str, str] | None = None) -> Built:
    """Turn a programme into a calendar problem.

    Parameters
    ----------
    programme : Programme
    lottery_keys : mapping of case_id to hex digest, or None
        Lottery digests to carry instead of hashing the seed with each case's id, for
        cases whose ids were changed.

    Raises
    ------
    UsageError
        Where the earlier schedule has a case in a week before the programme starts.
    """
    seed, carried = programme.policy.lottery.seed, lottery_keys or {}
    keys = [carried.get(i) or lottery.digest(seed, i) for i in programme.cases["case_id"]]
    draw = lottery.draw(keys)
    picked = draw < picked_number(programme.policy, len(keys))
    earlier = earlier_of(programme)
    fixed = fixed_schedule(programme, earlier)
    pairs, left = Pairs.of(programme), Remaining.after(programme, fixed)
    # A case that is read may still have its second reading to come.
    already = (fixed.week >= 0) & (fixed.second_week < 0) & picked
    agents = np.flatnonzero((fixed.week < 0) | already)
    begins = np.maximum(programme.cases["ready_week"].to_numpy(np.int64), _past(programme))
    start = _start(programme, earlier, agents)
    reader, second = (volunteer_rows(programme, ids) for ids in (fixed.volunteer, fixed.second_volunteer))
    tiers, entries = tiers_of(Counted(programme, agents, fixed, reader, start, picked))
    problem = CalendarProblem(
        size=programme.case_units[agents],
        first=np.where(already, programme.policy.programme.weeks, begins)[agents],
        room=left.room,
        barred=_barred(pairs.barred, pairs, fixed, second)[agents] | already[agents, None],
        most=np.where(left.most < 0, 2 * len(agents), left.most),
        period_most=_period_most(programme, len(agents)),
        draw=lottery.draw([keys[row] for row in agents.tolist()]),
        tiers=tiers,
        wants_second=(picked & (fixed.second_week < 0))[agents],
        second_barred=_barred(pairs.second_barred, pairs, fixed, reader)[agents],
        unlike=pairs.unlike,
        start=None if programme.previous is None else start,
        settled=np.where(already, begins, -1)[agents] if already.any() else None,
    )
    return Built(programme, problem, agents, entries, fixed, earlier, picked, draw)


def _past(programme: Programme) -> int:
    return past_weeks(programme.policy.programme)


def _barred(barred: Bools, pairs: Pairs, fixed: Schedule, other: Ints) -> Bools:
    """Bar everybody who is like the one who has read a case already, where one reading of it stands.

    Parameters
    ----------
    barred : bool, shape (n_cases, n_volunteers)
    pairs : Pairs
    fixed : Schedule
    other : int64, shape (n_cases,)
        Row of the volunteer whose reading of the case stands; -1 for nobody, and for whoever is gone.
    """
    bound = np.flatnonzero(((fixed.week < 0) | (fixed.second_week < 0)) & (other >= 0))
    if not len(bound):
        return barred
    barred = barred.copy()
    barred[bound] |= ~pairs.unlike[other[bound]]
    return barred


def _period_most(programme: Programme, n_agents: int) -> Ints:
    """Return how many first readings the officers can sign off in each week."""
    units = officer_units(programme)
    if units is None:
        return np.full(programme.policy.programme.weeks, n_agents, dtype=np.int64)
    return np.minimum(units // programme.signoff_units, n_agents)


def _start(programme: Programme, earlier: Earlier, agents: Ints) -> tuple[Ints, Ints]:
    """Return the agents' earlier appointments in weeks to come, with volunteers who are still there."""
    worker, week = volunteer_rows(programme, earlier.volunteer)[agents], earlier.week[agents]
    there = (worker >= 0) & (week >= _past(programme)) & (week < programme.policy.programme.weeks)
    return np.where(there, worker, -1), np.where(there, week, -1)


def _parts(schedule: Schedule) -> tuple[Texts, Ints, Texts, Ints]:
    return schedule.volunteer, schedule.week, schedule.second_volunteer, schedule.second_week
