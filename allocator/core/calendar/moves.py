"""Annealing by moves that keep every hard rule: one goal at a time, those before it held.

Compiled. A `Board` holds a problem and the appointments on it; a move changes one or two of its
cells (a cell is one worker's period). Scores are goals turned so that more is better; one more
counts barred pairs, which a start may have and a schedule may not. An exchange of one or two agents
is judged before it is made, a deal of many afterwards. Few and wide tables, because every call
hands over each; one file, because a compiled function's cache is checked against its own file alone.

References
----------
Kirkpatrick, Gelatt, Vecchi (1983). Optimization by simulated annealing. Science 220.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from allocator.core.calendar.problem import Ints

# The share of moves in which two workers deal agents of one period anew.
DEALS = 0.15
# What one of a quiet score weighs beside the score that is raised.
QUIET = 0.2
# Kinds of score.
BARRED, TIME, PAIR, KEPT, LOAD, SPREAD, STILL = range(7)
# Columns of the tables.
SIZE, FIRST, FAMILY, ALIKE, TWIN, SECOND, WORKER, PERIOD, PLACE = range(9)
MOST, OFFERED, TAKEN, HELD, UNITS = range(5)
ROOM, USED, FILLED = range(3)
CAP, DONE = range(2)
KIND, TABLE, SCORE = range(3)
# Rows of `members` and `starts`.
BY_ALIKE, BY_TWIN, BY_FAMILY = range(3)
# What a pair of family and worker that exists already is counted as: it never comes or goes.
ALREADY = 1_000_000


class Board(NamedTuple):
    """A problem and the appointments on it.

    Parameters
    ----------
    agents : int64, shape (n_agents, 9)
        SIZE (units); FIRST period; FAMILY; ALIKE: a class whose members add the same to goals about
        time; TWIN: the same of one size; SECOND worker, -1 for none; WORKER, PERIOD, -1 for nowhere;
        PLACE in the cell's list.
    workers : int64, shape (n_workers, 5)
        MOST agents; units OFFERED, and TAKEN before; agents HELD, seconds too; UNITS given now.
    cells : int64, shape (n_workers, n_periods, 3)
        ROOM; units USED, by seconds too; FILLED: agents in the list.
    lists : int32, shape (n_workers, n_periods, widest)
        The agents of each cell.
    periods : int64, shape (n_periods, 2)
        CAP of agents; agents DONE.
    scores : int64, shape (n_scores, 3)
        KIND; TABLE: which of that kind; SCORE.
    gain : int64, shape (n_classes, n_periods, n_time)
        What an agent of each class adds to goals about time.
    suits : uint8, shape (1 + n_pair, n_agents, n_workers)
        First who is barred, then for each goal of pairs who suits.
    kept : int64, shape (n_kept, n_agents, 2)
        Earlier worker and period.
    pairs : int32, shape (n_families, n_workers)
        Agents of each family that each worker has.
    unlike : uint8, shape (n_workers, n_workers)
    members : int64, shape (3, n_agents)
        Agents by ALIKE, by TWIN, by FAMILY.
    starts : int64, shape (3, most classes + 1)
        Where each class begins there.
    limit : int64, shape (1,)
        The share, per mille, above which the score LOAD counts.
    seed : uint64, shape (1,)
    """

    agents: Ints
    workers: Ints
    cells: Ints
    lists: npt.NDArray[np.int32]
    periods: Ints
    scores: Ints
    gain: Ints
    suits: npt.NDArray[np.uint8]
    kept: Ints
    pairs: npt.NDArray[np.int32]
    unlike: npt.NDArray[np.uint8]
    members: Ints
    starts: Ints
    limit: Ints
    seed: npt.NDArray[np.uint64]


@nb.njit(cache=True)
def _random(seed: npt.NDArray[np.uint64]) -> float:
    """Draw from [0, 1): xorshift64*, so that no library's generator matters."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@nb.njit(cache=True)
def _below(seed: npt.NDArray[np.uint64], n: int) -> int:
    return int(_random(seed) * n)


@nb.njit(cache=True)
def _over(workers: Ints, limit: int, v: int, more: int) -> int:
    """Return by how much a worker with so many units more is over the limit; thousandths of a unit."""
    if v < 0 or workers[v, OFFERED] <= 0:
        return 0
    taken = workers[v, TAKEN] + workers[v, UNITS] + more
    return max(1000 * taken - limit * workers[v, OFFERED], 0)


