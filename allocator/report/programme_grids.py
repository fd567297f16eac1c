"""Tables of text, for the page: what a cell says, and how a long list is cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction

from allocator.report.hours import fraction_text, grouped
from allocator.report.programme_shown import Block, Column, Grid
from allocator.report.words import day

# A table that lists single cases or volunteers holds no more rows than these.
MOST_ROWS = 30


def words(*names: str) -> list[Column]:
    """Make columns of words."""
    return [Column(name=name) for name in names]


def figures(*names: str) -> list[Column]:
    """Make columns of figures."""
    return [Column(name=name, number=True) for name in names]


def grid(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], foot: Sequence[str] = (), where: str = ""
) -> Grid:
    """Make a table.

    Parameters
    ----------
    columns : sequence of Column
    rows : iterable of sequence of str
        As many cells as there are columns.
    foot : sequence of str
        The sums, in bold; or nothing.
    where : str
        Where all its rows are to be found; "" for a table that is never cut.
    """
    every = tuple(tuple(row) for row in rows)
    return Grid(columns=tuple(columns), rows=every, foot=tuple(foot), total=len(every), where=where)


def shortened(block: Block) -> Block:
    """Cut the tables that say where all their rows are: a page must open anywhere, and be printable."""
    return block.model_copy(
        update={
            "grids": tuple(
                (caption, each.model_copy(update={"rows": each.rows[:MOST_ROWS]}) if each.where else each)
                for caption, each in block.grids
            )
        }
    )


def hours(figure: Fraction) -> str:
    """Write exact hours; a share of them that is no decimal is rounded to a tenth."""
    return grouped(fraction_text(figure))


def count(number: int | None) -> str:
    """Write a whole number, one below nought with a true minus; "–" for none."""
    return "–" if number is None else f"{number:,}".replace("-", "−")


def share(part: Fraction, whole: Fraction) -> str:
    """Write a part in per cent, to a tenth."""
    return f"{float(100 * part / whole):.1f}%" if whole else "–"


def maybe_day(date: dt.date | None) -> str:
    """Write a date in full; "–" for none."""
    return day(date) or "–"
