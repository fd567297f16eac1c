"""The review lead's workbook holds the schedule cell by cell, and nothing in it is a formula."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from allocator.report import programme_grids
from allocator.report.programme_accounts import accounts_of
from allocator.report.programme_workbook import number_in, write_schedule_workbook
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.intake import read_programme
from allocator.reviews.schedule import ScheduleResult
from allocator.reviews.weeks import hours_offered
from report.greedy_schedule import greedy
from report.made_programmes import HOSTILE, VARIANTS, later, made, with_officers, with_second_reads

SHEETS = [
    "READ ME",
    "goals",
    "schedule",
    "backlog",
    "priorities",
    "weeks",
    "volunteers",
    "unused hours",
    "second reads",
    "moves",
    "capacity",
    "left behind",
    "plan",
    "coverage",
]
TABLES = SHEETS[1:10]


def written(result: ScheduleResult, path: Path) -> Workbook:
    write_schedule_workbook(path, result)
    return openpyxl.load_workbook(path)


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    """Return the rows of a sheet that is one table; a blank cell is None."""
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def iso(cell: object) -> str:
    return cell.date().isoformat() if isinstance(cell, dt.datetime) else ""


@pytest.fixture(scope="module", params=list(VARIANTS))
def result(request: pytest.FixtureRequest) -> ScheduleResult:
    return greedy(VARIANTS[request.param]())


@pytest.fixture(scope="module")
def book(result: ScheduleResult, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return written(result, tmp_path_factory.mktemp("book") / "schedule.xlsx")


def test_the_sheets_are_there(book):
    assert book.sheetnames == SHEETS
    named = [row[0] for row in book["READ ME"].iter_rows(values_only=True)]
    assert set(SHEETS[1:]) <= set(named)


def test_schedule_reads_back_cell_by_cell(result, book):
    """Every case stands once, in the order of schedule.csv, with its columns and what the case is."""
    rows = rows_of(book["schedule"])
    cases = result.programme.cases.to_dict("records")
    assert len(rows) == len(result.table)
    for row, told, case in zip(rows, result.table.to_dict("records"), cases, strict=True):
        for name in ("case_id", "status", "days_late", "reason"):
            assert row[name] == told[name]
        assert (row["volunteer_id"] or "") == told["volunteer_id"]
        assert iso(row["week"]) == told["week"]
        assert row["hours"] == (float(told["hours"]) if told["hours"] else None)
        assert (row["priority"], iso(row["due"])) == (case["priority"], case["due"].date().isoformat())
        assert [row[name] for name in ("phase", "primary_need", "school_id")] == [
            case[name] for name in ("phase", "primary_need", "school_id")
        ]


def test_backlog_stands_by_priority_and_due_day(result, book):
    """The cases left, each once, the most urgent and longest due first, with who could read them."""
    rows = rows_of(book["backlog"])
    left = result.table[result.table["status"] == "backlog"]
    assert sorted(row["case_id"] for row in rows) == left["case_id"].tolist()
    order = [(row["priority"], iso(row["due"]), row["case_id"]) for row in rows]
    assert order == sorted(order)
    barred = barred_pairs(result.programme).matrix()
    offers = hours_offered(result.programme).sum(axis=1) > 0
    place = {case: at for at, case in enumerate(result.programme.cases["case_id"])}
    units = result.programme.case_units / result.programme.units_per_hour
    for row in rows:
        at = place[row["case_id"]]
        assert row["could_read"] == int((offers & ~barred[at]).sum())
        assert row["hours"] == pytest.approx(units[at])


def test_volunteers_add_up(result, book):
    """Offered, taken, cases and share follow from the schedule; the share is that of workload_gap, in %."""
    programme = result.programme
    offered = hours_offered(programme).sum(axis=1) / programme.units_per_hour
    listed = dict(zip(programme.volunteers["volunteer_id"], offered, strict=True))
    rows = {row["volunteer_id"]: row for row in rows_of(book["volunteers"])}
    first = result.table[result.table["status"] == "scheduled"]
    readers = {*first["volunteer_id"], *result.second_reads["volunteer_id"]}
    assert set(rows) == set(listed) | readers
    for who, row in rows.items():
        mine = first[first["volunteer_id"] == who]
        second = result.second_reads[result.second_reads["volunteer_id"] == who]
        taken = mine["hours"].astype(float).sum()
        assert row["taken"] == pytest.approx(taken)
        assert row["second"] == pytest.approx(second["hours"].astype(float).sum())
        assert (row["cases"], row["second_cases"]) == (len(mine), len(second))
        assert row["offered"] == pytest.approx(listed.get(who, 0))
        if listed.get(who):
            assert row["share_percent"] == math.ceil(round(1000 * taken / listed[who], 6)) / 10
        else:
            assert row["share_percent"] is None
        schools = programme.cases.set_index("case_id")["school_id"]
        assert row["schools"] == schools[mine["case_id"]].nunique()


def test_known_counts_phase_and_need_by_hand(tmp_path):
    """A case is known to its reader where phase and need are both in the reader's lists, blank being any."""
    result = greedy(made())
    rows = {row["volunteer_id"]: row for row in rows_of(written(result, tmp_path / "s.xlsx")["volunteers"])}
    cases = result.programme.cases.set_index("case_id")
    people = result.programme.volunteers.set_index("volunteer_id")
    for who, row in rows.items():
        phases, needs = (people[name][who].split(";") for name in ("phases", "needs"))
        mine = result.table[result.table["volunteer_id"] == who]["case_id"]
        known = [
            case
            for case in mine
            if (phases == [""] or cases["phase"][case] in phases)
            and (needs == [""] or cases["primary_need"][case] in needs)
        ]
        assert row["known"] == len(known)


