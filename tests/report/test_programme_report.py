"""The page of a review programme: one offline file, accessible, whose every figure can be counted again."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from allocator.report import programme_grids
from allocator.report.programme_charts import draw_clearance, draw_load, draw_priorities
from allocator.report.programme_goals import claims_of, status_words
from allocator.report.programme_report import page, render
from allocator.report.programme_shown import ProgrammeSummary
from allocator.report.programme_summary import summarise
from allocator.reviews.intake import read_programme
from allocator.reviews.schedule import ScheduleResult
from report.browsing import opened, violations
from report.greedy_schedule import greedy
from report.made_programmes import HOSTILE, VARIANTS, later, made, with_officers, with_second_reads
from report.page_tree import Node, tree_of


@pytest.fixture(scope="module", params=list(VARIANTS))
def any_result(request: pytest.FixtureRequest) -> ScheduleResult:
    return greedy(VARIANTS[request.param]())


@pytest.fixture(scope="module")
def any_page(any_result: ScheduleResult) -> str:
    return render(any_result)


# A browser takes seconds over each page: these have every form that a page can take.
@pytest.fixture(scope="module", params=["all scheduled", "none scheduled", "later"])
def browsed_page(request: pytest.FixtureRequest) -> str:
    return render(greedy(VARIANTS[request.param]()))


@pytest.fixture(scope="module")
def kent_page(shared_data: Path) -> str:
    """The page of the open Kent programme, scheduled greedily."""
    return render(greedy(read_programme(shared_data / "kent_open_reviews")))


def table_of(root: Node, name: str) -> Node:
    """Return the table whose caption has an id."""
    return next(table for table in root.all("table") if table.all("caption")[0].attrs["id"] == name)


def rows_of(table: Node, part: str = "tbody") -> list[list[str]]:
    """Return the cells of a table's rows as text."""
    return [
        [cell.text.strip() for cell in row.inside if isinstance(cell, Node)]
        for body in table.all(part)
        for row in body.all("tr")
    ]


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_structure(any_page):
    """One language, one h1, one main, a skip link first, ids used once, every reference met."""
    root = tree_of(any_page)
    assert any_page.startswith("<!doctype html>")
    assert root.all("html")[0].attrs["lang"] == "en-GB"
    assert len(root.all("h1")) == len(root.all("main")) == len(root.all("title")) == 1
    assert root.all("a")[0].attrs["href"] == "#main"
    ids = [node.attrs["id"] for node in root.walk() if "id" in node.attrs]
    assert len(ids) == len(set(ids))
    named = [node.attrs["aria-labelledby"] for node in root.walk() if "aria-labelledby" in node.attrs]
    assert {each for value in named for each in value.split()} <= set(ids)
    links = [node.attrs["href"] for node in root.all("a")]
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(ids)
    sections = {node.attrs["aria-labelledby"] for node in root.all("section")}
    assert sections <= {link[1:] for link in links}


