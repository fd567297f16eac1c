"""Results made without a solver: they keep every rule, prove nothing, and are bounded by counting."""

from __future__ import annotations

from allocator.core.calendar import certificate, rules
from allocator.core.calendar.outcome import TierOutcome
from allocator.reviews.build import Built, build
from allocator.reviews.programme import Programme
from allocator.reviews.result import result_of
from allocator.reviews.schedule import Schedule, ScheduleResult
from reviews.greedy_schedules import greedy


def counted(built: Built, schedule: Schedule) -> list[TierOutcome]:
    """Return what every goal of a schedule comes to, with the bound that a count gives."""
    values = rules.values(built.problem, built.appointments(schedule))
    return [
        TierOutcome(value, certificate.bound(built.problem, k, values, None), "none")
        for k, value in enumerate(values)
    ]


def made_result(programme: Programme, share: float = 1.0) -> ScheduleResult:
    """Schedule a programme greedily, and publish it; `share` of the cases is tried at all."""
    built = build(programme)
    schedule = greedy(built, share)
    return result_of(built, schedule, counted(built, schedule), False, {})
