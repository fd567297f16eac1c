"""Second oracle: an integer programme solved tier by tier (HiGHS, in a process of its own).

It shares the reading of rules and goals with the first oracle, and nothing of how the
optimum is found: `placed` by need is a tier a need score, earlier tiers are equality rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

from allocator.placement.round import Round
from oracle_goals import Tier
from oracle_optimum import Question, question
from oracle_rules import rows
from oracles import OracleConflictError, tier_value

WORKER = Path(__file__).with_name("oracle_milp_worker.py")


class MilpOracle:
    """A running worker; use it as a context manager, so that the process always ends."""

    def __enter__(self) -> MilpOracle:
        self._worker = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.communicate()

    def _ask(self, programme: dict[str, Any]) -> list[int]:
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps(programme) + "\n")
        self._worker.stdin.flush()
        answer = json.loads(self._worker.stdout.readline())
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return list(answer)

    def values(self, round_: Round) -> list[Fraction]:
        """Give every tier's value, in the order and the units of `OracleAnswer.values`.

        Parameters
        ----------
        round_ : Round
            Any round without conflicts; some hundreds of pairs are still quick.

        Raises
        ------
        OracleConflictError
            Where panel or parent rulings exceed the places there are.
        """
        asked = question(round_)
        if asked.conflicts:
            raise OracleConflictError(asked.conflicts)
        fixed = {child: pair.provision_id for child, pair in asked.fixed.items()}
        found = self._ask(_programme(asked))
        return [
            Fraction(least, tier.sign * scale) + tier_value(asked, tier, fixed)
            for tier, scale, least in zip(asked.tiers, asked.scales, found, strict=True)
        ]


def _programme(asked: Question) -> dict[str, Any]:
    """Write a round as the worker's whole numbers; fixed children only lessen the places."""
    index = {key: place for place, key in enumerate(asked.provisions)}
    pairs = [(place, pair) for place, child in enumerate(asked.free) for pair in asked.eligible(child)]
    members: dict[str, list[int]] = {key: [] for key in asked.schools}
    for row in rows(asked.round_.provisions):
        members[row["school_id"]].append(index[row["provision_id"]])

    def whole(tier: Tier, scale: int, value: Fraction) -> int:
        return int(value * scale * tier.sign)

    return {
        "children": len(asked.free),
        "pairs": [[place, index[pair.provision_id]] for place, pair in pairs],
        "within": [max(0, (room.within or 0) - room.fixed) for room in asked.provisions.values()],
        "left": [room.left for room in asked.provisions.values()],
        "totals": [[members[key], room.left] for key, room in asked.schools.items() if room.left is not None],
        "tiers": [
            [[whole(tier, scale, tier.of_pair(pair)) for _, pair in pairs], whole(tier, scale, tier.of_over)]
            for tier, scale in zip(asked.tiers, asked.scales, strict=True)
        ],
    }
