"""The line of a TOML file that a dotted key stands in: the standard reader does not tell."""

from __future__ import annotations

import re

_SECTION = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"' -]+?)\s*=")
_LAST_PART = re.compile(r"(\[[0-9]+\]|\.[^.\[\]]+|^[^.\[\]]+)$")


def key_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of each key and table header that stands on a line of its own.

    Keys read as ``travel.speed_kmh``; the second of an array of tables as ``goal[2].measure``.
    """
    lines: dict[str, int] = {}
    seen: dict[str, int] = {}
    path = ""
    for row, line in enumerate(text.splitlines(), start=1):
        section, key = _SECTION.match(line), _KEY.match(line)
        if section is not None:
            path = _plain(section[2])
            if section[1] == "[[":
                seen[path] = seen.get(path, 0) + 1
                lines.setdefault(path, row)
                path = f"{path}[{seen[path]}]"
            lines.setdefault(path, row)
        elif key is not None:
            lines.setdefault(f"{path}.{_plain(key[1])}" if path else _plain(key[1]), row)
    return lines


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def line_of(key: str, lines: dict[str, int]) -> int | None:
    """Return the line of a key, or of the nearest table about it that stands on a line of its own."""
    while key:
        if key in lines:
            return lines[key]
        key = _LAST_PART.sub("", key)
    return None
