"""Why a case is not read in a given week: every volunteer counted once, by the first reason that holds."""

from __future__ import annotations

from collections import Counter

import numpy as np

from allocator.core.calendar.problem import Bools, Ints
from allocator.reviews.explain_exchange import exchange
from allocator.reviews.explain_moves import Tested
from allocator.reviews.explain_scene import Document, Scene

# The reasons, in the order in which the first that holds is taken.
REASONS = ("barred", "away", "short", "taken", "capped", "officers", "open")
# How many witnesses of a kind are named.
NAMED = 5
# A volunteer who is like the second reader of a case whose second reading stands as it was.
LIKE_SECOND = "like_second_reader"


def reasons(scene: Scene, agent: int, period: int) -> Ints:
    """Return why each volunteer does not read a case in a week.

    Returns
    -------
    int64, shape (n_volunteers,)
        Indices into `REASONS`: the pair is barred; the volunteer offers nothing in the week, or less than
        the case takes; too little is left of what is offered; the volunteer can take no more cases;
        the officers can sign off no more of the week's; nothing stands against it but the goals.
    """
    standing, problem = scene.standing, scene.built.problem
    size, at_home = int(problem.size[agent]), scene.made.worker[agent]
    offered = scene.offered[:, period]
    capped = (standing.load >= problem.most) & (np.arange(problem.n_workers) != at_home)
    here = scene.made.period[agent] == period
    full = not here and standing.in_period[period] >= problem.period_most[period]
    holds = (
        problem.barred[agent],
        offered == 0,
        offered < size,
        standing.free[:, period] < size,
        capped,
        np.full(problem.n_workers, bool(full)),
    )
    return np.select(holds, range(len(holds)), len(holds)).astype(np.int64)


def week_state(scene: Scene, agent: int, period: int) -> str:
    """Return "past", "closed" or "not_ready" where nobody could read the case, else "examined"."""
    row = int(scene.built.agents[agent])
    if period < scene.past:
        return "past"
    if not scene.works[period]:
        return "closed"
    if period < scene.ready[row]:
        return "not_ready"
    return "examined"


def week_document(scene: Scene, agent: int, period: int, found: Tested, but: int = -1) -> Document:
    """Return everything that stands against reading a case in a week.

    Parameters
    ----------
    scene : Scene
    agent : int
    period : int
    found : Tested
        Every exchange of the case.
    but : int
        A volunteer who is not counted: the reader, in the case's own week.
    """
    state = week_state(scene, agent, period)
    document: Document = {"week": scene.weeks[period], "state": state}
    if state != "examined":
        return document
    why = reasons(scene, agent, period)
    among = np.arange(len(why)) != but
    document["volunteers"] = int(among.sum())
    for k, reason in enumerate(REASONS):
        document[reason] = int(((why == k) & among).sum())
    document["barred_by"] = barred_by(scene, agent, np.flatnonzero((why == 0) & among))
    taken = np.flatnonzero((why == REASONS.index("taken")) & among)
    here = (found.period == period) & (found.worker != but)
    give_way = {scene.case_ids([a])[0] for a in found.trials.agent[here[found.trials.trial]].tolist()}
    document["taken_by"] = taken_by(scene, agent, taken, period, give_way)
    document["exchanges"] = int(here.sum())
    document["closest"] = _best(scene, found, here)
    document["closest_less_urgent"] = _best(scene, found, here & _from_less_urgent(scene, agent, found))
    return document


def _best(scene: Scene, found: Tested, which: Bools) -> Document | None:
    best = found.best(which)
    return None if best is None else exchange(scene, found, best)


def _from_less_urgent(scene: Scene, agent: int, found: Tested) -> Bools:
    """Tell in which exchanges a case of a less urgent priority gives way."""
    priority = np.array(scene.priority)[scene.built.agents]
    marked = np.zeros(found.trials.n, dtype=np.bool_)
    marked[found.trials.trial[priority[found.trials.agent] > priority[agent]]] = True
    return marked


def codes_of(scene: Scene, agent: int, worker: int) -> tuple[str, ...]:
    """Return the codes of the rules that bar a pair."""
    codes = scene.barred.codes(int(scene.built.agents[agent]), worker)
    return codes or ((LIKE_SECOND,) if scene.built.problem.barred[agent, worker] else ())


def barred_by(scene: Scene, agent: int, workers: Ints) -> list[Document]:
    """Count barred volunteers by the codes that bar them, with some of their ids."""
    codes = {worker: codes_of(scene, agent, worker) for worker in workers.tolist()}
    counts = Counter(codes.values())
    return [
        {
            "codes": list(code),
            "volunteers": counts[code],
            "ids": [scene.volunteer_id(w) for w, found in codes.items() if found == code][:NAMED],
        }
        for code in sorted(counts)
    ]


def taken_by(scene: Scene, agent: int, workers: Ints, period: int, give_way: set[str]) -> Document:
    """Count the readings that take the hours of some volunteers in a week, by how urgent they are.

    Parameters
    ----------
    scene : Scene
    agent : int
    workers : int64, shape (n,)
    period : int
    give_way : set of str
        Cases that some exchange which keeps every rule moves away; the others are too short, or what
        they leave is for a volunteer who may not read the case.
    """
    rows: list[Document] = [
        reading for worker in workers.tolist() for reading in readings_there(scene, worker, period, agent)
    ]
    found: Document = {}
    for urgency in ("more_urgent", "equally_urgent", "less_urgent", "second_reading"):
        these = [row for row in rows if row["urgency"] == urgency]
        these.sort(key=lambda row: (row["priority"], row["due"], row["case_id"]))
        # Of what is more urgent the least so, of what is less urgent the most so: the closest to the case.
        named = these[-NAMED:] if urgency == "more_urgent" else these[:NAMED]
        found[urgency] = {
            "readings": len(these),
            "can_give_way": sum(row["case_id"] in give_way for row in these),
            "named": named,
        }
    return found


def readings_there(scene: Scene, worker: int, period: int, agent: int) -> list[Document]:
    """Return the readings of a volunteer's week, as they look from a case."""
    own = int(scene.built.agents[agent])
    mine = scene.priority[own]
    found = []
    for row, second in scene.rows_at.get((worker, period), []):
        theirs = scene.priority[row]
        urgency = "more_urgent" if theirs < mine else "less_urgent" if theirs > mine else "equally_urgent"
        if row != own:
            found.append({**scene.facts(row), "urgency": "second_reading" if second else urgency})
    return found
