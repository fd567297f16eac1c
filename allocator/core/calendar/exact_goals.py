"""Each goal of a calendar problem as a sum over the variables of a CP-SAT model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.core.calendar.exact_model import Model
from allocator.core.calendar.problem import (
    Appointments,
    Ints,
    KeptTier,
    LoadTier,
    PairTier,
    SpreadTier,
    Tier,
    TimeTier,
)
from allocator.core.calendar.rules import shares, value
from allocator.errors import ProblemError

# Steps of a worker's load in all periods that are told apart.
_LOADS = 2**20


@dataclass(frozen=True)
class Goal:
    """A goal's value: `constant` + `unit` × the sum of factors × variables.

    Where a goal brings variables of its own, the sum may be worse than the value, and an
    optimal sum is not.

    Parameters
    ----------
    variables, factors : int64, shape (n_terms,)
    constant : int
    unit : int
        Not 0; below 0 where the value falls as the sum grows.
    better : {1, -1}
        Whether more (1) or less (-1) of the sum is better.
    """

    variables: Ints
    factors: Ints
    constant: int
    unit: int
    better: Literal[1, -1]

    def aim(self, model: Model) -> None:
        """Make the sum the objective."""
        model.aim(self.variables, self.factors, self.better)

    def hold(self, model: Model, figure: int) -> None:
        """Keep the value at least as good as a figure."""
        if self.better > 0:
            # Rounded up to where the value is no worse; the unit may be below 0.
            least = -((self.constant - figure) // self.unit)
            model.at_most(self.variables, -self.factors, -least)
        else:
            model.at_most(self.variables, self.factors, (figure - self.constant) // self.unit)

    def read(self, total: int) -> int:
        """Return the value at a sum."""
        return self.constant + self.unit * total


def goal_of(model: Model, tier: Tier, limit: int | None) -> Goal:
    """Write a goal as a sum, with the variables and rows that it takes.

    Parameters
    ----------
    model : Model
        Variables and rows are added to it.
    tier : Tier
    limit : int or None
        A value of the goal that is known to be within reach; nothing worse is asked for after.

    Returns
    -------
    Goal

    Raises
    ------
    ProblemError
        When a sum leaves 31 bits, or a load has too many steps.
    """
    if isinstance(tier, LoadTier):
        return _load(model, tier, limit)
    if isinstance(tier, SpreadTier):
        return _spread(model, tier)
    if isinstance(tier, TimeTier):
        gains = tier.gain[model.first.agent, model.first.period]
        return _sum(np.arange(len(gains)), gains, tier.base, tier.sense)
    if isinstance(tier, PairTier):
        counted = np.flatnonzero(tier.suits[model.first.agent, model.first.worker])
    elif isinstance(tier, KeptTier):
        counted = np.flatnonzero(model.first.chosen(tier.worker, tier.period))
    else:
        counted = model.second_numbers(range(len(model.second)))
    return _sum(counted, np.ones(len(counted), dtype=np.int64), tier.base, 1)


def _sum(variables: Ints, gains: Ints, base: int, sense: int) -> Goal:
    """Write base + sense × gains with the gains' common divisor taken out."""
    some = gains != 0
    unit = math.gcd(*gains[some].tolist()) or 1
    return Goal(variables[some], gains[some] // unit, base, sense * unit, 1)


def _load(model: Model, tier: LoadTier, limit: int | None) -> Goal:
    """Write the largest share as one variable, above 1000 × taken ÷ offered of each worker.

    It takes the shares of loads that whole agents sum to, and no figure between.
    """
    problem = model.problem
    none = value(problem, tier, Appointments.none(problem.n_agents))
    figures, rows = {none}, []
    for v in np.flatnonzero(tier.offered > 0).tolist():
        here = np.flatnonzero(model.first.worker == v)
        agents = np.unique(model.first.agent[here])
        loads = _loads(problem.size[agents].tolist(), int(problem.room[v].sum()))
        found = shares(tier.taken[v] + loads, np.full(len(loads), tier.offered[v]))
        if found[-1] > none:
            rows.append((v, here))
            figures.update(found.tolist())
    top = max(figures) if limit is None else max(limit, none)
    held = sorted(figure for figure in figures if none <= figure <= top)
    gap = model.integer(held, lambda made: value(problem, tier, made))
    for v, here in rows:
        size = problem.size[model.first.agent[here]]
        factors = [*(1000 * size).tolist(), -int(tier.offered[v])]
        model.at_most([*here.tolist(), gap], factors, -1000 * int(tier.taken[v]))
    return Goal(np.array([gap]), np.array([1]), 0, 1, -1)


def _loads(sizes: list[int], room: int) -> Ints:
    """Return what some of the sizes can sum to, up to a room; ascending, from 0."""
    unit = math.gcd(*sizes) or 1
    most = min(room, sum(sizes)) // unit
    if most > _LOADS:
        raise ProblemError(
            f"a worker's load may come to {most} steps, and the exact method tells {_LOADS} apart: "
            "give sizes in a coarser unit"
        )
    # Bit k is 1 where k units can be reached.
    bits, mask = 1, (1 << (most + 1)) - 1
    for size in sizes:
        bits |= bits << (size // unit) & mask
    octets = np.frombuffer(bits.to_bytes(most // 8 + 1, "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(octets, bitorder="little")) * unit


def _spread(model: Model, tier: SpreadTier) -> Goal:
    """Write a pair of family and worker as one variable, or as the one agent that alone could bring it."""
    family = tier.family[model.first.agent]
    fresh = np.flatnonzero(~tier.met[family, model.first.worker])
    pair = family[fresh] * model.problem.n_workers + model.first.worker[fresh]
    counted: list[int] = []
    for code in np.unique(pair).tolist():
        spots = fresh[pair == code]
        agents = model.first.agent[spots]
        if len(np.unique(agents)) == 1:
            counted.extend(spots.tolist())
            continue
        worker, relatives = code % model.problem.n_workers, np.unique(agents)
        met = model.integer([0, 1], _meets(relatives, worker))
        counted.append(met)
        for agent in relatives.tolist():
            own = spots[agents == agent]
            model.at_most([*own.tolist(), met], [1] * len(own) + [-1], 0)
    return Goal(np.array(counted, dtype=np.int64), np.ones(len(counted), dtype=np.int64), tier.base, 1, -1)


def _meets(agents: Ints, worker: int) -> Callable[[Appointments], int]:
    """Return how to tell from appointments whether the worker does one of the agents."""
    return lambda made: int(np.any(made.worker[agents] == worker))
