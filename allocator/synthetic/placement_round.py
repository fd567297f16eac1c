"""An invented placement round: drawn from a seed, with the truth behind it, or written as a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from allocator.errors import UsageError
from allocator.synthetic.children import Children, make_children
from allocator.synthetic.constants import NEED_MIX, RATER_ERROR, SUPPLY
from allocator.synthetic.draws import Draws, Floats, Ints
from allocator.synthetic.evidence import suitability_frame, travel_frame
from allocator.synthetic.families import consultation_frame, draw_preferences, preference_frame
from allocator.synthetic.frames import child_frame, provision_frame, school_frame
from allocator.synthetic.geography import england, kent
from allocator.synthetic.groups import group_frame
from allocator.synthetic.places import grow_rolls, make_places
from allocator.synthetic.policy_text import policy_text
from allocator.synthetic.pressure import challenge_frame, draw_pressure
from allocator.synthetic.provisions import make_provisions
from allocator.synthetic.rulings import Objections, draw_current, draw_rulings, ruling_frame
from allocator.synthetic.schools import Schools, make_schools
from allocator.synthetic.sight import Sight, look_round

AS_OF = dt.date(2027, 1, 20)
AUTHORITIES = tuple(NEED_MIX)


@dataclass(frozen=True)
class Truth:
    """What nobody in a real round can know.

    Parameters
    ----------
    children : DataFrame
        child_id; severity (0 to 1,000), rater_1, rater_2 (points); pressure (mean 0, standard
        deviation 1); one row a child of the round, in its order.
    schools : DataFrame
        school_id; roll (pupils in special places); occupancy (roll over capacity).
    """

    children: pd.DataFrame
    schools: pd.DataFrame


@dataclass(frozen=True)
class SyntheticRound:
    """An invented round and the truth behind it.

    Parameters
    ----------
    policy : str
        Text of round.toml.
    tables : mapping of str to DataFrame
        Each table of the contract by its name without ".csv", with the cells as the file has
        them (blank text where nothing is given), in the order in which they are written.
    truth : Truth
    """

    policy: str
    tables: Mapping[str, pd.DataFrame]
    truth: Truth


def make_round(
    authority: str = "kent",
    children: int = 600,
    seed: int = 1,
    *,
    as_of: dt.date = AS_OF,
    rater_error: float = RATER_ERROR,
    supply: float = SUPPLY,
    limit: Literal["hard", "soft"] = "hard",
) -> SyntheticRound:
    """Draw a round, calibrated to the published figures in `constants`.

    Parameters
    ----------
    authority : {"kent", "england"}
        Kent's 12 districts (East Kent's 3 for a round of up to 200 children), or England as 50
        county-like areas.
    children : int
        At least 1. Schools and provisions grow with it.
    seed : int
        At least 0. The same arguments give the same round on any machine.
    as_of : date
        The day that waiting and deadlines are counted to.
    rater_error : float
        Standard deviation of one rater about the true severity, points; 0 for none.
    supply : float
        Open places (places less held ones) for each child.
    limit : {"hard", "soft"}
        Whether the policy forbids over-long journeys or counts them.

    Raises
    ------
    UsageError
        If an argument is outside its range.
    """
    _check(authority, children, seed, rater_error, supply)
    geography = kent(children) if authority == "kent" else england(Draws(seed, "towns"))
    schools = make_schools(geography, authority, children, seed)
    provisions = make_provisions(schools, authority, seed)
    places = make_places(geography, schools, provisions, authority, children, supply, seed)
    schools = grow_rolls(schools, provisions, places)
    people = make_children(geography, authority, children, rater_error, seed)
    sight = look_round(people, schools, provisions)
    chosen = draw_preferences(sight, seed)
    consultations = consultation_frame(sight, chosen, as_of, seed)
    current = draw_current(people, schools, provisions, seed)
    objections = _objections(consultations, sight)
    rulings = draw_rulings(sight, _first_choice(sight, chosen), current, places, objections, seed)
    ordered = np.zeros(children, dtype=np.bool_)
    ordered[[child for child, _, _, ruled_by in rulings if ruled_by == "tribunal"]] = True
    pressure = draw_pressure(people, seed)
    round_id = f"{authority}-{children}-{seed}"
    title = f"Invented round for {geography.title}: {children} children, seed {seed}"
    return SyntheticRound(
        policy=policy_text(round_id, title, as_of, limit),
        tables={
            "children": child_frame(people, current, ordered, provisions, as_of, seed),
            "schools": school_frame(schools, places),
            "provisions": provision_frame(schools, provisions, places),
            "preferences": preference_frame(sight, chosen),
            "travel": travel_frame(sight, seed),
            "suitability": suitability_frame(sight, seed),
            "consultations": consultations,
            "rulings": ruling_frame(sight, rulings),
            "challenge": challenge_frame(people, pressure, seed),
            "groups": group_frame(people, geography, authority, seed),
        },
        truth=_truth(people, schools, pressure),
    )


def write_round(
    folder: Path,
    authority: str = "kent",
    children: int = 600,
    seed: int = 1,
    *,
    as_of: dt.date = AS_OF,
    rater_error: float = RATER_ERROR,
    supply: float = SUPPLY,
    limit: Literal["hard", "soft"] = "hard",
) -> SyntheticRound:
    """Draw a round and write its folder: round.toml and a CSV file a table.

    Parameters
    ----------
    folder : Path
        Made where it is not there; files of the same names are overwritten. That the folder
        appears whole or not at all is for the caller to see to.
    authority, children, seed, as_of, rater_error, supply, limit
        As for `make_round`.

    Returns
    -------
    SyntheticRound
        What was written.
    """
    made = make_round(
        authority, children, seed, as_of=as_of, rater_error=rater_error, supply=supply, limit=limit
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.toml").write_bytes(made.policy.encode())
    for name, table in made.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return made


def _check(authority: str, children: int, seed: int, rater_error: float, supply: float) -> None:
    """Refuse what cannot be drawn."""
    if authority not in AUTHORITIES:
        raise UsageError(f"No authority {authority!r} is known: use one of {', '.join(AUTHORITIES)}.")
    if children < 1:
        raise UsageError(f"A round needs at least 1 child, not {children}.")
    if seed < 0:
        raise UsageError(f"The seed is a whole number from 0, not {seed}.")
    if not 0 <= rater_error <= 1000 or not 0 < supply <= 10:
        raise UsageError(
            "Rater error lies from 0 to 1000 points, supply above 0 and up to 10 places a child."
        )


def _first_choice(sight: Sight, chosen: Ints) -> Ints:
    """Return the index of the school that each family asks for first; -1 for none."""
    first = chosen[:, 0]
    return np.where(first >= 0, sight.school[np.arange(len(first)), first], -1)


def _objections(consultations: pd.DataFrame, sight: Sight) -> Objections:
    """Return the (child, school) pairs with an upheld objection."""
    upheld = consultations[consultations["upheld"] == "yes"]
    child = pd.Index(sight.children.ids).get_indexer(pd.Index(upheld["child_id"]))
    school = pd.Index(sight.schools.ids).get_indexer(pd.Index(upheld["school_id"]))
    return set(zip(child.tolist(), school.tolist(), strict=True))


def _truth(people: Children, schools: Schools, pressure: Floats) -> Truth:
    """Gather what a real round does not show."""
    return Truth(
        children=pd.DataFrame(
            {
                "child_id": people.ids,
                "severity": people.assessment.severity,
                "rater_1": people.assessment.rater_1,
                "rater_2": people.assessment.rater_2,
                "pressure": pressure,
            }
        ),
        schools=pd.DataFrame(
            {"school_id": schools.ids, "roll": schools.roll, "occupancy": schools.occupancy}
        ),
    )
