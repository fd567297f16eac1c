"""Turn an Altair chart into an inline SVG that needs nothing but the page it stands in."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import altair as alt
import vl_convert

# Every chart is as wide as the page's column, so that type has one size throughout.
WIDTH = 760
FONT = "Arial, Helvetica, sans-serif"
INK = "#0b0c0c"
QUIET = "#505a5f"
GRID = "#d5dade"
# One colour for one meaning in all charts; they differ in lightness too, for print and colour blindness.
BLUE = "#1b4b7a"
TEAL = "#35a79c"
ORANGE = "#f47738"
GREY = "#b8c1c8"
WHITE = "#ffffff"

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "labelColor": INK,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titleColor": QUIET,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 8,
        "labelFlush": False,
        "labelLimit": 0,
    },
    "legend": {
        "labelFontSize": 13,
        "labelColor": INK,
        "labelLimit": 320,
        "title": None,
        "orient": "none",
        "direction": "horizontal",
        "legendX": 0,
        "legendY": -32,
        "symbolType": "square",
        "symbolSize": 170,
        "symbolStrokeWidth": 1,
        "columnPadding": 22,
    },
}


def rows_of(values: list[dict[str, Any]]) -> alt.Data:
    """Wrap plain records as a chart's data."""
    return alt.Data(values=values)  # type: ignore[no-untyped-call]


def draw(name: str, layers: list[alt.Chart], height: int, left: int, top: int = 44, bottom: int = 48) -> str:
    """Render layers as one SVG of fixed size.

    Parameters
    ----------
    name : str
        The drawing is labelled by the elements with the ids "chart-" and "text-" and this name.
    layers : list of Chart
        Drawn over one another, in order.
    height : int
        Height of the plot, pixels.
    left, top, bottom : int
        Room for labels, legend and axis around the plot, pixels. Fixed rather than measured, so
        that the drawing does not depend on which fonts a machine has.

    Returns
    -------
    str
        An ``<svg>`` element, one image to a screen reader.
    """
    chart = alt.layer(*layers).properties(
        width=WIDTH - left - 12,
        height=height,
        padding={"left": left, "right": 12, "top": top, "bottom": bottom},
        autosize=alt.AutoSizeParams(type="none"),
    )
    spec = chart.configure(**CONFIG).to_dict()
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    return as_image(vl_convert.vegalite_to_svg(spec, vl_version=version), f"chart-{name} text-{name}")


def as_image(markup: str, label: str) -> str:
    """Make a drawing one image, labelled by the elements whose ids `label` lists.

    The renderer describes every axis and mark to screen readers; here the whole drawing is one
    image with a text of its own, and the same numbers stand in a table beneath it. Namespaces go
    too: inside a page they say nothing, and they look like addresses.
    """
    root = ET.fromstring(markup)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in list(element.attrib):
            if name.startswith("aria-") or name == "role" or "}" in name:
                del element.attrib[name]
    for name in ("version", "width", "height", "class"):
        root.attrib.pop(name, None)
    root.attrib.update({"role": "img", "aria-labelledby": label})
    return ET.tostring(root, encoding="unicode")


def clean(label: str, most: int = 60) -> str:
    """Make a text fit for a label: no control characters, which XML forbids, and not too long."""
    kept = "".join(letter if letter.isprintable() else " " for letter in label)
    return kept if len(kept) <= most else kept[: most - 1] + "…"
