"""The answer to a small review programme by trying everything: slow, obvious, exact.

Cases choose one after the other in lottery order, then the cases picked for a second reading in
the same order; each tries a week before none, the earliest week first, volunteers by id. The
search goes through whole schedules in exactly that order, so the first one found among the best is
the one that the lottery leaves. What is cut off is no better than what was found: even a bound
that gives every later case its best in every goal at once says so, or the search was there
before with the same room left and goals no worse.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass

from oracle_choices import MORE_IS_BETTER, Asked, Step, Vector
from programme_rows import ProgrammeRows

# A volunteer's place in the list, and a week counted from 0.
Choice = tuple[int, int]


@dataclass(frozen=True)
class OracleSchedule:
    """What the contract says that the engine must answer.

    Parameters
    ----------
    goals : list of (measure, level, value)
        One a tier, the lottery left out.
    first, second : dict of case_id to (volunteer_id, Monday)
        The one schedule that the lottery leaves; cases in the backlog are left out.
    tried : int
        How many partial schedules were looked at.
    """

    goals: list[tuple[str, int | None, int]]
    first: dict[str, tuple[str, dt.date]]
    second: dict[str, tuple[str, dt.date]]
    tried: int


class _Search:
    """The search through all schedules of a programme, in lottery order."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.steps = asked, list(asked.steps())
        self.tiers = asked.asked.tiers
        measures = [measure for measure, _ in self.tiers]
        self.gap = measures.index("workload_gap") if "workload_gap" in measures else None
        self.spread = measures.index("school_spread") if "school_spread" in measures else None
        self._prepare_bounds()
        self._begin()
        self.best: Vector | None = None
        self.best_made: dict[tuple[int, bool], Choice] = {}
        self.seen: dict[tuple[object, ...], Vector] = {}
        self.tried = 0

    def _prepare_bounds(self) -> None:
        """Work out, for every step, the best that it and the later ones can add, and the sizes to come."""
        self.rest: list[Vector] = [(0,) * len(self.tiers)]
        self.fits: list[list[int]] = [[0]]
        for step in reversed(self.steps):
            self.rest.append(_plus(self.rest[-1], step.least))
            sums = self.fits[-1]
            self.fits.append(sorted({*sums, *(total + step.size for total in sums)}))
        self.rest.reverse()
        self.fits.reverse()

    def _begin(self) -> None:
        """Put the fixed readings in place."""
        asked = self.asked
        self.room = [list(row) for row in asked.offered]
        self.cap = [int(row["max_cases"] or 2 * len(asked.cases)) for row in asked.volunteers]
        self.sign = list(asked.signed)
        self.taken = [0] * len(asked.names)
        self.pairs: set[tuple[str, str]] = set()
        self.made: dict[tuple[int, bool], Choice] = {}
        self.now: Vector = (0,) * len(self.tiers)
        for second, fixed in ((False, asked.fixed), (True, asked.fixed_second)):
            for case, (who, week) in fixed.items():
                self.now = _plus(self.now, asked.gains(case, (who, week), second))
                if who in asked.names:
                    self.cap[asked.names.index(who)] -= 1
                    self.taken[asked.names.index(who)] += 0 if second else asked.size[case]
                if not second:
                    self.pairs.add((asked.cases[case]["school_id"], who))
        self.now = self._with_loads(self.now)

    def _with_loads(self, vector: Vector) -> Vector:
        """Return the vector with the goals that follow from all readings together."""
        found = list(vector)
        if self.gap is not None:
            # Above nothing offered there is no share.
            shares = [
                -(-1000 * taken // sum(weeks))
                for taken, weeks in zip(self.taken, self.asked.offered, strict=True)
                if sum(weeks)
            ]
            found[self.gap] = max(shares, default=0)
        if self.spread is not None:
            found[self.spread] = len(self.pairs)
        return tuple(found)

    def run(self, at: int = 0) -> None:
        """Try everything from a step on; the first of the best schedules stays in `best_made`."""
        self.tried += 1
        if self.best is not None and _plus(self.now, self.rest[at]) >= self.best:
            return
        if at == len(self.steps):
            self.best, self.best_made = self.now, dict(self.made)
            return
        place = self._place(at)
        if place in self.seen and self.seen[place] <= self.now:
            return
        self.seen[place] = self.now
        step, before = self.steps[at], self.now
        for who, week, gains in step.choices:
            if self._has_room(step, who, week):
                self._take(step, who, week, gains, at)
                self.now = before
        self.now = _plus(before, step.without)
        self.run(at + 1)
        self.now = before

    def _has_room(self, step: Step, who: int, week: int) -> bool:
        if step.size > self.room[who][week] or not self.cap[who] > 0:
            return False
        if not step.second:
            return self.sign[week] > 0
        first = self._first_reader(step.case)
        return first is not None and self.asked.apart(step.case, self.asked.names[who], first)

    def _first_reader(self, case: int) -> str | None:
        if case in self.asked.fixed:
            return self.asked.fixed[case][0]
        made = self.made.get((case, False))
        return None if made is None else self.asked.names[made[0]]

    def _take(self, step: Step, who: int, week: int, gains: Vector, at: int) -> None:
        """Make one choice, try everything behind it, and take it back."""
        pair = (self.asked.cases[step.case]["school_id"], self.asked.names[who])
        new = not step.second and pair not in self.pairs
        units = 0 if step.second else step.size
        self.room[who][week] -= step.size
        self.cap[who] -= 1
        self.sign[week] -= not step.second
        self.taken[who] += units
        self.pairs |= {pair} if new else set()
        self.made[step.case, step.second] = (who, week)
        self.now = self._with_loads(_plus(self.now, gains))
        self.run(at + 1)
        del self.made[step.case, step.second]
        self.pairs -= {pair} if new else set()
        self.taken[who] -= units
        self.sign[week] += not step.second
        self.cap[who] += 1
        self.room[who][week] += step.size

    def _place(self, at: int) -> tuple[object, ...]:
        """Return all that decides what can still come: two equal ones have the same continuations.

        Room counts as the most that later sizes can fill of it, caps as the most that later steps can use.
        """
        left, sums = self.steps[at:], self.fits[at]
        firsts = sum(not step.second for step in left)
        schools = {self.asked.cases[step.case]["school_id"] for step in left if not step.second}
        return (
            at,
            tuple(sums[bisect_right(sums, max(units, 0)) - 1] for row in self.room for units in row),
            tuple(min(cap, len(left)) for cap in self.cap),
            tuple(min(sign, firsts) for sign in self.sign),
            tuple(self.taken) if self.gap is not None else (),
            frozenset(pair for pair in self.pairs if pair[0] in schools) if self.spread is not None else (),
            tuple(self._first_reader(step.case) for step in left if step.second),
        )


def _plus(one: Vector, other: Vector) -> Vector:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def oracle_schedule(rows: ProgrammeRows) -> OracleSchedule:
    """Answer a small programme by enumeration.

    Parameters
    ----------
    rows : ProgrammeRows
        Up to about 6 cases, 4 volunteers and 4 weeks.
    """
    asked = Asked(rows)
    search = _Search(asked)
    search.run()
    if search.best is None:
        raise AssertionError("the schedule in which nothing new is done is always there")
    readings = [
        {
            asked.cases[case]["case_id"]: (who, asked.monday(week))
            for case, (who, week) in (
                *fixed.items(),
                *(
                    (case, (asked.names[who], week))
                    for (case, of), (who, week) in search.best_made.items()
                    if of is second
                ),
            )
        }
        for second, fixed in ((False, asked.fixed), (True, asked.fixed_second))
    ]
    goals = [
        (measure, level, -value if measure in MORE_IS_BETTER else value)
        for (measure, level), value in zip(rows.tiers, search.best, strict=True)
    ]
    return OracleSchedule(goals, readings[0], readings[1], search.tried)
