"""Every generated folder is one that a panel could use: whole, consistent, short of places."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from allocator.placement.allocate import allocate
from allocator.placement.columns import Columns
from allocator.placement.eligible import eligible_pairs
from allocator.placement.intake import check_folder, read_round, round_from_tables
from allocator.synthetic.children import make_children
from allocator.synthetic.constants import EARTH_RADIUS_KM, HELD_SHARE, RULING_SHARE, SUPPLY
from allocator.synthetic.draws import Draws
from allocator.synthetic.geography import great_circle, kent
from allocator.synthetic.placement_round import SyntheticRound, make_round, write_round
from allocator.synthetic.places import make_places
from allocator.synthetic.provisions import make_provisions
from allocator.synthetic.schools import count_schools, make_schools
from allocator.synthetic.sight import fitting_provisions, look_round

SIZES = [
    ("kent", 1),
    ("kent", 8),
    ("kent", 60),
    ("kent", 201),
    ("kent", 600),
    ("england", 900),
    ("kent", 3000),
]


@pytest.fixture(scope="module", params=[(*size, seed) for size in SIZES for seed in (0, 1, 2)], ids=str)
def made(request: pytest.FixtureRequest) -> SyntheticRound:
    return make_round(*request.param)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("authority", "children"), SIZES)
def test_intake_finds_nothing(authority: str, children: int, seed: int, tmp_path: Path) -> None:
    """The tool's own intake has no fault and no warning about a generated folder."""
    write_round(tmp_path, authority, children, seed)

    assert check_folder(tmp_path) == ((), ())


def test_ids_are_unique_and_known(made: SyntheticRound) -> None:
    """Every id that a table names exists where it is defined, once."""
    tables = made.tables
    known = {}
    for name, key in (("children", "child_id"), ("schools", "school_id"), ("provisions", "provision_id")):
        assert tables[name][key].is_unique
        known[key] = set(tables[name][key])
    for name, table in tables.items():
        for key in set(table.columns) & set(known):
            assert set(table[key]) <= known[key], (name, key)
    assert set(tables["children"]["current_provision_id"]) <= known["provision_id"] | {""}
    for name in ("challenge", "groups"):
        assert list(tables[name]["child_id"]) == list(tables["children"]["child_id"])
    assert tables["schools"]["name"].is_unique
    assert not tables["consultations"].duplicated(["child_id", "school_id"]).any()


def test_ranks_have_no_gap(made: SyntheticRound) -> None:
    """Every family ranks from 1 without a gap, no school twice, each with the child's year group."""
    preferences = made.tables["preferences"]
    expected = preferences.groupby("child_id").cumcount() + 1
    assert (preferences["rank"] == expected).all()
    assert not preferences.duplicated(["child_id", "school_id"]).any()
    pairs = preferences.merge(made.tables["children"][["child_id", "year_group"]])
    offered = pairs.merge(made.tables["provisions"][["school_id", "year_from", "year_to"]])
    has_year = offered["year_group"].between(offered["year_from"], offered["year_to"])
    assert has_year.groupby([offered["child_id"], offered["school_id"]]).any().all()


def test_places_add_up(made: SyntheticRound) -> None:
    """Open places are the stated share of the children, held places about the stated share of all."""
    provisions, children = made.tables["provisions"], len(made.tables["children"])
    opened = int((provisions["places"] - provisions["held_places"]).sum())

    assert opened == round(SUPPLY * children)
    assert (provisions["held_places"] <= provisions["places"]).all()
    assert abs(provisions["held_places"].sum() - HELD_SHARE * provisions["places"].sum()) <= 1
    rolls = made.tables["schools"].set_index("school_id")["pupils"]
    assert (provisions.groupby("school_id")["places"].sum() <= 0.35 * rolls + 1).all()