@nb.njit(cache=True)
def _put(b: Board, i: int, v: int, p: int) -> None:
    """Put an agent that is nowhere into a cell; that it may be there is for the caller to know."""
    filled = b.cells[v, p, FILLED]
    b.lists[v, p, filled] = i
    b.agents[i, WORKER], b.agents[i, PERIOD], b.agents[i, PLACE] = v, p, filled
    b.cells[v, p, FILLED] = filled + 1
    b.cells[v, p, USED] += b.agents[i, SIZE]
    b.workers[v, HELD] += 1
    b.workers[v, UNITS] += b.agents[i, SIZE]
    b.periods[p, DONE] += 1
    b.pairs[b.agents[i, FAMILY], v] += 1


@nb.njit(cache=True)
def _take(b: Board, i: int) -> None:
    """Take an agent from its cell."""
    v, p = b.agents[i, WORKER], b.agents[i, PERIOD]
    last = b.cells[v, p, FILLED] - 1
    other = b.lists[v, p, last]
    b.lists[v, p, b.agents[i, PLACE]] = other
    b.agents[other, PLACE] = b.agents[i, PLACE]
    b.cells[v, p, FILLED] = last
    b.cells[v, p, USED] -= b.agents[i, SIZE]
    b.workers[v, HELD] -= 1
    b.workers[v, UNITS] -= b.agents[i, SIZE]
    b.periods[p, DONE] -= 1
    b.pairs[b.agents[i, FAMILY], v] -= 1
    b.agents[i, WORKER] = b.agents[i, PERIOD] = -1


@nb.njit(cache=True)
def put_all(b: Board, worker: Ints, period: Ints) -> None:
    """Set appointments on a board in place of those that are there, and count every score afresh.

    Parameters
    ----------
    b : Board
    worker, period : int64, shape (n_agents,)
        -1 for nowhere.
    """
    for i in range(len(worker)):
        if b.agents[i, WORKER] >= 0:
            _take(b, i)
    for i in range(len(worker)):
        if worker[i] >= 0:
            _put(b, i, worker[i], period[i])
    rescore(b)


@nb.njit(cache=True)
def rescore(b: Board) -> None:
    """Count every score afresh."""
    for s in range(len(b.scores)):
        kind, total = b.scores[s, KIND], 0
        if kind == LOAD:
            for v in range(len(b.workers)):
                total -= _over(b.workers, b.limit[0], v, 0)
        elif kind == SPREAD:
            total = -np.count_nonzero((b.pairs > 0) & (b.pairs < ALREADY))
        elif kind != STILL:
            for i in range(len(b.agents)):
                total += _worth(b, i, b.agents[i, WORKER], b.agents[i, PERIOD], s)
        b.scores[s, SCORE] = total


@nb.njit(cache=True)
def _worth(b: Board, i: int, v: int, p: int, s: int) -> int:
    """Return what agent i at (v, p) is worth to a score that adds up by agents."""
    if v < 0:
        return np.int64(0)
    kind, table = b.scores[s, KIND], b.scores[s, TABLE]
    if kind == TIME:
        return b.gain[b.agents[i, ALIKE], p, table]
    if kind == PAIR:
        return np.int64(b.suits[1 + table, i, v])
    if kind == BARRED:
        return -np.int64(b.suits[0, i, v])
    if kind == KEPT and b.kept[table, i, 0] == v and b.kept[table, i, 1] == p:
        return np.int64(1)
    return np.int64(0)


@nb.njit(cache=True)
def _has(pairs: npt.NDArray[np.int32], f: int, v: int, number: int) -> int:
    """Return 1 where a worker has just so many of a family, else 0."""
    return np.int64(v >= 0 and pairs[f, v] == number)


@nb.njit(cache=True)
def exchange_change(b: Board, i: int, j: int, v: int, p: int, s: int) -> int:
    """Return what a score gains when i goes to (v, p) and j, -1 for nobody, to where i is."""
    u, q, kind = b.agents[i, WORKER], b.agents[i, PERIOD], b.scores[s, KIND]
    if kind == SPREAD:
        f = b.agents[i, FAMILY]
        if u == v:
            return np.int64(0)
        if j < 0:
            return _has(b.pairs, f, u, 1) - _has(b.pairs, f, v, 0)
        g = b.agents[j, FAMILY]
        if f == g:
            return np.int64(0)
        gone = _has(b.pairs, f, u, 1) + _has(b.pairs, g, v, 1)
        return gone - _has(b.pairs, f, v, 0) - _has(b.pairs, g, u, 0)
    if kind == LOAD:
        if u == v:
            return np.int64(0)
        units = b.agents[i, SIZE] - (b.agents[j, SIZE] if j >= 0 else 0)
        before = _over(b.workers, b.limit[0], v, 0) + _over(b.workers, b.limit[0], u, 0)
        return before - _over(b.workers, b.limit[0], v, units) - _over(b.workers, b.limit[0], u, -units)
    if kind == STILL:
        return np.int64(0)
    gained = _worth(b, i, v, p, s) - _worth(b, i, u, q, s)
    if j >= 0:
        gained += _worth(b, j, u, q, s) - _worth(b, j, v, p, s)
    return gained


