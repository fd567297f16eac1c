"""Bad files: empty, of another kind, of another shape, missing.

A case names its row of the catalogue, the files that change, and every fault and warning that must
come of it as (file, row, column, value, code): no more and no fewer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import little_round as little
from broken_rounds import C1, check, doubt, file, renamed
from little_round import CHILDREN, PREFERENCES, SCHOOLS, with_row

CASES: dict[str, Any] = {
    "01 nothing in the file": file("children.csv", "", (None, None, None, "file_empty")),
    "01 blank lines alone": file("travel.csv", "\n \n", (None, None, None, "file_empty")),
    "02 a header alone": file("children.csv", CHILDREN.splitlines()[0], (None, None, None, "table_empty")),
    "03 a column is missing": (
        renamed("children", "need_score", "score"),
        {("children.csv", 1, "need_score", None, "column_missing")},
        {("children.csv", 1, "score", None, "column_unknown")},
    ),
    "03 an id column is missing": (
        renamed("children", "child_id", "pupil"),
        {("children.csv", 1, "child_id", None, "column_missing")},
        {("children.csv", 1, "pupil", None, "column_unknown")},
    ),
    "04 columns too many": (
        {
            "children.csv": "\n".join(f"{line},x" for line in CHILDREN.splitlines()).replace(
                ",x", ",ethnicity", 1
            )
        },
        set(),
        {("children.csv", 1, "ethnicity", None, "column_unknown")},
    ),
    "05 a column twice": (
        renamed("schools", "places_total", "NAME "),
        {("schools.csv", 1, "name", None, "column_twice")},
        set(),
    ),
    "06 headers in capitals, with spaces and a mark": (
        {
            "children.csv": "\ufeff"
            + CHILDREN.replace("child_id,year_group", " CHILD_ID ,Year_Group\u00a0", 1)
        },
        set(),
        set(),
    ),
    "07 byte-order mark": ({"children.csv": "\ufeff" + CHILDREN}, set(), set()),
    "08 UTF-16": file("schools.csv", SCHOOLS.encode("utf-16"), (None, None, None, "encoding")),
    "09 Windows-1252": file(
        "schools.csv", SCHOOLS.replace("Acorn", "Zoë").encode("cp1252"), (2, None, None, "encoding")
    ),
    "10 decoded twice": doubt("schools", 2, "name", "ZoÃ« School", "text_mojibake"),
    "11 a control character": file(
        "children.csv", CHILDREN.replace("C2", "C\x002"), (3, None, None, "control_character")
    ),
    "12 semicolons": file("travel.csv", little.TRAVEL.replace(",", ";"), (1, None, None, "delimiter")),
    "12 tabs": file("travel.csv", little.TRAVEL.replace(",", "\t"), (1, None, None, "delimiter")),
    "12 bars": file("travel.csv", little.TRAVEL.replace(",", "|"), (1, None, None, "delimiter")),
    "13 lone carriage returns": ({"children.csv": CHILDREN.replace("\n", "\r")}, set(), set()),
    "13 mixed line ends": ({"children.csv": CHILDREN.replace("\n", "\r\n", 2)}, set(), set()),
    "14 a quote that never closes": file(
        "schools.csv", SCHOOLS.replace("Acorn", '"Acorn'), (2, None, None, "quote")
    ),
    "14 a quote inside a cell": file(
        "schools.csv", SCHOOLS.replace('Dover"', 'Dover" x'), (3, None, None, "quote")
    ),
    "15 a row too long": (
        {"preferences.csv": PREFERENCES.replace("C2,2,", "C2,2,x,").replace("C2,1", "C2,1")},
        {("preferences.csv", 3, None, "C2,2,x,100001", "row_length")},
        set(),
    ),
    "15 a row too short": (
        {"preferences.csv": PREFERENCES + "C3,2\n"},
        {("preferences.csv", 6, None, "C3,2", "row_length")},
        set(),
    ),
    "15 a child's row too short": (
        {"children.csv": CHILDREN.replace(C1, "C1,7")},
        {("children.csv", 2, None, "C1,7", "row_length")},
        set(),
    ),
    "16 blank rows keep the count": (
        {"children.csv": CHILDREN.replace("C2,8", "\n,,,,,,,,,,,,,,\n\nC2,99")},
        {("children.csv", 6, "year_group", "99", "number_range")},
        set(),
    ),
    "17 a row of totals": (
        with_row("provisions", provision_id="Total", places="6"),
        {
            ("provisions.csv", 5, column, "", "total_row")
            for column in ("school_id", "year_from", "year_to", "annual_cost")
        },
        set(),
    ),
    "17 a row without an id": (
        with_row("preferences", rank="4"),
        {("preferences.csv", 6, column, "", "blank") for column in ("child_id", "school_id")},
        set(),
    ),
    "18 a child twice, word for word": (
        {"children.csv": CHILDREN + C1.replace("ASD", "asd") + "\n"},
        set(),
        {("children.csv", 5, "child_id", "C1", "row_twice")},
    ),
    "19 a child twice, differing": (
        {"children.csv": CHILDREN + C1.replace("620", "621") + "\n"},
        {("children.csv", 5, "child_id", "C1", "id_twice")},
        set(),
    ),
    "40 an old workbook": file("children.xls", b"\xd0\xcf\x11\xe0", (None, None, None, "workbook_kind")),
    "40 a binary workbook": file("round.xlsb", b"PK", (None, None, None, "workbook_kind")),
    "40 another office's workbook": file("round.ods", b"PK", (None, None, None, "workbook_kind")),
    "40 a workbook with macros": file("round.xlsm", b"PK", (None, None, None, "workbook_kind")),
    "41 a workbook named CSV": file("children.csv", b"PK\x03\x04rest", (None, None, None, "file_kind")),
    "41 a Parquet file named CSV": file("children.csv", b"PAR1rest", (None, None, None, "file_kind")),
    "41 CSV named Parquet": (
        {"travel.csv": None, "travel.parquet": little.TRAVEL},
        {("travel.parquet", None, None, None, "file_kind")},
        set(),
    ),
    "41 CSV named a workbook": file("round.xlsx", CHILDREN, (None, None, None, "file_kind")),
    "45 as long as a spreadsheet can be": (
        {"suitability.csv": little.SUITABILITY + "\n" * 65_532 + "C3,P3,1\n"},
        set(),
        {("suitability.csv", None, None, None, "rows_cut")},
    ),
    "a table of postcodes that is not there": (
        {"round.toml": little.POLICY + '[travel]\npostcodes = "homes.csv"\n'},
        {("round.toml", 7, "travel.postcodes", "homes.csv", "postcode_table")},
        set(),
    ),
    "a table in two formats": (
        {"travel.parquet": b"PAR1"},
        {("travel.csv", None, None, None, "two_formats")},
        set(),
    ),
    "a required table is missing": (
        {"schools.csv": None, "Schools.csv": SCHOOLS},
        {("schools.csv", None, None, None, "table_missing")},
        {("Schools.csv", None, None, None, "file_unknown")},
    ),
    "a file of an unknown name": (
        {"preference.csv": "a,b\n"},
        set(),
        {("preference.csv", None, None, None, "file_unknown")},
    ),
    "a title above the header": (
        {"children.csv": "Children of 2027" + "," * 14 + "\n" + CHILDREN},
        {
            (
                "children.csv",
                1,
                None,
                "children of 2027, (B), (C), (D), (E), (F), (G), (H), (I), (J), (K), (L), (M), (…",
                "header",
            )
        },
        set(),
    ),
    "a column without a name": (
        {"travel.csv": "child_id,school_id,minutes,km,\nC1,100001,1,1,x\n"},
        {("travel.csv", 1, "(E)", None, "column_unnamed")},
        set(),
    ),
    "blank columns at the end": (
        {"travel.csv": "child_id,school_id,minutes,km,,\nC1,100001,1,1,,\n"},
        set(),
        set(),
    ),
    "the template's example row": (
        with_row("travel", child_id="EXAMPLE-ROW", minutes="x"),
        {("travel.csv", 4, "child_id", "EXAMPLE-ROW", "example_row")},
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_round_is_told_where_it_breaks(name: str, tmp_path: Path) -> None:
    """Exactly the faults and warnings listed, each with a way to mend it; nothing is read in part."""
    check(CASES[name], tmp_path)
