"""Subject: a review programme by the engine, beside the direct model in CP-SAT and as a MIP in HiGHS.

``python -m benchmarks reviews [FOLDER | --cases N --volunteers M --seed S] --time-limit S [--peers] --json``.
Each runs alone, as a process of its own, one after the other. The engine's figures are those of the
whole command `allocator review`, report and workbooks included, and of its run.json; a peer's are
counted by the same rules on its own appointments. One JSON document goes to stdout; without
``--json`` a table goes to stderr as well.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import watched
from benchmarks.reviews_table import Engine, Tier, table
from benchmarks.watched import Watched

CASES, VOLUNTEERS, LIMIT_S = 3000, 150, 60.0
# What a command may take past its limit, for reading and writing, before it is ended from outside.
GRACE_S = 30.0
OURS = "allocator"
PEERS = (("cp-sat", "benchmarks.peer_reviews_cpsat"), ("mip", "benchmarks.peer_reviews_mip"))
SCRIPT = "from allocator.cli.main import run; run()"


@dataclass(frozen=True)
class Goals:
    """What a programme's tiers are, and how large it is.

    Parameters
    ----------
    size : dict
        "id", "cases", "volunteers", "weeks".
    entries : tuple of (measure, level)
    better : tuple of {1, -1}
        1 where more is better; a tier each.
    """

    size: dict[str, Any]
    entries: tuple[tuple[str, int | None], ...]
    better: tuple[int, ...]


def goals_of(folder: Path) -> Goals:
    """Read a programme's size and tiers."""
    # After the measured processes only: a child's peak memory is never under its parent's.
    from allocator.core.calendar import rules
    from allocator.reviews.build import build
    from allocator.reviews.intake import read_programme

    programme = read_programme(folder)
    built = build(programme)
    heading = programme.policy.programme
    size = {
        "id": heading.id,
        "cases": len(programme.cases),
        "volunteers": len(programme.volunteers),
        "weeks": heading.weeks,
    }
    return Goals(size, built.entries, tuple(rules.better(tier) for tier in built.problem.tiers))


def measure(folder: Path, limit_s: float, peers: bool) -> dict[str, Any]:
    """Run the engine, and the peers where asked, on one programme.

    Parameters
    ----------
    folder : Path
    limit_s : float
        Wall seconds of solving for each.
    peers : bool

    Returns
    -------
    dict
        "programme", "time_limit_s", "engines" by name, "contradictions", "holds".
    """
    with tempfile.TemporaryDirectory(prefix="reviews-") as scratch:
        runs = {OURS: _ours(folder, limit_s, Path(scratch))}
        if peers:
            runs |= {peer[0]: _peer(*peer, folder, limit_s, Path(scratch)) for peer in PEERS}
        goals = goals_of(folder)
    engines = {name: run.engine(goals.entries) for name, run in runs.items()}
    ours = engines[OURS]
    against = [
        f"{name}: {said}"
        for name, engine in engines.items()
        if name != OURS
        for said in contradictions(ours.tiers, engine.tiers, goals.better)
    ]
    return {
        "programme": goals.size,
        "time_limit_s": limit_s,
        "engines": {name: engine.record() for name, engine in engines.items()},
        "contradictions": against,
        "holds": ours.watched.exit_code in (0, 5) and ours.verified is True and not against,
    }


def contradictions(ours: Sequence[Tier], theirs: Sequence[Tier], better: Sequence[int]) -> list[str]:
    """Return what two answers to one programme cannot both be right about.

    As long as the values are equal both solve the same tier: neither's value may pass the other's
    bound. From the first tier in which they differ on, they solve different problems.

    Parameters
    ----------
    ours, theirs : sequence of Tier
    better : sequence of {1, -1}
    """
    for one, other, sign in zip(ours, theirs, better, strict=True):
        if one.value is None or other.value is None:
            break
        for value, bound, who in ((one.value, other.bound, "their"), (other.value, one.bound, "our")):
            if bound is not None and sign * value > sign * bound:
                return [f"{one.name}: {value} passes {who} bound {bound}"]
        if one.value != other.value:
            break
    return []


@dataclass(frozen=True)
class _Run:
    """A run's figures, before it is known what its tiers are."""

    watched: Watched
    told: list[dict[str, Any]]
    note: str = ""
    model: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    verified: bool | None = None

    def engine(self, entries: Sequence[tuple[str, int | None]]) -> Engine:
        """Name the tiers; those that were not come to say so, and the one that it was ended in."""
        missing = [{"status": "not tried"} for _ in entries[len(self.told) :]]
        if missing and self.model is not None and self.watched.note:
            missing[0]["status"] = "nothing"
        told = self.told + missing
        tiers = tuple(
            Tier(
                *entry,
                one.get("value"),
                one.get("bound"),
                one["status"],
                one["status"] == "optimal" or one.get("proven") is True,
                one.get("seconds"),
                one.get("note", ""),
            )
            for entry, one in zip(entries, told, strict=True)
        )
        note = self.note or self.watched.note
        return Engine(self.watched, tiers, note, self.model, self.before, self.verified)


