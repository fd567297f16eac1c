"""A round made by hand with its answer, small enough to count on one's fingers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from allocator.placement.policy import Goal, Heading, Lottery, Policy
from allocator.placement.round import InputFile, Previous, Round
from allocator.report.render import render
from allocator.report.shown import Summary
from allocator.report.summary import summarise
from report.browsing import running_browser
from round_frames import COLUMNS, frame

HOSTILE = "<script>alert('x')</script> & \"Sons\" =1+1 \x0b[Dover]/Deal*?"
GOALS = (
    Goal(measure="placed", by="need"),
    Goal(measure="suitability", by="band"),
    Goal(measure="annual_cost"),
    Goal(measure="lottery"),
)
SCHOOLS = {
    "0100": ("Acorn School", "special"),
    "0200": (HOSTILE, "resourced"),
    "0300": ("Acorn School", "special"),
}
# provision: school, places, held, over allowed
PROVISIONS = {
    "P1": ("0100", 3, 1, 2),
    "P2": ("0100", 1, 0, 0),
    "P3": ("0200", 2, 0, 0),
    "P4": ("0300", 4, 0, 0),
}
# child: score, year, need, status, provision, suitability, rank got, minutes, over number, route
CHILDREN: dict[str, tuple[Any, ...]] = {
    "C01": (900, 7, "ASD", "placed", "P1", 100, 1, 12.5, "no", "authority"),
    "C02": (760, 8, "ASD", "fixed", "P1", 60, None, 80.1, "no", "order"),
    "C03": (740, 3, "SEMH", "placed", "P1", 100, 2, 44.9, "yes", "authority"),
    "C04": (500, 2, "SLD", "placed", "P2", 80, None, 0.0, "no", "parental_request"),
    "C05": (420, 7, "ASD", "placed", "P3", 100, 1, 5.0, "no", "authority"),
    "C06": (400, 7, "ASD", "unplaced", "", None, None, None, "no", "parental_request"),
    "C07": (400, 9, "HI", "unplaced", "", None, None, None, "no", "authority"),
    "C08": (120, 6, "MLD", "placed", "P3", 60, 4, None, "no", "authority"),
    "C09": (0, 14, "OTH", "unplaced", "", None, None, None, "no", "authority"),
}
PREFERENCES = (
    ("C01", 1, "0100"),
    ("C03", 1, "0200"),
    ("C03", 2, "0100"),
    ("C05", 1, "0200"),
    ("C06", 1, "0300"),
    ("C06", 2, "0100"),
    ("C07", 1, "0200"),
    ("C08", 1, "0100"),
    ("C08", 2, "0300"),
    ("C08", 3, "0100"),
    ("C08", 4, "0200"),
)
OPTIONS = (
    ("C01", "P1", "placed", "none", 100),
    ("C05", "P3", "placed", "none", 100),
    ("C06", "P1", "full", "none", 100),
    ("C06", "P2", "need;too_far", "unsuitable", None),
    ("C06", "P4", "objection_upheld", "efficient_education", 100),
    ("C07", "P3", "need;year;odd_rule", "unsuitable", None),
    ("C09", "P4", "worse", "none", 100),
)
COST = 20_000


@dataclasses.dataclass(frozen=True)
class Case:
    """A round, its answer, and the content of its run.json."""

    round: Round
    placements: pd.DataFrame
    options: pd.DataFrame
    run: dict[str, Any]

    def replace(self, **changes: Any) -> Case:
        """Change some parts."""
        return dataclasses.replace(self, **changes)

    def with_round(self, **changes: Any) -> Case:
        """Change some parts of the round."""
        return self.replace(round=dataclasses.replace(self.round, **changes))

    def summary(self) -> Summary:
        """Sum it up."""
        return summarise(self.round, self.placements, self.options, self.run)


def make_round() -> Round:
    homes = {"lat": 51.2, "lon": 0.5}
    children = [
        {
            "child_id": child,
            "year_group": row[1],
            "sex": "",
            "primary_need": row[2],
            "secondary_needs": "",
            "need_score": row[0],
            **homes,
            "wheelchair": False,
            "residential": False,
            "current_provision_id": "",
            "max_minutes": 30.0 if child == "C06" else math.nan,
            "priority": 0,
            "waiting_since": None,
            "decide_by": dt.date(2027, 2, 15) if child in ("C01", "C06") else None,
        }
        for child, row in CHILDREN.items()
    ]
    schools = [
        {
            "school_id": school,
            "name": name,
            "kind": kind,
            **homes,
            "trust_id": "",
            "section_38": True,
            "selective": False,
            "pupils": -1,
            "ehcp_pupils": -1,
            "sen_support_pupils": -1,
            "places_total": 5 if school == "0100" else -1,
        }
        for school, (name, kind) in SCHOOLS.items()
    ]
    provisions = [
        {
            "provision_id": provision,
            "school_id": school,
            "places": places,
            "over_places": over,
            "held_places": held,
            "min_places": 0,
            "year_from": 0,
            "year_to": 14,
            "sex": "mixed",
            "needs": "ASD;SEMH",
            "score_from": 0,
            "score_to": 1000,
            "accessible": True,
            "residential": False,
            "annual_cost": COST,
        }
        for provision, (school, places, held, over) in PROVISIONS.items()
    ]
    rulings = [
        {
            "child_id": "C02",
            "provision_id": "P1",
            "action": "place",
            "authority": "tribunal",
            "reason": "Order of 3 December",
        },
        {
            "child_id": "C05",
            "provision_id": "P1",
            "action": "bar",
            "authority": "panel",
            "reason": "Apart from a sibling <b>",
        },
    ]
    objection = {
        "child_id": "C06",
        "school_id": "0300",
        "response": "cannot_meet",
        "ground": "efficient_education",
        "upheld": True,
        "responded_on": dt.date(2026, 12, 5),
    }
    return Round(
        policy=Policy(
            round=Heading(id="by-hand", title="Nine children & three schools", as_of=dt.date(2027, 1, 20)),
            lottery=Lottery(seed="public <phrase>"),
            goals=GOALS,
        ),
        children=frame("children", children),
        schools=frame("schools", schools),
        provisions=frame("provisions", provisions),
        preferences=frame(
            "preferences",
            [dict(zip(("child_id", "rank", "school_id"), row, strict=True)) for row in PREFERENCES],
        ),
        travel=frame("travel", []),
        suitability=frame("suitability", []),
        consultations=frame("consultations", [objection]),
        rulings=frame("rulings", rulings),
        folder=Path("rounds") / "by-hand",
        inputs=(InputFile("children.csv", "ab" * 32), InputFile("round.toml", "cd" * 32)),
    )


def band_of(score: int) -> str:
    return "A" if score >= 750 else "B" if score >= 500 else "C" if score >= 250 else "D"


def make_placements() -> pd.DataFrame:
    rows = []
    for child, (score, _, _, status, provision, fit, rank, minutes, over, route) in CHILDREN.items():
        school = PROVISIONS[provision][0] if provision else ""
        km = None if minutes is None else round(minutes * 0.58, 2)
        key = (child, status, provision, school, score, band_of(score))
        cost = COST if provision else None
        rows.append((*key, fit, rank, minutes, km, cost, over, route, f"Because of <rule> {score}."))
    columns = (
        "child_id status provision_id school_id need_score need_band suitability preference_rank minutes km "
        "annual_cost over_number route reason"
    )
    made = pd.DataFrame(rows, columns=columns.split())
    for name in ("suitability", "preference_rank", "annual_cost"):
        made[name] = made[name].astype("Int64")
    for name in ("minutes", "km"):
        made[name] = made[name].astype("float64")
    return made


def make_options() -> pd.DataFrame:
    made = pd.DataFrame(OPTIONS, columns=["child_id", "provision_id", "code", "ground", "suitability"])
    made["suitability"] = made["suitability"].astype("Int64")
    return made.assign(minutes=10.0, cost=COST)


def entry(measure: str, level: Any, value: Any, **changes: Any) -> dict[str, Any]:
    plain = {
        "measure": measure,
        "level": level,
        "value": value,
        "bound": value,
        "proven": True,
        "proof": "prices",
    }
    return plain | changes


def make_run() -> dict[str, Any]:
    scores = sorted({row[0] for row in CHILDREN.values()}, reverse=True)
    placed = {
        score: sum(row[0] == score and row[3] != "unplaced" for row in CHILDREN.values()) for score in scores
    }
    return {
        "allocator": "0.1.0",
        "status": "optimal",
        "round": {"id": "by-hand", "title": "Nine children & three schools"},
        "goals": [
            entry("placed", None, 6, by_level=[{"level": score, "value": placed[score]} for score in scores]),
            *(entry("suitability", band, 100) for band in "ABCD"),
            entry("annual_cost", None, 120_000),
        ],
        "lottery": {"seed": "public <phrase>", "commitment": "sha256:" + "e" * 64, "checked": False},
        "counts": {"children": 9},
        "warnings": [
            {
                "file": "children.csv",
                "row": 18,
                "column": "secondary_needs",
                "value": "ASD;<ASD>",
                "rule": "a code is repeated",
                "mend": "name it once",
                "code": "repeated",
                "severity": "warning",
            }
        ],
        "inputs": {
            "folder": "/secret/home/rounds/by-hand",
            "files": [
                {"name": "children.csv", "sha256": "ab" * 32},
                {"name": "round.toml", "sha256": "cd" * 32},
            ],
        },
        "previous": None,
        "versions": {"pandas": "3.1"},
        "seconds": {"solve": 0.25},
    }


def none_placed(case: Case) -> Case:
    """Take every place away."""
    placements = case.placements.assign(status="unplaced", provision_id="", school_id="", over_number="no")
    for name in ("suitability", "preference_rank", "annual_cost"):
        placements[name] = pd.Series([pd.NA] * len(placements), dtype="Int64")
    for name in ("minutes", "km"):
        placements[name] = math.nan
    return case.replace(placements=placements)


def all_placed(case: Case) -> Case:
    """Give every child that has none a place at P4."""
    without = case.placements["status"] == "unplaced"
    placements = case.placements.copy()
    placements.loc[without, ["status", "provision_id", "school_id"]] = ["placed", "P4", "0300"]
    placements.loc[without, ["suitability", "annual_cost"]] = [100, COST]
    placements.loc[without, ["minutes", "km"]] = [20.0, 11.6]
    return case.replace(placements=placements)


def no_preferences(case: Case) -> Case:
    """Take every preference away."""
    blank = pd.Series([pd.NA] * len(case.placements), dtype="Int64")
    changed = case.with_round(preferences=frame("preferences", []))
    return changed.replace(placements=case.placements.assign(preference_rank=blank))


def no_children(case: Case) -> Case:
    """Take every child away."""
    tables = {name: frame(name, []) for name in ("children", "preferences", "rulings", "consultations")}
    run = case.run | {"goals": [entry("placed", None, 0, by_level=[]), *case.run["goals"][1:]]}
    return case.with_round(**tables).replace(
        placements=case.placements.iloc[:0], options=case.options.iloc[:0], run=run
    )


def no_schools(case: Case) -> Case:
    """Take every school away, and so every place."""
    tables = {name: frame(name, []) for name in COLUMNS if name != "children"}
    return none_placed(case).with_round(**tables).replace(options=case.options.iloc[:0])


def earlier(case: Case) -> Case:
    """Give the round an earlier proposal: one child keeps, one moves, one loses, the others gain."""
    before = {"C01": "P1", "C03": "P2", "C06": "P1"}
    return case.with_round(previous=Previous(folder=Path("out0"), sha256="0" * 64, provision_of=before))


VARIANTS = {
    "none placed": none_placed,
    "all placed": all_placed,
    "no preferences": no_preferences,
    "no children": no_children,
    "no schools": no_schools,
    "beside an earlier proposal": earlier,
    "as it is": lambda case: case,
}


@pytest.fixture
def case() -> Case:
    """Nine children, four provisions of three schools, one with a hostile name."""
    return Case(make_round(), make_placements(), make_options(), make_run())


@pytest.fixture(scope="session", params=list(VARIANTS))
def any_case(request: pytest.FixtureRequest) -> Case:
    """The round by hand, and each of its empty forms."""
    return VARIANTS[request.param](Case(make_round(), make_placements(), make_options(), make_run()))


@pytest.fixture(scope="session")
def any_page(any_case: Case) -> str:
    """The page of `any_case`; drawing takes half a second, so each is drawn once."""
    return render(any_case.summary())


@pytest.fixture(scope="session")
def kent_page(kent: Case) -> str:
    """The page of the open Kent round."""
    return render(kent.summary())


@pytest.fixture(scope="session")
def kent(shared_data: Path) -> Case:
    """The open Kent round, placed by the engine."""
    from allocator.placement.answer import run_record
    from allocator.rounds.run import place

    result = place(shared_data / "kent_open_round")
    return Case(result.round, result.placements, result.options, run_record(result))


@pytest.fixture(scope="module")
def browser():
    with running_browser() as running:
        yield running
