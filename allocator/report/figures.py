"""Headline figures of any group of children."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from allocator.report.shown import Band, Bin, Choice, Choices, Figures, Fit, Journeys, Travel
from allocator.report.words import ordinal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from allocator.placement.policy import Policy

# Widths of a bar of the journeys chart, minutes: the first whose bars cover the limits is taken.
# The last bar is open, so that one very long journey does not blur all the others.
BIN_WIDTHS = (5, 10, 15, 30, 60)
LIMIT_BINS = 20
MOST_BINS = 25
# Ranks beyond this one are shown together.
LAST_RANK = 5
# Suitability is shown in these steps, lowest value of each.
FIT_STEPS = (100, 80, 60, 40, 20, 0)
HIGHEST_SCORE = 1000


def journeys_of(rows: pd.DataFrame) -> Journeys:
    """Sum up the journeys of the children of `rows` that have a place.

    The median of an even number lies half-way between the two in the middle; the 95th percentile
    is a journey that is really made (the least that 19 in 20 do not exceed).
    """
    placed = rows[rows["has_place"]]
    minutes = placed["minutes"].dropna().astype("float64").sort_values(ignore_index=True)
    known = len(minutes)
    unknown = len(placed) - known
    if known == 0:
        return Journeys(known=0, unknown=unknown, mean=None, median=None, p95=None, longest=None)
    return Journeys(
        known=known,
        unknown=unknown,
        mean=round(math.fsum(minutes) / known, 1),
        median=round(float(minutes.median()), 1),
        p95=float(minutes.iloc[-(-95 * known // 100) - 1]),
        longest=float(minutes.iloc[-1]),
    )


def counted_columns(joined: pd.DataFrame) -> pd.DataFrame:
    """Keep the columns that the figures are made of; text of many rows is slow to cut and carry."""
    return joined[
        [
            "status",
            "need_band",
            "primary_need",
            "phase",
            "route",
            "has_place",
            "asked",
            "eligible",
            "over_number",
            "suitability",
            "preference_rank",
            "minutes",
            "annual_cost",
        ]
    ]


def figures_of(name: str, rows: pd.DataFrame) -> Figures:
    """Count what became of the children of `rows`, as joined by `join_children`."""
    placed = rows[rows["has_place"]]
    suited = placed["suitability"].dropna()
    return Figures(
        name=name,
        children=len(rows),
        placed=len(placed),
        fixed=int((rows["status"] == "fixed").sum()),
        unplaced=len(rows) - len(placed),
        eligible_nowhere=int((~rows["has_place"] & (rows["eligible"] == 0)).sum()),
        over_number=int((rows["over_number"] == "yes").sum()),
        asked=int(rows["asked"].sum()),
        first=int((placed["preference_rank"] == 1).sum()),
        suitability=round(int(suited.sum()) / len(suited), 1) if len(suited) else None,
        journeys=journeys_of(rows),
        annual_cost=int(placed["annual_cost"].fillna(0).sum()),
    )


def bands_of(policy: Policy, joined: pd.DataFrame) -> tuple[Band, ...]:
    """Count each need band, highest first, empty bands included."""
    found = []
    highest = HIGHEST_SCORE
    for band in policy.need.bands:
        rows = joined[joined["need_band"] == band.name]
        found.append(Band(lowest=band.from_, highest=highest, figures=figures_of(band.name, rows)))
        highest = band.from_ - 1
    return tuple(found)


def groups_of(
    joined: pd.DataFrame, column: str, labels: Mapping[str, str], by_size: bool = False
) -> tuple[Figures, ...]:
    """Count each value of `column` that occurs, named by its label.

    They stand in the order of `labels`, and a value without a label after them; or, `by_size`, the
    largest group first.
    """
    sizes = {str(name): int(size) for name, size in joined[column].value_counts().items()}
    names = [name for name in labels if name in sizes] + sorted(set(sizes) - set(labels))
    if by_size:
        names.sort(key=lambda name: -sizes[name])
    return tuple(figures_of(labels.get(name, name), joined[joined[column] == name]) for name in names)


def travel_of(policy: Policy, joined: pd.DataFrame) -> Travel:
    """Spread the known journeys of placed children over bins of equal width; the last one is open."""
    rows = joined[joined["has_place"] & joined["minutes"].notna()]
    limits = policy.travel.max_minutes
    width = bin_width(max(limits.primary, limits.secondary))
    at = (rows["minutes"] // width).clip(upper=MOST_BINS - 1).astype("int64")
    last = int(at.max()) if len(rows) else -1
    primary = at[rows["phase"] == "primary"].value_counts().to_dict()
    every = at.value_counts().to_dict()
    bins = [
        Bin(
            low=number * width,
            high=(number + 1) * width if number < MOST_BINS - 1 else None,
            primary=primary.get(number, 0),
            secondary=every.get(number, 0) - primary.get(number, 0),
        )
        for number in range(last + 1)
    ]
    return Travel(
        bins=tuple(bins),
        primary=journeys_of(joined[joined["phase"] == "primary"]),
        secondary=journeys_of(joined[joined["phase"] == "secondary"]),
        limit_primary=limits.primary,
        limit_secondary=limits.secondary,
        hard=policy.travel.limit == "hard",
    )


def bin_width(longest_limit: float) -> int:
    """Choose the least width, minutes, whose bars cover the limit with room to spare."""
    fitting = (width for width in BIN_WIDTHS if longest_limit <= width * LIMIT_BINS)
    return next(fitting, BIN_WIDTHS[-1])


def choices_of(joined: pd.DataFrame) -> Choices:
    """Count which of the schools they named children got; those who got none stay in the count."""
    asked = joined[joined["asked"]]
    ranks = asked.loc[asked["has_place"], "preference_rank"].dropna().astype("int64")
    shown = range(1, max(3, min(LAST_RANK, int(ranks.max()) if len(ranks) else 0)) + 1)
    rows = [
        Choice(label=f"{ordinal(rank)} choice", rank=rank, children=int((ranks == rank).sum()))
        for rank in shown
    ]
    later = int((ranks > shown[-1]).sum())
    if later:
        rows.append(Choice(label="A later choice", rank=None, children=later))
    placed = int(asked["has_place"].sum())
    rows.append(Choice(label="A school not named", rank=None, children=placed - len(ranks)))
    rows.append(Choice(label="No place", rank=None, children=len(asked) - placed))
    others = joined[~joined["asked"]]
    return Choices(
        asked=len(asked),
        rows=tuple(rows),
        not_asked_placed=int(others["has_place"].sum()),
        not_asked_unplaced=int((~others["has_place"]).sum()),
    )


def fit_of(policy: Policy, joined: pd.DataFrame) -> tuple[Fit, ...]:
    """Count the suitability of placed children in steps of 20, 100 by itself, a figure a band."""
    placed = joined[joined["has_place"] & joined["suitability"].notna()]
    found = []
    high = FIT_STEPS[0]
    for low in FIT_STEPS:
        within = placed[(placed["suitability"] >= low) & (placed["suitability"] <= high)]
        by_band = [int((within["need_band"] == name).sum()) for name in policy.band_names]
        found.append(Fit(low=low, high=high, by_band=tuple(by_band), children=len(within)))
        high = low - 1
    return tuple(found)
