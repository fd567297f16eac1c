"""A good round reads to the frames that `Round` states, whatever its order, format or dress."""

from __future__ import annotations

import gzip
import math
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import little_round as little
from allocator.errors import InputError, UsageError
from allocator.placement.intake import check_folder, read_round, round_from_tables
from allocator.placement.models import TABLES
from allocator.placement.policy import DEFAULT_GOALS
from allocator.tables.raw import digest


def test_cells_become_typed_values_and_blanks_their_defaults(tmp_path: Path) -> None:
    """Every default that `Round` states for a blank cell."""
    found = read_round(little.write(tmp_path))
    children = found.children.set_index("child_id")
    assert children.loc["C2", ["sex", "secondary_needs", "current_provision_id"]].tolist() == [
        "female",
        "",
        "P2",
    ]
    assert children["priority"].tolist() == [0, 0, 1]
    assert math.isnan(children.loc["C1", "max_minutes"])
    assert children.loc["C3", "max_minutes"] == 30.5
    assert children["wheelchair"].tolist() == [False, False, True]
    assert str(children["waiting_since"].dtype) == "datetime64[s]"
    assert pd.isna(children.loc["C2", "waiting_since"])
    assert children.loc["C1", "decide_by"] == pd.Timestamp("2027-02-15")
    schools = found.schools.set_index("school_id")
    assert schools.loc["100001", ["sen_support_pupils", "places_total"]].tolist() == [-1, -1]
    assert schools["section_38"].tolist() == [True, True]
    assert schools.loc["100002", "name"] == "Birch School, Dover"
    provisions = found.provisions.set_index("provision_id")
    assert provisions.loc["P2", ["over_places", "held_places", "min_places"]].tolist() == [0, 0, 0]
    assert provisions.loc["P2", ["sex", "needs"]].tolist() == ["mixed", ""]
    assert provisions["score_from"].tolist() == [0, 200, 0]
    assert provisions["score_to"].tolist() == [1000, 900, 1000]
    assert provisions["annual_cost"].tolist() == [27000, 31000, 9000]
    assert found.preferences.to_numpy().tolist() == [
        ["C1", 1, "100001"],
        ["C2", 1, "100002"],
        ["C2", 2, "100001"],
        ["C3", 1, "100002"],
    ]
    assert found.travel["minutes_tenths"].tolist() == [122, 200]
    assert found.travel["km"].tolist() == [7.5, 11.0]
    assert found.suitability["suitability"].tolist() == [85, 0]
    assert found.consultations["upheld"].tolist() == [False, True]
    assert found.rulings["action"].tolist() == ["bar", "place"]
    assert found.policy.goals == DEFAULT_GOALS
    assert found.warnings == ()


def test_every_file_is_named_with_its_digest(tmp_path: Path) -> None:
    """`inputs` lists each file once, by name, with the digest of its bytes."""
    folder = little.write(tmp_path)
    found = read_round(folder)
    assert [file.name for file in found.inputs] == sorted(little.FILES)
    assert all(file.sha256 == digest((folder / file.name).read_bytes()) for file in found.inputs)
    assert found.folder == folder.absolute()


def test_the_order_of_rows_and_columns_is_nothing(tmp_path: Path) -> None:
    """Sixty shuffles of every table's rows and columns read to one round."""
    first = read_round(little.write(tmp_path / "first"))
    for seed in range(60):
        rng = random.Random(seed)
        files: dict[str, little.Content] = {}
        for name in little.TABLES:
            rows = little.cells(name)
            order = rng.sample(range(len(rows[0])), len(rows[0]))
            body = rng.sample(rows[1:], len(rows) - 1)
            files[f"{name}.csv"] = little.text([[row[place] for place in order] for row in [rows[0], *body]])
        little.assert_same(read_round(little.write(tmp_path / "again", files)), first)


def typed(name: str) -> pa.Table:
    """A table with the types that a database would give its columns; ids stay text."""
    rows = little.cells(name)
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    columns = {}
    for header in frame.columns:
        texts = [value or None for value in frame[header]]
        columns[header] = pa.array(texts, type=pa.string())
        kind = TABLES[name].model_fields[header].annotation
        if kind is int:
            columns[header] = columns[header].cast(pa.int64())
        elif kind is float:
            columns[header] = columns[header].cast(pa.float64())
        elif kind is bool:
            columns[header] = pa.array([None if value is None else value == "yes" for value in texts])
        elif kind is np.datetime64:
            columns[header] = columns[header].cast(pa.date32())
    return pa.table(columns)


