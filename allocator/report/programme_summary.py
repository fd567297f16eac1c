"""Sum up a review programme: everything that its report shows, in one model that turns into JSON."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from importlib import metadata
from typing import TYPE_CHECKING, Any

from allocator.report.hours import fraction_text
from allocator.report.programme_accounts import Accounts, accounts_of
from allocator.report.programme_capacity import capacity_block, unfilled_block
from allocator.report.programme_coverage import coverage_block
from allocator.report.programme_figures import priorities_of, weeks_of
from allocator.report.programme_goals import claims_of, goals_of, status_words
from allocator.report.programme_grids import hours, maybe_day, share, shortened
from allocator.report.programme_left import left_block, passed_block
from allocator.report.programme_moves import moves_block
from allocator.report.programme_plan import plan_block
from allocator.report.programme_replay import replay_block
from allocator.report.programme_rules import rules_of
from allocator.report.programme_shown import ProgrammeSummary, Rate
from allocator.report.rules import lottery_of
from allocator.report.shown import Named, Read
from allocator.report.summary import cut, last_name, warned
from allocator.report.words import day
from allocator.reviews.weeks import open_weeks

if TYPE_CHECKING:
    from allocator.reviews.endings import Ending
    from allocator.reviews.schedule import ScheduleResult

__all__ = ["ProgrammeSummary", "summarise"]

# The libraries that a schedule rests on.
LIBRARIES = ("numpy", "ortools", "pandas", "scipy")
CAVEATS = (
    "It is a plan of who reads what, not a decision on any child. A volunteer recommends; an officer of the "
    "authority decides whether a plan is maintained, amended or ceased, and signs off.",
    "It does not say how long a case really takes. The hours are those of the input, and a volunteer may "
    "need more or less.",
    "It knows no conflict of interest that nobody has declared or put on file. What a missing trust or "
    "declaration could hide is listed under conflict coverage; nothing is assumed absent.",
    "New cases that fall due while the programme runs are in no figure of it.",
    "“Proved best” says that no other schedule of these cases does better by the policy as written, on the "
    "figures as given. It does not say that the policy, the priorities or the hours are right.",
    "It holds ids of single cases, and small numbers are shown as they are. It is for the review lead; it is "
    "not for volunteers, and not for publication.",
    "It is not legal advice.",
)
FRIDAY = 4


def summarise(result: ScheduleResult, accounts: Accounts | None = None) -> ProgrammeSummary:
    """Sum up a review programme for its report.

    Parameters
    ----------
    result : ScheduleResult
    accounts : Accounts, optional
        Those of the result, where they have been made already.
    """
    told = accounts_of(result) if accounts is None else accounts
    programme, counts = result.programme, result.counts
    heading = programme.policy.programme
    weeks = told.backlog.weeks
    offered, taken, second = (
        sum((getattr(week, name) for week in weeks), Fraction(0)) for name in ("offered", "taken", "second")
    )
    return ProgrammeSummary(
        id=heading.id,
        start=day(heading.start),
        end=day(heading.last + dt.timedelta(days=FRIDAY)),
        as_of=day(heading.as_of),
        weeks_open=int(open_weeks(heading).sum()),
        allocator=metadata.version("allocator"),
        proven=all(entry["proven"] and entry["proof"] == "bound" for entry in result.goals if _counts(entry)),
        status=status_words(result.goals, result.cut_short),
        claims=claims_of(result.goals),
        cases=counts["cases"],
        scheduled=counts["scheduled"],
        fixed=counts["fixed"],
        backlog=counts["backlog"],
        hours_left=fraction_text(told.backlog.left_hours),
        second_picked=counts["second_reads_picked"],
        second_reads=counts["second_reads"],
        volunteers=counts["volunteers"],
        volunteers_used=counts["volunteers_used"],
        offered=fraction_text(offered),
        taken=fraction_text(taken),
        taken_second=fraction_text(second),
        share_taken=share(taken + second, offered),
        priorities=priorities_of(result),
        weeks=weeks_of(result, told),
        rates=tuple(_rate(each) for each in told.backlog.endings),
        capacity=shortened(capacity_block(told.capacity)),
        replay=replay_block(told.replays, counts["cases"]),
        left_behind=shortened(left_block(told.left_behind)),
        passed_over=shortened(passed_block(told.left_behind)),
        plan=shortened(plan_block(told.plan)),
        unfilled=shortened(unfilled_block(told.capacity)),
        moves=shortened(moves_block(result)),
        coverage=shortened(coverage_block(told.coverage)),
        goals=goals_of(result.goals),
        rules=rules_of(programme),
        lottery=lottery_of(programme.policy.lottery.seed, result.lottery),
        warnings=cut([warned(each.as_json()) for each in programme.warnings], "run.json, under warnings"),
        folder=last_name("" if programme.folder is None else str(programme.folder)),
        inputs=tuple(Read(name=each.name, sha256=each.sha256) for each in programme.inputs),
        versions=tuple(Named(name=name, value=metadata.version(name)) for name in LIBRARIES),
        seconds=tuple(Named(name=name, value=f"{value:.2f}") for name, value in result.seconds.items()),
        caveats=CAVEATS,
    )


def _counts(entry: dict[str, Any]) -> bool:
    return bool(entry["measure"] != "lottery")


def _rate(ending: Ending) -> Rate:
    number = ending.worked_weeks
    over = "all the weeks worked" if ending.basis == "whole" else f"the last {number} weeks worked"
    return Rate(
        over=over,
        cases_a_week=f"{float(ending.cases_per_week):,.1f}",
        hours_a_week=hours(ending.hours_per_week),
        ends_by_cases=maybe_day(ending.ends_by_cases),
        ends_by_hours=maybe_day(ending.ends_by_hours),
    )
