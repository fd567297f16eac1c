"""Which cases a schedule leaves behind: by priority, length and age, and behind whom they stand."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from allocator.core.calendar.problem import Bools, Ints
from allocator.reviews.build import Built, build
from allocator.reviews.figures import exact_hours, priorities
from allocator.reviews.passed_over import PassedOver, passed_over
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule

# The last of each is open; a case on a bound belongs to the band that ends there.
_HOUR_BOUNDS = (2, 3, 4, 6)
HOUR_BANDS = ("up to 2 h", "over 2 to 3 h", "over 3 to 4 h", "over 4 to 6 h", "over 6 h")
# Days from due to the programme's start.
_AGE_BOUNDS = (0, 90, 180, 365, 730)
AGE_BANDS = (
    "not overdue",
    "1 to 90 days",
    "91 to 180 days",
    "181 to 365 days",
    "over 1 to 2 years",
    "over 2 years",
)


@dataclass(frozen=True)
class Band:
    """Cases of one priority, length and age; only bands with a case are listed.

    Parameters
    ----------
    priority : int
        1 is the most urgent.
    hour_band : str
        One of `HOUR_BANDS`, by hours with handling.
    age_band : str
        One of `AGE_BANDS`, by days overdue at the programme's start.
    scheduled, left : int
        Cases.
    scheduled_hours, left_hours : Fraction
        Their hours, handling included.
    """

    priority: int
    hour_band: str
    age_band: str
    scheduled: int
    left: int
    scheduled_hours: Fraction
    left_hours: Fraction


@dataclass(frozen=True)
class Behind:
    """Cases left that stand behind others of their own priority, whatever the reason.

    Conflicts and room are not asked after here: a case barred to everybody counts as well.

    Parameters
    ----------
    priority : int
    scheduled, left : int
        Cases.
    left_older : int
        Cases left that were due before at least one scheduled case.
    left_longer : int
        Cases left that take more hours than at least one scheduled case.
    left_either : int
        Cases left of which at least one of the two holds.
    older_pairs, longer_pairs : int
        Pairs of a case left and a scheduled one that is younger, or shorter.
    oldest_left_days : int or None
        Days overdue at the programme's start of the oldest case left (below 0: not yet due); None
        where none is left.
    youngest_scheduled_days : int or None
        Likewise of the youngest scheduled.
    longest_left_hours : Fraction or None
    shortest_scheduled_hours : Fraction or None
        Hours, handling included.
    """

    priority: int
    scheduled: int
    left: int
    left_older: int
    left_longer: int
    left_either: int
    older_pairs: int
    longer_pairs: int
    oldest_left_days: int | None
    youngest_scheduled_days: int | None
    longest_left_hours: Fraction | None
    shortest_scheduled_hours: Fraction | None


@dataclass(frozen=True)
class LeftBehind:
    """Which cases a schedule leaves, and behind whom.

    Parameters
    ----------
    bands : tuple of Band
        By priority, length and age.
    behind : tuple of Behind
        One a priority, the most urgent first.
    passed_over : PassedOver
        Who could have had somebody else's appointment, and which goal gave it to the other.
    """

    bands: tuple[Band, ...]
    behind: tuple[Behind, ...]
    passed_over: PassedOver


def left_behind(
    programme: Programme, schedule: Schedule, built: Built | None = None, rows: int = 20
) -> LeftBehind:
    """Return which cases a schedule leaves, and behind whom.

    Parameters
    ----------
    programme : Programme
    schedule : Schedule
        Of all the cases of the programme; it keeps every rule.
    built : Built, optional
        The programme's calendar problem, where it has been built already.
    rows : int
        How many of the passed over are named, of each way.
    """
    built = build(programme) if built is None else built
    age = days_overdue(programme)
    done = schedule.week >= 0
    priority = programme.cases["priority"].to_numpy(dtype=np.int64)
    behind = []
    for level in priorities(programme):
        here = priority == level
        behind.append(
            _behind(programme, level, np.flatnonzero(here & done), np.flatnonzero(here & ~done), age)
        )
    return LeftBehind(_bands(programme, done, age), tuple(behind), passed_over(built, schedule, age, rows))


def days_overdue(programme: Programme) -> Ints:
    """Return the days from each case's due day to the programme's start, below 0 if still to come."""
    due = programme.cases["due"].to_numpy().astype("datetime64[D]").astype(np.int64)
    start = np.datetime64(programme.policy.programme.start, "D").astype(np.int64)
    return np.asarray(start - due, dtype=np.int64)


def _bands(programme: Programme, done: Bools, age: Ints) -> tuple[Band, ...]:
    units, priority = programme.case_units, programme.cases["priority"].to_numpy(dtype=np.int64)
    bounds = np.array([hours * programme.units_per_hour for hours in _HOUR_BOUNDS], dtype=np.int64)
    long, old = np.searchsorted(bounds, units), np.searchsorted(np.array(_AGE_BOUNDS), age)
    keys, band = np.unique(np.stack([priority, long, old], axis=1), axis=0, return_inverse=True)
    sums = np.zeros((len(keys), 4), dtype=np.int64)
    each = np.stack([done, ~done, np.where(done, units, 0), np.where(done, 0, units)], axis=1)
    np.add.at(sums, band.reshape(-1), each)
    return tuple(
        Band(
            priority=level,
            hour_band=HOUR_BANDS[hours],
            age_band=AGE_BANDS[days],
            scheduled=scheduled,
            left=left,
            scheduled_hours=exact_hours(scheduled_units, programme),
            left_hours=exact_hours(left_units, programme),
        )
        for (level, hours, days), (scheduled, left, scheduled_units, left_units) in zip(
            keys.tolist(), sums.tolist(), strict=True
        )
    )


def _behind(programme: Programme, level: int, done: Ints, left: Ints, age: Ints) -> Behind:
    units = programme.case_units
    younger, shorter = _below(age[done], age[left]), _below(units[done], units[left])
    return Behind(
        priority=level,
        scheduled=len(done),
        left=len(left),
        left_older=int(np.count_nonzero(younger)),
        left_longer=int(np.count_nonzero(shorter)),
        left_either=int(np.count_nonzero((younger > 0) | (shorter > 0))),
        older_pairs=int(younger.sum()),
        longer_pairs=int(shorter.sum()),
        oldest_left_days=int(age[left].max()) if len(left) else None,
        youngest_scheduled_days=int(age[done].min()) if len(done) else None,
        longest_left_hours=exact_hours(units[left].max(), programme) if len(left) else None,
        shortest_scheduled_hours=exact_hours(units[done].min(), programme) if len(done) else None,
    )


def _below(among: Ints, figures: Ints) -> Ints:
    """Return how many of `among` are less than each figure."""
    return np.asarray(np.searchsorted(np.sort(among), figures, side="left"), dtype=np.int64)
