"""The command that says why: explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.door import Json, Quiet, Voice, door


@door
def explain(
    out: Annotated[Path, typer.Argument(help="A folder that review wrote.")],
    who: Annotated[
        str,
        typer.Argument(
            metavar="CASE_OR_VOLUNTEER", help="Whom to explain: the id of a case or of a volunteer."
        ),
    ],
    why_not: Annotated[
        str | None,
        typer.Option(
            metavar="VOLUNTEER[@MONDAY]",
            help="For a case: why not this volunteer, in any week or in the one named by its Monday.",
        ),
    ] = None,
    inputs: Annotated[
        Path | None, typer.Option(help="Where the inputs lie, if no longer where run.json says.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say why a case is read by whom and when, or why a volunteer has these cases and this load.

    Example: allocator explain result R0012 --why-not V003@2027-01-18
    """
    from allocator.rounds.explain import explain as explain_result

    voice = Voice(json_, quiet)
    with voice.progress() as step:
        step("explaining")
        document, lines = explain_result(out, who, why_not, inputs)
    voice.answer(document, "\n".join(lines))
    return 0


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(explain)
