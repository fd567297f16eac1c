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
            candidate = whole[: LONGEST_NAME - len(mark)].rstrip(" '") + mark
        used.add(candidate.casefold())
        found[school_id] = candidate
    return found


def shorten(whole: str, least: int) -> str:
    """Cut a name to Excel's length: after a whole word where that leaves at least `least` letters."""
    if len(whole) <= LONGEST_NAME:
        return whole
    space = whole.rfind(" ", 0, LONGEST_NAME + 1)
    return whole[: space if space >= least else LONGEST_NAME].rstrip(" '")
