"""The policy of an invented round: the contract's default goals, with places over number second."""

from __future__ import annotations

import datetime as dt

from allocator.synthetic.constants import BANDS, DETOUR, MAX_MINUTES, SPEED_KMH


def policy_text(round_id: str, title: str, as_of: dt.date, limit: str) -> str:
    """Return round.toml.

    Parameters
    ----------
    round_id : str
        Also the seed of the tie-break lottery: a public phrase.
    title : str
        Without quotation marks.
    as_of : date
        The day that waiting and deadlines are counted to.
    limit : {"hard", "soft"}
        Whether an over-long journey is forbidden or counted.
    """
    bands = ", ".join(f'{{ name = "{name}", from = {start} }}' for name, start in BANDS)
    over_limit = _goal("over_limit") if limit == "soft" else ""
    primary, secondary = MAX_MINUTES
    return f"""[round]
id = "{round_id}"
title = "{title}"
as_of = {as_of.isoformat()}

[need]
bands = [ {bands} ]

[eligibility]
match = "any"
primary_suitability = 100
unspecialised_suitability = 80
secondary_suitability = 60

[travel]
source = "straight-line"
speed_kmh = {SPEED_KMH}
detour = {DETOUR}
max_minutes = {{ primary = {primary}, secondary = {secondary} }}
limit = "{limit}"

[lottery]
seed = "{round_id}"

[[goal]]
measure = "placed"
by = "need"

{_goal("over_number")}{over_limit}[[goal]]
measure = "suitability"
by = "band"

{_goal("preference")}{_goal("travel_minutes")}{_goal("annual_cost")}{_goal("lottery").rstrip()}
"""


def _goal(measure: str) -> str:
    """Write one goal that is not split."""
    return f'[[goal]]\nmeasure = "{measure}"\n\n'
