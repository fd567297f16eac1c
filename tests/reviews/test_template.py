"""The workbook to fill in: every sheet has an example row, its codes, and reads back once it is filled."""

from __future__ import annotations

from pathlib import Path

import openpyxl

import reviews.little_programme as little
from allocator.reviews.intake import check_folder, read_programme
from allocator.reviews.template import write_template
from allocator.tables.template import README


def test_the_template_reads_back(tmp_path: Path) -> None:
    """Filled with the little programme it is that programme; untouched, every example row is a fault."""
    first = read_programme(little.write(tmp_path / "csv"))
    folder = little.write(tmp_path / "template", little.NO_CSV)
    write_template(folder / "reviews.xlsx")
    faults, _ = check_folder(folder)
    assert {fault.code for fault in faults} == {"example_row"}
    assert len(faults) == len(little.TABLES)
    book = openpyxl.load_workbook(folder / "reviews.xlsx")
    assert book.sheetnames == [README, *little.TABLES]
    for name in little.TABLES:
        sheet, rows = book[name], little.cells(name)
        headers = [cell.value for cell in sheet[1]]
        assert headers == rows[0]
        assert all(cell.comment is not None for cell in sheet[1])
        for number, row in enumerate(rows[1:], start=2):
            for position, value in enumerate(row, start=1):
                sheet.cell(number, position).value = value or None
    book.save(folder / "reviews.xlsx")
    little.assert_same(read_programme(folder), first)


def test_the_example_rows_would_be_accepted(tmp_path: Path) -> None:
    """But for the id that marks it, each example keeps its column's rule."""
    write_template(tmp_path / "reviews.xlsx")
    book = openpyxl.load_workbook(tmp_path / "reviews.xlsx")
    for name in ("cases", "volunteers", "availability", "conflicts"):
        book[name]["A2"] = "R0001" if name == "cases" else "V001"
    book["officers"]["A2"] = "2027-01-18"
    book["conflicts"]["C2"] = "119036"
    book.save(tmp_path / "reviews.xlsx")
    (tmp_path / "reviews.toml").write_text(little.POLICY)
    assert check_folder(tmp_path) == ((), ())


def test_the_template_offers_the_codes_in_the_same_bytes(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    write_template(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["conflicts"]
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ['"school,trust,child,case"']
