"""A good programme reads to the frames that `Programme` states, whatever its order or format."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import reviews.little_programme as little
from allocator.errors import InputError, UsageError
from allocator.reviews.intake import check_folder, programme_from_tables, read_programme
from allocator.reviews.policy import DEFAULT_GOALS
from allocator.reviews.weeks import hours_offered
from allocator.tables.raw import digest


def test_cells_become_typed_values_and_blanks_their_defaults(tmp_path: Path) -> None:
    """Every column and default that `Programme` states; 40 units make every hour of this one whole."""
    found = read_programme(little.write(tmp_path))
    assert found.units_per_hour == 40
    assert found.cases["hours"].tolist() == [120, 60, 88]
    assert found.case_units.tolist() == [130, 70, 98]
    assert found.signoff_units == 20
    assert found.cases["priority"].tolist() == [1, 2, 4]
    assert found.cases["trust_id"].tolist() == ["T1", "none", ""]
    assert found.cases["ready_week"].tolist() == [0, 1, 3]
    assert str(found.cases["due"].dtype) == str(found.cases["ready_from"].dtype) == "datetime64[s]"
    assert pd.isna(found.cases.loc[0, "ready_from"])
    volunteers = found.volunteers
    assert volunteers["week_hours"].tolist() == [240, 96, 120, 240]
    assert volunteers["headteacher_agreed"].tolist() == [True, True, False, True]
    assert volunteers["max_cases"].tolist() == [-1, 12, 12, 20]
    assert volunteers["phases"].tolist() == ["primary;early", "", "", ""]
    assert volunteers["trust_id"].tolist() == ["T1", "T1", "none", ""]
    assert volunteers["first_week"].isna().tolist() == [True, False, True, True]
    assert found.availability["hours"].tolist() == [0, 125, 80]
    assert found.officers["hours"].tolist() == [60, 800]
    assert found.conflicts["kind"].tolist() == ["case", "school"]
    assert found.policy.goals == DEFAULT_GOALS
    assert found.policy.programme.handling_hours == Decimal("0.25")
    assert (found.previous, found.handed_back, found.warnings) == (None, None, ())


def test_every_file_is_named_with_its_digest(tmp_path: Path) -> None:
    """`inputs` lists each file once, by name, with the digest of its bytes."""
    folder = little.write(tmp_path)
    found = read_programme(folder)
    assert [file.name for file in found.inputs] == sorted(little.FILES)
    assert all(file.sha256 == digest((folder / file.name).read_bytes()) for file in found.inputs)
    assert found.folder == folder.absolute()


def test_the_order_of_rows_and_columns_is_nothing(tmp_path: Path) -> None:
    """Twenty shuffles of every table's rows and columns read to one programme."""
    first = read_programme(little.write(tmp_path / "first"))
    for seed in range(20):
        rng = random.Random(seed)
        files: dict[str, little.Content] = {}
        for name in little.TABLES:
            rows = little.cells(name)
            order = rng.sample(range(len(rows[0])), len(rows[0]))
            body = rng.sample(rows[1:], len(rows) - 1)
            files[f"{name}.csv"] = little.text([[row[place] for place in order] for row in [rows[0], *body]])
        little.assert_same(read_programme(little.write(tmp_path / "again", files)), first)


@pytest.mark.parametrize("kind", ["text", "typed", "xlsx"])
def test_every_format_reads_to_the_same_programme(kind: str, tmp_path: Path) -> None:
    """Parquet of text and of typed columns, and a workbook with Excel's own types."""
    first = read_programme(little.write(tmp_path / "csv"))
    files = dict(little.NO_CSV)
    if kind == "xlsx":
        files["reviews.xlsx"] = little.as_workbook()
    else:
        for name in little.TABLES:
            files[f"{name}.parquet"] = little.as_parquet(name, typed=kind == "typed")
    again = read_programme(little.write(tmp_path / "other", files))
    little.assert_same(again, first)
    assert again.warnings == ()


def test_frames_in_memory_read_to_the_same_programme(tmp_path: Path) -> None:
    first = read_programme(little.write(tmp_path))
    tables = {
        name: pd.DataFrame(little.cells(name)[1:], columns=little.cells(name)[0]) for name in little.TABLES
    }
    again = programme_from_tables(first.policy, tables)
    little.assert_same(again, first)
    assert (again.folder, again.inputs) == (None, ())


def test_what_may_be_left_out_may_be_left_out(tmp_path: Path) -> None:
    """Optional tables, optional columns, and header-only tables of volunteers and of the optional kind."""
    cases = "case_id,child_id,school_id,phase,primary_need,due,hours,priority\n"
    cases += "R1,C1,S1,EARLY,asd,2026-11-06,3,1\n"
    files: dict[str, little.Content] = {
        "reviews.toml": '[programme]\nid = "p"\nstart = 2027-01-11\n[lottery]\nseed = "s"\n',
        "cases.csv": cases,
        "officers.csv": "week,hours\n",
        "volunteers.csv": "volunteer_id,school_id,headteacher_agreed,days_per_week\n",
        "availability.csv": None,
        "conflicts.csv": None,
    }
    found = read_programme(little.write(tmp_path, files))
    assert found.cases[["phase", "primary_need", "trust_id", "ready_week"]].to_numpy().tolist() == [
        ["early", "ASD", "", 0]
    ]
    assert hours_offered(found).shape == (0, 12)
    little.assert_same(found, read_programme(tmp_path))
    for name in ("officers", "volunteers", "availability", "conflicts"):
        assert len(getattr(found, name)) == 0
    full = read_programme(little.write(tmp_path / "full"))
    for name in little.TABLES:
        assert getattr(found, name).columns.tolist() == getattr(full, name).columns.tolist()


def test_the_word_none_is_one_word(tmp_path: Path) -> None:
    """A school known to be in no trust: in any case of letters, and no doubt about it."""
    found = read_programme(little.write(tmp_path, little.with_cell("cases", 3, "trust_id", "None")))
    assert found.cases["trust_id"].tolist() == ["T1", "none", ""]
    assert found.warnings == ()


def test_the_open_programme_has_no_fault(shared_data: Path) -> None:
    """The invented programme beside the project: 1,200 cases and 60 volunteers, nothing doubtful."""
    folder = shared_data / "kent_open_reviews"
    assert check_folder(folder) == ((), ())
    found = read_programme(folder)
    assert (len(found.cases), len(found.volunteers), found.units_per_hour) == (1200, 60, 10)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        read_programme(tmp_path / "none")
    with pytest.raises(InputError, match="policy is missing"):
        read_programme(tmp_path)
