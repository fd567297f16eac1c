"""Ids that may be one and the same, written in two ways.

Ids number things in order, so that two which differ by a digit are the rule and say nothing. Two that
differ in capital letters, dashes, dots or leading noughts alone are doubtful, and so are two long words
that differ by one letter, with the same numbers in them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

# Words of fewer letters differ by one for good reasons.
_LONG_WORD = 6
# A word of fewer letters is as good as a number: north-a and north-b.
_WORD = 4
_LEADING_NOUGHTS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class NearNames:
    """Two ids that may mean the same.

    Parameters
    ----------
    one, other : str
        In order.
    like : {"spelling", "letter"}
        "spelling": alike but for capital letters, dashes, dots or leading noughts; "letter": alike but
        for one letter too many, left out, other, or swapped with its neighbour.
    """

    one: str
    other: str
    like: Literal["spelling", "letter"]


def near_names(ids: Iterable[str]) -> tuple[NearNames, ...]:
    """Return the pairs of ids that may mean the same, in order of the ids."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in sorted({name for name in ids if name}):
        by_key[plain(name)].append(name)
    found = {pair: "spelling" for names in by_key.values() for pair in combinations(names, 2)}
    for one, other in _one_letter_off(by_key):
        for left in by_key[one]:
            for right in (name for name in by_key[other] if _in_long_words(left, name)):
                found.setdefault((min(left, right), max(left, right)), "letter")
    return tuple(
        NearNames(one, other, "letter" if like == "letter" else "spelling")
        for (one, other), like in sorted(found.items())
    )


def plain(name: str) -> str:
    """Return an id in small letters, without punctuation and leading noughts.

    Numbers that punctuation parts stay parted: 1-12 is not 11-2.
    """
    parted = re.sub(r"(?<=[0-9])[^a-z0-9]+(?=[0-9])", "|", name.casefold())
    return _LEADING_NOUGHTS.sub("", re.sub(r"[^a-z0-9|]+", "", parted))


def _one_letter_off(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the pairs of keys with long words that differ by one letter, and the same numbers."""
    by_rest: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key in keys:
        for rest in _rests(key):
            by_rest[rest].add(key)
    seen = set()
    for alike in by_rest.values():
        for one, other in combinations(sorted(alike), 2):
            if (one, other) not in seen and _one_apart(one, other):
                seen.add((one, other))
                yield one, other


def _rests(key: str) -> Iterator[tuple[str, ...]]:
    """Give the key without each one of its letters; nothing where its letters are few.

    Two keys that are one letter apart share a rest, or the one is a rest of the other.
    """
    numbers, letters = tuple(_DIGITS.findall(key)), _DIGITS.sub("0", key)
    if sum(letter.isalpha() for letter in letters) < _LONG_WORD:
        return
    yield (letters, *numbers)
    for at, letter in enumerate(letters):
        if letter.isalpha():
            yield (letters[:at] + letters[at + 1 :], *numbers)


def _one_apart(one: str, other: str) -> bool:
    """Tell whether one letter more, less or other, or two neighbours swapped, make the one the other."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    )


def _in_long_words(one: str, other: str) -> bool:
    """Tell whether the words that two ids do not share are long ones."""
    words = [re.split(r"[^a-z]+", name.casefold()) for name in (one, other)]
    if len(words[0]) != len(words[1]):
        return True
    return all(
        min(len(left), len(right)) >= _WORD for left, right in zip(*words, strict=True) if left != right
    )