def fixed_beyond(made: SyntheticRound, authorities: set[str]) -> tuple[int, int]:
    """Count children fixed by some authorities beyond the places of a provision, and of a school."""
    rulings, provisions = made.tables["rulings"], made.tables["provisions"].set_index("provision_id")
    fixed = rulings[(rulings["action"] == "place") & rulings["authority"].isin(authorities)]["provision_id"]
    most = provisions["places"] - provisions["held_places"] + provisions["over_places"]
    here = fixed.value_counts()
    totals = made.tables["schools"].set_index("school_id")["places_total"]
    bound = pd.to_numeric(totals, errors="coerce").fillna(np.inf)
    there = fixed.map(provisions["school_id"]).value_counts()
    return (
        int((here - most[here.index]).clip(lower=0).sum()),
        int((there - bound[there.index]).clip(lower=0).sum()),
    )


def test_rulings_are_single_and_reasoned(made: SyntheticRound) -> None:
    """A child has one place at most, a pair one ruling, and every ruling a reason."""
    rulings = made.tables["rulings"]
    assert rulings.loc[rulings["action"] == "place", "child_id"].is_unique
    assert not rulings.duplicated(["child_id", "provision_id"]).any()
    assert rulings["reason"].str.len().gt(10).all()


def test_rulings_never_conflict(made: SyntheticRound) -> None:
    """All but a tribunal's children fit in at provision and school."""
    assert fixed_beyond(made, {"on_roll", "panel", "parent"}) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_only_orders_go_beyond_places(seed: int) -> None:
    """Where there are hardly any places, orders exceed them, and no other ruling does."""
    scarce = make_round("kent", 6000, seed, supply=0.05)

    assert fixed_beyond(scarce, {"on_roll", "panel", "parent"}) == (0, 0)
    assert fixed_beyond(scarce, {"tribunal"})[0] > 0
    assert allocate_status(scarce) == "optimal"


def allocate_status(made: SyntheticRound) -> str:
    """Place a round and return the status of the answer."""
    policy = tomllib.loads(made.policy)
    audit_only = {"challenge", "groups"}
    tables = {name: table for name, table in made.tables.items() if name not in audit_only}
    return str(allocate(round_from_tables(policy, tables)).status)


def test_places_ruled_on_are_eligible(tmp_path: Path) -> None:
    """The engine's own rules allow every pair that is ruled a place: no order is absurd."""
    made = write_round(tmp_path, "kent", 4000, 2)
    columns = Columns(read_round(tmp_path))
    pairs = eligible_pairs(columns)
    eligible = set(zip(pairs.child.tolist(), pairs.provision.tolist(), strict=True))
    placed = made.tables["rulings"].query("action == 'place'")
    child = pd.Index(columns.child_ids).get_indexer(pd.Index(placed["child_id"]))
    provision = pd.Index(columns.provision_ids).get_indexer(pd.Index(placed["provision_id"]))

    assert len(placed) > 80
    assert set(zip(child.tolist(), provision.tolist(), strict=True)) <= eligible


def test_orders_set_their_own_date(made: SyntheticRound) -> None:
    """A child with an order must be placed within two weeks of it."""
    rulings = made.tables["rulings"]
    ordered = set(rulings.loc[rulings["authority"] == "tribunal", "child_id"])
    children = made.tables["children"]

    assert (children.loc[children["child_id"].isin(ordered), "decide_by"] == "2027-02-03").all()


def test_rulings_come_in_their_shares() -> None:
    """Every authority rules on some children, and none on many more than its share."""
    rulings = make_round("kent", 10_000, 2).tables["rulings"]
    counts = rulings[rulings["action"] == "place"]["authority"].value_counts() / 10_000
    for authority, share in RULING_SHARE.items():
        assert 0.3 * share < counts[authority] <= share + 0.0001, authority
    assert {"panel", "parent"} <= set(rulings.loc[rulings["action"] == "bar", "authority"])


@pytest.mark.parametrize("seed", range(5))
def test_demand_exceeds_supply_moderately(seed: int) -> None:
    """With every open place and place over number used as well as can be, some children have none."""
    placed = most_placed(800, seed)

    assert 0.72 < placed < 0.97


