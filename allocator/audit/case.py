"""A round beside what was really done in it, as plain arrays over the round's own indices.

Everything that the audit counts is counted from here. Children whose place the authority did not
choose, by an order, by a parent's right or by a ruling, stand apart with the places they hold; so
does a row that the round's own rules call impossible.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.placement.columns import Bools, Columns, Ints
from allocator.placement.rules import Facts

ROUTES = ("order", "parental_request", "authority")
ORDER, PARENTAL_REQUEST, AUTHORITY = range(3)


@dataclass(frozen=True)
class AuditCase:
    """A round, its actual allocation, and who of it is judged.

    Parameters
    ----------
    columns : Columns
        The round; children, provisions and schools in its order.
    pairs : Facts
        Every pair that is eligible by the round's rules, sorted by child, then provision; whatever
        the route.
    actual : int64, shape (n_children,)
        Provision that each child was really given, -1 for none.
    route : int64, shape (n_children,)
        Index into `ROUTES`.
    decided_on : datetime64[D], shape (n_children,)
        NaT where not given.
    level : int64, shape (n_children,)
        Need level by the policy's goal of `placed`: 0 the least, higher is greater need. Children
        of one score, band or class (as the goal has it) are on one level.
    fixed : bool, shape (n_children,)
        A ruling places the child, whatever the route.
    unlike : bool, shape (n_children,)
        The row names a place that the child is not eligible for, and no ruling gives it.
    ordinary : int64, shape (n_provisions,)
        The larger of places less those held back, and places really used.
    room : int64, shape (n_provisions,)
        What of it is left to the judged children: less the places of all others.
    group_room : int64, shape (n_schools,)
        What a school's total leaves to judged children; -1 for no bound.
    """

    columns: Columns
    pairs: Facts
    actual: Ints
    route: Ints
    decided_on: np.ndarray
    level: Ints
    fixed: Bools
    unlike: Bools
    ordinary: Ints
    room: Ints
    group_room: Ints

    @cached_property
    def judged(self) -> Bools:
        """Who is under the authority's own discretion and counted; shape (n_children,).

        Route authority, no ruling that places, no row of unlike data. A child without an eligible
        place is judged too, and can neither be passed over nor moved.
        """
        return np.asarray((self.route == AUTHORITY) & ~self.fixed & ~self.unlike)

    @cached_property
    def first_pair(self) -> Ints:
        """Index into `pairs` of each child's first; shape (n_children + 1,)."""
        return np.searchsorted(self.pairs.child, np.arange(len(self.actual) + 1)).astype(np.int64)

    @cached_property
    def at_risk(self) -> Bools:
        """Who is judged and has an eligible provision; shape (n_children,)."""
        return np.asarray(self.judged & (np.diff(self.first_pair) > 0))

    @property
    def child_ids(self) -> list[str]:
        """Ids in the order of the children."""
        return self.columns.child_ids
