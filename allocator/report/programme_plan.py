"""How many more volunteers would clear what is left, in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.hours import fraction_text, hours_words
from allocator.report.programme_grids import count, figures, grid, hours, words
from allocator.report.programme_shown import Block
from allocator.report.words import join_words, one_or_more

if TYPE_CHECKING:
    from allocator.report.programme_shown import Grid
    from allocator.reviews.plan import Plan
    from allocator.reviews.plan_figure import PlanFigure

PHASES = {
    "early": "early years",
    "primary": "primary",
    "secondary": "secondary",
    "post16": "post-16",
    "": "any",
}
# So many ids are named in a sentence.
NAMED = 5


def plan_block(told: Plan) -> Block:
    """Say how many more volunteers would clear the backlog within the weeks left, and whom to ask for."""
    if not told.left:
        return Block(lines=("No case is left: nobody more is needed.",))
    if not told.standard.weeks:
        return Block(lines=("No open week is to come: nobody could read what is left in this programme.",))
    lines = [figure_words(told), standard_words(told), *limits(told)]
    grids: list[tuple[str, Grid]] = []
    if told.with_expertise.asks:
        grids.append(("Whom to ask for, so that every reader knows the kind of case", ask_grid(told)))
    grids.append(("Cases left by phase and primary need, the most hours first", left_grid(told)))
    return Block(lines=tuple(lines), grids=tuple(grids))


def figure_words(told: Plan) -> str:
    """Say both figures, and how far each is proved."""
    anyone, expert = told.anyone, told.with_expertise
    return (
        f"{one_or_more(anyone.volunteers, 'more volunteer', 'more volunteers')} would clear the "
        f"{one_or_more(anyone.cases, 'case', 'cases')} left that a volunteer can read, whoever they are"
        f" ({proof_words(anyone)}); {count(expert.volunteers)} where every case is read by somebody who "
        f"knows its phase and need ({proof_words(expert)})."
    )


def proof_words(figure: PlanFigure) -> str:
    """Say whether fewer could do."""
    said = {
        "bound": "counting alone shows that fewer cannot do",
        "solver": "an exact search says that fewer cannot do",
        "none": f"fewer than {count(figure.bound)} cannot do",
    }[figure.proof]
    return said if figure.packed else said + "; whether every single case fits was not shown"


def standard_words(told: Plan) -> str:
    """Say what such a volunteer gives."""
    standard = told.standard
    given = hours_words(fraction_text(standard.hours_a_week))
    said = (
        f"Each is reckoned with {given} a week in {one_or_more(standard.weeks, 'open week', 'open weeks')} "
        "to come, trained, without a cap on cases and without a conflict"
    )
    if standard.median_hours is None:
        return said + "; a whole day, since nobody on the list offers any hours."
    if standard.raised:
        median = hours_words(fraction_text(standard.median_hours))
        return said + f". The middle volunteer of the list offers {median}, too few for some case left."
    return said + ". So much the middle volunteer of the list offers."


def limits(told: Plan) -> list[str]:
    """Say what the plan cannot clear, and whether officers could sign it off."""
    found = []
    for ids, why in (
        (told.too_long, "longer than a whole day: no volunteer of the plan can read"),
        (told.not_ready, "not ready before the last open week: nobody can read"),
    ):
        if ids:
            more = len(ids) - NAMED
            named = join_words([*ids[:NAMED], f"{more:,} more"] if more > 0 else list(ids))
            them = "it" if len(ids) == 1 else "them"
            found.append(f"{one_or_more(len(ids), 'case is', 'cases are')} {why} {them} ({named}).")
    if not told.officers_enough:
        number = one_or_more(told.officer_cases or 0, "case", "cases")
        found.append(
            f"The officers could sign off only {number} more in the weeks to come, so more volunteers alone "
            "would not clear it."
        )
    return found


def ask_grid(told: Plan) -> Grid:
    """List the kinds of volunteers to ask for."""
    columns = [
        *words("Phase", "Needs that they know"),
        *figures("Volunteers", "Cases", "Hours of these", "Hours given"),
    ]
    rows = [
        (
            PHASES[ask.phase],
            join_words(list(ask.needs)) or "any",
            count(ask.volunteers),
            count(ask.cases),
            hours(ask.hours),
            hours(ask.offered),
        )
        for ask in told.with_expertise.asks
    ]
    expert = told.with_expertise
    sums = [sum((getattr(ask, name) for ask in expert.asks), start=0) for name in ("hours", "offered")]
    foot = ("All", "", count(expert.volunteers), count(expert.cases), *(hours(each) for each in sums))
    return grid(columns, rows, foot)


def left_grid(told: Plan) -> Grid:
    """Count the cases left by phase and need."""
    columns = [*words("Phase", "Primary need"), *figures("Cases left", "Hours left")]
    rows = [(PHASES[each.phase], each.need, count(each.cases), hours(each.hours)) for each in told.left]
    return grid(columns, rows)
