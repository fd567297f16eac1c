"""The published entry of each goal: its value, its bound, how it is proved."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.core.assignment import Assignment, tier_cost
from allocator.core.face import Face
from allocator.core.prices import face_of_optimum
from allocator.core.problem import Ints
from allocator.placement.build import Built, GoalTier


def goal_entries(built: Built, option: Ints, proven: int) -> list[dict[str, Any]]:
    """List one entry a tier, as run.json holds them.

    Parameters
    ----------
    built : Built
    option : int64, shape (n_agents,)
        Provision of each mover, -1 for none.
    proven : int
        Tiers, from the first, that the certificate proves; the later ones are bounded on
        what those leave open.

    Returns
    -------
    list of dict
        "measure", "level", "value", "bound", "proven", "proof"; "by_level" for placed by need.
    """
    assignment = Assignment(option)
    face: Face | None = None
    entries = []
    for k, goal in enumerate(built.goals):
        cost = tier_cost(built.problem, k, assignment)
        value = _placed(built, option) if goal.by_need else goal.value(cost)
        if k < proven:
            bound: int | float | None = value
        else:
            face = face or face_of_optimum(built.problem, option, proven)
            bound = _bound(built, k, goal, face, option)
        entry: dict[str, Any] = {
            "measure": goal.measure,
            "level": goal.level,
            "value": value,
            "bound": bound,
            "proven": k < proven,
            "proof": "prices" if k < proven else "none",
        }
        if goal.by_need:
            entry["by_level"] = _by_level(built, option)
        entries.append(entry)
    return entries


def _placed(built: Built, option: Ints) -> int:
    return int((option >= 0).sum()) + len(built.fixed_facts.child)


def _by_level(built: Built, option: Ints) -> list[dict[str, int]]:
    """Count the placed at each need score of the round, from the highest down."""
    score = built.columns.children.need_score
    has_place = built.columns.fixed >= 0
    has_place[built.mover[option >= 0]] = True
    levels, at = np.unique(score, return_inverse=True)
    counts = np.bincount(at[has_place], minlength=len(levels))
    return [
        {"level": int(level), "value": int(count)}
        for level, count in zip(levels[::-1], counts[::-1], strict=True)
    ]


def _bound(built: Built, k: int, goal: GoalTier, face: Face, option: Ints) -> int | float:
    """Bound a tier that was not proved: each mover its best on the face, places uncounted."""
    problem = built.problem
    tier = problem.tiers[k]
    least = np.where(face.may_stay_out, 0, np.iinfo(np.int64).max)
    np.minimum.at(least, problem.pair_agent[face.pair], tier.costs(problem.pair_agent, face.pair))
    # Whoever has no choice left on the face keeps what it holds.
    held = Assignment(option).pairs(problem)
    settled = np.flatnonzero(~face.choosing)
    least[settled] = 0
    there = settled[held[settled] >= 0]
    least[there] = tier.costs(problem.pair_agent, held[there])
    if goal.by_need:
        return int((least < 0).sum()) + len(built.fixed_facts.child)
    return goal.value(sum(least.tolist()))
