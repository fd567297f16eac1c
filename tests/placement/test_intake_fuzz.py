"""Spoilt bytes: a round or every fault, never another error, and no illegal row taken for a legal one."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import little_round as little
from allocator.errors import InputError
from allocator.placement.intake import read_round
from allocator.placement.round import Round
from little_workbook import repacked, saved, sheet_part, workbook, write

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NEEDS = {"SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH"}
TOKENS = (
    *(b",", b";", b'"', b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b" ", b"\t", b"'", b"<", b">", b"&"),
    *(b"nan", b"-1", b"1e9", b"3.5", b"0", b"99999999999", b"C1", b"P1", b"100001", b"yes"),
    *(b"\xe2\x80\xae", b"EXAMPLE-ROW"),
)
# What to do to some bytes: where (as a share of the length), how, with what.
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(("cut", "put", "set", "end", "swap")), st.sampled_from(TOKENS)
    ),
    min_size=1,
    max_size=4,
)
GOOD_XLSX = saved(workbook())


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


def read_or_faults(folder: Path) -> Round | None:
    """Read a round; None where it has faults, and then there is at least one."""
    try:
        return read_round(folder)
    except InputError as error:
        found = error
    assert found.faults
    assert all(fault.severity == "fault" for fault in found.faults)
    assert str(found)
    return None


def check_legal(found: Round) -> None:
    """Judge a round's frames afresh by the contract, with no code of the reader's."""
    children, schools, provisions = found.children, found.schools, found.provisions
    known = {
        "children": set(children["child_id"]),
        "schools": set(schools["school_id"]),
        "provisions": set(provisions["provision_id"]),
    }
    for frame, column in ((children, "child_id"), (schools, "school_id"), (provisions, "provision_id")):
        assert frame[column].is_unique
        assert all(ID.fullmatch(text) for text in frame[column])
    assert children["year_group"].between(-2, 14).all()
    assert children["need_score"].between(0, 1000).all()
    assert set(children["primary_need"]) <= NEEDS
    assert set(children["sex"]) <= {"", "female", "male"}
    for frame in (children, schools):
        assert frame["lat"].between(49, 61).all()
        assert frame["lon"].between(-9, 2.5).all()
    assert not (children["waiting_since"] > pd.Timestamp(found.policy.round.as_of)).any()
    assert (provisions["held_places"] <= provisions["places"]).all()
    assert (provisions["year_from"] <= provisions["year_to"]).all()
    assert (provisions["annual_cost"] >= 0).all()
    assert set(provisions["school_id"]) <= known["schools"]
    for frame in (found.preferences, found.travel, found.suitability, found.consultations, found.rulings):
        other = "school_id" if "school_id" in frame else "provision_id"
        assert set(frame["child_id"]) <= known["children"]
        assert set(frame[other]) <= known[f"{other.removesuffix('_id')}s"]
        assert not frame.duplicated(["child_id", other]).any()
    ranks = found.preferences.groupby("child_id")["rank"].agg(list)
    assert all(sorted(given) == list(range(1, len(given) + 1)) for given in ranks)
    assert found.suitability["suitability"].between(0, 100).all()
    placed = found.rulings[found.rulings["action"] == "place"]
    assert placed["child_id"].is_unique
    assert all(found.rulings["reason"] != "")


def rows_in(data: bytes) -> int:
    """Count a CSV's rows that are not blank, with the standard reader; the header is none."""
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    return sum(any(cell.strip() for cell in row) for row in rows[1:])


@pytest.fixture(scope="module")
def good_round() -> Iterator[Path]:
    """Written once; each example copies it."""
    folder = Path(tempfile.mkdtemp())
    yield little.write(folder / "round")
    shutil.rmtree(folder)


@given(table=st.sampled_from(sorted(little.TABLES)), edits=EDITS)
@example(table="children", edits=[(1.0, "put", b"EXAMPLE-ROW")])
def test_a_spoilt_csv_is_a_round_or_faults(
    good_round: Path, table: str, edits: list[tuple[float, str, bytes]]
) -> None:
    """And where it is a round, every row of the file is in it, and legal."""
    path = good_round / f"{table}.csv"
    original = path.read_bytes()
    data = spoilt(original, edits)
    try:
        path.write_bytes(data)
        found = read_or_faults(good_round)
    finally:
        path.write_bytes(original)
    if found is not None:
        check_legal(found)
        twice = sum(warning.code == "row_twice" for warning in found.warnings)
        assert len(getattr(found, table)) == rows_in(data) - twice


@settings(max_examples=50)
@given(edits=EDITS)
def test_a_spoilt_policy_is_a_round_or_faults(
    good_round: Path, edits: list[tuple[float, str, bytes]]
) -> None:
    path = good_round / "round.toml"
    try:
        path.write_bytes(spoilt(little.POLICY.encode(), edits))
        found = read_or_faults(good_round)
    finally:
        path.write_text(little.POLICY)
    if found is not None:
        assert found.policy.lottery.seed
        assert found.policy.goals[-1].measure == "lottery"


@settings(max_examples=100)
@given(
    edits=EDITS,
    inside=st.sampled_from(
        (
            "",
            sheet_part("children"),
            sheet_part("rulings"),
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
            "[Content_Types].xml",
        )
    ),
)
def test_a_spoilt_workbook_is_a_round_or_faults(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[float, str, bytes]], inside: str
) -> None:
    """Bytes of the archive, or of a part inside it."""
    data = (
        spoilt(GOOD_XLSX, edits)
        if inside == ""
        else repacked(GOOD_XLSX, {inside: lambda xml: spoilt(xml, edits)})
    )
    folder = write(tmp_path_factory.mktemp("book"), data)
    found = read_or_faults(folder)
    if found is not None:
        check_legal(found)
    shutil.rmtree(folder)


@settings(max_examples=30)
@given(edits=EDITS)
def test_a_spoilt_parquet_file_is_a_round_or_faults(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[float, str, bytes]]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = little.cells("rulings")
    out = io.BytesIO()
    pq.write_table(
        pa.table({name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}), out
    )
    files: dict[str, little.Content] = {"rulings.csv": None, "rulings.parquet": spoilt(out.getvalue(), edits)}
    folder = little.write(tmp_path_factory.mktemp("parquet"), files)
    found = read_or_faults(folder)
    if found is not None:
        check_legal(found)
    shutil.rmtree(folder)
