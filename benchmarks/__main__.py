"""The door: ``python -m benchmarks ratio|direct|scale``, a table or one JSON document.

``gap`` and ``affinity`` take files and print one JSON line each; ``reviews`` takes a programme.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import affinity, direct, gap, quality, ratio, reviews, scale
from benchmarks.plane import plane_problem

Door = Callable[[argparse.Namespace], tuple[dict[str, Any], str, bool]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subject and print what was measured.

    Returns
    -------
    int
        0 where everything that the subject claims holds, 1 where something does not.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["gap"]:
        return gap.main(words[1:])
    if words[:1] == ["affinity"]:
        return affinity.main(words[1:])
    if words[:1] == ["reviews"]:
        return reviews.main(words[1:])
    asked = _parser().parse_args(words)
    try:
        record, table, holds = asked.door(asked)
    except ValueError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    print(json.dumps(record) if asked.json else table)
    return 0 if holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    doors = parser.add_subparsers(dest="subject", required=True)
    for name, door, words in (
        ("ratio", _ratio, "six goals in strict order against one plain flow of the same pairs"),
        ("direct", _direct, "six goals in strict order against CP-SAT and HiGHS, tier by tier"),
        ("scale", _scale, "new, place and verify as whole processes: seconds and peak memory"),
    ):
        one = doors.add_parser(name, help=words, description=words)
        one.set_defaults(door=door)
        one.add_argument("--json", action="store_true", help="one JSON document instead of a table")
        one.add_argument("--seed", type=int, default=1, help="of the synthetic instance (1)")
        one.add_argument("--children", type=int, default=100_000 if name == "scale" else 3000)
        if name == "scale":
            one.add_argument("--authority", choices=("kent", "england"), default="kent")
            one.add_argument("--keep", type=Path, help="leave the round and the answer in this folder")
            continue
        one.add_argument("--provisions", type=int, default=150)
        one.add_argument("--options", type=int, default=20, help="eligible provisions a child (20)")
    _of_direct(doors.choices["direct"])
    return parser


def _of_direct(one: argparse.ArgumentParser) -> None:
    one.add_argument("--limit", type=float, default=direct.LIMIT_S, help="wall seconds a peer (60)")
    one.add_argument("--workers", type=int, default=1, help="threads of CP-SAT (1)")
    one.add_argument("--peer", choices=("cp-sat", "highs"), action="append", help="only this one")


def _ratio(asked: argparse.Namespace) -> tuple[dict[str, Any], str, bool]:
    found = ratio.measure(asked.children, asked.provisions, asked.options, asked.seed)
    return found.record(), quality.ratio_table(found), found.equal


def _direct(asked: argparse.Namespace) -> tuple[dict[str, Any], str, bool]:
    problem = plane_problem(asked.children, asked.provisions, asked.options, asked.seed)
    peers = direct.peers(asked.workers)
    chosen = {name: peer for name, peer in peers.items() if name in (asked.peer or peers)}
    found = direct.measure(problem, asked.limit, chosen)
    return found.record(), quality.direct_table(found), all(peer.agrees for peer in found.peers.values())


def _scale(asked: argparse.Namespace) -> tuple[dict[str, Any], str, bool]:
    found = scale.measure(asked.children, asked.seed, asked.authority, asked.keep)
    return found.record(), quality.scale_table(found), found.holds


if __name__ == "__main__":
    sys.exit(main())
