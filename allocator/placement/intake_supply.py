"""The schools and provisions of a round: rules across their rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.placement.location import PostcodeTable, locate
from allocator.placement.models import FIRST_YEAR, LAST_YEAR
from allocator.tables.keys import check_case, check_known, check_once
from allocator.tables.kinds import as_bools, matches
from allocator.tables.table import Table

# Kinds of school that section 38(3) of the Children and Families Act 2014 does not list as such: an
# independent school only once approved under section 41, and a pupil referral unit not at all (an
# alternative-provision academy is listed as an academy, and its row then says yes).
NOT_BY_RIGHT = ("independent_special", "alternative")
# A unique reference number has six digits.
_URN_DIGITS = 6


def check_schools(table: Table, postcodes: PostcodeTable | None) -> Table:
    """Judge the schools together; return them once each, located, with section_38 filled in."""
    check_case(table, "school_id")
    table.values["lat"], table.values["lon"] = locate(table, postcodes)
    _short_numbers(table)
    first = check_once(table, ("school_id",), "stands twice", "keep one row", "id_twice")
    by_right = ~as_bools(pc.is_in(table.values["kind"], value_set=pa.array(NOT_BY_RIGHT)))
    table.values["section_38"] = np.where(table.given["section_38"], table.values["section_38"], by_right)
    return table.keep(first)


def _short_numbers(table: Table) -> None:
    """Fault a number shorter than a URN where most of the schools have one: zeros may be lost."""
    ids = table.values["school_id"]
    digits = matches(ids, "^[0-9]+$")
    lengths = pc.utf8_length(ids).to_numpy(zero_copy_only=False)
    whole = digits & (lengths == _URN_DIGITS)
    if 2 * int(whole.sum()) <= len(table):
        return
    rule = f"has fewer than {_URN_DIGITS} digits, which the other schools have"
    table.say(digits & (lengths < _URN_DIGITS), "school_id", "id_zeros", rule, "were leading zeros lost?")


def check_provisions(table: Table, school_ids: pa.Array | None) -> Table:
    """Judge the provisions together; return them once each."""
    check_case(table, "provision_id")
    if school_ids is not None:
        check_known(table, "school_id", school_ids, "schools", "school_unknown")
    value = table.values
    _ordered(table, "held_places", "places", "held_more", "holds back more than its places")
    _ordered(table, "year_from", "year_to", "years_order", "is after year_to")
    _ordered(table, "score_from", "score_to", "scores_order", "is above score_to")
    opening = table.good["min_places"] & (value["min_places"] > 1)
    rule = "a least number of children is not built yet"
    table.say(opening, "min_places", "not_built", rule, "leave it blank, 0 or 1")
    for column in ("year_from", "year_to"):
        outside = table.good[column] & ((value[column] < FIRST_YEAR) | (value[column] > LAST_YEAR))
        rule = f"is no year group from {FIRST_YEAR} to {LAST_YEAR}"
        table.say(outside, column, "year_outside", rule, "check it", "warning")
    if len(table) and table.good["places"].all() and not (value["places"] + value["over_places"]).any():
        rule = "every provision has 0 places"
        table.findings.add(
            table.label, "places_none", rule, "check the export", column="places", severity="warning"
        )
    return table.keep(check_once(table, ("provision_id",), "stands twice", "keep one row", "id_twice"))


def _ordered(table: Table, low: str, high: str, code: str, rule: str) -> None:
    wrong = table.sound(low, high) & (table.values[low] > table.values[high])
    table.say(wrong, low, code, rule, f"compare it with {high}")
