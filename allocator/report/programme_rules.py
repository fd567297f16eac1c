"""The hard rules of a review programme, one sentence a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.hours import hours_words, plain
from allocator.report.words import day, join_words, one_or_more

if TYPE_CHECKING:
    from allocator.reviews.programme import Programme


def rules_of(programme: Programme) -> tuple[str, ...]:
    """Say each rule that an appointment must keep to."""
    said = [
        "A case is read whole, by one volunteer, within one week, and in the week that its papers are there "
        "or later. Hours are exact, and nobody is given more than they offer.",
        calendar_rule(programme),
        "A volunteer without the headteacher’s agreement is given nothing; nobody is given more cases than "
        "their cap.",
        conflict_rule(programme),
    ]
    heading = programme.policy.programme
    if heading.handling_hours:
        handling = hours_words(plain(heading.handling_hours))
        said.append(f"Every case takes {handling} of handling beside its own.")
    if heading.signoff_hours:
        signing = hours_words(plain(heading.signoff_hours))
        said.append(
            f"An officer needs {signing} to sign off a case; a week has no more cases than that allows."
        )
    share = programme.policy.quality.second_read_share
    if share:
        said.append(
            f"Second readings: {plain(share * 100)}% of the cases, picked by lottery, are read by a second "
            "volunteer too, of a school and trust other than the case’s and the first reader’s."
        )
    if programme.policy.privacy.hide_school:
        said.append("The files for volunteers leave out which school a plan names.")
    return tuple(said)


def calendar_rule(programme: Programme) -> str:
    """Say which weeks are worked."""
    heading = programme.policy.programme
    said = f"{one_or_more(heading.weeks, 'week', 'weeks')} from {day(heading.start)}"
    if heading.closed_weeks:
        said += f"; nobody works in the week of {join_words([day(week) for week in heading.closed_weeks])}"
    if heading.as_of is not None and programme.previous is not None:
        said += f". Weeks before {day(heading.as_of)} are as the earlier schedule had them"
    elif heading.as_of is not None:
        said += f". Nothing is put into weeks before {day(heading.as_of)}"
    return said + "."


def conflict_rule(programme: Programme) -> str:
    """Say what bars a volunteer from a case."""
    policy = programme.policy.conflicts
    declared = f"declared conflicts ({one_or_more(len(programme.conflicts), 'row', 'rows')}) always hold"
    barred: list[str] = []
    lifted: list[str] = []
    for holds, name in ((policy.same_school, "their own school"), (policy.same_trust, "their own trust")):
        (barred if holds else lifted).append(name)
    said = f"Conflicts: no volunteer reads a case of {' or '.join(barred)}; {declared}."
    if not barred:
        said = f"Conflicts: {declared}."
    if lifted:
        said += f" The policy lifts the bar on {join_words(lifted)}."
    return said + " A trust that is not on file bars nobody, and is not guessed."
