"""certificate.json: the multipliers that bound each goal, by id, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from allocator.core.calendar.outcome import Dual, TierOutcome
from allocator.core.calendar.problem import Ints
from allocator.reviews.build import Built
from allocator.reviews.tables_out import mondays
from allocator.tables.verification import RefusedError, read_json

CERTIFICATE = "certificate.json"
_KEYS = ["tier", "scale", "goals", "cases", "volunteers", "weeks"]
# No multiplier, nor scale, is larger: sums of products with a programme's figures stay exact.
LARGEST = 2**53


def certificate_content(built: Built, tiers: Sequence[TierOutcome]) -> dict[str, Any]:
    """Return what certificate.json holds: an entry for every goal that has multipliers.

    Parameters
    ----------
    built : Built
    tiers : sequence of TierOutcome
        One a tier of the problem.

    Returns
    -------
    dict
        "goals": a list of "tier" (from 1), "scale", "goals" (an integer for each earlier one),
        "cases", "volunteers" and "weeks" (by Monday): prices by id, those of 0 left out.
    """
    ids = _ids(built)
    found = []
    for k, tier in enumerate(tiers, start=1):
        if tier.dual is not None:
            prices = (tier.dual.agent, tier.dual.worker, tier.dual.period)
            found.append(
                {"tier": k, "scale": int(tier.dual.scale), "goals": [int(each) for each in tier.dual.goals]}
                | {name: _priced(ids[name], price) for name, price in zip(ids, prices, strict=True)}
            )
    return {"goals": found}


def read_certificate(built: Built, data: bytes) -> dict[int, Dual]:
    """Read the multipliers strictly.

    Returns
    -------
    dict of int to Dual
        By the index of the tier, from 0.

    Raises
    ------
    RefusedError
        Where anything is not plainly what `certificate_content` gives.
    """
    content = read_json(data, CERTIFICATE, "certificate")
    goals = content.get("goals") if isinstance(content, dict) and list(content) == ["goals"] else None
    if not isinstance(goals, list):
        raise RefusedError("certificate", f"{CERTIFICATE} must hold a list `goals` and nothing else")
    found: dict[int, Dual] = {}
    for entry in goals:
        if not isinstance(entry, dict) or list(entry) != _KEYS:
            raise RefusedError("certificate", f"each goal must hold {', '.join(_KEYS)} and nothing else")
        tier = _whole(entry["tier"], "tier", 1)
        if tier > len(built.entries) or tier - 1 in found:
            raise RefusedError("certificate", f"tier {tier} is none of the programme's, or stands twice")
        found[tier - 1] = _dual(built, entry, tier)
    return found


def _dual(built: Built, entry: dict[str, Any], tier: int) -> Dual:
    earlier = entry["goals"]
    if not isinstance(earlier, list) or len(earlier) != tier - 1:
        raise RefusedError("certificate", f"tier {tier} must have a multiplier for each goal before it")
    return Dual(
        _whole(entry["scale"], "scale", 1),
        tuple(_whole(each, f"goals of tier {tier}", -LARGEST) for each in earlier),
        *(_unpriced(ids, entry[name], f"{name} of tier {tier}") for name, ids in _ids(built).items()),
    )


def _ids(built: Built) -> dict[str, list[str]]:
    return {
        "cases": built.case_ids[built.agents].tolist(),
        "volunteers": built.volunteer_ids.tolist(),
        "weeks": [day.isoformat() for day in mondays(built)],
    }


def _priced(ids: list[str], prices: Ints) -> dict[str, int]:
    return {ids[k]: int(prices[k]) for k in np.flatnonzero(prices).tolist()}


def _unpriced(ids: list[str], content: Any, where: str) -> Ints:
    row = {name: k for k, name in enumerate(ids)}
    if not isinstance(content, dict) or not row.keys() >= content.keys():
        raise RefusedError("certificate", f"{where}: not prices by the programme's ids")
    found = np.zeros(len(ids), dtype=np.int64)
    for name, price in content.items():
        found[row[name]] = _whole(price, f"{where}, {name}", 1)
    return found


def _whole(value: Any, where: str, least: int) -> int:
    if type(value) is not int or not least <= value <= LARGEST:
        raise RefusedError("certificate", f"{where}: {value!r} is no whole number from {least} to 2^53")
    return value