def test_parquet_reads_to_the_same_round(tmp_path: Path) -> None:
    """Text columns and typed columns alike."""
    first = read_round(little.write(tmp_path / "csv"))
    gone: dict[str, little.Content] = {f"{name}.csv": None for name in little.TABLES}
    as_types = little.write(tmp_path / "typed", gone)
    as_text = little.write(tmp_path / "text", gone)
    for name in little.TABLES:
        rows = little.cells(name)
        pq.write_table(typed(name), as_types / f"{name}.parquet")
        text = pa.table({header: [row[place] for row in rows[1:]] for place, header in enumerate(rows[0])})
        pq.write_table(text, as_text / f"{name}.parquet")
    little.assert_same(read_round(as_types), first)
    little.assert_same(read_round(as_text), first)


def test_frames_in_memory_read_to_the_same_round(tmp_path: Path) -> None:
    """`round_from_tables` judges frames of text and of types as files are judged."""
    first = read_round(little.write(tmp_path))
    texts = {
        name: pd.DataFrame(little.cells(name)[1:], columns=little.cells(name)[0]) for name in little.TABLES
    }
    types = {name: typed(name).to_pandas() for name in little.TABLES}
    for tables in (texts, types):
        found = round_from_tables(first.policy, tables)
        little.assert_same(found, first)
        assert found.folder is None
        assert found.inputs == ()
    mapping = {"round": {"id": "little", "as_of": "2027-01-20"}, "lottery": {"seed": "public phrase"}}
    little.assert_same(round_from_tables(mapping, texts), first)
    texts["children"].loc[0, "need_score"] = "x"
    with pytest.raises(InputError, match="children row 2, need_score 'x'"):
        round_from_tables(mapping, texts)
    with pytest.raises(InputError, match="travels: is not a table"):
        round_from_tables(mapping, {**types, "travels": types["travel"]})


def test_optional_tables_and_columns_may_be_left_out(tmp_path: Path) -> None:
    """The shortest round: required tables with required columns; a header alone is an absent table."""
    short: dict[str, little.Content] = {f"{name}.csv": None for name in little.TABLES}
    short["children.csv"] = "child_id,year_group,primary_need,need_score,lat,lon\nC1,7,ASD,620,51.27,0.52\n"
    short["schools.csv"] = "school_id,name,kind,lat,lon\nS1,Acorn,special,51.26,0.5\n"
    short["provisions.csv"] = "provision_id,school_id,places,year_from,year_to,annual_cost\nP1,S1,1,7,11,9\n"
    first = read_round(little.write(tmp_path / "short", short))
    assert len(first.rulings) == len(first.travel) == 0
    assert first.warnings == ()
    headers: dict[str, little.Content] = {
        f"{name}.csv": little.text(little.cells(name)[:1])
        for name in little.TABLES
        if f"{name}.csv" not in short
    }
    headers["links.csv"] = "link_id,child_id,kind,strength,reason\n"
    headers["travel.csv"] = "child_id\n"
    little.assert_same(read_round(little.write(tmp_path / "headers", {**short, **headers})), first)


def test_section_38_comes_from_the_kind_where_it_is_blank(tmp_path: Path) -> None:
    """Independent and alternative schools need a yes; every other kind has one."""
    kinds = TABLES["schools"].model_fields["kind"].metadata[0].codes
    rows = ["school_id,name,kind,lat,lon,section_38"]
    for number, kind in enumerate(kinds):
        rows += [f"S{number}{answer},x,{kind},51,0,{answer}" for answer in ("", "yes", "no")]
    changed: dict[str, little.Content] = {f"{name}.csv": None for name in little.TABLES}
    changed["children.csv"] = little.FILES["children.csv"]
    changed["schools.csv"] = "\n".join(rows)
    changed["provisions.csv"] = little.PROVISIONS.replace("100001", "S0").replace("100002", "S1")
    schools = read_round(little.write(tmp_path, changed)).schools.set_index("school_id")["section_38"]
    for number, kind in enumerate(kinds):
        assert schools[f"S{number}"] == (kind not in ("independent_special", "alternative"))
        assert schools[f"S{number}yes"]
        assert not schools[f"S{number}no"]


