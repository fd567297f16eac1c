"""A volunteer's calendar: one event a week with cases, from Monday to Friday."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import groupby
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, Journal

from allocator.report.hours import hours_words, total
from allocator.report.words import one_or_more
from allocator.reviews.weeks import past_weeks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from allocator.report.readings import Reading
    from allocator.reviews.policy import Heading

PRODUCT = "-//allocator//review programme//EN"
# A name that can belong to no host (RFC 2606).
SUFFIX = "@allocator.invalid"
WORKING_DAYS = 5


def calendar_bytes(
    heading: Heading,
    volunteer: str,
    readings: Sequence[Reading],
    left: Iterable[dt.date] = (),
    school: bool = True,
) -> bytes:
    """Write a volunteer's calendar as iCalendar (RFC 5545): CRLF, UTF-8, the same bytes each time.

    Parameters
    ----------
    heading : Heading
        The programme's name and weeks.
    volunteer : str
        volunteer_id.
    readings : sequence of Reading
        That volunteer's, sorted by week.
    left : iterable of date
        Mondays of weeks that an earlier schedule had cases in and this one has none: their events
        are cancelled.
    school : bool
        Whether the named school is told.

    Notes
    -----
    An event's name follows from programme, volunteer and week, so that a later calendar replaces an
    earlier one. Its stamp is the start of the programme, or `as_of`; never the clock. A calendar
    without any event holds a journal entry that says so, since an empty one is not allowed.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for week, cases in groupby(readings, key=lambda each: each.week):
        made.add_component(_event(heading, volunteer, week, list(cases), school))
    for week in sorted(left):
        event = _dated(Event(), heading, volunteer, week)
        event.add("summary", "No review cases this week any more")
        event.add("status", "CANCELLED")
        made.add_component(event)
    if not made.subcomponents:
        entry = Journal()
        entry.add("uid", _name(heading, volunteer, None))
        entry.add("dtstamp", _stamp(heading))
        entry.add("dtstart", heading.start)
        entry.add("summary", f"No review cases for {volunteer} in this programme")
        made.add_component(entry)
    return bytes(made.to_ical())


def _event(heading: Heading, volunteer: str, week: dt.date, cases: list[Reading], school: bool) -> Event:
    hours = total(each.hours for each in cases)
    event = _dated(Event(), heading, volunteer, week)
    event.add("summary", f"Review cases: {len(cases)}, {hours_words(hours)}")
    lines = [_line(each, school) for each in cases]
    event.add("description", "\n".join([f"{one_or_more(len(cases), 'case', 'cases')}:", *lines]))
    return event


def _dated(event: Event, heading: Heading, volunteer: str, week: dt.date) -> Event:
    """Give an event its name and its days; it does not make its days busy."""
    event.add("uid", _name(heading, volunteer, week))
    event.add("dtstamp", _stamp(heading))
    event.add("sequence", past_weeks(heading))
    event.add("dtstart", week)
    # The end is the first day that is not part of it any more: Saturday.
    event.add("dtend", week + dt.timedelta(days=WORKING_DAYS))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _line(reading: Reading, school: bool) -> str:
    parts = [hours_words(reading.hours)]
    if reading.reading == "second":
        parts.append("second reading")
    if school:
        parts.append(f"school {reading.school_id}")
    return f"{reading.case_id}: {', '.join(parts)}"


def _name(heading: Heading, volunteer: str, week: dt.date | None) -> str:
    """Name an event by a digest: it tells nothing, and no two weeks share it."""
    text = "\n".join((heading.id, volunteer, "" if week is None else week.isoformat()))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:40] + SUFFIX


def _stamp(heading: Heading) -> dt.datetime:
    return dt.datetime.combine(heading.as_of or heading.start, dt.time(), tzinfo=dt.UTC)
