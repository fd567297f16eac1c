"""Why a case has this second reader, or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.explain_exchange import changed, goal_changes
from allocator.reviews.explain_scene import Document, Scene

OPEN = 3


def second_reading(scene: Scene, agent: int) -> Document:
    """Return who reads a case a second time, or how many volunteers cannot and why.

    Returns
    -------
    dict
        "picked", "now" (volunteer and week, or None); where it was picked, is read and has no second
        reader, "near" (volunteers who are barred, or of the case's or the first reader's school or
        trust), "no_hours" (too little left in every week from when it is ready), "capped", and "open":
        they could read it now, which is an improvement wherever `second_reads` is a goal.
    """
    row = int(scene.built.agents[agent])
    plan, picked = scene.schedule, bool(scene.built.picked[row])
    week = int(plan.second_week[row])
    now = None if week < 0 else {"volunteer_id": str(plan.second_volunteer[row]), "week": scene.weeks[week]}
    document: Document = {"picked": picked, "now": now}
    if not picked or now is not None or scene.made.worker[agent] < 0:
        return document
    why = _reasons(scene, agent)
    counts = [int((why == k).sum()) for k in range(OPEN + 1)]
    document |= dict(zip(("near", "no_hours", "capped", "open"), counts, strict=True))
    return document


def second_to_add(scene: Scene, agent: int) -> Document | None:
    """Return the second reading that could be added as things stand, where the goals gain by it."""
    if not second_reading(scene, agent).get("open"):
        return None
    problem, standing, made = scene.built.problem, scene.standing, scene.made
    worker = int(np.flatnonzero(_reasons(scene, agent) == OPEN)[0])
    fits = standing.free[worker] >= problem.size[agent]
    fits[: problem.first[agent]] = False
    second = made.second_worker.copy(), made.second_period.copy()
    second[0][agent], second[1][agent] = worker, int(np.flatnonzero(fits)[0])
    after = replace(made, second_worker=second[0], second_period=second[1])
    gain = changed(scene, problem, after)
    if not any(gain):
        return None
    place = scene.place(worker, int(second[1][agent]))
    return {"second_read": place, "goals": goal_changes(scene, gain), "verdict": "better"}


def _reasons(scene: Scene, agent: int) -> Ints:
    """Return why each volunteer is no second reader: near, no hours, capped, or nothing but the goals."""
    problem, standing = scene.built.problem, scene.standing
    near = problem.second_barred[agent] | ~problem.unlike[scene.made.worker[agent]]
    later = np.arange(problem.n_periods) >= problem.first[agent]
    fits = ((standing.free >= problem.size[agent]) & later).any(axis=1)
    return np.select((near, ~fits, standing.load >= problem.most), range(OPEN), OPEN)
