"""Every case that is not where it was is listed, with a reason that the rules and the goals bear out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar import rules
from allocator.core.calendar.problem import Appointments
from allocator.reviews.build import Built, build
from allocator.reviews.moves import moves as moves_of
from programme_files import read
from reviews.made_schedules import made_result
from small_programmes import mixed_programme, small_programme

_GOAL = re.compile(r"the goal (\w+)(?: of priority (\d+))? would be (\d+) (higher|lower)")


def listed(seed: int) -> tuple[Built, Appointments, dict[str, dict[str, Any]]]:
    """Schedule a programme greedily; return it with its moves by case."""
    programme = read(mixed_programme(seed))
    built, result = build(programme), made_result(programme, share=0.8)
    return built, built.appointments(result.schedule), {move["case_id"]: move for move in result.moves}


def changed(built: Built, made: Appointments, moved: dict[int, tuple[int, int]]) -> list[int]:
    """Return how much every goal changes when some agents go elsewhere."""
    worker, period = made.worker.copy(), made.period.copy()
    for agent, (who, when) in moved.items():
        worker[agent], period[agent] = who, when
    after = Appointments(worker, period, made.second_worker, made.second_period)
    before = rules.values(built.problem, made)
    return [now - then for now, then in zip(rules.values(built.problem, after), before, strict=True)]


def said_change(why: str) -> tuple[str, int | None, int]:
    """Read which goal a sentence says would change first, and by how much."""
    measure, level, number, way = _GOAL.search(why).groups()  # type: ignore[union-attr]
    return measure, None if level is None else int(level), int(number) * (1 if way == "higher" else -1)


def first(built: Built, changes: list[int]) -> tuple[str, int | None, int]:
    k = next(k for k, change in enumerate(changes) if change)
    return (*built.entries[k], changes[k])


@pytest.mark.parametrize("block", range(3))
def test_who_moves_and_why(block: int) -> None:
    """Who is not where they were is listed once; the slot named is full; the goal named changes so."""
    seen: Counter[str] = Counter()
    for seed in range(50 * block, 50 * block + 50):
        built, made, moves = listed(seed)
        if built.programme.previous is None:
            assert moves == {}
            continue
        row = {name: j for j, name in enumerate(built.volunteer_ids)}
        at = {name: k for k, name in enumerate(built.case_ids)}
        agent_of = {built.case_ids[case]: k for k, case in enumerate(built.agents)}
        schedule = built.schedule(made)
        stays = (built.earlier.volunteer == schedule.volunteer) & (
            (built.earlier.volunteer == "") | (built.earlier.week == schedule.week)
        )
        assert set(moves) == set(built.case_ids[~stays]), seed
        for name, move in moves.items():
            why, agent = move["why"], agent_of[name]
            slot = (row.get(built.earlier.volunteer[at[name]], -1), int(built.earlier.week[at[name]]))
            there = (made.worker == slot[0]) & (made.period == slot[1])
            if why.startswith("its hours went to"):
                left = built.problem.room[slot] - made.used(built.problem)[slot]
                assert left < built.problem.size[agent], (seed, why)
                seen["hours"] += 1
            if "changed places with" in why and "search ended" not in why:
                other = agent_of[re.search(r"places with (\w+)", why)[1]]  # type: ignore[index]
                assert there[other], (seed, why)
                back = (int(made.worker[agent]), int(made.period[agent]))
                changes = changed(built, made, {agent: slot, other: back})
                # A second reading that falls in the exchange changes more than these.
                if (made.second_worker[[agent, other]] < 0).all():
                    assert first(built, changes) == said_change(why), (seed, why)
                    seen["exchange"] += 1
            if why.startswith("if it alone went back"):
                assert first(built, changed(built, made, {agent: slot})) == said_change(why), (seed, why)
                seen["alone"] += 1
            if "is a volunteer no more" in why:
                assert slot[0] == -1
                seen["gone"] += 1
            if "may not read it" in why:
                assert built.problem.barred[agent, slot[0]]
                seen["barred"] += 1
            if "without this one the goal" in why and made.second_worker[agent] < 0:
                assert move["from"] is None
                assert first(built, changed(built, made, {agent: (-1, -1)})) == said_change(why), (seed, why)
                seen["new"] += 1
    assert {"hours", "barred", "new"} <= set(seen), seen


def test_a_kept_schedule_has_no_moves() -> None:
    """Where everything stands as it was, nothing is listed."""
    tried = 0
    for seed in range(200):
        built = build(read(small_programme(seed)))
        if built.problem.start is None:
            continue
        worker, period = built.problem.start
        nobody = np.full(built.problem.n_agents, -1)
        made = Appointments(worker, period, nobody, nobody)
        lost = (worker < 0) & (built.earlier.volunteer[built.agents] != "")
        if (worker >= 0).any() and not lost.any() and not rules.breaches(built.problem, made):
            assert moves_of(built, built.schedule(made)) == []
            tried += 1
    assert tried
