"""A problem and its appointments as the tables that compiled moves work on."""

from __future__ import annotations

import numpy as np

from allocator.core.calendar.moves import (
    ALREADY,
    BARRED,
    KEPT,
    LOAD,
    PAIR,
    SPREAD,
    STILL,
    TIME,
    Board,
    put_all,
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


def board_of(
    problem: CalendarProblem, made: Appointments, barred_at: int, limit: int = 1000, seed: int = 1
) -> Board:
    """Set appointments, which keep every rule but barred pairs, on a board.

    Parameters
    ----------
    problem : CalendarProblem
    made : Appointments
    barred_at : int
        Before which goal the score of barred pairs stands.
    limit : int
        The share, per mille, above which the score of loads counts.
    seed : int
    """
    n, (n_workers, n_periods) = problem.n_agents, problem.room.shape
    load = next((tier for tier in problem.tiers if isinstance(tier, LoadTier)), None)
    spread = next((tier for tier in problem.tiers if isinstance(tier, SpreadTier)), None)
    family = np.zeros(n, dtype=np.int64) if spread is None else spread.family
    met = np.zeros((1, n_workers), dtype=np.bool_) if spread is None else spread.met
    alike, gain = _classes(problem)
    twin = _numbered(np.column_stack([alike, problem.size]))[0]
    kept = [tier for tier in problem.tiers if isinstance(tier, KeptTier)]
    second = made.second_worker
    nowhere = np.full(n, -1, dtype=np.int64)
    nobody = np.full((n, 2), -1, dtype=np.int64)
    nothing = np.zeros(n_workers, dtype=np.int64)
    held = np.bincount(second[second >= 0], minlength=n_workers)
    offered, taken = (nothing, nothing) if load is None else (load.offered, load.taken)
    cells = np.zeros((n_workers, n_periods, 3), dtype=np.int64)
    cells[:, :, 0] = problem.room
    cells[:, :, 1] = made.used(problem) - made.used(problem, seconds=False)
    least = int(problem.size.min()) if n else 1
    widest = 2 * int((problem.room // least).max(initial=0)) + 2
    suits = [problem.barred, *(tier.suits for tier in problem.tiers if isinstance(tier, PairTier))]
    board = Board(
        agents=np.column_stack(
            [problem.size, problem.first, family, alike, twin, second, nowhere, nowhere, nowhere]
        ).astype(np.int64),
        workers=np.column_stack([problem.most, offered, taken, held, nothing]).astype(np.int64),
        cells=cells,
        lists=np.zeros((n_workers, n_periods, widest), dtype=np.int32),
        periods=np.column_stack([problem.period_most, np.zeros(n_periods)]).astype(np.int64),
        scores=_scores(problem, barred_at),
        gain=gain,
        suits=np.array(suits, dtype=np.uint8),
        kept=np.stack([nobody, *(np.column_stack([t.worker, t.period]) for t in kept)])[1:],
        pairs=np.where(met, ALREADY, 0).astype(np.int32),
        unlike=problem.unlike.astype(np.uint8),
        members=np.array([np.argsort(of, kind="stable") for of in (alike, twin, family)]),
        starts=_starts(alike, twin, family),
        limit=np.array([limit], dtype=np.int64),
        seed=np.array([2 * seed + 1], dtype=np.uint64),
    )
    put_all(board, made.worker.astype(np.int64), made.period.astype(np.int64))
    return board


def _scores(problem: CalendarProblem, barred_at: int) -> Ints:
    kinds = [kind_of(tier) for tier in problem.tiers]
    rows = [(kind, kinds[:k].count(kind), 0) for k, kind in enumerate(kinds)]
    rows.insert(barred_at, (BARRED, 0, 0))
    return np.array(rows, dtype=np.int64)


def _classes(problem: CalendarProblem) -> tuple[Ints, Ints]:
    """Number the agents that add the same to goals about time, and give what each class adds."""
    may = np.arange(problem.n_periods) >= problem.first[:, None]
    times = [np.where(may, tier.gain, 0) for tier in problem.tiers if isinstance(tier, TimeTier)]
    gain = np.stack(times or [np.zeros(may.shape, dtype=np.int64)], axis=2)
    alike, one = _numbered(np.column_stack([problem.first, gain.reshape(problem.n_agents, -1)]))
    return alike, np.ascontiguousarray(gain[one])


def _numbered(keys: Ints) -> tuple[Ints, Ints]:
    """Number equal rows alike; return the number of each row, and one row of each number."""
    _, one, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return of.reshape(-1).astype(np.int64), one


def _starts(*classes: Ints) -> Ints:
    """Return where each class begins among its members in order, a row a way to class."""
    width = max(int(of.max(initial=0)) for of in classes) + 2
    counts = [np.bincount(of, minlength=width - 1) for of in classes]
    return np.array([np.concatenate([[0], np.cumsum(count)]) for count in counts], dtype=np.int64)
