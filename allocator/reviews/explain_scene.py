"""A schedule and its programme, as an explanation asks for them: by id, by week, by goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from allocator.core.calendar.problem import Appointments, Bools, Ints
from allocator.errors import UsageError
from allocator.reviews.build import Built
from allocator.reviews.conflicts import Barred, barred_pairs
from allocator.reviews.explain_standing import Standing
from allocator.reviews.schedule import Schedule
from allocator.reviews.tables_out import hours_text
from allocator.reviews.tiers import expertise, lateness
from allocator.reviews.weeks import hours_offered, open_weeks, past_weeks, week_starts
from allocator.tables.nearest import meaning

Document = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """What is explained.

    Parameters
    ----------
    built : Built
    made : Appointments
        They keep every rule.
    goals : sequence of mapping
        The goals of run.json, one a tier and in order; a lottery entry may follow.
    """

    built: Built
    made: Appointments
    goals: Sequence[Mapping[str, Any]]

    @cached_property
    def standing(self) -> Standing:
        """The appointments, with their sums."""
        return Standing(self.built.problem, self.made)

    @cached_property
    def schedule(self) -> Schedule:
        """Every case's appointment, fixed ones included."""
        return self.built.schedule(self.made)

    @cached_property
    def barred(self) -> Barred:
        """Which volunteer may not read which case, with the rules that say so."""
        return barred_pairs(self.built.programme)

    @cached_property
    def offered(self) -> Ints:
        """Units that each volunteer offers in each week, agreed or not; shape (n_volunteers, weeks)."""
        return hours_offered(self.built.programme)

    @cached_property
    def late(self) -> Ints:
        """Days late of every case in every week; the last is what the backlog counts."""
        return lateness(self.built.programme)

    @cached_property
    def suits(self) -> Bools:
        """Which volunteer knows the phase and need of which case; shape (n_cases, n_volunteers)."""
        return expertise(self.built.programme)

    @cached_property
    def works(self) -> Bools:
        """Which weeks are neither closed nor past; shape (weeks,)."""
        found = open_weeks(self.built.programme.policy.programme).copy()
        found[: self.past] = False
        return found

    @property
    def past(self) -> int:
        """How many weeks lie before `as_of`."""
        return past_weeks(self.built.programme.policy.programme)

    @property
    def lottery_proven(self) -> bool:
        """Whether run.json says that the lottery was carried out on the proven face of every goal."""
        entries = [entry for entry in self.goals if entry["measure"] == "lottery"]
        return bool(entries and entries[-1]["proven"])

    def proven(self, tier: int) -> bool:
        """Whether run.json says that a goal, and each before it, is proven."""
        return all(bool(entry["proven"]) for entry in self.goals[: tier + 1])

    @cached_property
    def agent_of(self) -> Ints:
        """The agent that stands for each case; -1 for a fixed one; shape (n_cases,)."""
        found = np.full(len(self.ids), -1, dtype=np.int64)
        free = np.flatnonzero(~self.built.problem.already)
        found[self.built.agents[free]] = free
        return found

    def case_row(self, case_id: str) -> int:
        """Return the row of a case.

        Raises
        ------
        UsageError
            Where the programme has no such case.
        """
        return _row(self.ids, case_id, "case")

    def volunteer_row(self, volunteer_id: str) -> int:
        """Return the row of a volunteer.

        Raises
        ------
        UsageError
            Where the programme has no such volunteer.
        """
        return _row(self.names, volunteer_id, "volunteer")

    def case_ids(self, agents: Sequence[int]) -> list[str]:
        """Return the ids of the cases that agents stand for."""
        return [self.ids[self.built.agents[agent]] for agent in agents]

    def volunteer_id(self, worker: int) -> str:
        """Return a volunteer's id."""
        return self.names[worker]

    @cached_property
    def ids(self) -> list[str]:
        """The id of each case."""
        return [str(name) for name in self.built.case_ids]

    @cached_property
    def names(self) -> list[str]:
        """The id of each volunteer."""
        return [str(name) for name in self.built.volunteer_ids]

    @cached_property
    def priority(self) -> list[int]:
        """The priority of each case."""
        found: list[int] = self.built.programme.cases["priority"].tolist()
        return found

    @cached_property
    def ready(self) -> list[int]:
        """The first week that each case may be read in."""
        found: list[int] = self.built.programme.cases["ready_week"].tolist()
        return found

    @cached_property
    def due(self) -> list[str]:
        """The day that each review was due, ISO text."""
        days = self.built.programme.cases["due"].to_numpy().astype("datetime64[D]")
        return [str(day) for day in days]

    @cached_property
    def units(self) -> list[int]:
        """What each case takes, units, handling included."""
        found: list[int] = self.built.programme.case_units.tolist()
        return found

    @cached_property
    def schools(self) -> list[str]:
        """The named school of each case."""
        return [str(name) for name in self.built.programme.cases["school_id"]]

    def facts(self, row: int) -> Document:
        """Return what is to be known of a case to judge its turn."""
        return {
            "case_id": self.ids[row],
            "priority": self.priority[row],
            "due": self.due[row],
            "hours": self.hours(self.units[row]),
        }

    @cached_property
    def rows_at(self) -> dict[tuple[int, int], list[tuple[int, bool]]]:
        """The cases read in each volunteer's week, by row, and whether as second reader.

        Readings that stand as they were are among them where their volunteer is still there.
        """
        row = {name: j for j, name in enumerate(self.names)}
        found: dict[tuple[int, int], list[tuple[int, bool]]] = {}
        plan = self.schedule
        for who, when, second in (
            (plan.volunteer, plan.week, False),
            (plan.second_volunteer, plan.second_week, True),
        ):
            for case in np.flatnonzero(when >= 0).tolist():
                if who[case] in row:
                    found.setdefault((row[who[case]], int(when[case])), []).append((case, second))
        return found

    @cached_property
    def weeks(self) -> list[str]:
        """The Mondays of the programme, ISO text."""
        return [str(day) for day in week_starts(self.built.programme.policy.programme)]

    def week_at(self, text: str) -> int:
        """Return the week that a Monday names.

        Raises
        ------
        UsageError
            Where it is no week of the programme.
        """
        if text not in self.weeks:
            raise UsageError(
                f"{text} is no week of the programme: a week is named by its Monday, "
                f"from {self.weeks[0]} to {self.weeks[-1]}"
            )
        return self.weeks.index(text)

    def hours(self, units: int) -> str:
        """Write units as hours, an exact decimal without trailing zeros."""
        return hours_text(int(units), self.built.programme.units_per_hour)

    def place(self, worker: int, period: int) -> Document | None:
        """Return a volunteer's week as JSON; None for the backlog."""
        if worker < 0:
            return None
        return {"volunteer_id": self.volunteer_id(worker), "week": self.weeks[period]}


def _row(ids: list[str], wanted: str, kind: str) -> int:
    if wanted not in ids:
        said = meaning(wanted, ids)
        raise UsageError(f"the programme has no {kind} {wanted}" + (f"; {said}" if said else ""))
    return ids.index(wanted)
