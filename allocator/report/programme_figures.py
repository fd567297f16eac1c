"""What a schedule comes to, by week, by volunteer and by priority."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from allocator.core.calendar.rules import shares
from allocator.report.hours import fraction_text
from allocator.report.programme_shown import Priority, Week
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.tables_out import hours_text
from allocator.reviews.tiers import expertise
from allocator.reviews.weeks import hours_offered, officer_units, past_weeks

if TYPE_CHECKING:
    import numpy.typing as npt

    from allocator.report.programme_accounts import Accounts
    from allocator.reviews.programme import Programme
    from allocator.reviews.schedule import ScheduleResult

    Ints = npt.NDArray[np.int64]
    Texts = npt.NDArray[Any]


@dataclass(frozen=True)
class Volunteer:
    """One volunteer's part: hours as exact decimals; `per_mille` is ⌈1000 × taken ÷ offered⌉.

    `offered` counts every week that they work; `taken` first readings, `second` the second ones.
    `known` are first readings whose phase and need are both theirs; None where they are no volunteer
    any more. `agreed` is "left" then.
    """

    volunteer_id: str
    school_id: str
    trust_id: str
    agreed: str
    offered: str
    taken: str
    second: str
    per_mille: int | None
    cases: int
    second_cases: int
    most: int | None
    schools: int
    known: int | None


def weeks_of(result: ScheduleResult, told: Accounts) -> tuple[Week, ...]:
    """Say for each week of the programme what is offered, taken, signed off and left."""
    heading = result.programme.policy.programme
    past, room = past_weeks(heading), sign_offs(result.programme)
    cases = result.counts["cases"]
    return tuple(
        Week(
            week=each.week.isoformat(),
            state="closed" if not each.worked else "past" if at < past else "",
            offered=fraction_text(each.offered),
            taken=fraction_text(each.taken),
            second=fraction_text(each.second),
            free=fraction_text(each.free),
            read=sum(each.cleared),
            room=None if room is None else int(room[at]),
            left=sum(each.left),
            left_by=each.left,
            low=cases - again.cumulative.high,
            high=cases - again.cumulative.low,
        )
        for at, (each, again) in enumerate(zip(told.backlog.weeks, told.replays[0].weeks, strict=True))
    )


def sign_offs(programme: Programme) -> Ints | None:
    """Return how many cases the officers can sign off in each week; None where that is not limited."""
    officers = officer_units(programme)
    return None if officers is None else officers // programme.signoff_units


def priorities_of(result: ScheduleResult) -> tuple[Priority, ...]:
    """Count the cases of each priority that occurs, the most urgent first."""
    programme = result.programme
    priority = programme.cases["priority"].to_numpy(dtype=np.int64)
    done, units = result.schedule.week >= 0, programme.case_units
    found = []
    for level in np.unique(priority).tolist():
        mine = priority == level
        left = mine & ~done
        found.append(
            Priority(
                priority=level,
                cases=int(mine.sum()),
                scheduled=int((mine & done).sum()),
                backlog=int(left.sum()),
                hours_left=hours_text(int(units[left].sum()), programme.units_per_hour),
            )
        )
    return tuple(found)


def volunteers_of(result: ScheduleResult) -> list[Volunteer]:
    """Say what each volunteer offers and has taken, sorted by volunteer_id.

    Whoever has a reading and is no volunteer any more comes last.
    """
    programme, made = result.programme, result.schedule
    frame, units = programme.volunteers, programme.units_per_hour
    ids = frame["volunteer_id"]
    offered = hours_offered(programme).sum(axis=1)
    gone = sorted((set(made.volunteer) | set(made.second_volunteer)) - {"", *ids})
    index = pd.Index([*ids, *gone])
    first, second = (_by_volunteer(who, programme, index) for who in (made.volunteer, made.second_volunteer))
    at = index.get_indexer(pd.Index(made.volunteer))
    schools = _schools(programme, at, len(index))
    known = known_by(programme, at)
    share = shares(first[0][: len(ids)], offered)
    found = []
    for row, volunteer in enumerate(index):
        here = row < len(ids)
        found.append(
            Volunteer(
                volunteer_id=volunteer,
                school_id=frame["school_id"][row] if here else "",
                trust_id=frame["trust_id"][row] if here else "",
                agreed=("yes" if frame["headteacher_agreed"][row] else "no") if here else "left",
                offered=hours_text(int(offered[row]), units) if here else "0",
                taken=hours_text(int(first[0][row]), units),
                second=hours_text(int(second[0][row]), units),
                per_mille=int(share[row]) if here and offered[row] else None,
                cases=int(first[1][row]),
                second_cases=int(second[1][row]),
                most=int(frame["max_cases"][row]) if here and frame["max_cases"][row] >= 0 else None,
                schools=int(schools[row]),
                known=int(known[row]) if here else None,
            )
        )
    return found


def _by_volunteer(who: Texts, programme: Programme, index: pd.Index[Any]) -> tuple[Ints, Ints]:
    """Add up units and count cases of each volunteer."""
    at = index.get_indexer(pd.Index(who))
    done = at >= 0
    units = np.bincount(at[done], weights=programme.case_units[done], minlength=len(index))
    return units.astype(np.int64), np.bincount(at[done], minlength=len(index)).astype(np.int64)


def _schools(programme: Programme, at: Ints, number: int) -> Ints:
    """Count the different schools of each volunteer's first readings."""
    done = at >= 0
    schools = pd.factorize(programme.cases["school_id"])[0]
    pairs = np.unique(np.stack([at[done], schools[done]]), axis=1)
    return np.bincount(pairs[0], minlength=number).astype(np.int64)


def known_by(programme: Programme, at: Ints) -> Ints:
    """Count each volunteer's first readings of a phase and a need that are both theirs.

    Parameters
    ----------
    programme : Programme
    at : int64, shape (n_cases,)
        Row of the volunteer; -1 for none, past the end for one who has left.

    Returns
    -------
    int64, shape (n_volunteers,)
    """
    knows = expertise(programme)
    done = np.flatnonzero((at >= 0) & (at < knows.shape[1]))
    mine = at[done][knows[done, at[done]]]
    return np.bincount(mine, minlength=knows.shape[1]).astype(np.int64)


def could_read(programme: Programme) -> Ints:
    """Count, for each case, the volunteers who offer hours and are barred by nothing; shape (n_cases,)."""
    offers = np.asarray(hours_offered(programme).sum(axis=1) > 0)
    barred = barred_pairs(programme)
    taken = np.bincount(barred.case[offers[barred.volunteer]], minlength=barred.n_cases)
    return np.asarray(int(offers.sum()) - taken, dtype=np.int64)


def days(column: pd.Series[Any]) -> list[dt.date | None]:
    """Turn a column of dates into days; None for a blank one."""
    return [None if pd.isna(day) else day.date() for day in column.tolist()]
