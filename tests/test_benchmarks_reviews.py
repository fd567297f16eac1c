"""The review benchmark: its peers solve the same problem, say what they found, and end when they must."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allocator.core.calendar import rules
from allocator.core.calendar.problem import (
    Appointments,
    CalendarProblem,
    KeptTier,
    LoadTier,
    PairTier,
    SecondTier,
    SpreadTier,
    TimeTier,
)
from allocator.synthetic.programme import write_programme
from benchmarks import reviews, watched
from benchmarks.__main__ import main
from benchmarks.peer_reviews_model import DirectModel
from benchmarks.reviews import PEERS, contradictions
from benchmarks.reviews_table import Tier, table

# Every rule, and every goal but `kept`, which needs an earlier schedule.
RULES = """\
[programme]
id = "every-rule"
start = 2027-01-11
weeks = 6
closed_weeks = [2027-01-25]
handling_hours = 0.25
signoff_hours = 1
[lottery]
seed = "s"
[quality]
second_read_share = 0.5
"""
OFFICERS = "week,hours\n2027-01-11,1\n2027-01-18,2\n2027-02-01,2\n2027-02-08,1\n2027-02-15,1\n"
GOALS = ("waited", "scheduled", "days_late", "second_reads", "expertise", "school_spread", "workload_gap")


def problem(seed: int) -> CalendarProblem:
    """Draw a problem with every rule and every kind of goal, small and tight."""
    rng = np.random.default_rng(seed)
    n, workers, periods = 7, 4, 3
    barred = rng.random((n, workers)) < 0.2
    unlike = np.triu(rng.random((workers, workers)) < 0.6, 1)
    families = 3
    met = rng.random((families, workers)) < 0.2
    return CalendarProblem(
        size=rng.integers(1, 5, n),
        first=rng.integers(0, periods + 1, n),
        room=rng.integers(0, 9, (workers, periods)),
        barred=barred,
        most=rng.integers(0, 5, workers),
        period_most=rng.integers(1, 4, periods),
        draw=rng.permutation(n),
        tiers=(
            TimeTier(rng.integers(0, 9, (n, periods)), 3),
            TimeTier(rng.integers(0, 9, (n, periods)), 90, -1),
            PairTier(rng.random((n, workers)) < 0.5, 2),
            KeptTier(rng.integers(-1, workers, n), rng.integers(0, periods, n)),
            LoadTier(rng.integers(0, 3, workers), rng.integers(0, 20, workers), 250),
            SpreadTier(rng.integers(0, families, n), met, int(met.sum())),
            SecondTier(1),
        ),
        wants_second=rng.random(n) < 0.6,
        second_barred=barred | (rng.random((n, workers)) < 0.2),
        unlike=unlike | unlike.T,
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_direct_model_allows_what_the_rules_allow(seed: int) -> None:
    """A point keeps the rows exactly where its appointments break no rule, and each goal is its objective."""
    asked = problem(seed)
    model = DirectModel(asked)
    rng = np.random.default_rng(seed)
    seen = {True: 0, False: 0}
    for _ in range(300):
        point = np.zeros(len(model.columns), dtype=np.int64)
        point[rng.integers(0, len(point), rng.integers(0, 6))] = 1
        made = model.appointments(point)
        if (made.done.sum() + (made.second_worker >= 0).sum()) != point.sum():
            # A case twice is no appointment at all: only the rows can see it.
            assert not model.rows.keeps(point)
            continue
        kept = model.rows.keeps(point)
        assert kept == (rules.breaches(asked, made) == {})
        seen[kept] += 1
        for tier in asked.tiers:
            stage = model.stage(tier, len(point))
            whole = model.completed(tier, point)
            value = rules.value(asked, tier, made)
            assert stage.value(whole) == value
            assert stage.rows.keeps(whole)
            assert stage.no_worse(value).keeps(whole)
            assert not stage.no_worse(value + stage.better).keeps(whole)
    assert seen[True] > 20
    assert seen[False] > 20


@pytest.mark.parametrize("seed", range(8))
def test_the_direct_model_leaves_out_no_schedule(seed: int) -> None:
    """Every pair and week that some rule-keeping schedule uses has its column."""
    asked = problem(seed)
    model = DirectModel(asked)
    n_columns = 0
    for agent in range(asked.n_agents):
        for worker in range(asked.n_workers):
            for period in range(asked.n_periods):
                made = Appointments.none(asked.n_agents)
                made.worker[agent], made.period[agent] = worker, period
                n_columns += not rules.breaches(asked, made)
    points = np.eye(len(model.columns), dtype=np.int64)
    firsts = [point for point in points if (model.appointments(point).worker >= 0).any()]
    assert len(firsts) == n_columns


def invented(folder: Path, cases: int, seed: int, every_rule: bool) -> Path:
    """Write an invented programme, with every rule where asked."""
    write_programme(folder, cases, 3, seed)
    if every_rule:
        goals = "".join(f'[[goal]]\nmeasure = "{goal}"\n' for goal in GOALS)
        (folder / "reviews.toml").write_text(RULES + goals, encoding="utf-8")
        (folder / "officers.csv").write_text(OFFICERS, encoding="utf-8")
    return folder


def told(module: str, folder: Path, limit_s: float) -> list[dict[str, object]]:
    """Run a peer as the benchmark does and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", module, str(folder), str(limit_s)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_both_peers_agree_on_goals_in_any_order(tmp_path: Path) -> None:
    """Every kind of goal, in any order, under every rule: proven by both, with the same values.

    HiGHS once took the schedule of the tier before for better than it was, and proved that (seeds 70
    and 115).
    """
    asked = []
    for seed in (70, 115, *range(20)):
        drawn = problem(seed)
        order = np.random.default_rng(seed + 1).permutation(len(drawn.tiers))
        asked.append(replace(drawn, tiers=tuple(drawn.tiers[k] for k in order)))
    (tmp_path / "asked").write_bytes(pickle.dumps(asked))
    found = {}
    for module, solver in (("peer_reviews_cpsat", "CpSat"), ("peer_reviews_mip", "Highs")):
        script = (
            "import json, pathlib, pickle, sys\n"
            "from benchmarks.peer_reviews import attempt\n"
            f"from benchmarks.{module} import {solver}\n"
            "for asked in pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()):\n"
            f"    print(json.dumps(list(attempt(asked, {solver}(), 60.0))[1:]))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "asked")],
            capture_output=True,
            text=True,
            check=True,
        )
        tiers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
        assert len(tiers) == len(asked)
        assert {one["status"] for line in tiers for one in line} == {"optimal"}
        assert all(len(line) == 7 for line in tiers)
        found[solver] = [[one["value"] for one in line] for line in tiers]
    assert found["CpSat"] == found["Highs"]


