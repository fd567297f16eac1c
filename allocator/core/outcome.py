"""What a method answers: how much is proved, the assignment, its prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from allocator.core.assignment import Assignment
from allocator.core.problem import Ints

Progress = Callable[[int, int], None]


class Status(Enum):
    """How much of the answer is proved."""

    PROVED_OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True)
class Prices:
    """Dual prices, one integer a tier for each option and each group.

    Parameters
    ----------
    option : int64, shape (n_tiers, n_options)
        Price of a place at each option, in the tier's unit.
    group : int64, shape (n_tiers, n_groups)
        The part of that price that the group's total causes; 0 where it has none.
    """

    option: Ints
    group: Ints


@dataclass(frozen=True)
class Outcome:
    """Status, assignment and proof, three separate things.

    Parameters
    ----------
    status : Status
    assignment : Assignment
    prices : Prices
        Of the first `tiers_proved` tiers; zero in later ones.
    tiers_proved : int
        Tiers, from the first, for which the prices prove the assignment best.
    seconds : mapping of step to wall seconds
    """

    status: Status
    assignment: Assignment
    prices: Prices
    tiers_proved: int
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """How a method works, never what it answers.

    Parameters
    ----------
    deadline : float or None
        Wall clock (`time.monotonic`, seconds) after which no further tier is begun.
    progress : callable or None
        Called with the tier begun and the number of tiers.
    proved : callable or None
        Called with the outcome so far after each tier that is proved.
    """

    deadline: float | None = None
    progress: Progress | None = None
    proved: Callable[[Outcome], None] | None = None
