"""Audit only: pressure on a case. It follows means and waiting, never need."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from allocator.synthetic.children import Children
from allocator.synthetic.constants import (
    CONTACTS_MIDDLE,
    CONTACTS_SPREAD,
    PRESSURE_AFFLUENCE,
    PRESSURE_LOADING,
    PRESSURE_RATES,
    PRESSURE_WAITING,
    WAITING_SHARE,
)
from allocator.synthetic.draws import Draws, Floats

# Standard deviation of a decile, all ten alike likely.
DECILE_SD = 2.8723


def draw_pressure(children: Children, seed: int) -> Floats:
    """Draw the pressure that each family puts on its case.

    Returns
    -------
    float64, shape (n_children,)
        Mean about 0, standard deviation about 1; higher in better-off areas and for children who
        wait, and for the rest the family's own. Given those, independent of need.
    """
    affluence = (children.decile - 5.5) / DECILE_SD
    share = np.array(WAITING_SHARE)[children.situation]
    waiting = (children.waiting - share) / np.sqrt(share * (1 - share))
    own = Draws(seed, "pressure").normal(len(children))
    scale = np.sqrt(1 + PRESSURE_AFFLUENCE**2 + PRESSURE_WAITING**2)
    total = own + PRESSURE_AFFLUENCE * affluence + PRESSURE_WAITING * waiting
    return np.asarray(total / scale, dtype=np.float64)


def challenge_frame(children: Children, pressure: Floats, seed: int) -> pd.DataFrame:
    """Return challenge.csv: each kind of pressure at its rate, correlated through the whole."""
    count = len(pressure)
    rest = np.sqrt(1 - PRESSURE_LOADING**2)
    columns: dict[str, object] = {"child_id": children.ids}
    for kind, rate in PRESSURE_RATES.items():
        felt = PRESSURE_LOADING * pressure + rest * Draws(seed, f"challenge.{kind}").normal(count)
        columns[kind] = np.where(felt > ndtri(1 - rate), "yes", "no")
    felt = PRESSURE_LOADING * pressure + rest * Draws(seed, "challenge.contacts").normal(count)
    columns["contacts"] = np.floor(CONTACTS_MIDDLE * np.exp(CONTACTS_SPREAD * felt)).astype(np.int64)
    return pd.DataFrame(columns)