def _ours(folder: Path, limit_s: float, scratch: Path) -> _Run:
    out, told = scratch / "out", scratch / "ours.json"
    words = ["review", str(folder), "-o", str(out), "--time-limit", str(limit_s), "--json", "--quiet"]
    took = watched.run([sys.executable, "-c", SCRIPT, *words], limit_s + GRACE_S, told)
    if not (out / "run.json").is_file():
        return _Run(took, [], took.note or f"exit code {took.exit_code}, nothing written", verified=False)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    # How far a goal is proved is said by its `proof`; the lottery has no value to compare.
    goals = [goal | {"status": goal["proof"]} for goal in record["goals"] if goal["measure"] != "lottery"]
    checked = watched.run([sys.executable, "-c", SCRIPT, "verify", str(out), "--quiet"], limit_s + 300, told)
    return _Run(took, goals, before=_before(record), verified=checked.exit_code == 0)


def _before(record: dict[str, Any]) -> dict[str, Any] | None:
    """Return what school_spread was before its own tier, and what part of it was left."""
    was = (record.get("before") or {}).get("school_spread")
    if was is None:
        return None
    now = next((goal["value"] for goal in record["goals"] if goal["measure"] == "school_spread"), None)
    ratio = round(now / was, 3) if was and now is not None else None
    return {"school_spread": was, "ratio": ratio}


def _peer(name: str, module: str, folder: Path, limit_s: float, scratch: Path) -> _Run:
    told = scratch / f"{name}.jsonl"
    took = watched.run([sys.executable, "-m", module, str(folder), str(limit_s)], limit_s + GRACE_S, told)
    lines = [_document(line) for line in told.read_text(encoding="utf-8").splitlines()]
    said = [line for line in lines if line is not None]
    notes = [line["note"] for line in said if "value" not in line and "note" in line]
    if not notes and took.exit_code > 0:
        notes = [f"failed with exit code {took.exit_code}"]
    model = next((line for line in said if "columns" in line), None)
    return _Run(took, [line for line in said if "value" in line], "; ".join(notes), model)


def _document(line: str) -> dict[str, Any] | None:
    """Return a line's document; None for a solver's banner, or a line that was cut off."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one programme and print what was found.

    Returns
    -------
    int
        0 where the engine's result is verified and contradicts no peer, 1 where not, 2 where there
        is no programme.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks reviews", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a review programme")
    parser.add_argument("--cases", type=int, help=f"of an invented programme ({CASES})")
    parser.add_argument("--volunteers", type=int, help=f"of it ({VOLUNTEERS})")
    parser.add_argument("--seed", type=int, help="of it (1)")
    parser.add_argument(
        "--time-limit", type=float, default=LIMIT_S, help="wall seconds of solving, each (60)"
    )
    parser.add_argument("--peers", action="store_true", help="run CP-SAT and HiGHS too")
    parser.add_argument("--json", action="store_true", help="no table on stderr")
    asked = parser.parse_args(arguments)
    drawn = (asked.cases, asked.volunteers, asked.seed)
    if asked.folder is not None and any(one is not None for one in drawn):
        parser.error("a folder, or the size of an invented programme, not both")
    with tempfile.TemporaryDirectory(prefix="programme-") as scratch:
        folder = asked.folder or _invented(Path(scratch) / "programme", *drawn)
        if not (folder / "reviews.toml").is_file():
            print(f"benchmarks: {folder.name}: no review programme", file=sys.stderr)
            return 2
        record = measure(folder, asked.time_limit, asked.peers)
    print(json.dumps(record))
    if not asked.json:
        print(table(record), file=sys.stderr)
    return 0 if record["holds"] else 1


def _invented(folder: Path, cases: int | None, volunteers: int | None, seed: int | None) -> Path:
    """Write an invented programme by `allocator new`, which says why where it refuses."""
    given = {"--cases": (cases, CASES), "--volunteers": (volunteers, VOLUNTEERS), "--seed": (seed, 1)}
    sizes = [
        word for key, (one, usual) in given.items() for word in (key, str(usual if one is None else one))
    ]
    words = ["new", str(folder), "--kind", "reviews", *sizes, "--quiet"]
    watched.run([sys.executable, "-c", SCRIPT, *words], 300, folder.with_suffix(".txt"))
    return folder


if __name__ == "__main__":
    sys.exit(main())
