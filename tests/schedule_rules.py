"""The contract's rules and goals, checked on the rows of a schedule: plain Python, no code of the project.

It starts from the rows of text that a programme was given as and from the rows of schedule.csv
and second_reads.csv.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

from programme_facts import Facts, Reading, Readings, day, same_trust
from programme_rows import ProgrammeRows, Row

_PLAIN = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
_SCHEDULE = ["case_id", "status", "volunteer_id", "week", "hours", "days_late", "reason"]
_SECOND = ["case_id", "volunteer_id", "week", "hours"]

# A measure, the priority that alone counts, and what it comes to.
Goal = tuple[str, int | None, int]


@dataclass(frozen=True)
class Verdict:
    """What a schedule is worth.

    Parameters
    ----------
    broken : list of str
        Every broken rule, "code: who"; empty when all hold.
    goals : list of (measure, level, value)
        One a tier in the policy's order; none where the rows cannot be read as a schedule.
    """

    broken: list[str]
    goals: list[Goal]


def judge(asked: ProgrammeRows, schedule: list[Row], second_reads: list[Row]) -> Verdict:
    """Check a schedule against the contract and say what every goal comes to.

    Parameters
    ----------
    asked : ProgrammeRows
    schedule, second_reads : list of Row
        The rows of schedule.csv and second_reads.csv as text.
    """
    facts = Facts(asked)
    if broken := _malformed(facts, schedule, second_reads):
        return Verdict(broken, [])
    first, second = appointments(schedule), appointments(second_reads)
    broken = [*_cells(facts, schedule, second_reads), *broken_rules(facts, first, second)]
    return Verdict(broken, goal_values(facts, first, second))


def broken_rules(facts: Facts, first: Readings, second: Readings) -> list[str]:
    """Return every rule that readings break, "code: who"."""
    return [
        *_readings(facts, first),
        *_second_readings(facts, first, second),
        *_capacities(facts, first, second),
        *_past(facts, first, second),
    ]


def goal_values(facts: Facts, first: Readings, second: Readings) -> list[Goal]:
    """Return what every goal of the policy comes to, in order."""
    return [
        (measure, level, value(facts, measure, level, first, second)) for measure, level in facts.asked.tiers
    ]


def appointments(rows: list[Row]) -> Readings:
    """Return who reads which case in which week; cases in the backlog are left out."""
    return {
        row["case_id"]: (row["volunteer_id"], dt.date.fromisoformat(row["week"]))
        for row in rows
        if row.get("status") != "backlog"
    }


def _malformed(facts: Facts, schedule: list[Row], second_reads: list[Row]) -> list[str]:
    """Say what keeps the rows from being read as a schedule at all."""
    found = []
    if [row["case_id"] for row in schedule] != sorted(facts.cases):
        found.append("rows: not one row a case, sorted by case_id")
    seconds = [row["case_id"] for row in second_reads]
    if seconds != sorted(set(seconds)) or not set(seconds) <= set(facts.cases):
        found.append("second_rows: not one row a case, sorted by case_id")
    for row in [*schedule, *second_reads]:
        name = row["case_id"]
        if list(row) not in (_SCHEDULE, _SECOND) or row.get("status") not in ("scheduled", "backlog", None):
            found.append(f"columns: {name}")
        elif row.get("status") == "backlog":
            found += [f"backlog: {name}"] if row["volunteer_id"] or row["week"] or row["hours"] else []
        elif not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", row["week"]):
            found.append(f"week: {name}")
    return found


def _cells(facts: Facts, schedule: list[Row], second_reads: list[Row]) -> list[str]:
    """Check the figures that are written beside the appointments."""
    found = []
    for row in [*schedule, *second_reads]:
        case = row["case_id"]
        if row.get("status") != "backlog":
            right = _PLAIN.fullmatch(row["hours"]) and Fraction(row["hours"]) == facts.takes(case)
            found += [] if right else [f"hours: {case}"]
        if "days_late" in row:
            late = facts.late(case, day(row["week"]))
            found += [] if row["days_late"] == str(late) else [f"days_late: {case}"]
        if row.get("reason") == "":
            found.append(f"reason: {case}")
    return found


def pair_faults(facts: Facts, case: str, reading: Reading, kind: str) -> list[str]:
    """Check one reading by itself: who, and when."""
    who, monday = reading
    if who not in facts.volunteers:
        return [f"{kind}unknown: {case} {who}"]
    found = [f"{kind}{code}: {case} {who}" for code in facts.bars(case, who)]
    if monday < facts.ready(case):
        found.append(f"{kind}early: {case} {monday}")
    if monday in facts.asked.past:
        found.append(f"{kind}past: {case} {monday}")
    if facts.works(who, monday) == 0:
        found.append(f"{kind}closed: {case} {who} {monday}")
    return found


def _readings(facts: Facts, first: Readings) -> list[str]:
    return [
        fault
        for case, reading in first.items()
        if facts.fixed.get(case) != reading
        for fault in pair_faults(facts, case, reading, "")
    ]


def _second_readings(facts: Facts, first: Readings, second: Readings) -> list[str]:
    """Check that second readers are wanted and independent of the case and of the first reader."""
    found = []
    for case, reading in second.items():
        if facts.fixed_second.get(case) == reading:
            continue
        found += pair_faults(facts, case, reading, "second_")
        if case not in facts.picked:
            found.append(f"second_unwanted: {case}")
        if case not in first:
            found.append(f"second_alone: {case}")
        others = [facts.cases[case], facts.volunteers.get(first.get(case, ("",))[0])]
        reader = facts.volunteers.get(reading[0])
        for other in others:
            alike = (
                reader and other and (reader["school_id"] == other["school_id"] or same_trust(reader, other))
            )
            found += [f"second_alike: {case} {reading[0]}"] if alike else []
        if reading[0] == first.get(case, ("",))[0]:
            found.append(f"second_same: {case} {reading[0]}")
    return found


def _capacities(facts: Facts, first: Readings, second: Readings) -> list[str]:
    """Check hours a volunteer's week, cases a volunteer, and the officers' weeks; the past is as it was."""
    hours: defaultdict[Reading, Fraction] = defaultdict(Fraction)
    held, was_held, signed = Counter[str](), Counter[str](), Counter[dt.date]()
    for readings, fixed in ((first, facts.fixed), (second, facts.fixed_second)):
        for case, (who, monday) in readings.items():
            held[who] += 1
            hours[who, monday] += facts.takes(case)
            was_held[who] += fixed.get(case) == (who, monday)
    signed.update(monday for _, monday in first.values())
    found = []
    for (who, monday), taken in hours.items():
        if who in facts.volunteers and monday not in facts.asked.past and taken > facts.works(who, monday):
            found.append(f"hours_over: {who} {monday}")
    for who, row in facts.volunteers.items():
        if row["max_cases"] and held[who] > max(int(row["max_cases"]), was_held[who]):
            found.append(f"max_cases: {who}")
    for monday, cases in signed.items():
        known = facts.officer_hours.get(monday.isoformat(), Fraction(0))
        if facts.signoff and monday not in facts.asked.past and cases * facts.signoff > known:
            found.append(f"officers: {monday}")
    return found


def _past(facts: Facts, first: Readings, second: Readings) -> list[str]:
    """Check that what was read before `as_of` stays."""
    lost = [f"fixed: {case}" for case, reading in facts.fixed.items() if first.get(case) != reading]
    return lost + [
        f"second_fixed: {case}" for case, reading in facts.fixed_second.items() if second.get(case) != reading
    ]


def value(facts: Facts, measure: str, level: int | None, first: Readings, second: Readings) -> int:
    """Return what one tier comes to.

    Parameters
    ----------
    facts : Facts
    measure : str
    level : int or None
        The priority that alone counts.
    first, second : dict of case_id to (volunteer_id, Monday)
    """
    among = [case for case, row in facts.cases.items() if level in (None, int(row["priority"]))]
    done = {case: first[case] for case in among if case in first}
    if measure == "scheduled":
        return len(done)
    if measure == "days_late":
        return sum(facts.late(case, first[case][1] if case in first else None) for case in among)
    if measure == "waited":
        due = [dt.date.fromisoformat(facts.cases[case]["due"]) for case in done]
        return sum(max(0, (facts.heading["start"] - day).days) for day in due)
    if measure == "expertise":
        return sum(facts.suits(case, who) for case, (who, _) in done.items())
    if measure == "workload_gap":
        return _workload_gap(facts, first)
    if measure == "second_reads":
        return sum(case in second for case in facts.picked)
    if measure == "school_spread":
        return len({(facts.cases[case]["school_id"], who) for case, (who, _) in done.items()})
    if measure == "kept":
        return sum(facts.earlier.get(case) == reading for case, reading in done.items())
    raise ValueError(f"no measure: {measure}")


def _workload_gap(facts: Facts, first: Readings) -> int:
    largest = 0
    for who in facts.volunteers:
        offered = sum((facts.works(who, monday) for monday in facts.asked.mondays), Fraction(0))
        if offered:
            taken = sum((facts.takes(case) for case, (by, _) in first.items() if by == who), Fraction(0))
            largest = max(largest, math.ceil(1000 * taken / offered))
    return largest
