"""The lines of the table of capacity: a week, a need, hours that fit nothing, who and what is left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class WeekCapacity:
    """The hours of one week, of all volunteers together; every hour is counted once.

    ``promised = closed + untrained + not_agreed + past + committed + offered``, in that order: an
    hour that several reasons take stands under the first.

    Parameters
    ----------
    week : date
        Its Monday.
    promised : Fraction
        Hours that volunteers.csv and availability.csv add up to, whatever stands in the way.
    closed : Fraction
        Hours lost because nobody works that week.
    untrained : Fraction
        Hours before a volunteer's training.
    not_agreed : Fraction
        Hours of volunteers without the headteacher's agreement.
    past : Fraction
        Hours of a week before `as_of`, which is as it was.
    committed : Fraction
        Hours kept for second readings that an earlier schedule fixes.
    offered : Fraction
        Hours that cases may be put into.
    usable : Fraction
        Of `offered`, the hours of volunteers who have at least one open case that they may read,
        that is ready, and that fits.
    volunteers : int
        Volunteers with any hour offered.
    most_cases : int or None
        First readings that the officers can sign off; None where signing off takes no time.
    """

    week: dt.date
    promised: Fraction
    closed: Fraction
    untrained: Fraction
    not_agreed: Fraction
    past: Fraction
    committed: Fraction
    offered: Fraction
    usable: Fraction
    volunteers: int
    most_cases: int | None


@dataclass(frozen=True)
class Need:
    """What waits to be read.

    Parameters
    ----------
    priority : int or None
        1 is the most urgent; None for all of them.
    cases : int
        Cases that no earlier schedule fixes.
    hours : Fraction
        Their hours, handling included.
    """

    priority: int | None
    cases: int
    hours: Fraction


@dataclass(frozen=True)
class ExtraDay:
    """What one more volunteer-day clears, conflicts aside.

    Parameters
    ----------
    hours : Fraction
        Hours of a day.
    at_mean : Fraction or None
        Cases, hours of a day ÷ mean hours of an open case; None without open cases.
    shortest_first : int
        Whole cases that fit in one day if the shortest open ones are taken.
    """

    hours: Fraction
    at_mean: Fraction | None
    shortest_first: int


@dataclass(frozen=True)
class UnfilledWeek:
    """A volunteer's week that whole cases cannot fill.

    Parameters
    ----------
    week : date
        Its Monday.
    offered : Fraction
        Hours.
    filled : Fraction
        Hours of the largest total of open cases that fits; 0 where none does.
    code : str
        One of `UNFILLED`.
    """

    week: dt.date
    offered: Fraction
    filled: Fraction
    code: str


UNFILLED = {
    "length": "whole cases do not add up to these hours, or none is short enough",
    "not_ready": "no case that may be read is ready by then",
    "barred": "every open case is barred by a conflict",
    "no_case": "no case is open",
}


@dataclass(frozen=True)
class Unfilled:
    """Hours of one volunteer that no whole case fits, whatever the schedule.

    Parameters
    ----------
    volunteer_id : str
    hours : Fraction
        The sum of offered − filled over the weeks.
    weeks : tuple of UnfilledWeek
        Those that cannot be filled, in order.
    """

    volunteer_id: str
    hours: Fraction
    weeks: tuple[UnfilledWeek, ...]


@dataclass(frozen=True)
class Idle:
    """A volunteer who can be given nothing.

    Parameters
    ----------
    volunteer_id : str
    promised : Fraction
        Hours over the whole programme, whatever stands in the way.
    code : str
        One of `IDLE`.
    """

    volunteer_id: str
    promised: Fraction
    code: str

    @property
    def reason(self) -> str:
        """Why, in words."""
        return IDLE[self.code]


IDLE = {
    "not_agreed": "the headteacher has not agreed",
    "no_hours": "no hours are offered in any week of the programme",
    "closed_or_untrained": "every hour offered lies in a closed week or before training",
    "past": "every hour offered lies in weeks that are past, or is kept for second readings",
    "no_case": "no case is open",
    "cap": "the cap on cases is nought or reached",
    "barred": "every open case is barred by a conflict",
    "no_fit": "no open case that may be read is both ready and short enough for any week",
}


@dataclass(frozen=True)
class Stranded:
    """An open case that nobody can take, whatever the schedule.

    Parameters
    ----------
    case_id : str
    priority : int
    hours : Fraction
        Handling included.
    code : str
        One of `STRANDED`.
    """

    case_id: str
    priority: int
    hours: Fraction
    code: str

    @property
    def reason(self) -> str:
        """Why, in words."""
        return STRANDED[self.code]


STRANDED = {
    "not_ready": "its papers are ready only after the programme",
    "too_long": "it is longer than any hours that are left in one week from when it is ready",
    "barred": "everybody with a week long enough is barred by a conflict, or may take no more cases",
}