def test_headings_skip_no_level_and_head_something(any_page):
    """No level is left out, and no section is empty."""
    root = tree_of(any_page)
    levels = [int(node.tag[1]) for node in root.walk() if node.tag in ("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for section in root.all("section"):
        heading = section.all("h2")[0].text
        assert len(section.text.strip()) > len(heading.strip()) + 10, heading


def test_tables_say_what_they_are(any_page):
    """Every table has a caption, a head, and a scope for every heading; every row has as many cells."""
    for table in tree_of(any_page).all("table"):
        assert table.all("caption")[0].text.strip()
        assert all(heading.attrs.get("scope") in ("col", "row", "rowgroup") for heading in table.all("th"))
        wide = len(table.all("thead")[0].all("th"))
        for body in [*table.all("tbody"), *table.all("tfoot")]:
            held = 0
            for row in body.all("tr"):
                cells = row.all("th") + row.all("td")
                assert len(cells) + (2 if held > 0 else 0) == wide
                held = max(held - 1, *(int(cell.attrs.get("rowspan", 1)) - 1 for cell in cells))


def test_nothing_is_fetched_or_run(any_page):
    """No script, no event handler, no address, no file beside the page."""
    assert not re.search(r"https?:|//[a-z]|@import|url\(|javascript:", any_page, re.I)
    root = tree_of(any_page)
    assert not any(root.all(tag) for tag in ("script", "img", "iframe", "object", "base", "form"))
    for node in root.walk():
        assert not any(name.startswith("on") for name in node.attrs), node.attrs
        assert node.attrs.get("src") is None
        assert node.tag != "link" or node.attrs["href"] == "data:,"
        assert "xmlns" not in node.attrs
    policy = next(node.attrs["content"] for node in root.all("meta") if "http-equiv" in node.attrs)
    assert policy.startswith("default-src 'none'")


def test_hostile_text_is_only_text():
    """A programme's name, a seed or a reason cannot become markup."""
    result = greedy(made({"programme": {"id": HOSTILE}}))
    result = dataclasses.replace(
        result,
        programme=dataclasses.replace(result.programme, previous=later().previous),
        moves=[
            {
                "case_id": "R01",
                "from": None,
                "to": {"volunteer_id": "V1", "week": "2027-01-11"},
                "why": HOSTILE,
            }
        ],
    )
    root = tree_of(render(result))
    assert not root.all("script")
    assert not root.all("phrase")
    assert root.all("h1")[0].text == HOSTILE
    assert HOSTILE in table_of(root, "t-moves-1").text


def test_the_way_to_the_inputs_is_not_printed():
    said = render(greedy(made()))
    assert "secret" not in said
    assert "by-hand" in said
    assert "ab" * 32 in said


def numbers_drawn(svg: Node) -> list[str]:
    """Numbers written in the drawing's marks, not those of its axes."""
    marks = [node for node in svg.walk() if "role-mark" in node.attrs.get("class", "") and node.tag == "g"]
    said = [text.text for mark in marks for text in mark.all("text")]
    return [found for text in said for found in re.findall(r"\d[\d,.]*", text)]


def test_every_number_in_a_chart_is_in_a_table(any_page):
    """A chart is one labelled image, and the same section's tables hold each number that it shows."""
    root = tree_of(any_page)
    assert len(root.all("svg")) == 3
    for section in root.all("section"):
        for svg in section.all("svg"):
            assert svg.attrs["role"] == "img"
            cells = {cell.text.strip() for cell in section.all("td")}
            assert set(numbers_drawn(svg)) <= cells


def test_charts_do_show_numbers(kent_page):
    counts = [len(numbers_drawn(svg)) for svg in tree_of(kent_page).all("svg")]
    assert len(counts) == 3
    assert counts[0] >= 4
    assert counts[1] >= 8
    assert counts[2] == 2


@pytest.mark.parametrize("draw", [draw_load, draw_clearance, draw_priorities])
def test_drawings_say_in_words_what_they_show(draw):
    drawing = draw(summarise(greedy(with_second_reads())))
    assert re.search(r"\d", drawing.text)
    assert drawing.text.endswith(".")
    assert drawing.title


def test_priorities_are_counted_from_the_schedule(any_result, any_page):
    """The table by priority has the counts of schedule.csv, and its last line their sums."""
    table = table_of(tree_of(any_page), "t-priorities")
    done = (any_result.table["status"] == "scheduled").to_numpy()
    priority = any_result.programme.cases["priority"].to_numpy()
    units = any_result.programme.case_units / any_result.programme.units_per_hour
    rows = rows_of(table)
    assert [int(row[0]) for row in rows] == sorted(set(priority.tolist()))
    for row in rows:
        mine = priority == int(row[0])
        assert [number(row[at]) for at in (1, 2, 4)] == [
            mine.sum(),
            (mine & done).sum(),
            (mine & ~done).sum(),
        ]
        assert number(row[5]) == pytest.approx(units[mine & ~done].sum())
    foot = rows_of(table, "tfoot")[0]
    assert [number(foot[at]) for at in (1, 2, 4)] == [len(done), done.sum(), (~done).sum()]


def test_weeks_are_counted_from_the_schedule(any_result, any_page):
    """Cases and hours of each week, and what is left at its end, follow from schedule.csv alone."""
    root, table = tree_of(any_page), any_result.table
    weeks = rows_of(table_of(root, "t-weeks"))
    left = rows_of(table_of(root, "t-clearance"))[1:]
    assert len(weeks) == len(left) == any_result.programme.policy.programme.weeks
    start = np.datetime64(any_result.programme.policy.programme.start, "D")
    waits = len(table)
    for at, (row, after) in enumerate(zip(weeks, left, strict=True)):
        monday = str(start + 7 * at)
        mine = table[table["week"] == monday]
        second = any_result.second_reads[any_result.second_reads["week"] == monday]
        assert number(row[2]) == pytest.approx(mine["hours"].astype(float).sum())
        assert number(row[3]) == pytest.approx(second["hours"].astype(float).sum())
        assert number(row[5]) == len(mine)
        waits -= len(mine)
        priorities = len(set(any_result.programme.cases["priority"]))
        assert number(after[1 + priorities]) == waits
        assert sum(number(cell) for cell in after[1 : 1 + priorities]) == waits
    foot = rows_of(table_of(root, "t-weeks"), "tfoot")[0]
    assert number(foot[2]) == pytest.approx(sum(number(row[2]) for row in weeks))
    assert number(foot[4]) == pytest.approx(sum(number(row[4]) for row in weeks))


def test_capacity_adds_up(any_page):
    """Hours promised less every deduction are the hours offered, and those less theirs what can be filled."""
    total = None
    for name, figure, *_ in rows_of(table_of(tree_of(any_page), "t-capacity-1")):
        if name.startswith("Needed"):
            break
        if name.startswith("="):
            assert number(figure) == pytest.approx(total)
        total = number(figure) if not name.startswith("−") else total - number(figure)
    assert total is not None


def test_officers_are_said_to_be_short():
    """Where officers can sign off too few cases, the page says so, and each week's limit stands there."""
    root = tree_of(render(greedy(with_officers())))
    assert "The officers’ own time is short too" in root.text
    assert [row[6] for row in rows_of(table_of(root, "t-weeks"))] == ["1", "0", "0", "2"]


ENTRIES = [
    {"measure": "scheduled", "level": 1, "value": 9, "bound": 9, "proven": True, "proof": "bound"},
    {"measure": "scheduled", "level": 2, "value": 5, "bound": 5, "proven": True, "proof": "solver"},
    {"measure": "expertise", "level": None, "value": 7, "bound": 8, "proven": False, "proof": "none"},
    {"measure": "workload_gap", "level": None, "value": 985, "bound": 950, "proven": False, "proof": "none"},
    {"measure": "lottery", "level": None, "value": None, "bound": None, "proven": False, "proof": "none"},
]


def test_proved_is_said_of_what_the_files_prove_alone():
    """A claim of a search is called a claim, a bound is given with the best found, the lottery is neither."""
    told = claims_of(ENTRIES)
    assert told.certified == ("Scheduled, priority 1: 9 cases",)
    assert told.claimed == ("Scheduled, priority 2: 5 cases",)
    assert told.bounded == (
        "Expertise: 7 cases with a reader who knows their kind. Best found; cannot be beaten by more than "
        "1 case with a reader who knows its kind.",
        "Fullest volunteer: 98.5% of the hours offered. Best found; cannot be lower by more than 3.5 points.",
    )
    assert status_words(ENTRIES) == (
        "1 of 4 steps proved best, 1 best as an exact search claims and 2 best found, with a bound on how "
        "much better any schedule could be."
    )
    assert status_words(ENTRIES[:1] + ENTRIES[4:]) == "Proved best by every goal of the policy, in its order."
    assert status_words(ENTRIES[:1], cut_short=True).endswith("The time limit ended the search.")


def test_a_bound_of_nought_is_called_none():
    """Less than nothing cannot be: such a bound says nothing, and the report says so."""
    told = claims_of([ENTRIES[3] | {"bound": 0}])
    assert "no bound but nought is known" in told.bounded[0]


def test_every_goal_stands_under_its_ground(any_result, any_page):
    """Each tier of run.json is in one of the three lists, and its value in the table of goals."""
    root = tree_of(any_page)
    listed = [len(node.all("li")) for node in root.all("ul") if node.attrs.get("id") in NAMES]
    tiers = [entry for entry in any_result.goals if entry["measure"] != "lottery"]
    assert sum(listed) == len(tiers)
    said = table_of(root, "t-goals").text
    assert said.count("✓ Proved best") == sum(entry["proof"] == "bound" for entry in tiers)
    assert said.count("◐ Best") == sum(entry["proof"] == "solver" for entry in tiers)
    assert said.count("○ Best found") == sum(entry["proof"] == "none" for entry in tiers)


NAMES = ("certified", "claimed", "bounded")


def test_no_word_of_solvers(kent_page):
    """A review lead never reads OPTIMAL or FEASIBLE, nor how the mathematics is called."""
    said = tree_of(kent_page).all("main")[0].text
    assert not re.search(
        r"\b(optimal|feasible|infeasible|dual|leximax|objective function|fair)\b", said, re.I
    )


def test_moves_are_listed_with_their_reasons():
    """Beside an earlier schedule every move stands with where it was, where it is and why."""
    result = greedy(later())
    rows = rows_of(table_of(tree_of(render(result)), "t-moves-1"))
    assert [row[0] for row in rows] == [each["case_id"] for each in result.moves]
    assert [row[3] for row in rows] == [each["why"] for each in result.moves]
    assert rows[0][1] == "V1, week of 18 January 2027"
    assert "Who moves, and why" not in render(greedy(made()))


def test_drop_outs_only_ever_leave_more(any_result, any_page):
    """In no week does the replay leave fewer than the schedule, and the wider chance never leaves fewer."""
    root, priorities = tree_of(any_page), len(set(any_result.programme.cases["priority"]))
    for row in rows_of(table_of(root, "t-clearance")):
        left, low, high = (number(cell) for cell in row[1 + priorities :])
        assert left <= low <= high
    rows = rows_of(table_of(root, "t-replay-1"))
    assert [row[0] for row in rows] == ["5%", "10%", "20%"]
    for row in rows:
        assert number(row[1]) + number(row[2]) == len(any_result.table)
    for narrow, wide in pairwise(rows):
        assert all(number(narrow[at]) <= number(wide[at]) for at in (3, 4, 5))


def test_a_rate_of_nothing_never_ends():
    """Without a volunteer who may read, no date is given."""
    said = " ".join(tree_of(render(greedy(VARIANTS["none scheduled"]()))).text.split())
    assert "Nothing is read, so at this rate it never ends." in said
    assert "the last would be read by" in " ".join(tree_of(render(greedy(made()))).text.split())


def test_the_plan_names_what_nobody_could_clear():
    """A case longer than a day is named, and officers who are too few are, since volunteers are no cure."""
    said = " ".join(tree_of(render(greedy(made()))).text.split())
    assert "1 case is longer than a whole day: no volunteer of the plan can read it (R05)." in said
    assert "The officers could sign off only 0 cases more" in " ".join(
        tree_of(render(greedy(with_officers()))).text.split()
    )


def test_long_lists_are_cut_and_say_where_the_rest_is(monkeypatch):
    monkeypatch.setattr(programme_grids, "MOST_ROWS", 1)
    said = " ".join(tree_of(render(greedy(made()))).text.split())
    assert re.search(r"1 of \d+ are shown; the other \d+ are in schedule.xlsx, sheet coverage", said)
    assert re.search(r"1 of \d+ are shown; the other \d+ are in schedule.xlsx, sheet capacity", said)


def test_second_reads_are_shown():
    result = greedy(with_second_reads())
    said = " ".join(tree_of(render(result)).text.split())
    assert f"of {result.counts['second_reads_picked']} picked by lottery" in said
    assert "50% of the cases, picked by lottery, are read by a second volunteer" in said


def test_the_caveats_are_there(kent_page):
    said = " ".join(tree_of(kent_page).text.split())
    assert "This is a plan of who reads what, not a decision on any child." in said
    assert "an officer of the authority decides and signs off" in said
    assert "allocator verify OUT" in said
    assert len(kent_page.encode()) < 400_000


def test_same_summary_same_bytes(tmp_path):
    """Another process, hash seed, time zone and locale make the same page of the same summary."""
    told = summarise(greedy(with_second_reads()))
    (tmp_path / "summary.json").write_text(told.model_dump_json(), encoding="utf-8")
    code = (
        "import sys, pathlib; from allocator.report.programme_shown import ProgrammeSummary; "
        "from allocator.report.programme_report import page; "
        "told = ProgrammeSummary.model_validate_json(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8')); "
        "sys.stdout.buffer.write(page(told).encode())"
    )
    odd = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "summary.json")],
        capture_output=True,
        check=True,
        env=os.environ | odd,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.decode() == page(told)
    assert page(ProgrammeSummary.model_validate_json(told.model_dump_json())) == page(told)


