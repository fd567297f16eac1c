"""The same arguments give the same bytes: in another process, in the shipped folder, in the recipe."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from allocator.errors import UsageError
from allocator.synthetic.placement_round import make_round, write_round


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_other_process_writes_the_same_bytes(tmp_path: Path) -> None:
    """Another process, with another hash seed, locale and time zone, writes the same bytes."""
    write_round(tmp_path / "here", "kent", 150, 4)
    script = (
        "from pathlib import Path; from allocator.synthetic.placement_round import write_round; "
        f"write_round(Path({str(tmp_path / 'there')!r}), 'kent', 150, 4)"
    )
    odd = {**os.environ, "PYTHONHASHSEED": "99", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", script], check=True, env=odd, cwd=Path(__file__).parents[2])

    assert folder_bytes(tmp_path / "here") == folder_bytes(tmp_path / "there")


def test_made_and_written_are_one(tmp_path: Path) -> None:
    """What is written is what is made, whether or not something else was made in between."""
    made = make_round("england", 300, 2)
    make_round("kent", 30, 9)
    written = write_round(tmp_path, "england", 300, 2)

    assert (tmp_path / "round.toml").read_text() == made.policy
    for name, table in made.tables.items():
        assert table.equals(written.tables[name]), name
        assert (tmp_path / f"{name}.csv").read_text() == table.to_csv(index=False, lineterminator="\n")


@pytest.mark.parametrize(
    "changed",
    [{"seed": 2}, {"children": 61}, {"authority": "england"}],
)
def test_other_arguments_give_another_round(changed: dict[str, int | str]) -> None:
    """A change of seed, size or authority changes the children."""
    asked: dict[str, int | str] = {"authority": "kent", "children": 60, "seed": 1}
    one = make_round(**asked)  # type: ignore[arg-type]
    other = make_round(**{**asked, **changed})  # type: ignore[arg-type]

    assert not one.tables["children"].equals(other.tables["children"])
    assert one.policy != other.policy


def test_rater_error_changes_scores_alone() -> None:
    """Streams are apart: measurement error moves the scores and leaves homes and needs as they are."""
    exact = make_round("kent", 300, 1, rater_error=0).tables["children"]
    noisy = make_round("kent", 300, 1).tables["children"]

    assert not exact["need_score"].equals(noisy["need_score"])
    same = ["year_group", "sex", "primary_need", "secondary_needs", "lat", "lon", "wheelchair"]
    assert exact[same].equals(noisy[same])


def test_shipped_round_is_what_the_seed_gives(root: Path, tmp_path: Path) -> None:
    """instances/seaford-60 is byte for byte what its README's command writes."""
    shipped = root / "instances" / "seaford-60"
    seed = int(re.findall(r"--children 60 --seed (\d+)", (shipped / "README.md").read_text())[0])
    write_round(tmp_path, "kent", 60, seed)

    for name, content in folder_bytes(tmp_path).items():
        assert (shipped / name).read_bytes() == content, name


def test_recipe_gives_the_published_digests(root: Path, tmp_path: Path) -> None:
    """instances/kent-sized names a command, and the SHA-256 of each file that it must write."""
    recipe = (root / "instances" / "kent-sized" / "README.md").read_text()
    children, seed = re.findall(r"--children (\d+) --seed (\d+)", recipe)[0]
    published = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", recipe, re.M)}
    write_round(tmp_path, "kent", int(children), int(seed))

    written = {name: hashlib.sha256(content).hexdigest() for name, content in folder_bytes(tmp_path).items()}

    assert written == published


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"authority": "essex"}, "kent, england"),
        ({"children": 0}, "at least 1 child"),
        ({"seed": -1}, "whole number from 0"),
        ({"rater_error": -1.0}, "Rater error"),
        ({"supply": 0.0}, "supply"),
    ],
)
def test_what_cannot_be_drawn_is_refused(asked: dict[str, object], said: str) -> None:
    """An argument outside its range is the caller's error, and the message says what is right."""
    with pytest.raises(UsageError, match=said):
        make_round(**asked)  # type: ignore[arg-type]


def test_dates_follow_the_day_of_the_round() -> None:
    """A round in autumn looks to the transfer dates of the year after, one in January to its own."""
    autumn = make_round("kent", 400, 1, as_of=dt.date(2026, 11, 2)).tables["children"]
    january = make_round("kent", 400, 1).tables["children"]

    for children, as_of in ((autumn, "2026-11-02"), (january, "2027-01-20")):
        assert {"2027-02-15", "2027-03-31"} <= set(children["decide_by"])
        assert (children.loc[children["waiting_since"] != "", "waiting_since"] < as_of).all()
        assert (children.loc[children["decide_by"] != "", "decide_by"] > as_of).all()
