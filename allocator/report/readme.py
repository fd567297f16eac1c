"""The words of the workbook's first sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allocator.report.goals import goals_of
from allocator.report.rules import lottery_of
from allocator.report.words import day, one_or_more, status_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allocator.placement.round import Round

SHEETS = (
    ("placements", "Every child of the round, as in placements.csv."),
    ("schools", "The places of each school, with a link to its sheet."),
    ("unplaced", "The children without a place, greatest need first, with the reason and the schools named."),
    ("a sheet a school", "The children placed at that school, by provision."),
)
PROPOSAL = (
    "This is a proposal to a placement panel, not a decision. “Full” by itself is no ground for refusing "
    "a school that a parent asked for."
)


def readme_lines(round_: Round, run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say what the workbook is: name and text of each line, the title first.

    Parameters
    ----------
    round_ : Round
        The inputs.
    run : mapping
        The content of run.json.
    """
    heading = round_.policy.round
    goals = goals_of(round_.policy, run["goals"], round_.children)
    tiers = [tier for goal in goals for tier in goal.tiers]
    lottery = lottery_of(round_.policy.lottery.seed, run.get("lottery") or {})
    lines = [
        ("Placement proposal", ""),
        ("Round", heading.id),
        ("Title", heading.title),
        ("Counted to", day(heading.as_of) or "no date given"),
        ("Status", status_words(sum(tier.proven for tier in tiers), len(tiers))),
        ("Note", PROPOSAL),
        ("", ""),
        ("The sheets", ""),
        *SHEETS,
        ("", ""),
        ("The policy", "Goals in strict order: a later goal never costs an earlier one anything."),
    ]
    for number, goal in enumerate(goals, start=1):
        lines.append((f"Goal {number}", goal.sentence))
        lines += [
            (f"   {tier.level}" if tier.level else "   reached", f"{tier.value}. {tier.claim}")
            for tier in goal.tiers
        ]
    lines += [("Lottery seed", lottery.seed), ("Commitment", lottery.commitment or "none"), ("", "")]
    files = (run.get("inputs") or {}).get("files") or ()
    lines.append(
        ("Files read", one_or_more(len(files), "file, with its SHA-256", "files, with their SHA-256"))
    )
    lines += [(f"   {each['name']}", str(each["sha256"])) for each in files]
    warnings = one_or_more(len(run.get("warnings") or ()), "warning; see", "warnings; see")
    lines += [
        ("Warnings", f"{warnings} report.html or run.json"),
        ("Made by", f"allocator {run['allocator']}"),
    ]
    return lines
