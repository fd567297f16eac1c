"""Compiled moves: whatever they do, the board stays true, no hard rule breaks, and held goals are held."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from allocator.core.calendar import moves as m
from allocator.core.calendar.board import board_of, kind_of
from allocator.core.calendar.insertion import feasible_part, inserted, with_seconds
from allocator.core.calendar.moves import anneal, exchange_change, may_exchange, put_all
from allocator.core.calendar.problem import (
    Appointments,
    CalendarProblem,
    KeptTier,
    LoadTier,
    PairTier,
    SpreadTier,
    TimeTier,
)
from allocator.core.calendar.rules import breaches, value
from core.calendar.random_problems import programme

# The share above which loads count: low enough that some do.
LIMIT = 400


def drawn(seed: int) -> CalendarProblem:
    """Draw a problem of some twenty agents with every kind of goal, caps of both sorts, and some settled."""
    rng = np.random.default_rng((6, seed))
    n, v, w = int(rng.integers(8, 24)), int(rng.integers(2, 6)), int(rng.integers(2, 5))
    problem = programme(seed, n, v, w)
    done = rng.random(n) < 0.1
    goals = list(problem.tiers[:6:2]) + list(problem.tiers[8:])
    goals.append(KeptTier(rng.integers(-1, v, n), rng.integers(0, w, n)))
    goals.append(TimeTier(rng.integers(0, 3, (n, w))))
    goals.append(PairTier(rng.random((n, v)) < 0.3, base=2))
    spread = next(goal for goal in goals if isinstance(goal, SpreadTier))
    met = rng.random(spread.met.shape) < 0.1
    goals[goals.index(spread)] = replace(spread, met=met, base=int(met.sum()))
    load = next(goal for goal in goals if isinstance(goal, LoadTier))
    offered = np.where(rng.random(v) < 0.8, load.offered, 0)
    goals[goals.index(load)] = replace(load, taken=rng.integers(0, 12, v), offered=offered)
    return replace(
        problem,
        tiers=tuple(goals[k] for k in rng.permutation(len(goals))),
        first=np.where(done, w, problem.first),
        settled=np.where(done, 0, -1),
        wants_second=problem.wants_second | done,
        period_most=np.where(rng.random(w) < 0.5, rng.integers(2, n + 1, w), n),
    )


def begun(problem: CalendarProblem, seed: int) -> Appointments:
    """Fill a problem anyhow, seconds too."""
    rng = np.random.default_rng((7, seed))
    n = problem.n_agents
    worker = rng.integers(-1, problem.n_workers, n)
    period = np.where(worker >= 0, rng.integers(0, problem.n_periods, n), -1)
    some = feasible_part(problem, Appointments(worker, period, np.full(n, -1), np.full(n, -1)))
    return with_seconds(problem, inserted(problem, some) if seed % 2 else some)


def standing(board: m.Board, made: Appointments) -> Appointments:
    """Read the appointments off a board, with the seconds that never move."""
    worker, period = board.agents[:, m.WORKER].copy(), board.agents[:, m.PERIOD].copy()
    return Appointments(worker, period, made.second_worker, made.second_period)


def scores_of(problem: CalendarProblem, made: Appointments, barred_at: int) -> list[int]:
    """Count every score from its definition."""
    found = []
    for tier in problem.tiers:
        if isinstance(tier, LoadTier):
            units = tier.taken + made.used(problem, seconds=False).sum(axis=1)
            over = np.maximum(1000 * units - LIMIT * tier.offered, 0)
            found.append(-int(over[tier.offered > 0].sum()))
        elif isinstance(tier, SpreadTier):
            found.append(tier.base - value(problem, tier, made))
        elif kind_of(tier) == m.STILL:
            found.append(0)
        else:
            sense = tier.sense if isinstance(tier, TimeTier) else 1
            found.append(sense * (value(problem, tier, made) - tier.base))
    done = np.flatnonzero(made.worker >= 0)
    found.insert(barred_at, -int(problem.barred[done, made.worker[done]].sum()))
    return found


def check_board(problem: CalendarProblem, board: m.Board, made: Appointments, barred_at: int) -> None:
    """Everything that a board counts is what a fresh count gives."""
    stands = standing(board, made)
    assert board.scores[:, m.SCORE].tolist() == scores_of(problem, stands, barred_at)
    assert (board.cells[:, :, m.ROOM] == problem.room).all()
    assert (board.cells[:, :, m.USED] == stands.used(problem)).all()
    done = np.flatnonzero(stands.worker >= 0)
    seconds = stands.second_worker[stands.second_worker >= 0]
    held = np.bincount(np.concatenate([stands.worker[done], seconds]), minlength=problem.n_workers)
    assert (board.workers[:, m.HELD] == held).all()
    assert (board.workers[:, m.UNITS] == stands.used(problem, seconds=False).sum(axis=1)).all()
    assert (board.periods[:, m.DONE] == np.bincount(stands.period[done], minlength=problem.n_periods)).all()
    spread = next(goal for goal in problem.tiers if isinstance(goal, SpreadTier))
    pairs = np.where(spread.met, m.ALREADY, 0)
    np.add.at(pairs, (spread.family[done], stands.worker[done]), 1)
    assert (board.pairs == pairs).all()
    for v, p in product(range(problem.n_workers), range(problem.n_periods)):
        here = board.lists[v, p, : board.cells[v, p, m.FILLED]].tolist()
        assert sorted(here) == np.flatnonzero((stands.worker == v) & (stands.period == p)).tolist()
        assert [int(board.agents[i, m.PLACE]) for i in here] == list(range(len(here)))


@pytest.mark.parametrize("block", range(4))
def test_annealing_leaves_a_true_board_no_broken_rule_and_every_floor(block: int) -> None:
    """For each stage in turn: counts are fresh counts, rules are kept, held scores stay, the best is kept."""
    for seed in range(6 * block, 6 * block + 6):
        problem, barred_at = drawn(seed), seed % 3
        made = begun(problem, seed)
        board = board_of(problem, made, barred_at, LIMIT, seed)
        check_board(problem, board, made, barred_at)
        kinds = board.scores[:, m.KIND].tolist()
        for stage, kind in enumerate(kinds):
            floor = board.scores[:, m.SCORE].copy()
            aimed = 0.4 if kind in (m.PAIR, m.KEPT, m.SPREAD) else 0.0
            quiet = kinds.index(m.KEPT) if seed % 2 else stage
            reached = anneal(board, stage, floor, 800, (2.0, 0.1), 2**40, aimed, quiet, True)
            check_board(problem, board, made, barred_at)
            assert reached == board.scores[stage, m.SCORE] >= floor[stage]
            assert (board.scores[:stage, m.SCORE] >= floor[:stage]).all(), (seed, stage)
            assert breaches(problem, standing(board, made)) == {}, (seed, stage)


def test_annealing_moves_and_raises_scores() -> None:
    """The laws above would hold of moves that never moved: these do, and of every kind some score rises."""
    risen = set()
    for seed in range(24):
        problem, made = drawn(seed), begun(drawn(seed), seed)
        for stage in range(len(problem.tiers) + 1):
            board = board_of(problem, made, 0, LIMIT, seed)
            floor = board.scores[:, m.SCORE].copy()
            floor[:stage] = -(2**40)
            kind = int(board.scores[stage, m.KIND])
            before = int(board.scores[stage, m.SCORE])
            if anneal(board, stage, floor, 800, (0.5, 0.05), 2**40, 0.0, stage, True) > before:
                risen.add(kind)
    assert risen >= {m.TIME, m.PAIR, m.KEPT, m.LOAD, m.SPREAD}


@pytest.mark.parametrize("seed", range(8))
def test_barred_pairs_are_driven_out_and_nothing_else_is_broken(seed: int) -> None:
    """A start may bar pairs: without strictness rooms and caps are kept, and barred pairs never increase."""
    problem = drawn(seed)
    free = replace(problem, barred=np.zeros_like(problem.barred), second_barred=problem.second_barred)
    made = feasible_part(free, begun(free, seed))
    board = board_of(problem, made, 0, LIMIT, seed)
    barred = -int(board.scores[0, m.SCORE])
    left = -anneal(board, 0, board.scores[:, m.SCORE].copy(), 3_000, (0.5, 0.05), 0, 0.0, 0, False)
    assert set(breaches(problem, standing(board, made))) <= {"barred"}
    assert left <= barred
    assert left == 0 or left < barred
    check_board(problem, board, made, 0)


def test_reaching_the_goal_ends_the_moves() -> None:
    """At the goal nothing is drawn: the board and its seed are as they were."""
    problem, made = drawn(1), begun(drawn(1), 1)
    board = board_of(problem, made, 0, LIMIT, 1)
    seed = int(board.seed[0])
    at = int(board.scores[1, m.SCORE])
    assert anneal(board, 1, board.scores[:, m.SCORE].copy(), 800, (1.0, 0.1), at, 0.0, 1, True) == at
    assert int(board.seed[0]) == seed
    assert (standing(board, made).worker == made.worker).all()


def test_the_same_seed_does_the_same_and_another_another() -> None:
    """Every draw comes from the board's own seed."""
    problem, made = drawn(2), begun(drawn(2), 2)
    ends = []
    for seed in (5, 5, 6):
        board = board_of(problem, made, 0, LIMIT, seed)
        anneal(board, 3, board.scores[:, m.SCORE].copy() - 50, 500, (2.0, 1.0), 2**40, 0.0, 3, True)
        ends.append((board.agents.tolist(), board.seed.tolist()))
    assert ends[0] == ends[1]
    assert ends[0] != ends[2]


