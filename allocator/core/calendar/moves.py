"""Annealing by moves that keep every hard rule: one goal at a time, those before it held.

Compiled. A state is a `Board`; a move changes up to two of its cells (a cell is one worker's period)
and is taken back where a rule or an earlier goal would suffer. Scores are goals turned so that more
is better; score 0 counts barred pairs, which a start may have and a schedule may not.

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

Floats = npt.NDArray[np.float64]
# Kinds of score.
BARRED, TIME, PAIR, KEPT, LOAD, SPREAD, STILL = range(7)


class Given(NamedTuple):
    """What a problem gives to the moves; nothing here changes.

    Parameters
    ----------
    size, first : int64, shape (n_agents,)
    room : int64, shape (n_workers, n_periods)
    barred : uint8, shape (n_agents, n_workers)
    most : int64, shape (n_workers,)
    period_most : int64, shape (n_periods,)
    kind, at : int64, shape (n_scores,)
        The kind of each score, and which table of that kind is its own.
    gain : int64, shape (n_classes, n_periods, n_time)
        What an agent of each class adds to goals about time.
    suits : uint8, shape (n_pair, n_agents, n_workers)
    kept_worker, kept_period : int64, shape (n_kept, n_agents)
    family : int64, shape (n_agents,)
    relatives, family_start : int64
        Agents by family, and where each family starts.
    met : uint8, shape (n_families, n_workers)
        Pairs that cost nothing.
    offered, taken : int64, shape (n_workers,)
    alike : int64, shape (n_agents,)
        The class of each agent: those of one class add the same to goals about time.
    members, start : int64
        Agents by class, and where each class starts.
    second : int64, shape (n_agents,)
        The second worker of each agent, -1 for none.
    unlike : uint8, shape (n_workers, n_workers)
    """

    size: Ints
    first: Ints
    room: Ints
    barred: npt.NDArray[np.uint8]
    most: Ints
    period_most: Ints
    kind: Ints
    at: Ints
    gain: Ints
    suits: npt.NDArray[np.uint8]
    kept_worker: Ints
    kept_period: Ints
    family: Ints
    relatives: Ints
    family_start: Ints
    met: npt.NDArray[np.uint8]
    offered: Ints
    taken: Ints
    alike: Ints
    members: Ints
    start: Ints
    second: Ints
    unlike: npt.NDArray[np.uint8]


class Board(NamedTuple):
    """What moves change.

    Parameters
    ----------
    worker, period, place : int64, shape (n_agents,)
        Where each agent is, -1 for nowhere, and its place in the cell's list.
    cell : int32, shape (n_workers, n_periods, most agents of a cell)
    filled : int32, shape (n_workers, n_periods)
    used : int64, shape (n_workers, n_periods)
    held, load : int64, shape (n_workers,)
        Agents and units of each worker; second readings count in the first only.
    in_period : int64, shape (n_periods,)
    pairs : int32, shape (n_families, n_workers)
    score : int64, shape (n_scores,)
    limit : int64, shape (1,)
        The share, per mille, above which score LOAD counts.
    seed : uint64, shape (1,)
    """

    worker: Ints
    period: Ints
    place: Ints
    cell: npt.NDArray[np.int32]
    filled: npt.NDArray[np.int32]
    used: Ints
    held: Ints
    load: Ints
    in_period: Ints
    pairs: npt.NDArray[np.int32]
    score: Ints
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
def _over(given: Given, board: Board, v: int) -> int:
    over = 1000 * (given.taken[v] + board.load[v]) - board.limit[0] * given.offered[v]
    return max(over, 0) if given.offered[v] > 0 else 0


@nb.njit(cache=True)
def _count(given: Given, board: Board, i: int, v: int, p: int, sign: int, upto: int) -> None:
    """Add to the first scores what agent i at (v, p) is worth, or take it away."""
    for s in range(upto):
        kind = given.kind[s]
        if kind == 0:
            board.score[s] -= sign * given.barred[i, v]
        elif kind == 1:
            board.score[s] += sign * given.gain[given.alike[i], p, given.at[s]]
        elif kind == 2:
            board.score[s] += sign * given.suits[given.at[s], i, v]
        elif kind == 3:
            if given.kept_worker[given.at[s], i] == v and given.kept_period[given.at[s], i] == p:
                board.score[s] += sign
        elif kind == 4:
            before = _over(given, board, v)
            board.load[v] += sign * given.size[i]
            board.score[s] += before - _over(given, board, v)
            board.load[v] -= sign * given.size[i]
        elif kind == 5 and not given.met[given.family[i], v]:
            pairs = board.pairs[given.family[i], v]
            if (sign > 0 and pairs == 0) or (sign < 0 and pairs == 1):
                board.score[s] -= sign


@nb.njit(cache=True)
def take_out(given: Given, board: Board, i: int, upto: int) -> None:
    """Take an agent from its cell; `upto` scores are kept in step."""
    v, p = board.worker[i], board.period[i]
    _count(given, board, i, v, p, -1, upto)
    last = board.filled[v, p] - 1
    moved = board.cell[v, p, last]
    board.cell[v, p, board.place[i]] = moved
    board.place[moved] = board.place[i]
    board.filled[v, p] = last
    board.used[v, p] -= given.size[i]
    board.held[v] -= 1
    board.load[v] -= given.size[i]
    board.in_period[p] -= 1
    board.pairs[given.family[i], v] -= 1
    board.worker[i] = -1
    board.period[i] = -1


@nb.njit(cache=True)
def put_in(given: Given, board: Board, i: int, v: int, p: int, upto: int) -> None:
    """Put an agent that is nowhere into a cell; that it may be there is for the caller to know."""
    _count(given, board, i, v, p, 1, upto)
    board.cell[v, p, board.filled[v, p]] = i
    board.place[i] = board.filled[v, p]
    board.filled[v, p] += 1
    board.used[v, p] += given.size[i]
    board.held[v] += 1
    board.load[v] += given.size[i]
    board.in_period[p] += 1
    board.pairs[given.family[i], v] += 1
    board.worker[i] = v
    board.period[i] = p


@nb.njit(cache=True)
def rescore(given: Given, board: Board) -> None:
    """Count every score afresh."""
    board.score[:] = 0
    where = np.flatnonzero(board.worker >= 0)
    for i in where:
        for s in range(len(given.kind)):
            kind, at = given.kind[s], given.at[s]
            v, p = board.worker[i], board.period[i]
            if kind == 0:
                board.score[s] -= given.barred[i, v]
            elif kind == 1:
                board.score[s] += given.gain[given.alike[i], p, at]
            elif kind == 2:
                board.score[s] += given.suits[at, i, v]
            elif kind == 3 and given.kept_worker[at, i] == v and given.kept_period[at, i] == p:
                board.score[s] += 1
    for s in range(len(given.kind)):
        if given.kind[s] == 4:
            for v in range(len(given.offered)):
                board.score[s] -= _over(given, board, v)
        elif given.kind[s] == 5:
            board.score[s] = -np.count_nonzero((board.pairs > 0) & (given.met == 0))


@nb.njit(cache=True)
def _plan(given: Given, board: Board, who: Ints, to_v: Ints, to_p: Ints) -> int:
    """Draw a move: who goes where; return how many agents it moves, 0 for none."""
    n, workers, periods = len(given.size), given.room.shape[0], given.room.shape[1]
    i = _below(board.seed, n)
    draw = _random(board.seed)
    if draw < 0.4:
        # Two that goals about time cannot tell apart change places.
        a = given.alike[i]
        j = given.members[given.start[a] + _below(board.seed, given.start[a + 1] - given.start[a])]
        return _swap(board, i, j, who, to_v, to_p)
    if draw < 0.42:
        return _swap(board, i, _below(board.seed, n), who, to_v, to_p)
    if draw < 0.44:
        who[0], to_v[0], to_p[0] = i, _below(board.seed, workers), _below(board.seed, periods)
        return 1
    if board.worker[i] < 0:
        return 0
    v, p = board.worker[i], board.period[i]
    u = _below(board.seed, workers)
    if u == v or given.room[u, p] == 0:
        return 0
    if draw < 0.7 and board.filled[u, p] > 0:
        # Two of one period change workers.
        return _swap(board, i, board.cell[u, p, _below(board.seed, board.filled[u, p])], who, to_v, to_p)
    # Two workers deal some of one period's agents anew.
    return _deal(board, u, v, p, who, to_v, to_p)


@nb.njit(cache=True)
def _swap(board: Board, i: int, j: int, who: Ints, to_v: Ints, to_p: Ints) -> int:
    if i == j or (board.worker[i] == board.worker[j] and board.period[i] == board.period[j]):
        return 0
    who[0], to_v[0], to_p[0] = i, board.worker[j], board.period[j]
    who[1], to_v[1], to_p[1] = j, board.worker[i], board.period[i]
    return 2


@nb.njit(cache=True)
def _deal(board: Board, u: int, v: int, p: int, who: Ints, to_v: Ints, to_p: Ints) -> int:
    moved = 0
    share = 0.3 + 0.4 * _random(board.seed)
    for one, other in ((u, v), (v, u)):
        for place in range(board.filled[one, p]):
            if _random(board.seed) < share:
                who[moved], to_v[moved], to_p[moved] = board.cell[one, p, place], other, p
                moved += 1
    return moved


@nb.njit(cache=True)
def _may(given: Given, i: int, v: int, p: int) -> bool:
    if p < given.first[i] or given.room[v, p] < given.size[i]:
        return False
    return bool(given.second[i] < 0 or given.unlike[v, given.second[i]])


@nb.njit(cache=True)
def _allowed(
    given: Given, board: Board, moved: int, who: Ints, to_v: Ints, to_p: Ints, strict: bool
) -> bool:
    """Tell whether the move keeps every rule; a move touches one or two cells."""
    for k in range(moved):
        i = who[k]
        if to_v[k] < 0:
            if given.second[i] >= 0:
                return False
        elif not _may(given, i, to_v[k], to_p[k]) or (strict and given.barred[i, to_v[k]]):
            return False
    for k in range(moved):
        v, p = to_v[k], to_p[k]
        if v < 0 or (k > 0 and v == to_v[k - 1] and p == to_p[k - 1]):
            continue
        units, agents, there = 0, 0, 0
        for m in range(moved):
            i = who[m]
            sign_to, sign_from = to_v[m] == v, board.worker[i] == v
            agents += sign_to - sign_from
            there += (to_p[m] == p) - (board.period[i] == p)
            units += given.size[i] * ((sign_to and to_p[m] == p) - (sign_from and board.period[i] == p))
        if board.used[v, p] + units > given.room[v, p] or board.held[v] + agents > given.most[v]:
            return False
        if board.in_period[p] + there > given.period_most[p]:
            return False
    return True


@nb.njit(cache=True)
def _in_time(
    given: Given, board: Board, moved: int, who: Ints, to_v: Ints, to_p: Ints, stage: int, floor: Ints
) -> bool:
    """Tell whether the held goals about time stay as good."""
    same = moved == 2 and given.alike[who[0]] == given.alike[who[1]] and to_p[0] == board.period[who[1]]
    if same and to_p[1] == board.period[who[0]]:
        return True
    same = True
    for k in range(moved):
        same = same and to_p[k] == board.period[who[k]]
    if same:
        return True
    for s in range(stage):
        if given.kind[s] != 1:
            continue
        change, at = 0, given.at[s]
        for k in range(moved):
            i = who[k]
            if to_p[k] >= 0:
                change += given.gain[given.alike[i], to_p[k], at]
            if board.period[i] >= 0:
                change -= given.gain[given.alike[i], board.period[i], at]
        if board.score[s] + change < floor[s]:
            return False
    return True


@nb.njit(cache=True)
def _target(given: Given, board: Board, i: int, kind: int, at: int) -> int:
    """Choose a worker whom a goal would have the agent with; -1 where none was met."""
    if kind == 5:
        f = given.family[i]
        begin, end = given.family_start[f], given.family_start[f + 1]
        return int(board.worker[given.relatives[begin + _below(board.seed, end - begin)]])
    if kind == 3:
        return int(given.kept_worker[at, i])
    for _ in range(6):
        v = _below(board.seed, given.room.shape[0])
        if given.suits[at, i, v]:
            return v
    return -1


@nb.njit(cache=True)
def _worth(given: Given, board: Board, i: int, v: int, p: int, s: int) -> int:
    """Return what agent i at (v, p) is worth to a score that adds up by agents."""
    if v < 0:
        return 0
    kind, at = given.kind[s], given.at[s]
    if kind == 1:
        return int(given.gain[given.alike[i], p, at])
    if kind == 2:
        return int(given.suits[at, i, v])
    if kind == 3:
        return int(given.kept_worker[at, i] == v and given.kept_period[at, i] == p)
    return 0


@nb.njit(cache=True)
def _new(given: Given, board: Board, f: int, v: int) -> int:
    """Return 1 where a worker has none of a family yet and one more would count."""
    return int(v >= 0 and board.pairs[f, v] == 0 and not given.met[f, v])


@nb.njit(cache=True)
def _last(given: Given, board: Board, f: int, v: int) -> int:
    """Return 1 where a worker has one of a family, that counts, and no more."""
    return int(v >= 0 and board.pairs[f, v] == 1 and not given.met[f, v])


@nb.njit(cache=True)
def _exchange_change(given: Given, board: Board, i: int, j: int, v: int, p: int, s: int) -> int:
    """Return what a score gains when i goes to (v, p) and j, if any, to where i is."""
    u, q, kind = board.worker[i], board.period[i], given.kind[s]
    if kind == 5:
        f = given.family[i]
        if j < 0:
            return _last(given, board, f, u) - _new(given, board, f, v)
        g = given.family[j]
        if f == g:
            return 0
        gone = _last(given, board, f, u) + _last(given, board, g, v)
        return gone - _new(given, board, f, v) - _new(given, board, g, u)
    if kind == 4:
        change = _over(given, board, v) + (_over(given, board, u) if u >= 0 else 0)
        units = given.size[i] - (given.size[j] if j >= 0 else 0)
        board.load[v] += units
        if u >= 0:
            board.load[u] -= units
        change -= _over(given, board, v) + (_over(given, board, u) if u >= 0 else 0)
        board.load[v] -= units
        if u >= 0:
            board.load[u] += units
        return change
    gained = _worth(given, board, i, v, p, s) - _worth(given, board, i, u, q, s)
    if j >= 0:
        gained += _worth(given, board, j, u, q, s) - _worth(given, board, j, v, p, s)
    return gained


@nb.njit(cache=True)
def _may_exchange(given: Given, board: Board, i: int, j: int, v: int, p: int) -> bool:
    """Tell whether i may go to (v, p) and j, if any, to where i is, by the hard rules."""
    u, q = board.worker[i], board.period[i]
    if given.barred[i, v] or not _may(given, i, v, p):
        return False
    out = given.size[j] if j >= 0 else 0
    if board.used[v, p] + given.size[i] - out > given.room[v, p]:
        return False
    if j < 0:
        more = board.held[v] < given.most[v]
        return bool(more and (p == q or board.in_period[p] < given.period_most[p]))
    if u < 0:
        return bool(given.second[j] < 0)
    if given.barred[j, u] or not _may(given, j, u, q):
        return False
    return bool(board.used[u, q] - given.size[i] + given.size[j] <= given.room[u, q])


@nb.njit(cache=True)
def _holds(
    given: Given, board: Board, i: int, j: int, v: int, p: int, stage: int, floor: Ints, quiet: int
) -> bool:
    """Tell whether an exchange leaves the earlier goals held."""
    free = p == board.period[i] or (j >= 0 and given.alike[i] == given.alike[j])
    for s in range(stage):
        kind = given.kind[s]
        if kind == 0 or kind == 6 or (kind == 1 and free):
            continue
        if board.score[s] + _exchange_change(given, board, i, j, v, p, s) < floor[s]:
            return False
    return bool(quiet == stage or _exchange_change(given, board, i, j, v, p, quiet) >= 0)


@nb.njit(cache=True)
def _scan(
    given: Given, board: Board, i: int, v: int, stage: int, floor: Ints, quiet: int
) -> tuple[int, int, int]:
    """Find the best exchange that brings an agent to a worker: with whom, in which period, its gain.

    Agents of other periods are looked at only where goals about time cannot tell them apart. The
    period is -1 where no exchange is allowed.
    """
    best, partner, where, ties = np.int64(-(2**62)), -1, -1, 1
    for p in range(given.room.shape[1]):
        if given.room[v, p] < given.size[i] or p < given.first[i]:
            continue
        same = p == board.period[i]
        for place in range(-1 if same else 0, board.filled[v, p]):
            j = board.cell[v, p, place] if place >= 0 else -1
            if not same and given.alike[i] != given.alike[j]:
                continue
            if j == i or not _may_exchange(given, board, i, j, v, p):
                continue
            change = _exchange_change(given, board, i, j, v, p, stage)
            if change < best or not _holds(given, board, i, j, v, p, stage, floor, quiet):
                continue
            ties = ties + 1 if change == best else 1
            if ties == 1 or _below(board.seed, ties) == 0:
                best, partner, where = change, j, p
    return partner, where, best


@nb.njit(cache=True)
def _carry_out(
    given: Given, board: Board, moved: int, who: Ints, to_v: Ints, to_p: Ints, upto: int
) -> None:
    for k in range(moved):
        if board.worker[who[k]] >= 0:
            take_out(given, board, who[k], upto)
    for k in range(moved):
        if to_v[k] >= 0:
            put_in(given, board, who[k], to_v[k], to_p[k], upto)


@nb.njit(cache=True)
def anneal(
    given: Given,
    board: Board,
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
    given : Given
    board : Board
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
        The share of moves that bring an agent to a worker whom the goal would have it with, by the
        best exchange there is.
    quiet : int
        A score that no move may lower without raising this one; `stage` for none.
    strict : bool
        Whether barred pairs are ruled out from the start.

    Returns
    -------
    int
        The score reached.
    """
    widest = board.cell.shape[2]
    who = np.empty(2 * widest + 2, dtype=np.int64)
    to_v, to_p = np.empty_like(who), np.empty_like(who)
    from_v, from_p = np.empty_like(who), np.empty_like(who)
    before = board.score.copy()
    best, worker, period = board.score[stage], board.worker.copy(), board.period.copy()
    cooling = (heat[1] / heat[0]) ** (1.0 / max(moves, 1))
    warmth = heat[0]
    upto = max(stage, quiet) + 1
    for _ in range(moves):
        if best >= goal:
            break
        warmth *= cooling
        if _random(board.seed) < aimed:
            i = _below(board.seed, len(given.size))
            v = _target(given, board, i, given.kind[stage], given.at[stage])
            if v < 0 or v == board.worker[i]:
                continue
            j, p, change = _scan(given, board, i, v, stage, floor, quiet)
            if p < 0 or (change < 0 and _random(board.seed) >= np.exp(change / warmth)):
                continue
            moved = 1
            who[0], to_v[0], to_p[0] = i, v, p
            if j >= 0:
                moved = 2
                who[1], to_v[1], to_p[1] = j, board.worker[i], board.period[i]
            _carry_out(given, board, moved, who, to_v, to_p, upto)
            if board.score[stage] > best:
                best = board.score[stage]
                worker[:] = board.worker
                period[:] = board.period
            continue
        moved = _plan(given, board, who, to_v, to_p)
        if moved == 0 or not _allowed(given, board, moved, who, to_v, to_p, strict):
            continue
        if not _in_time(given, board, moved, who, to_v, to_p, stage, floor):
            continue
        for s in range(upto):
            before[s] = board.score[s]
        for k in range(moved):
            from_v[k], from_p[k] = board.worker[who[k]], board.period[who[k]]
        _carry_out(given, board, moved, who, to_v, to_p, upto)
        good = True
        for s in range(stage):
            if board.score[s] < floor[s]:
                good = False
                break
        if good:
            change = board.score[stage] - before[stage]
            good = change > 0 or (change == 0 and board.score[quiet] >= before[quiet])
            good = good or (change < 0 and _random(board.seed) < np.exp(change / warmth))
        if not good:
            _carry_out(given, board, moved, who, from_v, from_p, 0)
            for s in range(upto):
                board.score[s] = before[s]
        elif board.score[stage] > best:
            best = board.score[stage]
            worker[:] = board.worker
            period[:] = board.period
    for i in range(len(worker)):
        if board.worker[i] >= 0:
            take_out(given, board, i, 0)
    for i in range(len(worker)):
        if worker[i] >= 0:
            put_in(given, board, i, worker[i], period[i], 0)
    rescore(given, board)
    return int(best)
