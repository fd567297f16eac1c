"""What families ask for and what schools answer: preferences and consultations."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from allocator.synthetic.constants import (
    ANSWER_DAYS,
    ANSWERS,
    CONSULTED_NEAREST,
    CONSULTED_PREFERENCE,
    GROUNDS,
    MERIT_INDEPENDENT,
    MERIT_KM,
    MERIT_PRIMARY,
    MERIT_SECONDARY,
    PREFERENCE_COUNTS,
    UPHELD,
)
from allocator.synthetic.draws import Draws, Flags, Floats, Ints
from allocator.synthetic.sight import NO_FIT, PRIMARY_FIT, SECONDARY_FIT, Sight

RESPONSES = np.array(["can_meet", "can_meet_with_adjustments", "cannot_meet"])


def draw_preferences(sight: Sight, seed: int) -> Ints:
    """Draw the schools that each family asks for.

    A family ranks the schools in sight by merit plus noise of its own, so that the first is
    chosen in proportion to merit, the second among the rest likewise, and so on.

    Returns
    -------
    int64, shape (n_children, 4)
        Position within the child's row of `sight`, first choice first; -1 = no further choice.

    References
    ----------
    Plackett (1975), The analysis of permutations; Yellott (1977) on the Gumbel noise.
    """
    count, near = sight.school.shape
    stated = 1 + Draws(seed, "preferences.count").pick(PREFERENCE_COUNTS, count)
    stated = np.minimum(stated, np.isfinite(sight.km).sum(axis=1))
    merit = _merit(sight) + Draws(seed, "preferences.noise").gumbel(count, near)
    most = min(len(PREFERENCE_COUNTS), near)
    ranked = np.argsort(-merit, axis=1, kind="stable")[:, :most]
    chosen = np.where(np.arange(most) < stated[:, None], ranked, -1)
    return np.pad(chosen, ((0, 0), (0, len(PREFERENCE_COUNTS) - most)), constant_values=-1)


def _merit(sight: Sight) -> Floats:
    """Return the merit of each school in sight to each family; none where there is no school."""
    independent = np.array([kind == "independent_special" for kind in sight.schools.kinds])[sight.school]
    affluence = (sight.children.decile[:, None] - 5.5) / 4.5
    by_fit = np.zeros(3)
    by_fit[[SECONDARY_FIT, PRIMARY_FIT]] = MERIT_SECONDARY, MERIT_PRIMARY
    # No school there is infinitely far away, which no noise makes up for.
    merit = by_fit[sight.fit] + MERIT_KM * sight.km + MERIT_INDEPENDENT * (1 + affluence) * independent
    return np.asarray(merit, dtype=np.float64)


def preference_frame(sight: Sight, chosen: Ints) -> pd.DataFrame:
    """Return preferences.csv."""
    child, rank = np.nonzero(chosen >= 0)
    school = sight.school[child, chosen[child, rank]]
    return pd.DataFrame(
        {
            "child_id": np.array(sight.children.ids, dtype=object)[child],
            "rank": rank + 1,
            "school_id": np.array(sight.schools.ids, dtype=object)[school],
        }
    )


def consultation_frame(sight: Sight, chosen: Ints, as_of: dt.date, seed: int) -> pd.DataFrame:
    """Return consultations.csv: schools asked for and nearest fitting ones, with their answers."""
    child, spot = _consulted(sight, chosen, seed)
    count = len(child)
    fits = sight.fit[child, spot] != NO_FIT
    answer = Draws(seed, "consultations.answer").pick(ANSWERS, count)
    refuses = (answer == 2) | ~fits
    named = [name for name, _ in GROUNDS]
    ground = Draws(seed, "consultations.ground").pick([share for _, share in GROUNDS], count)
    ground = np.where(fits, ground, named.index("unsuitable"))
    upheld = Draws(seed, "consultations.upheld").chance(np.where(fits, UPHELD[0], UPHELD[1]), count)
    first, last = ANSWER_DAYS
    days = np.floor(first + Draws(seed, "consultations.day").uniform(count) * (last - first + 1))
    return pd.DataFrame(
        {
            "child_id": np.array(sight.children.ids, dtype=object)[child],
            "school_id": np.array(sight.schools.ids, dtype=object)[sight.school[child, spot]],
            "response": RESPONSES[np.where(refuses, 2, answer)],
            "ground": np.where(refuses, np.array(named)[ground], ""),
            "upheld": np.where(refuses, np.where(upheld, "yes", "no"), ""),
            "responded_on": (np.datetime64(as_of, "D") - days.astype("timedelta64[D]")).astype(str),
        }
    )


def _consulted(sight: Sight, chosen: Ints, seed: int) -> tuple[Ints, Ints]:
    """Pick which (child, position in sight) pairs are consulted, each once, in order."""
    count, near = sight.school.shape
    asked: Flags = np.zeros((count, near), dtype=np.bool_)
    child, rank = np.nonzero(chosen >= 0)
    sent = Draws(seed, "consultations.preferred").chance(CONSULTED_PREFERENCE, len(child))
    asked[child[sent], chosen[child, rank][sent]] = True
    nearest = np.argmax(sight.fit == PRIMARY_FIT, axis=1)
    found = (sight.fit == PRIMARY_FIT).any(axis=1)
    also = found & Draws(seed, "consultations.nearest").chance(CONSULTED_NEAREST, count)
    asked[np.flatnonzero(also), nearest[also]] = True
    pairs = np.nonzero(asked)
    return pairs[0].astype(np.int64), pairs[1].astype(np.int64)
