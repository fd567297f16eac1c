"""The charts of a review programme's report, each with its text in place of the picture."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import altair as alt

from allocator.report.charts import Drawing, number_axis, stacked
from allocator.report.drawing import BLUE, GREY, INK, ORANGE, TEAL, WHITE, draw, rows_of
from allocator.report.hours import grouped
from allocator.report.words import MONTHS, join_words, one_or_more

if TYPE_CHECKING:
    from allocator.report.programme_shown import ProgrammeSummary, Week

# More weeks than this leave no room for a number over each bar.
MOST_NUMBERED = 14
# A number is written inside its bar only where it takes this share of the highest bar.
ROOM = 0.09
# So many labels of weeks fit beneath one another's bars.
MOST_LABELS = 20
HEIGHT = 240
OFFERED, FIRST, SECOND = "Hours offered", "First readings", "Second readings"
LEFT, RANGE = "Cases left", "Range of the replay"


def short_day(week: str, days: int = 0) -> str:
    """Write a day as "11 Jan": of a week's Monday, or so many days later."""
    day = dt.date.fromisoformat(week) + dt.timedelta(days=days)
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def draw_load(summary: ProgrammeSummary) -> Drawing:
    """Draw the hours offered and taken, week by week."""
    weeks = summary.weeks
    numbered = len(weeks) <= MOST_NUMBERED
    values: list[dict[str, Any]] = []
    for at, week in enumerate(weeks):
        first, second = float(week.taken), float(week.second)
        values += [
            {"at": at, "part": OFFERED, "start": 0.0, "end": float(week.offered)},
            {"at": at, "part": FIRST, "start": 0.0, "end": first},
            {"at": at, "part": SECOND, "start": first, "end": first + second},
        ]
    colours = {OFFERED: WHITE, FIRST: BLUE} | ({SECOND: TEAL} if float(summary.taken_second) else {})
    values = [row for row in values if row["part"] in colours and row["end"] > row["start"]]
    tallest = max([1.0, *(row["end"] for row in values)])
    texts = [
        {"at": at, "end": float(week.taken), "text": grouped(week.taken)}
        for at, week in enumerate(weeks)
        if numbered and float(week.taken) > ROOM * tallest
    ]
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())))
    x, y = week_axis(weeks), hours_axis(tallest)
    bars = [
        alt.Chart(rows_of([row for row in values if (row["part"] == OFFERED) == whole]))
        .mark_bar(stroke=INK, strokeWidth=0.8, width=alt.RelativeBandSize(0.9 if whole else 0.62))
        .encode(x=x, y=y, y2="end:Q", color=colour)
        for whole in (True, False)
    ]
    marks = (
        alt.Chart(rows_of(texts))
        .mark_text(dy=11, fontSize=12, color=WHITE)
        .encode(x=x, y=alt.Y("end:Q"), text="text:N")
    )
    fullest = max(weeks, key=lambda week: Decimal(week.taken))
    return Drawing(
        svg=draw("load", [*bars, *([marks] if texts else [])], height=HEIGHT, left=64),
        title="Hours offered and hours taken, week by week",
        text=(
            f"Of {grouped(summary.offered)} hours offered in "
            f"{one_or_more(summary.weeks_open, 'week', 'weeks')}, {grouped(summary.taken)} go to first "
            f"readings and {grouped(summary.taken_second)} to second ones. "
            f"The fullest week is that of {short_day(fullest.week)}, with {grouped(fullest.taken)} hours of "
            "first readings."
        ),
    )


