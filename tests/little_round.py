"""A little good round as the text of its files, to be broken in one way at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from allocator.placement.round import Round

POLICY = """\
[round]
id = "little"
as_of = 2027-01-20
[lottery]
seed = "public phrase"
"""
CHILDREN = """\
child_id,year_group,sex,primary_need,secondary_needs,need_score,lat,lon,wheelchair,residential,current_provision_id,max_minutes,priority,waiting_since,decide_by
C1,7,male,ASD,SLCN;MLD,620,51.27,0.52,no,no,,,,2026-11-06,2027-02-15
C2,8,female,SEMH,,480,51.3,0.55,,,P2,,,,
C3,2,,SLD,,300,51.35,1.2,yes,no,,30.5,1,2026-12-01,
"""
SCHOOLS = """\
school_id,name,kind,lat,lon,trust_id,section_38,selective,pupils,ehcp_pupils,sen_support_pupils,places_total
100001,Acorn School,special,51.26,0.5,T1,,no,120,120,,
100002,"Birch School, Dover",mainstream,51.33,1.1,,yes,no,900,30,80,2
"""
PROVISIONS = """\
provision_id,school_id,places,over_places,held_places,min_places,year_from,year_to,sex,needs,score_from,score_to,accessible,residential,annual_cost
P1,100001,3,1,1,,7,11,mixed,ASD;SEMH,,,yes,no,27000
P2,100001,2,,,,7,9,,,200,900,no,no,31000.5
P3,100002,1,0,0,1,-1,8,mixed,SLD,,,yes,no,9000
"""
PREFERENCES = """\
child_id,rank,school_id
C1,1,100001
C2,2,100001
C2,1,100002
C3,1,100002
"""
TRAVEL = """\
child_id,school_id,minutes,km
C1,100001,12.25,7.5
C3,100002,20,11
"""
SUITABILITY = """\
child_id,provision_id,suitability
C2,P1,0
C1,P2,85
"""
CONSULTATIONS = """\
child_id,school_id,response,ground,upheld,responded_on
C1,100001,can_meet,,,2026-12-04
C2,100001,cannot_meet,efficient_education,yes,2026-12-05
"""
RULINGS = """\
child_id,provision_id,action,authority,reason
C3,P3,place,tribunal,Order of 3 December
C2,P2,bar,panel,Not in the same class as a sibling
"""
TABLES: Mapping[str, str] = {
    "children": CHILDREN,
    "schools": SCHOOLS,
    "provisions": PROVISIONS,
    "preferences": PREFERENCES,
    "travel": TRAVEL,
    "suitability": SUITABILITY,
    "consultations": CONSULTATIONS,
    "rulings": RULINGS,
}
FILES: Mapping[str, str] = {"round.toml": POLICY, **{f"{name}.csv": text for name, text in TABLES.items()}}

Content = str | bytes | None


def write(folder: Path, files: Mapping[str, Content] | None = None) -> Path:
    """Write the little round, some files changed, added, or (None) left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**FILES, **(files or {})}.items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        elif content is not None:
            (folder / name).write_bytes(content)
    return folder


def cells(table: str) -> list[list[str]]:
    """Return a table's cells; row 0 is the header."""
    return list(csv.reader(io.StringIO(TABLES[table])))


def text(rows: list[list[str]]) -> str:
    """Write rows of cells as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def with_cell(table: str, row: int, column: str, value: str) -> dict[str, Content]:
    """Change one cell; `row` is the spreadsheet's, so the first child is row 2."""
    rows = cells(table)
    rows[row - 1][rows[0].index(column)] = value
    return {f"{table}.csv": text(rows)}


def with_row(table: str, **values: str) -> dict[str, Content]:
    """Add one row; columns not named are blank."""
    rows = cells(table)
    rows.append([values.get(column, "") for column in rows[0]])
    return {f"{table}.csv": text(rows)}


def frames(round_: Round) -> dict[str, pd.DataFrame]:
    """Return a round's frames by table name."""
    return {name: getattr(round_, name) for name in TABLES}


def assert_same(one: Round, other: Round) -> None:
    """Two rounds hold the same policy and the same cells, in the same order and types."""
    assert one.policy == other.policy
    for name, frame in frames(one).items():
        pd.testing.assert_frame_equal(frame, frames(other)[name])
