"""What the contract says of a programme's rows: hours, bars, lottery, what an earlier schedule fixed.

Plain Python and no code of the project: weeks are dates here and hours fractions, so that it
shares neither an index nor a unit with the engine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from fractions import Fraction
from functools import cached_property

from programme_rows import ProgrammeRows, Row

# Who reads, in the week of which Monday; and that of every case read, by case_id.
Reading = tuple[str, dt.date]
Readings = dict[str, Reading]
_FRIDAY = dt.timedelta(days=4)


def day(text: str) -> dt.date | None:
    """Read a cell that holds a day, or is blank."""
    return dt.date.fromisoformat(text) if text else None


class Facts:
    """What the contract says of a programme, read off its rows.

    Parameters
    ----------
    asked : ProgrammeRows
    """

    def __init__(self, asked: ProgrammeRows) -> None:
        self.asked, self.heading = asked, asked.policy["programme"]
        self.cases = {row["case_id"]: row for row in asked.tables["cases"]}
        self.volunteers = {row["volunteer_id"]: row for row in asked.tables["volunteers"]}
        self.handling = Fraction(self.heading.get("handling_hours", 0))
        self.signoff = Fraction(self.heading.get("signoff_hours", 0))
        own = asked.tables.get("availability", [])
        self.own_hours = {(row["volunteer_id"], row["week"]): Fraction(row["hours"]) for row in own}
        self.back = {(row["case_id"], row["volunteer_id"]) for row in asked.handed_back or ()}
        officers = asked.tables.get("officers", [])
        self.officer_hours = {row["week"]: Fraction(row["hours"]) for row in officers}

    def works(self, volunteer_id: str, monday: dt.date) -> Fraction:
        """Return the hours that a volunteer offers in a week; 0 outside the programme and in closed weeks."""
        row = self.volunteers[volunteer_id]
        trained, first, last = (day(row[name]) for name in ("trained_from", "first_week", "last_week"))
        if monday not in self.asked.mondays or monday in self.heading.get("closed_weeks", ()):
            return Fraction(0)
        if trained and monday < trained:
            return Fraction(0)
        if (volunteer_id, monday.isoformat()) in self.own_hours:
            return self.own_hours[volunteer_id, monday.isoformat()]
        if (first and monday < first) or (last and monday > last):
            return Fraction(0)
        return Fraction(row["days_per_week"]) * Fraction(self.heading["hours_per_day"])

    def takes(self, case_id: str) -> Fraction:
        """Return the hours that reading a case takes, handling included."""
        return Fraction(self.cases[case_id]["hours"]) + self.handling

    def ready(self, case_id: str) -> dt.date:
        """Return the Monday of the first week that a case may be read in."""
        ready: dt.date = day(self.cases[case_id]["ready_from"]) or self.heading["start"]
        # Of a Saturday or Sunday the Monday after, of any other day the Monday before.
        ready += dt.timedelta(days=7 - ready.weekday() if ready.weekday() > 4 else 0)
        return ready - dt.timedelta(days=ready.weekday())

    def late(self, case_id: str, monday: dt.date | None) -> int:
        """Return the days that a case is late when done in a week, or never (None)."""
        done = (monday or self.asked.mondays[-1]) + _FRIDAY
        return max(0, (done - dt.date.fromisoformat(self.cases[case_id]["due"])).days)

    def bars(self, case_id: str, volunteer_id: str) -> list[str]:
        """Return every rule that bars a pair, by the code that `explain` uses."""
        case, volunteer = self.cases[case_id], self.volunteers[volunteer_id]
        lifted = self.asked.policy.get("conflicts", {})
        found = [] if volunteer["headteacher_agreed"] == "yes" else ["no_agreement"]
        if lifted.get("same_school", True) and case["school_id"] == volunteer["school_id"]:
            found.append("own_school")
        if lifted.get("same_trust", True) and same_trust(case, volunteer):
            found.append("own_trust")
        for row in self.asked.tables.get("conflicts", []):
            named = row["id"] if (row["kind"], row["id"]) != ("trust", "none") else None
            if row["volunteer_id"] == volunteer_id and case[row["kind"] + "_id"] == named:
                found.append("declared_" + row["kind"])
        return [*found, "handed_back"] if (case_id, volunteer_id) in self.back else found

    def suits(self, case_id: str, volunteer_id: str) -> bool:
        """Whether both the phase and the need of a case are a listed volunteer's."""
        volunteer = self.volunteers.get(volunteer_id)
        if volunteer is None:
            return False
        case = self.cases[case_id]
        phases, needs = (volunteer[name].split(";") for name in ("phases", "needs"))
        return (phases == [""] or case["phase"] in phases) and (
            needs == [""] or case["primary_need"] in needs
        )

    @cached_property
    def earlier(self) -> Readings:
        """Earlier first readings of cases that are still in the programme."""
        rows = [row for row in self.asked.earlier or () if row["status"] == "scheduled"]
        return self._readings(rows)

    @cached_property
    def fixed(self) -> Readings:
        """First readings that lie in the past and were not handed back."""
        return self._held(self.earlier)

    @cached_property
    def fixed_second(self) -> Readings:
        """Second readings that lie in the past and were not handed back."""
        return self._held(self._readings(self.asked.earlier_second or []))

    def _readings(self, rows: list[Row]) -> Readings:
        return {
            row["case_id"]: (row["volunteer_id"], dt.date.fromisoformat(row["week"]))
            for row in rows
            if row["case_id"] in self.cases
        }

    def _held(self, readings: Readings) -> Readings:
        return {
            case: (who, monday)
            for case, (who, monday) in readings.items()
            if monday in self.asked.past and (case, who) not in self.back
        }

    @cached_property
    def drawn(self) -> list[str]:
        """The cases in lottery order."""
        seed = self.asked.policy["lottery"]["seed"]
        key = {case: hashlib.sha256(f"{seed}\n{case}".encode()).hexdigest() for case in self.cases}
        return sorted(key, key=key.__getitem__)

    @cached_property
    def picked(self) -> list[str]:
        """The cases picked for a second reading, in lottery order."""
        share = Fraction(self.asked.policy["quality"]["second_read_share"])
        return self.drawn[: math.ceil(share * len(self.cases))]


def same_trust(one: Row, other: Row) -> bool:
    """Whether two rows name one trust; a blank and the word none name none."""
    return one["trust_id"] == other["trust_id"] and one["trust_id"] not in ("", "none")
