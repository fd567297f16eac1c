"""Faults and warnings gathered while the tables are read, given back once and in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from allocator.tables.faults import Fault, Severity

# A value longer than this is cut: it is shown to be found again, not to be read.
SHOWN_CHARACTERS = 80
# So many warnings of one kind in one column are listed one by one; the rest are counted.
WARNINGS_LISTED = 20


def shown(value: str | None) -> str | None:
    """Cut a cell's text for showing; None stays None."""
    if value is None or len(value) <= SHOWN_CHARACTERS:
        return value
    return value[: SHOWN_CHARACTERS - 1] + "…"


class Findings:
    """A list of faults and warnings that is only ever added to."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(
        self,
        file: str,
        code: str,
        rule: str,
        mend: str = "",
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        severity: Severity = "fault",
    ) -> None:
        """Note one finding; see `Fault` for the meaning of each part."""
        self._found.append(
            Fault(
                file=file,
                row=row,
                column=column,
                value=shown(value),
                rule=rule,
                mend=mend,
                code=code,
                severity=severity,
            )
        )

    def extend(self, found: Iterable[Fault]) -> None:
        """Note findings that were made elsewhere."""
        self._found.extend(found)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that stops the run, each once, by file, row and column."""
        return _ordered(fault for fault in self._found if fault.severity == "fault")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Everything doubtful, each once; past the first of a kind in a column only counted."""
        ordered = _ordered(fault for fault in self._found if fault.severity == "warning")
        groups: dict[tuple[str, str, str], list[Fault]] = defaultdict(list)
        for fault in ordered:
            groups[fault.file, fault.column or "", fault.code].append(fault)
        return _ordered(fault for group in groups.values() for fault in _abridged(group))


def _ordered(found: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(set(found), key=lambda fault: (*fault.order, fault.rule)))


def _abridged(group: list[Fault]) -> list[Fault]:
    if len(group) <= WARNINGS_LISTED:
        return group
    left = group[WARNINGS_LISTED:]
    rest = replace(left[0], value=None, rule=f"and {len(left):,} more rows like those above: {left[0].rule}")
    return [*group[:WARNINGS_LISTED], rest]


def listed(words: Iterable[str], most: int = 8) -> str:
    """Write words as "a, b, c", cut after `most` with the number left out."""
    every = list(words)
    head = ", ".join(every[:most])
    return head if len(every) <= most else f"{head} and {len(every) - most:,} more"


def counted(numbers: Mapping[str, int]) -> str:
    """Write counts as "a 1, b 2"."""
    return ", ".join(f"{name} {number:,}" for name, number in numbers.items())
