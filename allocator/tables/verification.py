"""What verification says: what was checked, what does not hold, and where checking cannot go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

# How many offenders of one kind are named.
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold.

    Parameters
    ----------
    check : str
        "files", "inputs", "certificate", "rows", "rulings", "eligible", "capacity", "total",
        "prices", "lottery", "goals", "figures", "options", "counts" or "status".
    text : str
        What does not hold, in one sentence.
    """

    check: str
    text: str

    def __str__(self) -> str:
        return f"{self.check}: {self.text}"


class RefusedError(Exception):
    """Checking cannot go on: a later check would rest on what was found wrong.

    Parameters
    ----------
    check : str
        As in `Finding`.
    *texts : str
        What does not hold, one sentence each.
    """

    def __init__(self, check: str, *texts: str) -> None:
        self.findings = [Finding(check, text) for text in texts]
        super().__init__(check)


@dataclass
class Verification:
    """What was checked and what does not hold.

    Parameters
    ----------
    checks : list of str
        What was checked and holds, one sentence each.
    findings : list of Finding
        What does not hold; empty when the answer is borne out.
    certified, claimed, bounded : list of dict
        Goals whose value the certificate proves best; that a solver alone claims; that are
        only bounded. Entries as in run.json.
    """

    checks: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    certified: list[dict[str, Any]] = field(default_factory=list)
    claimed: list[dict[str, Any]] = field(default_factory=list)
    bounded: list[dict[str, Any]] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything that is claimed holds."""
        return not self.findings

    def __repr__(self) -> str:
        state = "holds" if self.holds else f"{len(self.findings)} findings"
        return f"<Verification: {state}, {len(self.certified)} goals certified>"

    def _repr_html_(self) -> str:
        said = self.checks if self.holds else [str(finding) for finding in self.findings]
        rows = "".join(f"<li>{escape(line)}</li>" for line in said)
        return f"<p>{escape(repr(self)[1:-1])}</p><ol>{rows}</ol>"

    def as_json(self) -> dict[str, Any]:
        """Return the verification as one JSON-able mapping."""
        return {
            "holds": self.holds,
            "certified": self.certified,
            "claimed": self.claimed,
            "bounded": self.bounded,
            "checks": self.checks,
            "findings": [{"check": finding.check, "text": finding.text} for finding in self.findings],
        }


def verified(check: Callable[[Verification], None]) -> Verification:
    """Run a check that tells a verification what it found; where it refuses to go on, that is a finding.

    Parameters
    ----------
    check : callable
        Adds what holds and what does not; may raise `RefusedError`.
    """
    report = Verification()
    try:
        check(report)
    except RefusedError as refused:
        report.findings += refused.findings
    if not report.holds:
        report.certified, report.claimed, report.bounded = [], [], []
    return report


def read_json(data: bytes, name: str, check: str = "files") -> Any:
    """Read JSON strictly: no key twice, no NaN, and only UTF-8.

    Raises
    ------
    RefusedError
        Naming what is wrong.
    """

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs):
            raise ValueError("a key stands twice")
        return content

    def no_constants(text: str) -> Any:
        raise ValueError(f"{text} is not a number")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=no_repeats, parse_constant=no_constants)
    except (ValueError, RecursionError) as error:
        raise RefusedError(check, f"{name}: {error}") from error


def same(said: Any, derived: Any) -> bool:
    """Equality that does not take True for 1 or 1.0 for 1."""
    if type(said) is not type(derived):
        return False
    if isinstance(said, dict):
        return list(said) == list(derived) and all(same(said[key], derived[key]) for key in said)
    if isinstance(said, list):
        return len(said) == len(derived) and all(map(same, said, derived))
    return bool(said == derived)


def compare_lines(name: str, check: str, said: bytes, derived: bytes, report: Verification) -> None:
    """Add a finding for each of the first lines that differ from what was derived."""
    if said == derived:
        return
    ours, theirs = derived.split(b"\n"), said.split(b"\n")
    if len(ours) != len(theirs):
        report.findings.append(Finding(check, f"{name} has {len(theirs)} lines, {len(ours)} were derived"))
    differ = [k for k, (mine, yours) in enumerate(zip(ours, theirs, strict=False)) if mine != yours]
    for k in differ[:NAMED]:
        said_line, derived_line = theirs[k].decode(errors="replace"), ours[k].decode()
        report.findings.append(
            Finding(check, f"{name} row {k + 1} says {said_line!r}, it is {derived_line!r}")
        )
    if len(differ) > NAMED:
        report.findings.append(Finding(check, f"{name}: {len(differ) - NAMED} more rows differ"))
