"""CPU seconds of calls that take turns, so that a busy machine treats them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Clocked:
    """One call's answer and what it took, all threads of this process counted.

    Parameters
    ----------
    answer : object
        What the call returned.
    cpu_s, wall_s : float
        Seconds.
    """

    answer: object
    cpu_s: float
    wall_s: float


def clocked(call: Callable[[], object]) -> Clocked:
    """Run a call once and clock it."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = call()
    return Clocked(answer, time.process_time() - cpu, time.perf_counter() - wall)


def in_turns(calls: Mapping[str, Callable[[], object]], times: int = 3) -> dict[str, list[Clocked]]:
    """Run calls in turns, each once before the clock.

    The first, unclocked run loads modules, compiles kernels and fills caches.

    Parameters
    ----------
    calls : mapping of name to callable
    times : int
        Clocked runs of each.

    Returns
    -------
    dict of name to list of Clocked
    """
    for call in calls.values():
        call()
    runs: dict[str, list[Clocked]] = {name: [] for name in calls}
    for _ in range(times):
        for name, call in calls.items():
            runs[name].append(clocked(call))
    return runs
