"""One plain sentence a case: who reads it and when, or why it stays in the backlog.

Every sentence follows from the inputs and the schedule alone, so that whoever verifies a
schedule can derive it again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.problem import Appointments, Bools, CalendarProblem, Ints
from allocator.core.calendar.rules import better
from allocator.reviews.build import Built
from allocator.reviews.effects import Effects, best_of, first_change
from allocator.reviews.goal_values import goal_words
from allocator.reviews.schedule import Schedule
from allocator.reviews.tables_out import hours_text, mondays
from allocator.reviews.tiers import expertise

_PHASE = {"early": "early years", "primary": "primary", "secondary": "secondary", "post16": "post-16"}


def day_words(day: dt.date) -> str:
    """Write a day as people say it."""
    return f"{day.day} {day:%B} {day.year}"


def sentences(built: Built, schedule: Schedule) -> list[str]:
    """Write the reason of every case.

    Parameters
    ----------
    built : Built
    schedule : Schedule
        It keeps every rule.

    Returns
    -------
    list of str, one a case in order of case_id
    """
    words = [""] * len(schedule.week)
    _say_scheduled(built, schedule, words)
    made = built.appointments(schedule)
    open_ = np.flatnonzero((made.worker < 0) & ~built.problem.already)
    if len(open_):
        backlog = _Backlog.of(built, made)
        for agent in open_.tolist():
            words[built.agents[agent]] = f"In the backlog: {backlog.why(agent)}."
    return words


def _say_scheduled(built: Built, schedule: Schedule, words: list[str]) -> None:
    programme = built.programme
    days, units = [day_words(day) for day in mondays(built)], programme.case_units.tolist()
    cases, knows = programme.cases, expertise(programme)
    row = {name: j for j, name in enumerate(built.volunteer_ids)}
    any_ = {name: (programme.volunteers[name] == "").tolist() for name in ("phases", "needs")}
    phases, needs = cases["phase"].tolist(), cases["primary_need"].tolist()
    for case in np.flatnonzero(schedule.week >= 0).tolist():
        who, week = schedule.volunteer[case], int(schedule.week[case])
        hours = hours_text(units[case], programme.units_per_hour)
        said = f"Read in the week of {days[week]} by {who}"
        if built.fixed.week[case] >= 0:
            words[case] = f"{said}; {hours} hours. That week is past, and stays as it was."
            continue
        at = row[who]
        phase = "any phase" if any_["phases"][at] else _PHASE[phases[case]]
        need = "any need" if any_["needs"][at] else needs[case]
        if knows[case, at]:
            known = f"who takes {phase} and {need}"
        else:
            known = f"whose phases and needs do not hold both {_PHASE[phases[case]]} and {needs[case]}"
        words[case] = f"{said}, {known}; {hours} hours."


@dataclass(frozen=True)
class _Backlog:
    """What the backlog's sentences rest on.

    Parameters
    ----------
    built : Built
    made : Appointments
    effects : Effects
    left : int64, shape (n_workers, n_periods)
        Units that are free.
    capped : bool, shape (n_workers,)
        Who has as many cases as they take.
    shut : bool, shape (n_periods,)
        Weeks in which the officers can sign off no more.
    classes : int64, shape (n_levels,)
        The priorities of the agents, ascending.
    level : int64, shape (n_agents,)
        Which of them each agent has.
    held : int64, shape (n_levels, n_workers, n_periods)
        First readings by priority.
    seconds : int64, shape (n_workers, n_periods)
        Second readings.
    """

    built: Built
    made: Appointments
    effects: Effects
    left: Ints
    capped: Bools
    shut: Bools
    classes: Ints
    level: Ints
    held: Ints
    seconds: Ints

    @classmethod
    def of(cls, built: Built, made: Appointments) -> _Backlog:
        problem = built.problem
        done, second = np.flatnonzero(made.worker >= 0), np.flatnonzero(made.second_worker >= 0)
        priority = built.programme.cases["priority"].to_numpy(dtype=np.int64)[built.agents]
        classes, level = np.unique(priority, return_inverse=True)
        held = np.zeros((len(classes), *problem.room.shape), dtype=np.int64)
        np.add.at(held, (level[done], made.worker[done], made.period[done]), 1)
        seconds = np.zeros(problem.room.shape, dtype=np.int64)
        np.add.at(seconds, (made.second_worker[second], made.second_period[second]), 1)
        load = (held.sum(axis=0) + seconds).sum(axis=1)
        return cls(
            built,
            made,
            Effects(problem, made),
            problem.room - made.used(problem),
            load >= problem.most,
            held.sum(axis=(0, 1)) >= problem.period_most,
            classes,
            level,
            held,
            seconds,
        )

    def why(self, agent: int) -> str:
        """Say why one agent is not done."""
        problem = self.built.problem
        may = ~problem.barred[agent]
        if not may.any():
            return (
                f"none of the {problem.n_workers} volunteers may read it" if len(may) else "nobody volunteers"
            )
        late = self._too_late(agent)
        if late:
            return late
        may &= problem.most > 0
        if not may.any():
            return "every volunteer who may read it has had as many cases as they take"
        from_ = np.arange(problem.n_periods) >= problem.first[agent]
        room = np.where(may[:, None] & from_, problem.room, 0)
        if room.max() < problem.size[agent]:
            return self._too_long(agent, int(room.max()))
        slots = room >= problem.size[agent]
        if (self.shut | ~slots.any(axis=0)).all():
            return "the officers can sign off no more cases in any week in which it could be read"
        free = slots & (self.left >= problem.size[agent]) & ~self.capped[:, None] & ~self.shut
        return self._free(agent, free) if free.any() else self._taken(agent, slots)

    def _too_late(self, agent: int) -> str:
        built, problem = self.built, self.built.problem
        if problem.first[agent] < problem.n_periods:
            return ""
        row, cases = int(built.agents[agent]), built.programme.cases
        if cases["ready_week"].to_numpy(dtype=np.int64)[row] < problem.n_periods:
            return "every week of the programme is past"
        ready: dt.date = cases["ready_from"].to_numpy()[row].astype("datetime64[D]").item()
        return f"its papers are there from {day_words(ready)} only, too late for the programme's last week"

    def _too_long(self, agent: int, longest: int) -> str:
        per_hour, problem = self.built.programme.units_per_hour, self.built.problem
        begins = day_words(mondays(self.built)[int(problem.first[agent])])
        if longest == 0:
            return f"no volunteer who may read it has hours from the week of {begins} on"
        return (
            f"it takes {hours_text(int(problem.size[agent]), per_hour)} hours, and no volunteer who may read "
            f"it has more than {hours_text(longest, per_hour)} in one week from that of {begins} on"
        )

    def _free(self, agent: int, free: Bools) -> str:
        """Say what would be lost if it took the best of the hours that are free."""
        # By week, then volunteer; the first of the best is taken.
        periods, workers = np.nonzero(free.T)
        gains = self.effects.of(agent, workers, periods)
        best = best_of(gains)
        who = self.built.volunteer_ids[workers[best]]
        week = day_words(mondays(self.built)[int(periods[best])])
        tier, change = first_change(gains[best])
        if change >= 0:
            return f"the search ended before it was given to {who} in the week of {week}, who could read it"
        return (
            f"{who} could read it in the week of {week}, but {goal_words(*self.built.entries[tier])} would "
            f"then be {worse(self.built.problem, tier, change)}"
        )

    def _taken(self, agent: int, slots: Bools) -> str:
        """Say who holds the hours that could hold it."""
        problem = self.built.problem
        priority = self.classes[self.level[agent]]
        by_class = self.held[:, slots].sum(axis=1)
        compared = (self.classes < priority, self.classes == priority, self.classes > priority)
        parts = [
            f"{number} {how} urgent"
            for how, which in zip(("more", "equally", "less"), compared, strict=True)
            if (number := int(by_class[which].sum()))
        ]
        seconds = int(self.seconds[slots].sum())
        said = f"{listed(parts)} {'case' if by_class.sum() == 1 else 'cases'}" if parts else ""
        if seconds:
            said += f"{' and ' if said else ''}{seconds} second reading{'s' if seconds > 1 else ''}"
        # Hours that are free all the same are closed by a cap, or by the officers' time.
        spare = slots & (self.left >= problem.size[agent])
        closed = [
            text
            for text, which in (
                ("with volunteers who have as many cases as they take", spare & self.capped[:, None]),
                ("in weeks in which the officers can sign off no more", spare & self.shut),
            )
            if which.any()
        ]
        why = "no hours are left that could hold it"
        if closed:
            why = f"the hours left that could hold it lie {' or '.join(closed)}"
        return f"{why}; such hours went to {said}" if said else why


def worse(problem: CalendarProblem, tier: int, change: int) -> str:
    """Write a loss as higher or lower, by the goal's own sense."""
    return f"{abs(change)} {'lower' if better(problem.tiers[tier]) > 0 else 'higher'}"


def listed(parts: list[str]) -> str:
    """Join words as people do; there is at least one."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
