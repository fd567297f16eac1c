"""Small random programmes as rows of text, dense in conflicts and odd weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

import pandas as pd

from allocator.reviews.intake import programme_from_tables
from allocator.reviews.programme import Programme
from reviews.naive_rules import Row

START = dt.date(2027, 1, 11)
_HOURS = ("0", "0.1", "1.25", "2", "3", "6", "0.333")


@dataclass(frozen=True)
class Drawn:
    """A random programme: its policy as a mapping, and rows of text by table name."""

    policy: dict[str, dict[str, object]]
    tables: dict[str, list[Row]]

    def read(self) -> Programme:
        """Judge it as the files would be."""
        return programme_from_tables(
            self.policy, {name: pd.DataFrame(rows) for name, rows in self.tables.items() if rows}
        )


def draw(seed: int, cases: int = 9, volunteers: int = 6) -> Drawn:
    """Draw a programme that has no fault."""
    rng = Random(seed)
    weeks = rng.randint(1, 5)
    trust_of = {f"S{n}": rng.choice(("T1", "T2", "none", "")) for n in range(4)}
    monday = [(START + dt.timedelta(weeks=n)).isoformat() for n in range(-1, weeks + 1)]
    days = [(START + dt.timedelta(days=n)).isoformat() for n in range(-9, 7 * weeks + 9)]
    case_rows = [
        {
            "case_id": f"R{n}",
            "child_id": f"C{rng.randint(0, 3)}",
            "school_id": (school := rng.choice(list(trust_of))),
            "phase": rng.choice(("early", "post16")),
            "primary_need": rng.choice(("ASD", "SLD")),
            "due": rng.choice(days),
            "hours": rng.choice(_HOURS[1:]),
            "priority": str(rng.randint(1, 3)),
            "ready_from": rng.choice(("", rng.choice(days))),
            "trust_id": rng.choice(("", trust_of[school])),
        }
        for n in rng.sample(range(cases), cases)
    ]
    volunteer_rows = []
    for n in rng.sample(range(volunteers), volunteers):
        first, last = sorted(rng.choices(monday, k=2))
        school = rng.choice(list(trust_of))
        volunteer_rows.append(
            {
                "volunteer_id": f"V{n}",
                "school_id": school,
                "trust_id": rng.choice(("", trust_of[school], "T1", "none")),
                "headteacher_agreed": rng.choice(("yes", "yes", "no")),
                "days_per_week": rng.choice(("1", "0.5", "0.4", "0", "0.125")),
                "first_week": rng.choice(("", first)),
                "last_week": rng.choice(("", last)),
                "trained_from": rng.choice(("", rng.choice(monday))),
            }
        )
    pairs = [(f"V{n}", week) for n in range(volunteers) for week in monday]
    return Drawn(
        {
            "programme": {
                "id": "p",
                "start": START,
                "weeks": weeks,
                "hours_per_day": rng.choice((6.0, 5.75, 7)),
                "closed_weeks": rng.sample(monday, rng.randint(0, 2)),
                "handling_hours": rng.choice((0, 0.2)),
            },
            "lottery": {"seed": "s"},
            "conflicts": {
                "same_school": rng.random() < 0.7,
                "same_trust": rng.random() < 0.7,
            },
        },
        {
            "cases": case_rows,
            "volunteers": volunteer_rows,
            "availability": [
                {"volunteer_id": who, "week": week, "hours": rng.choice(_HOURS)}
                for who, week in rng.sample(pairs, min(len(pairs), rng.randint(0, 9)))
            ],
            "conflicts": [_conflict(rng, volunteers, cases) for _ in range(rng.randint(0, 8))],
        },
    )


def _conflict(rng: Random, volunteers: int, cases: int) -> Row:
    kind = rng.choice(("school", "trust", "child", "case"))
    ids = {
        "school": [f"S{n}" for n in range(5)],
        "trust": ["T1", "T2", "none"],
        "child": [f"C{n}" for n in range(5)],
        "case": [f"R{n}" for n in range(cases)],
    }
    who = f"V{rng.randrange(volunteers)}"
    return {"volunteer_id": who, "kind": kind, "id": rng.choice(ids[kind]), "reason": "x"}
