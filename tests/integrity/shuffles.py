"""A round's tables put into other orders and formats, and the digest of what is then answered."""

from __future__ import annotations

import csv
import hashlib
import os
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from random import Random

from allocator.placement.allocate import allocate
from allocator.placement.answer import answer_of
from allocator.placement.intake import read_round
from allocator.placement.models import TABLES
from round_files import WRITERS, Rows, shuffled

# One shuffle in so many is written as Parquet, and one as Excel.
EVERY = 20


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


def kind_of(turn: int) -> str:
    """Choose the format of a shuffle."""
    return {0: "parquet", 1: "xlsx"}.get(turn % EVERY, "csv")


def digest(folder: Path) -> str:
    """Place a folder's round; hash the three files that promise the same bytes."""
    answer = answer_of(allocate(read_round(folder)))
    whole = b"\0".join((answer.placements, answer.options, answer.certificate))
    return hashlib.sha256(whole).hexdigest()


def digests(folder: Path, turns: Iterable[int]) -> set[str]:
    """Shuffle all tables by rows and columns, once a turn; give every digest that is answered."""
    honest = tables(folder)
    policy = (folder / "round.toml").read_bytes()
    found = set()
    with tempfile.TemporaryDirectory() as room:
        for turn in turns:
            other = partial(shuffled, rng=Random(turn))
            own = Path(room) / str(turn)
            own.mkdir()
            (own / "round.toml").write_bytes(policy)
            WRITERS[kind_of(turn)]({name: other(rows) for name, rows in honest.items()}, own)
            found.add(digest(own))
            for name in os.listdir(own):
                (own / name).unlink()
    return found