@nb.njit(cache=True)
def _may(b: Board, i: int, v: int, p: int, strict: bool) -> bool:
    """Tell whether an agent may be in a cell by itself."""
    if p < b.agents[i, FIRST] or b.cells[v, p, ROOM] < b.agents[i, SIZE]:
        return False
    if strict and b.suits[0, i, v]:
        return False
    return bool(b.agents[i, SECOND] < 0 or b.unlike[v, b.agents[i, SECOND]])


@nb.njit(cache=True)
def may_exchange(b: Board, i: int, j: int, v: int, p: int, strict: bool) -> bool:
    """Tell whether i may go to (v, p) and j, -1 for nobody, to where i is, by the hard rules."""
    u, q = b.agents[i, WORKER], b.agents[i, PERIOD]
    if not _may(b, i, v, p, strict):
        return False
    out = b.agents[j, SIZE] if j >= 0 else 0
    if b.cells[v, p, USED] + b.agents[i, SIZE] - out > b.cells[v, p, ROOM]:
        return False
    if j < 0:
        if p != q and b.periods[p, DONE] >= b.periods[p, CAP]:
            return False
        return bool(v == u or b.workers[v, HELD] < b.workers[v, MOST])
    if u < 0:
        return bool(b.agents[j, SECOND] < 0)
    if not _may(b, j, u, q, strict):
        return False
    return bool(b.cells[u, q, USED] - b.agents[i, SIZE] + b.agents[j, SIZE] <= b.cells[u, q, ROOM])


@nb.njit(cache=True)
def _holds(b: Board, i: int, j: int, v: int, p: int, stage: int, floor: Ints) -> bool:
    """Tell whether an exchange leaves the scores before a stage at their floors or above."""
    free = p == b.agents[i, PERIOD] or (j >= 0 and b.agents[i, ALIKE] == b.agents[j, ALIKE])
    for s in range(stage):
        kind = b.scores[s, KIND]
        if kind == STILL or (kind == TIME and free):
            continue
        if b.scores[s, SCORE] + exchange_change(b, i, j, v, p, s) < floor[s]:
            return False
    return True


@nb.njit(cache=True)
def _one_of(b: Board, by: int, group: int) -> int:
    """Draw a member of a class."""
    begin, end = b.starts[by, group], b.starts[by, group + 1]
    return b.members[by, begin + _below(b.seed, end - begin)]


@nb.njit(cache=True)
def _draw_pair(b: Board, i: int) -> tuple[int, int, int, int]:
    """Draw an exchange for an agent: who goes to which worker and period, and who comes back.

    Who comes back is -1 for nobody; the worker is -1 where the draw was for nothing.
    """
    draw = _random(b.seed)
    if draw < 0.7:
        if draw < 0.4:
            # Two whom goals about time cannot tell apart, of one size.
            j = _one_of(b, BY_TWIN, b.agents[i, TWIN])
        elif draw < 0.66:
            j = _one_of(b, BY_ALIKE, b.agents[i, ALIKE])
        else:
            j = _below(b.seed, len(b.agents))
        if b.agents[j, WORKER] < 0:
            i, j = j, i
        v, p = b.agents[j, WORKER], b.agents[j, PERIOD]
        same = i == j or (v == b.agents[i, WORKER] and p == b.agents[i, PERIOD])
        return (i, j, np.int64(-1) if same else v, p)
    v, p = _below(b.seed, len(b.workers)), b.agents[i, PERIOD]
    if draw < 0.73 or p < 0:
        p = _below(b.seed, len(b.periods))
        same = v == b.agents[i, WORKER] and p == b.agents[i, PERIOD]
        return (i, -1, -1 if same else v, p)
    if v == b.agents[i, WORKER] or b.cells[v, p, ROOM] == 0:
        return (i, -1, -1, p)
    place = _below(b.seed, b.cells[v, p, FILLED] + 1)
    j = np.int64(b.lists[v, p, place]) if place < b.cells[v, p, FILLED] else np.int64(-1)
    return (i, j, v, p)


