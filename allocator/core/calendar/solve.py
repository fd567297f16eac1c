"""Which method solves a calendar problem, and how their answers are put together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from allocator.core.calendar import child
from allocator.core.calendar.certificate import bound
from allocator.core.calendar.outcome import CalendarOutcome, Dual, Effort, TierOutcome
from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.calendar.rules import better, values

# Up to so many yes-or-no questions a problem is solved where it stands, without another process.
TINY = 600
# Up to so many the exact method comes first, and mostly needs nothing else.
SOON = 1_500
# Up to so many it follows the search.
SMALL = 4_000
# The part of the effort that the search has where the exact method follows.
_FIRST = 0.3
# The part that the exact method has where it comes first.
_SOON_PART = 0.6


def solve(problem: CalendarProblem, effort: Effort | None = None) -> CalendarOutcome:
    """Solve a calendar problem: exactly where it is small, and as far as the effort goes elsewhere.

    Parameters
    ----------
    problem : CalendarProblem
    effort : Effort or None

    Returns
    -------
    CalendarOutcome
        Appointments that keep every rule; for each goal its value, a bound, and how it is proved.

    Raises
    ------
    ProblemError
        When a solving process ends without an answer.
    """
    effort = effort or Effort()
    questions = _questions(problem)
    if questions <= TINY:
        from allocator.core.calendar.exact import solve_exactly

        return certified(problem, solve_exactly(problem, effort), effort.deadline)
    if questions > SMALL:
        return certified(problem, child.run("search", problem, effort) or _nothing(problem), effort.deadline)
    before = None
    if questions <= SOON:
        before = child.run("exact", problem, _part(effort, _SOON_PART)) or _nothing(problem)
        if before.proven or before.cut_short:
            return certified(problem, before, effort.deadline)
        effort = _part(effort, 1 - _SOON_PART)
    found = child.run("search", problem, _part(effort, _FIRST)) or _nothing(problem)
    if not found.proven and not found.cut_short:
        found = _exactly(problem, _part(effort, 1 - _FIRST), found)
    if before is not None and _rank(problem, before) >= _rank(problem, found):
        found = replace(before, cut_short=found.cut_short)
    return certified(problem, found, effort.deadline)


def _part(effort: Effort, part: float) -> Effort:
    return replace(effort, seconds=effort.seconds * part)


def _questions(problem: CalendarProblem) -> int:
    """Count who could do which agent when, conflicts left out: an upper bound, cheap to have."""
    rooms = problem.room[problem.most > 0].reshape(-1)
    return sum(int((rooms >= size).sum()) for size in problem.size.tolist())


def _exactly(problem: CalendarProblem, effort: Effort, found: CalendarOutcome) -> CalendarOutcome:
    """Carry a search's answer on by the exact method, from the first goal that it left open."""
    known = tuple(takewhile(lambda tier: tier.proven, found.tiers))
    exact = child.run("exact", problem, effort, found.appointments, known)
    if exact is None:
        return replace(found, cut_short=True)
    return exact if _rank(problem, exact) >= _rank(problem, found) else found


def _rank(problem: CalendarProblem, outcome: CalendarOutcome) -> list[int]:
    return [
        better(tier) * value
        for tier, value in zip(problem.tiers, values(problem, outcome.appointments), strict=True)
    ]


def _nothing(problem: CalendarProblem) -> CalendarOutcome:
    """Answer that nothing is done: the deadline came before there was anything better."""
    made = Appointments.none(problem.n_agents)
    reached = values(problem, made)
    tiers = tuple(TierOutcome(at, bound(problem, k, reached, None), "none") for k, at in enumerate(reached))
    return replace(certified(problem, CalendarOutcome(made, tiers, False), time.monotonic()), cut_short=True)


def certified(
    problem: CalendarProblem, outcome: CalendarOutcome, deadline: float | None = None
) -> CalendarOutcome:
    """Give every goal the best bound that the checker can follow, and say where it meets the value."""
    reached = [tier.value for tier in outcome.tiers]
    duals = _duals(problem, outcome.tiers, deadline)
    tiers = [_bounded(problem, k, reached, tier, duals.get(k)) for k, tier in enumerate(outcome.tiers)]
    return replace(outcome, tiers=tuple(tiers))


def _bounded(
    problem: CalendarProblem, k: int, reached: Sequence[int], tier: TierOutcome, dual: Dual | None
) -> TierOutcome:
    if tier.proof == "bound":
        return tier
    sign = better(problem.tiers[k])
    for each in (None, tier.dual or dual):
        found = bound(problem, k, reached, each)
        if found == tier.value:
            return TierOutcome(tier.value, found, "bound", each)
        if tier.proof == "none" and sign * (found - tier.bound) < 0:
            tier = TierOutcome(tier.value, found, "none", each)
    return tier


def _duals(problem: CalendarProblem, tiers: Sequence[TierOutcome], deadline: float | None) -> dict[int, Dual]:
    """Find multipliers for goals about time that come first and have none."""
    from allocator.core.calendar.prices import multipliers
    from allocator.core.calendar.programme import programme_of, time_tiers

    first = time_tiers(problem)
    wanting = [k for k in range(len(first)) if tiers[k].proof != "bound" and tiers[k].dual is None]
    late = deadline is not None and time.monotonic() > deadline
    if not wanting or late or not problem.n_agents or not problem.n_workers:
        return {}
    programme = programme_of(problem, first)
    gains = [t.sense * (found.value - t.base) for t, found in zip(first, tiers, strict=False)]
    found = {k: multipliers(problem, programme, k, gains[:k], deadline) for k in wanting}
    return {k: dual for k, dual in found.items() if dual is not None}
