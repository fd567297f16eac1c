"""The laws of review schedules on as many programmes as the project claims: some twenty minutes on 2 cores.

One command runs all of it, with a line of progress every 500 programmes::

    .venv/bin/python -m pytest tests/slow/test_many_programmes.py -m slow -s

`SLOW_PROGRAMMES=500` before it makes each test that short.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import pytest

from schedule_compare import differing_seeds, unsound_seeds

pytestmark = pytest.mark.slow

SMALL = int(os.environ.get("SLOW_PROGRAMMES", "2000"))
MIXED = int(os.environ.get("SLOW_PROGRAMMES", "10000"))
CHUNK = 50


def found_in(check: Callable[[int, int], dict[int, list[str]]], count: int) -> dict[int, list[str]]:
    """Check the programmes of seeds 0 to `count - 1` on all cores; give those at fault, and how."""
    begun, done = time.monotonic(), 0
    found: dict[int, list[str]] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(check, at, min(at + CHUNK, count)) for at in range(0, count, CHUNK)]
        for chunk in as_completed(running):
            found |= chunk.result()
            done += CHUNK
            if done % 500 == 0:
                spent = time.monotonic() - begun
                print(f"\n{done} programmes, {len(found)} at fault, {spent:.0f} s", end="", flush=True)
    return found


def test_engine_equals_trying_everything() -> None:
    """Goals, proofs and schedules of 2,000 small programmes are those of trying everything."""
    found = found_in(differing_seeds, SMALL)
    assert found == {}, f"{len(found)} of {SMALL} differ"


def test_no_rule_is_broken() -> None:
    """In 10,000 programmes dense in conflicts no rule is broken, and every goal is what it says."""
    found = found_in(unsound_seeds, MIXED)
    assert found == {}, f"{len(found)} of {MIXED} are at fault"
