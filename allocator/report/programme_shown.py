"""Everything that a review programme's report shows, as frozen models that turn into JSON.

Hours are exact decimals as text. Nothing here grows with the number of cases: long lists are
cut, and say how many more rows there are and where to find them.
"""

from __future__ import annotations

from allocator.report.shown import Goal, Listing, Lottery, Named, Part, Read, Warned


class Priority(Part):
    """What became of the cases of one priority; `hours_left` is of those in the backlog."""

    priority: int
    cases: int
    scheduled: int
    backlog: int
    hours_left: str


class Week(Part):
    """One week: what is offered and taken in it, and what is left at its end.

    `state` is "", "closed" or "past". `offered` counts volunteers whose headteacher has agreed;
    `taken` is of first readings and `second` of second ones. `read` counts first readings. `room`
    is how many cases the officers can sign off, None where that is not limited. `left_by` is the
    backlog by priority; `low` and `high` bound what is left in all in nine replays of ten.
    """

    week: str
    state: str
    offered: str
    taken: str
    second: str
    free: str
    read: int
    room: int | None
    left: int
    left_by: tuple[int, ...]
    low: int
    high: int


class Column(Part):
    """A column of a table: its head, and whether it holds figures."""

    name: str
    number: bool = False


class Grid(Part):
    """A table as text, the first cell of a row naming it.

    `total` is how many rows there are in all; `where` says where those are that are cut.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()
    total: int
    where: str = ""

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.total - len(self.rows)


class Claims(Part):
    """Which goals are proved by the files alone, claimed by an exact search, or only bounded."""

    certified: tuple[str, ...]
    claimed: tuple[str, ...]
    bounded: tuple[str, ...]


class Rate(Part):
    """When the backlog ends at a rate; "" where it never does, or nothing is left."""

    over: str
    cases_a_week: str
    hours_a_week: str
    ends_by_cases: str
    ends_by_hours: str


class Block(Part):
    """A part of the report made of sentences and tables with captions."""

    lines: tuple[str, ...]
    grids: tuple[tuple[str, Grid], ...] = ()


class ProgrammeSummary(Part):
    """Everything that the report shows of one review programme."""

    id: str
    start: str
    end: str
    as_of: str
    weeks_open: int
    allocator: str
    proven: bool
    status: str
    claims: Claims
    cases: int
    scheduled: int
    fixed: int
    backlog: int
    hours_left: str
    second_picked: int
    second_reads: int
    volunteers: int
    volunteers_used: int
    offered: str
    taken: str
    taken_second: str
    share_taken: str
    priorities: tuple[Priority, ...]
    weeks: tuple[Week, ...]
    rates: tuple[Rate, ...]
    capacity: Block
    replay: Block
    left_behind: Block
    passed_over: Block
    plan: Block
    unfilled: Block
    moves: Block
    coverage: Block
    goals: tuple[Goal, ...]
    rules: tuple[str, ...]
    lottery: Lottery
    warnings: Listing[Warned]
    folder: str
    inputs: tuple[Read, ...]
    versions: tuple[Named, ...]
    seconds: tuple[Named, ...]
    caveats: tuple[str, ...]
