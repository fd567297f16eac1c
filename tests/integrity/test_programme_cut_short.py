"""A review run cut short by the clock: exit 5, the best so far, open goals marked, and it verifies."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from allocator.rounds.new import write_new_programme
from integrity.command import Said, call, run
from integrity.programme_runs import contents, is_whole
from oracle_choices import MORE_IS_BETTER
from programme_files import write_programme
from small_programmes import small_programme

# Wall seconds beyond the limit for stopping and writing, on a machine with other work.
WRITING = 20.0


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of 300 cases, which no second is enough for."""
    folder = tmp_path_factory.mktemp("larger") / "in"
    write_new_programme(folder, cases=300, volunteers=15, seed=5)
    return folder


def assert_cut_short(said: Said, out: Path) -> list[dict[str, object]]:
    """Exit 5, a whole result with status "feasible", every open goal bounded; return its goals."""
    assert said.code == 5, said
    assert "cut short" in said.err
    document = said.document
    assert (document["status"], document["cut_short"]) == ("feasible", True)
    assert is_whole(out)
    record = json.loads((out / "run.json").read_bytes())
    assert (record["status"], record["cut_short"]) == ("feasible", True)
    assert record["goals"] == document["goals"]
    goals: list[dict[str, object]] = record["goals"]
    assert not all(goal["proven"] for goal in goals)
    for goal in goals:
        assert (goal["proof"] == "none") is (not goal["proven"])
    found = call("verify", out, "--json")
    assert found.code == 0, found
    assert found.document["bounded"] == [goal for goal in goals if not goal["proven"]]
    proven = [*found.document["certified"], *found.document["claimed"]]
    assert sorted(map(str, proven)) == sorted(str(goal) for goal in goals if goal["proven"])
    return goals


@pytest.mark.parametrize("limit", ["0", "0.000001", "1", "2.5"])
def test_a_run_cut_short_writes_what_it_has_and_says_so(limit: str, larger: Path, tmp_path: Path) -> None:
    """At any moment: with no time at all the answer is that nothing is done, and its bounds are true."""
    begun = time.monotonic()
    said = call("review", larger, "-o", tmp_path / "out", "--time-limit", limit, "--json")
    assert time.monotonic() - begun <= float(limit) + WRITING
    goals = assert_cut_short(said, tmp_path / "out")
    for goal in goals[:-1]:
        value, bound = goal["value"], goal["bound"]
        assert isinstance(value, int)
        assert isinstance(bound, int)
        assert bound >= value if goal["measure"] in MORE_IS_BETTER else bound <= value, goal
    assert goals[-1]["value"] is None
    assert not goals[-1]["proven"]


def test_the_report_says_that_it_was_cut_short(larger: Path, tmp_path: Path) -> None:
    """Whoever reads the report is told, and `verify` in words says which goals are not proved best."""
    out = tmp_path / "out"
    assert call("review", larger, "-o", out, "--time-limit", "0", "--quiet").code == 5
    assert "The time limit ended the search." in (out / "report.html").read_text()
    said = call("verify", out)
    assert said.code == 0
    assert "Not proved best, and not said to be" in said.out


@pytest.mark.parametrize("seed", range(0, 12, 2))
def test_small_programmes_cut_at_once_hold(seed: int, tmp_path: Path) -> None:
    """Tiny ones are solved in this process: no time at all cuts them short as well, or they are done."""
    write_programme(small_programme(seed), tmp_path / "p" / "in")
    out = tmp_path / "out"
    earlier = tmp_path / "p" / "earlier"
    more = ("--previous", earlier) if earlier.exists() else ()
    said = call("review", tmp_path / "p" / "in", "-o", out, "--time-limit", "0", "--json", *more)
    if said.code == 0:
        assert said.document["status"] == "optimal"
        assert is_whole(out)
    else:
        assert_cut_short(said, out)


def test_a_limit_that_is_not_reached_changes_no_byte(tmp_path: Path) -> None:
    """A limit only cuts: where everything is proven, more time gives the same answer, exit code 0."""
    write_new_programme(tmp_path / "in", cases=12, volunteers=3, seed=3)
    found = []
    for limit in ("10", "600"):
        out = tmp_path / limit
        said = run("review", tmp_path / "in", "-o", out, "--time-limit", limit, "--quiet")
        assert said.code == 0, said
        found.append(contents(out))
    for name in ("schedule.csv", "second_reads.csv", "certificate.json"):
        assert found[0][name] == found[1][name]


def test_a_replacement_cut_short_replaces(larger: Path, tmp_path: Path) -> None:
    """`--overwrite` holds for what is cut short too; without it nothing is touched."""
    out = tmp_path / "out"
    assert call("review", larger, "-o", out, "--time-limit", "0", "--quiet").code == 5
    before = contents(out)
    assert call("review", larger, "-o", out, "--time-limit", "0", "--quiet").code == 2
    assert contents(out) == before
    assert call("review", larger, "-o", out, "--time-limit", "1", "--quiet", "--overwrite").code == 5
    assert is_whole(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
