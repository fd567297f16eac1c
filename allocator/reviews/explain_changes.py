"""What would have to change for a case to be read, or read earlier: single changes, each tried.

A change is listed only where the case could then be put in place with nothing else moved, and the
schedule with it is better than the present one in the strict order of the goals. Whether the case would
be the first to profit is another question, and is answered beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.core.calendar.problem import Bools, CalendarProblem, Ints, LoadTier, Tier
from allocator.reviews.build import Built
from allocator.reviews.conflicts import RULES
from allocator.reviews.explain_exchange import changed, exchange, goal_changes
from allocator.reviews.explain_moves import can_hold, judged, try_exchanges
from allocator.reviews.explain_scene import Document, Scene
from allocator.reviews.explain_standing import Standing
from allocator.reviews.explain_trials import Trials
from allocator.reviews.explain_weeks import NAMED, codes_of
from allocator.reviews.programme import Programme
from allocator.reviews.remaining import volunteer_rows
from allocator.reviews.tiers import Counted, tiers_of
from allocator.reviews.weeks import officer_units, week_starts

# Rules that are lifted by one decision: the headteacher's, the volunteer's, the policy's.
GROUPS = (
    frozenset({"no_agreement"}),
    frozenset(rule for rule in RULES if rule.startswith("declared") or rule == "handed_back"),
    frozenset({"own_school", "own_trust"}),
)
# Candidates of a kind that are tried before giving up on it.
TRIED = 25


@dataclass(frozen=True)
class _Idea:
    """A changed problem, and where the case would go in it."""

    said: Document
    problem: CalendarProblem
    worker: int
    period: int
    # Whether others could use what the change brings.
    shared: bool


def changes(scene: Scene, agent: int) -> list[Document]:
    """Return the smallest single changes of each kind that would let a case be read, or read earlier.

    Returns
    -------
    list of dict
        "change": "hours" (more of a volunteer's week), "shorter" (the case itself), "rule" (the rules
        that bar a pair), "max_cases", "officer_hours", "ready_from" or "priority"; what it amounts to;
        "volunteer_id" and "week" that the case would go to; "goals" (the gain over the schedule that
        has the change and does not use it); where others could use it, "ahead" (how many cases would
        gain more by it, put there by themselves) with some of their ids.
    """
    period = int(scene.made.period[agent])
    weeks = scene.works & (np.arange(len(scene.works)) < (period if period >= 0 else len(scene.works)))
    if not weeks.any():
        return []
    kinds = (
        _more_hours(scene, agent, weeks),
        _shorter(scene, agent, weeks),
        *(_rule_lifted(scene, agent, weeks, group) for group in GROUPS),
        _more_cases(scene, agent, weeks),
        _more_signing_off(scene, agent, weeks),
        _ready_earlier(scene, agent, weeks),
    )
    found = []
    for ideas in kinds:
        tries = (_verified(scene, agent, idea) for idea in ideas)
        found += [said for said in (next(filter(None, tries), None),) if said is not None]
    urgent = _more_urgent(scene, agent)
    return found if urgent is None else [*found, urgent]


def _verified(scene: Scene, agent: int, idea: _Idea) -> Document | None:
    """Put the case in place in the changed problem, and compare with leaving it where it is."""
    standing = Standing(idea.problem, scene.made)
    direct = judged(standing, Trials.of([[(agent, idea.worker, idea.period)]]))
    if not direct.trials.n or direct.verdict[0] <= 0:
        return None
    gain = changed(scene, idea.problem, standing.after(direct.trials.moves(0), direct.trials.lost(0)))
    said = {**idea.said, **(scene.place(idea.worker, idea.period) or {}), "goals": goal_changes(scene, gain)}
    if idea.shared:
        others = _ahead(standing, agent, idea)
        said |= {"ahead": len(others), "ahead_ids": scene.case_ids(others[:NAMED])}
    return said


def _ahead(standing: Standing, agent: int, idea: _Idea) -> list[int]:
    """Return the agents whose moving to the same place would gain more than this one's."""
    every = np.arange(standing.problem.n_agents)
    here = (standing.made.worker == idea.worker) & (standing.made.period == idea.period)
    every = every[~here]
    n, none = len(every), np.zeros(0, dtype=np.int64)
    put = Trials(np.arange(n), every, np.full(n, idea.worker), np.full(n, idea.period), none, none, n)
    found = judged(standing, put)
    who = found.trials.agent[found.order]
    return [int(a) for a in who[: int(np.flatnonzero(who == agent)[0])]]


