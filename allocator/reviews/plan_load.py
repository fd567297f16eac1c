"""Cases that extra volunteers would have to read: their lengths, when they are ready, whose need they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.fill import best_fill


@dataclass(frozen=True)
class Load:
    """Cases for volunteers who each give the same time in every week.

    Parameters
    ----------
    size : int64, shape (n_cases,)
        Units, from 1 to `room`.
    start : int64, shape (n_cases,)
        The first week, of those that are planned, that the case may be read in; 0 to weeks − 1.
    group : int64, shape (n_cases,)
        Which needs the case belongs to, from 0.
    room : int
        Units that a volunteer gives in a week.
    weeks : int
        Weeks that are planned.
    """

    size: Ints
    start: Ints
    group: Ints
    room: int
    weeks: int

    @cached_property
    def sizes(self) -> Ints:
        """The different lengths, ascending."""
        return np.unique(self.size)

    @cached_property
    def starts(self) -> Ints:
        """The different first weeks, ascending; they cut the weeks into spans."""
        return np.unique(self.start)

    @cached_property
    def spans(self) -> Ints:
        """How many weeks lie from each first week to the next, and from the last to the end."""
        return np.diff(np.append(self.starts, self.weeks))

    @cached_property
    def demand(self) -> Ints:
        """Cases by group, length and first week; shape (n_groups, n_sizes, n_starts)."""
        groups = int(self.group.max()) + 1 if len(self.group) else 0
        found = np.zeros((groups, len(self.sizes), len(self.starts)), dtype=np.int64)
        at = np.searchsorted(self.sizes, self.size), np.searchsorted(self.starts, self.start)
        np.add.at(found, (self.group, *at), 1)
        return found

    def least_volunteers(self) -> int:
        """Return a number of volunteers that no plan goes below, by counting alone.

        For the cases of each first week and after: their weeks' work, packed as well as could be, over
        the weeks there are.
        """
        found = 0
        for k, start in enumerate(self.starts.tolist()):
            counts = self.demand[:, :, k:].sum(axis=(0, 2))
            found = max(found, -(-self._least_weeks(counts) // (self.weeks - start)))
        return found

    def _least_weeks(self, counts: Ints) -> int:
        """Return a number of weeks' rooms that no packing goes below.

        References
        ----------
        Martello, Toth (1990). Lower bounds and reduction procedures for the bin packing problem.
        Discrete Applied Mathematics 28, 59-70: the bound L2.
        """
        sizes, room = self.sizes, self.room
        # Whatever is read, a week's cases never add up to more than this.
        filled = best_fill(room, sizes.tolist(), counts.tolist())
        total = int((sizes * counts).sum())
        found = -(-total // filled) if filled else 0
        for small in [0, *sizes[2 * sizes <= room].tolist()]:
            alone = int(counts[sizes > room - small].sum())
            half = (sizes <= room - small) & (2 * sizes > room)
            rest = (2 * sizes <= room) & (sizes >= small)
            spare = int(counts[half].sum()) * room - int((sizes * counts)[half].sum())
            over = int((sizes * counts)[rest].sum()) - spare
            found = max(found, alone + int(counts[half].sum()) + max(0, -(-over // room)))
        return found
