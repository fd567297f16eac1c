"""A schedule replayed with volunteers who drop out, in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.programme_grids import count, figures, grid, words
from allocator.report.programme_shown import Block
from allocator.report.words import one_or_more

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allocator.report.programme_shown import Column
    from allocator.reviews.replay import Replay, Spread


def replay_block(told: Sequence[Replay], cases: int) -> Block:
    """Say what is left when volunteers drop out and nobody steps in.

    Parameters
    ----------
    told : sequence of Replay
        One a chance; the first is the one that the chart shows.
    cases : int
        Cases of the programme.
    """
    first = told[0]
    low, high = left_range(first.total, cases)
    lines = (
        "No schedule is carried out to the letter. This one was replayed "
        f"{one_or_more(first.runs, 'time', 'times')}: each volunteer misses each week to come with a chance "
        f"of {chance(first)}, by a published seed, and nobody steps in. The range holds nine replays in ten.",
        f"Then between {count(low)} and {count(high)} cases are left at the end, in place of "
        f"{count(cases - first.total.planned)}. The chance is an assumption, not a measurement; the table "
        "says how much hangs on it.",
    )
    columns: list[Column] = [
        *words("Chance to miss a week"),
        *figures("Planned", "Left, as planned", "Left, on average", "Left, from", "to"),
    ]
    rows = []
    for each in sorted(told, key=lambda each: each.drop_out):
        low, high = left_range(each.total, cases)
        average = f"{cases - each.total.expected:,.1f}"
        planned = each.total.planned
        rows.append((chance(each), count(planned), count(cases - planned), average, count(low), count(high)))
    return Block(lines=lines, grids=(("What is left when volunteers drop out", grid(columns, rows)),))


def left_range(done: Spread, cases: int) -> tuple[int, int]:
    """Return how many cases are left in nine replays of ten: at least and at most."""
    return cases - done.high, cases - done.low


def chance(told: Replay) -> str:
    """Write the chance of dropping out, in per cent."""
    return f"{100 * told.drop_out:g}%"
