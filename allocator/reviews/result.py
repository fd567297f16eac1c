"""A schedule with all that is published of it."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.calendar.outcome import TierOutcome
from allocator.reviews.build import Built
from allocator.reviews.certificate_file import certificate_content
from allocator.reviews.goal_values import goal_entries, lottery_record, status_of
from allocator.reviews.moves import moves
from allocator.reviews.reasons import sentences
from allocator.reviews.schedule import Schedule, ScheduleResult
from allocator.reviews.tables_out import counts, schedule_table, second_reads_table


def result_of(
    built: Built,
    schedule: Schedule,
    tiers: Sequence[TierOutcome],
    lottery_proven: bool,
    seconds: dict[str, float],
    cut_short: bool = False,
) -> ScheduleResult:
    """Return a schedule in the programme's own terms.

    Parameters
    ----------
    built : Built
    schedule : Schedule
        It keeps every rule.
    tiers : sequence of TierOutcome
        One a tier of the problem.
    lottery_proven : bool
    seconds : dict of str to float
        Wall seconds by step.
    cut_short : bool
        Whether the wall limit ended the search.
    """
    goals = goal_entries(built, tiers, lottery_proven)
    return ScheduleResult(
        programme=built.programme,
        schedule=schedule,
        table=schedule_table(built, schedule, sentences(built, schedule)),
        second_reads=second_reads_table(built, schedule),
        goals=goals,
        status=status_of(goals),
        certificate=certificate_content(built, tiers),
        lottery=lottery_record(built.programme.policy),
        counts=counts(built, schedule),
        moves=moves(built, schedule),
        seconds=seconds,
        cut_short=cut_short,
    )
