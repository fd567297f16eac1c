"""The page is one well-formed offline file, accessible by structure, with nothing unescaped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from allocator.report import charts
from allocator.report import summary as summary_module
from allocator.report.charts import draw_bands, draw_choices, draw_schools, draw_travel
from allocator.report.drawing import clean
from allocator.report.render import render, short_pounds
from allocator.report.shown import Summary
from report.page_tree import Node, tree_of


def test_structure(any_page):
    """One language, one h1, one main, a skip link first, ids used once, every reference met."""
    root = tree_of(any_page)
    assert root.all("html")[0].attrs["lang"] == "en-GB"
    assert len(root.all("h1")) == len(root.all("main")) == len(root.all("title")) == 1
    assert root.all("a")[0].attrs["href"] == "#main"
    ids = [node.attrs["id"] for node in root.walk() if "id" in node.attrs]
    assert len(ids) == len(set(ids))
    named = [node.attrs["aria-labelledby"] for node in root.walk() if "aria-labelledby" in node.attrs]
    assert {each for value in named for each in value.split()} <= set(ids)
    links = [node.attrs["href"] for node in root.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert all(link.startswith("#") for link in links)


def test_headings_skip_no_level(any_page):
    levels = [int(node.tag[1]) for node in tree_of(any_page).walk() if node.tag in "h1h2h3h4"]
    assert levels[0] in (1, 2)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_say_what_they_are(any_page):
    """Every table has a caption, a head, and a scope for every heading; every row has as many cells."""
    for table in tree_of(any_page).all("table"):
        assert table.all("caption")[0].text.strip()
        assert table.all("thead")
        assert all(heading.attrs.get("scope") in ("col", "row", "rowgroup") for heading in table.all("th"))
        for body in [*table.all("thead"), *table.all("tbody"), *table.all("tfoot")]:
            held = 0
            widths = set()
            for row in body.all("tr"):
                cells = row.all("th") + row.all("td")
                widths.add(len(cells) + (2 if held > 0 else 0))
                held = max(held - 1, *(int(cell.attrs.get("rowspan", 1)) - 1 for cell in cells))
            assert len(widths) <= 1


def test_nothing_is_fetched_or_run(any_page):
    """No script, no event handler, no address, no file beside the page."""
    page = any_page
    assert not re.search(r"https?:|//[a-z]|@import|url\(|javascript:", page, re.I)
    root = tree_of(page)
    assert not any(root.all(tag) for tag in ("script", "img", "iframe", "object", "base", "form"))
    for node in root.walk():
        assert not any(name.startswith("on") for name in node.attrs), node.attrs
        assert node.attrs.get("src") is None
        assert node.tag != "link" or node.attrs["href"] == "data:,"
        assert "xmlns" not in node.attrs
    policy = next(node.attrs["content"] for node in root.all("meta") if "http-equiv" in node.attrs)
    assert policy.startswith("default-src 'none'")


def test_hostile_names_are_only_text(case):
    """A school's name, a reason, a seed or a warning cannot become markup."""
    root = tree_of(render(case.summary()))
    assert not root.all("script")
    assert not root.all("rule")
    assert not root.all("phrase")
    assert not root.all("asd")
    assert "<script>alert('x')</script> & \"Sons\" =1+1" in root.all("main")[0].text
    assert "Because of <rule> 400." in root.all("main")[0].text
    drawn = "".join(svg.text for svg in root.all("svg"))
    assert "<script>alert(" in drawn
    assert "\x0b" not in drawn


def test_every_child_has_its_row(any_case, any_page):
    """Each child of the round stands in the page once, under its own id."""
    root = tree_of(any_page)
    rows = {node.attrs["id"] for node in root.walk() if node.attrs.get("id", "").startswith("child-")}
    assert rows == {f"child-{child}" for child in any_case.round.children["child_id"]}


def numbers_drawn(svg: Node) -> list[str]:
    """Numbers written in the drawing's marks, not those of its axes."""
    marks = [node for node in svg.walk() if "role-mark" in node.attrs.get("class", "") and node.tag == "g"]
    said = [text.text for mark in marks for text in mark.all("text")]
    return [number for text in said for number in re.findall(r"\d[\d,.]*", re.sub(r"year \d+", "", text))]


def test_every_number_in_a_chart_is_in_a_table(any_page):
    """A chart is one labelled image, and the same section's tables hold each number that it shows."""
    root = tree_of(any_page)
    for section in root.all("section"):
        for svg in section.all("svg"):
            assert svg.attrs["role"] == "img"
            assert svg.attrs["aria-labelledby"]
            cells = {cell.text.strip() for cell in section.all("td")}
            cells |= {cell.rstrip("%") for cell in cells}
            drawn = numbers_drawn(svg)
            assert set(drawn) <= cells, set(drawn) - cells


