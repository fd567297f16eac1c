"""1,000 orders of all rows and columns, in three formats, give one answer, byte for byte."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from integrity.shuffles import digest, digests, kind_of

TURNS = 500


@pytest.fixture(scope="module")
def tied(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same children under a policy that leaves nearly everything to the lottery."""
    folder = Path(shutil.copytree(synthetic, tmp_path_factory.mktemp("tied") / "round"))
    policy = (folder / "round.toml").read_text()
    goals = '[[goal]]\nmeasure = "placed"\nby = "band"\n[[goal]]\nmeasure = "over_number"\n'
    (folder / "round.toml").write_text(policy[: policy.index("[[goal]]")] + goals)
    return folder


def test_a_thousand_shuffles_give_one_digest_a_round(synthetic: Path, tied: Path) -> None:
    """500 shuffles of rows and columns of each of two rounds, as CSV, Parquet and Excel: one digest each."""
    # Two fresh processes, so that nothing is kept from this one.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(digests, [synthetic, tied], [range(TURNS)] * 2))
    assert found == [{digest(synthetic)}, {digest(tied)}]
    formats = [kind_of(turn) for turn in range(TURNS)]
    assert {kind: formats.count(kind) for kind in set(formats)} == {"csv": 450, "parquet": 25, "xlsx": 25}


def test_a_digest_tells_rounds_apart(synthetic: Path, tied: Path, tmp_path: Path) -> None:
    """Other goals, another seed, a child fewer: another digest each, so that one digest says something."""
    other = Path(shutil.copytree(tied, tmp_path / "seed"))
    policy = (other / "round.toml").read_text()
    (other / "round.toml").write_text(policy.replace('seed = "', 'seed = "other '))
    fewer = Path(shutil.copytree(tied, tmp_path / "fewer"))
    children = (fewer / "children.csv").read_text().splitlines()
    gone = children[-1].split(",")[0]
    for path in fewer.glob("*.csv"):
        kept = [line for line in path.read_text().splitlines() if not line.startswith(f"{gone},")]
        path.write_text("\n".join([*kept, ""]))
    assert len({digest(folder) for folder in (synthetic, tied, other, fewer)}) == 4