def _more_hours(scene: Scene, agent: int, weeks: Bools) -> Iterator[_Idea]:
    """Give a volunteer who may read the case more hours in a week, the fewest first."""
    problem, standing = scene.built.problem, scene.standing
    may = _may_take(scene, agent) & _workable(scene, agent, weeks) & ~problem.barred[agent][:, None]
    may &= standing.in_period < problem.period_most
    short = np.where(may, problem.size[agent] - standing.free, 0)
    for worker, period in _ascending(short):
        room = problem.room.copy()
        more = int(short[worker, period])
        room[worker, period] += more
        tiers = tuple(_offering(tier, worker, more) for tier in problem.tiers)
        said = {"change": "hours", "hours": scene.hours(more)}
        yield _Idea(said, replace(problem, room=room, tiers=tiers), worker, period, True)


def _offering(tier: Tier, worker: int, more: int) -> Tier:
    if not isinstance(tier, LoadTier):
        return tier
    offered = tier.offered.copy()
    offered[worker] += more
    return replace(tier, offered=offered)


def _shorter(scene: Scene, agent: int, weeks: Bools) -> Iterator[_Idea]:
    """Make the case short enough for hours that are free, by as little as possible."""
    problem, standing = scene.built.problem, scene.standing
    may = _may_take(scene, agent) & _workable(scene, agent, weeks) & ~problem.barred[agent][:, None]
    may &= (standing.in_period < problem.period_most) & (standing.free > 0)
    for worker, period in _ascending(np.where(may, problem.size[agent] - standing.free, 0)):
        size = problem.size.copy()
        size[agent] = standing.free[worker, period]
        said = {"change": "shorter", "hours": scene.hours(int(size[agent]))}
        yield _Idea(said, replace(problem, size=size), worker, period, False)


def _rule_lifted(scene: Scene, agent: int, weeks: Bools, group: frozenset[str]) -> Iterator[_Idea]:
    """Lift what bars a volunteer who has the hours free, where rules of one group alone do."""
    problem, standing = scene.built.problem, scene.standing
    agreed = scene.built.programme.volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_)
    free = np.where(agreed[:, None], standing.free, scene.offered)
    may = _may_take(scene, agent) & _workable(scene, agent, weeks) & problem.barred[agent][:, None]
    may &= (standing.in_period < problem.period_most) & (free >= problem.size[agent])
    rules = {w: codes_of(scene, agent, w) for w in np.flatnonzero(may.any(axis=1)).tolist()}
    counts = [len(rules.get(w, ())) if group >= set(rules.get(w, ())) else 0 for w in range(len(may))]
    for worker, period in _ascending(np.where(may, np.array(counts, dtype=np.int64)[:, None], 0)):
        said: Document = {"change": "rule", "codes": list(rules[worker])}
        lifted = _lifted(scene, agent, worker, rules[worker])
        yield _Idea(said, lifted, worker, period, shared=not agreed[worker])


def _lifted(scene: Scene, agent: int, worker: int, codes: tuple[str, ...]) -> CalendarProblem:
    """Return the problem without the rules that bar a pair; an agreement counts for every case."""
    problem = scene.built.problem
    barred, room = problem.barred.copy(), problem.room.copy()
    if "no_agreement" in codes:
        room[worker, scene.past :] = scene.offered[worker, scene.past :]
        pairs = scene.barred
        still = (pairs.volunteer == worker) & (pairs.rules & ~np.uint8(1 << RULES.index("no_agreement")) > 0)
        others = np.zeros(pairs.n_cases, dtype=np.bool_)
        others[pairs.case[still]] = True
        barred[:, worker] = others[scene.built.agents]
    barred[agent, worker] = False
    return replace(problem, barred=barred, room=room)


def _more_cases(scene: Scene, agent: int, weeks: Bools) -> Iterator[_Idea]:
    """Let a volunteer who has the hours free take one more case."""
    problem, standing = scene.built.problem, scene.standing
    may = ~_may_take(scene, agent) & _workable(scene, agent, weeks) & ~problem.barred[agent][:, None]
    may &= (standing.in_period < problem.period_most) & (standing.free >= problem.size[agent])
    cap = scene.built.programme.volunteers["max_cases"].tolist()
    for worker, period in _ascending(may.astype(np.int64)):
        most = problem.most.copy()
        most[worker] += 1
        said = {"change": "max_cases", "max_cases": int(cap[worker]) + 1}
        yield _Idea(said, replace(problem, most=most), worker, period, True)


