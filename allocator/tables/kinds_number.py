"""Kinds of figures: whole numbers, decimal numbers, days."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.kinds import CellError, ColumnRead, Kind, Remark, matches

# No count, score or sum of money in a round is larger; more is a slip of the keyboard.
LARGEST = 2_147_483_647
_WHOLE = re.compile(r"-?[0-9]+(\.0*)?\Z", re.ASCII)
_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\Z", re.ASCII)
_ORDINARY_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,20})?$"
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z", re.ASCII)


def _odd_number(text: str, wanted: str) -> CellError:
    """Say why a text is no number, without guessing at what it means."""
    mend = f"write {wanted}, with digits 0-9"
    if any(character.isnumeric() and not character.isascii() for character in text):
        return CellError("has digits other than 0-9", mend, "number_digits")
    if text.casefold().lstrip("+-") in {"inf", "infinity", "nan"}:
        return CellError("is not a finite number", mend, "number_infinite")
    if re.search(r"[£$€%]", text):
        return CellError("has a currency or per cent sign", mend + " alone", "number_sign")
    if re.fullmatch(r"-?[0-9]{1,3}([ ,'\u00a0\u202f][0-9]{3})+(\.[0-9]+)?", text):
        return CellError("has a separator between thousands", mend + " and no separator", "number_locale")
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        return CellError("has a decimal comma", mend + " and a decimal point", "number_locale")
    return CellError("is not a number", mend, "number_form")


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number within bounds, both ends included."""

    least: int = 0
    most: int = LARGEST
    unit: str = ""
    title = "whole number"

    def cell(self, text: str) -> int:
        """Return the number; ``3.0`` is 3, ``3.5`` and ``3e0`` are faults."""
        wanted = f"a whole number from {self.least} to {self.most}"
        if _WHOLE.match(text) is None:
            if _NUMBER.match(text) is not None:
                raise CellError("is not a whole number", f"write {wanted}", "number_whole")
            raise _odd_number(text, wanted)
        digits = text.split(".")[0]
        # Past 20 digits it is out of bounds whatever it is, and huge texts cost time to convert.
        value = int(digits) if len(digits) <= 20 else self.most + 1
        if value == 0 and text[0] == "-":
            raise CellError("is minus nought", "write 0", "number_minus_nought")
        if not self.least <= value <= self.most:
            raise CellError(f"is outside {self.least} to {self.most}", f"write {wanted}", "number_range")
        return value

    def array(self, values: list[Any]) -> Any:
        """Return int64."""
        return np.array([0 if value is None else value for value in values], dtype=np.int64)


@dataclass(frozen=True)
class Number(Kind):
    """A finite decimal number within bounds, both ends included."""

    least: float = 0.0
    most: float = float(LARGEST)
    unit: str = ""
    title = "number"

    def cell(self, text: str) -> float:
        """Return the nearest double."""
        wanted = f"a number from {self.least:g} to {self.most:,.15g}".replace(",", "")
        if _NUMBER.match(text) is None:
            raise _odd_number(text, wanted)
        value = float(text)
        if not math.isfinite(value):
            raise CellError("is not a finite number", f"write {wanted}", "number_infinite")
        if value == 0.0 and text[0] == "-" and self.least >= 0:
            raise CellError("is minus nought", "write 0", "number_minus_nought")
        if not self.least <= value <= self.most:
            rule = f"is outside {self.least:g} to {self.most:.15g}"
            raise CellError(rule, self.range_mend(value, wanted), "number_range")
        return value + 0.0

    def range_mend(self, value: float, wanted: str) -> str:
        """Say what to do about a figure out of bounds."""
        return f"write {wanted}"

    def array(self, values: list[Any]) -> Any:
        """Return float64."""
        return np.array([math.nan if value is None else value for value in values], dtype=np.float64)

    def column(self, texts: pa.Array) -> ColumnRead:
        """Read a column; plain decimals within bounds go by one cast, the rest cell by cell."""
        plain = matches(texts, _ORDINARY_NUMBER)
        values = pc.cast(pc.if_else(pa.array(plain), texts, "0"), pa.float64()).to_numpy(zero_copy_only=False)
        values = values + 0.0
        fits = (values >= self.least) & (values <= self.most)
        minus = (values == 0.0) & matches(texts, "^-")
        odd = np.flatnonzero(~plain | ~fits | minus)
        wrong = np.zeros(len(texts), dtype=np.bool_)
        if not len(odd):
            return ColumnRead(values, wrong, [], [])
        slow = Kind.column(self, texts.take(pa.array(odd)))
        values[odd], wrong[odd] = slow.values, slow.wrong
        faults = [Remark(odd[r.at], r.rule, r.mend, r.code) for r in slow.faults]
        return ColumnRead(values, wrong, faults, [])


@dataclass(frozen=True)
class Day(Kind):
    """A day, as ISO text: YYYY-MM-DD."""

    title = "date, YYYY-MM-DD"

    def cell(self, text: str) -> np.datetime64:
        """Return the day; nothing but YYYY-MM-DD is read, and nothing is converted."""
        parts = _ISO_DAY.match(text)
        if parts is None:
            raise _odd_day(text)
        try:
            day = dt.date(*(int(part) for part in parts.groups()))
        except ValueError:
            raise CellError(
                "is no day of the calendar", "write a real day as YYYY-MM-DD", "date_none"
            ) from None
        if not 1900 <= day.year <= 2199:
            raise CellError("is not of this century or near it", "check the year", "date_range")
        return np.datetime64(day, "s")

    def array(self, values: list[Any]) -> Any:
        """Return datetime64[s]; None is NaT."""
        return np.array(
            [np.datetime64("NaT") if value is None else value for value in values], dtype="datetime64[s]"
        )


def _odd_day(text: str) -> CellError:
    mend = "write YYYY-MM-DD"
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", text):
        return CellError("has a time of day", f"{mend}, the day alone", "date_time")
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text):
        return CellError("is a bare number, perhaps a spreadsheet's day count", mend, "date_serial")
    slashed = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2,4})", text)
    if slashed is None:
        return CellError("is not a date", mend, "date_form")
    if len(slashed[3]) != 4:
        return CellError("has a year of two digits", mend, "date_form")
    if int(slashed[2]) > 12:
        return CellError(f"has a month {slashed[2]}: is it in US order?", mend, "date_form")
    return CellError("could be read in two orders", mend, "date_form")
