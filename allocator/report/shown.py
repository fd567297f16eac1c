"""Everything that the report shows, as frozen models that turn into JSON.

Nothing here holds a table of children: lists that could grow with the round are cut, and say
how many more there are and where to find them.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Row = TypeVar("Row")


class Part(BaseModel):
    """A frozen part of the summary; nothing unforeseen may be put into it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listing(Part, Generic[Row]):
    """The first rows of a list, how many it has in all, and where the others are."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    where: str = ""

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.total - len(self.rows)


class Journeys(Part):
    """Journeys of placed children, minutes one way; figures are None where no journey is known.

    `p95` is the shortest journey that at least 19 in 20 do not exceed.
    """

    known: int
    unknown: int
    mean: float | None
    median: float | None
    p95: float | None
    longest: float | None


class Figures(Part):
    """What became of a group of children.

    `placed` includes `fixed`; `placed + unplaced == children`. `eligible_nowhere` are children
    without a place that no provision of the round may take. `asked` named at least one school;
    of those `first` got the school they ranked first. `annual_cost` is in whole pounds.
    """

    name: str
    children: int
    placed: int
    fixed: int
    unplaced: int
    eligible_nowhere: int
    over_number: int
    asked: int
    first: int
    suitability: float | None
    journeys: Journeys
    annual_cost: int


class Band(Part):
    """A band of assessed need: its lowest and highest score, and what became of its children."""

    lowest: int
    highest: int
    figures: Figures


class Bin(Part):
    """Journeys of at least `low` and less than `high` minutes (None: no end), by phase."""

    low: int
    high: int | None
    primary: int
    secondary: int


class Travel(Part):
    """How journeys are spread, with the limits (minutes) and whether they bind."""

    bins: tuple[Bin, ...]
    primary: Journeys
    secondary: Journeys
    limit_primary: float
    limit_secondary: float
    hard: bool


class Choice(Part):
    """How many children who named a school got what; `rank` is None for no rank."""

    label: str
    rank: int | None
    children: int


class Choices(Part):
    """What became of preferences: children who named a school, and those who named none."""

    asked: int
    rows: tuple[Choice, ...]
    not_asked_placed: int
    not_asked_unplaced: int


class Fit(Part):
    """How many placed children have a suitability from `low` to `high`, a figure a band."""

    low: int
    high: int
    by_band: tuple[int, ...]
    children: int


class Places(Part):
    """Places of one school or provision.

    `filled` is children within number, `over` children above it, `free` places left, `held` places
    kept back, `over_allowed` how far over number it may go. `filled + over` is its children.
    """

    school_id: str
    school: str
    provision_id: str
    takes: str
    places: int
    held: int
    filled: int
    over: int
    free: int
    over_allowed: int
    fixed: int
    annual_cost: int

    @property
    def children(self) -> int:
        """Children placed here."""
        return self.filled + self.over


class Asked(Part):
    """A school that the family asked for, why the child is not there, and the ground in law."""

    rank: int
    school_id: str
    school: str
    why: str
    ground: str


class Unplaced(Part):
    """A child without a place. `eligible` counts the provisions that could take the child."""

    child_id: str
    need_score: int
    need_band: str
    year_group: int
    primary_need: str
    decide_by: str
    route: str
    eligible: int
    reason: str
    asked: tuple[Asked, ...]


class Placed(Part):
    """A child with a place."""

    child_id: str
    need_score: int
    need_band: str
    school_id: str
    school: str
    provision_id: str
    fixed: bool
    over_number: bool
    suitability: int | None
    preference_rank: int | None
    minutes: float | None
    reason: str


class Tier(Part):
    """One tier of a goal: its value, and in words how far it is proved."""

    level: str
    value: str
    proven: bool
    claim: str


class Level(Part):
    """Children with need scores from `lowest` to `highest`, and how many of them have a place."""

    highest: int
    lowest: int
    children: int
    placed: int


class Goal(Part):
    """A goal of the policy, in one sentence, with its tiers in order."""

    sentence: str
    tiers: tuple[Tier, ...]
    levels: tuple[Level, ...] = ()


class Lottery(Part):
    """The lottery that breaks the last ties."""

    seed: str
    commitment: str
    sentence: str


class Ruling(Part):
    """A ruling and whether the proposal keeps it."""

    child_id: str
    provision_id: str
    action: str
    authority: str
    reason: str
    kept: bool


class RulingCount(Part):
    """Rulings of one kind by one authority."""

    action: str
    authority: str
    rulings: int
    kept: int


class Earlier(Part):
    """The proposal beside the earlier one that it was told to keep to."""

    had_place: int
    kept: int
    moved: int
    lost: int
    gained: int


class Warned(Part):
    """A warning about the input: where, what, and what to do."""

    where: str
    rule: str
    mend: str


class Read(Part):
    """A file that was read, with the digest of its bytes."""

    name: str
    sha256: str


class Named(Part):
    """A figure or text with a name."""

    name: str
    value: str


class Summary(Part):
    """Everything that the report shows of one round."""

    id: str
    title: str
    as_of: str
    allocator: str
    proven: bool
    status: str
    tiers_proven: int
    tiers: int
    total: Figures
    bands: tuple[Band, ...]
    by_need: tuple[Figures, ...]
    by_phase: tuple[Figures, ...]
    by_route: tuple[Figures, ...]
    asked_but_full: int
    dated: int
    first_date: str
    schools: Listing[Places]
    provisions: Listing[Places]
    capacity: Places
    travel: Travel
    choices: Choices
    fit: tuple[Fit, ...]
    goals: tuple[Goal, ...]
    rules: tuple[str, ...]
    lottery: Lottery
    ruling_counts: tuple[RulingCount, ...]
    rulings: Listing[Ruling]
    earlier: Earlier | None
    unplaced: Listing[Unplaced]
    placed: Listing[Placed]
    warnings: Listing[Warned]
    folder: str
    inputs: tuple[Read, ...]
    versions: tuple[Named, ...]
    seconds: tuple[Named, ...]
    caveats: tuple[str, ...]
