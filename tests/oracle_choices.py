"""A small review programme as the choices that its cases have: whole numbers, places in lists."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from programme_rows import ProgrammeRows, Row
from reviews.naive_rules import bars, offered, ready_week

# Goals of which more is better; inside, of every goal less is better.
MORE_IS_BETTER = ("scheduled", "waited", "expertise", "second_reads", "kept")
Vector = tuple[int, ...]


@dataclass
class Step:
    """One choice to make: a case's first reader, or its second."""

    case: int
    second: bool
    size: int
    # (volunteer, week, what every tier gains), as the lottery likes them; doing without comes after them.
    choices: list[tuple[int, int, Vector]] = field(default_factory=list)
    without: Vector = ()

    @property
    def least(self) -> Vector:
        """The best of every tier by itself."""
        return tuple(map(min, zip(self.without, *(gains for _, _, gains in self.choices), strict=True)))


class Asked:
    """A programme in small whole numbers: units of time, places in lists."""

    def __init__(self, asked: ProgrammeRows) -> None:
        heading = asked.policy["programme"]
        self.asked, self.heading = asked, heading
        self.start, self.weeks = heading["start"], heading["weeks"]
        seed = asked.policy["lottery"]["seed"]
        self.cases = sorted(asked.tables["cases"], key=lambda case: _digest(seed, case["case_id"]))
        self.volunteers = sorted(asked.tables["volunteers"], key=lambda row: row["volunteer_id"])
        self.names = [row["volunteer_id"] for row in self.volunteers]
        hours = [Fraction(case["hours"]) + Fraction(heading["handling_hours"]) for case in self.cases]
        rooms = [[self._offered(row, week) for week in range(self.weeks)] for row in self.volunteers]
        unit = math.lcm(*(figure.denominator for figures in (hours, *rooms) for figure in figures))
        self.size = [int(figure * unit) for figure in hours]
        self.offered = [[int(figure * unit) for figure in row] for row in rooms]
        self.signed = [self._sign_off(week) for week in range(self.weeks)]
        self.back = {(row["case_id"], row["volunteer_id"]) for row in asked.handed_back or ()}
        self.free = [[self._is_free(case, row) for row in self.volunteers] for case in self.cases]
        share = Fraction(asked.policy["quality"]["second_read_share"])
        self.picked = range(math.ceil(share * len(self.cases)))
        as_of = heading.get("as_of", self.start)
        self.open_from = max(0, (as_of - self.start).days // 7)
        self.earlier = self._readings([row for row in asked.earlier or () if row["status"] == "scheduled"])
        self.fixed = self._fixed(self.earlier)
        self.fixed_second = self._fixed(self._readings(asked.earlier_second or []))

    def _readings(self, rows: list[Row]) -> dict[int, tuple[str, int]]:
        """Return readings by the case's place; cases that are gone are left out."""
        place = {case["case_id"]: number for number, case in enumerate(self.cases)}
        return {
            place[row["case_id"]]: (
                row["volunteer_id"],
                (dt.date.fromisoformat(row["week"]) - self.start).days // 7,
            )
            for row in rows
            if row["case_id"] in place
        }

    def _fixed(self, readings: dict[int, tuple[str, int]]) -> dict[int, tuple[str, int]]:
        return {
            case: (who, week)
            for case, (who, week) in readings.items()
            if 0 <= week < self.open_from and (self.cases[case]["case_id"], who) not in self.back
        }

    def monday(self, week: int) -> dt.date:
        """Return the day that a week is named by."""
        return self.start + dt.timedelta(weeks=week)

    def _offered(self, volunteer: Row, week: int) -> Fraction:
        closed = list(self.heading.get("closed_weeks", ()))
        day = Fraction(self.heading["hours_per_day"])
        return offered(volunteer, self.asked.tables["availability"], self.monday(week), closed, day)

    def _sign_off(self, week: int) -> int:
        """Return how many cases the officers can sign off in a week."""
        each = Fraction(self.heading["signoff_hours"])
        if not each:
            return len(self.cases)
        rows = [row for row in self.asked.tables["officers"] if row["week"] == self.monday(week).isoformat()]
        return int(sum((Fraction(row["hours"]) for row in rows), Fraction(0)) // each)

    def _is_free(self, case: Row, volunteer: Row) -> bool:
        """Tell whether nothing bars a pair."""
        policy = self.asked.policy["conflicts"]
        named = bars(
            case,
            volunteer,
            self.asked.tables["conflicts"],
            same_school=policy["same_school"],
            same_trust=policy["same_trust"],
        )
        return not named and (case["case_id"], volunteer["volunteer_id"]) not in self.back

    def apart(self, case: int, second: str, first: str | None) -> bool:
        """Whether a second reader is of another school and trust than the case, or than its first reader."""
        reader = self.volunteers[self.names.index(second)]
        if first is not None and first not in self.names:
            return first != second
        other = self.cases[case] if first is None else self.volunteers[self.names.index(first)]
        trusts = {reader["trust_id"], other["trust_id"]}
        return reader["school_id"] != other["school_id"] and (len(trusts) == 2 or trusts <= {"", "none"})

    def gains(self, case: int, reading: tuple[str, int] | None, second: bool) -> Vector:
        """Return what a reading, or none, adds to every tier; less is better."""
        return tuple(
            (-1 if measure in MORE_IS_BETTER else 1) * self._gain(measure, level, case, reading, second)
            for measure, level in self.asked.tiers
        )

    def _gain(
        self, measure: str, level: int | None, case: int, reading: tuple[str, int] | None, second: bool
    ) -> int:
        row = self.cases[case]
        if second or level not in (None, int(row["priority"])):
            return int(second and reading is not None and measure == "second_reads")
        due = dt.date.fromisoformat(row["due"])
        if measure == "days_late":
            done = self.monday(self.weeks - 1 if reading is None else reading[1]) + dt.timedelta(days=4)
            return max(0, (done - due).days)
        if reading is None:
            return 0
        if measure == "scheduled":
            return 1
        if measure == "waited":
            return max(0, (self.start - due).days)
        if measure == "kept":
            return int(self.earlier.get(case) == reading)
        return int(measure == "expertise" and self._suits(row, reading[0]))

    def _suits(self, case: Row, who: str) -> bool:
        known = [
            row
            for row in self.volunteers
            if row["volunteer_id"] == who
            and case["phase"] in (row["phases"] or case["phase"]).split(";")
            and case["primary_need"] in (row["needs"] or case["primary_need"]).split(";")
        ]
        return bool(known)

    def steps(self) -> Iterator[Step]:
        """Give the choices that are open, in lottery order."""
        for second, fixed, among in (
            (False, self.fixed, range(len(self.cases))),
            (True, self.fixed_second, self.picked),
        ):
            for case in among:
                if case not in fixed:
                    yield self._step(case, second)

    def _step(self, case: int, second: bool) -> Step:
        row = self.cases[case]
        first_week = max(self.open_from, ready_week(row["ready_from"], self.start, self.weeks))
        choices = [
            (who, week, self.gains(case, (name, week), second))
            for week in range(first_week, self.weeks)
            for who, name in enumerate(self.names)
            if self.free[case][who]
            and self.size[case] <= self.offered[who][week]
            and not (second and not self.apart(case, name, None))
        ]
        return Step(case, second, self.size[case], choices, self.gains(case, None, second))


def _digest(seed: str, case_id: str) -> str:
    return hashlib.sha256(f"{seed}\n{case_id}".encode()).hexdigest()
