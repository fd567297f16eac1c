"""Random numbers: the same everywhere, each distribution as named, shares that add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.synthetic.draws import Draws, apportion

PINNED = [0.3890885646031047, 0.5234161696943057, 0.10600719628230937]
WEIGHTS = st.lists(st.floats(0, 100), min_size=1, max_size=30).filter(lambda weights: sum(weights) > 0.1)


def test_stream_is_pinned() -> None:
    """A seed and a name give these very numbers, whatever the version of numpy."""
    assert Draws(1, "a name").uniform(3).tolist() == pytest.approx(PINNED, abs=1e-15)


def test_names_and_seeds_are_streams_of_their_own() -> None:
    """Another name, or another seed, is another stream; the same is the same."""
    same = Draws(7, "homes").uniform(100)

    assert np.array_equal(same, Draws(7, "homes").uniform(100))
    assert abs(np.corrcoef(same, Draws(7, "sites").uniform(100))[0, 1]) < 0.4
    assert abs(np.corrcoef(same, Draws(8, "homes").uniform(100))[0, 1]) < 0.4


def test_uniform_never_reaches_its_ends() -> None:
    """Numbers lie strictly between 0 and 1, so no inverse of a distribution is infinite."""
    drawn = Draws(3, "ends").uniform(200_000)

    assert drawn.min() > 0
    assert drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.003


def test_normal_has_its_moments() -> None:
    """The normal has mean 0, standard deviation 1, and 5 % beyond 1.96."""
    drawn = Draws(3, "normal").normal(200_000)

    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    assert abs((np.abs(drawn) > 1.96).mean() - 0.05) < 0.003


def test_pick_follows_the_weights() -> None:
    """An index comes up in proportion to its weight, and never with weight 0."""
    counts = np.bincount(Draws(3, "pick").pick([5, 0, 3, 2], 100_000), minlength=4)

    assert counts[1] == 0
    assert counts[[0, 2, 3]] / 100_000 == pytest.approx([0.5, 0.3, 0.2], abs=0.01)


def test_gumbel_noise_chooses_in_proportion() -> None:
    """The best of log-weights plus Gumbel noise is a draw in proportion to the weights."""
    noise = Draws(3, "gumbel").gumbel(100_000, 3)

    best = np.argmax(np.log([1, 2, 5]) + noise, axis=1)

    assert np.bincount(best) / 100_000 == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.01)


@given(WEIGHTS, st.integers(0, 200), st.integers(0, 1000))
def test_spread_is_even(weights: list[float], count: int, seed: int) -> None:
    """Each index comes up its expected number of times, rounded down or up."""
    counts = np.bincount(Draws(seed, "spread").spread(weights, count), minlength=len(weights))
    expected = count * np.array(weights) / sum(weights)

    assert counts.sum() == count
    assert (np.abs(counts - expected) < 1 + 1e-6).all()


@given(st.integers(0, 500), st.integers(0, 1000))
def test_order_is_a_permutation(count: int, seed: int) -> None:
    """A shuffle holds each number once."""
    assert sorted(Draws(seed, "order").order(count).tolist()) == list(range(count))


@given(WEIGHTS, st.integers(0, 10_000))
def test_apportion_shares_all_out(weights: list[float], total: int) -> None:
    """Shares are whole, add up exactly, and lie within one of what is due."""
    given_out = apportion(weights, total)

    assert given_out.sum() == total
    assert (given_out >= 0).all()
    assert (np.abs(given_out - total * np.array(weights) / sum(weights)) < 1 + 1e-6).all()