def most_placed(children: int, seed: int) -> float:
    """Return the largest share of children that can hold a place, by the generator's own rules of fit."""
    geography = kent(children)
    schools = make_schools(geography, "kent", children, seed)
    provisions = make_provisions(schools, "kent", seed)
    places = make_places(geography, schools, provisions, "kent", children, SUPPLY, seed)
    sight = look_round(make_children(geography, "kent", children, 60.0, seed), schools, provisions)
    slot, fitting = fitting_provisions(np.arange(children), sight)
    child = np.repeat(np.arange(children), fitting.sum(axis=1))
    provision = slot[fitting]
    # One column a place, since the matching knows no capacities.
    first = np.concatenate([[0], np.cumsum(places.most)])
    columns = [np.arange(first[p], first[p + 1]) for p in provision]
    rows = np.repeat(child, [len(column) for column in columns])
    pairs = csr_array(
        (np.ones(len(rows), dtype=np.int8), (rows, np.concatenate(columns))), shape=(children, int(first[-1]))
    )
    return float((maximum_bipartite_matching(pairs, perm_type="column") >= 0).mean())


@pytest.mark.parametrize(
    ("children", "schools", "provisions"),
    [(60, (6, 6), (12, 18)), (600, (22, 26), (50, 66)), (3000, (60, 85), (150, 210)),
     (100_000, (900, 1100), (1900, 2600))],
)  # fmt: skip
def test_schools_grow_with_the_round(
    children: int, schools: tuple[int, int], provisions: tuple[int, int]
) -> None:
    """A round has about as many schools and provisions as the ladder says."""
    drawn = make_schools(kent(children), "kent", children, 1)
    count = len(make_provisions(drawn, "kent", 1).ids)

    assert len(drawn.ids) == count_schools(children)
    assert schools[0] <= len(drawn.ids) <= schools[1]
    assert provisions[0] <= count <= provisions[1]


def test_homes_lie_in_their_district_and_on_land() -> None:
    """No home of a seaside town lies farther out than its shore, and each is near its district's towns."""
    geography = kent(5000)
    people = make_children(geography, "kent", 5000, 60.0, 1)
    km = great_circle(people.lat[:, None], people.lon[:, None], geography.town_lat, geography.town_lon)
    ours = geography.town_district == people.district[:, None]
    assert np.where(ours, km, np.inf).min(axis=1).max() < 20
    broadstairs = np.flatnonzero(geography.town_lon == 1.431)[0]
    _, lon = geography.scatter(np.full(4000, broadstairs), Draws(1, "homes of one town"))
    assert lon.max() <= 1.431 + 0.9 / (np.pi / 180 * EARTH_RADIUS_KM * np.cos(np.radians(51.361))) + 1e-6


def test_small_rounds_are_of_one_area() -> None:
    """A round that is read by eye is East Kent's, so that journeys are possible."""
    groups = make_round("kent", 60, 1).tables["groups"]

    assert set(groups["district"]) <= {"Canterbury", "Swale", "Thanet"}
    assert make_round("kent", 600, 1).tables["groups"]["district"].nunique() == 12


def test_every_kind_of_rule_occurs() -> None:
    """A Kent-sized round exercises each rule: sex, scores, access, residence, totals, overrides."""
    tables = make_round("kent", 6000, 4).tables
    provisions = tables["provisions"]

    assert {"mixed", "male"} <= set(provisions["sex"])
    assert (provisions["score_from"] != "").any()
    assert (provisions["score_to"] != "").any()
    assert set(provisions["accessible"]) == set(provisions["residential"]) == {"yes", "no"}
    assert (provisions["needs"] == "").any()
    assert (provisions["over_places"] > 0).any()
    assert (tables["schools"]["places_total"] != "").any()
    assert (tables["schools"]["section_38"] == "no").any()
    assert tables["suitability"]["suitability"].between(0, 100).all()
    assert len(tables["suitability"]) > 20
    assert len(tables["travel"]) > 10
    for column in ("max_minutes", "priority", "waiting_since", "current_provision_id"):
        assert pd.Series(tables["children"][column] != "").mean() > 0.005, column
