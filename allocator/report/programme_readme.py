"""The words of the first sheet of the review lead's workbook."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from allocator.report.programme_goals import goals_of, status_words
from allocator.report.words import day, one_or_more

if TYPE_CHECKING:
    from allocator.reviews.schedule import ScheduleResult

SHEETS = (
    ("goals", "The goals of the policy in order, what was reached, and how far that is proved."),
    ("schedule", "Every case: who reads it in which week, or that it is left. As in schedule.csv."),
    (
        "backlog",
        "The cases left, the most urgent and longest due first; could_read counts the volunteers "
        "whom nothing bars from the case.",
    ),
    ("priorities", "Cases scheduled and left, by priority."),
    ("weeks", "Hours offered and taken, week by week."),
    (
        "volunteers",
        "What each volunteer offers and has been given; known counts the cases of a phase and "
        "a need that are both theirs.",
    ),
    ("second reads", "Who reads which case a second time."),
    ("unused hours", "Every volunteer’s week with hours that stay free, and why."),
    ("moves", "With an earlier schedule: the cases that are not where it had them, and why."),
    ("capacity", "What the hours can do at best, and whose hours no whole case fits."),
    ("left behind", "Which cases are left behind which, who is passed over, and by which goal."),
    ("plan", "How many more volunteers would clear what is left, and whom to ask for."),
    ("coverage", "What is not on file about conflicts, and what that could hide."),
)
PROPOSAL = (
    "This is a plan of who reads what. A volunteer recommends; an officer of the authority decides on "
    "each case, and signs off."
)
PRIVATE = (
    "It holds lines about single cases. It is for the review lead, and not for volunteers or publication."
)


def readme_lines(result: ScheduleResult) -> list[tuple[str, str]]:
    """Say what the workbook is: name and text of each line, the title first."""
    programme, counts = result.programme, result.counts
    heading = programme.policy.programme
    lines = [
        ("Review schedule", ""),
        ("Programme", heading.id),
        ("Weeks", f"{one_or_more(heading.weeks, 'week', 'weeks')} from {day(heading.start)}"),
        ("As of", day(heading.as_of) or "no date given"),
        ("Cases", f"{counts['scheduled']:,} of {counts['cases']:,} scheduled, {counts['backlog']:,} left"),
        ("Status", status_words(result.goals, result.cut_short)),
        ("Note", PROPOSAL),
        ("Privacy", PRIVATE),
        ("Hours", "What a case takes of a volunteer’s week, handling included."),
        ("", ""),
        ("The sheets", ""),
        *SHEETS,
        ("", ""),
        ("The policy", "Goals in strict order: a later goal never costs an earlier one anything."),
    ]
    lines += [
        (f"Goal {number}", goal.sentence) for number, goal in enumerate(goals_of(result.goals), start=1)
    ]
    lines += [
        ("Lottery seed", str(result.lottery["seed"])),
        ("Commitment", str(result.lottery.get("commitment") or "none")),
        ("", ""),
        (
            "Files read",
            one_or_more(len(programme.inputs), "file, with its SHA-256", "files, with their SHA-256"),
        ),
    ]
    lines += [(f"   {file.name}", file.sha256) for file in programme.inputs]
    warnings = one_or_more(len(programme.warnings), "warning; see", "warnings; see")
    lines += [
        ("Warnings", f"{warnings} report.html or run.json"),
        ("Made by", f"allocator {metadata.version('allocator')}"),
    ]
    return lines
