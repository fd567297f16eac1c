"""The command, called in this process or as a real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from allocator.cli.main import app

EXECUTABLE = Path(sys.executable).with_name("allocator")


@dataclass(frozen=True)
class Said:
    """What a command answered.

    Parameters
    ----------
    code : int
        Exit code as a shell sees it: 128 and the number of a signal where one ended the process.
    out, err : str
        Standard output and standard error.
    """

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; anything more, or less, is an error here."""
        return json.loads(self.out)


def call(*arguments: str | Path) -> Said:
    """Call the command in this process."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    finally:
        signal.signal(signal.SIGTERM, before)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def run(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Said:
    """Run the executable and wait for it."""
    done = subprocess.run(
        [str(EXECUTABLE), *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
    )
    return Said(as_a_shell_sees(done.returncode), done.stdout.decode(), done.stderr.decode())


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the executable, to be ended by whoever started it."""
    return subprocess.Popen(
        [str(EXECUTABLE), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def as_a_shell_sees(returncode: int) -> int:
    """Turn Python's negative number of a signal into the shell's exit code."""
    return 128 - returncode if returncode < 0 else returncode
