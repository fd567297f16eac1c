"""Names of sheets that Excel accepts, each used once."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Excel's limits: 31 characters, none of []:*?/\\, no apostrophe at either end, "History" reserved.
LONGEST_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")


def sheet_names(schools: Iterable[tuple[str, str]], taken: Iterable[str] = ()) -> dict[str, str]:
    """Name a sheet for each school: its id and as much of its name as fits.

    Parameters
    ----------
    schools : iterable of (school_id, name)
        Ids are unique.
    taken : iterable of str
        Names that other sheets of the workbook have.

    Returns
    -------
    dict of school_id to sheet name
        Legal in Excel, and unlike any other however letters are cased.
    """
    used = {"history", *(name.casefold() for name in taken)}
    found = {}
    for school_id, name in schools:
        whole = " ".join(FORBIDDEN.sub(" ", f"{school_id} {name}").split()).strip("'")
        candidate, number = shorten(whole, len(school_id)), 1
        while candidate.casefold() in used:
            number += 1
            mark = f"~{number}"
            candidate = fit(whole, LONGEST_NAME - len(mark)) + mark
        used.add(candidate.casefold())
        found[school_id] = candidate
    return found


def shorten(whole: str, least: int) -> str:
    """Cut a name to Excel's length: after a whole word where that leaves more than `least` letters."""
    cut = fit(whole, LONGEST_NAME)
    if cut == whole or whole[len(cut)] == " ":
        return cut
    space = cut.rfind(" ")
    return cut[:space].rstrip(" '") if space > least else cut


def fit(text: str, most: int) -> str:
    """Cut a text to so many UTF-16 units, as Excel counts letters, without a blank or ' at the end."""
    units = 0
    for at, letter in enumerate(text):
        units += 2 if ord(letter) > 0xFFFF else 1
        if units > most:
            return text[:at].rstrip(" '")
    return text
