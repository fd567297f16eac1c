"""The fewest extra volunteers, as an integer programme over what a volunteer's week can hold.

A volunteer's week holds whole cases: a pattern says how many of each length. A volunteer of any need
takes any case of the load, one of a group of needs those of the group alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from allocator.core.calendar.problem import Ints
from allocator.reviews.plan_load import Load

# More columns than these take too long; the cases are then packed first-fit, and bounded by counting.
_MOST_COLUMNS = 4_000
# With more different lengths the patterns are not even listed.
_MOST_SIZES = 60
# Branches of the search, counted rather than timed so that the answer is the same on any machine.
_MOST_NODES = 500
# A search that goes on for so long is broken off, and what it has is not called proven.
_MOST_SECONDS = 1.0


@dataclass(frozen=True)
class Solved:
    """Volunteers, what their weeks hold, and who reads the cases of each group.

    Parameters
    ----------
    volunteers : int64, shape (n_kinds,)
        Kind 0 takes any need; kind g + 1 those of group g alone, where groups were asked for.
    weeks : int64, shape (n_kinds, n_patterns, n_starts)
        How many weeks of each kind, in each span, hold each pattern.
    own : int64, shape (n_groups, n_sizes, n_starts)
        Cases that the volunteers of their own group read; the others are kind 0's.
    patterns : int64, shape (n_patterns, n_sizes)
    best : bool
        Whether the search ended: no plan has fewer of kind 0.
    """

    volunteers: Ints
    weeks: Ints
    own: Ints
    patterns: Ints
    best: bool


def fewest(load: Load) -> Solved | None:
    """Return the fewest volunteers, all of any need; None where there are too many patterns."""
    return _solve(load, 0, None)


def narrowest(load: Load, volunteers: int) -> Solved | None:
    """Return so many volunteers with as few of any need as can be; None where none are found."""
    return _solve(load, load.demand.shape[0], volunteers)


def full_weeks(room: int, sizes: Sequence[int], most: Sequence[int], limit: int) -> Ints | None:
    """Return the ways to fill a week with whole cases so that no other fits.

    Parameters
    ----------
    room : int
        Units.
    sizes : sequence of int
        Different lengths, ascending, greater than 0.
    most : sequence of int
        How many cases have each length.
    limit : int

    Returns
    -------
    int64, shape (n_patterns, n_sizes), or None
        None where there are more than `limit`, or more than 60 lengths.
    """
    if len(sizes) > _MOST_SIZES:
        return None
    found: list[list[int]] = []
    for pattern in _patterns(room, list(sizes), list(most), len(sizes) - 1):
        if len(found) == limit:
            return None
        found.append(pattern)
    return np.array(found, dtype=np.int64).reshape(len(found), len(sizes))


def _patterns(room: int, sizes: list[int], most: list[int], last: int) -> Iterator[list[int]]:
    """Give the full weeks of the lengths up to one, the longest cases first."""
    if last < 0:
        yield []
        return
    size = sizes[last]
    for number in range(min(most[last], room // size), -1, -1):
        left = room - number * size
        for fewer in _patterns(left, sizes, most, last - 1):
            # What is left over decides whether one more of this length would fit.
            spare = left - sum(n * s for n, s in zip(fewer, sizes, strict=False))
            if number == most[last] or spare < size:
                yield [*fewer, number]


def _solve(load: Load, groups: int, volunteers: int | None) -> Solved | None:
    spans, demand = len(load.starts), load.demand
    limit = _MOST_COLUMNS // ((groups + 1) * spans)
    patterns = full_weeks(load.room, load.sizes.tolist(), demand.sum(axis=(0, 2)).tolist(), limit)
    if patterns is None:
        return None
    model = _Model(load, patterns, groups)
    rows, low = model.rows(volunteers)
    upper = np.concatenate(
        [
            np.full(model.kinds, np.inf),
            np.full(model.kinds * len(patterns) * spans, np.inf),
            demand[:groups].reshape(-1),
        ]
    )
    answer = milp(
        np.eye(1, rows.shape[1]).ravel(),
        constraints=LinearConstraint(rows, low, np.inf),
        integrality=np.ones(rows.shape[1]),
        bounds=Bounds(0, upper),
        options={"mip_rel_gap": 0.0, "node_limit": _MOST_NODES, "time_limit": _MOST_SECONDS},
    )
    if answer.x is None:
        return None
    whole = np.rint(answer.x).astype(np.int64)
    # The solver reckons in doubles: its numbers are made whole, and every rule is asked again.
    if (rows.astype(np.int64) @ whole < low).any() or (whole < 0).any() or (whole > upper).any():
        return None
    at = model.kinds, model.kinds * (1 + len(patterns) * spans)
    return Solved(
        whole[: at[0]],
        whole[at[0] : at[1]].reshape(model.kinds, len(patterns), spans),
        whole[at[1] :].reshape(groups, len(load.sizes), spans),
        patterns,
        best=answer.status == 0,
    )


@dataclass(frozen=True)
class _Model:
    """The rows of the programme; columns are volunteers, weeks and own cases, in the order of `Solved`."""

    load: Load
    patterns: Ints
    groups: int

    @property
    def kinds(self) -> int:
        return self.groups + 1

    def rows(self, volunteers: int | None) -> tuple[csr_array, Ints]:
        """Return the matrix and the least value of every row."""
        spans, sizes, n_patterns = len(self.load.starts), len(self.load.sizes), len(self.patterns)
        weeks = np.arange(self.kinds * n_patterns * spans).reshape(self.kinds, n_patterns, spans) + self.kinds
        own = np.arange(self.groups * sizes * spans).reshape(self.groups, sizes, spans)
        own += self.kinds * (1 + n_patterns * spans)
        parts: list[tuple[Ints, Ints]] = []
        low: list[int] = []
        for kind in range(self.kinds):
            for span in range(spans):
                columns = np.append(weeks[kind, :, span], kind)
                parts.append((columns, np.append(np.full(n_patterns, -1), self.load.spans[span])))
                low.append(0)
                # Cases that are ready from this span on need as many places from it on.
                for size in range(sizes):
                    places = weeks[kind, :, span:].reshape(-1)
                    figures = np.repeat(self.patterns[:, size], spans - span)
                    mine = own[kind - 1 : kind, size, span:] if kind else own[:, size, span:]
                    sign = -1 if kind else 1
                    columns = np.concatenate([places, mine.reshape(-1)])
                    parts.append((columns, np.append(figures, np.full(mine.size, sign))))
                    low.append(0 if kind else int(self.load.demand[:, size, span:].sum()))
        if volunteers is not None:
            every = np.arange(self.kinds)
            parts += [(every, np.ones_like(every)), (every, -np.ones_like(every))]
            low += [volunteers, -volunteers]
        lengths = [len(columns) for columns, _ in parts]
        columns, figures = (np.concatenate(part) for part in zip(*parts, strict=True))
        shape = len(parts), self.kinds * (1 + n_patterns * spans) + self.groups * sizes * spans
        rows = np.repeat(np.arange(len(parts)), lengths)
        return csr_array((figures, (rows, columns)), shape=shape), np.array(low, dtype=np.int64)
