"""Bad cells: ids, days, needs, codes and figures that are not what their column holds.

A case names its row of the catalogue, the files that change, and every fault and warning that must
come of it as (file, row, column, value, code): no more and no fewer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import little_round as little
from broken_rounds import C1, CHILD, add, cell, check, doubt
from little_round import CHILDREN, SCHOOLS, with_cell, with_row

CASES: dict[str, Any] = {
    "21 ids that differ in capitals": add("children", "child_id", "id_case", child_id="c1", **CHILD),
    "21 a space inside an id": cell("suitability", 2, "child_id", "C 2", "id_form"),
    "21 a hard space inside an id": cell("suitability", 2, "child_id", "C\u00a02", "id_character"),
    "21 a dash of another kind": cell("suitability", 2, "child_id", "C\u20132", "id_character"),
    "22 a name that is not composed": (with_cell("schools", 2, "name", "Zoe\u0308 School"), set(), set()),
    "22 an id that is not composed": cell("suitability", 2, "child_id", "Zoe\u0308", "id_character"),
    "23 a letter of another alphabet": cell("suitability", 2, "child_id", "\u04211", "id_character"),
    "24 an invisible character": cell("suitability", 2, "child_id", "C\u202e1", "id_character"),
    "24 a zero-width character": cell("suitability", 2, "child_id", "\u200bC1", "id_character"),
    "24 an invisible character in a name is kept": (
        with_cell("schools", 2, "name", "A\u202eB"),
        set(),
        set(),
    ),
    "25 a path for an id": cell("suitability", 2, "child_id", "../../etc/passwd", "id_form"),
    "25 a slash in an id": cell("suitability", 2, "child_id", "a/b", "id_form"),
    "25 an id of 300 characters": cell("suitability", 2, "child_id", "C" * 300, "id_form"),
    "26 leading zeros lost": (
        {
            "schools.csv": SCHOOLS + "1234,Cedar,special,51,0,,,,,,,\n",
            "travel.csv": little.TRAVEL + "C1,2,1,1\n",
        },
        {
            ("schools.csv", 4, "school_id", "1234", "id_zeros"),
            ("travel.csv", 4, "school_id", "2", "school_unknown"),
        },
        set(),
    ),
    "27 an id turned to a number": cell("suitability", 2, "child_id", "100123.0", "id_spoilt"),
    "27 an id turned to powers of ten": cell("suitability", 2, "child_id", "1E+05", "id_spoilt"),
    "28 a long number rounded": add(
        "children", "child_id", "id_rounded", child_id="123456789012345000", **CHILD
    ),
    "29 an id that reads like nothing": (
        with_row("children", child_id="NA", **CHILD),
        set(),
        {
            ("children.csv", 5, "child_id", "NA", "id_word"),
            ("preferences.csv", None, None, None, "preference_none"),
        },
    ),
    "30 an id turned to a date": cell("suitability", 2, "child_id", "1-Mar", "id_date"),
    "30 an id that is a date": cell("suitability", 2, "child_id", "2027-03-01", "id_date"),
    "48 a date of two readings": cell("children", 2, "waiting_since", "03/04/2026", "date_form"),
    "49 a date in US order": cell("children", 2, "waiting_since", "04/13/2026", "date_form"),
    "50 a day count": cell("children", 2, "waiting_since", "46097", "date_serial"),
    "51 a year of two digits": cell("children", 2, "waiting_since", "31/12/26", "date_form"),
    "51 the 31st of February": cell("children", 2, "decide_by", "2027-02-31", "date_none"),
    "51 no leap year": cell("children", 2, "decide_by", "2027-02-29", "date_none"),
    "51 a day to come": cell("children", 2, "waiting_since", "2027-01-21", "waiting_future"),
    "51 a year long past": cell("children", 2, "waiting_since", "0204-01-21", "date_range"),
    "52 a date with a time zone": cell("children", 2, "decide_by", "2027-02-15T00:00+01:00", "date_time"),
    "52 a date with a time": cell("children", 2, "decide_by", "2027-02-15 00:00:00", "date_time"),
    "53 a year group out of range": cell("children", 2, "year_group", "15", "number_range"),
    "53 a year group below nursery": cell("children", 2, "year_group", "-3", "number_range"),
    "54 no need given": cell("children", 2, "primary_need", "", "blank"),
    "54 no score given": cell("children", 2, "need_score", "", "blank"),
    "54 a score that is no number": cell("children", 2, "need_score", "nan", "number_infinite"),
    "55 a score out of scale": cell("children", 2, "need_score", "1001", "number_range"),
    "55 a score below nought": cell("children", 2, "need_score", "-1", "number_range"),
    "55 half a point": cell("children", 2, "need_score", "3.5", "number_whole"),
    "56 scores that are a rank": (
        {
            "children.csv": CHILDREN.splitlines()[0]
            + "".join(f"\n{C1.replace('C1', f'C{n}').replace('620', str(n))}" for n in range(1, 13))
        },
        set(),
        {
            ("children.csv", None, "need_score", None, "score_rank"),
            ("preferences.csv", None, None, None, "preference_none"),
        },
    ),
    "57 every score the same": (
        {
            "children.csv": CHILDREN.splitlines()[0]
            + "".join(f"\n{C1.replace('C1', f'C{n}')}" for n in range(1, 13))
        },
        set(),
        {
            ("children.csv", None, "need_score", None, "score_same"),
            ("preferences.csv", None, None, None, "preference_none"),
        },
    ),
    "58 a code in small letters": (with_cell("children", 2, "primary_need", " asd "), set(), set()),
    "58 a need in words": cell("children", 2, "primary_need", "Autism", "code_unknown"),
    "58 an unknown code in a list": cell("children", 2, "secondary_needs", "SLCN;ADHD", "code_unknown"),
    "58 an empty code in a list": cell("children", 2, "secondary_needs", "SLCN;", "code_empty"),
    "58 a code twice": doubt("children", 2, "secondary_needs", "SLCN;slcn", "code_repeated"),
    "58 the primary need again": doubt("children", 2, "secondary_needs", "SLCN;ASD", "need_repeated"),
    "58 an unknown kind of school": cell("schools", 2, "kind", "specialist", "code_unknown"),
    "59 yes in five ways": (
        {
            "children.csv": CHILDREN.replace(",no,no,", ",TRUE,1,").replace(
                "C2,8,female,SEMH,,480,51.3,0.55,,", "C2,8,female,SEMH,,480,51.3,0.55,y,t"
            )
        },
        set(),
        set(),
    ),
    "59 a dash for no": cell("children", 2, "wheelchair", "-", "yes_no"),
    "60 places below nought": cell("provisions", 2, "places", "-1", "number_range"),
    "61 half a place": cell("provisions", 2, "places", "3.5", "number_whole"),
    "61 a whole number with decimals": (with_cell("provisions", 2, "places", "3.0"), set(), set()),
    "62 places blank": cell("provisions", 2, "places", "", "blank"),
    "62 places in words": cell("provisions", 2, "places", "full", "number_form"),
    "62 no places": (with_cell("provisions", 3, "places", "0"), set(), set()),
    "62 no places anywhere": (
        {
            "provisions.csv": little.PROVISIONS.replace("100001,3,1,1", "100001,0,0,0")
            .replace("100001,2", "100001,0")
            .replace("100002,1", "100002,0")
        },
        set(),
        {("provisions.csv", None, "places", None, "places_none")},
    ),
    "64 a separator of thousands": cell("provisions", 2, "annual_cost", "27,000", "number_locale"),
    "64 a space of thousands": cell("provisions", 2, "annual_cost", "27 000", "number_locale"),
    "64 a decimal comma": cell("provisions", 2, "annual_cost", "27000,5", "number_locale"),
    "64 pounds": cell("provisions", 2, "annual_cost", "£27000", "number_sign"),
    "64 per cent": cell("suitability", 2, "suitability", "80%", "number_sign"),
    "65 infinity": cell("provisions", 2, "annual_cost", "inf", "number_infinite"),
    "65 past every double": cell("provisions", 2, "annual_cost", "1e400", "number_infinite"),
    "65 no number": cell("provisions", 2, "annual_cost", "NaN", "number_infinite"),
    "65 minus nought": cell("provisions", 2, "annual_cost", "-0", "number_minus_nought"),
    "65 minus no places": cell("provisions", 2, "places", "-0", "number_minus_nought"),
    "66 wide digits": cell("provisions", 2, "places", "\uff11\uff12", "number_digits"),
    "66 Arabic digits": cell("provisions", 2, "places", "\u0663", "number_digits"),
    "66 an underscore": cell("provisions", 2, "places", "1_000", "number_form"),
    "66 hexadecimal": cell("provisions", 2, "places", "0x10", "number_form"),
    "66 powers of ten": cell("provisions", 2, "places", "1e5", "number_whole"),
    "66 a plus sign": cell("provisions", 2, "places", "+3", "number_form"),
    "67 past 32 bits": cell("provisions", 2, "places", "2147483648", "number_range"),
    "67 past every integer": cell("provisions", 2, "places", "9" * 5000, "number_range"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_round_is_told_where_it_breaks(name: str, tmp_path: Path) -> None:
    """Exactly the faults and warnings listed, each with a way to mend it; nothing is read in part."""
    check(CASES[name], tmp_path)
