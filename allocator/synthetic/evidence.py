"""What has been looked into by hand: fits judged by an officer, journeys that were timed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocator.synthetic.constants import (
    DETOUR,
    JUDGED_SHARE,
    JUDGED_VALUES,
    SPEED_KMH,
    TIMED_FACTOR,
    TIMED_SHARE,
)
from allocator.synthetic.draws import Draws
from allocator.synthetic.sight import Sight


def suitability_frame(sight: Sight, seed: int) -> pd.DataFrame:
    """Return suitability.csv: a judged fit at the nearest school that has the child's year group."""
    children, provisions = sight.children, sight.provisions
    draws = Draws(seed, "suitability")
    rows = []
    for child in np.flatnonzero(draws.chance(JUDGED_SHARE, len(children))).tolist():
        year = children.year[child]
        has_year = (provisions.year_from <= year) & (year <= provisions.year_to)
        schools = sight.school[child][np.isfinite(sight.km[child])].tolist()
        by_nearness = {school: rank for rank, school in enumerate(schools)}
        able = [p for p in np.flatnonzero(has_year).tolist() if provisions.school[p] in by_nearness]
        if able:
            provision = min(able, key=lambda p: (by_nearness[int(provisions.school[p])], p))
            value = JUDGED_VALUES[int(draws.pick(np.ones(len(JUDGED_VALUES)), 1)[0])]
            rows.append((children.ids[child], provisions.ids[provision], value))
    return pd.DataFrame(rows, columns=["child_id", "provision_id", "suitability"])


def travel_frame(sight: Sight, seed: int) -> pd.DataFrame:
    """Return travel.csv: a few journeys to the nearest school, timed on the road."""
    draws = Draws(seed, "travel")
    who = np.flatnonzero(draws.chance(TIMED_SHARE, len(sight.children)))
    low, high = TIMED_FACTOR
    km = sight.km[who, 0] * DETOUR
    minutes = km / SPEED_KMH * 60 * (low + draws.uniform(len(who)) * (high - low))
    return pd.DataFrame(
        {
            "child_id": np.array(sight.children.ids, dtype=object)[who],
            "school_id": np.array(sight.schools.ids, dtype=object)[sight.school[who, 0]],
            "minutes": np.round(minutes, 1),
            "km": np.round(km, 1),
        }
    )
