"""Places children with special educational needs by assessed need, in strict order, with a proof.

The public names are the doors and the errors::

    from allocator import place, verify
    result = place("instances/seaford-60")
    print(result.status, result.goals[0])

Names are loaded when they are first used, so importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allocator.errors import (
        AllocatorError as AllocatorError,
    )
    from allocator.errors import (
        CertificateError as CertificateError,
    )
    from allocator.errors import (
        InputError as InputError,
    )
    from allocator.errors import (
        NoAssignmentError as NoAssignmentError,
    )
    from allocator.errors import (
        ProblemError as ProblemError,
    )
    from allocator.errors import (
        StoreError as StoreError,
    )
    from allocator.errors import (
        UsageError as UsageError,
    )
    from allocator.rounds.programme_run import review as review
    from allocator.rounds.recheck import verify as verify
    from allocator.rounds.run import place as place

_HOME = {
    "place": "allocator.rounds.run",
    "review": "allocator.rounds.programme_run",
    "verify": "allocator.rounds.recheck",
    "AllocatorError": "allocator.errors",
    "CertificateError": "allocator.errors",
    "InputError": "allocator.errors",
    "NoAssignmentError": "allocator.errors",
    "ProblemError": "allocator.errors",
    "StoreError": "allocator.errors",
    "UsageError": "allocator.errors",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return [*globals(), *__all__]