@pytest.mark.parametrize(("seed", "every_rule"), [(1, False), (2, True), (3, True)])
def test_both_peers_prove_the_same_values(seed: int, every_rule: bool, tmp_path: Path) -> None:
    """CP-SAT and HiGHS solve ten cases to the end, and agree in every tier of the strict order."""
    folder = invented(tmp_path / "programme", 10, seed, every_rule)
    goals = reviews.goals_of(folder)
    found = {}
    for name, module in PEERS:
        said = told(module, folder, 60.0)
        tiers = [line for line in said if "value" in line]
        assert len(tiers) == len(goals.entries), said
        assert {line["status"] for line in tiers} == {"optimal"}, name
        assert all(line["value"] == line["bound"] for line in tiers)
        found[name] = [line["value"] for line in tiers]
    assert found["cp-sat"] == found["mip"]
    if every_rule:
        assert {measure for measure, _ in goals.entries} == set(GOALS)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer[0])
def test_a_peer_that_finds_nothing_gives_no_figure(peer: tuple[str, str], tmp_path: Path) -> None:
    """Without time a peer's tiers have no value, and are said not to be tried."""
    folder = invented(tmp_path / "programme", 10, 1, False)
    said = told(peer[1], folder, 0.0)
    assert [line for line in said if line.get("value") is not None] == []
    assert said[-1] == {"note": "out of time"}
    took = watched.Watched(0, False, 1.0, 1.0, 1)
    engine = reviews._Run(took, [line for line in said if "value" in line]).engine([("scheduled", 1)])
    assert engine.tiers == (Tier("scheduled", 1, None, None, "not tried", False, None),)
    killed = replace(took, exit_code=-9, ended=True)
    engine = reviews._Run(killed, [], model=said[0]).engine([("scheduled", 1), ("scheduled", 2)])
    assert [one.status for one in engine.tiers] == ["nothing", "not tried"]


