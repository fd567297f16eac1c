"""Why hours of a volunteer's week stay free: what is still to read, and what stands against each case."""

from __future__ import annotations

from collections import Counter

import numpy as np

from allocator.core.calendar.problem import Bools
from allocator.reviews.explain_exchange import best_exchange
from allocator.reviews.explain_moves import Tested, judged
from allocator.reviews.explain_scene import Document, Scene
from allocator.reviews.explain_trials import Trials


def left_over(scene: Scene, worker: int, period: int) -> Document:
    """Say why what is free of a week is not used.

    Returns
    -------
    dict
        "capped" and "officers" (whether the volunteer's cap, or the officers' time of the week, is used
        up); "backlog" (cases: how many there are, and of these, each counted once by the first that
        holds, how many are barred, not ready, longer than what is free, and how many fit); "sizes" (the
        lengths of those that are longer); "later" (how many cases that are read later or by others in
        the same week would fit); "closest" (the best way of putting one such case here with nothing
        else moved, or None).
    """
    problem, standing, made = scene.built.problem, scene.standing, scene.made
    free = int(standing.free[worker, period])
    backlog = made.worker < 0
    barred = problem.barred[:, worker]
    early = problem.first > period
    long_ = problem.size > free
    fits = ~(barred | early | long_)
    longer = Counter(problem.size[backlog & ~barred & ~early & long_].tolist())
    later = fits & ~backlog & (made.period >= period) & ~((made.worker == worker) & (made.period == period))
    found = _put_here(scene, worker, period, fits & (backlog | later))
    return {
        "capped": bool(standing.load[worker] >= problem.most[worker]),
        "officers": bool(standing.in_period[period] >= problem.period_most[period]),
        "backlog": {
            "cases": int(backlog.sum()),
            "barred": int((backlog & barred).sum()),
            "not_ready": int((backlog & ~barred & early).sum()),
            "longer": int(sum(longer.values())),
            "fits": int((backlog & fits).sum()),
        },
        "sizes": [{"hours": scene.hours(size), "cases": longer[size]} for size in sorted(longer)],
        "later": int(later.sum()),
        "closest": best_exchange(scene, found),
    }


def _put_here(scene: Scene, worker: int, period: int, which: Bools) -> Tested:
    """Put each of some agents into the week by itself."""
    agents = np.flatnonzero(which)
    n, none = len(agents), np.zeros(0, dtype=np.int64)
    return judged(
        scene.standing,
        Trials(np.arange(n), agents, np.full(n, worker), np.full(n, period), none, none, n),
    )