def test_weeks_add_up(result, book):
    """Each week's hours and cases are the schedule's; what is left falls by the cases read."""
    waits = len(result.table)
    for row in rows_of(book["weeks"]):
        mine = result.table[result.table["week"] == iso(row["week"])]
        second = result.second_reads[result.second_reads["week"] == iso(row["week"])]
        waits -= len(mine)
        assert (row["read"], row["left"]) == (len(mine), waits)
        assert row["taken"] == pytest.approx(mine["hours"].astype(float).sum())
        assert row["second"] == pytest.approx(second["hours"].astype(float).sum())


def test_officers_limit_stands_by_week(tmp_path):
    book = written(greedy(with_officers()), tmp_path / "schedule.xlsx")
    assert [row["sign_offs"] for row in rows_of(book["weeks"])] == [1, 0, 0, 2]


def test_second_reads_stand_beside_the_first(tmp_path):
    result = greedy(with_second_reads())
    rows = rows_of(written(result, tmp_path / "schedule.xlsx")["second reads"])
    first = result.table.set_index("case_id")
    assert len(rows) == len(result.second_reads) > 0
    for row, told in zip(rows, result.second_reads.to_dict("records"), strict=True):
        assert (row["case_id"], row["volunteer_id"]) == (told["case_id"], told["volunteer_id"])
        assert (iso(row["week"]), row["hours"]) == (told["week"], float(told["hours"]))
        assert row["first_reader"] == first["volunteer_id"][told["case_id"]]
        assert iso(row["first_week"]) == first["week"][told["case_id"]]


def test_moves_say_from_where_to_where_and_why(tmp_path):
    result = greedy(later())
    rows = rows_of(written(result, tmp_path / "schedule.xlsx")["moves"])
    assert [row["case_id"] for row in rows] == [each["case_id"] for each in result.moves]
    for row, each in zip(rows, result.moves, strict=True):
        for side in ("from", "to"):
            told = each[side] or {"volunteer_id": "backlog", "week": ""}
            assert row[f"{side}_volunteer"] == told["volunteer_id"]
            assert iso(row[f"{side}_week"]) == told["week"]
        assert row["why"] == each["why"]