def keep_ten_rows(tab: Page) -> None:
    """Of each table's alike rows keep the first ten: looking at all of them takes minutes."""
    tab.evaluate(
        "for (const body of document.querySelectorAll('tbody'))"
        "  [...body.rows].slice(10).forEach(row => row.remove())"
    )


def test_no_violation_and_no_request(browser, browsed_page, tmp_path):
    """WCAG 2.0 to 2.2 A and AA and axe's good practice; the only request is the page itself."""
    tab, asked = opened(browser, browsed_page, tmp_path, 1280)
    assert violations(tab) == []
    assert asked == [(tmp_path / "report.html").as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.close()


def test_kent_has_no_violation_on_a_telephone(browser, kent_page, tmp_path):
    """So has a real programme's page; of each table's alike rows the first ten are looked at."""
    tab, asked = opened(browser, kent_page, tmp_path, 360)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep_ten_rows(tab)
    assert violations(tab) == []
    assert asked == [(tmp_path / "report.html").as_uri()]
    tab.close()


def test_axe_would_find_a_fault(browser, kent_page, tmp_path):
    """The check can fail: a page without its language and with a picture without a name is faulted."""
    spoiled = kent_page.replace(' lang="en-GB"', "").replace("<h1>", '<img src="data:,"><h1>')
    tab, _ = opened(browser, spoiled, tmp_path, 1280)
    keep_ten_rows(tab)
    assert {fault.split(":")[0] for fault in violations(tab)} >= {"html-has-lang", "image-alt"}
    tab.close()
