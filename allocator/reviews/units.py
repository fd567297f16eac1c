"""The unit of time of a programme: the longest that divides every hour given, so that none is rounded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from allocator.reviews.policy import Heading
from allocator.tables.findings import Findings
from allocator.tables.table import Table

# All the hours of a programme together, in units, stay below this: doubles hold such sums exactly, and a
# thousand times as much (what the workload gap compares) still fits a 64-bit integer.
MOST_UNITS = 2**53
# Tables and columns that hold hours as they are.
_HOURS = (("cases", "hours"), ("officers", "hours"), ("availability", "hours"))


def common_unit(
    heading: Heading, tables: Mapping[str, Table], spent: Iterable[Decimal], findings: Findings
) -> int:
    """Return the least number of units in an hour that makes every figure of a programme whole.

    Parameters
    ----------
    heading : Heading
    tables : mapping of str to Table
        Judged, without a fault.
    spent : iterable of Decimal
        Hours of an earlier schedule.
    findings : Findings
        Receives a fault where the hours together leave exact arithmetic.
    """
    groups: dict[tuple[str, str], set[Fraction]] = {
        ("", "programme.handling_hours"): {Fraction(heading.handling_hours), Fraction(heading.signoff_hours)},
        ("previous", "hours"): {Fraction(hours) for hours in set(spent)},
    }
    for name, column in _HOURS:
        if name in tables:
            groups[name, column] = {Fraction(hours) for hours in set(tables[name].values[column])}
    if "volunteers" in tables:
        days = set(tables["volunteers"].values["days_per_week"])
        groups["volunteers", "days_per_week"] = {
            Fraction(day) * Fraction(heading.hours_per_day) for day in days
        }
    units = math.lcm(*(figure.denominator for figures in groups.values() for figure in figures))
    if units * _all_hours(heading, tables) >= MOST_UNITS:
        finest = max(groups, key=lambda key: max((f.denominator for f in groups[key]), default=1))
        _say_fine(finest, units, tables, findings)
    return units


def _all_hours(heading: Heading, tables: Mapping[str, Table]) -> Fraction:
    """Return no less than any sum of hours that a schedule can come to."""
    total = Fraction(0)
    for name, column in _HOURS:
        if name in tables:
            total += Fraction(sum(tables[name].values[column], Decimal(0)))
    if "volunteers" in tables:
        total += len(tables["volunteers"]) * heading.weeks * Fraction(heading.hours_per_day)
    every = Fraction(heading.handling_hours) + Fraction(heading.signoff_hours)
    # Twice, for a case may be read a second time.
    return 2 * (total + every * (len(tables["cases"]) if "cases" in tables else 0))


def _say_fine(finest: tuple[str, str], units: int, tables: Mapping[str, Table], findings: Findings) -> None:
    name, column = finest
    elsewhere = "schedule.csv of the earlier result" if name == "previous" else "reviews.toml"
    label = tables[name].label if name in tables else elsewhere
    rule = f"the hours need a unit of 1/{units} hour, and their sum would leave exact arithmetic"
    findings.add(label, "hours_fine", rule, "write these figures with fewer decimals", column=column)


def in_units(hours: Iterable[Decimal], units: int, by: Decimal = Decimal(1)) -> npt.NDArray[np.int64]:
    """Return hours, times `by`, as whole numbers of units; shape (n,).

    Parameters
    ----------
    hours : iterable of Decimal
    units : int
        Units in an hour, such that every product is whole.
    by : Decimal, default 1
        Hours in a day, where days are given.
    """
    known: dict[Decimal, int] = {}

    def whole(value: Any) -> int:
        if value not in known:
            scaled = Fraction(value) * Fraction(by) * units
            if scaled.denominator != 1:
                raise ValueError(f"{value} × {by} hours are no whole number of 1/{units} hour")
            known[value] = scaled.numerator
        return known[value]

    return np.array([whole(value) for value in hours], dtype=np.int64)
