"""What every answer to a calendar problem owes, proved or not."""

from __future__ import annotations

from allocator.core.calendar.outcome import CalendarOutcome
from allocator.core.calendar.problem import CalendarProblem
from allocator.core.calendar.rules import better, breaches, values


def check_honest(problem: CalendarProblem, outcome: CalendarOutcome, best: list[int] | None = None) -> None:
    """Rules are kept, values are what appointments come to, and no bound is beaten by the best there is."""
    assert breaches(problem, outcome.appointments) == {}
    assert [tier.value for tier in outcome.tiers] == values(problem, outcome.appointments)
    for k, (tier, reached) in enumerate(zip(problem.tiers, outcome.tiers, strict=True)):
        assert better(tier) * (reached.bound - reached.value) >= 0
        assert reached.proven == (reached.bound == reached.value)
        if best is not None and [t.value for t in outcome.tiers[:k]] == best[:k]:
            assert better(tier) * (reached.bound - best[k]) >= 0
            assert not reached.proven or reached.value == best[k]
