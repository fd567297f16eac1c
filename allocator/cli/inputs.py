"""Commands about what goes in: new, template, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.door import Json, Quiet, Voice, door
from allocator.errors import InputError, UsageError

KINDS = ("placement", "reviews")


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise UsageError(f"--kind {kind} is unknown; there is: {', '.join(KINDS)}")
    return kind


@door
def new(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it must be new or empty.")],
    kind: Annotated[str, typer.Option(help="What to write: placement or reviews.")] = "placement",
    authority: Annotated[str, typer.Option(help="Whose geography and schools: kent or england.")] = "kent",
    children: Annotated[int, typer.Option(min=1, help="How many children, in a round.")] = 600,
    cases: Annotated[int, typer.Option(min=1, help="How many cases, in a review programme.")] = 1200,
    volunteers: Annotated[int, typer.Option(min=1, help="How many volunteers, in a review programme.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Write a complete synthetic round or review programme, calibrated to published figures.

    Example: allocator new my-round --authority kent --children 600 --seed 7
    """
    from allocator.rounds.new import write_new, write_new_programme

    voice = Voice(json_, quiet)
    _kind(kind)
    with voice.progress() as step:
        if kind == "reviews":
            step("drawing cases and volunteers")
            files = write_new_programme(folder, cases=cases, volunteers=volunteers, seed=seed)
        else:
            step("drawing children, schools and provisions")
            files = write_new(folder, authority=authority, children=children, seed=seed)
    voice.answer({"folder": str(folder), "files": files}, f"{folder}: {', '.join(files)}")
    return 0


@door
def template(
    file: Annotated[Path, typer.Argument(help="The workbook to write, ending in .xlsx.")],
    kind: Annotated[str, typer.Option(help="What to fill in: placement or reviews.")] = "placement",
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Write an empty workbook to fill in, with drop-downs and notes.

    Example: allocator template round.xlsx
    """
    from allocator.rounds.new import write_new_template

    voice = Voice(json_, quiet)
    _kind(kind)
    write_new_template(file, kind)
    voice.answer(
        {"file": str(file)}, f"{file}: fill it in, put the policy beside it, then: allocator check FOLDER"
    )
    return 0


@door
def check(
    folder: Annotated[Path, typer.Argument(help="The round's or the review programme's folder.")],
    audit: Annotated[bool, typer.Option("--audit", help="Read the audit-only tables too.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """List every fault in a folder, each with file, row, column, value and mend.

    Example: allocator check my-round
    """
    from allocator.rounds.check import check_folder

    voice = Voice(json_, quiet)
    faults, warnings = check_folder(folder, audit=audit)
    voice.warn([str(warning) for warning in warnings])
    if faults:
        raise InputError(faults, warnings)
    document = {"faults": [], "warnings": [warning.as_json() for warning in warnings]}
    said = f"no fault, {len(warnings)} warning{'s' if len(warnings) != 1 else ''}"
    voice.answer(document, f"{folder}: {said}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (new, template, check):
        app.command()(command)
