"""Which cases a schedule leaves behind, who is passed over, and by which goal, in words and tables."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.report.programme_goals import NAMES
from allocator.report.programme_grids import count, figures, grid, hours, words
from allocator.report.programme_shown import Block
from allocator.report.words import one_or_more
from allocator.reviews.left_behind import AGE_BANDS, HOUR_BANDS

if TYPE_CHECKING:
    from allocator.report.programme_shown import Grid
    from allocator.reviews.left_behind import Band, Behind, LeftBehind
    from allocator.reviews.passed_over import PassedWay

WAYS = {
    "less_urgent": "by a case of a less urgent priority",
    "younger": "by a younger case of the same priority",
    "shorter": "by a shorter case of the same priority",
}
# What stands in place of a goal.
NO_GOAL = {
    "no_exchange": "no exchange of the two keeps the hours and rules",
    "lottery": "the lottery: no goal tells them apart",
    "open": "an exchange would be better: that goal was not brought to its end",
}


def left_block(told: LeftBehind) -> Block:
    """Say how many older or longer cases stand behind younger or shorter ones, and show all by band."""
    left = sum(each.left for each in told.behind)
    if not left:
        return Block(lines=("No case is left.",))
    either = sum(each.left_either for each in told.behind)
    lines = (
        f"Of {one_or_more(left, 'case', 'cases')} left, {count(either)} are older or longer than a case of "
        "the same priority that is scheduled. Counting cases alone favours short ones; a policy that puts "
        "“waited” before “scheduled” takes the oldest first.",
    )
    grids: list[tuple[str, Grid]] = [
        ("Cases left behind younger or shorter ones of their own priority", behind_grid(told.behind)),
        ("Cases left of all cases, by priority and hours of reading", hours_grid(told.bands)),
        ("Cases left of all cases, by priority and days overdue at the start", ages_grid(told.bands)),
    ]
    for level in sorted({each.priority for each in told.bands}):
        mine = [each for each in told.bands if each.priority == level]
        if sum(each.left for each in mine):
            grids.append((f"Priority {level}: cases left of all, by days overdue and hours", both_grid(mine)))
    return Block(lines=lines, grids=tuple(grids))


def behind_grid(behind: tuple[Behind, ...]) -> Grid:
    """Set the cases left beside those scheduled, a row a priority."""
    columns = [
        *words("Priority"),
        *figures(
            "Scheduled",
            "Left",
            "Left and older than one scheduled",
            "Left and longer than one scheduled",
            "Oldest left, days overdue",
            "Youngest scheduled, days overdue",
            "Longest left, hours",
            "Shortest scheduled, hours",
        ),
    ]
    rows = [
        (
            str(each.priority),
            count(each.scheduled),
            count(each.left),
            count(each.left_older),
            count(each.left_longer),
            count(each.oldest_left_days),
            count(each.youngest_scheduled_days),
            "–" if each.longest_left_hours is None else hours(each.longest_left_hours),
            "–" if each.shortest_scheduled_hours is None else hours(each.shortest_scheduled_hours),
        )
        for each in behind
    ]
    return grid(columns, rows)


def hours_grid(bands: tuple[Band, ...]) -> Grid:
    """Count cases left of all cases: a row a priority, a column a length."""
    return _crossed(bands, "Priority", "priority", "hour_band", HOUR_BANDS)


def ages_grid(bands: tuple[Band, ...]) -> Grid:
    """Count cases left of all cases: a row a priority, a column an age."""
    return _crossed(bands, "Priority", "priority", "age_band", AGE_BANDS)


def both_grid(bands: list[Band]) -> Grid:
    """Count cases left of all cases of one priority: a row an age, a column a length."""
    return _crossed(bands, "Days overdue", "age_band", "hour_band", HOUR_BANDS)


def _crossed(
    bands: tuple[Band, ...] | list[Band], head: str, down: str, across: str, names: tuple[str, ...]
) -> Grid:
    """Cross two splits: "12 of 30" is 12 left of 30 cases; "–" is no case at all."""
    there = [name for name in names if any(getattr(each, across) == name for each in bands)]
    kinds = {getattr(each, down) for each in bands}
    order = [name for name in AGE_BANDS if name in kinds] if down == "age_band" else sorted(kinds)

    def cell(mine: list[Band]) -> str:
        left, every = sum(each.left for each in mine), sum(each.left + each.scheduled for each in mine)
        return f"{left:,} of {every:,}" if every else "–"

    rows = []
    for name in order:
        mine = [each for each in bands if getattr(each, down) == name]
        cells = [cell([each for each in mine if getattr(each, across) == column]) for column in there]
        waits = sum((each.left_hours for each in mine), Fraction(0))
        rows.append((str(name), *cells, cell(mine), hours(waits)))
    foot = [cell([each for each in bands if getattr(each, across) == column]) for column in there]
    waits = sum((each.left_hours for each in bands), Fraction(0))
    columns = [*words(head), *figures(*there, "All", "Hours left")]
    return grid(columns, rows, ("All", *foot, cell(list(bands)), hours(waits)))


def passed_block(told: LeftBehind) -> Block:
    """Say who could have had another's appointment, and which goal gave it to the other."""
    over = told.passed_over
    if not over.left:
        return Block(lines=("No case is left, so nobody is passed over.",))
    lines = [
        f"{count(over.passed)} of {one_or_more(over.left, 'case', 'cases')} left could be read by the "
        "volunteer of a scheduled case that has less claim by itself: a less urgent, a younger or a shorter "
        "one. The table says which goal gives the appointment to the other. A case may be counted in more "
        "than one way."
    ]
    ways = [way for way in over.ways if way.cases]
    columns = [*words("Passed over", "What decides"), *figures("Cases")]
    rows = [
        (WAYS[way.way], goal_words(goal, level), count(number))
        for way in ways
        for goal, level, number in way.by_goal
    ]
    grids = [("Cases passed over, and what decides", grid(columns, rows))] if rows else []
    grids += [(f"The first of those passed over {WAYS[way.way]}", rows_grid(way)) for way in ways]
    return Block(lines=tuple(lines), grids=tuple(grids))


def goal_words(goal: str, level: int | None) -> str:
    """Name what decides between two cases."""
    if goal in NO_GOAL:
        return NO_GOAL[goal]
    return NAMES[goal] + ("" if level is None else f", priority {level}")


def rows_grid(way: PassedWay) -> Grid:
    """List the first cases that are passed over in one way."""
    columns = [
        *words("Case left"),
        *figures("Priority", "Hours", "Days overdue"),
        *words("Passed over by"),
        *figures("Priority", "Hours", "Days overdue"),
        *words("What decides"),
    ]
    rows = [
        (
            each.case_id,
            str(each.priority),
            hours(each.hours),
            count(each.days_overdue),
            each.by_case_id,
            str(each.by_priority),
            hours(each.by_hours),
            count(each.by_days_overdue),
            goal_words(each.goal, each.level),
        )
        for each in way.rows
    ]
    return grid(columns, rows)
