"""At 20,000 children the tables show the published figures, within sampling error."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from allocator.synthetic import constants as figures
from allocator.synthetic.geography import kent
from allocator.synthetic.placement_round import SyntheticRound, make_round
from allocator.synthetic.schools import make_schools

CHILDREN = 20_000


@pytest.fixture(scope="module", params=figures.NEED_MIX)
def authority(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def large(authority: str) -> SyntheticRound:
    return make_round(authority, CHILDREN, 3)


@pytest.fixture(scope="module")
def children(large: SyntheticRound) -> pd.DataFrame:
    return large.tables["children"]


def within(share: float, expected: float, sigmas: float = 4.0, count: int = CHILDREN) -> bool:
    """Say whether a share is as near to what is expected as sampling lets it be."""
    return abs(share - expected) <= sigmas * np.sqrt(expected * (1 - expected) / count) + 1e-9


def test_need_mix(authority: str, children: pd.DataFrame) -> None:
    """Primary needs come in the proportions of pupils with plans in special schools."""
    mix = dict(zip(figures.NEEDS, figures.NEED_MIX[authority], strict=True))
    seen = children["primary_need"].value_counts(normalize=True)
    for need, plans in mix.items():
        assert within(float(seen.get(need, 0.0)), plans / sum(mix.values())), need


def test_sex_ratio(authority: str, children: pd.DataFrame) -> None:
    """Girls are 27 % in Kent's special schools, 28 % in England's."""
    assert within(float((children["sex"] == "female").mean()), figures.GIRLS_SHARE[authority])
    severe = children["primary_need"] == "SLD"
    autistic = children["primary_need"] == "ASD"
    girls = children["sex"] == "female"
    assert girls[severe].mean() > girls[autistic].mean() + 0.05


def test_years_peak_at_transfers(authority: str, children: pd.DataFrame) -> None:
    """Just over half the children move phase; year 7 is the largest entry, and needs differ by age."""
    share = children["year_group"].value_counts(normalize=True)
    assert share.idxmax() == 7
    assert 0.25 < share[7] < 0.45
    assert share[[0, 7, 12]].sum() > figures.TRANSFER_SHARE
    assert children["year_group"].between(-1, 14).all()
    older = children["year_group"] >= 7
    semh = children["primary_need"] == "SEMH"
    assert semh[older].mean() > semh[~older].mean()


def test_bands(children: pd.DataFrame) -> None:
    """The bands hold what severity by need, and the error of the mean of two raters, imply."""
    counts = children["primary_need"].value_counts()
    spread = np.hypot(figures.SEVERITY_SD, figures.RATER_ERROR / np.sqrt(2))
    edges = [start for _, start in figures.BANDS]
    for lowest, above in zip(edges, [1001, *edges], strict=False):
        expected = 0.0
        for need, mean in zip(figures.NEEDS, figures.SEVERITY_MEAN, strict=True):
            scored = NormalDist(mean, float(spread))
            # Scores are rounded to fives: the edge of the cell of a score is half a step below.
            top = 1.0 if above > 1000 else scored.cdf(above - 2.5)
            expected += (
                int(counts.get(need, 0)) / CHILDREN * (top - (scored.cdf(lowest - 2.5) if lowest else 0))
            )
        seen = float(((children["need_score"] >= lowest) & (children["need_score"] < above)).mean())
        assert abs(seen - expected) < 0.015, lowest


def test_secondary_needs(children: pd.DataFrame) -> None:
    """Nearly half have a secondary need; none repeats the primary or another."""
    listed = children["secondary_needs"].str.split(";")
    assert within(float((children["secondary_needs"] != "").mean()), figures.SECONDARY_ONE)
    assert 0.05 < float((listed.str.len() == 2).mean()) <= figures.SECONDARY_TWO
    clean = [
        primary not in codes and len(set(codes)) == len(codes)
        for primary, codes in zip(children["primary_need"], listed, strict=True)
    ]
    assert all(clean)


def test_access_and_residence(children: pd.DataFrame) -> None:
    """Wheelchairs follow need, residential places follow age: about 1 % in all."""
    wheelchair = children["wheelchair"] == "yes"
    assert wheelchair[children["primary_need"] == "PMLD"].mean() > 0.5
    assert wheelchair[children["primary_need"] == "ASD"].mean() < 0.03
    residential = children["residential"] == "yes"
    assert 0.005 < residential.mean() < 0.02
    assert (
        residential[children["year_group"] >= 12].mean() > 4 * residential[children["year_group"] <= 6].mean()
    )


def test_groups_of_the_equality_figures(authority: str, large: SyntheticRound) -> None:
    """Free school meals are 44 %, more in poorer areas; ethnic groups are those of the census."""
    groups = large.tables["groups"]
    meals = groups["fsm"] == "yes"
    assert within(float(meals.mean()), figures.FSM_SHARE)
    assert meals[groups["idaci_decile"] <= 3].mean() > meals[groups["idaci_decile"] >= 8].mean() + 0.3
    mix = figures.ETHNICITY[authority]
    for name, share in groups["ethnicity"].value_counts(normalize=True).items():
        assert within(float(share), mix[str(name)] / sum(mix.values())), name
    assert (groups["sex"] == large.tables["children"]["sex"]).all()


def test_pressure_rates(large: SyntheticRound) -> None:
    """Each kind of pressure comes at its rate."""
    challenge = large.tables["challenge"]
    for kind, rate in figures.PRESSURE_RATES.items():
        assert abs(float((challenge[kind] == "yes").mean()) - rate) < 0.25 * rate + 0.002, kind
    assert (challenge["contacts"] >= 0).all()


def test_waiting_follows_published_delays(children: pd.DataFrame) -> None:
    """Of the children who wait, a third wait up to 20 weeks and a seventh more than a year."""
    since = pd.to_datetime(children.loc[children["waiting_since"] != "", "waiting_since"])
    days = (pd.Timestamp("2027-01-20") - since).dt.days
    assert abs(float((days <= 140).mean()) - 0.333) < 0.02
    assert abs(float((days > 365).mean()) - 0.145) < 0.02


def test_occupancy() -> None:
    """Two schools in three are at or over capacity; the mean is 104 %."""
    occupancy = make_schools(kent(100_000), "kent", 300_000, 5).occupancy
    assert abs(float((occupancy >= 1).mean()) - figures.AT_OR_OVER_CAPACITY) < 0.03
    assert abs(float(occupancy.mean()) - figures.OCCUPANCY_MEAN) < 0.01


@pytest.mark.parametrize("where", figures.ROLL_MEAN)
def test_rolls(where: str) -> None:
    """Special schools have the published mean roll, independent ones are far smaller."""
    schools = make_schools(kent(100_000), where, 300_000, 5)
    kinds = np.array(schools.kinds)
    for kind in ("special", "independent_special"):
        mean = figures.ROLL_MEAN[where][kind]
        assert abs(float(schools.roll[kinds == kind].mean()) - mean) < 0.1 * mean, kind


def test_costs(authority: str, large: SyntheticRound) -> None:
    """State places cost about the published mean, independent ones about twice as much."""
    provisions = large.tables["provisions"].merge(large.tables["schools"][["school_id", "kind"]])
    plain = provisions[(provisions["residential"] == "no") & ~provisions["provision_id"].str.endswith("C")]
    mean = plain.groupby("kind")["annual_cost"].mean()
    for kind in ("special", "independent_special"):
        expected = figures.COST_MEAN[authority][kind]
        assert abs(mean[kind] - expected) < 0.12 * expected, kind
    assert (
        provisions.loc[provisions["residential"] == "yes", "annual_cost"].max()
        <= figures.RESIDENTIAL_COST_TOP
    )
    assert plain["annual_cost"].max() <= figures.DAY_COST_TOP


def test_what_families_ask_for(large: SyntheticRound) -> None:
    """Most first choices are designated for the child's need, some are not; nearer is asked for more."""
    tables = large.tables
    first = tables["preferences"].query("rank == 1").merge(tables["children"], on="child_id")
    needs = tables["provisions"].groupby("school_id")["needs"].agg(list)
    fits = [
        any(not codes or need in codes.split(";") for codes in needs[school])
        for school, need in zip(first["school_id"], first["primary_need"], strict=True)
    ]
    assert 0.6 < float(np.mean(fits)) < 0.98
    stated = tables["preferences"].groupby("child_id").size().value_counts(normalize=True).sort_index()
    assert stated.to_numpy() == pytest.approx(figures.PREFERENCE_COUNTS, abs=0.02)


def test_answers_of_schools(large: SyntheticRound) -> None:
    """Grounds and upheld objections stand on refusals alone, and only some objections are upheld."""
    answers = large.tables["consultations"]
    refused = answers["response"] == "cannot_meet"
    assert 0.3 < refused.mean() < 0.7
    assert (answers.loc[~refused, ["ground", "upheld"]] == "").all(axis=None)
    assert set(answers.loc[refused, "ground"]) == {"unsuitable", "efficient_education", "efficient_resources"}
    assert 0.3 < (answers.loc[refused, "upheld"] == "yes").mean() < 0.9
