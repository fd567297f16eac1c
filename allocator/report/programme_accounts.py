"""The accounts of a schedule that page and workbook show, each made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allocator.reviews.backlog import Backlog, backlog
from allocator.reviews.build import build
from allocator.reviews.capacity import Capacity, capacity
from allocator.reviews.coverage import Coverage, coverage
from allocator.reviews.left_behind import LeftBehind, left_behind
from allocator.reviews.plan import Plan, plan
from allocator.reviews.replay import Replay, replay

if TYPE_CHECKING:
    from allocator.reviews.schedule import ScheduleResult

# So many of the cases passed over are named, of each way.
MOST_NAMED = 10


@dataclass(frozen=True)
class Accounts:
    """What a programme can do, and what a schedule of it does and leaves.

    Parameters
    ----------
    capacity : Capacity
    backlog : Backlog
    left_behind : LeftBehind
    plan : Plan
    coverage : Coverage
    replays : tuple of Replay
        One a chance of dropping out; the first is the one to read.
    """

    capacity: Capacity
    backlog: Backlog
    left_behind: LeftBehind
    plan: Plan
    coverage: Coverage
    replays: tuple[Replay, ...]


def accounts_of(result: ScheduleResult) -> Accounts:
    """Make every account of a result; the same result gives the same."""
    programme, schedule = result.programme, result.schedule
    built = build(programme)
    return Accounts(
        capacity=capacity(programme, built),
        backlog=backlog(programme, schedule, built),
        left_behind=left_behind(programme, schedule, built, MOST_NAMED),
        plan=plan(programme, schedule),
        coverage=coverage(programme),
        replays=replay(programme, schedule),
    )
