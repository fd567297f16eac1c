"""With an earlier schedule: whose appointment changes, and why it could not stay as it was."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from allocator.core.calendar.problem import Appointments, Ints
from allocator.reviews.build import Built
from allocator.reviews.conflicts import Barred, barred_pairs
from allocator.reviews.effects import Effects, first_change
from allocator.reviews.explain_standing import Standing
from allocator.reviews.explain_trials import Trials
from allocator.reviews.goal_values import goal_words
from allocator.reviews.reasons import day_words, listed, worse
from allocator.reviews.schedule import Schedule
from allocator.reviews.tables_out import hours_text, mondays
from allocator.reviews.weeks import open_weeks, week_starts

# Why a pair is barred, by the code of the rule.
_BARRED = {
    "no_agreement": "the headteacher has not agreed",
    "own_school": "the plan names the volunteer's own school",
    "own_trust": "the named school is of the volunteer's own trust",
    "declared_school": "a conflict with the school is declared",
    "declared_trust": "a conflict with the trust is declared",
    "declared_child": "a conflict with the child is declared",
    "declared_case": "a conflict with the case is declared",
    "handed_back": "it was handed back",
}
# How many cases that stand in the way are named.
_NAMED = 3


def moves(built: Built, schedule: Schedule) -> list[dict[str, Any]]:
    """List every case whose first reading is not where the earlier schedule had it, sorted by case_id.

    Parameters
    ----------
    built : Built
    schedule : Schedule
        It keeps every rule.

    Returns
    -------
    list of dict
        "case_id", "from" and "to" ("volunteer_id", "week"; None for the backlog, or no earlier
        appointment), "why". Empty without an earlier schedule.
    """
    if built.programme.previous is None:
        return []
    earlier = built.earlier
    changed = (earlier.volunteer != schedule.volunteer) | (
        (earlier.volunteer != "") & (earlier.week != schedule.week)
    )
    changed[built.fixed.week >= 0] = False
    rows = np.flatnonzero(changed)
    if not len(rows):
        return []
    change = _Change(built, schedule)
    told = [
        {
            "case_id": built.case_ids[row],
            "from": _appointment(built, earlier.volunteer[row], int(earlier.week[row])),
            "to": _appointment(built, schedule.volunteer[row], int(schedule.week[row])),
            "why": change.why(row),
        }
        for row in rows.tolist()
    ]
    for move, row in zip(told, rows.tolist(), strict=True):
        move["why"] += change.exchanged.get(row, "")
    return told


def _appointment(built: Built, volunteer: str, week: int) -> dict[str, str] | None:
    if not volunteer:
        return None
    start = week_starts(built.programme.policy.programme)[0]
    return {"volunteer_id": volunteer, "week": str(start + np.timedelta64(7 * week, "D"))}


class _Change:
    """Why appointments changed, told case by case."""

    def __init__(self, built: Built, schedule: Schedule) -> None:
        self._built, self._problem = built, built.problem
        self._made = built.appointments(schedule)
        self._effects = Effects(self._problem, self._made)
        self._barred: Barred = barred_pairs(built.programme)
        self._agent_of = np.full(len(built.case_ids), -1, dtype=np.int64)
        self._agent_of[built.agents] = np.arange(len(built.agents))
        self._row_of = {name: j for j, name in enumerate(built.volunteer_ids)}
        self._left = self._problem.room - self._made.used(self._problem)
        self._earlier = self._all_earlier()
        # Cases whose hours went to others: agent, worker, week, the first readings that are there anew.
        self._contested: dict[int, tuple[int, int, int, list[int]]] = {}

    def why(self, case: int) -> str:
        """Say why one case could not stay where it was."""
        earlier, agent = self._built.earlier, int(self._agent_of[case])
        if not earlier.volunteer[case]:
            return self._had_none(agent)
        who = earlier.volunteer[case]
        if who not in self._row_of:
            return f"{who} is a volunteer no more"
        worker, week = self._row_of[who], int(earlier.week[case])
        return (
            self._alone(case, agent, worker, week)
            or self._together(worker, week)
            or self._in_the_way(case, agent, worker, week)
            or self._goal(agent, worker, week)
        )

    def _alone(self, case: int, agent: int, worker: int, week: int) -> str:
        """Name a rule that the earlier appointment breaks by itself now."""
        problem, who = self._problem, self._built.volunteer_ids[worker]
        codes = self._barred.codes(case, worker)
        if codes:
            return f"{who} may not read it: {listed([_BARRED[code] for code in codes])}"
        if problem.barred[agent, worker]:
            return f"{who} is of one school or trust with its second reader"
        if not 0 <= week < problem.n_periods:
            return "its week is no week of the programme"
        if not open_weeks(self._built.programme.policy.programme)[week]:
            return f"the week of {self._week(week)} is closed"
        if problem.first[agent] > week:
            return f"its papers are not there by the week of {self._week(week)}"
        if problem.room[worker, week] == 0:
            return f"{who} has no hours in the week of {self._week(week)}"
        if problem.size[agent] > problem.room[worker, week]:
            return (
                f"it takes {self._hours(problem.size[agent])} hours, and {who} has "
                f"{self._hours(problem.room[worker, week])} in the week of {self._week(week)}"
            )
        return ""

    def _together(self, worker: int, week: int) -> str:
        """Say where the earlier appointments cannot all stand any more, each taken with the others."""
        problem, who = self._problem, self._built.volunteer_ids[worker]
        used = int(self._earlier.used(problem)[worker, week])
        if used > problem.room[worker, week]:
            return (
                f"{who} has {self._hours(problem.room[worker, week])} hours in the week of "
                f"{self._week(week)}, and the cases that {who} had then take {self._hours(used)}"
            )
        had = int(np.count_nonzero(self._earlier.worker == worker))
        had += int(np.count_nonzero(self._earlier.second_worker == worker))
        if had > problem.most[worker]:
            return f"{who} takes {problem.most[worker]} cases from now on, and had {had}"
        weekly = int(np.count_nonzero(self._earlier.period == week))
        if weekly > problem.period_most[week]:
            return (
                f"the officers can sign off {problem.period_most[week]} cases in the week of "
                f"{self._week(week)}, and it had {weekly}"
            )
        return ""

    def _in_the_way(self, case: int, agent: int, worker: int, week: int) -> str:
        """Name what holds its earlier hours now."""
        problem, made, who = self._problem, self._made, self._built.volunteer_ids[worker]
        there = (made.worker == worker) & (made.period == week)
        there_second = (made.second_worker == worker) & (made.second_period == week)
        if problem.size[agent] > self._left[worker, week]:
            was = (self._earlier.worker == worker) & (self._earlier.period == week)
            was_second = (self._earlier.second_worker == worker) & (self._earlier.second_period == week)
            new = np.flatnonzero((there & ~was) | (there_second & ~was_second))
            self._contested[case] = (agent, worker, week, np.flatnonzero(there & ~was).tolist())
            return f"its hours went to {self._cases(new)}"
        theirs = (made.worker == worker) | (made.second_worker == worker)
        number = np.count_nonzero(made.worker == worker) + np.count_nonzero(made.second_worker == worker)
        if made.worker[agent] != worker and number >= problem.most[worker]:
            had = (self._earlier.worker == worker) | (self._earlier.second_worker == worker)
            return (
                f"{who} has as many cases as may be, {self._cases(np.flatnonzero(theirs & ~had))} among them"
            )
        if made.period[agent] != week and np.count_nonzero(made.period == week) >= problem.period_most[week]:
            new = np.flatnonzero((made.period == week) & (self._earlier.period != week))
            return f"the officers' time of that week went to {self._cases(new)}"
        second = int(made.second_worker[agent])
        if second >= 0 and not problem.unlike[worker, second]:
            return (
                f"{who} is of one school or trust with its second reader, {self._built.volunteer_ids[second]}"
            )
        return ""

    @cached_property
    def exchanged(self) -> dict[int, str]:
        """What would come of it if a case changed places with one that has its hours, by case."""
        made, trials, whose = self._made, [], []
        for case, (agent, worker, week, others) in self._contested.items():
            back = int(made.worker[agent]), int(made.period[agent])
            for other in others:
                trials.append([(agent, worker, week), (other, *back)])
                whose.append((case, other))
        if not trials:
            return {}
        standing = Standing(self._problem, made)
        asked = standing.completed(Trials.of(trials))
        legal, gains = standing.legal(asked), standing.changes(asked) * standing.senses
        best: dict[int, int] = {}
        for k in np.flatnonzero(legal).tolist():
            case = whose[k][0]
            if case not in best or gains[k].tolist() > gains[best[case]].tolist():
                best[case] = k
        return {case: self._exchange(whose[k][1], gains[k]) for case, k in best.items()}

    def _exchange(self, other: int, gains: Ints) -> str:
        tier, change = first_change(gains)
        name = self._built.case_ids[self._built.agents[other]]
        if change < 0:
            goal = goal_words(*self._built.entries[tier])
            return f"; if it changed places with {name}, {goal} would be {worse(self._problem, tier, change)}"
        return f"; the search ended before it changed places with {name}"

    def _goal(self, agent: int, worker: int, week: int) -> str:
        """Name the first goal that would change if it alone went back."""
        gains = self._effects.of(agent, np.array([worker]), np.array([week]))[0]
        tier, change = first_change(gains)
        if change < 0:
            goal = goal_words(*self._built.entries[tier])
            return f"if it alone went back, {goal} would be {worse(self._problem, tier, change)}"
        return "nothing stands in its way: the search ended before it was put back"

    def _had_none(self, agent: int) -> str:
        gains = self._effects.of(agent, np.array([-1]), np.array([-1]))[0]
        tier, change = first_change(gains)
        if change < 0:
            goal = goal_words(*self._built.entries[tier])
            return (
                f"it had no appointment; without this one {goal} would be "
                f"{worse(self._problem, tier, change)}"
            )
        if change == 0:
            return "it had no appointment; the lottery gives it one"
        return "it had no appointment; the search ended before anything better was found for these hours"

    def _all_earlier(self) -> Appointments:
        """Return the agents' earlier appointments that could be had again, second readings among them."""
        built, problem = self._built, self._problem
        assert problem.start is not None
        worker, period = problem.start
        agents = built.agents
        names = built.earlier.second_volunteer[agents]
        second = np.array([self._row_of.get(name, -1) for name in names], dtype=np.int64)
        when = built.earlier.second_week[agents]
        still = (
            (second >= 0) & (when >= problem.second_first) & (when < problem.n_periods) & problem.wants_second
        )
        still[still] &= ~problem.second_barred[np.flatnonzero(still), second[still]]
        alone = worker >= 0
        alone[alone] &= ~problem.barred[np.flatnonzero(alone), worker[alone]]
        alone &= problem.first <= period
        fits = alone.copy()
        fits[alone] = problem.size[alone] <= problem.room[worker[alone], period[alone]]
        still &= fits | problem.already
        return Appointments(
            np.where(fits, worker, -1),
            np.where(fits, period, -1),
            np.where(still, second, -1),
            np.where(still, when, -1),
        )

    def _cases(self, agents: Ints) -> str:
        """Name some cases and count the rest."""
        ids = self._built.case_ids[self._built.agents[agents]].tolist()
        if not ids:
            return "other cases"
        more = len(ids) - _NAMED
        return listed([*ids[:_NAMED], f"{more} more"] if more > 0 else ids)

    def _hours(self, units: Any) -> str:
        return hours_text(int(units), self._built.programme.units_per_hour)

    def _week(self, week: int) -> str:
        return day_words(mondays(self._built)[week])
