"""A policy's faults in plain English: keys as they are written in reviews.toml, rules as sentences."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from allocator.reviews.policy import Policy

Loc = tuple[int | str, ...]
_PLAIN = {
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_too_short": "must not be empty",
}


def dotted(loc: Loc) -> str:
    """Write the path to a value as a policy's key: programme.closed_weeks[2], goal[1].measure."""
    key = ""
    for part in loc:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            name = "goal" if part == "goals" and not key else str(part)
            key += f".{name}" if key else name
    return key


def plain_rule(detail: ErrorDetails) -> str:
    """Say what a value must be."""
    said = _PLAIN.get(detail["type"])
    return said or detail["msg"].replace("Input should", "must").replace("must be a valid", "must be a")


def known_keys(loc: Loc) -> list[str]:
    """Return the keys that the part of the policy at a path may have."""
    model: Any = Policy
    for part in loc:
        if isinstance(part, int):
            continue
        info = model.model_fields.get(part)
        model = None if info is None else _model_in(info.annotation)
        if model is None:
            return []
    return ["goal" if name == "goals" else name for name in model.model_fields]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found is not None), None)
