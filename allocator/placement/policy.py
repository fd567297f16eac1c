"""The policy of a round: who counts first, what is good, what is forbidden."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, field_validator, model_validator
from pydantic_core import PydanticCustomError

# Measures that exist in the contract and are built; see MEASURES_NOT_BUILT for the others.
Measure = Literal[
    "placed",
    "suitability",
    "preference",
    "travel_minutes",
    "over_limit",
    "annual_cost",
    "over_number",
    "waited",
    "kept",
    "lottery",
]
MEASURES = get_args(Measure)
MEASURES_NOT_BUILT = ("longest_travel", "spread", "links")
By = Literal["none", "need", "band", "priority"]
# Weights are made whole numbers inside: more decimals than these would leave 64 bits.
WEIGHT_DECIMALS = 12


def broken(code: str, rule: str, mend: str = "", key: str = "", value: object = None) -> PydanticCustomError:
    """Return the error of a broken rule; `key` is relative to the part that raises it."""
    context = {"code": code, "rule": rule, "mend": mend, "key": key, "value": value}
    return PydanticCustomError("policy", "{rule}; {mend}" if mend else "{rule}", context)


def _number(value: object) -> object:
    """Take a whole or decimal number for a float, and nothing that merely can be made one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise broken("policy_value", "must be a number")
    if not math.isfinite(value):
        raise broken("policy_value", "must be a finite number")
    return float(value)


def _weight(value: object) -> object:
    """Take an exact decimal; a float is the shortest decimal that reads back as it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise broken("policy_value", "must be a number")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise broken("policy_value", "must be a finite number")
    if exact <= 0:
        what = (
            "is nought, and would weigh nothing"
            if exact == 0
            else "is negative, and would reverse the measure"
        )
        raise broken("policy_weight", what, "give a weight above 0, or leave the measure out")
    exact = exact.normalize()
    if exact > 10**9 or -int(exact.as_tuple().exponent) > WEIGHT_DECIMALS:
        raise broken("policy_weight", f"is above 1e9 or has more than {WEIGHT_DECIMALS} decimals", "round it")
    return exact


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


Whole = Annotated[int, Strict()]
Real = Annotated[float, BeforeValidator(_number)]
Weight = Annotated[Decimal, BeforeValidator(_weight)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Points = Annotated[Whole, Field(ge=0, le=100)]
Minutes = Annotated[Real, Field(ge=0, le=100_000)]


class _Part(BaseModel):
    """A frozen part of the policy; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Band(_Part):
    """A band of assessed need: scores from `from_` up to the next band's start."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    from_: Annotated[Whole, Field(alias="from", ge=0, le=1000)]


class Heading(_Part):
    """Name and date of the round."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    title: str = ""
    as_of: Day | None = None


class Need(_Part):
    """The bands, highest first; the last starts at 0."""

    bands: tuple[Band, ...] = (
        Band(name="A", from_=750),
        Band(name="B", from_=500),
        Band(name="C", from_=250),
        Band(name="D", from_=0),
    )

    @field_validator("bands")
    @classmethod
    def _in_falling_order(cls, bands: tuple[Band, ...]) -> tuple[Band, ...]:
        if not bands or bands[-1].from_ != 0:
            raise broken("policy_bands", "the last band must start from 0", "add a band from 0")
        for number, (band, below) in enumerate(itertools.pairwise(bands), start=2):
            if below.from_ >= band.from_:
                rule = f"band {below.name!r} (number {number}) does not start below band {band.name!r}"
                raise broken("policy_bands", rule, "write the bands from the highest down")
        names = [band.name for band in bands]
        for name in names:
            if names.count(name) > 1:
                raise broken("policy_bands", f"two bands are named {name!r}", "give each its own name")
        return bands


class Eligibility(_Part):
    """Which needs a provision must be designated for, and what a fit is worth (0 to 100)."""

    match: Literal["any", "primary"] = "any"
    primary_suitability: Points = 100
    unspecialised_suitability: Points = 80
    secondary_suitability: Points = 60


class MaxMinutes(_Part):
    """Longest journey one way, minutes; primary is year group 6 and below."""

    primary: Minutes = 45.0
    secondary: Minutes = 75.0


