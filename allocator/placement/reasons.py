"""One plain sentence a child: why this place, or why none.

A sentence holds nothing of any other child but a need band. For a child without a place
it rests on the cut-off of each provision: the least need among the children whom any
chain of moves that frees a place there could leave without one.
"""

from __future__ import annotations

import numpy as np

from allocator.core.goals import ranks
from allocator.core.prices import UNREACHED, Nodes, condensed, distances_to_none, face_of_optimum
from allocator.core.problem import Bools, Ints
from allocator.placement.build import Built
from allocator.placement.columns import NEEDS, Columns
from allocator.placement.policy import Goal
from allocator.placement.rules import suitability_of
from allocator.travel.journeys import UNKNOWN

CUT_SHORT = "No place so far: the search was cut short before the goal of placing children was proved."
_RULED_BY = {
    "tribunal": "an order of the tribunal",
    "on_roll": "being on roll there already",
    "panel": "a ruling of the panel",
    "parent": "a ruling on the parent's request",
}


def sentences(built: Built, option: Ints, held: Ints, proven: int) -> list[str]:
    """Write the reason of every child.

    Parameters
    ----------
    built : Built
    option : int64, shape (n_agents,)
        Provision of each mover, -1 for none.
    held : int64, shape (n_children,)
        Provision of every child, -1 for none.
    proven : int
        Tiers, from the first, that are proved best.

    Returns
    -------
    list of str, one a child in order of child_id
    """
    words = [""] * built.columns.n_children
    _say_fixed(built, words)
    _say_placed(built, held, words)
    if np.any(held < 0):
        _say_unplaced(built, option, words, proven)
    return words


def _say_fixed(built: Built, words: list[str]) -> None:
    columns, rulings = built.columns, built.columns.round.rulings
    rows = rulings[rulings["action"] == "place"]
    names = columns.round.schools["name"].tolist()
    school = columns.provisions.school
    for i, by in zip(columns.child_at(rows["child_id"]).tolist(), rows["authority"], strict=True):
        words[i] = f"Placed at {names[school[columns.fixed[i]]]} by {_RULED_BY[by]}."


def _say_placed(built: Built, held: Ints, words: list[str]) -> None:
    columns = built.columns
    child = np.flatnonzero((held >= 0) & (columns.fixed < 0))
    provision = held[child]
    school = columns.provisions.school[provision]
    fit = _fit_words(columns, child, provision)
    rank = columns.ranked.get(child, school, 0).tolist()
    stated = columns.ranks_stated[child].tolist()
    tenths = columns.journeys.journeys(child, school).tenths.tolist()
    names = columns.round.schools["name"].tolist()
    for k, i in enumerate(child.tolist()):
        parts = [fit[k]]
        if rank[k]:
            parts.append(f"the family's {_ordinal(rank[k])} preference")
        elif stated[k]:
            parts.append("a school that the family did not rank")
        if tenths[k] != UNKNOWN:
            parts.append(f"{tenths[k] / 10:.1f} minutes each way")
        words[i] = f"Placed at {names[school[k]]}: {', '.join(parts)}."


def _fit_words(columns: Columns, child: Ints, provision: Ints) -> list[str]:
    judged = columns.judged.get(child, provision, -1).tolist()
    needs = columns.provisions.needs[provision].tolist()
    primary = columns.children.primary[child].tolist()
    value = suitability_of(columns, child, provision).tolist()
    said = []
    for k in range(len(child)):
        if judged[k] >= 0:
            said.append(f"judged a fit of {value[k]} in 100")
        elif needs[k] == 0:
            said.append("it takes any need")
        elif needs[k] & primary[k]:
            said.append(f"designated for the primary need {NEEDS[primary[k].bit_length() - 1]}")
        else:
            said.append("designated for a secondary need")
    return said


