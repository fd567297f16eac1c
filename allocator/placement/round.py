"""A placement round as the engine sees it: one policy and typed columns.

Every frame is in canonical order (sorted by its key), has a plain RangeIndex and no
missing column; a table that was not given is an empty frame with the same columns.
Ids are text. Blank text is ``""``; blank numbers are as stated a column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from allocator.placement.policy import Policy
    from allocator.tables.faults import Fault


@dataclass(frozen=True)
class InputFile:
    """A file that was read.

    Parameters
    ----------
    name : str
        Name inside its folder.
    sha256 : str
        Hex digest of its bytes.
    """

    name: str
    sha256: str


@dataclass(frozen=True)
class Previous:
    """An earlier proposal, read for the measure ``kept``.

    Parameters
    ----------
    folder : Path
        The earlier output folder, absolute.
    sha256 : str
        Digest of its placements.csv.
    provision_of : mapping of child_id to provision_id
        Only children that had a place.
    """

    folder: Path
    sha256: str
    provision_of: Mapping[str, str]


@dataclass(frozen=True)
class Round:
    """A round's frozen inputs.

    Parameters
    ----------
    policy : Policy
        round.toml, judged.
    children : DataFrame, sorted by child_id
        child_id str; year_group int64; sex str ("", "female", "male"); primary_need str;
        secondary_needs str (codes joined by ";", or ""); need_score int64; lat, lon float64
        (degrees WGS84); wheelchair, residential bool; current_provision_id str;
        max_minutes float64 (NaN = none); priority int64 (0 = none);
        waiting_since, decide_by datetime64[s] (NaT = none).
    schools : DataFrame, sorted by school_id
        school_id, name, kind str; lat, lon float64; trust_id str; section_38, selective bool;
        pupils, ehcp_pupils, sen_support_pupils, places_total int64 (-1 = not given).
    provisions : DataFrame, sorted by provision_id
        provision_id, school_id str; places, over_places, held_places, min_places int64;
        year_from, year_to int64; sex str ("mixed", "female", "male"); needs str (codes joined
        by ";", "" = any); score_from, score_to int64 (0 and 1000 where not given);
        accessible, residential bool; annual_cost int64 (whole pounds).
    preferences : DataFrame, sorted by child_id, rank
        child_id str; rank int64; school_id str.
    travel : DataFrame, sorted by child_id, school_id
        child_id, school_id str; minutes_tenths int64; km float64.
    suitability : DataFrame, sorted by child_id, provision_id
        child_id, provision_id str; suitability int64.
    consultations : DataFrame, sorted by child_id, school_id
        child_id, school_id, response, ground str; upheld bool; responded_on datetime64[s].
    rulings : DataFrame, sorted by child_id, provision_id
        child_id, provision_id, action, authority, reason str.
    previous : Previous or None
        The earlier proposal of ``--previous``.
    folder : Path or None
        Where the files lie, absolute; None for a round made in memory.
    inputs : tuple of InputFile, sorted by name
        Each file that was read.
    warnings : tuple of Fault
        What was doubtful and did not stop the run.
    """

    policy: Policy
    children: pd.DataFrame
    schools: pd.DataFrame
    provisions: pd.DataFrame
    preferences: pd.DataFrame
    travel: pd.DataFrame
    suitability: pd.DataFrame
    consultations: pd.DataFrame
    rulings: pd.DataFrame
    previous: Previous | None = None
    folder: Path | None = None
    inputs: tuple[InputFile, ...] = ()
    warnings: tuple[Fault, ...] = field(default=())