def _more_signing_off(scene: Scene, agent: int, weeks: Bools) -> Iterator[_Idea]:
    """Give the officers time to sign off one more case in a week whose time is used up."""
    problem, standing = scene.built.problem, scene.standing
    given = officer_units(scene.built.programme)
    if given is None:
        return
    may = _may_take(scene, agent) & _workable(scene, agent, weeks) & ~problem.barred[agent][:, None]
    may &= (standing.in_period >= problem.period_most) & (standing.free >= problem.size[agent])
    short = (standing.in_period + 1) * scene.built.programme.signoff_units - given
    for worker, period in _ascending(np.where(may, short[None, :], 0)):
        most = problem.period_most.copy()
        most[period] += 1
        said = {"change": "officer_hours", "hours": scene.hours(int(short[period]))}
        yield _Idea(said, replace(problem, period_most=most), worker, period, True)


def _ready_earlier(scene: Scene, agent: int, weeks: Bools) -> Iterator[_Idea]:
    """Let the case be ready earlier, by as few weeks as possible."""
    problem, standing = scene.built.problem, scene.standing
    early = weeks & (np.arange(problem.n_periods) < problem.first[agent])
    may = _may_take(scene, agent) & early & ~problem.barred[agent][:, None]
    may &= (standing.in_period < problem.period_most) & (standing.free >= problem.size[agent])
    for worker, period in _ascending(np.where(may, problem.n_periods - np.arange(problem.n_periods), 0)):
        first = problem.first.copy()
        first[agent] = period
        said = {"change": "ready_from", "ready_week": scene.weeks[period]}
        yield _Idea(said, replace(problem, first=first), worker, period, False)


def _more_urgent(scene: Scene, agent: int) -> Document | None:
    """Give the case the nearest more urgent priority at which a single exchange would be better."""
    row, period = int(scene.built.agents[agent]), int(scene.made.period[agent])
    programme = scene.built.programme
    for priority in sorted({p for p in scene.priority if p < scene.priority[row]}, reverse=True):
        cases: Any = programme.cases.copy()
        cases.loc[row, "priority"] = priority
        built = _with_goals_of(scene.built, replace(programme, cases=cases))
        standing = Standing(built.problem, scene.made)
        slots = can_hold(standing, agent)
        slots[:, period if period >= 0 else built.problem.n_periods :] = False
        found = try_exchanges(standing, agent, slots)
        if found.trials.n and found.verdict[found.order[0]] > 0:
            return {
                "change": "priority",
                "priority": priority,
                **exchange(Scene(built, scene.made, ()), found, int(found.order[0])),
            }
    return None


def _with_goals_of(built: Built, programme: Programme) -> Built:
    """Return a programme built with the goals of one whose priorities differ, and nothing else."""
    nowhere = np.full(len(built.agents), -1, dtype=np.int64)
    kept = (nowhere, nowhere) if built.problem.start is None else built.problem.start
    reader = volunteer_rows(programme, built.fixed.volunteer)
    counted = Counted(programme, built.agents, built.fixed, reader, kept, built.picked)
    tiers, entries = tiers_of(counted)
    problem = replace(built.problem, tiers=tiers)
    return replace(built, programme=programme, problem=problem, entries=entries)


def _may_take(scene: Scene, agent: int) -> Bools:
    """Tell who could take one more case, as a column; the case's own reader can."""
    problem, standing = scene.built.problem, scene.standing
    own = np.arange(problem.n_workers) == scene.made.worker[agent]
    return np.asarray((own | (standing.load < problem.most))[:, None], dtype=np.bool_)


def _workable(scene: Scene, agent: int, weeks: Bools) -> Bools:
    """Tell in which weeks, from when the case is ready, a volunteer is trained; (n_volunteers, weeks)."""
    programme = scene.built.programme
    trained = programme.volunteers["trained_from"].to_numpy().astype("datetime64[D]")
    works = ~(week_starts(programme.policy.programme) < trained[:, None])
    return np.asarray(
        works & weeks & (np.arange(len(weeks)) >= scene.built.problem.first[agent]), dtype=np.bool_
    )


def _ascending(figures: Ints) -> list[tuple[int, int]]:
    """Return slots with a figure above 0: the smallest first, then by week, then by volunteer."""
    worker, period = np.nonzero(figures > 0)
    order = np.lexsort((worker, period, figures[worker, period]))[:TRIED]
    return [(int(worker[k]), int(period[k])) for k in order]
