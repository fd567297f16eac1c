"""One figure of a plan: how many volunteers, whom to ask for, how far proved, and how well filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from allocator.reviews.figures import exact_hours
from allocator.reviews.plan_load import Load
from allocator.reviews.plan_packing import Packing, first_fit, holds, realised
from allocator.reviews.plan_solver import fewest, narrowest
from allocator.reviews.programme import Programme


@dataclass(frozen=True)
class Ask:
    """Volunteers of one kind to ask for.

    Parameters
    ----------
    phase : str
        The code that they know; "" for any.
    needs : tuple of str
        Codes that they know; empty for any.
    volunteers : int
    cases : int
        Cases that they read.
    hours : Fraction
        Hours of these, handling included.
    offered : Fraction
        Hours that they give; the rest of it is left over.
    """

    phase: str
    needs: tuple[str, ...]
    volunteers: int
    cases: int
    hours: Fraction
    offered: Fraction


@dataclass(frozen=True)
class PlanFigure:
    """A number of volunteers that clears the cases planned.

    Parameters
    ----------
    volunteers : int
        Enough: every case was put into one of their weeks.
    bound : int
        No plan of this kind needs fewer.
    proof : {"bound", "solver", "none"}
        "bound": counting alone shows that fewer cannot do; "solver": the search of an integer programme
        ended; "none": the bound is below the number.
    narrow_proven : bool
        Whether it is proved that, with so many, no fewer have to know any need. True where nobody is
        asked to.
    asks : tuple of Ask
        Whom to ask for; the numbers sum to `volunteers`.
    cases : int
        Cases planned.
    packed : bool
        Whether the cases, one by one, were found to fit the volunteers' weeks, needs and the weeks
        that they are ready in. Asked independently of the search.
    left_over : Fraction
        Hours given that no case is put into.
    """

    volunteers: int
    bound: int
    proof: Literal["bound", "solver", "none"]
    narrow_proven: bool
    asks: tuple[Ask, ...]
    cases: int
    packed: bool
    left_over: Fraction

    @property
    def proven(self) -> bool:
        """Whether fewer volunteers cannot do."""
        return self.proof != "none"


def one_load(programme: Programme, load: Load, groups: tuple[tuple[str, ...], ...], phase: str) -> PlanFigure:
    """Solve for cases that one phase, or anybody, can read.

    Parameters
    ----------
    programme : Programme
    load : Load
    groups : tuple of tuple of str
        The needs of each group of the load; empty where needs are not asked after.
    phase : str
        "" for any.
    """
    packing, bound, ended = _fewest(load)
    number = len(packing.kind)
    narrow, narrow_proven = (packing, not groups) if number == 0 else _narrowed(load, packing, groups)
    proof: Literal["bound", "solver", "none"] = "solver" if ended else "none"
    if number == load.least_volunteers():
        proof = "bound"
    asks = _asks(programme, load, narrow, groups, phase)
    return PlanFigure(
        volunteers=number,
        bound=number if proof != "none" else bound,
        proof=proof,
        narrow_proven=narrow_proven,
        asks=asks,
        cases=len(load.size),
        packed=holds(load, narrow),
        left_over=sum((ask.offered - ask.hours for ask in asks), Fraction(0)),
    )


def _fewest(load: Load) -> tuple[Packing, int, bool]:
    """Return a packing of all cases, the bound by counting, and whether the search ended."""
    bound = load.least_volunteers()
    packing = first_fit(load, bound)
    if len(packing.kind) == bound:
        return packing, bound, False
    solved = fewest(load)
    if solved is not None:
        found = realised(load, solved)
        if holds(load, found) and len(found.kind) <= len(packing.kind):
            return found, bound, solved.best
    return packing, bound, False


def _narrowed(load: Load, packing: Packing, groups: tuple[tuple[str, ...], ...]) -> tuple[Packing, bool]:
    """Return a packing with as many volunteers, and as few of any need as can be found."""
    if not groups:
        return packing, True
    solved = narrowest(load, len(packing.kind))
    if solved is None:
        return packing, False
    found = realised(load, solved)
    if not holds(load, found):
        return packing, False
    return found, solved.best or not int(solved.volunteers[0])


def _asks(
    programme: Programme, load: Load, packing: Packing, groups: tuple[tuple[str, ...], ...], phase: str
) -> tuple[Ask, ...]:
    kind = packing.kind[packing.volunteer]
    found = []
    for k, needs in enumerate([(), *groups]):
        number = int(np.count_nonzero(packing.kind == k))
        if number:
            size = load.size[kind == k]
            offered = exact_hours(number * load.weeks * load.room, programme)
            found.append(Ask(phase, needs, number, len(size), exact_hours(size.sum(), programme), offered))
    return tuple(sorted(found, key=lambda ask: (-ask.volunteers, ask.needs)))


def together(figures: Sequence[PlanFigure]) -> PlanFigure:
    """Return the sum of figures whose cases and volunteers have nothing to do with each other."""
    proofs = {figure.proof for figure in figures}
    return PlanFigure(
        volunteers=sum(figure.volunteers for figure in figures),
        bound=sum(figure.bound for figure in figures),
        proof="none" if "none" in proofs else "solver" if "solver" in proofs else "bound",
        narrow_proven=all(figure.narrow_proven for figure in figures),
        asks=tuple(ask for figure in figures for ask in figure.asks),
        cases=sum(figure.cases for figure in figures),
        packed=all(figure.packed for figure in figures),
        left_over=sum((figure.left_over for figure in figures), Fraction(0)),
    )
