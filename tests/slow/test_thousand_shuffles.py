"""The same bytes, whatever the order of rows, the format of tables and the surroundings of the process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice, product
from pathlib import Path
from random import Random

import pytest

from allocator import place
from allocator.placement.round import Round
from oracles import solvable_rounds
from round_files import shuffled, write_round

pytestmark = pytest.mark.slow

ANSWERED = ("placements.csv", "options.csv", "certificate.json")


def plain_rounds() -> Iterator[tuple[int, Round]]:
    """Give rounds that a folder holds whole: none with an earlier proposal."""
    for seed, round_ in solvable_rounds(range(10_000)):
        yield seed, replace(round_, previous=None)


def test_a_thousand_shuffles_in_three_formats(tmp_path: Path) -> None:
    """100 rounds, each written 10 times in another order of rows and columns, as CSV, Parquet or Excel."""
    for seed, round_ in islice(plain_rounds(), 100):
        first = place(round_)
        for turn in range(10):
            kind = ("csv", "parquet", "xlsx")[turn % 3]
            order = partial(shuffled, rng=Random(1000 * seed + turn))
            again = place(write_round(round_, tmp_path / f"{seed}-{turn}", order, kind))
            assert again.placements.to_csv(index=False) == first.placements.to_csv(index=False), (
                seed,
                turn,
                kind,
            )
            assert again.options.to_csv(index=False) == first.options.to_csv(index=False), (seed, turn, kind)
            assert again.certificate == first.certificate, (seed, turn, kind)


def test_surroundings_change_no_byte(tmp_path: Path) -> None:
    """Hash seed, locale, time zone, number of threads: 24 runs of the command, the same files each time."""
    ((_, round_),) = islice(plain_rounds(), 1)
    folder = write_round(round_, tmp_path / "round")
    surroundings = product(
        ({"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "4711"}),
        ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "de_DE.UTF-8"}),
        ({"TZ": "UTC"}, {"TZ": "Pacific/Kiritimati"}),
        ({"OMP_NUM_THREADS": "1"}, {"OMP_NUM_THREADS": "4"}),
    )
    written: set[tuple[bytes, ...]] = set()
    for number, parts in enumerate(surroundings):
        out = tmp_path / f"out-{number}"
        environment = {name: value for part in parts for name, value in part.items()}
        command = [str(Path(sys.executable).with_name("allocator")), "place", str(folder), "-o", str(out)]
        subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, timeout=60, check=True
        )
        written.add(tuple((out / name).read_bytes() for name in ANSWERED))
    assert len(written) == 1
