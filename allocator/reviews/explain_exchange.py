"""One exchange as an explanation shows it: every goal worked out once more, by the rules of the core."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.calendar.rules import breaches, values
from allocator.reviews.explain_moves import Tested
from allocator.reviews.explain_scene import Document, Scene

_VERDICTS = {1: "better", -1: "worse", 0: "equal"}
_LOTTERY = {1: "prefers_it", -1: "prefers_what_is", 0: "equal"}


def exchange(scene: Scene, found: Tested, k: int) -> Document:
    """Return one exchange as JSON.

    Returns
    -------
    dict
        "volunteer_id" and "week" (where the case would go), "moves" (each case that moves, "from" and
        "to"), "second_reads_lost" (case ids), "goals" (every one that changes, in order: changed −
        present), "first_goal", "verdict", "lottery" and "improves"; see `claim`.
    """
    moves, lost = found.trials.moves(k), found.trials.lost(k)
    goals = goal_changes(scene, changed(scene, scene.built.problem, scene.standing.after(moves, lost)))
    return {
        **(scene.place(int(found.worker[k]), int(found.period[k])) or {}),
        "moves": [_move(scene, *move) for move in moves],
        "second_reads_lost": scene.case_ids(lost),
        "goals": goals,
        "first_goal": goals[0] if goals else None,
        "verdict": _VERDICTS[int(found.verdict[k])],
        "lottery": _LOTTERY[int(found.draw[k])],
        "improves": claim(scene, found, k),
    }


def best_exchange(scene: Scene, found: Tested) -> Document | None:
    """Return the best of some exchanges as JSON; None where there is none."""
    return exchange(scene, found, int(found.order[0])) if found.trials.n else None


def claim(scene: Scene, found: Tested, k: int) -> str | None:
    """Say whether an exchange is better than what is there, and whether run.json denies that it can be.

    Returns
    -------
    {"possible", "denied"} or None
        None where it is not better. One that only the lottery prefers is better where the lottery was
        carried out on the proven face of every goal, and is then denied.
    """
    if found.verdict[k] > 0:
        return "denied" if scene.proven(int(found.first[k])) else "possible"
    if found.verdict[k] == 0 and found.draw[k] > 0 and scene.lottery_proven:
        return "denied"
    return None


def goal_changes(scene: Scene, changes: Sequence[int]) -> list[Document]:
    """Return the goals that change, in order, with the change in each."""
    return [
        {"measure": measure, "level": level, "change": int(change)}
        for (measure, level), change in zip(scene.built.entries, changes, strict=True)
        if change
    ]


def changed(scene: Scene, problem: CalendarProblem, after: Appointments) -> list[int]:
    """Return what other appointments change of every goal of a problem: changed − present.

    Raises
    ------
    AssertionError
        Where they break a rule of the problem: a fault of this program.
    """
    broken = breaches(problem, after)
    if broken:
        raise AssertionError(f"an exchange that breaks {', '.join(broken)} was taken for a lawful one")
    pairs = zip(values(problem, after), values(problem, scene.made), strict=True)
    return [new - old for new, old in pairs]


def _move(scene: Scene, agent: int, worker: int, period: int) -> Document:
    was = scene.place(int(scene.made.worker[agent]), int(scene.made.period[agent]))
    return {"case_id": scene.case_ids([agent])[0], "from": was, "to": scene.place(worker, period)}
