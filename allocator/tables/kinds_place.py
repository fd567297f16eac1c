"""Kinds of places on the map: degrees within the United Kingdom, postcodes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from allocator.tables.kinds import CellError, Kind, text_array
from allocator.tables.kinds_number import Number

# Outward code, then digit and two letters; the letters that the Post Office leaves out are not told apart.
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})\Z", re.ASCII)


@dataclass(frozen=True)
class Degrees(Number):
    """Degrees of latitude or longitude (WGS84), within a box about the United Kingdom.

    Parameters
    ----------
    other : tuple of float
        Bounds of the other coordinate, to tell a swap.
    """

    other: tuple[float, float] = (0.0, 0.0)
    title = "decimal degrees"

    def range_mend(self, value: float, wanted: str) -> str:
        """Say what a figure outside the box is likely to be."""
        if value == 0.0:
            return "0 stands for a missing coordinate in some files: give the real one"
        if self.other[0] <= value <= self.other[1]:
            return "are latitude and longitude swapped?"
        if abs(value) > 1000:
            return "a British National Grid figure belongs in the columns easting and northing"
        return f"write {wanted}"


@dataclass(frozen=True)
class Postcode(Kind):
    """A full postcode, written with or without its space, in either case."""

    title = "postcode"

    def cell(self, text: str) -> str:
        """Return the postcode in capitals with one space before its last three characters."""
        parts = _POSTCODE.match(" ".join(text.upper().split()))
        if parts is None:
            raise CellError("is not a full postcode", "write it like ME14 1XX", "postcode_form")
        return f"{parts[1]} {parts[2]}"

    def array(self, values: list[Any]) -> pa.Array:
        """Return Arrow text."""
        return text_array(values)
