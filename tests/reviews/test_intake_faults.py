"""Every fault and every warning of a programme: exactly the one, where it stands, with a way to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import reviews.little_programme as little
from allocator.errors import InputError
from allocator.reviews.intake import check_folder, read_programme
from allocator.reviews.models import TABLES
from allocator.tables.faults import Fault
from reviews.little_programme import Content, with_cell, with_row

Found = tuple[str, int | None, str | None, str | None, str]


def told(found: Iterable[Fault]) -> set[Found]:
    """What a finding says, without its sentence."""
    return {(fault.file, fault.row, fault.column, fault.value, fault.code) for fault in found}


def cell(table: str, row: int, column: str, value: str, code: str) -> Any:
    """One cell of one table is wrong, and is the only fault."""
    return with_cell(table, row, column, value), {(f"{table}.csv", row, column, value, code)}, set()


def doubt(table: str, row: int, column: str, value: str, code: str) -> Any:
    """One cell of one table is doubtful, and nothing is wrong."""
    changes, found, _ = cell(table, row, column, value, code)
    return changes, set(), found


def add(table: str, line: str, column: str, value: str, code: str) -> Any:
    """A row too many."""
    return with_row(table, line), {(f"{table}.csv", len(little.cells(table)) + 1, column, value, code)}, set()


def soft(case: Any) -> Any:
    """The same finding, as a warning."""
    changes, faults, _ = case
    return changes, set(), faults


def toml(old: str, new: str) -> dict[str, Content]:
    """The policy with a change."""
    assert old in little.POLICY
    return {"reviews.toml": little.POLICY.replace(old, new)}


R1 = little.CASES.splitlines()[1]
V1 = little.VOLUNTEERS.splitlines()[1]

CASES: dict[str, Any] = {
    # cases
    "an id with a blank in it": (
        little.with_cell("cases", 4, "case_id", "R 3"),
        {("cases.csv", 4, "case_id", "R 3", "id_form")},
        set(),
    ),
    "a case twice": add("cases", R1.replace("ASD", "SLD"), "case_id", "R1", "id_twice"),
    "a case twice, word for word": soft(add("cases", R1, "case_id", "R1", "row_twice")),
    "a case in capitals": add("cases", R1.replace("R1", "r1"), "case_id", "r1", "id_case"),
    "no child": cell("cases", 2, "child_id", "", "blank"),
    "no school": cell("cases", 2, "school_id", "", "blank"),
    "no such phase": cell("cases", 2, "phase", "nursery", "code_unknown"),
    "no such need": cell("cases", 2, "primary_need", "ADHD", "code_unknown"),
    "two needs": cell("cases", 2, "primary_need", "ASD;SLD", "code_unknown"),
    "no due day": cell("cases", 2, "due", "", "blank"),
    "a due day in another order": cell("cases", 2, "due", "06/11/2026", "date_form"),
    "nought hours": cell("cases", 2, "hours", "0", "number_range"),
    "hours below nought": cell("cases", 2, "hours", "-1", "number_range"),
    "no hours": cell("cases", 2, "hours", "", "blank"),
    "hours with a comma": cell("cases", 2, "hours", "2,5", "number_locale"),
    "hours in words": cell("cases", 2, "hours", "three", "number_form"),
    "hours without end": cell("cases", 2, "hours", "inf", "number_infinite"),
    "hours past all bounds": cell("cases", 2, "hours", "1e400", "number_infinite"),
    "hours of thirteen decimals": cell("cases", 2, "hours", "0.3333333333333", "number_fine"),
    "hours of a tiny power": cell("cases", 2, "hours", "1e-300", "number_fine"),
    "hours of an absurd power": cell("cases", 2, "hours", "1e-99999999999999999999", "number_form"),
    "priority nought": cell("cases", 2, "priority", "0", "number_range"),
    "a priority of half": cell("cases", 2, "priority", "1.5", "number_whole"),
    "no priority": cell("cases", 2, "priority", "", "blank"),
    "no such day": cell("cases", 2, "ready_from", "2027-02-30", "date_none"),
    "ready after the end": doubt("cases", 2, "ready_from", "2027-02-06", "ready_after"),
    "a school of two trusts": cell("cases", 4, "trust_id", "T2", "trust_two"),
    "a school in a trust and in none": cell("cases", 4, "trust_id", "none", "trust_two"),
    "a school without its zeros": (
        {**with_cell("cases", 3, "school_id", "10002"), "conflicts.csv": None},
        {("cases.csv", 3, "school_id", "10002", "id_zeros")},
        set(),
    ),
    "no cases": (
        {"cases.csv": little.CASES.splitlines()[0] + "\n", "conflicts.csv": None},
        {("cases.csv", None, None, None, "table_empty")},
        set(),
    ),
    "no table of cases": ({"cases.csv": None}, {("cases.csv", None, None, None, "table_missing")}, set()),
    # volunteers
    "no table of volunteers": (
        {"volunteers.csv": None},
        {("volunteers.csv", None, None, None, "table_missing")},
        set(),
    ),
    "a volunteer twice": add("volunteers", V1.replace(",1,", ",0.5,"), "volunteer_id", "V1", "id_twice"),
    "a volunteer twice, word for word": soft(add("volunteers", V1, "volunteer_id", "V1", "row_twice")),
    "no word of the headteacher": cell("volunteers", 2, "headteacher_agreed", "", "blank"),
    "a headteacher in doubt": cell("volunteers", 2, "headteacher_agreed", "perhaps", "yes_no"),
    "more than a day": cell("volunteers", 2, "days_per_week", "1.2", "number_range"),
    "a hair more than a day": cell(
        "volunteers", 2, "days_per_week", "1.00000000000000000001", "number_range"
    ),
    "days below nought": cell("volunteers", 2, "days_per_week", "-0.5", "number_range"),
    "no days": cell("volunteers", 2, "days_per_week", "", "blank"),
    "a first week on a Tuesday": cell("volunteers", 3, "first_week", "2027-01-19", "date_monday"),
    "a last week on a Sunday": cell("volunteers", 3, "last_week", "2027-01-31", "date_monday"),
    "trained on a Friday": cell("volunteers", 3, "trained_from", "2027-01-15", "date_monday"),
    "the last week before the first": (
        little.with_cell("volunteers", 3, "last_week", "2027-01-11"),
        {("volunteers.csv", 3, "first_week", "2027-01-18", "weeks_order")},
        set(),
    ),
    "no such phase known": cell("volunteers", 2, "phases", "primary;third", "code_unknown"),
    "a phase twice": doubt("volunteers", 2, "phases", "early;early", "code_repeated"),
    "no such need known": cell("volunteers", 3, "needs", "ASD;XYZ", "code_unknown"),
    "fewer than no cases": cell("volunteers", 2, "max_cases", "-1", "number_range"),
    "no case at most": doubt("volunteers", 2, "max_cases", "0", "cases_none"),
    "no hours in any week": soft(
        (
            with_cell("volunteers", 5, "days_per_week", "0"),
            {("volunteers.csv", 5, "volunteer_id", "V4", "volunteer_idle")},
            set(),
        )
    ),
    "weeks after the end": soft(
        (
            with_cell("volunteers", 5, "first_week", "2027-02-08"),
            {("volunteers.csv", 5, "volunteer_id", "V4", "volunteer_idle")},
            set(),
        )
    ),
    "another trust than the cases say": doubt("volunteers", 2, "trust_id", "T2", "trust_differs"),
    "another trust than a colleague's": soft(
        (
            with_row("volunteers", "V5,100003,T2,yes,1,,,,,,"),
            {("volunteers.csv", 6, "trust_id", "T2", "trust_differs")},
            set(),
        )
    ),
    "a trust in other capitals": (
        {
            "cases.csv": little.CASES,
            "volunteers.csv": little.VOLUNTEERS.replace("100003,T1", "100003,t1"),
        },
        {("volunteers.csv", 3, "trust_id", "t1", "id_case")},
        set(),
    ),
    # availability
    "hours of nobody": cell("availability", 2, "volunteer_id", "V9", "volunteer_unknown"),
    "hours on a Wednesday": cell("availability", 2, "week", "2027-01-20", "date_monday"),
    "a week of more hours than it has": cell("availability", 2, "hours", "168.5", "number_range"),
    "hours of a week below nought": cell("availability", 2, "hours", "-2", "number_range"),
    "a week twice": add("availability", "V1,2027-01-18,2", "week", "2027-01-18", "pair_twice"),
    "hours in a closed week": doubt("availability", 2, "week", "2027-01-25", "week_closed"),
    "hours past the end": doubt("availability", 2, "week", "2027-02-08", "week_outside"),
    "hours before training": soft(
        (
            with_row("availability", "V2,2027-01-11,2"),
            {("availability.csv", 5, "week", "2027-01-11", "week_untrained")},
            set(),
        )
    ),
    # officers
    "officers on a Sunday": cell("officers", 2, "week", "2027-01-10", "date_monday"),
    "officers below nought": cell("officers", 2, "hours", "-1", "number_range"),
    "officers' week twice": add("officers", "2027-01-11,3", "week", "2027-01-11", "week_twice"),
    "officers before the start": doubt("officers", 2, "week", "2027-01-04", "week_outside"),
    "officers to no purpose": (
        toml("signoff_hours = 0.5\n", ""),
        set(),
        {("officers.csv", None, None, None, "officers_idle")},
    ),
    "no officers to sign off": (
        {"officers.csv": None},
        set(),
        {("reviews.toml", None, "programme.signoff_hours", "0.5", "officers_none")},
    ),
    # conflicts
    "a conflict of nobody": cell("conflicts", 2, "volunteer_id", "V9", "volunteer_unknown"),
    "no such kind": cell("conflicts", 2, "kind", "town", "code_unknown"),
    "a conflict with nothing": cell("conflicts", 2, "id", "", "blank"),
    "a conflict without a reason": cell("conflicts", 2, "reason", "", "blank"),
    "a conflict with an unknown case": doubt("conflicts", 2, "id", "R9", "conflict_unknown"),
    "a conflict with an unknown school": doubt("conflicts", 3, "id", "100009", "conflict_unknown"),
    "a conflict with no trust": (
        with_row("conflicts", "V4,trust,none,x"),
        set(),
        {
            ("conflicts.csv", 4, "id", "none", "conflict_unknown"),
            ("conflicts.csv", 4, "id", "none", "id_word"),
        },
    ),
    "a conflict twice": soft(
        (
            with_row("conflicts", "V4,school,100002,Again"),
            {("conflicts.csv", 4, "id", "100002", "conflict_twice")},
            set(),
        )
    ),
    # the folder
    "a column too many": soft(
        (
            {"officers.csv": "week,hours,who\n2027-01-11,1.5,x\n"},
            {("officers.csv", 1, "who", None, "column_unknown")},
            set(),
        )
    ),
    "a column too few": (
        {"officers.csv": "week\n2027-01-11\n"},
        {("officers.csv", 1, "hours", None, "column_missing")},
        set(),
    ),
    "a table in two formats": (
        {"officers.parquet": little.as_parquet("officers", typed=False)},
        {("officers.csv", None, None, None, "two_formats")},
        set(),
    ),
    "a workbook of the other kind": (
        {"reviews.xls": b"x"},
        {("reviews.xls", None, None, None, "workbook_kind")},
        set(),
    ),
    "a file that is no table": (
        {"officer.csv": "week,hours\n"},
        set(),
        {("officer.csv", None, None, None, "file_unknown")},
    ),
    "hours too fine together": (
        {**with_cell("volunteers", 3, "days_per_week", "0.333333333333"), **toml("6.0", "6.001")},
        {("volunteers.csv", None, "days_per_week", None, "hours_fine")},
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_programme_is_told_where_it_breaks(name: str, tmp_path: Path) -> None:
    """Exactly the faults and warnings listed; nothing is read in part."""
    changes, faults, warnings = CASES[name]
    folder = little.write(tmp_path, changes)
    found, doubted = check_folder(folder)
    assert (told(found), told(doubted)) == (faults, warnings)
    assert all(fault.rule and fault.mend for fault in found)
    if not faults:
        assert read_programme(folder).warnings == doubted
        return
    with pytest.raises(InputError) as raised:
        read_programme(folder)
    assert (raised.value.faults, raised.value.warnings) == (found, doubted)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """One fault in every file: none hides another."""
    changes: dict[str, Content] = {}
    expected: set[Found] = set()
    for name in (
        "hours below nought",
        "days below nought",
        "hours on a Wednesday",
        "officers on a Sunday",
        "no such kind",
    ):
        changed, faults, _ = CASES[name]
        changes |= changed
        expected |= faults
    changes |= toml("weeks = 4", "weeks = 0")
    found, _ = check_folder(little.write(tmp_path, changes))
    assert told(found) == expected | {("reviews.toml", 4, "programme.weeks", "0", "policy_value")}


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        (with_cell("cases", 2, "phase", "Sixth form"), "did you mean post16?"),
        (with_cell("cases", 2, "primary_need", "autism"), "did you mean ASD?"),
        (with_cell("officers", 2, "week", "2027-01-13"), "is the week of 2027-01-11 meant?"),
        (with_cell("conflicts", 2, "volunteer_id", "v2"), "did you mean V2?"),
        ({"cases.csv": None, "case.csv": little.CASES}, "is it 'case.csv'?"),
    ],
)
def test_the_advice_names_what_was_likely_meant(
    changes: dict[str, Content], advice: str, tmp_path: Path
) -> None:
    found, _ = check_folder(little.write(tmp_path, changes))
    assert any(advice in str(fault) for fault in found)


def test_unreadable_tables_blame_no_reference(tmp_path: Path) -> None:
    """Where volunteers cannot be told at all, nobody who refers to one is faulted as well."""
    found, _ = check_folder(little.write(tmp_path, {"volunteers.csv": b"\xff\xfe\x00v"}))
    assert {fault.file for fault in found} == {"volunteers.csv"}


COLUMNS = [
    (name, column, info.is_required())
    for name in TABLES
    for column, info in TABLES[name].model_fields.items()
]


@pytest.mark.parametrize(("table", "column", "required"), COLUMNS)
def test_a_column_left_out_is_a_fault_or_reads_as_blank(
    table: str, column: str, required: bool, tmp_path: Path
) -> None:
    """A required column is missed, and nothing else is; one that may be blank is as good as blank cells."""
    rows = little.cells(table)
    place = rows[0].index(column)
    without = little.text([[*row[:place], *row[place + 1 :]] for row in rows])
    folder = little.write(tmp_path / "without", {f"{table}.csv": without})
    found, doubted = check_folder(folder)
    if required:
        assert told(found) == {(f"{table}.csv", 1, column, None, "column_missing")}
        return
    assert found == ()
    body = [[*row[:place], "", *row[place + 1 :]] for row in rows[1:]]
    blank = little.write(tmp_path / "blank", {f"{table}.csv": little.text([rows[0], *body])})
    little.assert_same(read_programme(folder), read_programme(blank))
    assert {fault.code for fault in doubted} == {fault.code for fault in read_programme(blank).warnings}


@pytest.mark.parametrize("part", ["same_school", "same_trust"])
def test_a_switch_of_a_rule_changes_no_table(part: str, tmp_path: Path) -> None:
    """Which rules bar a pair is the policy's; what the tables say is read alike."""
    plain = read_programme(little.write(tmp_path / "plain"))
    switched = {"reviews.toml": little.POLICY + f"[conflicts]\n{part} = false\n"}
    other = read_programme(little.write(tmp_path / "other", switched))
    for name in TABLES:
        assert getattr(plain, name).equals(getattr(other, name))
    assert not getattr(other.policy.conflicts, part)
