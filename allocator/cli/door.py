"""What every command does at its door: exit codes, one JSON document, progress on stderr."""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, ParamSpec

import typer

from allocator.errors import AllocatorError, CertificateError, InputError, NoAssignmentError

P = ParamSpec("P")

Json = Annotated[bool, typer.Option("--json", help="Print the result on stdout as one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no messages on stderr.")]
INTERRUPTED = 130
# Faults and warnings shown on a terminal; all of them are counted, and in --json.
SHOWN = 20


@dataclass(frozen=True)
class Voice:
    """Where a command speaks: people read stderr, scripts read stdout.

    Parameters
    ----------
    as_json : bool
    quiet : bool
    """

    as_json: bool
    quiet: bool

    def say(self, text: str) -> None:
        """Write a message to stderr."""
        if not self.quiet:
            typer.echo(text, err=True)

    def answer(self, document: Any, text: str) -> None:
        """Write the result to stdout: the document with --json, else the text."""
        if self.as_json:
            typer.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        elif text:
            typer.echo(text)

    def warn(self, warnings: list[str]) -> None:
        """Write warnings to stderr, the first of them in full."""
        for warning in warnings[:SHOWN]:
            self.say(f"warning: {warning}")
        if len(warnings) > SHOWN:
            self.say(f"… and {len(warnings) - SHOWN} more warnings (see --json)")

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Show on stderr what is being done, where somebody can see it."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda what: None
            return
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        with bar:
            task = bar.add_task("starting", total=None)
            yield lambda what: bar.update(task, description=what)


def door(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command returns or raises into the exit code of the contract."""

    @functools.wraps(command)
    def opened(*args: P.args, **kwargs: P.kwargs) -> None:
        voice = Voice(bool(kwargs.get("json_", False)), bool(kwargs.get("quiet", False)))
        signal.signal(signal.SIGTERM, _terminated)
        try:
            code = command(*args, **kwargs)
        except KeyboardInterrupt:
            typer.echo("interrupted: nothing was written", err=True)
            _leave(INTERRUPTED)
            code = INTERRUPTED
        except AllocatorError as error:
            _refuse(voice, error)
            code = error.exit_code
        except ImportError as error:
            asked = _asked_to_end(error)
            if asked is None:
                raise
            code = asked
        raise typer.Exit(code or 0)

    return opened


# Whether this process is the command's own, to be left without tidying up its memory.
_own_process = False


def own_this_process() -> None:
    """Say that the process is the command's own: an interruption then ends it at once."""
    global _own_process
    _own_process = True


def _leave(code: int) -> None:
    # What is half-written is gone by now; giving back gigabytes piece by piece takes seconds.
    if _own_process:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _asked_to_end(error: BaseException | None) -> int | None:
    """Return the exit code of an interruption that a compiled module turned into its own error."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return INTERRUPTED
        if isinstance(error, SystemExit) and isinstance(error.code, int):
            return error.code
        error = error.__cause__ or error.__context__
    return None


def _terminated(number: int, frame: object) -> None:
    # Unwinding removes what is half-written; 128 + 15 is what a shell expects.
    raise SystemExit(128 + number)


def _refuse(voice: Voice, error: AllocatorError) -> None:
    """Say on stderr what stopped the command, and in JSON where that was asked for."""
    document: dict[str, Any] = {"exit": error.exit_code, "error": type(error).__name__}
    if isinstance(error, InputError):
        document["faults"] = [fault.as_json() for fault in error.faults]
        document["warnings"] = [warning.as_json() for warning in error.warnings]
        count = len(error.faults)
        headline = f"{count} fault{'s' if count != 1 else ''} in the input; nothing was written"
        lines = [str(fault) for fault in error.faults[:SHOWN]]
        if count > SHOWN:
            lines.append(f"… and {count - SHOWN} more (see --json)")
    elif isinstance(error, NoAssignmentError):
        document["conflict"] = list(error.conflict)
        headline, lines = "these rules cannot all hold; nothing was written", list(error.conflict)
    elif isinstance(error, CertificateError):
        document["findings"] = list(error.findings)
        headline, lines = "the result does not hold", list(error.findings)
    else:
        document["message"] = str(error)
        headline, lines = str(error), []
    typer.echo("\n".join([headline, *(f"  {line}" for line in lines)]), err=True)
    if voice.as_json:
        typer.echo(json.dumps(document, ensure_ascii=False))
