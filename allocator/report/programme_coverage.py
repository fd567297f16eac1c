"""How far conflicts are covered by what is on file, in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.programme_grids import count, figures, grid, words
from allocator.report.programme_shown import Block
from allocator.report.words import join_words, one_or_more

if TYPE_CHECKING:
    from allocator.report.programme_shown import Grid
    from allocator.reviews.coverage import Coverage, OnFile
    from allocator.reviews.coverage_names import Where

WHERE = "schedule.xlsx, sheet coverage"
TABLES = {"cases": "Cases", "volunteers": "Volunteers"}
LIKE = {
    "spelling": "alike but for capitals, dashes, dots or noughts",
    "letter": "alike but for one letter",
}


def coverage_block(told: Coverage) -> Block:
    """Say what is not on file, and what that could hide."""
    grids: list[tuple[str, Grid]] = [("What is on file, and what is not", on_file_grid(told))]
    if told.hidden:
        grids.append(
            ("Volunteers about whom something is missing, and what it could hide at worst", hidden_grid(told))
        )
    if told.near_duplicates:
        grids.append(("Schools and trusts that may be one and the same", names_grid(told)))
    if told.half_known:
        grids.append(("Schools with a trust in some rows and none in others", half_grid(told)))
    return Block(lines=tuple(coverage_lines(told)), grids=tuple(grids))


def coverage_lines(told: Coverage) -> list[str]:
    """Say in sentences what missing trusts and declarations could hide."""
    lines = [
        "A conflict that is not on file bars nobody, and nothing is assumed absent. Of "
        f"{one_or_more(told.free_pairs, 'pair', 'pairs')} of a case and a volunteer that no rule bars:"
    ]
    missing = told.volunteer_unknown + told.case_unknown + told.both_unknown
    if not told.same_trust:
        lines.append("The policy lifts the rule on trusts, so a missing trust hides nothing from it.")
    elif missing:
        lines.append(
            f"In {count(missing)} a trust is not known, of the volunteer ({count(told.volunteer_unknown)}), "
            f"of the case ({count(told.case_unknown)}) or of both ({count(told.both_unknown)}): any of them "
            "would be barred if the two trusts turned out to be one."
        )
    else:
        lines.append("In none is a trust unknown.")
    lines.append(
        f"In {count(told.undeclared)} the volunteer has declared nothing: a school, child or case that they "
        "are near to would be among them."
    )
    if told.near_duplicates:
        pairs = one_or_more(len(told.near_duplicates), "pair of ids", "pairs of ids")
        lines.append(f"{pairs} of schools or trusts look like one written in two ways; look at each.")
    if told.stray_declarations:
        rows = one_or_more(told.stray_declarations, "declaration names", "declarations name")
        lines.append(f"{rows} no school, trust, child or case of this programme, and bars nothing.")
    return lines


def on_file_grid(told: Coverage) -> Grid:
    """Count what each table says and does not say."""
    columns = [
        *words("Table"),
        *figures("Rows", "No school", "Trust not known", "Known to be in no trust", "No declaration"),
    ]

    def row(each: OnFile) -> tuple[str, ...]:
        numbers = (each.rows, each.no_school, each.no_trust, each.in_no_trust, each.no_declaration)
        return (TABLES[each.table], *(count(number) for number in numbers))

    return grid(columns, [row(told.cases), row(told.volunteers)])


def hidden_grid(told: Coverage) -> Grid:
    """List the volunteers about whom something is missing, the most hidden cases first."""
    columns = [
        *words("Volunteer", "Trust"),
        *figures("Declarations", "Cases that no rule bars", "Of these, could be barred at worst"),
    ]
    rows = [
        (
            each.volunteer_id,
            each.trust_id or "not known",
            count(each.declared),
            count(each.free_cases),
            count(each.hidden_cases),
        )
        for each in told.hidden
    ]
    return grid(columns, rows, where=WHERE)


def names_grid(told: Coverage) -> Grid:
    """List the ids that look like one written in two ways."""
    columns = [
        *words("One", "The other", "What", "How they differ"),
        *figures("Pairs barred if they are one"),
    ]
    rows = [
        (where_words(each.one), where_words(each.other), each.kind, LIKE[each.like], count(each.free_pairs))
        for each in told.near_duplicates
    ]
    return grid(columns, rows, where=WHERE)


def where_words(each: Where) -> str:
    """Say where an id stands."""
    parts = [
        one_or_more(number, *names)
        for number, names in (
            (each.cases, ("case", "cases")),
            (each.volunteers, ("volunteer", "volunteers")),
            (each.declarations, ("declaration", "declarations")),
        )
        if number
    ]
    return f"{each.id} ({join_words(parts)})"


def half_grid(told: Coverage) -> Grid:
    """List the schools whose trust stands in some rows alone."""
    columns = [
        *words("School", "Trusts given"),
        *figures("Cases without", "Volunteers without", "Pairs barred if the blanks are that trust"),
    ]
    rows = [
        (
            each.school_id,
            join_words(list(each.trusts)),
            count(each.blank_cases),
            count(each.blank_volunteers),
            count(each.free_pairs),
        )
        for each in told.half_known
    ]
    return grid(columns, rows, where=WHERE)