def week_axis(weeks: tuple[Week, ...]) -> alt.X:
    """Make an axis of weeks, named by their Mondays; of many weeks only some are named."""
    step = -(-len(weeks) // MOST_LABELS)
    names = " ".join(f"datum.value == {at} ? '{short_day(week.week)}' :" for at, week in enumerate(weeks))
    return alt.X(
        "at:O",
        title="Week of",
        scale=alt.Scale(domain=list(range(len(weeks))), paddingInner=0.0, paddingOuter=0.05),
        axis=alt.Axis(
            values=list(range(0, len(weeks), step)),
            labelExpr=f"{names} ''",
            labelAngle=0 if step == 1 else -45,
        ),
    )


def hours_axis(tallest: float) -> alt.Y:
    """Make an axis of hours with room for a number over the highest bar."""
    return alt.Y(
        "start:Q",
        title="Hours",
        scale=alt.Scale(domain=[0, tallest * 1.1], nice=False),
        axis=alt.Axis(format=",.6~f", tickCount=6),
    )


def draw_clearance(summary: ProgrammeSummary) -> Drawing:
    """Draw how many cases are left at the end of each week, with the range of the replay."""
    weeks = summary.weeks
    points = [{"at": 0, "left": summary.cases, "low": summary.cases, "high": summary.cases}]
    points += [
        {"at": at, "left": week.left, "low": week.low, "high": week.high}
        for at, week in enumerate(weeks, start=1)
    ]
    tallest = max([1, *(point["high"] for point in points)])
    colours = {LEFT: BLUE, RANGE: GREY}
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())))
    x = end_axis(weeks)
    y = alt.Y(
        "left:Q",
        title="Cases left at the end of the week",
        scale=alt.Scale(domain=[0, tallest * 1.12], nice=False),
        axis=number_axis(tallest),
    )
    ranges = alt.Chart(rows_of([{**point, "part": RANGE} for point in points])).mark_area(opacity=0.75)
    layers = [ranges.encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour)]
    lines = alt.Chart(rows_of([{**point, "part": LEFT} for point in points]))
    layers.append(lines.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour))
    layers.append(lines.mark_point(filled=True, size=42, opacity=1).encode(x=x, y=y, color=colour))
    # The range lies above the line: the last number stands beneath it.
    for point, below in ((points[0], -13), (points[-1], 15)):
        end = alt.Chart(rows_of([{**point, "text": f"{point['left']:,}"}]))
        marks = end.mark_text(dy=below, fontSize=13, fontWeight="bold", color=INK)
        layers.append(marks.encode(x=x, y=y, text="text:N"))
    last = weeks[-1]
    return Drawing(
        svg=draw("clearance", layers, height=HEIGHT, left=64),
        title="How the backlog falls, week by week",
        text=(
            f"{one_or_more(summary.cases, 'case', 'cases')} at the start, {summary.backlog:,} left at the "
            f"end of the last week, {short_day(last.week, 4)}. With volunteers who drop out, between "
            f"{last.low:,} and {last.high:,}."
        ),
    )


def end_axis(weeks: tuple[Week, ...]) -> alt.X:
    """Make an axis of the ends of weeks, from the start on; of many weeks only some are named."""
    step = -(-(len(weeks) + 1) // (MOST_LABELS - 4))
    names = " ".join(
        f"datum.value == {at} ? '{short_day(week.week, 4)}' :" for at, week in enumerate(weeks, start=1)
    )
    return alt.X(
        "at:Q",
        title="Friday of the week",
        scale=alt.Scale(domain=[-0.3, len(weeks) + 0.3], nice=False),
        axis=alt.Axis(
            values=list(range(0, len(weeks) + 1, step)),
            labelExpr=f"datum.value == 0 ? 'Start' : {names} ''",
            labelAngle=0 if step == 1 else -45,
            grid=False,
        ),
    )


def draw_priorities(summary: ProgrammeSummary) -> Drawing:
    """Draw how many cases of each priority are scheduled, and how many are left."""
    labels = [f"Priority {each.priority}" for each in summary.priorities]
    values = [
        {"label": label, "part": part, "number": number}
        for label, each in zip(labels, summary.priorities, strict=True)
        for part, number in (("Scheduled", each.scheduled), ("Left", each.backlog))
    ]
    said = [
        f"{each.backlog:,} of {one_or_more(each.cases, 'case', 'cases')} of priority {each.priority}"
        for each in summary.priorities
    ]
    return Drawing(
        svg=stacked(
            "priorities", values, labels, {"Scheduled": BLUE, "Left": ORANGE}, "Cases", left=110, step=40
        ),
        title="Scheduled and left, by priority",
        text=f"Left in the backlog: {join_words(said)}.",
    )
