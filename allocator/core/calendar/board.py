"""A problem and its appointments as the arrays that compiled moves work on."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.moves import (
    BARRED,
    KEPT,
    LOAD,
    PAIR,
    SPREAD,
    STILL,
    TIME,
    Board,
    Given,
    put_in,
    rescore,
)
from allocator.core.calendar.problem import (
    Appointments,
    CalendarProblem,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SpreadTier,
    Tier,
    TimeTier,
)

_KINDS = ((TimeTier, TIME), (PairTier, PAIR), (KeptTier, KEPT), (LoadTier, LOAD), (SpreadTier, SPREAD))


def kind_of(tier: Tier) -> int:
    """Return the kind of score that a goal is; STILL where moves do not touch it."""
    return next((kind for cls, kind in _KINDS if isinstance(tier, cls)), STILL)


def given_of(problem: CalendarProblem, barred_at: int, second: Ints) -> Given:
    """Lay out what a problem gives to the moves.

    Parameters
    ----------
    problem : CalendarProblem
    barred_at : int
        Before which goal the score of barred pairs stands.
    second : int64, shape (n_agents,)
        The second worker of each agent.
    """
    n = problem.n_agents
    kinds = [kind_of(tier) for tier in problem.tiers]
    at = [kinds[:k].count(kind) for k, kind in enumerate(kinds)]
    kinds.insert(barred_at, BARRED)
    at.insert(barred_at, 0)
    times = [tier for tier in problem.tiers if isinstance(tier, TimeTier)]
    pairs = [tier for tier in problem.tiers if isinstance(tier, PairTier)]
    kept = [tier for tier in problem.tiers if isinstance(tier, KeptTier)]
    load = next((tier for tier in problem.tiers if isinstance(tier, LoadTier)), None)
    spread = next((tier for tier in problem.tiers if isinstance(tier, SpreadTier)), None)
    alike, gain = _classes(problem, times)
    family = np.zeros(n, dtype=np.int64) if spread is None else spread.family
    met = np.zeros((1, problem.n_workers), dtype=np.bool_) if spread is None else spread.met
    nobody = np.full((1, n), -1, dtype=np.int64)
    zero = np.zeros(problem.n_workers, dtype=np.int64)
    return Given(
        size=problem.size,
        first=problem.first,
        room=problem.room,
        barred=problem.barred.astype(np.uint8),
        most=problem.most,
        period_most=problem.period_most,
        kind=np.array(kinds, dtype=np.int64),
        at=np.array(at, dtype=np.int64),
        gain=gain,
        suits=np.array([tier.suits for tier in pairs] or [problem.barred]).astype(np.uint8),
        kept_worker=np.array([tier.worker for tier in kept]) if kept else nobody,
        kept_period=np.array([tier.period for tier in kept]) if kept else nobody,
        family=family,
        relatives=np.argsort(family, kind="stable"),
        family_start=_starts(family),
        met=met.astype(np.uint8),
        offered=zero if load is None else load.offered,
        taken=zero if load is None else load.taken,
        alike=alike,
        members=np.argsort(alike, kind="stable"),
        start=_starts(alike),
        second=second,
        unlike=problem.unlike.astype(np.uint8),
    )


def _classes(problem: CalendarProblem, times: list[TimeTier]) -> tuple[Ints, Ints]:
    """Number the agents that add the same to goals about time, and give what each class adds."""
    periods = np.arange(problem.n_periods)
    may = periods >= problem.first[:, None]
    tables = [np.where(may, tier.gain, 0) for tier in times] or [np.zeros_like(may, dtype=np.int64)]
    gain = np.stack(tables, axis=2).astype(np.int64)
    keys = np.column_stack([problem.first, gain.reshape(problem.n_agents, -1)])
    _, one, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return of.reshape(-1).astype(np.int64), np.ascontiguousarray(gain[one])


def _starts(of: Ints) -> Ints:
    """Return where each class begins among its members in order; one more than there are classes."""
    counts = np.bincount(of, minlength=1)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def board_of(problem: CalendarProblem, given: Given, made: Appointments, seed: int) -> Board:
    """Set appointments, which keep every rule but barred pairs, on a board."""
    n, shape = problem.n_agents, problem.room.shape
    least = int(problem.size.min()) if n else 1
    widest = 2 * int((problem.room // least).max(initial=0)) + 2
    board = Board(
        worker=np.full(n, -1, dtype=np.int64),
        period=np.full(n, -1, dtype=np.int64),
        place=np.zeros(n, dtype=np.int64),
        cell=np.zeros((*shape, widest), dtype=np.int32),
        filled=np.zeros(shape, dtype=np.int32),
        used=made.used(problem) - made.used(problem, seconds=False),
        held=np.bincount(made.second_worker[made.second_worker >= 0], minlength=shape[0]).astype(np.int64),
        load=np.zeros(shape[0], dtype=np.int64),
        in_period=np.zeros(shape[1], dtype=np.int64),
        pairs=np.zeros((len(given.met), shape[0]), dtype=np.int32),
        score=np.zeros(len(given.kind), dtype=np.int64),
        limit=np.array([1000], dtype=np.int64),
        seed=np.array([seed * 2 + 1], dtype=np.uint64),
    )
    for i in np.flatnonzero(made.worker >= 0).tolist():
        put_in(given, board, i, int(made.worker[i]), int(made.period[i]), 0)
    rescore(given, board)
    return board
