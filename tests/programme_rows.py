"""A review programme as rows of text: what the oracles, the checker and the reader all start from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = dict[str, str]

# The goals of a policy that names none, in order; the lottery always comes last.
DEFAULT_GOALS = (
    ("scheduled", "priority"),
    ("days_late", "priority"),
    ("expertise", "none"),
    ("workload_gap", "none"),
    ("school_spread", "none"),
)


@dataclass(frozen=True)
class ProgrammeRows:
    """A programme before anything of it is judged.

    Parameters
    ----------
    policy : mapping
        Laid out as reviews.toml: dates are dates, decimals Decimal.
    tables : mapping of str to list of Row
        By table name, every column written; an empty list is an absent table.
    earlier, earlier_second : list of Row or None
        schedule.csv and second_reads.csv of an earlier result.
    handed_back : list of Row or None
    """

    policy: Mapping[str, Any]
    tables: Mapping[str, list[Row]]
    earlier: list[Row] | None = None
    earlier_second: list[Row] | None = None
    handed_back: list[Row] | None = None

    @property
    def mondays(self) -> list[dt.date]:
        """The weeks of the programme, closed ones too."""
        heading = self.policy["programme"]
        return [heading["start"] + dt.timedelta(weeks=number) for number in range(heading["weeks"])]

    @property
    def past(self) -> list[dt.date]:
        """The weeks before `as_of`: nothing new is put there."""
        as_of = self.policy["programme"].get("as_of")
        return [] if as_of is None else [monday for monday in self.mondays if monday < as_of]

    @property
    def goals(self) -> list[tuple[str, str]]:
        """The goals to be met: (measure, by) in order, the added ones too, without the lottery."""
        named = self.policy.get("goal")
        goals = [(goal["measure"], goal.get("by", "none")) for goal in named or ()]
        goals = [goal for goal in goals if goal[0] != "lottery"] if named is not None else [*DEFAULT_GOALS]
        measures = [measure for measure, _ in goals]
        if self.earlier is not None and "kept" not in measures:
            goals.append(("kept", "none"))
        if self.policy["quality"]["second_read_share"] and "second_reads" not in measures:
            goals.insert(len(goals) - (goals[-1:] == [("kept", "none")]), ("second_reads", "none"))
        return goals

    @property
    def tiers(self) -> list[tuple[str, int | None]]:
        """One (measure, level) a tier: a goal by priority has one for every priority of a case."""
        classes = sorted({int(case["priority"]) for case in self.tables["cases"]})
        return [
            (measure, level)
            for measure, by in self.goals
            for level in (classes if by == "priority" else [None])
        ]