def exchanged(made: Appointments, i: int, j: int, v: int, p: int) -> Appointments:
    """Send one agent to a worker and period, and another, if any, to where it was."""
    worker, period = made.worker.copy(), made.period.copy()
    if j >= 0:
        worker[j], period[j] = worker[i], period[i]
    worker[i], period[i] = v, p
    return Appointments(worker, period, made.second_worker, made.second_period)


def exchanges(problem: CalendarProblem, made: Appointments, seed: int) -> list[tuple[int, int, int, int]]:
    """Draw exchanges of every form: with an agent of another cell or period, alone, of one who waits."""
    rng = np.random.default_rng((8, seed))
    found = []
    for _ in range(60):
        i, j = rng.integers(0, problem.n_agents, 2).tolist()
        if rng.random() < 0.6 and made.worker[j] >= 0 and i != j:
            v, p = int(made.worker[j]), int(made.period[j])
        else:
            j, v, p = -1, int(rng.integers(problem.n_workers)), int(rng.integers(problem.n_periods))
        if (made.worker[i], made.period[i]) != (v, p):
            found.append((i, j, v, p))
    return found


def test_what_an_exchange_changes_is_the_difference_it_makes() -> None:
    """For every kind of score, before and after counted from the definitions; lawful or not."""
    told = dict.fromkeys(range(7), 0)
    for seed in range(24):
        problem, made = drawn(seed), begun(drawn(seed), seed)
        board = board_of(problem, made, 1, LIMIT, seed)
        before = scores_of(problem, made, 1)
        for i, j, v, p in exchanges(problem, made, seed):
            if p < problem.first[i] or (j >= 0 and 0 <= made.period[i] < problem.first[j]):
                continue
            after = scores_of(problem, exchanged(made, i, j, v, p), 1)
            for s, (one, other) in enumerate(zip(before, after, strict=True)):
                assert exchange_change(board, i, j, v, p, s) == other - one, (seed, i, j, v, p, s)
                told[int(board.scores[s, m.KIND])] += one != other
        check_board(problem, board, made, 1)
    assert told.pop(m.STILL) == 0
    assert min(told.values()) > 20, told


