"""An invented programme has the stated figures, the same bytes every time, and nothing to find fault with."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from allocator.errors import UsageError
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.intake import check_folder, read_programme
from allocator.reviews.weeks import hours_offered, open_weeks
from allocator.synthetic.programme import SyntheticProgramme, make_programme, write_programme

SIZES = [(1, 1), (2, 7), (40, 3), (200, 10), (1200, 60), (3000, 150)]


def folder_bytes(folder: Path) -> dict[str, str]:
    """Digest every file of a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("cases", "volunteers"), SIZES)
def test_intake_finds_nothing(cases: int, volunteers: int, seed: int, tmp_path: Path) -> None:
    """The tool's own intake has no fault and no warning about a generated folder."""
    write_programme(tmp_path, cases, volunteers, seed)
    assert check_folder(tmp_path) == ((), ())
    found = read_programme(tmp_path)
    assert (len(found.cases), len(found.volunteers)) == (cases, volunteers)
    assert int(open_weeks(found.policy.programme).sum()) == 11
    assert (hours_offered(found).sum(axis=1) > 0).all()


@pytest.fixture(scope="module", params=[1, 2, 3])
def large(request: pytest.FixtureRequest) -> SyntheticProgramme:
    return make_programme(10_000, 600, request.param)


def shares(column: pd.Series) -> dict[str, float]:
    """Return each value's share."""
    return column.astype(str).value_counts(normalize=True).to_dict()


def test_hours_and_priorities_come_in_their_shares(large: SyntheticProgramme) -> None:
    """To one case in ten thousand: they are dealt out, not drawn one by one."""
    cases = large.tables["cases"]
    hours = {"1.5": 1, "2": 1, "2.5": 1, "3": 3, "4": 1, "4.5": 1, "6": 1}
    assert shares(cases["hours"]) == pytest.approx({h: n / 9 for h, n in hours.items()}, abs=3e-4)
    assert shares(cases["priority"]) == pytest.approx({"1": 0.12, "2": 0.22, "3": 0.30, "4": 0.36}, abs=3e-4)


def test_due_days_are_a_triangle(large: SyntheticProgramme) -> None:
    """From -900 to 90 days about the start, most likely -60: distribution, mean and ends."""
    days = (pd.to_datetime(large.tables["cases"]["due"]) - pd.Timestamp("2027-01-11")).dt.days.to_numpy()
    assert days.min() >= -900
    assert days.max() <= 90
    low, mode, high = -900, -60, 90
    for at in range(-850, 90, 50):
        below = (at - low) ** 2 / ((high - low) * (mode - low))
        above = 1 - (high - at) ** 2 / ((high - low) * (high - mode))
        assert abs((days < at).mean() - (below if at < mode else above)) < 0.015
    assert abs(days.mean() + 0.5 - (low + mode + high) / 3) < 8


def test_volunteers_days_and_caps_come_in_their_shares(large: SyntheticProgramme) -> None:
    """Half give a day, a sixth each .5, .4 and .2; a third are capped at 12, a third at 20."""
    volunteers = large.tables["volunteers"]
    assert shares(volunteers["days_per_week"]) == pytest.approx(
        {"1": 1 / 2, "0.5": 1 / 6, "0.4": 1 / 6, "0.2": 1 / 6}, abs=0.004
    )
    assert shares(volunteers["max_cases"]) == pytest.approx({"12": 1 / 3, "20": 1 / 3, "": 1 / 3}, abs=0.004)
    assert 0.005 < (volunteers["headteacher_agreed"] == "no").mean() < 0.06


def test_three_schools_in_five_are_in_one_of_forty_trusts(large: SyntheticProgramme) -> None:
    both = pd.concat([large.tables[name][["school_id", "trust_id"]] for name in ("cases", "volunteers")])
    schools = both.drop_duplicates()
    assert schools["school_id"].is_unique
    assert (schools["trust_id"] != "").mean() == pytest.approx(0.6, abs=0.002)
    assert schools.loc[schools["trust_id"] != "", "trust_id"].nunique() == 40


def test_school_and_phase_agree(large: SyntheticProgramme) -> None:
    """A school has nursery and primary cases, secondary and older ones, or, a special school, all."""
    phases = large.tables["cases"].groupby("school_id")["phase"].agg(set)
    allowed = ({"early", "primary"}, {"secondary", "post16"})
    assert (phases.map(lambda found: any(found <= side for side in allowed))).mean() > 0.5
    assert shares(large.tables["cases"]["phase"]) == pytest.approx(
        {"early": 0.048, "primary": 0.42, "secondary": 0.42, "post16": 0.112}, abs=0.03
    )


def test_conflicts_occur_and_leave_most_pairs_free(tmp_path: Path) -> None:
    """Declarations, own schools and own trusts all bar somebody; hours fall short of the cases."""
    write_programme(tmp_path, 1200, 60, 4)
    found = read_programme(tmp_path)
    barred = barred_pairs(found)
    bits = [int(((barred.rules >> bit) & 1).sum()) for bit in range(4)]
    assert all(bits)
    assert len(barred) < 0.15 * 1200 * 60
    assert 0.3 < hours_offered(found).sum() / found.case_units.sum() < 0.9


def test_other_process_writes_the_same_bytes(tmp_path: Path) -> None:
    """Another process, with another hash seed, locale and time zone, writes the same bytes."""
    write_programme(tmp_path / "here", 150, 9, 4)
    script = (
        "from pathlib import Path; from allocator.synthetic.programme import write_programme; "
        f"write_programme(Path({str(tmp_path / 'there')!r}), 150, 9, 4)"
    )
    odd = {**os.environ, "PYTHONHASHSEED": "99", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", script], check=True, env=odd, cwd=Path(__file__).parents[2])
    assert folder_bytes(tmp_path / "here") == folder_bytes(tmp_path / "there")


@pytest.mark.parametrize("changed", [(61, 5, 1), (60, 6, 1), (60, 5, 2)])
def test_other_arguments_give_another_programme(changed: tuple[int, int, int]) -> None:
    one, other = make_programme(60, 5, 1), make_programme(*changed)
    assert one.policy != other.policy
    assert any(not one.tables[name].equals(other.tables[name]) for name in one.tables)


def test_more_volunteers_leave_the_cases_alone() -> None:
    """Cases are drawn in streams of their own."""
    one, other = make_programme(60, 5, 1), make_programme(60, 50, 1)
    pd.testing.assert_frame_equal(one.tables["cases"], other.tables["cases"])


def test_dates_follow_the_start() -> None:
    """Another Monday moves every date by as much."""
    one, other = make_programme(60, 5, 1), make_programme(60, 5, 1, start=dt.date(2028, 1, 10))
    moved = pd.to_datetime(other.tables["cases"]["due"]) - pd.to_datetime(one.tables["cases"]["due"])
    assert np.unique(moved.dt.days).tolist() == [364]
    assert "closed_weeks = [2028-02-14]" in other.policy


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cases": 0}, "at least 1 case"),
        ({"volunteers": 0}, "1 volunteer"),
        ({"seed": -1}, "whole number from 0"),
        ({"start": dt.date(2027, 1, 12)}, "starts on a Monday"),
    ],
)
def test_what_cannot_be_drawn_is_refused(asked: dict[str, object], said: str) -> None:
    """An argument outside its range is the caller's error, and the message says what is right."""
    with pytest.raises(UsageError, match=said):
        make_programme(**asked)  # type: ignore[arg-type]
