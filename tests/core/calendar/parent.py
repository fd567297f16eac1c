"""A parent that solves a long problem in a child process: started by tests that end it in different ways.

Says the child's number on its output as soon as the child is at work.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

from allocator.core.calendar import child
from allocator.core.calendar.outcome import Effort


def main() -> None:
    """Solve the problem of the input."""
    problem = pickle.load(sys.stdin.buffer)
    started: list[Any] = []
    before = subprocess.Popen

    def start(*arguments: Any, **named: Any) -> Any:
        started.append(before(*arguments, **named))
        return started[-1]

    child.subprocess.Popen = start  # type: ignore[misc,assignment]

    def said(tier: int, text: str) -> None:
        if started:
            print(started.pop().pid, flush=True)

    child.run("search", problem, Effort(seconds=600.0, progress=said))


if __name__ == "__main__":
    main()
