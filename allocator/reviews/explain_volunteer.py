"""Why a volunteer has these cases, why hours stay empty, and why the load is what it is against others'."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import numpy as np

from allocator.reviews.explain_case import improvements
from allocator.reviews.explain_left import left_over
from allocator.reviews.explain_load import load
from allocator.reviews.explain_scene import Document, Scene


def explain_volunteer(scene: Scene, volunteer_id: str) -> Document:
    """Explain one volunteer.

    Parameters
    ----------
    scene : Scene
    volunteer_id : str

    Returns
    -------
    dict
        "kind" ("volunteer"), "id", "facts", "barred_by" (cases counted by the codes that bar them),
        "weeks" (hours offered, taken and free, the readings, and what stands against filling what is
        free), "schools" (how many cases of each named school), "load" and "improvements".

    Raises
    ------
    UsageError
        Where the programme has no such volunteer.
    """
    row = scene.volunteer_row(volunteer_id)
    weeks = [_week(scene, row, period) for period in range(scene.built.problem.n_periods)]
    evened, found = load(scene, row)
    better = [week["left"]["closest"] for week in weeks if week.get("left")]
    better = [one for one in better if one is not None and one["improves"]]
    return {
        "kind": "volunteer",
        "id": volunteer_id,
        "facts": _facts(scene, row),
        "barred_by": _barred_by(scene, row),
        "weeks": weeks,
        "schools": _schools(scene, row),
        "load": evened,
        "improvements": [*better, *([] if found is None else improvements(scene, found))],
    }


def _facts(scene: Scene, row: int) -> Document:
    rows = scene.built.programme.volunteers.iloc[row]
    there = [(case, second) for w in _weeks(scene) for case, second in scene.rows_at.get((row, w), [])]
    taken = {s: sum(scene.units[case] for case, second in there if second == s) for s in (False, True)}
    offered = int(scene.offered[row].sum())
    return {
        "school_id": str(rows["school_id"]),
        "trust_id": str(rows["trust_id"]),
        "headteacher_agreed": bool(rows["headteacher_agreed"]),
        "phases": str(rows["phases"]),
        "needs": str(rows["needs"]),
        "max_cases": None if rows["max_cases"] < 0 else int(rows["max_cases"]),
        "cases": sum(not second for _, second in there),
        "second_reads": sum(second for _, second in there),
        "offered": scene.hours(offered),
        "taken": scene.hours(taken[False]),
        "taken_by_second_reads": scene.hours(taken[True]),
        "free": scene.hours(offered - taken[False] - taken[True]),
    }


def _weeks(scene: Scene) -> range:
    return range(scene.built.problem.n_periods)


def _barred_by(scene: Scene, row: int) -> list[Document]:
    """Count the cases that the volunteer may not read, by the codes that bar them."""
    cases = scene.barred.case[scene.barred.volunteer == row].tolist()
    codes = Counter(scene.barred.codes(case, row) for case in cases)
    return [{"codes": list(code), "cases": codes[code]} for code in sorted(codes)]


def _week(scene: Scene, row: int, period: int) -> Document:
    offered = int(scene.offered[row, period])
    there = scene.rows_at.get((row, period), [])
    taken = sum(scene.units[case] for case, _ in there)
    document: Document = {
        "week": scene.weeks[period],
        "state": _state(scene, row, period),
        "offered": scene.hours(offered),
        "taken": scene.hours(taken),
        "free": scene.hours(offered - taken),
        "readings": [_reading(scene, row, period, case, second) for case, second in there],
    }
    if document["state"] == "works" and scene.standing.free[row, period] > 0:
        document["left"] = left_over(scene, row, period)
    return document


def _state(scene: Scene, row: int, period: int) -> str:
    """Return "past", "closed", "away" (no hours are offered), "no_agreement" or "works"."""
    if period < scene.past:
        return "past"
    if not scene.works[period]:
        return "closed"
    if scene.offered[row, period] == 0:
        return "away"
    agreed = bool(scene.built.programme.volunteers["headteacher_agreed"].iloc[row])
    return "works" if agreed else "no_agreement"


def _reading(scene: Scene, row: int, period: int, case: int, second: bool) -> Document:
    return {
        **scene.facts(case),
        "second": second,
        "fixed": bool(scene.agent_of[case] < 0),
        "days_late": int(scene.late[case, period]),
        "suits": bool(scene.suits[case, row]),
        "school_id": scene.schools[case],
    }


def _schools(scene: Scene, row: int) -> list[Document]:
    """Count the first readings by named school, the most first."""
    there = sorted(
        scene.schools[case]
        for period in _weeks(scene)
        for case, second in scene.rows_at.get((row, period), [])
        if not second
    )
    counts = [{"school_id": school, "cases": len(list(same))} for school, same in groupby(there)]
    return sorted(counts, key=lambda count: (-int(np.int64(count["cases"])), str(count["school_id"])))
