"""The cases of a programme: rules across their rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from allocator.reviews.policy import Heading
from allocator.reviews.weeks import ready_weeks
from allocator.tables.keys import check_case, codes_of, repeats, rows_text
from allocator.tables.table import Table

Bools = npt.NDArray[np.bool_]


def check_cases(table: Table, heading: Heading | None) -> Table:
    """Judge the cases together; return them once each.

    Parameters
    ----------
    table : Table
        cases, judged cell by cell.
    heading : Heading or None
        The programme's weeks; None where the policy has a fault.
    """
    check_case(table, "case_id")
    table = table.keep(once(table, "case_id"))
    check_trusts(table)
    if heading is not None:
        late = table.good["ready_from"] & table.given["ready_from"]
        late &= ready_weeks(table.values["ready_from"], heading) >= heading.weeks
        rule, mend = "is after the programme's last week", "the case stays in the backlog: check the date"
        table.say(late, "ready_from", "ready_after", rule, mend, "warning")
    return table


def once(table: Table, key: str) -> Bools:
    """Return the rows to keep: a row repeated word for word counts once, otherwise it is a fault."""
    first: Bools = np.ones(len(table), dtype=np.bool_)
    for group in repeats(codes_of(table.values[key]), table.good[key]):
        first[group[1:]] = False
        for place in group[1:]:
            one, other = int(group[0]), int(place)
            differing = [name for name in table.values if _differ(table, name, one, other)]
            where = rows_text(table, np.array([one, other]))
            if differing:
                rule = f"stands twice ({where}) and differs in {', '.join(differing)}"
                table.say(np.array([place]), key, "id_twice", rule, "keep the right row")
            else:
                rule = f"stands twice, word for word ({where})"
                table.say(np.array([place]), key, "row_twice", rule, "it counts once", "warning")
    return first


def _differ(table: Table, name: str, one: int, other: int) -> bool:
    column = table.values[name]
    a, b = column[one], column[other]
    if isinstance(column, np.ndarray):
        return bool(a != b) and not bool((a != a) and (b != b))
    return bool(a.as_py() != b.as_py())


def check_trusts(table: Table) -> None:
    """Fault every row whose trust is not the one that an earlier row gives the same school."""
    among = np.flatnonzero(table.sound("school_id", "trust_id") & table.given["trust_id"])
    school = codes_of(table.values["school_id"])[among]
    trust = codes_of(table.values["trust_id"])[among]
    _, first, back = np.unique(school, return_index=True, return_inverse=True)
    for place in np.flatnonzero(trust != trust[first[back]]):
        row, earlier = int(among[place]), int(among[first[back[place]]])
        stands = f"{table.text('trust_id', earlier)} in row {int(table.raw.rows[earlier])}"
        rule = f"the school {table.text('school_id', row)} has another trust, {stands}"
        table.say(np.array([row]), "trust_id", "trust_two", rule, "give the school one trust")
