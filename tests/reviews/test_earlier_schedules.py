"""An earlier schedule and cases handed back, read beside a programme."""

from __future__ import annotations

from pathlib import Path

import pytest

import reviews.little_programme as little
from allocator.errors import InputError, UsageError
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.intake import read_programme
from allocator.reviews.policy import Goal
from allocator.tables.raw import digest

SCHEDULE = """\
case_id,status,volunteer_id,week,hours,days_late,reason
R1,scheduled,V2,2027-01-18,3.25,77,Scheduled
R2,backlog,,,,,No hours were left
R9,scheduled,V9,2027-01-11,0.0125,0,Gone since
"""
SECOND = "case_id,volunteer_id,week,hours\nR1,V4,2027-02-01,3.25\n"
BACK = "case_id,volunteer_id,week,reason\nR1,V2,2027-01-18,Known to me\n"


def earlier(folder: Path, schedule: str = SCHEDULE, second: str | None = SECOND) -> Path:
    """Write an earlier output folder."""
    folder.mkdir()
    (folder / "schedule.csv").write_text(schedule)
    if second is not None:
        (folder / "second_reads.csv").write_text(second)
    return folder


def test_an_earlier_schedule_is_read_in_the_programmes_units(tmp_path: Path) -> None:
    """Scheduled cases alone, those of cases and volunteers that are gone too; `kept` joins the goals."""
    old = earlier(tmp_path / "old")
    found = read_programme(little.write(tmp_path / "in"), previous=old)
    assert found.previous is not None
    assert found.units_per_hour == 80
    rows = found.previous.appointments
    assert rows["case_id"].tolist() == ["R1", "R9"]
    assert rows["volunteer_id"].tolist() == ["V2", "V9"]
    assert rows["hours"].tolist() == [260, 1]
    assert rows["week"].dt.strftime("%F").tolist() == ["2027-01-18", "2027-01-11"]
    assert found.previous.second_reads["volunteer_id"].tolist() == ["V4"]
    assert [file.name for file in found.previous.inputs] == ["schedule.csv", "second_reads.csv"]
    assert found.previous.inputs[0].sha256 == digest(SCHEDULE.encode())
    assert found.previous.folder == old.absolute()
    assert found.policy.goals[-2] == Goal(measure="kept")


def test_an_earlier_schedule_may_have_no_second_reads(tmp_path: Path) -> None:
    found = read_programme(little.write(tmp_path / "in"), previous=earlier(tmp_path / "old", second=None))
    assert found.previous is not None
    assert len(found.previous.second_reads) == 0
    assert found.previous.second_reads.columns.tolist() == found.previous.appointments.columns.tolist()


@pytest.mark.parametrize(
    "schedule",
    [
        SCHEDULE.replace("backlog", "lost"),
        SCHEDULE.replace("V2,2027", ",2027"),
        SCHEDULE.replace("2027-01-18", "2027-01-19"),
        SCHEDULE.replace("R9", "R1"),
        SCHEDULE.replace("3.25", "x"),
        SCHEDULE.replace("status,", ""),
        "",
    ],
)
def test_what_cannot_have_come_from_review_is_refused(schedule: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"schedule\.csv"):
        read_programme(little.write(tmp_path / "in"), previous=earlier(tmp_path / "old", schedule))


def test_earlier_hours_too_fine_for_exact_sums_are_a_fault(tmp_path: Path) -> None:
    """Nothing is rounded: the fault names the earlier schedule."""
    fine = SCHEDULE.replace("0.0125", "0.012500000001")
    files = {"reviews.toml": little.POLICY.replace("weeks = 4", "weeks = 520")}
    with pytest.raises(InputError) as raised:
        read_programme(little.write(tmp_path / "in", files), previous=earlier(tmp_path / "old", fine))
    [fault] = raised.value.faults
    assert (fault.file, fault.code) == ("schedule.csv of the earlier result", "hours_fine")


def test_a_folder_without_a_schedule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no earlier result"):
        read_programme(little.write(tmp_path / "in"), previous=tmp_path)


@pytest.mark.parametrize("inside", [True, False])
def test_a_case_handed_back_bars_its_pair(inside: bool, tmp_path: Path) -> None:
    """Wherever the file lies; beside the tables it is no stray file."""
    folder = little.write(tmp_path / "in")
    path = (folder if inside else tmp_path) / "back.csv"
    path.write_text(BACK)
    found = read_programme(folder, handed_back=path)
    assert found.handed_back is not None
    assert (found.handed_back.path, found.handed_back.sha256) == (path.absolute(), digest(BACK.encode()))
    assert found.handed_back.rows["reason"].tolist() == ["Known to me"]
    assert found.warnings == ()
    plain, barred = barred_pairs(read_programme(folder)), barred_pairs(found)
    assert plain.codes(0, 1) == ("own_trust",)
    assert barred.codes(0, 1) == ("own_trust", "handed_back")
    assert barred.codes(0, 3) == plain.codes(0, 3) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("R1", "R8", "case_unknown"),
        ("V2", "V8", "volunteer_unknown"),
        ("2027-01-18", "2027-01-17", "date_monday"),
        ("Known to me", "", "blank"),
        ("Known to me", "Known to me\nR1,V2,2027-01-18,Again", "pair_twice"),
    ],
)
def test_a_broken_row_handed_back_is_a_fault(old: str, new: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text(BACK.replace(old, new))
    with pytest.raises(InputError) as raised:
        read_programme(little.write(tmp_path / "in"), handed_back=path)
    assert [(fault.file, fault.code) for fault in raised.value.faults] == [("back.csv", code)]


def test_a_file_handed_back_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_programme(little.write(tmp_path / "in"), handed_back=tmp_path / "none.csv")
