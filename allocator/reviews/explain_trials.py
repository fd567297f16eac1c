"""Exchanges of a few agents of a calendar problem, as rows of arrays: many are judged by a few sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from allocator.core.calendar.problem import Bools, Ints

# A move: agent, worker and period that it goes to (-1, -1 for none).
Move = tuple[int, int, int]


@dataclass(frozen=True)
class Trials:
    """Exchanges to be judged; a row is one agent that moves in one trial.

    Parameters
    ----------
    trial, agent, worker, period : int64, shape (n_rows,)
        Trials are numbered from 0; an agent moves at most once in a trial. -1 and -1 for none.
    lost_trial, lost_agent : int64, shape (n_lost,)
        Agents that lose their second worker in a trial, each once.
    n : int
        How many trials there are.
    """

    trial: Ints
    agent: Ints
    worker: Ints
    period: Ints
    lost_trial: Ints
    lost_agent: Ints
    n: int

    @classmethod
    def of(cls, moves: Sequence[Sequence[Move]], lost: Sequence[Sequence[int]] = ()) -> Trials:
        """Make trials of lists of moves, and of the agents whose second worker gives way in each."""
        rows = _table([(k, *move) for k, trial in enumerate(moves) for move in trial], 4)
        away = _table([(k, agent) for k, agents in enumerate(lost) for agent in agents], 2)
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], away[:, 0], away[:, 1], len(moves))

    @classmethod
    def joined(cls, parts: Sequence[Trials]) -> Trials:
        """Return trials one after the other."""
        first = list(accumulate((part.n for part in parts), initial=0))[:-1]
        shifted = list(zip(parts, first, strict=True))
        return cls(
            _chain([part.trial + shift for part, shift in shifted]),
            _chain([part.agent for part in parts]),
            _chain([part.worker for part in parts]),
            _chain([part.period for part in parts]),
            _chain([part.lost_trial + shift for part, shift in shifted]),
            _chain([part.lost_agent for part in parts]),
            sum(part.n for part in parts),
        )

    def kept(self, which: Bools) -> Trials:
        """Return the trials that are marked, renumbered; `which` has shape (n,)."""
        number = np.cumsum(which) - 1
        rows, lost = which[self.trial], which[self.lost_trial]
        return Trials(
            number[self.trial[rows]],
            self.agent[rows],
            self.worker[rows],
            self.period[rows],
            number[self.lost_trial[lost]],
            self.lost_agent[lost],
            int(which.sum()),
        )

    def moves(self, k: int) -> list[Move]:
        """Return the moves of one trial."""
        at = np.flatnonzero(self.trial == k)
        columns = (self.agent[at].tolist(), self.worker[at].tolist(), self.period[at].tolist())
        return list(zip(*columns, strict=True))

    def lost(self, k: int) -> list[int]:
        """Return the agents that lose their second worker in one trial."""
        found: list[int] = self.lost_agent[self.lost_trial == k].tolist()
        return found


def _table(rows: list[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _chain(columns: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *columns])
