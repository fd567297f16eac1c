"""What the truth is for: raters who err, and pressure that follows means and not need."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.synthetic.constants import RATER_STEP, SEVERITY_SD
from allocator.synthetic.placement_round import SyntheticRound, make_round


@pytest.fixture(scope="module")
def large() -> SyntheticRound:
    return make_round("kent", 20_000, 11)


@pytest.mark.parametrize("error", [0.0, 30.0, 90.0])
def test_rater_error_is_visible(error: float) -> None:
    """Two raters differ by the square root of two errors, and agree to the point without error."""
    truth = make_round("kent", 20_000, 11, rater_error=error).truth.children
    inside = truth["severity"].between(250, 750)
    difference = (truth["rater_1"] - truth["rater_2"])[inside]
    # Rounding to steps adds its own variance, step² / 12 a rater, but none where both see the same.
    expected = np.sqrt(2 * (error**2 + RATER_STEP**2 / 12)) if error else 0.0

    chance = 4 * expected / np.sqrt(len(difference))

    assert abs(float(difference.std()) - expected) <= chance
    assert abs(float(difference.mean())) <= chance


def test_score_is_the_mean_of_two_raters(large: SyntheticRound) -> None:
    """The need score is the two raters' mean, rounded down, and its error is smaller than either's."""
    truth, scores = large.truth.children, large.tables["children"]["need_score"]
    error_of_score = (scores - truth["severity"]).std()

    assert (scores == (truth["rater_1"] + truth["rater_2"]) // 2).all()
    assert error_of_score < (truth["rater_1"] - truth["severity"]).std()
    assert 0.5 < np.corrcoef(truth["rater_1"], truth["rater_2"])[0, 1] < 0.95
    assert truth["severity"].std() > SEVERITY_SD * 0.9


def test_scores_tie(large: SyntheticRound) -> None:
    """Scores come in fives, so that children tie and the lottery has work to do."""
    scores = make_round("kent", 600, 1).tables["children"]["need_score"]

    assert (scores % 5 == 0).all()
    assert scores.duplicated(keep=False).mean() > 0.8


def test_pressure_follows_means(large: SyntheticRound) -> None:
    """Families in better-off areas, and those who wait, press more; by much more than chance."""
    challenge, groups = large.tables["challenge"], large.tables["groups"]
    pressed = challenge[["appeal", "mp", "solicitor", "complaint"]].eq("yes").any(axis=1)
    better_off = groups["idaci_decile"] >= 8
    waits = large.tables["children"]["waiting_since"] != ""

    assert np.corrcoef(groups["idaci_decile"], challenge["contacts"])[0, 1] > 0.15
    assert pressed[better_off].mean() > pressed[groups["idaci_decile"] <= 3].mean() + 0.05
    assert pressed[waits].mean() > pressed[~waits].mean() + 0.03


def test_pressure_is_blind_to_need(large: SyntheticRound) -> None:
    """Pressure says nothing of need: no correlation with score, severity or the raters' difference."""
    challenge, truth = large.tables["challenge"], large.truth.children
    chance = 4 / np.sqrt(len(truth))
    for need in (
        large.tables["children"]["need_score"],
        truth["severity"],
        truth["rater_1"] - truth["rater_2"],
    ):
        assert abs(np.corrcoef(need, challenge["contacts"])[0, 1]) < chance
        assert abs(np.corrcoef(need, truth["pressure"])[0, 1]) < chance
        assert abs(np.corrcoef(need, challenge["appeal"] == "yes")[0, 1]) < chance


def test_truth_stays_out_of_the_tables(large: SyntheticRound) -> None:
    """No table of the round carries severity, a rater's points or the pressure itself."""
    shown = {column for table in large.tables.values() for column in table.columns}

    assert not shown & {"severity", "rater_1", "rater_2", "pressure", "roll", "occupancy"}
