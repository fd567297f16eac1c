"""The known word that a mistyped one is most likely to mean."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word closest to `word`, or None where none is close.

    Parameters
    ----------
    word : str
        What was written; case does not count.
    known : iterable of str
        What could have been meant. Equal likeness falls to the first in text order.
    cutoff : float, default 0.6
        Least likeness, 0 to 1, as `difflib.SequenceMatcher` measures it.
    """
    folded: dict[str, str] = {}
    for choice in sorted(known):
        folded.setdefault(choice.casefold(), choice)
    close = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def meaning(word: str, known: Iterable[str]) -> str:
    """Return "did you mean X?" for the nearest known word, or "" where none is close."""
    close = nearest(word, known)
    return "" if close is None else f"did you mean {close}?"
