"""A second checker of a schedule's certificate: plain Python, from the rows and the documented convention.

No code of the project. Weeks are dates and hours fractions here, and a knapsack is filled case by case,
so that it shares neither an index, nor a unit, nor a method with the engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from programme_facts import Facts, Readings, same_trust
from schedule_rules import value

# Gains of these depend on the week, or on the volunteer, of a case alone; only they can be priced.
TIMED = ("scheduled", "days_late", "waited")
PRICED = (*TIMED, "expertise")
LESS_IS_BETTER = ("days_late", "workload_gap", "school_spread")

Entry = dict[str, Any]
Items = list[tuple[Fraction, int]]


def knapsack(room: Fraction, most: int, items: Items) -> int:
    """Return the most that items which fit a room, and no more than some, are worth together.

    Every sum of hours is tried with every number of items.
    """
    best = {(Fraction(0), 0): 0}
    # Otherwise their number says nothing.
    counts = most < len(items)
    for size, worth in items:
        for (used, number), so_far in list(best.items()):
            place = (used + size, number + counts)
            if place[0] <= room and place[1] <= most and best.get(place, -1) < so_far + worth:
                best[place] = so_far + worth
    return max(best.values())


class SecondChecker:
    """What a certificate proves of a schedule's goals.

    Parameters
    ----------
    facts : Facts
    values : sequence of int
        What every goal comes to, the lottery left out.
    """

    def __init__(self, facts: Facts, values: Sequence[int]) -> None:
        self.facts, self.tiers, self.values = facts, facts.asked.tiers, values
        fixed: tuple[Readings, Readings] = (facts.fixed, facts.fixed_second)
        self.base = [value(facts, measure, level, *fixed) for measure, level in self.tiers]
        self.open = sorted(case for case in facts.cases if case not in facts.fixed)
        # A case that was read, and waits for its second reading, can have a price too.
        self.waiting = {
            case for case in facts.fixed if case in facts.picked and case not in facts.fixed_second
        }
        self.weeks = [monday for monday in facts.asked.mondays if monday not in facts.asked.past]
        self.room = {
            (who, monday): facts.works(who, monday) if row["headteacher_agreed"] == "yes" else Fraction(0)
            for who, row in facts.volunteers.items()
            for monday in self.weeks
        }
        self._known: dict[str, int] = {}

    def sense(self, tier: int) -> int:
        """1 where more of a goal is better, else -1."""
        return -1 if self.tiers[tier][0] in LESS_IS_BETTER else 1

    def proves(self, tier: int, entry: Entry | None) -> int:
        """Return the best that a goal can come to, by its entry and by counting."""
        counted = self.counted(tier)
        if entry is None:
            return counted
        priced = self.priced(entry)
        return min(counted, priced) if self.sense(tier) > 0 else max(counted, priced)

    def cap(self, who: str) -> int:
        """Return how many more cases a volunteer may take."""
        most = self.facts.volunteers[who]["max_cases"]
        if not most:
            return 2 * (len(self.open) + len(self.waiting))
        held = [reader for reader, _ in (*self.facts.fixed.values(), *self.facts.fixed_second.values())]
        return max(0, int(most) - held.count(who))

    def signed(self, monday: dt.date) -> int:
        """Return how many cases the officers can sign off in a week; none but all where it takes no time."""
        everybody = len(self.open) + len(self.waiting)
        if not self.facts.signoff:
            return everybody
        known = self.facts.officer_hours.get(monday.isoformat(), Fraction(0))
        return min(int(known / self.facts.signoff), everybody)

    def counted(self, tier: int) -> int:
        """Let every case count its own best, as if no case took hours from another."""
        measure, _ = self.tiers[tier]
        total = 0
        for case in self.open:
            readers = [who for who in self.facts.volunteers if self._may_read(case, who)]
            if measure == "expertise":
                total += any(self.facts.suits(case, who) for who in readers)
                continue
            weeks = [
                monday
                for monday in self._weeks(case)
                if any(self.room[who, monday] >= self.facts.takes(case) for who in readers)
            ]
            total += max((self._timed(tier, case, monday) for monday in weeks), default=0)
        return self.base[tier] + self.sense(tier) * total

    def _may_read(self, case: str, who: str) -> bool:
        """Whether a volunteer may read a case first, and takes any more cases at all."""
        if self.facts.bars(case, who) or self.cap(who) <= 0:
            return False
        beside = self.facts.fixed_second.get(case, ("", None))[0]
        if beside not in self.facts.volunteers:
            return True
        one, other = self.facts.volunteers[who], self.facts.volunteers[beside]
        return who != beside and one["school_id"] != other["school_id"] and not same_trust(one, other)

    def _weeks(self, case: str) -> list[dt.date]:
        return [monday for monday in self.weeks if monday >= self.facts.ready(case)]

    def _timed(self, tier: int, case: str, monday: dt.date) -> int:
        """Return what reading a case in a week gains of a goal about time."""
        measure, level = self.tiers[tier]
        row = self.facts.cases[case]
        if level is not None and int(row["priority"]) != level:
            return 0
        if measure == "scheduled":
            return 1
        if measure == "days_late":
            return self.facts.late(case, None) - self.facts.late(case, monday)
        return max(0, (self.facts.heading["start"] - dt.date.fromisoformat(row["due"])).days)

    def priced(self, entry: Entry) -> int:
        """Return the bound that an entry of the certificate gives."""
        key = repr(entry)
        if key not in self._known:
            self._known[key] = self._priced(entry)
        return self._known[key]

    def _priced(self, entry: Entry) -> int:
        tier = entry["tier"] - 1
        weights = [*entry["goals"], entry["scale"]]
        cases, volunteers, weeks = (entry[name] for name in ("cases", "volunteers", "weeks"))
        total = sum(cases.values()) + sum(price * self.cap(who) for who, price in volunteers.items())
        total += sum(price * self.signed(dt.date.fromisoformat(week)) for week, price in weeks.items())
        for k, weight in enumerate(weights[:-1]):
            total -= weight * self.sense(k) * (self.values[k] - self.base[k])
        timed = [k for k in range(tier + 1) if weights[k] and self.tiers[k][0] in TIMED]
        pairs = sum(weights[k] for k in range(tier + 1) if self.tiers[k][0] == "expertise")
        for monday in self.weeks:
            ready = [case for case in self.open if monday >= self.facts.ready(case)]
            worth = {
                case: sum(weights[k] * self._timed(k, case, monday) for k in timed)
                - cases.get(case, 0)
                - weeks.get(monday.isoformat(), 0)
                for case in ready
            }
            total += sum(self._earns(who, monday, worth, volunteers, pairs) for who in self.facts.volunteers)
        return self.base[tier] + self.sense(tier) * (total // entry["scale"])

    def _earns(
        self, who: str, monday: dt.date, worth: dict[str, int], volunteers: dict[str, int], pairs: int
    ) -> int:
        """Fill one volunteer's one week by itself."""
        room, items = self.room[who, monday], []
        for case, amount in worth.items():
            net = amount - volunteers.get(who, 0) + (pairs if pairs and self.facts.suits(case, who) else 0)
            if net > 0 and self.facts.takes(case) <= room:
                items.append((self.facts.takes(case), net))
        return knapsack(room, self.cap(who), items) if items else 0
