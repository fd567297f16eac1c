"""The charts of the report, each with its text in place of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from allocator.report.drawing import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    QUIET,
    TEAL,
    WHITE,
    clean,
    draw,
    rows_of,
)
from allocator.report.words import PHASES, join_words, one_or_more, percent

if TYPE_CHECKING:
    from allocator.report.shown import Places, Summary, Travel

# More schools than this make a chart that nobody reads; the table below it holds them all.
MOST_SCHOOLS = 40
# A number is written inside its bar only where it takes this share of the longest bar.
ROOM = 0.045


@dataclass(frozen=True)
class Drawing:
    """A chart: its SVG, its title, and what it shows in words."""

    svg: str
    title: str
    text: str


def stacked(
    name: str,
    values: list[dict[str, Any]],
    labels: list[str],
    colours: dict[str, str],
    unit: str,
    left: int,
    step: int = 34,
) -> str:
    """Draw horizontal stacked bars, a bar a label, with the numbers in them.

    Parameters
    ----------
    name : str
        Name of the chart.
    values : list of dict
        label, part, number; every label has every part, in the order of `colours`.
    labels : list of str
        In order, from the top.
    colours : dict of part to colour
        In stacking order.
    unit : str
        Title of the axis of numbers.
    left : int
        Room for the labels, pixels.
    step : int
        Height of a bar with its gap, pixels.
    """
    parts = list(colours)
    longest = place_parts(values)
    for row in values:
        row["text"] = f"{row['number']:,}" if row["number"] > ROOM * longest else ""
        row["ink"] = WHITE if colours[row["part"]] == BLUE else INK
    base = alt.Chart(rows_of([row for row in values if row["number"]]))
    y = alt.Y("label:N", sort=labels, title=None, scale=alt.Scale(domain=labels, padding=0.12))
    x = alt.X("start:Q", title=unit, scale=alt.Scale(domain=[0, longest]), axis=number_axis(longest))
    bars = base.mark_bar(stroke=INK, strokeWidth=0.6).encode(
        x=x,
        x2="end:Q",
        y=y,
        color=alt.Color("part:N", scale=alt.Scale(domain=parts, range=[colours[part] for part in parts])),
    )
    texts = base.mark_text(fontSize=12).encode(
        x=alt.X("middle:Q"), y=y, text="text:N", color=alt.Color("ink:N", scale=None)
    )
    return draw(name, [bars, texts], height=step * len(labels), left=left)


def place_parts(values: list[dict[str, Any]]) -> int:
    """Give every part the place where it starts, ends and has its middle; return the longest bar."""
    ends: dict[str, int] = {}
    for row in values:
        row["start"] = ends.get(row["label"], 0)
        row["end"] = row["start"] + row["number"]
        row["middle"] = (row["start"] + row["end"]) / 2
        ends[row["label"]] = row["end"]
    return max([1, *ends.values()])


def number_axis(longest: int) -> alt.Axis:
    """Make an axis of whole numbers."""
    return alt.Axis(format=",d", tickCount=min(longest, 8), tickMinStep=1)


def draw_bands(summary: Summary) -> Drawing:
    """Draw who has a place and who has none, by band of need."""
    labels, values = [], []
    for band in summary.bands:
        label = f"Band {clean(band.figures.name, 20)} ({band.lowest}–{band.highest})"
        labels.append(label)
        values.append({"label": label, "part": "Have a place", "number": band.figures.placed})
        values.append({"label": label, "part": "No place", "number": band.figures.unplaced})
    said = [
        f"band {band.figures.name} {band.figures.placed:,} of {band.figures.children:,}"
        for band in summary.bands
    ]
    return Drawing(
        svg=stacked(
            "bands", values, labels, {"Have a place": BLUE, "No place": ORANGE}, "Children", left=150, step=44
        ),
        title="Who has a place, and who has none, by band of need",
        text="Have a place: " + join_words(said) + ".",
    )


def draw_schools(summary: Summary) -> Drawing:
    """Draw how the places of the largest schools are filled."""
    shown = summary.schools.rows[:MOST_SCHOOLS]
    names = [clean(school.school, 34) for school in shown]
    values, labels = [], []
    for school in shown:
        label = school_label(school, repeated=names.count(clean(school.school, 34)) > 1)
        labels.append(label)
        for part, number in (
            ("Filled", school.filled),
            ("Over number", school.over),
            ("Free", school.free),
            ("Held back", school.held),
        ):
            values.append({"label": label, "part": part, "number": number})
    colours = {"Filled": BLUE, "Over number": ORANGE, "Free": WHITE, "Held back": GREY}
    total = summary.capacity
    text = (
        f"Of {one_or_more(total.places, 'place', 'places')} in all, {total.filled:,} are "
        f"filled, {total.free:,} free and {total.held:,} held back; {total.over:,} more children are over "
        "number."
    )
    return Drawing(
        svg=stacked("schools", values, labels, colours, "Places", left=250, step=26),
        title="How the places of each school are filled",
        text=text,
    )


def school_label(school: Places, repeated: bool) -> str:
    """Label a school by its name; with its id where another school shown has the same name."""
    if repeated:
        return f"{clean(school.school, 20)} ({clean(school.school_id, 12)})"
    return clean(school.school, 34)


def draw_travel(summary: Summary) -> Drawing:
    """Draw how many journeys take how long, with the limits."""
    travel = summary.travel
    width = travel.bins[0].high or 1
    end = len(travel.bins) * width
    tallest = max(each.primary + each.secondary for each in travel.bins)
    ticks = list(range(0, end + 1, width * (1 if len(travel.bins) <= 16 else 2)))
    last = travel.bins[-1]
    x = alt.X(
        "low:Q",
        title="Minutes one way" + (f" ({last.low} or more in the last bar)" if last.high is None else ""),
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(values=ticks, grid=False),
    )
    y = alt.Y("base:Q", title=None, scale=alt.Scale(domain=[0, tallest * 1.15]), axis=number_axis(tallest))
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(PHASES.values()), range=[BLUE, TEAL]))
    bars = (
        alt.Chart(rows_of(stack_bins(travel, width)))
        .mark_bar(stroke=WHITE, strokeWidth=1)
        .encode(x=x, x2="high:Q", y=y, y2="top:Q", color=colour)
    )
    limits = alt.Chart(rows_of(limits_within(travel, end)))
    rules = limits.mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=INK).encode(x=alt.X("at:Q"))
    texts = limits.mark_text(align="right", dx=-6, dy=8, fontSize=12, baseline="top", color=INK).encode(
        x=alt.X("at:Q"), y=alt.value(0), text="text:N"
    )
    journeys = summary.total.journeys
    text = (
        f"{one_or_more(journeys.known, 'journey', 'journeys')}: half take at most {journeys.median:.1f} "
        f"minutes one way, 19 in 20 at most {journeys.p95:.1f}, the longest {journeys.longest:.1f}."
    )
    return Drawing(
        svg=draw("travel", [bars, rules, texts], height=230, left=46),
        title="How long the journeys are, and the limits",
        text=text,
    )


def stack_bins(travel: Travel, width: int) -> list[dict[str, Any]]:
    """Stack the two phases of each bin, the younger children at the foot."""
    return [
        {"low": each.low, "high": each.low + width, "part": part, "base": base, "top": base + number}
        for each in travel.bins
        for part, base, number in (
            (PHASES["primary"], 0, each.primary),
            (PHASES["secondary"], each.primary, each.secondary),
        )
    ]


def limits_within(travel: Travel, end: int) -> list[dict[str, Any]]:
    """Say which limits lie on the axis, in minutes up to `end`, and how each is labelled."""
    both = ((travel.limit_primary, "to year 6"), (travel.limit_secondary, "from year 7"))
    return [{"at": limit, "text": f"{limit:g} min: limit {who}"} for limit, who in both if limit <= end]


def draw_choices(summary: Summary) -> Drawing:
    """Draw which of the schools they named children got."""
    choices = summary.choices
    labels = [choice.label for choice in choices.rows]
    inks = {"No place": ORANGE, "A school not named": GREY}
    values = [
        {
            "label": choice.label,
            "number": choice.children,
            "start": 0,
            "text": f"{choice.children:,}  ({percent(choice.children, choices.asked)})",
            "fill": inks.get(choice.label, BLUE),
        }
        for choice in choices.rows
    ]
    longest = max([1, *(choice.children for choice in choices.rows)])
    base = alt.Chart(rows_of(values))
    y = alt.Y("label:N", sort=labels, title=None, scale=alt.Scale(domain=labels, padding=0.14))
    x = alt.X(
        "start:Q", title="Children", scale=alt.Scale(domain=[0, longest * 1.16]), axis=number_axis(longest)
    )
    bars = base.mark_bar(stroke=INK, strokeWidth=0.6).encode(
        x=x, x2="number:Q", y=y, color=alt.Color("fill:N", scale=None)
    )
    texts = base.mark_text(align="left", dx=7, fontSize=13, color=QUIET).encode(
        x=alt.X("number:Q"), y=y, text="text:N"
    )
    said = [f"{choice.label.lower()} {choice.children:,}" for choice in choices.rows]
    return Drawing(
        svg=draw("choices", [bars, texts], height=36 * len(labels), left=160, top=8),
        title="Which of the schools they named children got",
        text=f"Of {one_or_more(choices.asked, 'child', 'children')} who named a school: {join_words(said)}.",
    )
