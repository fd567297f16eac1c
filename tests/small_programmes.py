"""Seeded small programmes as rows of text, tight and full of ties.

Every rule and every goal of the contract occurs, goals in any order. Left out is what the contract
leaves open: an earlier second reading whose first was not read yet, and a second reader beside a first who
is no longer listed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from programme_rows import DEFAULT_GOALS, ProgrammeRows, Row

START = dt.date(2027, 1, 11)
_HOURS = ("1.5", "2", "2", "3", "3", "3", "4.5", "6", "0.1", "2.25")
_DAYS = ("1", "1", "0.5", "0.5", "0.4", "0.2", "0")
_OWN_HOURS = ("0", "1.5", "3", "4", "6", "6.75", "9")
_PHASES, _NEEDS = ("primary", "secondary"), ("ASD", "SEMH", "SLCN")
_PLAIN_GOALS = ("expertise", "workload_gap", "school_spread", "second_reads", "kept")
_BY_GOALS = ("scheduled", "days_late", "waited")


def small_programme(seed: int, open_seconds: bool = False) -> ProgrammeRows:
    """Draw a programme that trying everything answers in milliseconds.

    Parameters
    ----------
    seed : int
    open_seconds : bool, default False
        Draw one with weeks gone by, in which cases were read whose second reading is still to come.
    """
    rng = Random(f"{seed} with open seconds" if open_seconds else seed)
    weeks, volunteers = rng.choice(((1, 4), (2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 2)))
    return _draw(rng, rng.randint(2, 6), volunteers, weeks, rng.randint(0, 3), open_seconds)


def mixed_programme(seed: int) -> ProgrammeRows:
    """Draw a programme of any size up to 40 cases, 10 volunteers and 8 weeks, dense in conflicts."""
    rng = Random(f"mixed {seed}")
    return _draw(rng, rng.randint(1, 40), rng.randint(1, 10), rng.randint(1, 8), rng.randint(0, 30))


def _draw(
    rng: Random, n_cases: int, n_volunteers: int, weeks: int, conflicts: int, open_seconds: bool = False
) -> ProgrammeRows:
    mondays = [START + dt.timedelta(weeks=number) for number in range(weeks)]
    schools = [f"S{number}" for number in range(rng.randint(2, 2 + n_volunteers))]
    trust_of = {school: rng.choice(("T1", "T2", "T3", "none", "")) for school in schools}
    policy = _policy(rng, mondays, n_cases, open_seconds)
    volunteers = _volunteers(rng, n_volunteers, mondays, trust_of)
    names = [row["volunteer_id"] for row in volunteers]
    cases = _cases(rng, n_cases, mondays, trust_of)
    tables = {
        "cases": cases,
        "volunteers": volunteers,
        "availability": _availability(rng, names, mondays),
        "conflicts": [_conflict(rng, cases, names, schools) for _ in range(conflicts)],
        "officers": _officers(rng, n_cases, policy, mondays),
    }
    drawn = ProgrammeRows(policy, tables)
    if open_seconds or rng.random() < 0.35:
        drawn = _with_earlier(rng, drawn, open_seconds)
    return _with_goals(rng, drawn)


def _some(rng: Random, share: float, value: str) -> str:
    return value if rng.random() < share else ""


def _policy(rng: Random, mondays: list[dt.date], n_cases: int, open_seconds: bool) -> dict[str, Any]:
    heading: dict[str, Any] = {
        "id": "small",
        "start": START,
        "weeks": len(mondays),
        "hours_per_day": rng.choice((Decimal(6), Decimal(6), Decimal("5.75"), Decimal(7))),
        "closed_weeks": rng.sample(mondays, rng.random() < 0.2),
        "handling_hours": rng.choice((Decimal(0), Decimal(0), Decimal("0.25"))),
        "signoff_hours": rng.choice((Decimal(0), Decimal(0), Decimal("0.5"))),
    }
    if rng.random() < 0.1:
        heading["as_of"] = mondays[len(mondays) // 2]
    # Five or six cases, all read twice, are more than trying everything bears.
    shares = (Decimal("0.3"), Decimal("0.5") if n_cases in (5, 6) else Decimal(1))
    return {
        "programme": heading,
        "conflicts": {"same_school": rng.random() < 0.8, "same_trust": rng.random() < 0.8},
        "lottery": {"seed": f"seed {rng.randint(0, 999)}"},
        "quality": {
            "second_read_share": rng.choice(shares if open_seconds else (Decimal(0), Decimal(0), *shares))
        },
    }


def _cases(rng: Random, count: int, mondays: list[dt.date], trust_of: Mapping[str, str]) -> list[Row]:
    # Long overdue, where every week costs all of them the same; or around the programme's weeks.
    earliest = rng.choice((-400, -30, -30))
    days = list(range(earliest, 7 * len(mondays) + 7) if earliest > -100 else range(-400, 0))
    days = rng.sample(days, min(len(days), rng.choice((1, 3, 99))))
    # The ids' own order is not the order of the rows, nor a number's order: R10 stands before R2.
    numbers = rng.sample(range(1, 60), count)
    # Programmes of like cases are full of ties, those of unlike ones of odd fits.
    sizes = rng.sample(_HOURS, rng.randint(1, 5))
    urgent = rng.choice(((1,), (1, 2), (1, 2, 2, 4)))
    rows = []
    for number in numbers:
        school = rng.choice(list(trust_of))
        ready = START + dt.timedelta(days=rng.randint(-3, 7 * len(mondays) + 1))
        rows.append(
            {
                "case_id": f"R{number}",
                "child_id": f"C{rng.randint(1, count)}",
                "school_id": school,
                "phase": rng.choice(_PHASES),
                "primary_need": rng.choice(_NEEDS),
                "due": (START + dt.timedelta(days=rng.choice(days))).isoformat(),
                "hours": rng.choice(sizes),
                "priority": str(rng.choice(urgent)),
                "ready_from": _some(rng, 0.25, ready.isoformat()),
                "trust_id": _some(rng, 0.9, trust_of[school]),
            }
        )
    return rows


def _volunteers(rng: Random, count: int, mondays: list[dt.date], trust_of: Mapping[str, str]) -> list[Row]:
    days, known = ("1", *rng.sample(_DAYS, rng.randint(0, 4))), rng.choice((0.0, 0.4, 0.7))
    rows = []
    for number in rng.sample(range(1, 12), count):
        first, last = sorted(rng.choices(mondays, k=2))
        school = rng.choice((rng.choice(list(trust_of)), f"S{20 + number}", f"S{20 + number}"))
        rows.append(
            {
                "volunteer_id": f"V{number}",
                "school_id": school,
                "trust_id": _some(rng, 0.9, trust_of.get(school, rng.choice(("T1", "T2", "T3", "none")))),
                "headteacher_agreed": "no" if rng.random() < 0.08 else "yes",
                "days_per_week": rng.choice(days),
                "first_week": _some(rng, 0.15, first.isoformat()),
                "last_week": _some(rng, 0.15, last.isoformat()),
                "trained_from": _some(rng, 0.1, rng.choice(mondays).isoformat()),
                "phases": _some(rng, known, rng.choice(("primary", "secondary", "primary;secondary"))),
                "needs": _some(rng, known, ";".join(rng.sample(_NEEDS, rng.randint(1, 2)))),
                "max_cases": _some(rng, 0.35, str(rng.choice((0, 1, 1, 2, 2, 3, 3)))),
            }
        )
    return rows


def _availability(rng: Random, names: list[str], mondays: list[dt.date]) -> list[Row]:
    if rng.random() < 0.5:
        return []
    return [
        {"volunteer_id": name, "week": monday.isoformat(), "hours": rng.choice(_OWN_HOURS)}
        for name in names
        for monday in mondays
        if rng.random() < 0.3
    ]


def _conflict(rng: Random, cases: list[Row], names: list[str], schools: list[str]) -> Row:
    kind = rng.choice(("school", "trust", "child", "case"))
    named = {
        "school": rng.choice(schools),
        "trust": rng.choice(("T1", "T2", "none")),
        "child": rng.choice(cases)["child_id"],
        "case": rng.choice(cases)["case_id"],
    }[kind]
    return {"volunteer_id": rng.choice(names), "kind": kind, "id": named, "reason": "Declared"}


def _officers(rng: Random, cases: int, policy: Mapping[str, Any], mondays: list[dt.date]) -> list[Row]:
    if not policy["programme"]["signoff_hours"] and rng.random() < 0.8:
        return []
    weekly = ("0.4", "1", "1.2", "1.5", str(cases), str(cases))
    return [
        {"week": monday.isoformat(), "hours": rng.choice(weekly)} for monday in mondays if rng.random() < 0.9
    ]


def _with_earlier(rng: Random, drawn: ProgrammeRows, open_seconds: bool) -> ProgrammeRows:
    """Add an earlier schedule; more often than not weeks have gone by, or cases were handed back."""
    heading = {key: value for key, value in drawn.policy["programme"].items() if key != "as_of"}
    if open_seconds or rng.random() < 0.7:
        mondays = drawn.mondays
        heading["as_of"] = rng.choice((*mondays[1 : 2 + len(mondays) // 2], mondays[-1]))
    drawn = ProgrammeRows({**drawn.policy, "programme": heading}, drawn.tables)
    first, second = _appointments(rng, drawn, open_seconds)
    rows = [
        {**row, "status": "scheduled", "days_late": "0", "reason": "As it was"}
        for row in (
            *first,
            {"case_id": "R99", "volunteer_id": "V99", "week": START.isoformat(), "hours": "2"},
        )
    ]
    back = _handed_back(rng, drawn, first, second, open_seconds)
    return ProgrammeRows(drawn.policy, drawn.tables, rows, second, back or None)


def _appointments(rng: Random, drawn: ProgrammeRows, open_seconds: bool) -> tuple[list[Row], list[Row]]:
    """Draw earlier first and second readings, some of volunteers who are gone."""
    picked, past = _picked(drawn), drawn.past
    coming = [monday for monday in drawn.mondays if monday not in past]
    names = [row["volunteer_id"] for row in drawn.tables["volunteers"]]
    first, second = [], []
    for case in drawn.tables["cases"]:
        week, who, other = rng.choice(drawn.mondays), rng.choice(names), rng.choice(names)
        again = case["case_id"] in picked and who != other and rng.random() < 0.8
        left_open = case["case_id"] in picked and week in past and not again
        if rng.random() < 0.25 or (left_open and not open_seconds):
            continue
        hours = _plain(Decimal(case["hours"]) + drawn.policy["programme"]["handling_hours"])
        gone = week in past and case["case_id"] not in picked and rng.random() < 0.15
        given = {"case_id": case["case_id"], "hours": hours}
        first.append({**given, "volunteer_id": "V99" if gone else who, "week": week.isoformat()})
        weeks = drawn.mondays if week in past and open_seconds else past if week in past else coming
        if again:
            second.append({**given, "volunteer_id": other, "week": rng.choice(weeks).isoformat()})
    return first, second


def _handed_back(
    rng: Random, drawn: ProgrammeRows, first: list[Row], second: list[Row], open_seconds: bool
) -> list[Row]:
    """Let some readings be given back; both of a picked case stand where its first lies in the past."""
    if rng.random() < 0.5:
        return []
    past = {monday.isoformat() for monday in drawn.past}
    stands = {row["case_id"] for row in first if row["week"] in past} & _picked(drawn)
    given = [row for row in first if row["case_id"] not in stands]
    given += [row for row in second if row["case_id"] not in stands or open_seconds]
    return [
        {
            "case_id": row["case_id"],
            "volunteer_id": row["volunteer_id"],
            "week": row["week"],
            "reason": "Known to me",
        }
        for row in given
        if row["volunteer_id"] != "V99" and rng.random() < 0.3
    ]


def _picked(drawn: ProgrammeRows) -> set[str]:
    """Return the cases picked for a second reading."""
    seed = drawn.policy["lottery"]["seed"]
    names = [row["case_id"] for row in drawn.tables["cases"]]
    names.sort(key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest())
    return set(names[: math.ceil(drawn.policy["quality"]["second_read_share"] * len(names))])


def _with_goals(rng: Random, drawn: ProgrammeRows) -> ProgrammeRows:
    """Draw the goals' order: the contract's own, one of those that people ask for, or any at all."""
    lead = rng.choice(
        (*(None,) * 3, "waited", "kept", "expertise", "second_reads", *("any",) * 4, "workload_gap")
    )
    if lead is None:
        goals = [*DEFAULT_GOALS]
    elif lead == "any":
        every = [(name, rng.choice(("none", "priority"))) for name in _BY_GOALS]
        every += [(name, "none") for name in _PLAIN_GOALS]
        goals = rng.sample(every, rng.randint(1, len(every)))
        if goals[0][0] in ("workload_gap", "school_spread") and rng.random() < 0.8:
            # Where they come first, to do nothing at all is best.
            goals = [*goals[1:], goals[0]]
    else:
        by = rng.choice(("none", "priority")) if lead in _BY_GOALS else "none"
        goals = [(lead, by), *(goal for goal in DEFAULT_GOALS if goal[0] != lead)]
    if "second_reads" not in dict(goals) and rng.random() < 0.2:
        goals.insert(rng.randint(0, len(goals)), ("second_reads", "none"))
    if lead is None and goals == [*DEFAULT_GOALS] and rng.random() < 0.5:
        return drawn
    written = [{"measure": measure, "by": by} for measure, by in goals]
    written += [{"measure": "lottery"}] if rng.random() < 0.5 else []
    policy = {**drawn.policy, "goal": written}
    return ProgrammeRows(policy, drawn.tables, drawn.earlier, drawn.earlier_second, drawn.handed_back)


def _plain(hours: Decimal) -> str:
    text = f"{hours:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
