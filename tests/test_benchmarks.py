"""The benchmarks run, at sizes that cost nothing: what they print, what they refuse, what they compare."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allocator.core import network
from allocator.core.assignment import Assignment
from benchmarks import direct, quality, ratio, scale
from benchmarks.__main__ import main
from benchmarks.peers import cp_sat, highs, one_flow
from benchmarks.plane import plane_problem

SIZES = ["--children", "120", "--provisions", "12", "--options", "6"]


def test_the_command_prints_the_ratio_as_the_contract_says(root: Path) -> None:
    """`python -m benchmarks ratio --json`: four keys in one document, and the answer holds."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "ratio", *SIZES, "--json"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    record = json.loads(done.stdout)
    assert set(record) == {"six_tiers_cpu_s", "one_solve_cpu_s", "ratio", "equal"}
    assert record["equal"] is True
    assert record["ratio"] == pytest.approx(record["six_tiers_cpu_s"] / record["one_solve_cpu_s"], rel=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_a_plane_problem_is_what_its_sizes_say(seed: int) -> None:
    """Well formed, the same for the same seed, as many options a child, places for 95 % of the children."""
    problem = plane_problem(200, 15, 5, seed)
    problem.check()
    assert np.array_equal(np.diff(problem.first_pair), np.full(200, 5))
    assert problem.ordinary.sum() == 190
    assert len(problem.tiers) == len(quality.TIERS)
    again, other = plane_problem(200, 15, 5, seed), plane_problem(200, 15, 5, seed + 1)
    for tier, same, different in zip(problem.tiers, again.tiers, other.tiers, strict=True):
        assert np.array_equal(tier.values, same.values)
        assert not np.array_equal(tier.values, different.values)


def test_sizes_that_make_no_problem_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """More options than provisions: exit 2 and a sentence, no trace."""
    assert main(["ratio", "--children", "9", "--provisions", "3", "--options", "4"]) == 2
    assert "as many as there are provisions" in capsys.readouterr().err


def test_an_answer_that_is_not_best_does_not_hold() -> None:
    """`equal` can be false: a child put out, two children exchanged, or a proof left out is seen."""
    problem = plane_problem(120, 12, 6)
    outcome = network.solve(problem)
    option = outcome.assignment.option
    most = int((one_flow.solve(problem, problem.tiers[ratio.MINUTES].values) >= 0).sum())
    assert ratio.holds(problem, outcome, most)

    fewer = option.copy()
    fewer[np.flatnonzero(option >= 0)[0]] = -1
    assert not ratio.holds(problem, replace(outcome, assignment=Assignment(fewer)), most)

    exchanged = option.copy()
    out = int(np.flatnonzero(option < 0)[0])
    place = int(problem.pair_option[problem.first_pair[out]])
    holder = int(np.flatnonzero(option == place)[0])
    exchanged[out], exchanged[holder] = place, -1
    assert not ratio.holds(problem, replace(outcome, assignment=Assignment(exchanged)), most)
    assert not ratio.holds(problem, replace(outcome, tiers_proved=3), most)


@pytest.mark.parametrize("totals", [False, True])
def test_every_peer_finds_our_value_in_every_tier(totals: bool) -> None:
    """CP-SAT and HiGHS, tier by tier, with bounds on schools and without, equal the strict-order solve."""
    problem = plane_problem(80, 8, 4)
    if totals:
        most = np.bincount(problem.group, weights=problem.ordinary).astype(np.int64)
        problem = problem.replace(group_total=np.where(np.arange(len(most)) % 2, most * 2 // 3, -1))
    found = direct.measure(problem, 60.0, direct.peers())
    assert set(found.peers) == {"cp-sat", "highs"}
    for name, peer in found.peers.items():
        assert peer.attempt.finished, name
        assert peer.attempt.values == found.values, name
        assert peer.agrees
    minutes = problem.tiers[ratio.MINUTES].values
    plain = one_flow.solve(problem, minutes)
    assert (plain >= 0).sum() == (network.solve(problem).assignment.option >= 0).sum()
    assert "every tier that a peer ended has our value" in quality.direct_table(found)


def test_a_peer_out_of_time_says_how_far_it_came() -> None:
    """What was not proven is not reported, and the factor is said to be a lower bound."""
    found = direct.measure(plane_problem(600, 40, 10), 0.05, direct.peers())
    for peer in found.peers.values():
        assert not peer.attempt.finished
        assert len(peer.attempt.values) < len(found.values)
        assert peer.attempt.note
    assert "at least" in quality.direct_table(found)


def test_a_peer_refuses_what_its_model_leaves_out() -> None:
    """Places over number are not ignored."""
    problem = plane_problem(10, 3, 2)
    problem = problem.replace(over=np.ones(3, dtype=np.int64))
    for peer in (cp_sat.solve, highs.solve):
        with pytest.raises(ValueError, match="over number"):
            peer(problem, 1.0)


def test_the_commands_are_clocked_as_whole_processes(tmp_path: Path) -> None:
    """`scale`: each command ends well, with seconds and memory, and leaves its folders where asked."""
    found = scale.measure(40, folder=tmp_path)
    assert found.holds, found
    assert [step.command for step in found.steps] == ["new", "place", "verify"]
    assert all(step.cpu_s > 0 and step.largest_process_mib > 20 for step in found.steps)
    assert (tmp_path / "out" / "run.json").is_file()
    assert json.dumps(found.record())
    assert "holds" in quality.scale_table(found)


def test_a_command_that_fails_does_not_hold(tmp_path: Path) -> None:
    """A step's exit code is seen, and nothing after it is run."""
    step = scale.run(["verify", str(tmp_path), "--quiet"])
    assert step.exit_code == 2
    assert not scale.Scale("kent", 1, 1, (step,)).holds


def test_the_ordinary_run_collects_nothing_of_the_benchmarks(root: Path) -> None:
    """`pytest` alone stays in tests and documents; `pytest benchmarks` finds the subjects and the guard."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    assert "benchmarks" not in settings["ini_options"]["testpaths"]
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*collect, "benchmarks"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in ("solve", "certificate", "read", "place", "verify", "speed_guard"):
        assert f"benchmarks/test_{subject}.py::" in done.stdout
