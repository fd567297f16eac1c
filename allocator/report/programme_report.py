"""Render a review programme's report as one HTML file that opens offline, reads well and prints well."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from allocator.report import programme_charts as charts
from allocator.report.hours import grouped, total
from allocator.report.programme_summary import summarise
from allocator.report.render import environment as plain_environment
from allocator.report.words import day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

    from allocator.report.charts import Drawing
    from allocator.report.programme_accounts import Accounts
    from allocator.report.programme_shown import ProgrammeSummary, Week
    from allocator.reviews.schedule import ScheduleResult


def render(result: ScheduleResult, accounts: Accounts | None = None) -> str:
    """Render the report of a review programme.

    Parameters
    ----------
    result : ScheduleResult
    accounts : Accounts, optional
        Those of the result, where they have been made already.

    Returns
    -------
    str
        One HTML page with its style and charts inside: no script, no request, no other file.
    """
    return page(summarise(result, accounts))


def page(summary: ProgrammeSummary) -> str:
    """Render a summary; the same summary gives the same text."""
    template = environment().get_template("programme.html")
    return template.render(summary=summary, drawings=draw_all(summary)).lstrip()


@cache
def environment() -> Environment:
    """Set up the templates of a programme: hours are text, and are written with all their decimals."""
    made = plain_environment().overlay()
    # Not in place: an overlay shares its filters with what it lies over.
    made.filters = {**made.filters, "hours": grouped, "day": whole_day, "sum_hours": free_hours}
    return made


def whole_day(text: str) -> str:
    """Write an ISO day in full."""
    return day(dt.date.fromisoformat(text))


def free_hours(weeks: Iterable[Week]) -> str:
    """Add up the hours that stay unused."""
    return grouped(total(week.free for week in weeks))


def draw_all(summary: ProgrammeSummary) -> dict[str, Drawing]:
    """Draw each chart that has something to show; its SVG is markup of our own making."""
    drawn = {"load": charts.draw_load(summary), "clearance": charts.draw_clearance(summary)}
    if summary.priorities:
        drawn["priorities"] = charts.draw_priorities(summary)
    return {name: replace(each, svg=Markup(each.svg)) for name, each in drawn.items()}