class Travel(_Part):
    """Where journeys come from and how long they may be."""

    source: Literal["straight-line", "matrix"] = "straight-line"
    speed_kmh: Annotated[Real, Field(ge=0.1, le=1_000)] = 35.0
    detour: Annotated[Real, Field(ge=0.1, le=100)] = 1.3
    max_minutes: MaxMinutes = MaxMinutes()
    limit: Literal["hard", "soft"] = "hard"
    postcodes: Annotated[str, Field(min_length=1)] | None = None


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
            rule = "is not the digest of the seed"
            mend = "the seed is not the one that was committed to: give that one"
            raise broken("commitment", rule, mend, "commitment", self.commitment)
        return self


class Goal(_Part):
    """One line of the policy: a measure, or several weighted into one; split by what."""

    measure: Measure | None = None
    by: By = "none"
    weighted: dict[Measure, Weight] | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that the goal is made of."""
        return tuple(self.weighted) if self.weighted else () if self.measure is None else (self.measure,)

    @model_validator(mode="after")
    def _is_one_goal(self) -> Self:
        if (self.measure is None) == (self.weighted is None):
            rule = "needs exactly one of measure and weighted"
            raise broken("policy_goal", rule, "write measure = … or weighted = { … }")
        if self.weighted is not None and not self.weighted:
            raise broken("policy_goal", "weighs no measure", "name at least one", "weighted")
        if self.weighted is not None and "lottery" in self.weighted:
            raise broken("policy_goal", "the lottery cannot be weighed", "leave it out", "weighted.lottery")
        if self.by == "need" and self.measure != "placed":
            raise broken("policy_by", 'by = "need" is for the measure placed alone', "", "by", self.by)
        whole = {"over_number", "lottery"} & set(self.measures)
        if self.by != "none" and whole:
            rule = f"the measure {min(whole)} is not told apart by {self.by}"
            raise broken("policy_by", rule, "leave `by` out", "by", self.by)
        return self


DEFAULT_GOALS = (
    Goal(measure="placed", by="need"),
    Goal(measure="suitability", by="band"),
    Goal(measure="preference"),
    Goal(measure="travel_minutes"),
    Goal(measure="annual_cost"),
    Goal(measure="lottery"),
)


def goal_rules(goals: Mapping[int, Goal], *, dated: bool) -> list[Mapping[str, Any]]:
    """Return every rule that the goals break together, as the context of an error.

    Parameters
    ----------
    goals : mapping of number to Goal
        As written, numbered from 1.
    dated : bool
        Whether the round has an as_of.
    """
    found: list[Mapping[str, Any]] = []
    first: dict[object, int] = {}
    for number, goal in goals.items():
        key = f"goal[{number}]"
        same = first.setdefault((goal.measure, goal.by, frozenset((goal.weighted or {}).items())), number)
        if same != number:
            rule = f"is goal {same} once more"
            found.append(broken("goal_twice", rule, "a goal counts once", key, goal.measure).context or {})
        elif goal.measure == "lottery" and number < max(goals):
            rule, mend = "stands before other goals", "nothing is left to decide after it: put it last"
            found.append(broken("lottery_last", rule, mend, f"{key}.measure", "lottery").context or {})
        if "waited" in goal.measures and not dated:
            rule, mend = "the measure waited needs a day to count to", "add as_of = YYYY-MM-DD under [round]"
            where = f"{key}.measure" if goal.measure else f"{key}.weighted.waited"
            found.append(broken("as_of_missing", rule, mend, where, "waited").context or {})
    return found


class Policy(_Part):
    """A round's whole policy; goals are in strict order and end with the lottery."""

    round: Heading
    need: Need = Need()
    eligibility: Eligibility = Eligibility()
    travel: Travel = Travel()
    lottery: Lottery
    goals: tuple[Goal, ...] = DEFAULT_GOALS

    @model_validator(mode="after")
    def _goals_agree(self) -> Self:
        for context in goal_rules(dict(enumerate(self.goals, start=1)), dated=self.round.as_of is not None):
            raise PydanticCustomError("policy", "{key}: {rule}", dict(context))
        return self

    @field_validator("goals")
    @classmethod
    def _end_with_the_lottery(cls, goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
        lottery = Goal(measure="lottery")
        return goals if lottery in goals else (*goals, lottery)

    @property
    def band_names(self) -> tuple[str, ...]:
        """Names of the bands, highest need first."""
        return tuple(band.name for band in self.need.bands)
