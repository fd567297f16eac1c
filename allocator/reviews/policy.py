"""The policy of a review programme: its calendar, what bars a pair, what is good in which order."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, field_validator, model_validator
from pydantic_core import PydanticCustomError

from allocator.reviews.checklist import DEFAULT_ITEMS
from allocator.reviews.kinds import DECIMALS, decimals

Measure = Literal[
    "scheduled",
    "days_late",
    "waited",
    "expertise",
    "workload_gap",
    "school_spread",
    "second_reads",
    "kept",
    "lottery",
]
MEASURES = get_args(Measure)
# Measures that can be told apart by priority, a tier a class.
BY_PRIORITY = ("scheduled", "days_late", "waited")
By = Literal["none", "priority"]
# A programme is weeks or months, not a career; more is a slip of the keyboard.
MOST_WEEKS = 520
# A reader goes through the checklist for every case: more items are no checklist any more.
MOST_ITEMS = 60
LONGEST_ITEM = 300


def broken(code: str, rule: str, mend: str = "", key: str = "", value: object = None) -> PydanticCustomError:
    """Return the error of a broken rule; `key` is relative to the part that raises it."""
    context = {"code": code, "rule": rule, "mend": mend, "key": key, "value": value}
    return PydanticCustomError("policy", "{rule}; {mend}" if mend else "{rule}", context)


def _exact(value: object) -> object:
    """Take an exact decimal; a float is the shortest decimal that reads back as it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise broken("policy_value", "must be a number")
    if not math.isfinite(value):
        raise broken("policy_value", "must be a finite number")
    found = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if decimals(found) > DECIMALS:
        raise broken("policy_value", f"has more than {DECIMALS} decimals, and is not rounded here")
    return found


