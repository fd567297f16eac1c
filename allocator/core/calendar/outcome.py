"""What a method answers to a calendar problem: the appointments, and how far each goal is proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from allocator.core.calendar.problem import Appointments, Ints

Proof = Literal["bound", "solver", "none"]


@dataclass(frozen=True)
class Dual:
    """Multipliers that bound one goal; `certificate.bound` turns them into a figure without a solver.

    Every figure is a whole number, in units of 1/`scale` of the goal's unit.

    Parameters
    ----------
    scale : int
        Greater than 0.
    goals : tuple of int
        For each earlier goal, what one unit of it is worth; 0 or more.
    agent : int64, shape (n_agents,)
        The price of doing each agent, 0 or more.
    worker : int64, shape (n_workers,)
        The price of one agent of the worker's cap, 0 or more.
    period : int64, shape (n_periods,)
        The price of one agent of the period's cap, 0 or more.
    """

    scale: int
    goals: tuple[int, ...]
    agent: Ints
    worker: Ints
    period: Ints


@dataclass(frozen=True)
class TierOutcome:
    """How far one goal is proved, each given those before it.

    Parameters
    ----------
    value : int
        What the appointments come to.
    bound : int
        No appointments that hold the earlier goals come to better than this; where nothing is
        known, the trivial bound.
    proof : {"bound", "solver", "none"}
        "bound": `dual` or a count that needs no solver proves the value best; "solver": exact
        search closed the gap; "none": it is open.
    dual : Dual or None
    """

    value: int
    bound: int
    proof: Proof
    dual: Dual | None = None

    @property
    def proven(self) -> bool:
        """Whether the value is the best there is."""
        return self.proof != "none"


@dataclass(frozen=True)
class CalendarOutcome:
    """An answer to a calendar problem.

    Parameters
    ----------
    appointments : Appointments
        They keep every rule.
    tiers : tuple of TierOutcome
        One a tier of the problem.
    lottery_proven : bool
        Whether the tie-break lottery was carried out to its end, on the face of every goal.
    cut_short : bool
        Whether the wall limit ended the search.
    before : tuple of (int or None)
        For each goal what it came to before its own search; None where it had none.
    """

    appointments: Appointments
    tiers: tuple[TierOutcome, ...]
    lottery_proven: bool
    cut_short: bool = False
    before: tuple[int | None, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every goal is proved, the lottery too."""
        return self.lottery_proven and all(tier.proven for tier in self.tiers)


@dataclass(frozen=True)
class Effort:
    """How long a method may try.

    Parameters
    ----------
    seconds : float
        What the search may take on an ordinary machine; it sets the number of moves and branches,
        which is counted, not timed, so that the same figure gives the same answer.
    deadline : float or None
        `time.monotonic()` at which the search must end, whatever is done by then.
    progress : callable (tier number from 1, text)
    """

    seconds: float = 40.0
    deadline: float | None = None
    progress: Callable[[int, str], None] = lambda tier, text: None