def _ordinal(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _say_unplaced(built: Built, option: Ints, words: list[str], proven: int) -> None:
    """Say why each unplaced child has no place, from the cut-offs of its provisions."""
    columns, problem = built.columns, built.problem
    goal, k = _placing_goal(built)
    if any(tier.measure == "placed" for tier in built.goals[proven:]):
        for child in built.mover[option < 0].tolist():
            words[child] = CUT_SHORT
        return
    rank, names = _need_levels(columns, goal)
    cut_off, on_face = _cut_offs(built, option, k, rank)
    first = problem.first_pair
    for agent in np.flatnonzero(option < 0).tolist():
        child = int(built.mover[agent])
        pairs = np.arange(first[agent], first[agent + 1])
        words[child] = _no_place(
            columns, goal, names, len(pairs), cut_off[problem.pair_option[pairs]][on_face[pairs]]
        )


def _placing_goal(built: Built) -> tuple[Goal | None, int]:
    """Return the first goal that places children, with its first tier."""
    k = next((k for k, goal in enumerate(built.goals) if goal.measure == "placed"), len(built.goals))
    goals = built.columns.round.policy.goals
    return next((goal for goal in goals if goal.measure == "placed"), None), k


def _need_levels(columns: Columns, goal: Goal | None) -> tuple[Ints, list[str]]:
    """Rank of each child in what the goal places by, and the words for each rank."""
    bands = list(columns.round.policy.band_names)
    if goal is None or goal.by == "none":
        return np.ones(columns.n_children, dtype=np.int64), [""]
    if goal.by == "priority":
        priority = columns.round.children["priority"].to_numpy(np.int64)
        level = np.where(priority > 0, -priority, -(2**40))
        spoken = {
            int(v): f"priority class {-v}" if v > -(2**40) else "no priority class" for v in np.unique(level)
        }
        return ranks(level), [spoken[v] for v in sorted(spoken)]
    if goal.by == "band":
        level = -columns.band
        return ranks(level), [f"need band {bands[-v]}" for v in np.unique(level).tolist()]
    score = columns.children.need_score
    band_of = dict(zip(score.tolist(), columns.band.tolist(), strict=True))
    return ranks(score), [f"need band {bands[band_of[v]]}" for v in sorted(band_of)]


def _cut_offs(built: Built, option: Ints, k: int, rank: Ints) -> tuple[Ints, Bools]:
    """Least rank that any chain of moves from each provision ends with, on the earlier goals' face."""
    problem, nodes = built.problem, Nodes.of(built.problem)
    face = face_of_optimum(problem, option, k)
    weight = -rank[built.mover][problem.pair_agent[face.pair]]
    distance = distances_to_none(condensed(face, nodes, option, weight, 0))[: problem.n_options]
    on_face: Bools = np.zeros(problem.n_pairs, dtype=bool)
    on_face[face.pair] = True
    return distance, on_face


def _no_place(columns: Columns, goal: Goal | None, names: list[str], eligible: int, cut_off: Ints) -> str:
    if eligible == 0:
        return (
            f"No place: none of the {columns.n_provisions} provisions in the round may take this child "
            "under the rules of eligibility."
        )
    open_to = f"the {eligible} provisions that may take this child" if eligible > 1 else (
        "the one provision that may take this child")  # fmt: skip
    if len(cut_off) == 0:
        return f"No place: taking one at {open_to} would cost a goal that comes before the number placed."
    least = int(cut_off.min())
    if least == UNREACHED:
        return (
            f"No place: every place at {open_to} is fixed by a ruling or cannot be given up without "
            "cost to an earlier goal."
        )
    if goal is None or goal.by == "none":
        return (
            f"No place: no place is free at {open_to}, and no chain of moves lets more children be "
            "placed in all."
        )
    full = "are all filled" if eligible > 1 else "is filled"
    more = "as great a need" if goal.by != "priority" else "as high a priority"
    return (
        f"No place: {open_to} {full}, and every way of freeing a place there leaves without one a "
        f"child of at least {more} ({names[least - 1]} or above)."
    )
