"""Why a case is read by whom and when: not earlier, not by somebody else, and what would have to change."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.problem import Bools
from allocator.errors import UsageError
from allocator.reviews.explain_changes import changes
from allocator.reviews.explain_exchange import claim, exchange
from allocator.reviews.explain_moves import Tested, can_hold, try_exchanges
from allocator.reviews.explain_scene import Document, Scene
from allocator.reviews.explain_seconds import second_reading, second_to_add
from allocator.reviews.explain_weeks import (
    REASONS,
    barred_by,
    codes_of,
    readings_there,
    reasons,
    week_document,
    week_state,
)

# Exchanges with one volunteer that are listed.
LISTED = 10


def explain_case(scene: Scene, case_id: str, why_not: str | None = None) -> Document:
    """Explain one case.

    Parameters
    ----------
    scene : Scene
    case_id : str
    why_not : str, optional
        A volunteer's id, or with a week ``ID@MONDAY``.

    Returns
    -------
    dict
        "kind" ("case"), "id", "facts", "status" ("fixed", "scheduled" or "backlog"), "now" (volunteer
        and week, or None), "second_read", "may_read", "weeks" (each earlier one; in the backlog all),
        "same_week" (the other volunteers of its own week), "exchanges", "improvements", "changes",
        and "why_not" where it was asked.

    Raises
    ------
    UsageError
        Where the programme has no such case, volunteer or week.
    """
    row = scene.case_row(case_id)
    wanted = _asked(scene, why_not)
    agent = int(scene.agent_of[row])
    document: Document = {"kind": "case", "id": case_id, "facts": _facts(scene, row)}
    if agent < 0:
        return document | _fixed(scene, row)
    found = try_exchanges(scene.standing, agent, can_hold(scene.standing, agent))
    period = int(scene.made.period[agent])
    earlier = range(period if period >= 0 else scene.built.problem.n_periods)
    document |= {
        "status": "scheduled" if period >= 0 else "backlog",
        "now": _now(scene, agent),
        "second_read": second_reading(scene, agent),
        "may_read": _may_read(scene, agent),
        "weeks": [week_document(scene, agent, w, found) for w in earlier],
        "same_week": _same_week(scene, agent, found),
        "exchanges": {"tried": found.tried, "lawful": found.trials.n, "left_out": found.left_out},
        "improvements": improvements(scene, found) + _second_to_add(scene, agent),
        "changes": changes(scene, agent),
    }
    if wanted is not None:
        document["why_not"] = _why_not(scene, agent, found, *wanted)
    return document


def improvements(scene: Scene, found: Tested) -> list[Document]:
    """Return the best exchange, where it is better than what is there; none where all is proven.

    Returns
    -------
    list of dict
        At most one exchange; its "improves" is "possible", or "denied" where run.json claims that it
        cannot be.
    """
    best = int(found.order[0]) if found.trials.n else -1
    if best < 0 or claim(scene, found, best) is None:
        return []
    return [exchange(scene, found, best)]


def _second_to_add(scene: Scene, agent: int) -> list[Document]:
    found = second_to_add(scene, agent)
    if found is None:
        return []
    tier = scene.built.entries.index(("second_reads", None))
    return [{**found, "improves": "denied" if scene.proven(tier) else "possible"}]


def _facts(scene: Scene, row: int) -> Document:
    week = int(scene.schedule.week[row])
    ready = scene.ready[row]
    return {
        **scene.facts(row),
        "ready_week": scene.weeks[ready] if ready < len(scene.weeks) else None,
        "days_late": int(scene.late[row, week]),
        "days_late_in_backlog": int(scene.late[row, -1]),
        "draw": int(scene.built.draw[row]) + 1,
    }


def _fixed(scene: Scene, row: int) -> Document:
    plan = scene.schedule
    return {
        "status": "fixed",
        "now": {"volunteer_id": str(plan.volunteer[row]), "week": scene.weeks[int(plan.week[row])]},
    }


def _now(scene: Scene, agent: int) -> Document | None:
    worker, period = int(scene.made.worker[agent]), int(scene.made.period[agent])
    place = scene.place(worker, period)
    if place is None:
        return None
    return {**place, "suits": bool(scene.suits[int(scene.built.agents[agent]), worker])}


def _may_read(scene: Scene, agent: int) -> Document:
    barred = scene.built.problem.barred[agent]
    return {
        "volunteers": len(barred),
        "barred": int(barred.sum()),
        "barred_by": barred_by(scene, agent, np.flatnonzero(barred)),
        "suited": int((scene.suits[int(scene.built.agents[agent])] & ~barred).sum()),
    }


def _same_week(scene: Scene, agent: int, found: Tested) -> Document | None:
    period = int(scene.made.period[agent])
    return None if period < 0 else week_document(
        scene, agent, period, found, but=int(scene.made.worker[agent]))  # fmt: skip


def _asked(scene: Scene, why_not: str | None) -> tuple[int, int | None] | None:
    """Read ID or ID@MONDAY."""
    if why_not is None:
        return None
    name, at, week = why_not.partition("@")
    if at and not week:
        raise UsageError(f"--why-not {why_not}: write the week's Monday after the @, or leave the @ out")
    return scene.volunteer_row(name), scene.week_at(week) if week else None


def _why_not(scene: Scene, agent: int, found: Tested, worker: int, week: int | None) -> Document:
    """Say what stands against one volunteer, week by week."""
    problem = scene.built.problem
    weeks = range(problem.n_periods) if week is None else [week]
    among: Bools = (found.worker == worker) & np.isin(found.period, list(weeks))
    listed = found.order[among[found.order]][:LISTED].tolist()
    return {
        "volunteer_id": scene.volunteer_id(worker),
        "week": None if week is None else scene.weeks[week],
        "codes": list(codes_of(scene, agent, worker)),
        "suits": bool(scene.suits[int(scene.built.agents[agent]), worker]),
        "weeks": [_slot(scene, agent, worker, w) for w in weeks],
        "exchanges": int(among.sum()),
        "listed": [exchange(scene, found, k) for k in listed],
    }


def _slot(scene: Scene, agent: int, worker: int, period: int) -> Document:
    state = week_state(scene, agent, period)
    here = scene.made.worker[agent] == worker and scene.made.period[agent] == period
    free = int(scene.standing.free[worker, period])
    document: Document = {
        "week": scene.weeks[period],
        "state": "here" if here else state,
        "offered": scene.hours(int(scene.offered[worker, period])),
        "free": scene.hours(free),
    }
    if state == "examined" and not here:
        document["reason"] = REASONS[int(reasons(scene, agent, period)[worker])]
        document["readings"] = readings_there(scene, worker, period, agent)
    return document
