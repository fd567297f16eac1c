"""The one tree of exceptions that this package raises on purpose.

::

    AllocatorError              something went wrong that a person can mend
    ├── UsageError              the command line or call asks for what cannot be   exit 2
    ├── InputError              the files are wrong: every fault of every file     exit 3
    ├── ProblemError            an assignment problem breaks its own rules         exit 1
    ├── NoAssignmentError       no assignment keeps the hard rules: the conflict   exit 4
    ├── CertificateError        a result does not bear out what it claims          exit 6
    └── StoreError              a result could not be written or read              exit 1

Each class knows the exit code that a command ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from allocator.tables.faults import Fault


class AllocatorError(Exception):
    """Base of everything raised on purpose; `exit_code` is what a command ends with."""

    exit_code: ClassVar[int] = 1


class UsageError(AllocatorError):
    """The call asks for what cannot be done: a missing folder, an output that is not empty."""

    exit_code: ClassVar[int] = 2


class InputError(AllocatorError):
    """The input is wrong. Carries every fault of every file, gathered and raised once.

    Parameters
    ----------
    faults : sequence of Fault
        Everything that stops the run, in the order file, row, column.
    warnings : sequence of Fault
        What was seen on the way and would not have stopped it.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        shown = [str(fault) for fault in self.faults[:20]]
        if len(self.faults) > len(shown):
            shown.append(f"… and {len(self.faults) - len(shown)} more")
        super().__init__("\n".join(shown))


class ProblemError(AllocatorError):
    """An assignment problem is malformed, or its figures leave exact arithmetic."""


class NoAssignmentError(AllocatorError):
    """No assignment keeps the hard rules.

    Parameters
    ----------
    conflict : sequence of str
        The smallest set of named rules that cannot hold together, one sentence a rule.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, conflict: Sequence[str]) -> None:
        self.conflict = tuple(conflict)
        super().__init__("No assignment satisfies the hard rules:\n" + "\n".join(self.conflict))


class CertificateError(AllocatorError):
    """A result does not bear out what it claims.

    Parameters
    ----------
    findings : sequence of str
        What does not hold, one sentence each.
    """

    exit_code: ClassVar[int] = 6

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.findings))


class StoreError(AllocatorError):
    """A result could not be written or read; nothing half-written is left."""
