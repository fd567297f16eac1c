"""The command about review programmes: review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from allocator.cli.door import Json, Quiet, Voice, door
from allocator.cli.results import CUT_SHORT


@door
def review(
    folder: Annotated[Path, typer.Argument(help="The programme's folder.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write; new or empty.")],
    previous: Annotated[
        Path | None, typer.Option(help="An earlier result: its past stands, the rest is kept if it can be.")
    ] = None,
    handed_back: Annotated[
        Path | None, typer.Option(help="A table of cases that volunteers gave back unread.")
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=0, help="Wall seconds for solving; the best found is then written.")
    ] = 40.0,
    workers: Annotated[
        int, typer.Option(min=1, help="Accepted for scripts; a schedule never depends on it.")
    ] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier result.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Schedule a programme's reviews by the policy's goals in strict order, and say how far each is proved.

    Example: allocator review my-programme -o result
    """
    from allocator.rounds.programme_run import REPORT
    from allocator.rounds.programme_run import review as review_programme

    voice = Voice(json_, quiet)
    with voice.progress() as step:
        result = review_programme(
            folder,
            out,
            previous=previous,
            handed_back=handed_back,
            time_limit=time_limit,
            workers=workers,
            overwrite=overwrite,
            step=step,
        )
    warnings = result.programme.warnings
    voice.warn([str(warning) for warning in warnings])
    document: dict[str, Any] = {
        "out": str(out),
        "status": result.status,
        "goals": result.goals,
        "counts": result.counts,
        "lottery": result.lottery,
        "moves": result.moves,
        "cut_short": result.cut_short,
        "warnings": [warning.as_json() for warning in warnings],
    }
    counts, proven = result.counts, sum(goal["proven"] for goal in result.goals)
    text = (
        f"{counts['scheduled']} of {counts['cases']} cases are scheduled with {counts['volunteers_used']} of "
        f"{counts['volunteers']} volunteers; {counts['backlog']} stay in the backlog.\n"
        f"{proven} of {len(result.goals)} goals proved best. The report is {out / REPORT}"
    )
    if previous is not None:
        text += f"\n{len(result.moves)} cases moved; run.json says why each."
    voice.answer(document, text)
    if result.cut_short:
        voice.say("cut short by the time limit: the goals not proved are marked so")
        return CUT_SHORT
    if proven < len(result.goals):
        voice.say("the search ended with goals that are not proved; they are marked so")
    return 0


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(review)
