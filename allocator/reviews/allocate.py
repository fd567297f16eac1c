"""Schedule a programme: build, solve, check the rules, answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from allocator.core.calendar import rules, solve
from allocator.core.calendar.outcome import CalendarOutcome, Effort
from allocator.core.calendar.problem import CalendarProblem
from allocator.errors import ProblemError
from allocator.reviews.build import Built, build
from allocator.reviews.programme import Programme
from allocator.reviews.result import result_of
from allocator.reviews.schedule import ScheduleResult

Method = Callable[[CalendarProblem, Effort], CalendarOutcome]


def schedule(
    programme: Programme,
    effort: Effort | None = None,
    *,
    lottery_keys: Mapping[str, str] | None = None,
    method: Method = solve.solve,
) -> ScheduleResult:
    """Schedule a programme's cases by its policy's goals in strict order.

    Parameters
    ----------
    programme : Programme
    effort : Effort or None
        How long to try, and whom to tell.
    lottery_keys : mapping of case_id to hex digest, or None
        Lottery digests to carry, for cases whose ids were changed.
    method : callable
        Solves the calendar problem.

    Returns
    -------
    ScheduleResult

    Raises
    ------
    UsageError
        When the earlier schedule cannot be fixed.
    ProblemError
        When what the method answers breaks a rule or misstates a goal.
    """
    seconds: dict[str, float] = {}
    begun = time.monotonic()
    built = build(programme, lottery_keys)
    begun = _lap(seconds, "build", begun)
    outcome = method(built.problem, effort or Effort())
    begun = _lap(seconds, "solve", begun)
    _check(built, outcome)
    begun = _lap(seconds, "check", begun)
    result = result_of(
        built,
        built.schedule(outcome.appointments),
        outcome.tiers,
        outcome.lottery_proven,
        seconds,
        outcome.cut_short,
    )
    result = replace(result, before=_before(built, outcome))
    _lap(seconds, "answer", begun)
    return result


def _before(built: Built, outcome: CalendarOutcome) -> dict[str, int]:
    """Name what goals came to before their own turn, where they had one and are one tier."""
    pairs = zip(built.entries, outcome.before, strict=False)
    return {measure: at for (measure, level), at in pairs if at is not None and level is None}


def _lap(seconds: dict[str, float], step: str, begun: float) -> float:
    now = time.monotonic()
    seconds[step] = now - begun
    return now


def _check(built: Built, outcome: CalendarOutcome) -> None:
    """Refuse an outcome that does not hold: an answer is never published on trust."""
    broken = rules.breaches(built.problem, outcome.appointments)
    if broken:
        rule, who = next(iter(broken.items()))
        raise ProblemError(f"the method's own answer breaks the rule {rule!r}, at {who[:5].tolist()}")
    values = rules.values(built.problem, outcome.appointments)
    if [tier.value for tier in outcome.tiers] != values:
        raise ProblemError("the method's own answer misstates a goal")
