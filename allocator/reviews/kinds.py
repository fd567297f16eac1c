"""Kinds of cells that review programmes alone have: exact hours, Mondays, trusts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.kinds import CellError, ColumnRead, Kind, Remark, as_bools, text_array
from allocator.tables.kinds_number import Day, Number
from allocator.tables.kinds_text import Id

# More decimals than these are a spreadsheet's rounding, never somebody's hours.
DECIMALS = 12
# What a trust_id says of a school that is known to be in no trust.
NO_TRUST = "none"


def decimals(value: Decimal) -> int:
    """Return how many decimals a finite number has, noughts at the end left out."""
    _, digits, exponent = value.as_tuple()
    written = "".join(map(str, digits))
    ending = len(written) - len(written.rstrip("0")) if value else len(written)
    return max(0, -(int(exponent) + ending)) if value else 0


@dataclass(frozen=True)
class Exact(Kind):
    """A decimal number within bounds, kept as it is written: never rounded, never made binary.

    Parameters
    ----------
    most : int
        Upper bound, included; the lower bound is 0.
    positive : bool
        Whether 0 itself is too little.
    unit : str
    """

    most: int = 168
    positive: bool = False
    unit: str = ""
    title = "number"

    def cell(self, text: str) -> Decimal:
        """Return the number, exactly."""
        Number(0.0, float(self.most), self.unit).cell(text)
        wanted = f"write a number {'above' if self.positive else 'from'} 0 to {self.most}"
        try:
            value = Decimal(text)
        except ArithmeticError:
            raise CellError("has an exponent beyond reason", wanted, "number_form") from None
        if value > self.most:
            raise CellError(f"is outside 0 to {self.most}", wanted, "number_range")
        if self.positive and value == 0:
            raise CellError("is nought", wanted, "number_range")
        if decimals(value) > DECIMALS:
            rule = f"has more than {DECIMALS} decimals, and is not rounded here"
            raise CellError(rule, f"{wanted}, with fewer decimals", "number_fine")
        return value if value else Decimal(0)

    def array(self, values: list[Any]) -> Any:
        """Return Decimals in an array of objects."""
        found = np.empty(len(values), dtype=object)
        found[:] = [Decimal(0) if value is None else value for value in values]
        return found


def is_monday(days: Any) -> Any:
    """Tell which days, datetime64, are Mondays."""
    # Day 0 of numpy's calendar, 1 January 1970, was a Thursday.
    return (np.asarray(days).astype("datetime64[D]").astype(np.int64) + 3) % 7 == 0


@dataclass(frozen=True)
class Monday(Day):
    """The Monday that a week is named by."""

    title = "Monday, YYYY-MM-DD"

    def cell(self, text: str) -> np.datetime64:
        """Return the day; one that is no Monday is a fault, and the week is not guessed."""
        day = super().cell(text)
        if not is_monday(day):
            plain = day.astype("datetime64[D]")
            monday = plain - np.timedelta64((int(plain.astype(np.int64)) + 3) % 7, "D")
            raise CellError("is no Monday", f"is the week of {monday} meant?", "date_monday")
        return day


@dataclass(frozen=True)
class Trust(Id):
    """A trust's id, or the word none for a school that is known to be in no trust."""

    title = "id of a trust, or none"

    def cell(self, text: str) -> str:
        """Return the id; the word none in small letters."""
        return NO_TRUST if text.casefold() == NO_TRUST else super().cell(text)

    def array(self, values: list[Any]) -> pa.Array:
        """Return Arrow text."""
        return text_array(values)

    def column(self, texts: pa.Array) -> ColumnRead:
        """Read a column; none is no doubtful word here."""
        read = super().column(texts)
        none = as_bools(pc.equal(pc.utf8_lower(texts), NO_TRUST))
        doubts = [Remark(d.at[~none[d.at]], d.rule, d.mend, d.code) for d in read.doubts]
        values = pc.if_else(pa.array(none), NO_TRUST, read.values)
        return ColumnRead(values, read.wrong, read.faults, [d for d in doubts if len(d.at)])