@nb.njit(cache=True)
def _target(b: Board, i: int, stage: int) -> int:
    """Choose a worker whom a goal would have the agent with; -1 where none was met."""
    kind, table = b.scores[stage, KIND], b.scores[stage, TABLE]
    if kind == SPREAD:
        return b.agents[_one_of(b, BY_FAMILY, b.agents[i, FAMILY]), WORKER]
    if kind == KEPT:
        return b.kept[table, i, 0]
    for _ in range(6):
        v = np.int64(_below(b.seed, len(b.workers)))
        if b.suits[1 + table, i, v]:
            return v
    return np.int64(-1)


@nb.njit(cache=True)
def _scan(b: Board, i: int, v: int, stage: int, floor: Ints) -> tuple[int, int, int]:
    """Find the best exchange that brings an agent to a worker: with whom, in which period, its gain.

    Agents of other periods are looked at only where goals about time cannot tell them apart. The
    period is -1 where no exchange is allowed.
    """
    best, partner, where, ties = np.int64(-(2**62)), np.int64(-1), np.int64(-1), 1
    for p in range(b.agents[i, FIRST], len(b.periods)):
        if b.cells[v, p, ROOM] < b.agents[i, SIZE]:
            continue
        same = p == b.agents[i, PERIOD]
        for place in range(-1 if same else 0, b.cells[v, p, FILLED]):
            j = np.int64(b.lists[v, p, place]) if place >= 0 else np.int64(-1)
            if not same and b.agents[i, ALIKE] != b.agents[j, ALIKE]:
                continue
            if j == i or not may_exchange(b, i, j, v, p, True):
                continue
            change = exchange_change(b, i, j, v, p, stage)
            if change < best or not _holds(b, i, j, v, p, stage, floor):
                continue
            ties = ties + 1 if change == best else 1
            if ties == 1 or _below(b.seed, ties) == 0:
                best, partner, where = change, j, np.int64(p)
    return (partner, where, best)


@nb.njit(cache=True)
def _accepts(b: Board, change: float, warmth: float) -> bool:
    return bool(change >= 0 or _random(b.seed) < np.exp(change / warmth))


@nb.njit(cache=True)
def _quietly(b: Board, i: int, j: int, v: int, p: int, stage: int, quiet: int) -> float:
    """Return what an exchange is worth to the score that is to be left alone."""
    if quiet == stage:
        return 0.0
    return QUIET * exchange_change(b, i, j, v, p, quiet)


@nb.njit(cache=True)
def _make(b: Board, i: int, j: int, v: int, p: int, upto: int) -> None:
    """Make an exchange, and keep the first scores in step."""
    for s in range(upto):
        b.scores[s, SCORE] += exchange_change(b, i, j, v, p, s)
    u, q = b.agents[i, WORKER], b.agents[i, PERIOD]
    if u >= 0:
        _take(b, i)
    if j >= 0:
        _take(b, j)
        if u >= 0:
            _put(b, j, u, q)
    _put(b, i, v, p)


@nb.njit(cache=True)
def _exchange(
    b: Board, stage: int, floor: Ints, warmth: float, aimed: float, quiet: int, strict: bool
) -> bool:
    """Draw an exchange, and make it if it is lawful, holds the earlier scores and is accepted."""
    i = np.int64(_below(b.seed, len(b.agents)))
    if _random(b.seed) < aimed:
        v = _target(b, i, stage)
        if v < 0 or v == b.agents[i, WORKER]:
            return False
        j, p, change = _scan(b, i, v, stage, floor)
        if p < 0 or not _accepts(b, change + _quietly(b, i, j, v, p, stage, quiet), warmth):
            return False
    else:
        i, j, v, p = _draw_pair(b, i)
        if v < 0 or not may_exchange(b, i, j, v, p, strict):
            return False
        change = exchange_change(b, i, j, v, p, stage)
        if not _accepts(b, change + _quietly(b, i, j, v, p, stage, quiet), warmth):
            return False
        if not _holds(b, i, j, v, p, stage, floor):
            return False
    _make(b, i, j, v, p, max(stage, quiet) + 1)
    return True


