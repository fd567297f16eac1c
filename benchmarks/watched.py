"""One command as a process of its own: clocked from start to exit, and ended when its time is over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Watched:
    """What a command took, with every process that it started and waited for.

    Parameters
    ----------
    exit_code : int
        Minus the signal's number where a signal ended it.
    ended : bool
        Whether it was still running when its time was over.
    wall_s, cpu_s : float
        Seconds from start to exit; CPU seconds of user and system.
    peak_mib : int
        Peak resident memory of the largest single process, as the system keeps it; never under
        that of the process that started the command.
    """

    exit_code: int
    ended: bool
    wall_s: float
    cpu_s: float
    peak_mib: int

    @property
    def note(self) -> str:
        """Why it did not end by itself; blank where it did, well or not."""
        if self.ended:
            return "ended from outside, its time being over"
        return f"ended by signal {-self.exit_code}" if self.exit_code < 0 else ""


def run(command: Sequence[str], limit_s: float, out: Path) -> Watched:
    """Run a command in a session of its own.

    Parameters
    ----------
    command : sequence of str
    limit_s : float
        Wall seconds after which it is ended, with all that it started.
    out : Path
        What takes its standard output.

    Returns
    -------
    Watched
    """
    began = time.monotonic()
    with out.open("wb") as told:
        process = subprocess.Popen(command, stdout=told, start_new_session=True)
    over = threading.Event()

    def end() -> None:
        over.set()
        _kill(process.pid)

    alarm = threading.Timer(limit_s, end)
    alarm.daemon = True
    alarm.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        _kill(process.pid)
        process.wait()
        raise
    finally:
        alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    # Kept in KiB, on macOS in bytes.
    peak = usage.ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)
    wall, cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    return Watched(process.returncode, over.is_set(), round(wall, 2), round(cpu, 2), peak)


def _kill(session: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)
