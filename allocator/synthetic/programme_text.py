"""The policy of an invented review programme: the contract's own goals."""

from __future__ import annotations

import datetime as dt

from allocator.synthetic.programme_constants import CLOSED_WEEK, HOURS_PER_DAY, WEEKS


def programme_text(programme_id: str, start: dt.date) -> str:
    """Return reviews.toml.

    Parameters
    ----------
    programme_id : str
        Also the seed of the tie-break lottery: a public phrase.
    start : date
        A Monday.
    """
    closed = start + dt.timedelta(weeks=CLOSED_WEEK)
    return f"""[programme]
id = "{programme_id}"
start = {start.isoformat()}
weeks = {WEEKS}
hours_per_day = {HOURS_PER_DAY}.0
closed_weeks = [{closed.isoformat()}]
handling_hours = 0.0

[conflicts]
same_school = true
same_trust = true

[lottery]
seed = "{programme_id}"

[quality]
second_read_share = 0.0

[privacy]
hide_school = false

[[goal]]
measure = "scheduled"
by = "priority"

[[goal]]
measure = "days_late"
by = "priority"

[[goal]]
measure = "expertise"

[[goal]]
measure = "workload_gap"

[[goal]]
measure = "school_spread"

[[goal]]
measure = "lottery"
"""
