"""The command `allocator`."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import Annotated

import typer

from allocator.cli import explain, inputs, results, schedules
from allocator.cli.door import INTERRUPTED, own_this_process

app = typer.Typer(
    name="allocator",
    help="Place children with special educational needs by assessed need, in strict order, with a proof.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"allocator {metadata.version('allocator')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Place children by assessed need, in strict order, with a proof of every goal."""


inputs.register(app)
results.register(app)
schedules.register(app)
explain.register(app)


def run() -> None:
    """Enter at the command line; an interruption anywhere ends with exit code 130."""
    own_this_process()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