def test_a_place_may_be_given_three_ways(tmp_path: Path) -> None:
    """Degrees, grid references and postcodes may stand in one file, a whole one in each row."""
    rows = little.cells("children")
    rows[0] += ["easting", "northing", "postcode"]
    lat, lon = rows[0].index("lat"), rows[0].index("lon")
    for row in rows[1:]:
        row += ["", "", ""]
    rows[2][lat] = rows[2][lon] = rows[3][lat] = rows[3][lon] = ""
    rows[2][-3:] = ["576000", "155000", ""]
    rows[3][-1] = "me14 1xx"
    table = b"Postcode,lat,lon,note\nME14 1XX,51.2756,0.5231,a\nME14 1XY,99,0,b\n"
    policy = little.POLICY + '[travel]\npostcodes = "homes/postcodes.csv.gz"\n'
    (tmp_path / "homes").mkdir()
    files: dict[str, little.Content] = {
        "children.csv": little.text(rows),
        "round.toml": policy,
        "homes/postcodes.csv.gz": gzip.compress(table),
    }
    found = read_round(little.write(tmp_path, files))
    assert found.children["lat"].tolist()[::2] == [51.27, 51.2756]
    # Computed once by PROJ's EPSG:1314, the shift that needs no grid file.
    assert found.children.loc[1, ["lat", "lon"]].tolist() == pytest.approx(
        [51.26697904, 0.52143223], abs=1e-7
    )
    assert "homes/postcodes.csv.gz" in [file.name for file in found.inputs]
    assert list(found.children.columns) == list(read_round(little.write(tmp_path / "b")).children.columns)


def test_the_audit_only_tables_are_left_shut(tmp_path: Path) -> None:
    """Whatever stands in them, or nothing that can be opened at all, the round is the same."""
    first = read_round(little.write(tmp_path / "first"))
    folder = little.write(tmp_path / "second", {"challenge.csv": b"\xff\x00nonsense", "audit.xlsx": b"no"})
    (folder / "groups.parquet").mkdir()
    (folder / "actual.csv").symlink_to(folder / "nowhere")
    found = read_round(folder)
    little.assert_same(found, first)
    assert found.inputs == first.inputs
    assert found.warnings == ()


def test_the_earlier_proposal_is_read(tmp_path: Path) -> None:
    """Children that had a place, with the digest of the file."""
    folder = little.write(tmp_path / "round")
    earlier = tmp_path / "out"
    earlier.mkdir()
    placements = earlier / "placements.csv"
    placements.write_text("child_id,status,provision_id\nC1,placed,P1\nC2,unplaced,\nC3,fixed,P3\n")
    found = read_round(folder, earlier).previous
    assert found is not None
    assert dict(found.provision_of) == {"C1": "P1", "C3": "P3"}
    assert found.sha256 == digest(placements.read_bytes())
    assert found.folder == earlier.absolute()


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff\xfe",
        b"child_id,status\nC1,placed\n",
        b"child_id,status,provision_id\nC1,placed,\n",
        b"child_id,status,provision_id\nC1,unplaced,P1\n",
        b"child_id,status,provision_id\nC1,waiting,\n",
        b"child_id,status,provision_id\nC1,unplaced,\nC1,unplaced,\n",
        b"child_id,status,provision_id\nC1\n",
    ],
)
def test_an_earlier_proposal_that_is_none_is_a_wrong_call(tmp_path: Path, content: bytes | None) -> None:
    """`previous` without a sound placements.csv is a UsageError, never an InputError."""
    folder = little.write(tmp_path / "round")
    if content is not None:
        (tmp_path / "placements.csv").write_bytes(content)
    with pytest.raises(UsageError, match=r"placements\.csv"):
        read_round(folder, tmp_path)


def test_a_missing_folder_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_round(tmp_path / "nowhere")
    with pytest.raises(UsageError):
        check_folder(tmp_path / "nowhere")


def test_a_table_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    """A folder in the place of a file: said so, and the other files judged all the same."""
    files = little.with_cell("travel", 2, "km", "x") | {"children.csv": None}
    (little.write(tmp_path, files) / "children.csv").mkdir()
    faults, _ = check_folder(tmp_path)
    assert [(fault.file, fault.code) for fault in faults] == [
        ("children.csv", "file_shut"),
        ("travel.csv", "number_form"),
    ]


DIGEST = """
import hashlib, pathlib, sys
from allocator.placement.intake import read_round
found = read_round(pathlib.Path(sys.argv[1]))
text = "".join(getattr(found, name).to_csv() for name in sys.argv[2:])
print(hashlib.sha256((text + found.policy.model_dump_json()).encode()).hexdigest())
"""


def test_hash_seed_locale_and_time_zone_change_nothing(tmp_path: Path) -> None:
    """Three fresh processes, each in another world, read one round."""
    folder = little.write(tmp_path)
    worlds = (
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "77", "TZ": "America/Adak", "LC_ALL": "de_DE.UTF-8"},
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, str(folder), *little.TABLES],
            env={**os.environ, **world},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for world in worlds
    }
    assert len(told) == 1


def test_the_open_round_has_no_fault(shared_data: Path) -> None:
    """The shared round of real schools reads whole: 600 children, and nothing but known doubts."""
    found = read_round(shared_data / "kent_open_round")
    assert len(found.children) == 600
    assert {warning.code for warning in found.warnings} <= {"preference_year", "preference_none"}
