"""Rows that are good by themselves and not together: schools, preferences, places, rulings.

A case names its row of the catalogue, the files that change, and every fault and warning that must
come of it as (file, row, column, value, code): no more and no fewer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import little_round as little
from broken_rounds import add, cell, check, doubt
from little_round import CHILDREN, PREFERENCES, SCHOOLS, with_cell

CASES: dict[str, Any] = {
    "68 an unknown school": (
        with_cell("preferences", 2, "school_id", "100003"),
        {("preferences.csv", 2, "school_id", "100003", "school_unknown")},
        set(),
    ),
    "69 a school twice": (
        with_cell("preferences", 4, "school_id", "100001"),
        {("preferences.csv", 4, "school_id", "100001", "pair_twice")},
        set(),
    ),
    "69 a gap in the ranks": cell("preferences", 3, "rank", "3", "rank_gap"),
    "69 a rank twice": (
        with_cell("preferences", 3, "rank", "1"),
        {("preferences.csv", 4, "rank", "1", "rank_twice")},
        set(),
    ),
    "69 ranks from 2": cell("preferences", 2, "rank", "2", "rank_gap"),
    "69 rank 0": cell("preferences", 2, "rank", "0", "number_range"),
    "70 a child without preferences": (
        {"preferences.csv": PREFERENCES.replace("C1,1,100001\n", "")},
        set(),
        {("preferences.csv", None, None, None, "preference_none")},
    ),
    "71 a school that has no place for the year": (
        with_cell("preferences", 2, "school_id", "100002") | with_cell("children", 2, "year_group", "10"),
        set(),
        {("preferences.csv", 2, "school_id", "100002", "preference_year")},
    ),
    "72 a school twice": (
        {"schools.csv": SCHOOLS + SCHOOLS.splitlines()[1] + "\n"},
        {("schools.csv", 4, "school_id", "100001", "id_twice")},
        set(),
    ),
    "72 a provision twice": (
        {"provisions.csv": little.PROVISIONS + little.PROVISIONS.splitlines()[1] + "\n"},
        {("provisions.csv", 5, "provision_id", "P1", "id_twice")},
        set(),
    ),
    "73 latitude and longitude swapped": (
        {"children.csv": CHILDREN.replace("51.27,0.52", "0.52,51.27")},
        {
            ("children.csv", 2, "lat", "0.52", "number_range"),
            ("children.csv", 2, "lon", "51.27", "number_range"),
        },
        set(),
    ),
    "73 nought, nought": cell("children", 2, "lat", "0", "number_range"),
    "73 outside the box": cell("schools", 2, "lon", "2.6", "number_range"),
    "74 an easting for a latitude": cell("children", 2, "lat", "576000", "number_range"),
    "74 a postcode that is none": (
        {
            "children.csv": CHILDREN.replace("lat,lon", "postcode,lon")
            .replace("51.27,0.52", "ME14,")
            .replace("51.3,0.55", "ME14 1XX,")
            .replace("51.35,1.2", "ME14 1XX,"),
            "round.toml": little.POLICY + '[travel]\npostcodes = "homes.csv"\n',
            "homes.csv": "postcode,lat,lon\nME141XX,51,0\n",
        },
        {("children.csv", 2, "postcode", "ME14", "postcode_form")},
        set(),
    ),
    "75 a journey of an unknown child": cell("travel", 2, "child_id", "C9", "child_unknown"),
    "75 a journey below nought": cell("travel", 2, "minutes", "-1", "number_range"),
    "75 a distance below nought": cell("travel", 2, "km", "-0.5", "number_range"),
    "75 a journey twice": (
        {"travel.csv": little.TRAVEL + "C1,100001,13,7\n"},
        {("travel.csv", 4, "school_id", "100001", "pair_twice")},
        set(),
    ),
    "81 a ruling on an unknown provision": cell("rulings", 2, "provision_id", "P9", "provision_unknown"),
    "83 a child placed twice": add(
        "rulings",
        "child_id",
        "placed_twice",
        child_id="C3",
        provision_id="P1",
        action="place",
        authority="panel",
        reason="x",
    ),
    "83 a pair placed and barred": add(
        "rulings",
        "action",
        "ruling_contrary",
        child_id="C3",
        provision_id="P3",
        action="bar",
        authority="panel",
        reason="x",
    ),
    "83 a pair placed twice": add(
        "rulings",
        "provision_id",
        "pair_twice",
        child_id="C3",
        provision_id="P3",
        action="place",
        authority="panel",
        reason="x",
    ),
    "84 a ruling on a child of another round": cell("rulings", 2, "child_id", "C9", "child_unknown"),
    "85 a name that would run": (with_cell("schools", 2, "name", "=cmd|' /C calc'!A0"), set(), set()),
    "86 a name that is markup": (with_cell("schools", 2, "name", '<script>" onload='), set(), set()),
    "87 a name of 10,000 characters": cell("schools", 2, "name", "x" * 10_000, "text_long"),
    "88 a name that is a query": (with_cell("schools", 2, "name", "'; DROP TABLE"), set(), set()),
    # Rules of the contract that the catalogue does not list.
    "a ruling without a reason": cell("rulings", 2, "reason", "", "blank"),
    "a ruling of nobody": cell("rulings", 2, "authority", "court", "code_unknown"),
    "suitability past 100": cell("suitability", 2, "suitability", "101", "number_range"),
    "suitability twice": (
        {"suitability.csv": little.SUITABILITY + "C1,P2,85\n"},
        {("suitability.csv", 4, "provision_id", "P2", "pair_twice")},
        set(),
    ),
    "more held than there are": cell("provisions", 2, "held_places", "4", "held_more"),
    "years in the wrong order": cell("provisions", 2, "year_from", "12", "years_order"),
    "a year group that there is none": doubt("provisions", 2, "year_to", "15", "year_outside"),
    "scores in the wrong order": cell("provisions", 3, "score_from", "901", "scores_order"),
    "a provision at an unknown school": (
        with_cell("provisions", 4, "school_id", "100009"),
        {("provisions.csv", 4, "school_id", "100009", "school_unknown")},
        {
            ("preferences.csv", 4, "school_id", "100002", "preference_year"),
            ("preferences.csv", 5, "school_id", "100002", "preference_year"),
        },
    ),
    "a school of today that is elsewhere": doubt(
        "children", 2, "current_provision_id", "P77", "current_unknown"
    ),
    "a ground that has no effect": doubt("consultations", 2, "ground", "unsuitable", "ground_idle"),
    "an upheld that has no effect": doubt("consultations", 2, "upheld", "yes", "upheld_idle"),
    "a consultation twice": (
        {"consultations.csv": little.CONSULTATIONS + "C1,100001,can_meet,,,2026-12-05\n"},
        {("consultations.csv", 4, "school_id", "100001", "pair_twice")},
        set(),
    ),
    "a consultation without its day": cell("consultations", 2, "responded_on", "", "blank"),
    "priority 0": cell("children", 4, "priority", "0", "number_range"),
    "an unfit sex": cell("provisions", 2, "sex", "boys", "code_unknown"),
    "no location": (
        {"children.csv": CHILDREN.replace("51.27,0.52", ",")},
        {("children.csv", 2, None, None, "location_blank")},
        set(),
    ),
    "half a location": cell("children", 2, "lon", "", "location_half"),
    "no column of a location": (
        {"schools.csv": SCHOOLS.replace("lat,lon", "a,b")},
        {("schools.csv", 1, "lat", None, "column_missing")},
        {("schools.csv", 1, "a", None, "column_unknown"), ("schools.csv", 1, "b", None, "column_unknown")},
    ),
    "two locations": (
        {
            "children.csv": "\n".join(
                f"{line},{end}"
                for line, end in zip(CHILDREN.splitlines(), ("postcode", "ME14 1XX", "", ""), strict=True)
            )
        },
        {("children.csv", 2, None, None, "location_twice")},
        set(),
    ),
    "a postcode and no table": (
        {
            "schools.csv": SCHOOLS.replace("lat,lon", "postcode,x")
            .replace("51.26,0.5", "ME14 1XX,")
            .replace("51.33,1.1", "me141xy,")
        },
        {
            ("schools.csv", row, "postcode", value, "postcode_table")
            for row, value in ((2, "ME14 1XX"), (3, "me141xy"))
        },
        {("schools.csv", 1, "x", None, "column_unknown")},
    ),
    "postcodes that the table has not, or twice, or wrong": (
        {
            "schools.csv": SCHOOLS.replace("lat,lon", "postcode,x")
            .replace("51.26,0.5", "ME14 1XX,")
            .replace("51.33,1.1", "ME14 1XY,"),
            "children.csv": CHILDREN.replace("lat,lon", "postcode,x")
            .replace("51.27,0.52", "ME14 1XZ,")
            .replace("51.3,0.55", "ME14 1XW,")
            .replace("51.35,1.2", "ME14 1XW,"),
            "round.toml": little.POLICY + '[travel]\npostcodes = "homes.csv"\n',
            "homes.csv": "postcode,lat,lon\nME14 1XX,51,0\nME14 1xx,51,0.1\nME14 1XZ,0,0\nME141XW,51,0\n",
        },
        {
            ("schools.csv", 2, "postcode", "ME14 1XX", "postcode_unknown"),
            ("schools.csv", 3, "postcode", "ME14 1XY", "postcode_unknown"),
            ("homes.csv", 4, "lat, lon", "0, 0", "number_range"),
        },
        {(f"{name}.csv", 1, "x", None, "column_unknown") for name in ("schools", "children")},
    ),
    "a grid reference out at sea": (
        {
            "schools.csv": SCHOOLS.replace("lat,lon", "easting,northing")
            .replace("51.26,0.5", "1,1200000")
            .replace("51.33,1.1", "631000,141000")
        },
        {("schools.csv", 2, "easting", "1", "number_range")},
        set(),
    ),
    "links are not built": (
        {
            "links.csv": "link_id,child_id,kind,strength,reason\n"
            "L1,C1,together,must,siblings\nL1,C9,near,must,x\n"
        },
        {
            ("links.csv", None, None, None, "not_built"),
            ("links.csv", 3, "child_id", "C9", "child_unknown"),
            ("links.csv", 3, "kind", "near", "code_unknown"),
        },
        set(),
    ),
    "least numbers are not built": cell("provisions", 2, "min_places", "2", "not_built"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_round_is_told_where_it_breaks(name: str, tmp_path: Path) -> None:
    """Exactly the faults and warnings listed, each with a way to mend it; nothing is read in part."""
    check(CASES[name], tmp_path)
