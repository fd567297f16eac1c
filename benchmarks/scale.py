"""Subject: the commands at scale, as whole processes: seconds and peak memory of each."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MIB = 2**20
# What no command may pass, MiB.
MOST_MEMORY = 4096
# How often the memory of the running processes is looked up, seconds.
TICK_S = 0.05


@dataclass(frozen=True)
class Step:
    """What one command took, with every process that it started.

    Parameters
    ----------
    command : str
        "new", "place" or "verify".
    exit_code : int
    wall_s, cpu_s : float
        Seconds from start to exit; CPU seconds of user and system.
    largest_process_mib : int
        Peak resident memory of the largest single process, as the system keeps it.
    all_processes_mib : int or None
        Largest sum of resident memory over the command's processes at one moment, looked up
        20 times a second, pages shared between them counted in each; None where the system
        has no /proc.
    """

    command: str
    exit_code: int
    wall_s: float
    cpu_s: float
    largest_process_mib: int
    all_processes_mib: int | None


@dataclass(frozen=True)
class Scale:
    """A synthetic round generated, placed and verified.

    Parameters
    ----------
    authority : str
    children, seed : int
    steps : tuple of Step
        Up to the first that failed.
    """

    authority: str
    children: int
    seed: int
    steps: tuple[Step, ...]

    @property
    def holds(self) -> bool:
        """Whether place and verify ended well, under the limit of memory."""
        done = [step.command for step in self.steps if step.exit_code == 0]
        most = max(max(step.largest_process_mib, step.all_processes_mib or 0) for step in self.steps)
        return done == ["new", "place", "verify"] and most < MOST_MEMORY

    def record(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        return {
            "authority": self.authority,
            "children": self.children,
            "seed": self.seed,
            "steps": [asdict(step) for step in self.steps],
            "holds": self.holds,
        }


def measure(children: int, seed: int = 1, authority: str = "kent", folder: Path | None = None) -> Scale:
    """Run `allocator new`, `place` and `verify`, each as a process of its own.

    Parameters
    ----------
    children, seed : int
    authority : {"kent", "england"}
    folder : Path or None
        Where the round and the answer are to stay; None for a folder that is removed again.

    Returns
    -------
    Scale
    """
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch:
        base = scratch if folder is None else str(folder)
        drawn = ["--authority", authority, "--children", str(children), "--seed", str(seed)]
        round_, out = os.path.join(base, "round"), os.path.join(base, "out")
        steps: list[Step] = []
        for command in (
            ["new", round_, *drawn, "--quiet"],
            ["place", round_, "-o", out, "--quiet"],
            ["verify", out, "--quiet"],
        ):
            steps.append(run(command))
            if steps[-1].exit_code != 0:
                break
        return Scale(authority, children, seed, tuple(steps))


def run(command: list[str]) -> Step:
    """Run one `allocator` command and clock it, its output dropped.

    Parameters
    ----------
    command : list of str
        What follows `allocator`.

    Returns
    -------
    Step
    """
    script = "from allocator.cli.main import run; run()"
    begun = time.monotonic()
    # A session of its own, so that the processes that belong to it can be told.
    process = subprocess.Popen(
        [sys.executable, "-c", script, *command], stdout=subprocess.DEVNULL, start_new_session=True
    )
    peak = _Peak(process.pid)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        largest, together = peak.stop()
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    return Step(
        command[0],
        process.returncode,
        round(wall, 2),
        round(usage.ru_utime + usage.ru_stime, 2),
        largest or _resident_at_most(usage),
        together,
    )


def _resident_at_most(usage: resource.struct_rusage) -> int:
    """Peak memory for want of /proc, MiB: never under that of the process that started it."""
    # Kept in KiB, on macOS in bytes.
    return usage.ru_maxrss // (MIB if sys.platform == "darwin" else 1024)


class _Peak:
    """Watches the memory of a session's processes from a thread of its own."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._largest = self._together = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[int | None, int | None]:
        """Stop watching; return the largest process's peak and the largest sum, MiB."""
        self._ended.set()
        self._thread.join()
        if not self._together:
            return None, None
        return self._largest // MIB, self._together // MIB

    def _watch(self) -> None:
        while not self._ended.wait(TICK_S):
            memory = [_memory(folder) for folder in Path("/proc").glob("[0-9]*") if self._owns(folder)]
            self._largest = max([self._largest, *(peak for _, peak in memory)])
            self._together = max(self._together, sum(now for now, _ in memory))

    def _owns(self, folder: Path) -> bool:
        try:
            # After the name in brackets: state, parent, group, session.
            return int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == self._session
        except OSError:
            return False


def _memory(folder: Path) -> tuple[int, int]:
    """Resident memory of a process now and at its peak, bytes; zeros once it is gone."""
    try:
        lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        return 1024 * int(lines["VmRSS"].split()[0]), 1024 * int(lines["VmHWM"].split()[0])
    except (OSError, KeyError):
        return 0, 0
