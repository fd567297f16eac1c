"""What each measure counts for a child at a provision, in its own whole unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocator.placement.columns import Columns, Ints
from allocator.placement.rules import Facts, over_limit
from allocator.travel.journeys import UNKNOWN


@dataclass(frozen=True)
class Measure:
    """One measure of the policy.

    Parameters
    ----------
    name : str
        As the policy writes it.
    more_is_better : bool
    per_unit : int
        How many of the column's whole numbers make one of the measure's own units.
    unit : str
        The unit of the published value.
    of_pairs : callable
        Columns and facts of pairs to an int64 column, shape (n_pairs,).
    """

    name: str
    more_is_better: bool
    per_unit: int
    unit: str
    of_pairs: Callable[[Columns, Facts], Ints]


def placed(columns: Columns, facts: Facts) -> Ints:
    """1 for each child placed."""
    return np.ones(len(facts.child), dtype=np.int64)


def suitability(columns: Columns, facts: Facts) -> Ints:
    """Suitability, 0 to 100; a fixed pair that no rule gives a value counts 0."""
    return np.maximum(facts.suitability, 0)


def preference(columns: Columns, facts: Facts) -> Ints:
    """Rank minus one of the school got; an unranked one counts the number of ranks stated."""
    rank = columns.ranked.get(facts.child, columns.provisions.school[facts.provision], 0)
    return np.where(rank > 0, rank - 1, columns.ranks_stated[facts.child])


def travel_minutes(columns: Columns, facts: Facts) -> Ints:
    """Tenths of a minute one way; a fixed pair with an unknown journey counts 0."""
    return np.where(facts.tenths == UNKNOWN, 0, facts.tenths)


def journeys_over_limit(columns: Columns, facts: Facts) -> Ints:
    """1 for each journey longer than the child's limit."""
    return over_limit(columns, facts).astype(np.int64)


def annual_cost(columns: Columns, facts: Facts) -> Ints:
    """Whole pounds of a place for a year."""
    cost = columns.round.provisions["annual_cost"].to_numpy(dtype=np.int64)
    return np.asarray(cost[facts.provision], dtype=np.int64)


def over_number(columns: Columns, facts: Facts) -> Ints:
    """Nothing for a pair: places over number are counted by provision, not by child."""
    return np.zeros(len(facts.child), dtype=np.int64)


def waited(columns: Columns, facts: Facts) -> Ints:
    """Days from waiting_since to the round's as_of; blank counts 0."""
    as_of = np.datetime64(columns.round.policy.round.as_of, "D")
    since = columns.round.children["waiting_since"].to_numpy().astype("datetime64[D]")
    days = np.where(np.isnat(since), 0, (as_of - since).astype(np.int64))
    return np.asarray(days[facts.child], dtype=np.int64)


def kept(columns: Columns, facts: Facts) -> Ints:
    """1 where the place is that of the earlier proposal, or else where the child is on roll."""
    if columns.round.previous is not None:
        of = columns.round.previous.provision_of
        names = [of.get(child, "") for child in columns.child_ids]
    else:
        names = columns.round.children["current_provision_id"].tolist()
    at = {name: j for j, name in enumerate(columns.provision_ids)}
    present = np.array([at.get(name, -1) for name in names], dtype=np.int64)
    return np.equal(present[facts.child], facts.provision).astype(np.int64)


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("placed", True, 1, "children", placed),
        Measure("suitability", True, 1, "points", suitability),
        Measure("preference", False, 1, "ranks", preference),
        Measure("travel_minutes", False, 10, "minutes", travel_minutes),
        Measure("over_limit", False, 1, "journeys", journeys_over_limit),
        Measure("annual_cost", False, 1, "pounds", annual_cost),
        Measure("over_number", False, 1, "places", over_number),
        Measure("waited", True, 1, "days", waited),
        Measure("kept", True, 1, "children", kept),
    )
}