def test_charts_do_show_numbers(kent_page):
    root = tree_of(kent_page)
    counts = [len(numbers_drawn(svg)) for svg in root.all("svg")]
    assert len(counts) == 4
    assert counts[0] >= 4
    assert all(count >= 2 for count in counts)


def test_bars_are_as_long_as_their_numbers(case):
    """Lengths drawn are in proportion to the figures: the band chart's bars, read from its paths."""
    svg = tree_of(draw_bands(case.summary()).svg)
    marks = next(node for node in svg.walk() if node.attrs.get("class", "").startswith("mark-rect role-mark"))
    wide = [
        float(re.match(r"M[\d.]+,[\d.]+h([\d.]+)", path.attrs["d"]).group(1)) for path in marks.all("path")
    ]
    children = [2, 2, 1, 2, 1, 1]
    unit = max(wide) / max(children)
    assert sorted(round(w / unit, 3) for w in wide) == sorted(children)


@pytest.mark.parametrize("draw", [draw_bands, draw_schools, draw_travel, draw_choices])
def test_drawings_say_in_words_what_they_show(case, draw):
    drawing = draw(case.summary())
    assert re.search(r"\d", drawing.text)
    assert drawing.text.endswith(".")
    assert drawing.title


def test_a_chart_shows_the_largest_schools_only(case, monkeypatch):
    monkeypatch.setattr(charts, "MOST_SCHOOLS", 2)
    told = case.summary()
    drawn = tree_of(draw_schools(told).svg).text
    assert "Acorn School (0100)" in drawn
    assert "Acorn School (0300)" in drawn
    assert "Sons" not in drawn
    assert "The chart shows the 2 schools with most places" in tree_of(render(told)).text


def test_labels_hold_no_control_characters_and_are_cut():
    assert clean("a\x00b\x1fc\u2028d", 60) == "a b c d"
    assert clean("x" * 70, 60) == "x" * 59 + "…"


def test_cut_lists_say_where_the_rest_is(case, monkeypatch):
    monkeypatch.setattr(summary_module, "MOST_ROWS", 1)
    text = tree_of(render(case.summary())).text
    assert "1 of 3 are shown; the other 2 are in placements.xlsx, sheet unplaced" in text
    assert "1 of 6 are shown; the other 5 are in placements.xlsx, on the sheet of each school" in text


def test_what_is_unproved_is_said(case):
    goals = [dict(goal) for goal in case.run["goals"]]
    goals[-1] |= {"bound": 100_000, "proven": False, "proof": "none"}
    text = tree_of(render(case.replace(run=case.run | {"goals": goals}).summary())).text
    assert "○ Best found; cannot be beaten by more than £20,000." in text
    assert "✓ Proved best by every goal" not in text


def test_no_word_of_solvers(kent_page):
    """A panel never reads OPTIMAL or FEASIBLE, nor how the mathematics is called."""
    text = tree_of(kent_page).all("main")[0].text
    assert not re.search(
        r"\b(optimal|feasible|infeasible|dual|leximax|objective function|fair)\b", text, re.I
    )


def test_the_caveats_are_there(case):
    text = " ".join(tree_of(render(case.summary())).text.split())
    assert "This is a proposal, not a decision." in text
    assert "Articles 22A to 22D" in text
    assert "“Full” by itself is no ground" in text


def test_the_way_to_the_inputs_is_not_printed(case):
    page = render(case.summary())
    assert "secret" not in page
    assert "by-hand" in page


def test_same_summary_same_bytes(case, tmp_path):
    """Another process, hash seed, time zone and locale make the same page of the same summary."""
    (tmp_path / "summary.json").write_text(case.summary().model_dump_json(), encoding="utf-8")
    code = (
        "import sys, pathlib; from allocator.report.shown import Summary; "
        "from allocator.report.render import render; "
        "told = Summary.model_validate_json(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8')); "
        "sys.stdout.buffer.write(render(told).encode())"
    )
    odd = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "summary.json")],
        capture_output=True,
        check=True,
        env=os.environ | odd,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.decode() == render(case.summary())


def test_a_page_from_json_is_the_same_page(case):
    told = case.summary()
    assert render(Summary.model_validate_json(told.model_dump_json())) == render(told)


def test_large_sums_are_short():
    assert (short_pounds(999_999), short_pounds(12_345_678)) == ("£999,999", "£12.35m")
