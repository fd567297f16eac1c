"""Subject: the whole strict-order solve against the same tiers in solvers for general programmes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from allocator.core import network
from allocator.core.assignment import tier_cost
from allocator.core.outcome import Outcome
from allocator.core.problem import AssignmentProblem
from benchmarks.clock import clocked, in_turns
from benchmarks.peers import cp_sat, highs
from benchmarks.peers.attempt import Attempt
from benchmarks.plane import plane_problem

LIMIT_S = 60.0
Peer = Callable[[AssignmentProblem, float], Attempt]


@dataclass(frozen=True)
class Compared:
    """One peer beside the strict-order solve.

    Parameters
    ----------
    attempt : Attempt
    cpu_s, wall_s : float
        What it took, ended or not.
    agrees : bool
        Every tier that it ended has the value that ours has.
    factor : float
        Its CPU seconds in ours; at least so many where it did not finish.
    """

    attempt: Attempt
    cpu_s: float
    wall_s: float
    agrees: bool
    factor: float


@dataclass(frozen=True)
class Direct:
    """The strict-order solve, and the peers by name.

    Parameters
    ----------
    values : tuple of int
        Cost of each tier.
    cpu_s, wall_s : float
        Medians of three, the lottery and the prices included.
    peers : mapping of name to Compared
    """

    values: tuple[int, ...]
    cpu_s: float
    wall_s: float
    peers: Mapping[str, Compared]

    def record(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        return {
            "values": list(self.values),
            "cpu_s": round(self.cpu_s, 4),
            "wall_s": round(self.wall_s, 4),
            "peers": {
                name: {
                    "finished": peer.attempt.finished,
                    "tiers_done": len(peer.attempt.values),
                    "values": list(peer.attempt.values),
                    "agrees": peer.agrees,
                    "cpu_s": round(peer.cpu_s, 4),
                    "wall_s": round(peer.wall_s, 4),
                    "factor": round(peer.factor, 1),
                    "note": peer.attempt.note,
                }
                for name, peer in self.peers.items()
            },
        }


def peers(workers: int = 1) -> dict[str, Peer]:
    """Return the peers by name."""
    return {"cp-sat": partial(cp_sat.solve, workers=workers), "highs": highs.solve}


def measure(problem: AssignmentProblem, limit_s: float, chosen: Mapping[str, Peer]) -> Direct:
    """Solve a problem by the strict-order method and by each peer within its limit.

    Parameters
    ----------
    problem : AssignmentProblem
        Without places over number.
    limit_s : float
        Wall seconds for each peer. Each runs once; it has solved a tiny problem before the
        clock, so that its modules are loaded.
    chosen : mapping of name to peer

    Returns
    -------
    Direct
    """
    ours = in_turns({"ours": lambda: network.solve(problem)})["ours"]
    outcome = ours[-1].answer
    assert isinstance(outcome, Outcome)
    values = tuple(tier_cost(problem, k, outcome.assignment) for k in range(len(problem.tiers)))
    cpu_s = median(run.cpu_s for run in ours)
    compared = {name: _compared(peer, problem, limit_s, values, cpu_s) for name, peer in chosen.items()}
    return Direct(values, cpu_s, median(run.wall_s for run in ours), compared)


def _compared(
    peer: Peer, problem: AssignmentProblem, limit_s: float, values: tuple[int, ...], cpu_s: float
) -> Compared:
    peer(plane_problem(6, 2, 1), limit_s)
    run = clocked(lambda: peer(problem, limit_s))
    attempt = run.answer
    assert isinstance(attempt, Attempt)
    agrees = attempt.values == values[: len(attempt.values)]
    return Compared(attempt, run.cpu_s, run.wall_s, agrees, run.cpu_s / cpu_s)
