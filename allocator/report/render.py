"""Render a summary as one HTML file that opens offline, reads well and prints well."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from allocator.report import charts
from allocator.report.words import one_or_more, ordinal, percent

if TYPE_CHECKING:
    from allocator.report.charts import Drawing
    from allocator.report.shown import Placed, Summary


def render(summary: Summary) -> str:
    """Render the report of a round.

    Parameters
    ----------
    summary : Summary
        Everything that the report shows.

    Returns
    -------
    str
        One HTML page with its style and charts inside: no script, no request, no other file. The
        same summary gives the same text.
    """
    template = environment().get_template("report.html")
    return template.render(
        summary=summary,
        drawings=draw_all(summary),
        placed_by_school=by_school(summary.placed.rows),
        most_schools=charts.MOST_SCHOOLS,
    )


@cache
def environment() -> Environment:
    """Set up the templates: every value is escaped, and a missing one is an error."""
    made = Environment(
        loader=PackageLoader("allocator.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        n=lambda number: f"{number:,}",
        pounds=lambda number: f"£{number:,}",
        millions=short_pounds,
        minutes=lambda number: "–" if number is None else f"{number:.1f}",
        ordinal=ordinal,
    )
    made.globals.update(percent=percent, count=one_or_more)
    return made


def draw_all(summary: Summary) -> dict[str, Drawing]:
    """Draw each chart that has something to show; its SVG is markup of our own making."""
    wanted = {
        "bands": (charts.draw_bands, summary.total.children > 0),
        "schools": (charts.draw_schools, len(summary.schools.rows) > 0),
        "travel": (charts.draw_travel, len(summary.travel.bins) > 0),
        "choices": (charts.draw_choices, summary.choices.asked > 0),
    }
    drawn = {name: draw(summary) for name, (draw, there) in wanted.items() if there}
    return {name: replace(each, svg=Markup(each.svg)) for name, each in drawn.items()}


def by_school(rows: tuple[Placed, ...]) -> list[list[Placed]]:
    """Group placed children, which stand in order of school, by school."""
    return [list(rows) for _, rows in groupby(rows, key=lambda row: row.school_id)]


def short_pounds(number: int) -> str:
    """Write a large sum of pounds in millions, a small one in full."""
    return f"£{number / 1e6:,.2f}m" if number >= 1_000_000 else f"£{number:,}"
