"""A programme's tables put into other orders and formats, and the digest of what is then answered."""

from __future__ import annotations

import csv
import hashlib
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from random import Random

from allocator.core.calendar.outcome import Effort
from allocator.reviews.allocate import schedule
from allocator.reviews.answer import answer_of
from allocator.reviews.intake import read_programme
from round_files import WRITERS, Rows, shuffled

TABLES = ("cases", "volunteers", "availability", "conflicts", "officers")
FORMATS = ("csv", "parquet", "xlsx")
# So little that a search of a hundred cases ends open; no clock ends it.
LITTLE = 0.3


def tables(folder: Path) -> dict[str, Rows]:
    """Read a folder's CSV tables as text; a table without rows is left out."""
    found = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            if rows:
                found[name] = rows
    return found


def digest(folder: Path, seconds: float = LITTLE) -> str:
    """Schedule a folder's programme; hash the files that promise the same bytes, and the second reads."""
    answer = answer_of(schedule(read_programme(folder), Effort(seconds)))
    return hashlib.sha256(b"\0".join((answer.schedule, answer.second_reads, answer.certificate))).hexdigest()


def written(folder: Path, turn: int, target: Path) -> Path:
    """Write a programme again, rows and columns shuffled, in the format of the turn."""
    target.mkdir()
    (target / "reviews.toml").write_bytes((folder / "reviews.toml").read_bytes())
    order, kind = partial(shuffled, rng=Random(turn)), FORMATS[turn % len(FORMATS)]
    WRITERS[kind]({name: order(rows) for name, rows in tables(folder).items()}, target)
    if kind == "xlsx":
        (target / "round.xlsx").rename(target / "reviews.xlsx")
    return target


def digests(folder: Path, turns: Iterable[int], seconds: float = LITTLE) -> set[str]:
    """Shuffle all tables, once a turn; give every digest that is answered."""
    with tempfile.TemporaryDirectory() as room:
        return {digest(written(folder, turn, Path(room) / str(turn)), seconds) for turn in turns}


if __name__ == "__main__":
    print(digest(Path(sys.argv[1])))
