"""Hours, weeks and barred pairs of random programmes equal a plain reading of the contract."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.reviews.conflicts import RULES, barred_pairs
from allocator.reviews.kinds import decimals
from allocator.reviews.weeks import hours_offered, officer_units, open_weeks, past_weeks, week_starts
from reviews.naive_rules import bars, offered, ready_week
from reviews.random_programmes import START, Drawn, draw

SEEDS = range(60)


@pytest.fixture(params=SEEDS)
def drawn(request: pytest.FixtureRequest) -> Drawn:
    return draw(request.param)


def test_hours_equal_the_contract_to_the_last_decimal(drawn: Drawn) -> None:
    """Every volunteer and week, every case, as exact fractions; and no smaller unit would do."""
    found = drawn.read()
    units, heading = found.units_per_hour, found.policy.programme
    table = hours_offered(found)
    rows = {row["volunteer_id"]: row for row in drawn.tables["volunteers"]}
    day = Fraction(heading.hours_per_day)
    figures = []
    for place, who in enumerate(found.volunteers["volunteer_id"]):
        figures.append(Fraction(rows[who]["days_per_week"]) * day)
        for number in range(heading.weeks):
            week = START + dt.timedelta(weeks=number)
            hours = offered(rows[who], drawn.tables["availability"], week, list(heading.closed_weeks), day)
            assert Fraction(int(table[place, number]), units) == hours, (who, week)
    hours_of = {row["case_id"]: Fraction(row["hours"]) for row in drawn.tables["cases"]}
    handling = Fraction(heading.handling_hours)
    taken = [Fraction(int(n), units) for n in found.case_units]
    assert taken == [hours_of[case] + handling for case in found.cases["case_id"]]
    figures += [*hours_of.values(), handling]
    figures += [Fraction(row["hours"]) for row in drawn.tables["availability"]]
    smaller = [n for n in range(1, units) if units % n == 0]
    assert not any(all((figure * n).denominator == 1 for figure in figures) for n in smaller)


def test_a_case_is_ready_in_the_week_of_its_day_or_the_monday_after(drawn: Drawn) -> None:
    found = drawn.read()
    weeks = found.policy.programme.weeks
    ready = {row["case_id"]: row["ready_from"] for row in drawn.tables["cases"]}
    expected = [ready_week(ready[case], START, weeks) for case in found.cases["case_id"]]
    assert found.cases["ready_week"].tolist() == expected


def test_barred_pairs_equal_the_contract(drawn: Drawn) -> None:
    """Every pair, with every rule that bars it; `none` and blank trusts bar nobody."""
    found = drawn.read()
    barred = barred_pairs(found)
    matrix = barred.matrix()
    cases = {row["case_id"]: row for row in drawn.tables["cases"]}
    volunteers = {row["volunteer_id"]: row for row in drawn.tables["volunteers"]}
    switches = drawn.policy["conflicts"]
    for i, case in enumerate(found.cases["case_id"]):
        for j, who in enumerate(found.volunteers["volunteer_id"]):
            expected = bars(
                cases[case],
                volunteers[who],
                drawn.tables["conflicts"],
                same_school=bool(switches["same_school"]),
                same_trust=bool(switches["same_trust"]),
            )
            assert set(barred.codes(i, j)) == expected, (case, who)
            assert matrix[i, j] == bool(expected)
    assert len(barred) == int(matrix.sum())
    assert (np.diff(barred.case * barred.n_volunteers + barred.volunteer) > 0).all()


def test_random_programmes_bar_by_every_rule() -> None:
    """The programmes above are not idle: each rule but handing back bars some pair of theirs."""
    seen = 0
    for seed in SEEDS:
        seen |= int(np.bitwise_or.reduce(barred_pairs(draw(seed).read()).rules, initial=0))
    assert seen == 2 ** (len(RULES) - 1) - 1


def test_weeks_count_closed_ones_too() -> None:
    found = draw(3)
    found.policy["programme"] |= {"weeks": 4, "closed_weeks": [START + dt.timedelta(weeks=2)]}
    heading = found.read().policy.programme
    assert open_weeks(heading).tolist() == [True, True, False, True]
    assert week_starts(heading).astype(str).tolist() == [
        "2027-01-11",
        "2027-01-18",
        "2027-01-25",
        "2027-02-01",
    ]
    assert past_weeks(heading) == 0
    assert past_weeks(heading.model_copy(update={"as_of": dt.date(2027, 1, 25)})) == 2
    assert past_weeks(heading.model_copy(update={"as_of": dt.date(2030, 1, 7)})) == 4


def test_officers_cap_only_where_signing_off_takes_time() -> None:
    """A week without a row has none."""
    found = draw(3)
    found.policy["programme"] |= {"weeks": 3, "handling_hours": 0}
    found.tables["officers"] = [
        {"week": "2027-01-25", "hours": "7.5"},
        {"week": "2027-02-01", "hours": "8"},
    ]
    assert officer_units(found.read()) is None
    found.policy["programme"]["signoff_hours"] = 0.5
    programme = found.read()
    units = officer_units(programme)
    assert units is not None
    assert (units / programme.units_per_hour).tolist() == [0, 0, 7.5]
    assert programme.signoff_units * 2 == programme.units_per_hour


@given(st.decimals(-100, 100, allow_nan=False, places=6), st.integers(0, 4))
def test_noughts_at_the_end_are_no_decimals(value: Decimal, more: int) -> None:
    """A number has as many decimals however many noughts are written after them."""
    plain = decimals(value)
    assert (Fraction(value) * 10**plain).denominator == 1
    assert plain == 0 or (Fraction(value) * 10 ** (plain - 1)).denominator != 1
    sign, digits, exponent = value.as_tuple()
    assert decimals(Decimal((sign, (*digits, *[0] * more), int(exponent) - more))) == plain
