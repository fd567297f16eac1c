"""round.toml read and judged: every fault at once, each with its key and its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from allocator.placement.policy import MEASURES, MEASURES_NOT_BUILT, Goal, Policy, goal_rules
from allocator.placement.policy_words import dotted, known_keys, plain_rule
from allocator.placement.round import InputFile
from allocator.tables.findings import Findings
from allocator.tables.nearest import meaning
from allocator.tables.raw import digest
from allocator.tables.toml_lines import key_lines, line_of

POLICY_FILE = "round.toml"


def read_policy(folder: Path, findings: Findings) -> tuple[Policy | None, InputFile | None]:
    """Read the policy of a round's folder.

    Returns
    -------
    policy : Policy or None
        None where it has a fault; `findings` then says which.
    file : InputFile or None
        None where there is no such file.
    """
    try:
        data = (folder / POLICY_FILE).read_bytes()
    except OSError:
        rule, mend = "the policy is missing", "write it; the shortest has [round] id and [lottery] seed"
        findings.add(POLICY_FILE, "policy_missing", rule, mend)
        return None, None
    file = InputFile(POLICY_FILE, digest(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = 1 + data.count(b"\n", 0, error.start)
        findings.add(POLICY_FILE, "encoding", "is not UTF-8", "save the file as UTF-8", row=row)
        return None, file
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        rule, mend = f"is not TOML: {str(error) or type(error).__name__}", "mend what stands there"
        findings.add(POLICY_FILE, "toml", rule, mend, row=_line_named(str(error)))
        return None, file
    return judge_policy(found, findings, text), file


def _line_named(message: str) -> int | None:
    named = re.search(r"\(at line ([0-9]+)", message)
    return None if named is None else int(named[1])


class _Notes:
    """Notes what is wrong with a dotted key, at the line that it stands in."""

    def __init__(self, findings: Findings, text: str) -> None:
        self._findings, self._lines = findings, key_lines(text)

    def add(self, key: str, value: object, code: str, rule: str, mend: str = "") -> None:
        """Note a fault; a value that is a table or list is not shown."""
        shown = None if value is None or isinstance(value, (Mapping, list, tuple)) else str(value)
        line = line_of(key, self._lines)
        self._findings.add(POLICY_FILE, code, rule, mend, row=line, column=key or None, value=shown)


def judge_policy(found: Mapping[str, Any], findings: Findings, text: str = "") -> Policy | None:
    """Judge a policy laid out as round.toml.

    Parameters
    ----------
    found : mapping
        The tables of the file; decimals may be Decimal or float.
    findings : Findings
        Receives everything that is wrong or doubtful.
    text : str, optional
        The file's text, to tell the lines of keys.

    Returns
    -------
    Policy or None
        None where something is wrong.
    """
    notes, before = _Notes(findings, text), len(findings.faults)
    parts = dict(found)
    if "goals" in parts:
        notes.add(
            "goals", parts.pop("goals"), "policy_key", "is not a key of the policy", "did you mean goal?"
        )
    if parts.pop("limit", None) is not None:
        notes.add("limit", None, "not_built", "[[limit]] is not built yet", "leave it out")
    _roads(parts, notes)
    if "goal" in parts:
        parts["goals"] = _goals_not_built(parts.pop("goal"), notes)
    try:
        policy = Policy.model_validate(parts)
    except ValidationError as error:
        details = error.errors(include_url=False)
        apart = [detail for detail in details if detail["loc"]]
        for detail in apart:
            _detail(detail, notes)
        _goals_together(parts, {detail["loc"][:2] for detail in apart}, notes)
        return None
    _doubts(policy, findings)
    return policy if len(findings.faults) == before else None


def _roads(parts: dict[str, Any], notes: _Notes) -> None:
    travel = parts.get("travel")
    if isinstance(travel, Mapping) and travel.get("source") == "roads":
        rule, mend = "travel by road is not built yet", 'write "straight-line" or "matrix"'
        notes.add("travel.source", "roads", "not_built", rule, mend)
        parts["travel"] = {key: value for key, value in travel.items() if key != "source"}


def _goals_not_built(goals: object, notes: _Notes) -> object:
    """Name each measure that is not built yet, and put a built one in its place so that the rest is judged."""
    if not isinstance(goals, list):
        return goals
    judged: list[object] = []
    for number, goal in enumerate(goals, start=1):
        entry = dict(goal) if isinstance(goal, Mapping) else goal
        if isinstance(entry, dict):
            weighted = entry.get("weighted")
            for name in MEASURES_NOT_BUILT:
                rule = f"the measure {name} is not built yet"
                if entry.get("measure") == name:
                    notes.add(f"goal[{number}].measure", name, "not_built", rule, "leave the goal out")
                    entry = {
                        "weighted": {"placed": number},
                        **{k: v for k, v in entry.items() if k != "measure"},
                    }
                if isinstance(weighted, Mapping) and name in weighted:
                    notes.add(f"goal[{number}].weighted.{name}", None, "not_built", rule, "leave it out")
                    weighted = {key: value for key, value in weighted.items() if key != name} or {"placed": 1}
                    entry = {**entry, "weighted": weighted}
        judged.append(entry)
    return judged


def _detail(detail: ErrorDetails, notes: _Notes) -> None:
    """Put one of pydantic's errors in plain English."""
    loc = tuple(part for part in detail["loc"] if part != "[key]")
    key, value, kind = dotted(loc), detail["input"], detail["type"]
    last = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        mend = meaning(last, known_keys(loc[:-1]))
        notes.add(key, None, "policy_key", "is not a key of the policy", mend)
    elif kind == "missing":
        notes.add(key, None, "policy_key_missing", "is required", "")
    elif kind == "literal_error" and ("weighted" in loc or last == "measure"):
        word = last if "weighted" in loc else str(value)
        mend = meaning(word, MEASURES) or f"known: {', '.join(MEASURES)}"
        notes.add(key, word, "policy_measure", "is not a measure", mend)
    elif kind == "policy":
        context = detail["ctx"]
        key = ".".join(part for part in (key, context["key"]) if part)
        shown = value if context["value"] is None else context["value"]
        notes.add(key, shown, context["code"], context["rule"], context["mend"])
    else:
        notes.add(key, value, "policy_value", plain_rule(detail), "")


def _goals_together(parts: Mapping[str, Any], wrong: set[tuple[int | str, ...]], notes: _Notes) -> None:
    """Note every rule that the goals break together: the policy's own judging stops at the first."""
    goals = []
    for number, goal in enumerate(parts.get("goals", ())):
        if ("goals",) in wrong or ("goals", number) in wrong or not isinstance(goal, Mapping):
            return
        goals.append(Goal.model_validate(goal))
    heading = parts.get("round")
    dated = not isinstance(heading, Mapping) or heading.get("as_of") is not None
    for context in goal_rules(goals, dated=dated):
        notes.add(context["key"], context["value"], context["code"], context["rule"], context["mend"])


def _doubts(policy: Policy, findings: Findings) -> None:
    measures = {measure for goal in policy.goals for measure in goal.measures}
    if "over_limit" in measures and policy.travel.limit == "hard":
        rule, mend = (
            'over_limit is always 0 under limit = "hard"',
            'write limit = "soft", or leave the goal out',
        )
        findings.add(POLICY_FILE, "over_limit_hard", rule, mend, column="goal", severity="warning")
