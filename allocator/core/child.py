"""Method: any method, run in a child process that can be stopped at once.

A flow solver deaf to signals, a crash or a want of memory stays in the child; the parent
keeps what the child has proved so far, tier by tier. Run as ``python -m
allocator.core.child``, it reads one problem from its input and writes events to its
output, each a length and a pickle.
"""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from typing import IO, Any

import numpy as np

from allocator.core.assignment import Assignment
from allocator.core.outcome import Outcome, Prices, Settings, Status
from allocator.core.problem import AssignmentProblem
from allocator.errors import ProblemError

_LENGTH = struct.Struct("<Q")
# How often the parent looks up from waiting, seconds.
_TICK = 0.2


def solve(problem: AssignmentProblem, settings: Settings | None = None) -> Outcome:
    """Solve by the network method in a child process.

    Parameters
    ----------
    problem : AssignmentProblem
    settings : Settings or None
        At the deadline the child is ended, wherever it is, and the tiers that it had
        proved are answered.

    Returns
    -------
    Outcome

    Raises
    ------
    ProblemError
        When the child ends without an answer.
    """
    settings = settings or Settings()
    # Unbuffered: what waits in the pipe is all that waits, and nothing told is overlooked at the deadline.
    child = subprocess.Popen(
        [sys.executable, "-m", "allocator.core.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        send(child.stdin, problem)
        return _listen(child.stdout, problem, settings)
    except BrokenPipeError as error:
        raise ProblemError("the solving process ended before it had read the problem") from error
    finally:
        child.kill()
        child.stdin.close()
        child.stdout.close()
        child.wait()


def _listen(stream: IO[bytes], problem: AssignmentProblem, settings: Settings) -> Outcome:
    """Follow the child's events until its answer or the deadline."""
    best = _nothing(problem)
    selector = selectors.DefaultSelector()
    selector.register(stream, selectors.EVENT_READ)
    while True:
        if settings.deadline is not None and time.monotonic() > settings.deadline:
            return best
        if not selector.select(_TICK):
            continue
        event = receive(stream)
        if event is None:
            raise ProblemError("the solving process ended without an answer: out of memory, or killed")
        kind, content = event
        if kind == "error":
            raise ProblemError(content)
        if kind == "tier" and settings.progress is not None:
            settings.progress(*content)
        if kind == "proved":
            best = content
        if kind == "answer":
            return content  # type: ignore[no-any-return]


def _nothing(problem: AssignmentProblem) -> Outcome:
    tiers = len(problem.tiers)
    prices = Prices(
        np.zeros((tiers, problem.n_options), dtype=np.int64),
        np.zeros((tiers, problem.n_groups), dtype=np.int64),
    )
    nobody = Assignment(np.full(problem.n_agents, -1, dtype=np.int64))
    return Outcome(Status.FEASIBLE, nobody, prices, 0)


def send(stream: IO[bytes], content: Any) -> None:
    """Write one message to the other process: a length and a pickle."""
    data = pickle.dumps(content, protocol=5)
    left = memoryview(_LENGTH.pack(len(data)) + data)
    while left:
        left = left[stream.write(left) :]
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message of the other process; None where there are no more."""
    header = _exactly(stream, _LENGTH.size)
    data = None if header is None else _exactly(stream, _LENGTH.unpack(header)[0])
    return None if data is None else pickle.loads(data)


def _exactly(stream: IO[bytes], size: int) -> bytes | None:
    """Read so many bytes; None where the stream ends before."""
    parts: list[bytes] = []
    while size > 0:
        part = stream.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def end_with_parent(stream: IO[bytes]) -> None:
    """End the child when the parent's end of the pipe is gone."""
    stream.read(1)
    os._exit(1)


def main() -> None:
    """Solve the problem that comes in, telling what is proved on the way."""
    # Only the first import of a solver in the whole process: the parent has none to load.
    from allocator.core import network

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    problem = receive(incoming)
    threading.Thread(target=end_with_parent, args=(incoming,), daemon=True).start()
    settings = Settings(
        progress=lambda k, n: send(outgoing, ("tier", (k, n))),
        proved=lambda outcome: send(outgoing, ("proved", outcome)),
    )
    try:
        send(outgoing, ("answer", network.solve(problem, settings)))
    except ProblemError as error:
        send(outgoing, ("error", str(error)))
    outgoing.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
