"""Subject: generalised assignment instances to proven optimality, one JSON line a file.

``python -m benchmarks gap FILE… --time-limit S``. The solve runs in a child process that tells each
better answer as it comes. That process is started, and where an installation is new its kernels are
compiled, before the first file's clock. When a clock ends the child is ended too, and what it told
last is printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from allocator.core.gap import GapAnswer, GapProblem, solve, warm_up
from allocator.errors import ProblemError

LIMIT_S = 60.0
# The child stops this much before the limit by itself; ended from outside it would lose its state.
_MARGIN_S = 0.1
# A child that is not ready by then is compiling.
_READY_S = 8.0


def read_instance(path: Path) -> GapProblem:
    """Read ``m n``, m×n costs, m×n uses, m capacities, all whole numbers, split by any white space.

    Raises
    ------
    ValueError
        Where the file holds anything else.
    """
    words = path.read_text(encoding="utf-8").split()
    try:
        numbers = [int(word) for word in words]
    except ValueError as error:
        raise ValueError(f"{path.name}: whole numbers only ({error})") from None
    if len(numbers) < 2 or min(numbers[:2]) < 1:
        raise ValueError(f"{path.name}: begins with two numbers, agents and items, of at least 1")
    m, n = numbers[:2]
    if len(numbers) != 2 + 2 * m * n + m:
        raise ValueError(f"{path.name}: {m} × {n} need {2 + 2 * m * n + m} numbers, not {len(numbers)}")
    try:
        values = np.array(numbers[2:], dtype=np.int64)
        return GapProblem(values[: m * n].reshape(m, n), values[m * n : -m].reshape(m, n), values[-m:])
    except (OverflowError, ProblemError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def record(name: str, answer: GapAnswer | None, seconds: float) -> dict[str, Any]:
    """Return one line's document: "optimal" where it is proved and "feasible" for all else."""
    return {
        "instance": name,
        "value": None if answer is None else answer.value,
        "bound": None if answer is None else answer.bound,
        "status": "optimal" if answer is not None and answer.status == "optimal" else "feasible",
        "seconds": round(seconds, 3),
    }


class Child:
    """A process that answers one problem after the other, and is replaced when it must be ended.

    Parameters
    ----------
    work : callable
        Of a module, so that a fresh interpreter finds it: problem, wall seconds and a `tell` for
        better answers on the way; returns the last answer.
    warm : callable
        What the child does before it is ready.
    """

    def __init__(
        self, work: Callable[[Any, float, Callable[[Any], None]], Any], warm: Callable[[], object] = bool
    ) -> None:
        self._work, self._warm = work, warm
        self._process: Any = None
        self._line: Any = None

    def answer(self, problem: Any, limit_s: float) -> Any:
        """Return the answer, or the last one told when the limit or the child's life ends."""
        last = None
        try:
            self.start()
            end = time.monotonic() + limit_s
            self._line.send((problem, end))
            while self._line.poll(max(0.0, end - time.monotonic())):
                done, last = self._line.recv()
                if done:
                    return last
        except (EOFError, BrokenPipeError, ConnectionResetError):
            print("benchmarks: the solving process ended before its time", file=sys.stderr)
        self.close()
        return last

    def start(self) -> None:
        """Start the child if there is none, and wait until it has compiled what it must."""
        if self._process is None:
            # A fresh interpreter: no threads or locks of this one come along.
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._work, self._warm), daemon=True)
            self._process.start()
            theirs.close()
            if not self._line.poll(_READY_S):
                print("benchmarks: compiling, once an installation", file=sys.stderr)
            self._line.recv()

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._line.close()
            self._process = None


def _serve(
    line: Connection, work: Callable[[Any, float, Callable[[Any], None]], Any], warm: Callable[[], object]
) -> None:
    """Be the child: answer problems until the line is closed."""
    warm()
    line.send("ready")
    while True:
        try:
            problem, end = line.recv()
        except (EOFError, KeyboardInterrupt):
            return
        # The clock is the machine's own and the same in both processes.
        limit_s = end - _MARGIN_S - time.monotonic()
        try:
            line.send((True, work(problem, limit_s, lambda answer: line.send((False, answer)))))
        except (BrokenPipeError, KeyboardInterrupt):
            return


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve each file and print a line for it.

    Returns
    -------
    int
        0; 2 where a file cannot be read, before anything is solved.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks gap", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--time-limit", type=float, default=LIMIT_S, help="wall seconds a file (60)")
    asked = parser.parse_args(arguments)
    try:
        problems = [(path.name, read_instance(path)) for path in asked.files]
    except (OSError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    child = Child(solve, warm_up)
    try:
        for name, problem in problems:
            child.start()
            started = time.monotonic()
            answer = child.answer(problem, asked.time_limit)
            print(json.dumps(record(name, answer, time.monotonic() - started)), flush=True)
    finally:
        child.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
