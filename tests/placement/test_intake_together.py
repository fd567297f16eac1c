"""All faults of all files at once, with advice, and without a flood."""

from __future__ import annotations

from pathlib import Path

import pytest

import little_round as little
from allocator.placement.intake import check_folder
from broken_rounds import C1, Found, cell, told
from little_round import CHILDREN, SCHOOLS, Content, with_cell


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """One fault in every file: none hides another."""
    changes: dict[str, Content] = {}
    expected: set[Found] = set()
    picked = (
        cell("children", 2, "need_score", "3.5", "number_whole"),
        cell("schools", 2, "kind", "specialist", "code_unknown"),
        cell("provisions", 2, "places", "", "blank"),
        cell("preferences", 2, "rank", "0", "number_range"),
        cell("travel", 2, "minutes", "-1", "number_range"),
        cell("suitability", 2, "suitability", "101", "number_range"),
        cell("consultations", 2, "responded_on", "", "blank"),
        cell("rulings", 2, "reason", "", "blank"),
    )
    for changed, faults, _ in picked:
        changes |= changed
        expected |= faults
    changes["round.toml"] = little.POLICY.replace("[lottery]", "[lotery]")
    found, _ = check_folder(little.write(tmp_path, changes))
    policy = {
        ("round.toml", 4, "lotery", None, "policy_key"),
        ("round.toml", None, "lottery", None, "policy_key_missing"),
    }
    assert told(found) == expected | policy


ADVICE: dict[str, tuple[dict[str, Content], str]] = {
    "a need in words": (with_cell("children", 2, "primary_need", "Autism"), "did you mean ASD?"),
    "a need among others": (with_cell("children", 2, "secondary_needs", "SLCN;ADHD"), "did you mean SEMH?"),
    "a kind of school": (with_cell("schools", 2, "kind", "specialist"), "did you mean special?"),
    "a school": (with_cell("preferences", 2, "school_id", "100003"), "did you mean 10000"),
    "an id in capitals": (with_cell("travel", 2, "child_id", "c1"), "did you mean C1?"),
    "an id without its zeros": (
        {
            "schools.csv": SCHOOLS.replace("100002", "000002"),
            "provisions.csv": little.PROVISIONS.replace("100002", "2"),
            "preferences.csv": None,
            "travel.csv": None,
        },
        "000002 is: were leading zeros lost?",
    ),
    "coordinates": (with_cell("children", 2, "lat", "0.52"), "are latitude and longitude swapped?"),
    "a grid reference": (with_cell("children", 2, "lat", "576000"), "the columns easting and northing"),
    "a column": ({"children.csv": CHILDREN.replace("need_score", "score", 1)}, "is it the column 'score'?"),
    "a file": ({"schools.csv": None, "Schools.csv": SCHOOLS}, "is it 'Schools.csv'?"),
    "a header": ({"travel.csv": "Journeys,,,\n" + little.TRAVEL}, "the header seems to be row 2"),
    "a day": (with_cell("children", 2, "decide_by", "04/13/2027"), "is it in US order?"),
}


@pytest.mark.parametrize("name", ADVICE)
def test_the_advice_names_what_was_likely_meant(name: str, tmp_path: Path) -> None:
    changes, advice = ADVICE[name]
    found, _ = check_folder(little.write(tmp_path, changes))
    assert any(advice in str(fault) for fault in found)


def test_personal_columns_are_asked_to_go(tmp_path: Path) -> None:
    """A column of personal data is not only not read: the file should not hold it."""
    _, doubted = check_folder(
        little.write(
            tmp_path,
            {
                "rulings.csv": little.RULINGS.replace("reason", "reason,DOB", 1)
                .replace("er\n", "er,\n")
                .replace("ing\n", "ing,\n")
            },
        )
    )
    assert [(warning.column, warning.code) for warning in doubted] == [("dob", "column_unknown")]
    assert "please remove it" in doubted[0].mend


def test_warnings_past_twenty_of_a_kind_are_counted(tmp_path: Path) -> None:
    """A long table of doubts does not flood: twenty are shown, the rest are one line."""
    head, *_ = CHILDREN.splitlines()
    rows = [C1.replace("C1,", f"C{number},").replace("SLCN;MLD", "ASD") for number in range(1, 61)]
    rows = [row.replace("620", str(number)) for number, row in enumerate(rows, start=100)]
    _, doubted = check_folder(little.write(tmp_path, {"children.csv": "\n".join([head, *rows])}))
    again = [warning for warning in doubted if warning.code == "need_repeated"]
    assert len(again) == 21
    assert "and 40 more rows" in again[-1].rule
    assert any(warning.code == "same_point" and "60 children" in warning.rule for warning in doubted)
