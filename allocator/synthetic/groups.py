"""Audit only: characteristics of the children for the equality figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocator.synthetic.children import Children
from allocator.synthetic.constants import (
    ETHNICITY,
    FSM_DECILE,
    FSM_NEEDS,
    FSM_SHARE,
    NEEDS,
    OTHER_LANGUAGE,
)
from allocator.synthetic.draws import Draws, Floats
from allocator.synthetic.geography import Geography


def group_frame(children: Children, geography: Geography, authority: str, seed: int) -> pd.DataFrame:
    """Return groups.csv."""
    count = len(children)
    names = list(ETHNICITY[authority])
    ethnic = Draws(seed, "groups.ethnicity").pick(list(ETHNICITY[authority].values()), count)
    other = np.array([OTHER_LANGUAGE[name] for name in names])[ethnic]
    speaks = Draws(seed, "groups.language").chance(other, count)
    meals = Draws(seed, "groups.fsm").chance(_meals(children), count)
    return pd.DataFrame(
        {
            "child_id": children.ids,
            "sex": np.where(children.girl, "female", "male"),
            "ethnicity": np.array(names)[ethnic],
            "fsm": np.where(meals, "yes", "no"),
            "idaci_decile": children.decile,
            "looked_after": np.where(children.looked_after, "yes", "no"),
            "district": np.array(geography.districts)[children.district],
            "home_language": np.where(speaks, "Other", "English"),
        }
    )


def _meals(children: Children) -> Floats:
    """Return each child's probability of free school meals; the mean is the published share."""
    by_need = np.array([FSM_NEEDS.get(need, 0.0) for need in NEEDS])[children.need]
    odds = np.exp(FSM_DECILE * (children.decile - 5.5) + by_need)
    low, high = 1e-3, 1e3
    # The level that makes the mean right, by bisection: the mean rises with it.
    for _ in range(60):
        level = np.sqrt(low * high)
        if float((level * odds / (1 + level * odds)).mean()) < FSM_SHARE:
            low = level
        else:
            high = level
    return np.asarray(high * odds / (1 + high * odds), dtype=np.float64)