def test_an_exchange_is_allowed_where_no_rule_breaks() -> None:
    """Against the rules themselves; without strictness a barred pair is no obstacle."""
    said = {True: 0, False: 0}
    for seed in range(24):
        problem, made = drawn(seed), begun(drawn(seed), seed)
        board = board_of(problem, made, 0, LIMIT, seed)
        for i, j, v, p in exchanges(problem, made, seed):
            broken = set(breaches(problem, exchanged(made, i, j, v, p)))
            may = bool(may_exchange(board, i, j, v, p, True))
            assert may == (not broken), (seed, i, j, v, p, broken)
            loosely = may_exchange(board, i, j, v, p, False)
            assert loosely == (broken <= {"barred"}), (seed, i, j, v, p, broken)
            said[may] += 1
    assert min(said.values()) > 50


def test_setting_appointments_anew_counts_everything_anew() -> None:
    """Whatever was on the board before."""
    for seed in range(8):
        problem = drawn(seed)
        one = begun(problem, seed)
        board = board_of(problem, one, 0, LIMIT, seed)
        rows = np.where(np.random.default_rng(seed).random(problem.n_agents) < 0.5, one.worker, -1)
        rows = np.where(one.second_worker >= 0, one.worker, rows)
        other = Appointments(rows, np.where(rows >= 0, one.period, -1), one.second_worker, one.second_period)
        put_all(board, other.worker, other.period)
        check_board(problem, board, other, 0)
        assert (standing(board, one).worker == other.worker).all()
