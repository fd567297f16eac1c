"""Small random programmes to explain, with schedules that are greedy, or best of all by enumeration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import numpy as np

from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.calendar.rules import better, breaches, values
from allocator.reviews.build import Built, build
from allocator.reviews.explain_scene import Scene
from reviews.random_programmes import START, Drawn, draw

_MEASURES = (
    "scheduled",
    "days_late",
    "waited",
    "expertise",
    "workload_gap",
    "school_spread",
    "second_reads",
)
_BY_PRIORITY = ("scheduled", "days_late", "waited")


def drawn(seed: int, cases: int = 9, volunteers: int = 6) -> Drawn:
    """Draw a programme with caps, officers, second reads and goals in any order, none of them always."""
    rng, found = Random(seed * 7 + 1), draw(seed, cases, volunteers)
    measures = rng.sample(_MEASURES, rng.randint(3, len(_MEASURES)))
    if rng.random() < 0.6:
        measures.sort(key=_MEASURES.index)
    found.policy["goal"] = [  # type: ignore[assignment]
        {"measure": m, "by": "priority" if m in _BY_PRIORITY and rng.random() < 0.6 else "none"}
        for m in measures
    ]
    found.policy["quality"] = {"second_read_share": rng.choice((0, 0, 0.3, 0.6))}
    for row in found.tables["volunteers"]:
        row["max_cases"] = rng.choice(("", "", "1", "2", "4"))
        row["phases"] = rng.choice(("", "early", "post16"))
        row["needs"] = rng.choice(("", "ASD"))
    if rng.random() < 0.4:
        found.policy["programme"]["signoff_hours"] = 0.5
        weeks = range(int(str(found.policy["programme"]["weeks"])))
        found.tables["officers"] = [
            {"week": (START + dt.timedelta(weeks=w)).isoformat(), "hours": rng.choice(("0", "0.5", "1", "4"))}
            for w in weeks
        ]
    return found


def roomy(seed: int) -> Drawn:
    """Draw a tiny programme in which most volunteers may read most cases, and there is not room for all."""
    rng, found = Random(seed * 11 + 5), drawn(seed, cases=5, volunteers=2)
    found.policy["programme"] |= {"weeks": 2, "closed_weeks": [], "handling_hours": 0}
    for row in found.tables["cases"]:
        row["hours"] = rng.choice(("1.25", "2", "3", "3"))
        row["ready_from"] = rng.choice(("", "", "2027-01-18"))
    for row in found.tables["volunteers"]:
        row |= {"headteacher_agreed": "yes", "days_per_week": "0.5", "first_week": "", "last_week": ""}
        row |= {"trained_from": "", "school_id": f"A{row['volunteer_id']}", "trust_id": "none"}
        row["max_cases"] = rng.choice(("", "", "3"))
    found.tables["availability"] = []
    found.tables["conflicts"] = found.tables["conflicts"][:1]
    weeks = (START.isoformat(), (START + dt.timedelta(weeks=1)).isoformat())
    if "officers" in found.tables:
        found.tables["officers"] = [{"week": week, "hours": rng.choice(("0.5", "1", "4"))} for week in weeks]
    return found


def greedy(problem: CalendarProblem, order: list[int] | None = None) -> Appointments:
    """Give each agent the earliest place that is left, then second readers likewise."""
    made = Appointments.none(problem.n_agents)
    order = np.argsort(problem.draw).tolist() if order is None else order
    for agent in order:
        _first_lawful(problem, made, agent, made.worker, made.period)
    for agent in order:
        if problem.wants_second[agent] and made.worker[agent] >= 0:
            _first_lawful(problem, made, agent, made.second_worker, made.second_period)
    return made


def _first_lawful(problem: CalendarProblem, made: Appointments, agent: int, *where: np.ndarray) -> None:
    for period in range(int(problem.first[agent]), problem.n_periods):
        for worker in range(problem.n_workers):
            where[0][agent], where[1][agent] = worker, period
            if not breaches(problem, made):
                return
    where[0][agent] = where[1][agent] = -1


def scene_of(built: Built, made: Appointments, proven: bool = False) -> Scene:
    """Return a scene whose goals are all proven, or none."""
    entries = [*built.entries, ("lottery", None)]
    return Scene(built, made, [{"measure": m, "level": level, "proven": proven} for m, level in entries])


def greedy_scene(seed: int, cases: int = 9, volunteers: int = 6) -> Scene:
    """Draw a programme and schedule it greedily."""
    built = build(drawn(seed, cases, volunteers).read())
    return scene_of(built, greedy(built.problem))


def draw_key(problem: CalendarProblem, made: Appointments) -> list[tuple[int, int, int]]:
    """What the lottery makes as small as it can: each agent's week and volunteer, then the seconds."""
    agents = np.argsort(problem.draw).tolist()
    first = [(int(made.worker[a] < 0), int(made.period[a]), int(made.worker[a])) for a in agents]
    second = [
        (int(made.second_worker[a] < 0), int(made.second_period[a]), int(made.second_worker[a]))
        for a in agents
    ]
    return first + second


def key(problem: CalendarProblem, made: Appointments) -> tuple[list[int], list[tuple[int, int, int]]]:
    """What the goals in their order, and then the lottery, make as small as they can."""
    pairs = zip(problem.tiers, values(problem, made), strict=True)
    return [-better(tier) * value for tier, value in pairs], draw_key(problem, made)


def best(problem: CalendarProblem) -> Appointments:
    """Return the best of all appointments, by trying every one."""
    return min(_all(problem, Appointments.none(problem.n_agents), 0), key=lambda made: key(problem, made))


def _all(problem: CalendarProblem, made: Appointments, turn: int) -> Iterator[Appointments]:
    """Give all lawful appointments that agree so far; breaking a rule is never mended by adding more."""
    n = problem.n_agents
    if turn == 2 * n:
        yield Appointments(
            made.worker.copy(), made.period.copy(), made.second_worker.copy(), made.second_period.copy()
        )
        return
    agent, second = turn % n, turn >= n
    yield from _all(problem, made, turn + 1)
    if second and not (problem.wants_second[agent] and made.worker[agent] >= 0):
        return
    worker, period = (made.second_worker, made.second_period) if second else (made.worker, made.period)
    for w in range(problem.n_workers):
        for p in range(int(problem.first[agent]), problem.n_periods):
            worker[agent], period[agent] = w, p
            if not breaches(problem, made):
                yield from _all(problem, made, turn + 1)
    worker[agent] = period[agent] = -1
