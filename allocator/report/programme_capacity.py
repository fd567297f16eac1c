"""The arithmetic of a programme before anything is solved, as the page and the workbook show it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.report.programme_grids import count, figures, grid, hours, words
from allocator.report.programme_shown import Block
from allocator.report.words import day, one_or_more
from allocator.reviews.capacity_parts import UNFILLED

if TYPE_CHECKING:
    from allocator.report.programme_shown import Grid
    from allocator.reviews.capacity import Capacity

Line = tuple[str, Fraction | None, int | None, str]


def capacity_lines(told: Capacity) -> list[Line]:
    """Return the lines of the table of capacity: name, hours, cases, and what it says."""
    total, extra = told.total, told.extra_day
    lines: list[Line] = [
        ("Hours promised", total.promised, None, "what volunteers and their weeks add up to"),
        ("− closed weeks", total.closed, None, "nobody works then"),
        ("− before training", total.untrained, None, ""),
        ("− no headteacher’s agreement", total.not_agreed, None, "never given a case"),
        ("− weeks that are past", total.past, None, "as they were"),
        ("− kept for second readings", total.committed, None, "fixed by the earlier schedule"),
        ("= Hours offered", total.offered, None, "that cases may be put into"),
        ("− hours that no whole case fits", told.unfilled_hours, None, "conflicts, papers and lengths"),
        ("− beyond caps on cases", told.beyond_cap, None, ""),
        ("= Most that cases can fill", told.able, None, "no schedule reads more; one may read less"),
    ]
    # A subtraction of nothing is left out.
    lines = [line for line in lines if line[1] or not line[0].startswith("−")]
    lines += [(f"Needed, priority {need.priority}", need.hours, need.cases, "") for need in told.needed]
    lines.append(("Needed in all", told.all_needed.hours, told.all_needed.cases, "with handling"))
    if told.second_reads.cases:
        second = told.second_reads
        lines.append(("Second readings wanted", second.hours, second.cases, "beside the first"))
    lines.append(("Shortfall", told.shortfall, told.shortfall_cases, "about so many cases of mean length"))
    if total.most_cases is not None:
        short = f"{one_or_more(told.officer_shortfall, 'case', 'cases')} more than that wait"
        lines.append(("Officers can sign off", None, total.most_cases, short))
    if extra.at_mean is not None:
        said = f"about {float(extra.at_mean):.1f} of mean length; {extra.shortest_first} of the shortest"
        lines.append(("One more volunteer-day", extra.hours, None, f"clears {said}"))
    return lines


def capacity_block(told: Capacity) -> Block:
    """Say what can be done at best, and show the arithmetic."""
    if told.shortfall:
        cases = one_or_more(told.shortfall_cases, "case", "cases")
        said = (
            f"The hours offered cannot clear the backlog: {hours(told.all_needed.hours)} hours are needed, "
            f"at most {hours(told.able)} can be filled. At least {hours(told.shortfall)} hours of "
            f"reading will be left whatever the schedule, as much as {cases} of mean length."
        )
    else:
        said = (
            f"The hours offered are enough on paper: {hours(told.all_needed.hours)} are needed, "
            f"{hours(told.able)} can be filled."
        )
    lines = [said]
    if told.officer_shortfall:
        lines.append(
            f"The officers’ own time is short too: they can sign off "
            f"{one_or_more(told.total.most_cases or 0, 'case', 'cases')} in these weeks, and "
            f"{one_or_more(told.officer_shortfall, 'case', 'cases')} more wait."
        )
    if told.fixed_cases:
        lines.append(
            f"{one_or_more(told.fixed_cases, 'case', 'cases')} of the weeks before are done, and in none of "
            "these figures."
        )
    rows = [
        (name, "" if figure is None else hours(figure), "" if cases is None else count(cases), note)
        for name, figure, cases, note in capacity_lines(told)
    ]
    columns = [*words("What"), *figures("Hours", "Cases"), *words("What it says")]
    return Block(
        lines=tuple(lines), grids=(("Hours offered and hours needed, before solving", grid(columns, rows)),)
    )


def unfilled_lines(told: Capacity) -> list[tuple[str, str, str, str, str]]:
    """Return a row a volunteer whose hours no whole case fits: id, hours, weeks, the first week, and why."""
    found = []
    for each in sorted(told.unfilled, key=lambda each: (-each.hours, each.volunteer_id)):
        week = each.weeks[0]
        example = f"{day(week.week)}: {hours(week.offered)} offered, {hours(week.filled)} can be filled"
        found.append(
            (each.volunteer_id, hours(each.hours), count(len(each.weeks)), example, UNFILLED[week.code])
        )
    return found


def unfilled_block(told: Capacity) -> Block:
    """Say whose hours no whole case fits, who can be given nothing, and what nobody can read."""
    lines = []
    grids: list[tuple[str, Grid]] = []
    if told.unfilled:
        lines.append(
            f"{hours(told.unfilled_hours)} of the hours offered fit no whole case, whatever the schedule: a "
            "case is read whole, by one volunteer, within one week. A little more in such a week may hold a "
            "case; a little less costs nothing."
        )
        columns = [
            *words("Volunteer"),
            *figures("Hours that fit nothing", "Weeks"),
            *words("The first of them", "Why"),
        ]
        rows = unfilled_lines(told)
        grids.append(("Whose hours no whole case fits, the most first", grid(columns, rows, where=WHERE)))
    if told.idle:
        lines.append(f"{one_or_more(len(told.idle), 'volunteer', 'volunteers')} can be given nothing.")
        columns = [*words("Volunteer"), *figures("Hours promised"), *words("Why")]
        idle = [(each.volunteer_id, hours(each.promised), each.reason) for each in told.idle]
        grids.append(("Volunteers who can be given nothing", grid(columns, idle, where=WHERE)))
    if told.stranded:
        number = one_or_more(len(told.stranded), "case", "cases")
        lines.append(f"{number} can be read by nobody, whatever the schedule.")
        columns = [*words("Case"), *figures("Priority", "Hours"), *words("Why")]
        stranded = [
            (each.case_id, str(each.priority), hours(each.hours), each.reason) for each in told.stranded
        ]
        grids.append(("Cases that nobody can read", grid(columns, stranded, where=WHERE)))
    return Block(lines=tuple(lines) or ("None: every hour offered can be filled.",), grids=tuple(grids))


WHERE = "schedule.xlsx, sheet capacity"
