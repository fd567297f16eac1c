"""JSON as bytes: one way to write it, so that equal records are equal bytes."""

from __future__ import annotations

import json
from typing import Any


def json_bytes(content: Any) -> bytes:
    """Write JSON with one indentation, sorted by nothing, ended by a newline; no NaN."""
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
