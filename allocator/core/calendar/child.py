"""A method for calendar problems in a child process, which can be stopped at once.

Two solvers that must never be loaded together each get a process of their own; a crash, a want of
memory or deafness to signals stays there. What the child has found so far is kept by the parent.
Run as ``python -m allocator.core.calendar.child METHOD``.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import IO, Any

from allocator.core.calendar.outcome import CalendarOutcome, Effort, TierOutcome
from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.child import end_with_parent, receive, send
from allocator.errors import ProblemError

# How often the parent looks up from waiting, and how long a child may still tidy up, seconds.
_TICK = 0.2
_GRACE = 2.0
# The part of the machine's memory that a child may take.
_MEMORY = 0.9


def run(
    method: str,
    problem: CalendarProblem,
    effort: Effort,
    start: Appointments | None = None,
    known: Sequence[TierOutcome] = (),
) -> CalendarOutcome | None:
    """Run a method in a child process.

    Parameters
    ----------
    method : {"search", "exact"}
    problem : CalendarProblem
    effort : Effort
        Soon after the deadline the child is ended, wherever it is, and the best that it had told
        is answered.
    start, known
        What the exact method starts from.

    Returns
    -------
    CalendarOutcome or None
        None where the deadline came before anything was found.

    Raises
    ------
    ProblemError
        When the child ends without an answer.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "allocator.core.calendar.child", method],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        left = None if effort.deadline is None else effort.deadline - time.monotonic()
        send(child.stdin, (problem, effort.seconds, left, start, tuple(known)))
        return _listen(child.stdout, effort)
    except BrokenPipeError as error:
        raise ProblemError("the solving process ended before it had read the problem") from error
    finally:
        child.kill()
        # What the child has not read it will not read.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()
        child.stdout.close()


def _listen(stream: IO[bytes], effort: Effort) -> CalendarOutcome | None:
    """Follow the child's events until its answer, or until it is late with it."""
    best: CalendarOutcome | None = None
    # A thread reads: whether a buffered stream holds another event cannot be asked without waiting.
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_forward, args=(stream, events), daemon=True).start()
    begun, deadline = time.monotonic(), effort.deadline
    while True:
        late = deadline is not None and time.monotonic() > deadline + _GRACE
        try:
            event = events.get(timeout=0 if late else _TICK)
        except queue.Empty:
            if late:
                return best
            continue
        if event is None:
            raise ProblemError("the solving process ended without an answer: out of memory, or killed")
        kind, content = event
        if kind == "error":
            raise ProblemError(content)
        if kind == "ready":
            # The clock of solving starts when there is something to solve with.
            deadline = None if deadline is None else deadline + time.monotonic() - begun
        elif kind == "tier":
            effort.progress(*content)
        else:
            best = content
        if kind == "answer":
            return best


def _forward(stream: IO[bytes], events: queue.SimpleQueue[Any]) -> None:
    """Hand on each event of a stream, and None at its end, be it in the middle of an event."""
    event: Any = ()
    while event is not None:
        try:
            event = receive(stream)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            event = None
        events.put(event)


def _limit_memory() -> None:
    """Let this process take no more than a part of the machine's memory, where the system can say so."""
    try:
        import resource

        most = int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _MEMORY)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, ValueError, OSError):
        return


def _solve(method: str, message: Any, outgoing: IO[bytes]) -> CalendarOutcome:
    problem, seconds, left, start, known = message
    if left is None or left > 0:
        _load(method)
    send(outgoing, ("ready", None))
    effort = Effort(
        seconds,
        None if left is None else time.monotonic() + left,
        lambda tier, text: send(outgoing, ("tier", (tier, text))),
    )
    # Each solver is loaded in the one process that needs it.
    if method == "exact":
        from allocator.core.calendar.exact import solve_exactly

        return solve_exactly(problem, effort, start, known)
    from allocator.core.calendar.search import search

    return search(problem, effort, lambda outcome: send(outgoing, ("best", outcome)))


def _load(method: str) -> None:
    """Load a method, and compile what it compiles once an installation."""
    if method == "exact":
        import allocator.core.calendar.exact  # noqa: F401
    else:
        from allocator.core.calendar.search import warm_up

        warm_up()


def main() -> None:
    """Solve the problem that comes in, telling what is found on the way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Solvers that greet on standard output must not greet into the messages.
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    os.dup2(sys.stdout.fileno(), 1)
    message = receive(sys.stdin.buffer)
    threading.Thread(target=end_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    _limit_memory()
    try:
        send(outgoing, ("answer", _solve(sys.argv[1], message, outgoing)))
    except ProblemError as error:
        send(outgoing, ("error", str(error)))
    except MemoryError:
        send(outgoing, ("error", "the solving process ran out of memory"))
    os._exit(0)


if __name__ == "__main__":
    main()
