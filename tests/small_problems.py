"""Small assignment problems full of ties, and their answer by enumeration."""

from __future__ import annotations

import itertools

import numpy as np

from allocator.core.problem import AssignmentProblem, Tier


def small_problem(seed: int) -> AssignmentProblem:
    """Draw a problem of 2-6 agents, 1-4 options and 1-3 groups with every feature of the core."""
    rng = np.random.default_rng(seed)
    n, m, q = int(rng.integers(2, 7)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
    agent, option = np.nonzero(rng.random((n, m)) < 0.7)
    group = rng.integers(0, q, m)
    total = np.where(rng.random(q) < 0.5, rng.integers(0, 4, q), -1)
    tiers = []
    for _ in range(int(rng.integers(1, 5))):
        kind = int(rng.integers(0, 3))
        if kind == 0:
            values = -rng.integers(1, 4, n)[agent]
        elif kind == 1:
            values = rng.integers(0, 3, len(agent))
        else:
            values = -rng.integers(0, 2, len(agent))
        mask = None if rng.random() < 0.6 else rng.random(n) < 0.5
        tiers.append(Tier(values.astype(np.int64), mask, int(rng.integers(0, 2))))
    own = np.zeros(len(agent), dtype=np.int64)
    for i in range(n):
        mine = np.flatnonzero(agent == i)
        own[mine] = rng.permutation(len(mine))
    return AssignmentProblem(
        n, agent.astype(np.int64), option.astype(np.int64),
        rng.integers(0, 3, m), rng.integers(0, 2, m),
        group.astype(np.int64), total.astype(np.int64), tuple(tiers),
        own, rng.permutation(n).astype(np.int64),
    )  # fmt: skip


def by_enumeration(problem: AssignmentProblem) -> tuple[int, ...]:
    """Try every assignment: least in each tier in order, then by the serial lottery."""
    choices = [[-1, *problem.pair_option[problem.pair_agent == i].tolist()] for i in range(problem.n_agents)]
    cost = [
        {
            (int(i), int(j)): int(c)
            for i, j, c in zip(
                problem.pair_agent, problem.pair_option, tier.costs(problem.pair_agent), strict=True
            )
        }
        for tier in problem.tiers
    ]
    own = {
        (int(i), int(j)): int(rank)
        for i, j, rank in zip(problem.pair_agent, problem.pair_option, problem.own_rank, strict=True)
    }
    order = np.argsort(problem.draw).tolist()
    best: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    for chosen in itertools.product(*choices):
        load = np.bincount([j for j in chosen if j >= 0], minlength=problem.n_options)
        at_group = np.bincount(problem.group, weights=load, minlength=problem.n_groups)
        if np.any(load > problem.ordinary + problem.over):
            continue
        if np.any((problem.group_total >= 0) & (at_group > problem.group_total)):
            continue
        over = int(np.maximum(load - problem.ordinary, 0).sum())
        values = [
            sum(cost[k][i, j] for i, j in enumerate(chosen) if j >= 0) + tier.over_cost * over
            for k, tier in enumerate(problem.tiers)
        ]
        luck = [own[i, chosen[i]] if chosen[i] >= 0 else problem.n_options for i in order]
        key = (*values, *luck)
        if best is None or key < best[0]:
            best = (key, chosen)
    assert best is not None
    return best[1]


def county_problem(seed: int, n: int = 800, m: int = 40, k: int = 8) -> AssignmentProblem:
    """Draw a problem of county shape: need ranks, fits by band, ranks, minutes, pounds, totals."""
    rng = np.random.default_rng(seed)
    agent = np.repeat(np.arange(n), k)
    option = np.concatenate([np.sort(rng.choice(m, k, replace=False)) for _ in range(n)])
    need = rng.integers(1, 60, n)
    group = np.arange(m) // 3
    total = np.where(rng.random(group.max() + 1) < 0.3, rng.integers(20, 60, group.max() + 1), -1)
    columns = [
        -need[agent], -rng.choice([60, 80, 100], n * k), rng.integers(0, 4, n * k),
        rng.integers(10, 600, n * k), rng.integers(20, 32, m)[option] * 1000,
    ]  # fmt: skip
    tiers = [Tier(column.astype(np.int64), None, 0) for column in columns]
    tiers.insert(1, Tier(np.zeros(n * k, dtype=np.int64), None, 1))
    order = np.lexsort((option, *reversed(columns[1:]), agent))
    own = np.empty(n * k, dtype=np.int64)
    own[order] = np.tile(np.arange(k), n)
    return AssignmentProblem(
        n, agent, option, rng.integers(5, 25, m), rng.integers(0, 3, m), group, total, tuple(tiers), own,
        rng.permutation(n).astype(np.int64),
    )  # fmt: skip
