"""The order of rows and columns, and the names of things, decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from allocator import place
from allocator.placement.round import Round
from oracle_rules import lottery_digest, rows
from oracles import solvable_rounds
from round_files import shuffled, write_round
from round_frames import COLUMNS, frame

Names = Mapping[str, Mapping[str, str]]

BLOCKS = [range(first, first + 10) for first in range(0, 60, 10)]
# Two fixed children of equal need, one of them over number: only the lottery order can say which.
FIXED_AND_TIED = [range(334, 335), range(340, 341), range(672, 673)]


def printed(table: pd.DataFrame) -> str:
    """Print a table as it would be written."""
    return table.to_csv(index=False)


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_row_and_column_order_change_no_byte(seeds: range, tmp_path: Path) -> None:
    """Every table shuffled by rows and by columns gives the same placements and options, to the byte."""
    for seed, round_ in solvable_rounds(seeds):
        plain = replace(round_, previous=None)
        first = place(write_round(plain, tmp_path / f"{seed}"))
        for turn in range(2):
            rng = Random(1000 * seed + turn)
            folder = write_round(plain, tmp_path / f"{seed}-{turn}", partial(shuffled, rng=rng))
            again = place(folder)
            assert printed(again.placements) == printed(first.placements), folder
            assert printed(again.options) == printed(first.options), folder
            assert again.certificate == first.certificate, folder


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_files_say_what_memory_says(seeds: range, tmp_path: Path) -> None:
    """A round read from files is the round that was written to them: the same answer either way."""
    for seed, round_ in solvable_rounds(seeds):
        plain = replace(round_, previous=None)
        read, held = place(write_round(plain, tmp_path / f"{seed}")), place(plain)
        assert printed(read.placements) == printed(held.placements), seed
        assert printed(read.options) == printed(held.options), seed
        assert read.goals == held.goals, seed


def renamed(round_: Round, names: Names) -> Round:
    """Give a round with ids replaced, column by column, and its frames back in canonical order."""
    of_column = {**names, "current_provision_id": names["provision_id"]}
    frames = {
        table: frame(
            table,
            [
                {column: of_column.get(column, {}).get(value, value) for column, value in row.items()}
                for row in rows(getattr(round_, table))
            ],
        )
        for table in COLUMNS
    }
    previous = round_.previous and replace(
        round_.previous,
        provision_of={
            names["child_id"][child]: names["provision_id"][held]
            for child, held in round_.previous.provision_of.items()
        },
    )
    return replace(round_, **frames, previous=previous)


def mapped_back(table: pd.DataFrame, names: Names, keys: list[str]) -> pd.DataFrame:
    """Put the old ids back into a result's table, and its rows into their order."""
    table = table.drop(columns=[column for column in ("reason",) if column in table])
    for column, new in names.items():
        if column in table:
            old = {after: before for before, after in new.items()}
            table = table.assign(**{column: table[column].map(lambda name, old=old: old.get(name, name))})
    return table.sort_values(keys).reset_index(drop=True)


@pytest.mark.parametrize("seeds", [*BLOCKS, *FIXED_AND_TIED], ids=str)
def test_relabelled_children_keep_their_places(seeds: range) -> None:
    """With the lottery numbers carried along, new ids in another order change nothing but the ids.

    Schools may take any new name too; provisions only such as keep their order, which is the
    lottery's last resort.
    """
    for seed, round_ in solvable_rounds(seeds):
        children = list(round_.children["child_id"])
        new = [f"N{number}" for number in Random(seed).sample(range(100, 1000), len(children))]
        names = {
            "child_id": dict(zip(children, new, strict=True)),
            "provision_id": {name: f"Q{at}" for at, name in enumerate(round_.provisions["provision_id"])},
            "school_id": {name: f"S{9 - at}" for at, name in enumerate(round_.schools["school_id"])},
        }
        drawn = {
            names["child_id"][child]: lottery_digest(round_.policy.lottery.seed, child) for child in children
        }
        before, after = place(round_), place(renamed(round_, names), lottery_keys=drawn)
        for table, keys in (("placements", ["child_id"]), ("options", ["child_id", "provision_id"])):
            old = mapped_back(getattr(before, table), {}, keys)
            pd.testing.assert_frame_equal(mapped_back(getattr(after, table), names, keys), old, obj=f"{seed}")
        assert after.goals == before.goals, seed
