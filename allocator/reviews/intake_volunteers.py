"""The volunteers of a programme, and the hours of volunteers and officers: rules across their rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.reviews.intake_cases import once
from allocator.reviews.policy import Heading
from allocator.reviews.programme import Programme
from allocator.reviews.weeks import hours_offered, open_weeks, week_index
from allocator.tables.findings import Findings
from allocator.tables.keys import check_case, check_known, check_once, positions
from allocator.tables.kinds import as_bools
from allocator.tables.table import Bools, Table


def check_volunteers(table: Table) -> Table:
    """Judge the volunteers together; return them once each."""
    check_case(table, "volunteer_id")
    wrong = table.sound("first_week", "last_week") & (table.values["first_week"] > table.values["last_week"])
    table.say(wrong, "first_week", "weeks_order", "is after last_week", "compare it with last_week")
    capped = table.good["max_cases"] & (table.values["max_cases"] == 0)
    rule = "allows no case, so the volunteer is not used"
    table.say(capped, "max_cases", "cases_none", rule, "leave it blank for no cap", "warning")
    return table.keep(once(table, "volunteer_id"))


def check_availability(table: Table, volunteers: Table | None, heading: Heading | None) -> None:
    """Judge the weeks that volunteers have given hours of their own for.

    Parameters
    ----------
    volunteers : Table or None
        None where that table could not be read.
    heading : Heading or None
        None where the policy has a fault.
    """
    if volunteers is not None:
        known_volunteers(table, volunteers)
    rule = "the volunteer and week stand twice"
    check_once(table, ("volunteer_id", "week"), rule, "keep one row", "pair_twice")
    if heading is None:
        return
    inside, works = _in_programme(table, heading)
    _outside(table, inside)
    rule, mend = "is a closed week: nobody works, whatever is written here", "leave the row out"
    table.say(inside & ~works, "week", "week_closed", rule, mend, "warning")
    if volunteers is not None:
        who = positions(table.values["volunteer_id"], volunteers.values["volunteer_id"])
        trained = volunteers.values["trained_from"][who] if len(volunteers) else np.array(["NaT"], "M8[s]")
        early = inside & works & (who >= 0) & (table.values["week"] < trained)
        rule, mend = (
            "is before the volunteer's trained_from, and has no effect",
            "compare it with trained_from",
        )
        table.say(early, "week", "week_untrained", rule, mend, "warning")


def check_officers(table: Table, heading: Heading | None) -> None:
    """Judge the officers' weeks."""
    check_once(table, ("week",), "the week stands twice", "keep one row", "week_twice")
    if heading is None:
        return
    _outside(table, _in_programme(table, heading)[0])
    if heading.signoff_hours == 0:
        rule = "have no effect: signing off a case takes no time in the policy"
        mend = "give signoff_hours under [programme], or leave the table out"
        table.findings.add(
            table.label, "officers_idle", f"the officers' hours {rule}", mend, severity="warning"
        )


def known_volunteers(table: Table, volunteers: Table) -> None:
    """Fault ids that are no volunteer's; those of rows that could not be read are not blamed."""
    strays = pa.array(volunteers.raw.strays, type=pa.string())
    known = pa.concat_arrays([volunteers.values["volunteer_id"], strays])
    check_known(table, "volunteer_id", known, "volunteers", "volunteer_unknown")


def doubt_idle(programme: Programme, volunteers: Table) -> None:
    """Point out volunteers who offer no hours in any week: they are not used."""
    idle = programme.volunteers["volunteer_id"][hours_offered(programme).sum(axis=1) == 0]
    if not len(idle):
        return
    where = as_bools(
        pc.is_in(volunteers.values["volunteer_id"], value_set=pa.array(idle.tolist(), type=pa.string()))
    )
    rule, mend = (
        "offers no hours in any week that is worked",
        "the volunteer is not used: check the weeks and days",
    )
    volunteers.say(where, "volunteer_id", "volunteer_idle", rule, mend, "warning")


def doubt_signing_off(heading: Heading, tables: dict[str, Table], findings: Findings) -> None:
    """Point out that signing off takes time and nobody has any: no case could be scheduled."""
    if heading.signoff_hours and "officers" not in tables:
        rule = "signing off takes time, and no officer has hours: no case can be scheduled"
        mend = "give officers.csv, or leave signoff_hours out"
        findings.add(
            "reviews.toml",
            "officers_none",
            rule,
            mend,
            column="programme.signoff_hours",
            value=str(heading.signoff_hours),
            severity="warning",
        )


def _in_programme(table: Table, heading: Heading) -> tuple[Bools, Bools]:
    """Tell which rows name a week of the programme, and which a week that is worked."""
    inside = table.good["week"].copy()
    index = np.zeros(len(table), dtype=np.int64)
    index[inside] = week_index(table.values["week"][inside], heading)
    inside &= (index >= 0) & (index < heading.weeks)
    works = open_weeks(heading)[np.clip(index, 0, heading.weeks - 1)]
    return inside, works


def _outside(table: Table, inside: Bools) -> None:
    rule, mend = "is no week of the programme, and has no effect", "check the date"
    table.say(table.good["week"] & ~inside, "week", "week_outside", rule, mend, "warning")
