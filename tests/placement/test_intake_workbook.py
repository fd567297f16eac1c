"""A round in one Excel workbook: the same round as in CSV, and every way in which a workbook misleads."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

import little_round as little
from allocator.placement.intake import check_folder, read_round
from allocator.placement.template import write_template
from allocator.tables.faults import Fault
from allocator.tables.template import README
from little_workbook import NO_CSV, changed, repacked, saved, sheet_part, workbook, write

CHILDREN = "round.xlsx, sheet children"
GOOD = saved(workbook())


def put(cell: str, value: Any) -> Callable[[Any], None]:
    """Set one cell."""

    def change(sheet: Any) -> None:
        sheet[cell] = value

    return change


def told(folder: Path) -> tuple[set[Any], set[Any]]:
    """Faults and warnings without their sentences."""
    faults, warnings = check_folder(folder)
    assert all(fault.rule and fault.mend for fault in faults)
    return _bare(faults), _bare(warnings)


def _bare(found: tuple[Fault, ...]) -> set[Any]:
    return {(fault.file, fault.row, fault.column, fault.value, fault.code) for fault in found}


def test_a_workbook_reads_to_the_same_round(tmp_path: Path) -> None:
    """Numbers, days and ids as Excel holds them; also with the calendar of 1904."""
    first = read_round(little.write(tmp_path / "csv"))
    found = read_round(write(tmp_path / "xlsx", GOOD))
    little.assert_same(found, first)
    assert [file.name for file in found.inputs] == ["round.toml", "round.xlsx"]
    assert found.warnings == ()
    book = workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    little.assert_same(read_round(write(tmp_path / "mac", saved(book))), first)


def test_tables_may_stand_partly_in_the_workbook(tmp_path: Path) -> None:
    """A sheet here, a CSV file there; the same table in both is a fault."""
    first = read_round(little.write(tmp_path / "csv"))
    book = workbook()
    del book["rulings"]
    files: dict[str, little.Content] = {"rulings.csv": little.RULINGS}
    little.assert_same(read_round(write(tmp_path / "mixed", saved(book), files)), first)
    faults, _ = told(write(tmp_path / "both", GOOD, files))
    assert faults == {("rulings.csv", None, None, None, "two_formats")}


def test_the_template_reads_back(tmp_path: Path) -> None:
    """Filled with the little round it is the little round; untouched, every example row is a fault."""
    first = read_round(little.write(tmp_path / "csv"))
    folder = little.write(tmp_path / "template", NO_CSV)
    write_template(folder / "round.xlsx")
    faults, warnings = told(folder)
    assert {fault[4] for fault in faults} == {"example_row"}
    assert len(faults) == len(little.TABLES)
    assert warnings == set()
    book = openpyxl.load_workbook(folder / "round.xlsx")
    assert book.sheetnames == [README, *little.TABLES]
    for name in little.TABLES:
        sheet, rows = book[name], little.cells(name)
        headers = [cell.value for cell in sheet[1]]
        assert all(cell.comment is not None for cell in sheet[1])
        assert sheet.freeze_panes == "B2"
        for number, row in enumerate(rows[1:], start=2):
            given = dict(zip(rows[0], row, strict=True))
            for position, header in enumerate(headers, start=1):
                sheet.cell(number, position).value = given.get(str(header)) or None
    book.save(folder / "round.xlsx")
    little.assert_same(read_round(folder), first)


def test_the_template_offers_the_codes(tmp_path: Path) -> None:
    """Every column of codes has a drop-down of just those codes, and the bytes are the same each time."""
    write_template(tmp_path / "a.xlsx")
    write_template(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["rulings"]
    offered = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered == {"C2": '"place,bar"', "D2": '"tribunal,on_roll,panel,parent"'}
    assert sheet.column_dimensions["A"].width >= 12


FAULTS: dict[str, tuple[bytes, set[Any]]] = {
    "30 a day in a column of ids": (
        changed(put("A2", dt.date(2026, 3, 1)), "suitability"),
        {("round.xlsx, sheet suitability", 2, "child_id", "2026-03-01", "id_date")},
    ),
    "28 a number past 15 digits": (
        changed(put("A2", 1234567890123456789), "suitability"),
        {("round.xlsx, sheet suitability", 2, "child_id", "1.234567890123457e+18", "id_spoilt")},
    ),
    "31 an error": (changed(put("F2", "#N/A")), {(CHILDREN, 2, "need_score", "#N/A", "cell_error")}),
    "31 an error in a blank column": (
        changed(put("Z2", "#REF!")),
        {(CHILDREN, 2, "Z", "#REF!", "cell_error")},
    ),
    "32 a formula without a result": (
        changed(put("F2", "=300+20")),
        {(CHILDREN, 2, "need_score", None, "formula_unsaved")},
    ),
    "36 merged cells": (
        changed(lambda sheet: sheet.merge_cells("A3:A4")),
        {
            (CHILDREN, 3, None, "A3:A4", "cells_merged"),
            (CHILDREN, 4, "child_id", "", "blank"),
            ("round.xlsx, sheet preferences", 5, "child_id", "C3", "child_unknown"),
            ("round.xlsx, sheet travel", 3, "child_id", "C3", "child_unknown"),
            ("round.xlsx, sheet rulings", 2, "child_id", "C3", "child_unknown"),
        },
    ),
    "37 a title above the header": (
        changed(lambda sheet: (sheet.insert_rows(1), put("A1", "Children")(sheet))[0]),
        {
            (
                CHILDREN,
                1,
                None,
                "children, (B), (C), (D), (E), (F), (G), (H), (I), (J), (K), (L), (M), (N), (O)",
                "header",
            )
        },
    ),
    "44 a cell far below": (
        changed(put("A9000", "x")),
        {(CHILDREN, None, None, None, "cell_stray")},
    ),
    "44 a cell far to the right": (
        changed(put("XFD2", "x")),
        {(CHILDREN, None, None, None, "cell_stray")},
    ),
    "50 a number in a column of days": (
        changed(put("N3", 46097)),
        {(CHILDREN, 3, "waiting_since", "46097", "date_serial")},
    ),
    "52 a day with a time": (
        changed(put("N2", dt.datetime(2026, 3, 1, 9, 30))),
        {(CHILDREN, 2, "waiting_since", "2026-03-01T09:30:00", "date_time")},
    ),
    "55 half a point": (changed(put("F2", 3.5)), {(CHILDREN, 2, "need_score", "3.5", "number_whole")}),
    "67 a huge number": (changed(put("F2", 1e300)), {(CHILDREN, 2, "need_score", "1e+300", "number_whole")}),
    "a time of day": (
        changed(put("N2", dt.time(9, 30))),
        {(CHILDREN, 2, "waiting_since", "09:30:00", "date_form")},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_misleading_cell_is_a_fault(name: str, tmp_path: Path) -> None:
    """Exactly these faults, at the row and column that Excel shows."""
    data, expected = FAULTS[name]
    faults, warnings = told(write(tmp_path, data))
    assert faults == expected
    assert {warning[4] for warning in warnings} <= {"preference_none"}


def test_38_a_missing_sheet_names_the_likeliest(tmp_path: Path) -> None:
    """A workbook with "pupils 2027" and "childern" and no sheet children."""
    book = workbook()
    book["children"].title = "childern"
    folder = write(tmp_path, saved(book))
    faults, warnings = told(folder)
    assert faults == {("round.xlsx, sheet children", None, None, None, "table_missing")}
    assert warnings == {("round.xlsx, sheet childern", None, None, None, "sheet_unknown")}
    assert "childern" in check_folder(folder)[0][0].mend


def test_44_far_cells_without_a_value_are_nothing(tmp_path: Path) -> None:
    """A format in the last cell that a sheet can have makes the sheet no longer."""
    data = changed(lambda sheet: setattr(sheet["XFD1048576"], "font", Font(bold=True)))
    little.assert_same(read_round(write(tmp_path / "far", data)), read_round(little.write(tmp_path / "csv")))


def hide(what: str) -> Callable[[Any], None]:
    """Hide row 3, or column F."""

    def change(sheet: Any) -> None:
        if what == "row":
            sheet.row_dimensions[3].hidden = True
        elif what == "column":
            sheet.column_dimensions["F"].hidden = True
        else:
            sheet.sheet_state = what

    return change


SAVED_FORMULA = repacked(
    changed(put("F2", "=300+320")),
    {
        sheet_part("children"): lambda xml: xml.replace(b"<v></v>", b"<v>620</v>").replace(
            b"<v />", b"<v>620</v>"
        )
    },
)
WARNINGS: dict[str, tuple[bytes, str, str]] = {
    "33 a formula with its result": (SAVED_FORMULA, CHILDREN, "formula"),
    "34 a hidden row": (changed(hide("row")), CHILDREN, "rows_hidden"),
    "34 a hidden column": (changed(hide("column")), CHILDREN, "columns_hidden"),
    "35 a hidden sheet that is a table": (changed(hide("hidden")), CHILDREN, "sheet_hidden"),
    "35 a very hidden sheet that is a table": (changed(hide("veryHidden")), CHILDREN, "sheet_hidden"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_a_doubtful_workbook_is_read_and_said_to_be(name: str, tmp_path: Path) -> None:
    """The round is the same as ever; one warning says what to look at."""
    data, file, code = WARNINGS[name]
    found = read_round(write(tmp_path / "xlsx", data))
    little.assert_same(found, read_round(little.write(tmp_path / "csv")))
    assert [(warning.file, warning.code) for warning in found.warnings] == [(file, code)]


def test_35_a_hidden_sheet_that_is_no_table_is_not_read(tmp_path: Path) -> None:
    book = workbook()
    book.create_sheet("old").sheet_state = "hidden"
    book.create_sheet("Read me")
    found = read_round(write(tmp_path, saved(book)))
    assert [warning.code for warning in found.warnings] == ["sheet_unknown"]
    assert "hidden" in found.warnings[0].rule


def test_an_audit_only_sheet_has_no_place_in_the_workbook(tmp_path: Path) -> None:
    """In audit.xlsx it is left shut; in round.xlsx it is a fault."""
    book = workbook()
    book.create_sheet("Challenge").append(["child_id", "appeal"])
    faults, _ = told(write(tmp_path, saved(book), {"audit.xlsx": b"never opened"}))
    assert faults == {("round.xlsx, sheet Challenge", None, None, None, "audit_table")}


def test_two_sheets_of_one_name(tmp_path: Path) -> None:
    book = workbook()
    book.create_sheet("Travel ").append(["child_id"])
    faults, _ = told(write(tmp_path, saved(book)))
    assert faults == {("round.xlsx, sheet Travel ", None, None, None, "sheet_twice")}


def bomb() -> bytes:
    """A workbook that unpacks to 60 million bytes of one sheet."""
    return repacked(GOOD, {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"})


def twice() -> bytes:
    """A workbook with two parts of one name."""
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    return out.getvalue()


def entity(xml: bytes) -> bytes:
    """Declare an entity."""
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "boom">]>' + xml.split(b"?>")[-1]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "40 an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook" * 9, "workbook_kind"),
    "40 a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "workbook_password",
    ),
    "40 macros": (lambda: repacked(GOOD, {"xl/vbaProject.bin": b"x"}), "workbook_kind"),
    "40 binary parts": (lambda: repacked(GOOD, {"xl/workbook.bin": b"x"}), "workbook_kind"),
    "40 another office": (
        lambda: repacked(GOOD, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "workbook_kind",
    ),
    "41 a zip archive": (lambda: repacked(GOOD, {"xl/workbook.xml": None}), "file_kind"),
    "01 nothing": (lambda: b"", "file_empty"),
    "42 a bomb": (bomb, "workbook_bomb"),
    "42 too many parts": (lambda: repacked(GOOD, {f"x{n}": b"" for n in range(2_001)}), "workbook_bomb"),
    "42 two parts of one name": (twice, "file_form"),
    "43 an entity": (lambda: repacked(GOOD, {"xl/workbook.xml": entity}), "workbook_xml"),
    "43 an entity in a sheet": (lambda: repacked(GOOD, {sheet_part("schools"): entity}), "workbook_xml"),
    "43 another encoding": (
        lambda: repacked(GOOD, {sheet_part("schools"): '<?xml version="1.0"?>'.encode("utf-16")}),
        "workbook_xml",
    ),
    "cut short": (lambda: GOOD[: len(GOOD) // 2], "file_form"),
    "a byte turned": (lambda: GOOD[:600] + bytes([GOOD[600] ^ 255]) + GOOD[601:], "file_form"),
    "no relations": (lambda: repacked(GOOD, {"xl/_rels/workbook.xml.rels": None}), "file_form"),
    "no XML": (lambda: repacked(GOOD, {"xl/workbook.xml": b"<workbook"}), "file_form"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_is_not_safe_is_refused_whole(name: str, tmp_path: Path) -> None:
    """One fault for the file; no table of it is said to be missing."""
    make, code = REFUSED[name]
    faults, _ = told(write(tmp_path, make()))
    assert faults == {("round.xlsx", None, None, None, code)}
