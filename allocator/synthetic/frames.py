"""The main tables as the contract writes them: children.csv, schools.csv, provisions.csv."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from allocator.synthetic.children import Children
from allocator.synthetic.constants import (
    DECISION_DAYS,
    DECISION_SHARE,
    NEEDS,
    ORDER_DAYS,
    POST16_DATE,
    TRANSFER_DATE,
    WAITING_DAYS,
)
from allocator.synthetic.draws import Draws, Flags, Floats, Ints
from allocator.synthetic.places import Places
from allocator.synthetic.population import TRANSFER
from allocator.synthetic.provisions import Provisions
from allocator.synthetic.schools import Schools

Texts = np.ndarray[tuple[int], np.dtype[np.str_]]


def child_frame(
    children: Children,
    current: Ints,
    ordered: Flags,
    provisions: Provisions,
    as_of: dt.date,
    seed: int,
) -> pd.DataFrame:
    """Return children.csv.

    Parameters
    ----------
    current : int64, shape (n_children,)
        Index of the provision where a child is on roll; -1 for none.
    ordered : bool, shape (n_children,)
        Whether a tribunal has named a place: the order's own date then binds.
    """
    count = len(children)
    return pd.DataFrame(
        {
            "child_id": children.ids,
            "year_group": children.year,
            "sex": np.where(children.girl, "female", "male"),
            "primary_need": np.array(NEEDS)[children.need],
            "secondary_needs": _secondary_texts(children),
            "need_score": children.assessment.score,
            "lat": children.lat,
            "lon": children.lon,
            "wheelchair": yes_no(children.wheelchair),
            "residential": yes_no(children.residential),
            "current_provision_id": np.array([*provisions.ids, ""], dtype=object)[current],
            "max_minutes": given(children.max_minutes),
            "priority": np.where(children.looked_after, "1", ""),
            "waiting_since": np.where(children.waiting, _waiting_since(count, as_of, seed), ""),
            "decide_by": _decide_by(children, ordered, as_of, seed),
        }
    )


def school_frame(schools: Schools, places: Places) -> pd.DataFrame:
    """Return schools.csv."""
    return pd.DataFrame(
        {
            "school_id": schools.ids,
            "name": schools.names,
            "kind": schools.kinds,
            "lat": schools.lat,
            "lon": schools.lon,
            "trust_id": schools.trusts,
            "section_38": yes_no(schools.section_38),
            "selective": yes_no(schools.selective),
            "pupils": schools.pupils,
            "ehcp_pupils": schools.ehcp_pupils,
            "sen_support_pupils": given(schools.sen_support_pupils),
            "places_total": given(places.places_total),
        }
    )


def provision_frame(schools: Schools, provisions: Provisions, places: Places) -> pd.DataFrame:
    """Return provisions.csv."""
    return pd.DataFrame(
        {
            "provision_id": provisions.ids,
            "school_id": np.array(schools.ids, dtype=object)[provisions.school],
            "places": places.places,
            "over_places": places.over_places,
            "held_places": places.held_places,
            "year_from": provisions.year_from,
            "year_to": provisions.year_to,
            "sex": provisions.sex,
            "needs": provisions.needs_text,
            "score_from": given(provisions.score_from),
            "score_to": given(provisions.score_to),
            "accessible": yes_no(provisions.accessible),
            "residential": yes_no(provisions.residential),
            "annual_cost": provisions.annual_cost,
        }
    )


def yes_no(flags: Flags) -> Texts:
    """Write flags as the contract does."""
    return np.where(flags, "yes", "no")


def given(numbers: Ints) -> Texts:
    """Write whole numbers as text; a number below 0 was not given and is blank."""
    return np.where(numbers < 0, "", numbers.astype(str))


def _secondary_texts(children: Children) -> Texts:
    """Write secondary needs with semicolons, in the order of `NEEDS`."""
    codes = [*NEEDS, ""]
    text = [[_listed(codes, first, second) for second in range(len(codes))] for first in range(len(codes))]
    return np.array(text)[children.secondary_1, children.secondary_2]


def _listed(codes: list[str], first: int, second: int) -> str:
    """Write up to two needs, by their place in `codes`."""
    return ";".join(codes[need] for need in sorted({first, second}) if codes[need])


def _waiting_since(count: int, as_of: dt.date, seed: int) -> Texts:
    """Draw since when a child waits: even within each stretch of `WAITING_DAYS`."""
    stretch = Draws(seed, "children.waiting_stretch").pick([share for _, _, share in WAITING_DAYS], count)
    first, last = np.array([(first, last) for first, last, _ in WAITING_DAYS])[stretch].T
    return _dates(as_of, -(first + Draws(seed, "children.waiting_days").uniform(count) * (last - first)))


def _decide_by(children: Children, ordered: Flags, as_of: dt.date, seed: int) -> Texts:
    """Give each child the statutory date that binds: an order's, a transfer's, or a plan's."""
    count = len(children)
    # A round from September on places for the September after the next New Year.
    year = as_of.year + (as_of.month >= 9)
    transfer = np.where(
        children.year >= 12,
        dt.date(year, *POST16_DATE).isoformat(),
        dt.date(year, *TRANSFER_DATE).isoformat(),
    )
    first, last = DECISION_DAYS
    days = first + Draws(seed, "children.decision_days").uniform(count) * (last - first)
    dated = Draws(seed, "children.decision").chance(DECISION_SHARE, count)
    others = np.where(dated, _dates(as_of, days), "")
    own = np.where(children.situation == TRANSFER, transfer, others)
    return np.where(ordered, (as_of + dt.timedelta(days=ORDER_DAYS)).isoformat(), own)


def _dates(as_of: dt.date, days: Floats) -> Texts:
    """Write the dates so many days after `as_of`."""
    return np.asarray(np.datetime64(as_of, "D") + np.floor(days).astype("timedelta64[D]")).astype(str)
