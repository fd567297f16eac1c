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
        Row of the case that each agent stands for: all that are not fixed.
    entries : tuple of (measure, level)
        What each tier of the problem means; the lottery is not among them.
    fixed : Schedule
        What stands as it was: first and second readings of weeks before `as_of`, and second
        readings still to come of cases whose first stands.
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
        found.volunteer[self.agents] = ids[made.worker]
        found.week[self.agents] = made.period
        second = self.agents[made.second_worker >= 0]
        found.second_volunteer[second] = ids[made.second_worker[made.second_worker >= 0]]
        found.second_week[second] = made.second_period[made.second_worker >= 0]
        return found

    def appointments(self, schedule: Schedule) -> Appointments:
        """Return a schedule as appointments of the agents; a fixed second reading is none of them.

        Raises
        ------
        KeyError
            Where a case that is not fixed has a reader who is no volunteer.
        """
        row = {name: j for j, name in enumerate(self.volunteer_ids)} | {"": -1}
        again = self.fixed.second_week[self.agents] < 0
        return Appointments(
            np.array([row[name] for name in schedule.volunteer[self.agents]], dtype=np.int64),
            schedule.week[self.agents],
            np.array(
                [
                    row[name] if free else -1
                    for name, free in zip(schedule.second_volunteer[self.agents], again, strict=True)
                ],
                dtype=np.int64,
            ),
            np.where(again, schedule.second_week[self.agents], -1),
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
    stood = fixed_schedule(programme, earlier)
    pairs, left = Pairs.of(programme), Remaining.after(programme, stood)
    left.keep_seconds(programme, pairs, earlier, picked, draw)
    fixed = left.fixed
    agents = np.flatnonzero(fixed.week < 0)
    start = _start(programme, earlier, agents)
    reader = volunteer_rows(programme, fixed.volunteer)
    tiers, entries = tiers_of(Counted(programme, agents, fixed, reader, start, picked))
    problem = CalendarProblem(
        size=programme.case_units[agents],
        first=np.maximum(programme.cases["ready_week"].to_numpy(np.int64), _past(programme))[agents],
        room=left.room,
        barred=_barred(programme, pairs, fixed)[agents],
        most=np.where(left.most < 0, 2 * len(agents), left.most),
        period_most=_period_most(programme, len(agents)),
        draw=lottery.draw([keys[row] for row in agents.tolist()]),
        tiers=tiers,
        wants_second=(picked & (fixed.second_week < 0))[agents],
        second_barred=pairs.second_barred[agents],
        unlike=pairs.unlike,
        start=None if programme.previous is None else start,
    )
    return Built(programme, problem, agents, entries, fixed, earlier, picked, draw)


def _past(programme: Programme) -> int:
    return past_weeks(programme.policy.programme)


def _barred(programme: Programme, pairs: Pairs, fixed: Schedule) -> Bools:
    """Return who may never read first; whoever is like a second reader who has read already may not."""
    second = volunteer_rows(programme, fixed.second_volunteer)
    bound = np.flatnonzero((fixed.week < 0) & (second >= 0))
    if not len(bound):
        return pairs.barred
    barred = pairs.barred.copy()
    barred[bound] |= ~pairs.unlike[second[bound]]
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
