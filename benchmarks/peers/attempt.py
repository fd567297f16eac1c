"""What a peer came to: the tiers that it ended within its limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """The tiers that a peer solved to the end, in order.

    Parameters
    ----------
    values : tuple of int
        Least cost of each tier that was proven best within the limit, in the tier's own unit.
    finished : bool
        Whether these are all of the problem's tiers.
    note : str
        Why it stopped, where it did; blank otherwise.
    """

    values: tuple[int, ...]
    finished: bool
    note: str = ""