def test_a_peer_out_of_memory_says_so(tmp_path: Path) -> None:
    """The limit of memory is set in the peer's own process, and reaching it is told, not hidden."""
    folder = invented(tmp_path / "programme", 10, 1, False)
    script = (
        "import sys, numpy\n"
        "from benchmarks import peer_reviews\n"
        "class Large:\n"
        "    def extend(self, columns, rows):\n"
        "        numpy.ones(2 * peer_reviews.MEMORY, dtype=numpy.int8)\n"
        "sys.exit(peer_reviews.main(Large, sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), "5"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"note": "the model does not fit 8 GiB"}


def test_what_runs_past_its_limit_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """A hard wall limit: the command and its child are gone, what was told before stands."""
    child = "import time; time.sleep(60)"
    script = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    out = tmp_path / "told"
    took = watched.run([sys.executable, "-c", script], 1.5, out)
    assert took.ended
    assert took.exit_code == -9
    assert took.wall_s < 20
    assert "its time being over" in took.note
    state = Path(f"/proc/{int(out.read_text())}/stat")
    # Where there is a /proc, the child is soon not there any more, or is a dead entry that nobody waits for.
    until = time.monotonic() + 5
    while _runs(state) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(state)


def _runs(state: Path) -> bool:
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_command_is_clocked_and_its_exit_code_kept(tmp_path: Path) -> None:
    """Seconds, memory and exit code are the command's own."""
    busy = "import time\nwhile time.process_time() < 0.4: pass\nraise SystemExit(3)"
    took = watched.run([sys.executable, "-c", busy], 60, tmp_path / "told")
    assert (took.exit_code, took.ended, took.note) == (3, False, "")
    assert took.cpu_s >= 0.4
    assert took.wall_s >= 0.4
    assert took.peak_mib > 5


def tier(value: int | None, bound: int | None) -> Tier:
    """Make a tier of one goal; proven where value and bound are one."""
    return Tier("scheduled", 1, value, bound, "", value is not None and value == bound, None)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        # Equal and proven by both.
        ([(5, 5), (9, 9)], [(5, 5), (9, 9)], []),
        # The peer is worse in the first tier: what follows is another problem.
        ([(5, 5), (9, 9)], [(4, 7), (20, 20)], []),
        # More than we say is possible.
        ([(5, 5), (9, 9)], [(6, 7), (9, 9)], ["scheduled, priority 1: 6 passes our bound 5"]),
        ([(5, 6), (9, 9)], [(4, 4), (9, 9)], ["scheduled, priority 1: 5 passes their bound 4"]),
        # Better than ours where we prove nothing is no contradiction.
        ([(5, 8), (9, 9)], [(7, 8), (2, 2)], []),
        # The second goal is one where less is better.
        ([(5, 5), (9, 9)], [(5, 5), (8, 3)], ["scheduled, priority 1: 8 passes our bound 9"]),
        ([(5, 5), (9, 4)], [(5, 5), (8, 8)], []),
        # Nothing found contradicts nothing.
        ([(5, 5), (9, 9)], [(None, 3), (None, None)], []),
    ],
)
def test_a_contradiction_is_a_value_past_a_bound(
    ours: list[tuple[int, int]], theirs: list[tuple[int, int]], said: list[str]
) -> None:
    """While the tiers before are equal, no value may pass the other's bound; afterwards nothing compares."""
    found = contradictions([tier(*one) for one in ours], [tier(*one) for one in theirs], (1, -1))
    assert found == said


def test_the_command_measures_the_engine_beside_its_peers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m benchmarks reviews --peers --json`: one document, three engines with the same values."""
    folder = invented(tmp_path / "programme", 10, 4, False)
    assert main(["reviews", str(folder), "--time-limit", "20", "--peers", "--json"]) == 0
    shown = capsys.readouterr()
    record = json.loads(shown.out)
    assert shown.err == ""
    assert record["programme"] | {"id": ""} == {"id": "", "cases": 10, "volunteers": 3, "weeks": 12}
    assert record["holds"] is True
    assert record["contradictions"] == []
    engines = record["engines"]
    assert list(engines) == ["allocator", "cp-sat", "mip"]
    names = [[(one["measure"], one["level"]) for one in engine["tiers"]] for engine in engines.values()]
    assert names[0] == names[1] == names[2]
    assert engines["allocator"]["verified"] is True
    values = {name: [one["value"] for one in engine["tiers"]] for name, engine in engines.items()}
    assert values["cp-sat"] == values["mip"]
    for name, engine in engines.items():
        assert engine["exit_code"] in (0, 5), name
        assert engine["peak_mib"] > 20
    shown_table = table(record)
    assert "10 cases, 3 volunteers" in shown_table
    assert "proven" in shown_table


def test_a_folder_that_holds_no_programme_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 and a sentence; so are impossible sizes, and a folder and a size together."""
    assert main(["reviews", str(tmp_path)]) == 2
    assert "no review programme" in capsys.readouterr().err
    assert main(["reviews", "--cases", "0"]) == 2
    assert "no review programme" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["reviews", str(tmp_path), "--cases", "9"])
