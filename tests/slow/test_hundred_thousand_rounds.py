"""The laws of `tests/laws` on as many rounds as the project claims: half an hour to an hour on 2 cores.

One command runs all of it, with a line of progress every 5,000 rounds::

    .venv/bin/python -m pytest tests/slow -m slow -s

`SLOW_ROUNDS=5000` before it makes the first test shorter.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import pytest

from allocator import place
from oracle_compare import differing_seeds, tier_values_of
from oracle_milp import MilpOracle
from oracles import solvable_rounds

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("SLOW_ROUNDS", "100000"))
CHUNK = 250


def test_engine_equals_enumeration() -> None:
    """Goals, levels, conflicts, placements and options of all rounds are those of trying everything."""
    begun, done = time.monotonic(), 0
    found: dict[int, list[str]] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        running = [
            pool.submit(differing_seeds, first, min(first + CHUNK, ROUNDS))
            for first in range(0, ROUNDS, CHUNK)
        ]
        for chunk in as_completed(running):
            found |= chunk.result()
            done += CHUNK
            if done % 5000 == 0:
                print(
                    f"\n{done} rounds, {len(found)} differ, {time.monotonic() - begun:.0f} s",
                    end="",
                    flush=True,
                )
    smallest = {seed: found[seed] for seed in sorted(found)[:5]}
    assert found == {}, f"{len(found)} of {ROUNDS} rounds differ, first {smallest}"


def test_engine_equals_integer_programme() -> None:
    """Every tier's value of 2,000 rounds is that of an integer programme solved tier by tier."""
    compared = 0
    with MilpOracle() as milp:
        for seed, round_ in solvable_rounds(range(2000)):
            compared += 1
            assert tier_values_of(place(round_)) == milp.values(round_), seed
    assert compared >= 1800
