"""Why a volunteer's load is what it is against the others', and what evening it would cost."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.problem import Bools, Ints
from allocator.core.calendar.rules import shares
from allocator.reviews.explain_exchange import best_exchange
from allocator.reviews.explain_moves import LIMIT, Tested, judged
from allocator.reviews.explain_scene import Document, Scene
from allocator.reviews.explain_trials import Trials


def load(scene: Scene, row: int) -> tuple[Document, Tested | None]:
    """Compare a volunteer's load with the others', and try to even it.

    Returns
    -------
    document : dict
        "share" (⌈1000 × hours taken ÷ hours offered⌉; None where none are offered), "overall" (the same of
        all the agreed volunteers together), "largest" (share and id), "greater" (how many volunteers have
        a greater share), "direction" ("less" where work would have to leave this volunteer, else "more"),
        "exchanges" (how many lawful ones would do that) and "closest" (the best of them).
    found : Tested or None
        The exchanges.
    """
    offered, taken = scene.offered.sum(axis=1), _taken(scene)
    share = shares(taken, offered)
    agreed = scene.built.programme.volunteers["headteacher_agreed"].to_numpy(dtype=np.bool_)
    counted = (offered > 0) & agreed
    document: Document = {"share": None, "overall": _overall(taken, offered, counted)}
    if not counted[row]:
        return document, None
    top = int(np.argmax(np.where(counted, share, -1)))
    less = _is_more(taken[row], offered[row], taken[counted].sum(), offered[counted].sum())
    found = _evened(scene, row, share, less)
    document |= {
        "share": int(share[row]),
        "largest": {"volunteer_id": scene.volunteer_id(top), "share": int(share[top])},
        "greater": int((counted & (share > share[row])).sum()),
        "volunteers": int(counted.sum()),
        "direction": "less" if less else "more",
        "exchanges": found.trials.n,
        "left_out": found.left_out,
        "closest": best_exchange(scene, found),
    }
    return document, found


def _taken(scene: Scene) -> Ints:
    """Return the units of first readings of each volunteer, those that stand as they were included."""
    found = np.zeros(scene.built.problem.n_workers, dtype=np.int64)
    for (worker, _), readings in scene.rows_at.items():
        found[worker] += sum(scene.units[row] for row, second in readings if not second)
    return found


def _overall(taken: Ints, offered: Ints, counted: Bools) -> int | None:
    total = int(offered[counted].sum())
    return None if total == 0 else -(-1000 * int(taken[counted].sum()) // total)


def _is_more(taken: int, offered: int, all_taken: int, all_offered: int) -> bool:
    """Whether a share is at least that of all together, exactly."""
    return int(taken) * int(all_offered) >= int(all_taken) * int(offered)


def _evened(scene: Scene, row: int, share: Ints, less: bool) -> Tested:
    """Try every case that could go from the greater share to the smaller, alone or for a shorter one."""
    others = (share < share[row]) if less else (share > share[row])
    mine = np.arange(len(share)) == row
    givers, takers = (mine, others) if less else (others, mine)
    worker, who = scene.made.worker, np.flatnonzero(takers)
    theirs = np.flatnonzero((worker >= 0) & takers[worker])
    parts: list[Trials] = []
    tried = left_out = 0
    for agent in np.flatnonzero((worker >= 0) & givers[worker]).tolist():
        if tried >= LIMIT:
            left_out += 1
            continue
        parts += [_alone(scene, agent, who), _for_a_shorter(scene, agent, theirs)]
        tried += parts[-1].n + parts[-2].n
    return judged(scene.standing, Trials.joined(parts), left_out=left_out)


def _alone(scene: Scene, agent: int, takers: Ints) -> Trials:
    """Put the case into the free hours of each of some workers."""
    problem, size = scene.built.problem, scene.built.problem.size[agent]
    may = takers[~problem.barred[agent, takers]]
    first = int(problem.first[agent])
    at, week = np.nonzero(scene.standing.free[may, first:] >= size)
    n, none = len(at), np.zeros(0, dtype=np.int64)
    return Trials(np.arange(n), np.full(n, agent), may[at], week + first, none, none, n)


def _for_a_shorter(scene: Scene, agent: int, theirs: Ints) -> Trials:
    """Exchange the case with each shorter one of some others."""
    problem, standing, made = scene.built.problem, scene.standing, scene.made
    other = theirs[problem.size[theirs] < problem.size[agent]]
    room = standing.free[made.worker[other], made.period[other]] + problem.size[other] >= problem.size[agent]
    other = other[room & ~problem.barred[agent, made.worker[other]]]
    n, none = len(other), np.zeros(0, dtype=np.int64)
    return Trials(
        np.repeat(np.arange(n), 2),
        np.column_stack([np.full(n, agent), other]).reshape(-1),
        np.column_stack([made.worker[other], np.full(n, made.worker[agent])]).reshape(-1),
        np.column_stack([made.period[other], np.full(n, made.period[agent])]).reshape(-1),
        none,
        none,
        n,
    )