def _day(value: object) -> object:
    """Take a date, or its ISO text; a time of day is refused."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise broken("policy_value", "is no day of the calendar", "write YYYY-MM-DD") from None
    if value is not None and (isinstance(value, dt.datetime) or not isinstance(value, dt.date)):
        raise broken("policy_value", "must be a day", "write YYYY-MM-DD without a time")
    return value


def _monday(value: object) -> object:
    """Take a date that is a Monday: weeks are named by it."""
    day = _day(value)
    if isinstance(day, dt.date) and day.weekday() != 0:
        monday = day - dt.timedelta(days=day.weekday())
        raise broken("policy_monday", "is no Monday", f"is the week of {monday} meant?")
    if isinstance(day, dt.date) and not 1900 <= day.year <= 2199:
        raise broken("policy_value", "is not of this century or near it", "check the year")
    return day


def _item(value: object) -> object:
    """Take one line of text; blanks around it are trimmed."""
    if not isinstance(value, str):
        raise broken("policy_value", "must be text in quotes")
    text = value.strip()
    if not text:
        raise broken("policy_value", "must not be empty")
    if not text.isprintable():
        raise broken("policy_value", "must be one line of plain text")
    return text


Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Exactly = Annotated[Decimal, BeforeValidator(_exact)]
Monday = Annotated[dt.date, BeforeValidator(_monday)]
Item = Annotated[str, BeforeValidator(_item), Field(max_length=LONGEST_ITEM)]


class _Part(BaseModel):
    """A frozen part of the policy; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Heading(_Part):
    """The programme's name, its weeks, and the hours that work takes."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    start: Monday
    weeks: Annotated[Whole, Field(ge=1, le=MOST_WEEKS)] = 12
    hours_per_day: Annotated[Exactly, Field(gt=0, le=24)] = Decimal(6)
    closed_weeks: tuple[Monday, ...] = ()
    handling_hours: Annotated[Exactly, Field(ge=0, le=168)] = Decimal(0)
    signoff_hours: Annotated[Exactly, Field(ge=0, le=168)] = Decimal(0)
    as_of: Monday | None = None

    @property
    def last(self) -> dt.date:
        """The Monday of the last week."""
        return self.start + dt.timedelta(weeks=self.weeks - 1)


class Conflicts(_Part):
    """Which rules beside the declared conflicts bar a pair."""

    same_school: Flag = True
    same_trust: Flag = True


class Lottery(_Part):
    """The published seed of the tie-break lottery, with the commitment made to it, if any."""

    seed: Annotated[str, Field(min_length=1)]
    commitment: str | None = None

    @model_validator(mode="after")
    def _keeps_its_commitment(self) -> Self:
        if self.commitment is None:
            return self
        if re.fullmatch(r"sha256:[0-9a-fA-F]{64}", self.commitment) is None:
            rule = 'is not "sha256:" and 64 hex digits'
            raise broken("commitment", rule, "", "commitment", self.commitment)
        digest = hashlib.sha256(self.seed.encode("utf-8")).hexdigest()
        if self.commitment.removeprefix("sha256:").lower() != digest:
            mend = "the seed is not the one that was committed to: give that one"
            raise broken("commitment", "is not the digest of the seed", mend, "commitment", self.commitment)
        return self


class Quality(_Part):
    """The part of the cases that a second reader reads too, and what a reader goes through."""

    second_read_share: Annotated[Exactly, Field(ge=0, le=1)] = Decimal(0)
    checklist: Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)] = DEFAULT_ITEMS

    @field_validator("checklist")
    @classmethod
    def _each_once(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        for place, item in enumerate(items):
            if item in items[:place]:
                raise broken("checklist_twice", "names an item twice", "ask for it once", value=item)
        return items


class Privacy(_Part):
    """What the reading packs leave out."""

    hide_school: Flag = False


class Goal(_Part):
    """One line of the policy: a measure, told apart by priority or not."""

    measure: Measure
    by: By = "none"

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if self.by == "priority" and self.measure not in BY_PRIORITY:
            rule = f"the measure {self.measure} is not told apart by priority"
            raise broken("policy_by", rule, "leave `by` out", "by", self.by)
        return self


DEFAULT_GOALS = (
    Goal(measure="scheduled", by="priority"),
    Goal(measure="days_late", by="priority"),
    Goal(measure="expertise"),
    Goal(measure="workload_gap"),
    Goal(measure="school_spread"),
    Goal(measure="lottery"),
)


def goal_rules(goals: Mapping[int, Goal]) -> list[Mapping[str, Any]]:
    """Return every rule that the goals break together, as the context of an error.

    Parameters
    ----------
    goals : mapping of number to Goal
        As written, numbered from 1.
    """
    found: list[Mapping[str, Any]] = []
    first: dict[Goal, int] = {}
    for number, goal in goals.items():
        key = f"goal[{number}]"
        same = first.setdefault(goal, number)
        if same != number:
            rule = f"is goal {same} once more"
            found.append(broken("goal_twice", rule, "a goal counts once", key, goal.measure).context or {})
        elif goal.measure == "lottery" and number < max(goals):
            rule, mend = "stands before other goals", "nothing is left to decide after it: put it last"
            found.append(broken("lottery_last", rule, mend, f"{key}.measure", "lottery").context or {})
    return found


class Policy(_Part):
    """A programme's whole policy; goals are in strict order and end with the lottery."""

    programme: Heading
    conflicts: Conflicts = Conflicts()
    lottery: Lottery
    quality: Quality = Quality()
    privacy: Privacy = Privacy()
    goals: tuple[Goal, ...] = DEFAULT_GOALS

    @model_validator(mode="after")
    def _goals_agree(self) -> Self:
        for context in goal_rules(dict(enumerate(self.goals, start=1))):
            raise PydanticCustomError("policy", "{key}: {rule}", dict(context))
        return self

    @field_validator("goals")
    @classmethod
    def _end_with_the_lottery(cls, goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
        lottery = Goal(measure="lottery")
        return goals if lottery in goals else (*goals, lottery)

    def with_kept(self) -> Policy:
        """Return the policy with `kept`: just before the lottery, where no goal is so already."""
        if any(goal.measure == "kept" for goal in self.goals):
            return self
        goals = (*self.goals[:-1], Goal(measure="kept"), self.goals[-1])
        return self.model_copy(update={"goals": goals})
