"""The cases that are not where an earlier schedule had them, and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from allocator.report.programme_grids import grid, words
from allocator.report.programme_shown import Block
from allocator.report.words import day, one_or_more

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allocator.reviews.schedule import ScheduleResult

WHERE = "schedule.xlsx, sheet moves"


def moves_block(result: ScheduleResult) -> Block:
    """Say how many cases move beside the earlier schedule; no line where there is none."""
    if result.programme.previous is None:
        return Block(lines=())
    moves = result.moves
    gained = sum(each["from"] is None for each in moves)
    lost = sum(each["to"] is None for each in moves)
    lines = [
        f"Beside the earlier schedule, {one_or_more(len(moves), 'case is', 'cases are')} elsewhere: "
        f"{len(moves) - gained - lost:,} with another volunteer or in another week, {lost:,} that had an "
        f"appointment and have none, {gained:,} that had none and have one. All others are where they were."
    ]
    if result.programme.handed_back is not None:
        back = one_or_more(len(result.programme.handed_back.rows), "case was", "cases were")
        lines.append(f"{back} handed back unread; that volunteer is never given it again.")
    rows = [
        (each["case_id"], appointment(each["from"]), appointment(each["to"]), str(each["why"]))
        for each in moves
    ]
    table = grid(words("Case", "Was", "Is", "Why"), rows, where=WHERE)
    return Block(lines=tuple(lines), grids=(("Who moves, and why", table),) if rows else ())


def appointment(told: Mapping[str, str] | None) -> str:
    """Write a volunteer and week, or that there is none."""
    if told is None:
        return "backlog"
    return f"{told['volunteer_id']}, week of {day(dt.date.fromisoformat(told['week']))}"
