"""The published entry of each goal: its value, its bound, how it is proved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allocator.core import lottery
from allocator.core.calendar.outcome import TierOutcome
from allocator.reviews.build import Built
from allocator.reviews.policy import Policy

LOTTERY = "lottery"


def goal_entries(built: Built, tiers: Sequence[TierOutcome], lottery_proven: bool) -> list[dict[str, Any]]:
    """List one entry a tier, as run.json holds them, the lottery last.

    Parameters
    ----------
    built : Built
    tiers : sequence of TierOutcome
        One a tier of the problem.
    lottery_proven : bool
        Whether the lottery was carried out to its end; it counts only after goals that are all proved.

    Returns
    -------
    list of dict
        "measure", "level", "value", "bound", "proven", "proof".
    """
    entries: list[dict[str, Any]] = [
        {
            "measure": measure,
            "level": level,
            "value": tier.value,
            "bound": tier.bound,
            "proven": tier.proven,
            "proof": tier.proof,
        }
        for (measure, level), tier in zip(built.entries, tiers, strict=True)
    ]
    return [*entries, lottery_entry(lottery_proven and all(tier.proven for tier in tiers))]


def lottery_entry(proven: bool) -> dict[str, Any]:
    """Return the entry of the lottery, which has no value and no bound."""
    return {
        "measure": LOTTERY,
        "level": None,
        "value": None,
        "bound": None,
        "proven": proven,
        "proof": "solver" if proven else "none",
    }


def status_of(entries: Sequence[dict[str, Any]]) -> str:
    """Return "optimal" where every goal is proved, the lottery too, else "feasible"."""
    return "optimal" if all(entry["proven"] for entry in entries) else "feasible"


def goal_words(measure: str, level: int | None) -> str:
    """Name a goal in a sentence."""
    return f"the goal {measure}" if level is None else f"the goal {measure} of priority {level}"


def lottery_record(policy: Policy) -> dict[str, Any]:
    """Return what run.json says of the lottery's seed."""
    return {
        "seed": policy.lottery.seed,
        "commitment": policy.lottery.commitment or lottery.commitment(policy.lottery.seed),
        "checked": policy.lottery.commitment is not None,
    }
