"""The workbook holds the placements cell by cell, and nothing in it is a formula."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from allocator.report import workbook
from allocator.report.sheets import sheet_names
from allocator.report.workbook import LONGEST_CELL, fitting, write_workbook

OWN = ["READ ME", "placements", "schools", "unplaced"]
OFFICE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(case, path: Path) -> Workbook:
    write_workbook(path, case.round, case.placements, case.options, case.run)
    return openpyxl.load_workbook(path)


def cells(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def expected(rows: pd.DataFrame) -> list[list[object]]:
    """Rows as they should read back: a blank text or figure is an empty cell."""
    plain = rows.astype("object").where(rows.notna(), None)
    return [list(rows.columns)] + [
        [None if value == "" else value for value in row] for row in plain.itertuples(index=False, name=None)
    ]


@pytest.fixture
def book(case, tmp_path) -> Workbook:
    return written(case, tmp_path / "placements.xlsx")


def test_placements_read_back_cell_by_cell(any_case, tmp_path):
    """The sheet "placements" has the columns, rows, order and values of placements.csv."""
    book = written(any_case, tmp_path / "placements.xlsx")
    assert cells(book["placements"]) == expected(any_case.placements)


def test_kent_reads_back_cell_by_cell(kent, tmp_path):
    book = written(kent, tmp_path / "placements.xlsx")
    assert cells(book["placements"]) == expected(kent.placements)
    partition(kent, book)


def partition(case, book: Workbook) -> None:
    """The sheets of schools hold each placed child once, at its own school, and no other child."""
    found = []
    for sheet in book.worksheets[len(OWN) :]:
        rows = cells(sheet)
        assert rows[0] == list(case.placements.columns)
        at = {name: column for column, name in enumerate(rows[0])}
        schools = {row[at["school_id"]] for row in rows[1:]}
        assert len(schools) <= 1
        assert all(sheet.title.startswith(school) for school in schools)
        found += rows[1:]
    placed = case.placements[case.placements["status"] != "unplaced"]
    assert sorted(found, key=lambda row: row[0]) == expected(placed)[1:]


def test_sheets_of_schools_partition_the_placed(any_case, tmp_path):
    book = written(any_case, tmp_path / "placements.xlsx")
    assert book.sheetnames[: len(OWN)] == OWN
    assert len(book.sheetnames) == len(OWN) + any_case.round.provisions["school_id"].nunique()
    partition(any_case, book)


def test_unplaced_stand_by_need_with_reasons(book):
    rows = cells(book["unplaced"])
    assert [row[0] for row in rows] == ["child_id", "C06", "C07", "C09"]
    assert rows[1][8] == "Because of <rule> 400."
    assert rows[1][9] == (
        "1st 0300 Acorn School: school’s objection upheld (ground: efficient education of others); "
        "2nd 0100 Acorn School: no place left (ground: none)"
    )
    assert rows[1][5] == "15 February 2027"
    assert [row[7] for row in rows[1:]] == [1, 0, 1]


def test_ids_are_text_and_text_is_never_a_formula(case, tmp_path):
    """An id keeps its leading zeros; what looks like a formula, a number or an address stays text."""
    reasons = ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.org", "007", "TRUE", "#N/A", "mailto:a@b"]
    case = case.replace(placements=case.placements.assign(reason=reasons))
    book = written(case, tmp_path / "placements.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    sheet = book["placements"]
    assert [sheet.cell(at, 14).value for at in range(2, 11)] == reasons
    assert all(sheet.cell(at, 14).data_type == "s" for at in range(2, 11))
    assert {sheet.cell(at, 4).value for at in range(2, 11)} == {"0100", "0200", None}
    assert all(sheet.cell(at, 4).number_format == "@" for at in range(2, 11) if sheet.cell(at, 4).value)
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_tables_are_frozen_filtered_and_print(book):
    """Header and id column stand still, every column filters, A4 landscape one page wide, header repeated."""
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}{sheet.max_row}"
        assert sheet.print_title_rows == "$1:$1"
        assert all(cell.font.bold and cell.alignment.wrap_text for cell in sheet[1])
        assert all(
            sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[1] if cell.column_letter
        )
    for sheet in book.worksheets:
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert "&P" in sheet.oddFooter.right.text or "&[Page]" in sheet.oddFooter.right.text


def test_read_me_says_what_it_is(book):
    said = {row[0]: row[1] for row in cells(book["READ ME"]) if row[0]}
    assert said["Round"] == "by-hand"
    assert said["Counted to"] == "20 January 2027"
    assert said["Status"] == "Proved best by every goal of the policy, in its order."
    assert said["Goal 1"].startswith("Place as many children as possible, greatest assessed need first")
    assert said["   children.csv"] == "ab" * 32
    assert "not a decision" in said["Note"]
    assert said["Lottery seed"] == "public <phrase>"
    assert "secret" not in str(said)


def test_schools_are_linked_to_their_sheets(book):
    sheet = book["schools"]
    assert [sheet.cell(at, 1).value for at in (2, 3, 4)] == ["0100", "0200", "0300"]
    for at in (2, 3, 4):
        link = sheet.cell(at, 9)
        assert link.value in book.sheetnames
        quoted = link.value.replace("'", "''")
        assert link.hyperlink.location == f"'{quoted}'!A1"
    assert [sheet.cell(2, at).value for at in (3, 4, 5, 6, 7, 8)] == [4, 1, 3, 1, 0, 80_000]


def test_large_rounds_read_back_the_same(case, kent, tmp_path, monkeypatch):
    """Rows written straight to the file, as for large rounds, are the same rows."""
    monkeypatch.setattr(workbook, "ROWS_IN_MEMORY", 1)
    book = written(case, tmp_path / "large.xlsx")
    monkeypatch.undo()
    small = written(case, tmp_path / "small.xlsx")
    assert book.sheetnames == small.sheetnames
    assert all(cells(book[name]) == cells(small[name]) for name in small.sheetnames)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["large.xlsx", "small.xlsx"]


def test_large_rounds_keep_few_files_open(case, tmp_path, monkeypatch):
    """A sheet of a finished school keeps no file open: thousands of schools would run out of them."""
    held = []
    monkeypatch.setattr(workbook, "ROWS_IN_MEMORY", 1)
    plain = workbook.write_placements

    def counting(sheet, styles, rows):
        held.append(len(os.listdir("/proc/self/fd")))
        plain(sheet, styles, rows)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files can be counted only where /proc is")
    monkeypatch.setattr(workbook, "write_placements", counting)
    written(case, tmp_path / "large.xlsx")
    assert len(held) == 4
    assert held[-1] <= held[1] + 2


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone can be changed only on Unix")
def test_bytes_follow_no_clock(case, tmp_path, monkeypatch):
    """The file's own dates are the round's; another day or time zone makes the same bytes."""
    first, second = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    for large in (False, True):
        monkeypatch.setattr(workbook, "ROWS_IN_MEMORY", 1 if large else 20_000)
        written(case, first)
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        written(case, second)
        monkeypatch.delenv("TZ")
        time.tzset()
        assert first.read_bytes() == second.read_bytes()
    core = zipfile.ZipFile(first).read("docProps/core.xml").decode()
    assert core.count("2027-01-20T00:00:00Z") == 2


def test_a_cell_is_never_longer_than_excel_allows():
    assert fitting("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    assert fitting("x" * 40_000) == "x" * (LONGEST_CELL - 1) + "…"


ids = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


@given(st.dictionaries(ids, st.text(max_size=40), max_size=8))
def test_sheet_names_are_legal_and_unlike(schools):
    """Any ids and names give names that Excel takes: short, without forbidden letters, all different."""
    names = sheet_names(schools.items(), OWN)
    assert list(names) == list(schools)
    taken = [name.casefold() for name in [*names.values(), *OWN, "History"]]
    assert len(set(taken)) == len(taken)
    for school, name in names.items():
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set("[]:*?/\\") & set(name)
        assert name.strip("'") == name
        assert name.isprintable() or not any(ord(letter) < 32 for letter in name)
        if "~" not in name and len(school) < 28:
            assert name.startswith(school)


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("Acorn School", "119026 Acorn School"),
        ("Nexus Foundation Special School", "119026 Nexus Foundation Special"),
        ("Abbey Court Foundation Special School", "119026 Abbey Court Foundation"),
        ("St. Anne's [Upper]/Lower", "119026 St. Anne's Upper Lower"),
        ("X" * 40, "119026 " + "X" * 24),
        ("🎓" * 20, "119026 " + "🎓" * 12),
    ],
)
def test_sheet_names_end_with_a_whole_word(name, sheet):
    assert sheet_names([("119026", name)]) == {"119026": sheet}