@nb.njit(cache=True)
def _draw_deal(b: Board, who: Ints, strict: bool) -> tuple[int, int, int, int]:
    """Draw two workers who deal some of one period's agents anew, if they may.

    Returns
    -------
    moved, one, other, period : int
        How many agents move, 0 where they may not; between whom, and when.
    """
    i = _below(b.seed, len(b.agents))
    v, p, u = b.agents[i, WORKER], b.agents[i, PERIOD], np.int64(_below(b.seed, len(b.workers)))
    if v < 0 or u == v or b.cells[u, p, ROOM] == 0:
        return (0, v, u, p)
    share, moved, units, agents = 0.3 + 0.4 * _random(b.seed), 0, 0, 0
    for one, other, sign in ((v, u, 1), (u, v, -1)):
        for place in range(b.cells[one, p, FILLED]):
            if _random(b.seed) < share:
                who[moved] = b.lists[one, p, place]
                if not _may(b, who[moved], other, p, strict):
                    return (0, v, u, p)
                units += sign * b.agents[who[moved], SIZE]
                agents += sign
                moved += 1
    fits = b.cells[u, p, USED] + units <= b.cells[u, p, ROOM]
    fits = fits and b.cells[v, p, USED] - units <= b.cells[v, p, ROOM]
    fits = fits and b.workers[u, HELD] + agents <= b.workers[u, MOST]
    fits = fits and b.workers[v, HELD] - agents <= b.workers[v, MOST]
    return (moved if fits else 0, v, u, p)


@nb.njit(cache=True)
def _cross(b: Board, who: Ints, moved: int, one: int, other: int, p: int, upto: int) -> None:
    """Let agents of two workers' cells change sides, and keep the first scores in step."""
    for k in range(moved):
        to = one if b.agents[who[k], WORKER] == other else other
        for s in range(upto):
            b.scores[s, SCORE] += exchange_change(b, who[k], -1, to, p, s)
        _take(b, who[k])
        _put(b, who[k], to, p)


@nb.njit(cache=True)
def _deal(b: Board, stage: int, floor: Ints, warmth: float, quiet: int, strict: bool, who: Ints) -> bool:
    """Let two workers deal agents of one period anew, and take it back if it is not accepted."""
    moved, one, other, p = _draw_deal(b, who, strict)
    if moved == 0:
        return False
    upto = max(stage, quiet) + 1
    before, quietly = b.scores[stage, SCORE], b.scores[quiet, SCORE]
    _cross(b, who, moved, one, other, p, upto)
    change = float(b.scores[stage, SCORE] - before)
    if quiet != stage:
        change += QUIET * (b.scores[quiet, SCORE] - quietly)
    good = True
    for s in range(stage):
        good = good and b.scores[s, SCORE] >= floor[s]
    if good and _accepts(b, change, warmth):
        return True
    _cross(b, who, moved, one, other, p, upto)
    return False


@nb.njit(cache=True)
def anneal(
    b: Board,
    stage: int,
    floor: Ints,
    moves: int,
    heat: tuple[float, float],
    goal: int,
    aimed: float,
    quiet: int,
    strict: bool,
) -> int:
    """Raise one score by moves, those before it held.

    Parameters
    ----------
    b : Board
        Changed in place; at the end it is the best that was met, all its scores right.
    stage : int
        The score to raise.
    floor : int64, shape (n_scores,)
        What each earlier score may not fall below.
    moves : int
        How many to draw.
    heat : pair of float
        Temperatures at the start and the end, in units of the score.
    goal : int
        Reaching it ends the search.
    aimed : float
        The share of exchanges that bring an agent to a worker whom the goal would have it with, by
        the best exchange there is.
    quiet : int
        A score that weighs a little beside this one, so that moves leave alone what they can;
        `stage` for none.
    strict : bool
        Whether barred pairs are ruled out from the start.

    Returns
    -------
    int
        The score reached.
    """
    who = np.empty(2 * b.lists.shape[2], dtype=np.int64)
    best, calm = b.scores[stage, SCORE], b.scores[quiet, SCORE]
    worker, period = b.agents[:, WORKER].copy(), b.agents[:, PERIOD].copy()
    cooling = (heat[1] / heat[0]) ** (1.0 / max(moves, 1))
    warmth = heat[0]
    for _ in range(moves):
        if best >= goal:
            break
        warmth *= cooling
        if _random(b.seed) < DEALS:
            moved = _deal(b, stage, floor, warmth, quiet, strict, who)
        else:
            moved = _exchange(b, stage, floor, warmth, aimed, quiet, strict)
        at = b.scores[stage, SCORE]
        if moved and (at > best or (at == best and b.scores[quiet, SCORE] > calm)):
            best, calm = at, b.scores[quiet, SCORE]
            worker[:] = b.agents[:, WORKER]
            period[:] = b.agents[:, PERIOD]
    put_all(b, worker, period)
    return best
