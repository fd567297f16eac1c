"""Who is passed over: cases left that could have had another's appointment, and which goal says no."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np

from allocator.core.calendar.problem import Appointments, Ints
from allocator.reviews.build import Built
from allocator.reviews.explain_standing import Standing
from allocator.reviews.figures import exact_hours, mondays
from allocator.reviews.passed_exchanges import deciding_goals, displaced, priority_of, witnesses
from allocator.reviews.schedule import Schedule

Way: TypeAlias = Literal["less_urgent", "younger", "shorter"]
WAYS: tuple[Way, ...] = ("less_urgent", "younger", "shorter")


@dataclass(frozen=True)
class PassedRow:
    """One case left, with one scheduled case that it is held against.

    Parameters
    ----------
    case_id : str
        The case left.
    priority : int
    hours : Fraction
        Hours, handling included.
    days_overdue : int
        At the programme's start; below 0 where it was not yet due.
    by_case_id : str
        The scheduled case.
    by_priority : int
    by_hours : Fraction
    by_days_overdue : int
    volunteer_id : str
        Whose appointment it is.
    week : date
        Its Monday.
    also : tuple of str
        Other cases of that volunteer's week that would have to go too, for the case left to have time.
    goal : str
        The measure that the exchange worsens first; or "no_exchange": even the whole week of any such
        volunteer is too short, or a second reading stands in the way; "lottery": no goal tells the two
        apart; "open": the exchange would be better, so a goal was not brought to its end.
    level : int or None
        The priority that the goal is told apart by; None where it is not.
    """

    case_id: str
    priority: int
    hours: Fraction
    days_overdue: int
    by_case_id: str
    by_priority: int
    by_hours: Fraction
    by_days_overdue: int
    volunteer_id: str
    week: dt.date
    also: tuple[str, ...]
    goal: str
    level: int | None


@dataclass(frozen=True)
class PassedWay:
    """Cases left that are passed over in one way.

    Parameters
    ----------
    way : {"less_urgent", "younger", "shorter"}
        By a case of a less urgent priority; by a younger one (due later) of the same; by a shorter
        one of the same.
    cases : int
        Cases left.
    by_goal : tuple of (goal, level, int)
        How many by each goal, as in `PassedRow`; they sum to `cases`. The most first.
    rows : tuple of PassedRow
        The first of them: the most urgent, the oldest.
    """

    way: Way
    cases: int
    by_goal: tuple[tuple[str, int | None, int], ...]
    rows: tuple[PassedRow, ...]


@dataclass(frozen=True)
class PassedOver:
    """Who is passed over, by whom, and by which goal.

    A case left is passed over by a scheduled one where the volunteer of that appointment may read it
    and it is ready by then. It is then held against one such appointment: of those that are long enough
    for it with what is free beside them, else of those whose whole week is, else of all, the one whose
    case has least claim (the least urgent, youngest, longest). What is fixed passes nobody over.

    Parameters
    ----------
    left : int
        Cases left.
    passed : int
        Those that are passed over in any way.
    ways : tuple of PassedWay
        One a way; a case may be passed over in several.
    """

    left: int
    passed: int
    ways: tuple[PassedWay, ...]


def passed_over(built: Built, schedule: Schedule, age: Ints, rows: int) -> PassedOver:
    """Return who is passed over by a schedule.

    Parameters
    ----------
    built : Built
    schedule : Schedule
    age : int64, shape (n_cases,)
        Days overdue of every case of the programme.
    rows : int
        How many are named, of each way.
    """
    made = built.appointments(schedule)
    standing = Standing(built.problem, made)
    left, by_way = witnesses(built, standing, age[built.agents])
    ways = []
    for way, by in zip(WAYS, by_way, strict=True):
        behind = by >= 0
        ways.append(_way(built, standing, age, way, left[behind], by[behind], rows))
    any_way = np.max(np.stack(by_way), axis=0, initial=-1) >= 0
    return PassedOver(len(left), int(np.count_nonzero(any_way)), tuple(ways))


def _way(built: Built, standing: Standing, age: Ints, way: Way, left: Ints, by: Ints, rows: int) -> PassedWay:
    gone = displaced(built, standing, age[built.agents], left, by)
    goals = deciding_goals(built, standing, left, gone)
    counts = Counter(goals)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or 0))
    return PassedWay(
        way,
        len(left),
        tuple((goal, level, number) for (goal, level), number in ranked),
        tuple(
            _row(built, standing.made, age, int(left[k]), [int(by[k]), *gone[k][1:]], goals[k])
            for k in range(min(rows, len(left)))
        ),
    )


def _row(
    built: Built, made: Appointments, age: Ints, left: int, gone: list[int], goal: tuple[str, int | None]
) -> PassedRow:
    by = gone[0]
    one, other = int(built.agents[left]), int(built.agents[by])
    priority, size, programme = priority_of(built), built.problem.size, built.programme
    return PassedRow(
        case_id=str(built.case_ids[one]),
        priority=int(priority[left]),
        hours=exact_hours(size[left], programme),
        days_overdue=int(age[one]),
        by_case_id=str(built.case_ids[other]),
        by_priority=int(priority[by]),
        by_hours=exact_hours(size[by], programme),
        by_days_overdue=int(age[other]),
        volunteer_id=str(built.volunteer_ids[made.worker[by]]),
        week=mondays(programme)[int(made.period[by])],
        also=tuple(built.case_ids[built.agents[gone[1:]]].tolist()),
        goal=goal[0],
        level=goal[1],
    )
