"""Spoilt bytes: a programme or every fault, never another error, and no illegal row taken for a legal one."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import reviews.little_programme as little
from allocator.errors import InputError
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.intake import read_programme
from allocator.reviews.programme import Programme
from allocator.reviews.weeks import hours_offered

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NEEDS = {"SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH"}
TOKENS = (
    *(b",", b";", b'"', b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b" ", b"\t", b"'", b"<", b">", b"&"),
    *(
        b"nan",
        b"-1",
        b"1e9",
        b"1e-9",
        b"3.5",
        b"0",
        b".333333333333",
        b"99999999999",
        b"R1",
        b"V1",
        b"100001",
    ),
    *(b"yes", b"none", b"T2", b"2027-01-18", b"\xe2\x80\xae", b"EXAMPLE-ROW"),
)
# What to do to some bytes: where (as a share of the length), how, with what.
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(("cut", "put", "set", "end", "swap")), st.sampled_from(TOKENS)
    ),
    min_size=1,
    max_size=4,
)
GOOD_XLSX = little.as_workbook()
GOOD_PARQUET = little.as_parquet("volunteers", typed=True)


def spoilt(data: bytes, edits: list[tuple[float, str, bytes]]) -> bytes:
    """Return bytes with edits done to them."""
    for share, how, token in edits:
        at = int(share * len(data))
        if how == "cut":
            data = data[:at] + data[at + len(token) :]
        elif how == "put":
            data = data[:at] + token + data[at:]
        elif how == "set":
            data = data[:at] + token + data[at + len(token) :]
        elif how == "end":
            data = data[: max(at, 1)]
        else:
            data = data[at:] + data[:at]
    return data


def read_or_faults(folder: Path) -> Programme | None:
    """Read a programme; None where it has faults, and then there is at least one."""
    try:
        return read_programme(folder)
    except InputError as error:
        found = error
    assert found.faults
    assert all(fault.severity == "fault" for fault in found.faults)
    assert str(found)
    return None


def check_legal(found: Programme) -> None:
    """Judge a programme's frames afresh by the contract, with no code of the reader's."""
    cases, volunteers = found.cases, found.volunteers
    for frame, column in ((cases, "case_id"), (volunteers, "volunteer_id")):
        assert frame[column].is_unique
        assert frame[column].is_monotonic_increasing
        assert all(ID.fullmatch(text) for text in frame[column])
    assert (cases["hours"] > 0).all()
    assert (cases["priority"] >= 1).all()
    assert set(cases["primary_need"]) <= NEEDS
    assert set(cases["phase"]) <= {"early", "primary", "secondary", "post16"}
    assert cases["due"].notna().all()
    assert (cases[cases["trust_id"] != ""].groupby("school_id")["trust_id"].nunique() <= 1).all()
    day = found.units_per_hour * found.policy.programme.hours_per_day
    assert volunteers["week_hours"].between(0, day).all()
    for frame, column in (
        (volunteers, "first_week"),
        (volunteers, "last_week"),
        (volunteers, "trained_from"),
        (found.availability, "week"),
        (found.officers, "week"),
    ):
        assert (frame[column].dropna().dt.day_of_week == 0).all()
    assert (found.availability["hours"] >= 0).all()
    assert not found.availability.duplicated(["volunteer_id", "week"]).any()
    assert found.officers["week"].is_unique
    for frame in (found.availability, found.conflicts):
        assert set(frame["volunteer_id"]) <= set(volunteers["volunteer_id"])
    assert not found.conflicts.duplicated(["volunteer_id", "kind", "id"]).any()
    offered = hours_offered(found)
    assert offered.shape == (len(volunteers), found.policy.programme.weeks)
    assert (offered >= 0).all()
    refused = ~volunteers["headteacher_agreed"].to_numpy()
    assert barred_pairs(found).matrix()[:, refused].all()


def rows_in(data: bytes) -> int:
    """Count a CSV's rows that are not blank, with the standard reader; the header is none."""
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    return sum(any(cell.strip() for cell in row) for row in rows[1:])


@pytest.fixture(scope="module")
def good() -> Iterator[Path]:
    """Written once; each example puts one file in another's place."""
    folder = Path(tempfile.mkdtemp())
    yield little.write(folder / "programme")
    shutil.rmtree(folder)


@given(table=st.sampled_from(sorted(little.TABLES)), edits=EDITS)
@example(table="cases", edits=[(1.0, "put", b"EXAMPLE-ROW")])
@example(table="volunteers", edits=[(0.0, "end", b"0")])
def test_a_spoilt_csv_is_a_programme_or_faults(
    good: Path, table: str, edits: list[tuple[float, str, bytes]]
) -> None:
    """And where it is a programme, every row of the file is in it, and legal."""
    path = good / f"{table}.csv"
    original = path.read_bytes()
    data = spoilt(original, edits)
    try:
        path.write_bytes(data)
        found = read_or_faults(good)
    finally:
        path.write_bytes(original)
    if found is not None:
        check_legal(found)
        twice = sum(warning.code in ("row_twice", "conflict_twice") for warning in found.warnings)
        assert len(getattr(found, table)) == rows_in(data) - twice


@settings(max_examples=60)
@given(edits=EDITS)
def test_a_spoilt_policy_is_a_programme_or_faults(good: Path, edits: list[tuple[float, str, bytes]]) -> None:
    path = good / "reviews.toml"
    try:
        path.write_bytes(spoilt(little.POLICY.encode(), edits))
        found = read_or_faults(good)
    finally:
        path.write_text(little.POLICY)
    if found is not None:
        check_legal(found)
        assert found.policy.programme.start.weekday() == 0
        assert found.policy.goals[-1].measure == "lottery"


@settings(max_examples=60)
@given(edits=EDITS, kind=st.sampled_from(("reviews.xlsx", "volunteers.parquet")))
def test_a_spoilt_binary_file_is_a_programme_or_faults(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[float, str, bytes]], kind: str
) -> None:
    files: dict[str, little.Content] = {"volunteers.csv": None, kind: spoilt(GOOD_PARQUET, edits)}
    if kind == "reviews.xlsx":
        files = {**little.NO_CSV, kind: spoilt(GOOD_XLSX, edits)}
    folder = little.write(tmp_path_factory.mktemp("binary"), files)
    found = read_or_faults(folder)
    if found is not None:
        check_legal(found)
    shutil.rmtree(folder)
