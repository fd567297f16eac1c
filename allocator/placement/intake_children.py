"""The children of a round: rules across their rows, then their frame."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from allocator.placement.location import PostcodeTable, locate
from allocator.placement.models import Child
from allocator.tables.keys import check_case, check_known, codes_of, repeats, rows_text
from allocator.tables.table import Table

Bools = npt.NDArray[np.bool_]
# With fewer children than this, equal scores or scores in order are no sign of anything.
_FEW = 10
# More children than this at one point, and a twentieth of all, look like a stand-in for a home.
_CROWD = 20


def check_children(
    table: Table, provision_ids: pa.Array | None, postcodes: PostcodeTable | None, as_of: dt.date | None
) -> Table:
    """Judge the children together; return them once each, located.

    Parameters
    ----------
    table : Table
        children, judged cell by cell.
    provision_ids : Arrow text or None
        Ids of the provisions; None where that table could not be read.
    postcodes : PostcodeTable or None
        The policy's postcodes.
    as_of : date or None
        The day that waiting is counted to.
    """
    check_case(table, "child_id")
    table.values["lat"], table.values["lon"] = locate(table, postcodes)
    if provision_ids is not None:
        check_known(
            table,
            "current_provision_id",
            provision_ids,
            "provisions",
            "current_unknown",
            severity="warning",
            rule="is not a provision of this round",
        )
    _secondary(table)
    _waiting(table, as_of)
    table = table.keep(_once(table))
    _scores(table)
    _crowds(table)
    return table


def _once(table: Table) -> Bools:
    """Return the rows to keep: a child repeated word for word counts once, otherwise it is a fault."""
    first: Bools = np.ones(len(table), dtype=np.bool_)
    for group in repeats(codes_of(table.values["child_id"]), table.good["child_id"]):
        first[group[1:]] = False
        for place in group[1:]:
            differing = [
                name for name in Child.model_fields if _differ(table, name, int(group[0]), int(place))
            ]
            where = rows_text(table, np.array([group[0], place]))
            if differing:
                rule = f"stands twice ({where}) and differs in {', '.join(differing)}"
                table.say(np.array([place]), "child_id", "id_twice", rule, "keep the right row")
            else:
                rule = f"stands twice, word for word ({where})"
                table.say(np.array([place]), "child_id", "row_twice", rule, "it counts once", "warning")
    return first


def _differ(table: Table, name: str, one: int, other: int) -> bool:
    column = table.values[name]
    a, b = column[one], column[other]
    if isinstance(column, np.ndarray):
        both_missing = (a != a) and (b != b)
        return bool(a != b) and not both_missing
    return bool(a.as_py() != b.as_py())


def _secondary(table: Table) -> None:
    given = np.flatnonzero(table.given["secondary_needs"] & table.sound("secondary_needs", "primary_need"))
    if not len(given):
        return
    primary = table.values["primary_need"].take(pa.array(given)).to_pylist()
    secondary = table.values["secondary_needs"].take(pa.array(given)).to_pylist()
    again = [first in second.split(";") for first, second in zip(primary, secondary, strict=True)]
    table.say(
        given[np.array(again, dtype=np.bool_)],
        "secondary_needs",
        "need_repeated",
        "repeats the primary need",
        "it counts once",
        "warning",
    )


def _waiting(table: Table, as_of: dt.date | None) -> None:
    if as_of is None:
        return
    late = table.values["waiting_since"] > np.datetime64(as_of, "s")
    rule = f"is after {as_of.isoformat()}, the round's as_of"
    table.say(late & table.good["waiting_since"], "waiting_since", "waiting_future", rule, "check the date")


def _scores(table: Table) -> None:
    scores = table.values["need_score"]
    if len(table) < _FEW or not table.good["need_score"].all():
        return
    if (scores == scores[0]).all():
        rule, code = f"every child has the same need score, {scores[0]}", "score_same"
    elif (
        (np.abs(np.diff(scores)) == 1).all()
        and abs(int(scores[-1] - scores[0])) == len(scores) - 1
        and 1
        in (
            scores[0],
            scores[-1],
        )
    ):
        rule, code = "the need scores count 1, 2, 3 … in row order: they look like a rank", "score_rank"
    else:
        return
    table.findings.add(
        table.label,
        code,
        rule,
        "check that the right column was exported",
        column="need_score",
        severity="warning",
    )


def _crowds(table: Table) -> None:
    lat, lon = table.values["lat"], table.values["lon"]
    known = ~np.isnan(lat) & ~np.isnan(lon)
    points, counts = np.unique(np.column_stack((lat[known], lon[known])), axis=0, return_counts=True)
    crowded = counts > max(_CROWD, len(table) // 20)
    for (y, x), count in zip(points[crowded], counts[crowded], strict=True):
        table.findings.add(
            table.label,
            "same_point",
            f"{count:,} children live at one point",
            "is it a stand-in for homes that are not known?",
            column="lat",
            value=f"{y:g}, {x:g}",
            severity="warning",
        )
