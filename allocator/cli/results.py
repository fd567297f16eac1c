"""Commands about what comes out of a round, and about results of both kinds: place, verify, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from allocator.cli.door import Json, Quiet, Voice, door
from allocator.errors import CertificateError

CUT_SHORT = 5


@door
def place(
    folder: Annotated[Path, typer.Argument(help="The round's folder.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write; new or empty.")],
    previous: Annotated[Path | None, typer.Option(help="An earlier result, for the measure `kept`.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0, help="Wall seconds for solving; the best found is then written.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Accepted for scripts; a placement needs one, and never depends on it.")
    ] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier result.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Place a round's children by the policy's goals in strict order, and prove each goal.

    Example: allocator place my-round -o result
    """
    from allocator.rounds.run import REPORT
    from allocator.rounds.run import place as place_round

    voice = Voice(json_, quiet)
    with voice.progress() as step:
        result = place_round(
            folder, out, previous=previous, time_limit=time_limit, overwrite=overwrite, step=step
        )
    voice.warn([str(warning) for warning in result.round.warnings])
    document: dict[str, Any] = {
        "out": str(out),
        "status": result.status,
        "goals": result.goals,
        "counts": result.counts,
        "lottery": result.lottery,
        "warnings": [warning.as_json() for warning in result.round.warnings],
    }
    counts = result.counts
    proven = sum(goal["proven"] for goal in result.goals)
    text = (
        f"{counts['placed'] + counts['fixed']} of {counts['children']} children have a place "
        f"({counts['fixed']} by rulings); {counts['unplaced']} have none.\n"
        f"{proven} of {len(result.goals)} goals proved best. The report is {out / REPORT}"
    )
    voice.answer(document, text)
    if result.proven:
        return 0
    voice.say("cut short by the time limit: the goals not proved are marked so")
    return CUT_SHORT


@door
def verify(
    out: Annotated[Path, typer.Argument(help="A folder that place or review wrote.")],
    inputs: Annotated[
        Path | None, typer.Option(help="Where the inputs lie, if no longer where run.json says.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Check a result against its inputs, without any solver.

    Example: allocator verify result
    """
    from allocator.rounds.recheck import verify as verify_folder

    voice = Voice(json_, quiet)
    with voice.progress() as step:
        step("verifying")
        found = verify_folder(out, inputs)
    if not found.holds:
        if json_:
            voice.answer(found.as_json(), "")
            voice = Voice(False, quiet)
            for finding in found.findings:
                voice.say(f"does not hold: {finding}")
            return CertificateError.exit_code
        raise CertificateError([str(finding) for finding in found.findings])
    lines = [f"{k}. {said}" for k, said in enumerate(found.checks, 1)]
    lines.append(
        f"Everything that is claimed holds: {len(found.certified)} goals certified, "
        f"{len(found.claimed)} claimed by a solver, {len(found.bounded)} bounded."
    )
    voice.answer(found.as_json(), "\n".join(lines))
    return 0


@door
def report(
    out: Annotated[Path, typer.Argument(help="A folder that place or review wrote.")],
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Write a result's report again, after checking that the result is whole.

    Example: allocator report result
    """
    from allocator.rounds.rewrite import rewrite_report

    voice = Voice(json_, quiet)
    path = rewrite_report(out)
    voice.answer({"report": str(path)}, f"The report is {path}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (place, verify, report):
        app.command()(command)
