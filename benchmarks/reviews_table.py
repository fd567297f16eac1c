"""What each engine came to on a review programme, tier by tier, and the table of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.watched import Watched


@dataclass(frozen=True)
class Tier:
    """One tier by one engine.

    Parameters
    ----------
    measure : str
    level : int or None
        The priority class.
    value : int or None
        In the measure's own unit; None where it found nothing.
    bound : int or None
        Given the values of the tiers before; None where it knows none.
    status : str
        Of a peer "optimal", "feasible", "nothing" or "not tried"; of the engine the goal's proof.
    proven : bool
    seconds : float or None
        Wall seconds; None where they are not kept by tier.
    note : str
    """

    measure: str
    level: int | None
    value: int | None
    bound: int | None
    status: str
    proven: bool
    seconds: float | None
    note: str = ""

    @property
    def name(self) -> str:
        """The goal as people would say it."""
        return self.measure if self.level is None else f"{self.measure}, priority {self.level}"


@dataclass(frozen=True)
class Engine:
    """All tiers by one engine, and what they took.

    Parameters
    ----------
    watched : Watched
        Of the whole process.
    tiers : tuple of Tier
    note : str
        Why it stopped, where it did.
    model : dict or None
        "columns", "rows" and "seconds" of a peer's model.
    before : dict or None
        "school_spread" before its own tier, and the "ratio" of what was left.
    verified : bool or None
        Whether `allocator verify` found the result to hold; None for a peer, whose every tier is
        counted by the rules.
    """

    watched: Watched
    tiers: tuple[Tier, ...]
    note: str = ""
    model: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    verified: bool | None = None

    def record(self) -> dict[str, Any]:
        """Return everything as plain JSON, the process's figures first."""
        found = asdict(self)
        return {**found.pop("watched"), **found}


def table(record: dict[str, Any]) -> str:
    """Lay out a measured programme: each tier's value and bound by each engine, then what each took.

    Parameters
    ----------
    record : dict
        As `reviews.measure` returns it.
    """
    engines, size = record["engines"], record["programme"]
    heads = ["goal", *(cell for name in engines for cell in (name, "bound"))]
    rows = [
        [Tier(**tiers[0]).name, *(cell for tier in tiers for cell in _cells(tier))]
        for tiers in zip(*(engine["tiers"] for engine in engines.values()), strict=True)
    ]
    for head, key in (("wall s", "wall_s"), ("CPU s", "cpu_s"), ("peak MiB", "peak_mib")):
        took = [(f"{engine[key]:,}", "") for engine in engines.values()]
        rows.append([head, *(cell for pair in took for cell in pair)])
    said = [f"{name}: {engine['note']}" for name, engine in engines.items() if engine["note"]]
    for name, engine in engines.items():
        if engine["before"] is not None:
            was, ratio = engine["before"]["school_spread"], engine["before"]["ratio"]
            said.append(f"{name}: school_spread was {was:,} before its own tier; {ratio} of it is left")
        if engine["verified"] is not None:
            said.append(f"{name}: {'verified' if engine['verified'] else 'NOT VERIFIED'}")
        said += [f"{name}: {Tier(**tier).name}: {tier['note']}" for tier in engine["tiers"] if tier["note"]]
    said += [f"CONTRADICTION, {one}" for one in record["contradictions"]]
    first = (
        f"{size['id']}: {size['cases']:,} cases, {size['volunteers']:,} volunteers, {size['weeks']} weeks; "
        f"{record['time_limit_s']:g} s each"
    )
    return "\n".join([first, *_lines([heads, *rows]), "", *said])


def _cells(tier: dict[str, Any]) -> tuple[str, str]:
    if tier["value"] is None:
        return "–", tier["status"]
    if tier["proven"]:
        return f"{tier['value']:,}", "proven"
    return f"{tier['value']:,}", "none" if tier["bound"] is None else f"{tier['bound']:,}"


def _lines(rows: list[list[str]]) -> list[str]:
    """First column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]