def test_goals_stand_with_their_claims(result, book):
    tiers = [entry for entry in result.goals if entry["measure"] != "lottery"]
    rows = rows_of(book["goals"])
    assert len(rows) == len(tiers) + 1
    assert sum(str(row["proof"]).startswith("✓") for row in rows) == sum(
        entry["proof"] == "bound" for entry in tiers
    )


def test_text_is_never_a_formula(tmp_path):
    """An id keeps its noughts; what looks like a formula, a number or an address stays text."""
    said = ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.org", "007", HOSTILE, "#N/A"]
    result = greedy(made())
    result = dataclasses.replace(
        result,
        table=result.table.assign(reason=said),
        moves=[{"case_id": "R01", "from": None, "to": None, "why": "=A1"}],
    )
    book = written(result, tmp_path / "schedule.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    assert [row["reason"] for row in rows_of(book["schedule"])] == said
    assert rows_of(book["moves"])[0]["why"] == "=A1"


def test_tables_are_frozen_filtered_and_print(book):
    """Header and first column stand still, every column filters, A4 landscape, header repeated."""
    for name in TABLES:
        sheet = book[name]
        assert sheet.freeze_panes == "B2"
        last = sheet.cell(1, sheet.max_column).column_letter
        assert sheet.auto_filter.ref == f"A1:{last}{max(2, sheet.max_row)}"
        assert sheet.print_title_rows == "$1:$1"
        assert all(cell.font.bold for cell in sheet[1])
    for sheet in book.worksheets:
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        assert sheet.page_setup.orientation == "landscape"
        assert "&P" in sheet.oddFooter.right.text or "&[Page]" in sheet.oddFooter.right.text


def test_no_list_of_the_workbook_is_cut(tmp_path, monkeypatch):
    """What the page cuts stands here in full: volunteers about whom something is missing, say."""
    monkeypatch.setattr(programme_grids, "MOST_ROWS", 1)
    result = greedy(made())
    told = accounts_of(result)
    sheet = written(result, tmp_path / "schedule.xlsx")["coverage"]
    said = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert len(told.coverage.hidden) > 1
    assert {each.volunteer_id for each in told.coverage.hidden} <= set(said)


def test_figures_are_numbers_and_shares_of_cases_are_text():
    assert (number_in("1,234.5"), number_in("−80"), number_in("0")) == (1234.5, -80.0, 0.0)
    assert (number_in("12 of 30"), number_in("–"), number_in("")) == (None, None, None)


def test_kent_reads_back(shared_data, tmp_path):
    """The open Kent programme: every case once, and the hours of the capacity sheet as numbers."""
    result = greedy(read_programme(shared_data / "kent_open_reviews"))
    book = written(result, tmp_path / "schedule.xlsx")
    assert [row["case_id"] for row in rows_of(book["schedule"])] == result.table["case_id"].tolist()
    told = accounts_of(result).capacity
    figures = {row[0]: row[1] for row in book["capacity"].iter_rows(values_only=True)}
    assert figures["= Hours offered"] == pytest.approx(float(told.total.offered))
    assert figures["Needed in all"] == pytest.approx(float(told.all_needed.hours))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone can be changed only on Unix")
def test_bytes_follow_no_clock(tmp_path, monkeypatch):
    """The file's own dates are the programme's; another day or time zone makes the same bytes."""
    result = greedy(with_second_reads())
    first, second = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    write_schedule_workbook(first, result)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    time.sleep(1.1)
    write_schedule_workbook(second, result)
    monkeypatch.delenv("TZ")
    time.tzset()
    assert first.read_bytes() == second.read_bytes()
    core = zipfile.ZipFile(first).read("docProps/core.xml").decode()
    assert core.count("2027-01-11T00:00:00Z") == 2
