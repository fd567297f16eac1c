"""The quality table: what each method came to, tier by tier, with what it took, for people to read."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.direct import Direct
from benchmarks.ratio import Ratio
from benchmarks.scale import MOST_MEMORY, Scale

# The tiers of `plane_problem`, with their sign: costs are shown as the measure that they stand for.
TIERS = (
    ("placed, by need (ranks)", -1, 1),
    ("suitability, band A", -1, 1),
    ("suitability, band B", -1, 1),
    ("suitability, band C", -1, 1),
    ("suitability, band D", -1, 1),
    ("preference", 1, 1),
    ("travel, minutes", 1, 10),
    ("annual cost, pounds", 1, 1),
)


def ratio_table(found: Ratio) -> str:
    """Lay out the ratio with every clocked run."""
    six, one = median(found.six_tiers), median(found.one_solve)
    rows = [
        ("six goals in strict order, with proof and lottery", f"{six:.4f}", _runs(found.six_tiers)),
        ("one plain flow, one objective, no proof", f"{one:.4f}", _runs(found.one_solve)),
    ]
    verdict = "the answer holds" if found.equal else "THE ANSWER DOES NOT HOLD"
    return f"{_table(('method', 'CPU s', 'runs'), rows)}\n\nratio {six / one:.2f}; {verdict}"


def direct_table(found: Direct) -> str:
    """Lay out each tier's value by each method, then what each took."""
    names = ["strict order", *found.peers]
    columns = [found.values, *(peer.attempt.values for peer in found.peers.values())]
    rows = [
        (name, *(_value(values[k], sign, per_unit) if k < len(values) else "–" for values in columns))
        for k, (name, sign, per_unit) in enumerate(TIERS)
    ]
    took = [found.cpu_s, *(peer.cpu_s for peer in found.peers.values())]
    rows.append(("CPU s", *(f"{seconds:.3f}" for seconds in took)))
    factors = [
        f"{'' if peer.attempt.finished else 'at least '}{peer.factor:.0f}" for peer in found.peers.values()
    ]
    rows.append(("times ours", "1", *factors))
    notes = [f"{name}: {peer.attempt.note}" for name, peer in found.peers.items() if peer.attempt.note]
    apart = [f"{name} DISAGREES" for name, peer in found.peers.items() if not peer.agrees]
    said = notes + (apart or ["every tier that a peer ended has our value"])
    return _table(("tier", *names), rows) + "\n\n" + "\n".join(said)


def scale_table(found: Scale) -> str:
    """Lay out seconds and memory of each command."""
    rows = [
        (
            step.command,
            str(step.exit_code),
            f"{step.wall_s:.1f}",
            f"{step.cpu_s:.1f}",
            f"{step.largest_process_mib}",
            "–" if step.all_processes_mib is None else f"{step.all_processes_mib}",
        )
        for step in found.steps
    ]
    heads = ("command", "exit", "wall s", "CPU s", "largest process MiB", "all processes MiB")
    verdict = "holds" if found.holds else "DOES NOT HOLD"
    return (
        f"{found.children:,} children, {found.authority}, seed {found.seed}\n{_table(heads, rows)}\n\n"
        f"place and verify end well under {MOST_MEMORY} MiB: {verdict}"
    )


def _value(cost: int, sign: int, per_unit: int) -> str:
    return f"{sign * cost:,}" if per_unit == 1 else f"{sign * cost / per_unit:,.1f}"


def _runs(seconds: Sequence[float]) -> str:
    return " ".join(f"{one:.4f}" for one in seconds)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """First column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
