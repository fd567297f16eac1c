"""reviews.toml read and judged: every fault at once, each with its key and its line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from allocator.reviews.policy import DEFAULT_GOALS, MEASURES, Goal, Policy, goal_rules
from allocator.reviews.policy_words import Loc, dotted, known_keys, plain_rule
from allocator.reviews.programme import InputFile
from allocator.tables.findings import Findings
from allocator.tables.nearest import meaning
from allocator.tables.raw import digest
from allocator.tables.toml_lines import key_lines, line_of

POLICY_FILE = "reviews.toml"


def read_policy(folder: Path, findings: Findings) -> tuple[Policy | None, InputFile | None]:
    """Read the policy of a programme's folder.

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
        rule = "the policy is missing"
        mend = "write it; the shortest has [programme] id and start, and [lottery] seed"
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
        mend = mend or "write it so, or see the reference of the policy"
        shown = None if value is None or isinstance(value, (Mapping, list, tuple)) else str(value)
        line = line_of(key, self._lines)
        self._findings.add(POLICY_FILE, code, rule, mend, row=line, column=key or None, value=shown)


def judge_policy(found: Mapping[str, Any], findings: Findings, text: str = "") -> Policy | None:
    """Judge a policy laid out as reviews.toml.

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
        rule, mend = "is not a key of the policy", "did you mean goal?"
        notes.add("goals", parts.pop("goals"), "policy_key", rule, mend)
    goals = _goals(parts.pop("goal", None), notes)
    try:
        Policy.model_validate(parts)
    except ValidationError as error:
        _details(error, (), notes)
    for context in goal_rules(goals):
        notes.add(context["key"], context["value"], context["code"], context["rule"], context["mend"])
    if len(findings.faults) > before:
        return None
    policy = Policy.model_validate({**parts, "goals": tuple(goals.values())})
    _doubts(policy, findings, key_lines(text))
    return policy


def _goals(goals: object, notes: _Notes) -> dict[int, Goal]:
    """Judge each goal by itself; return the sound ones by their number, from 1."""
    if goals is None:
        return dict(enumerate(DEFAULT_GOALS, start=1))
    if not isinstance(goals, list):
        notes.add("goal", goals, "policy_value", "must be tables", "write [[goal]] above each")
        return {}
    sound: dict[int, Goal] = {}
    for number, goal in enumerate(goals, start=1):
        try:
            sound[number] = Goal.model_validate(goal)
        except ValidationError as error:
            _details(error, ("goals", number - 1), notes)
    return sound


def _details(error: ValidationError, above: Loc, notes: _Notes) -> None:
    for detail in error.errors(include_url=False):
        _detail(detail, (*above, *detail["loc"]), notes)


def _detail(detail: ErrorDetails, loc: Loc, notes: _Notes) -> None:
    """Put one of pydantic's errors in plain English."""
    key, value, kind = dotted(loc), detail["input"], detail["type"]
    last = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        known = known_keys(loc[:-1])
        mend = meaning(last, known) or f"known here: {', '.join(known)}"
        notes.add(key, None, "policy_key", "is not a key of the policy", mend)
    elif kind == "missing":
        notes.add(key, None, "policy_key_missing", "is required", "add it")
    elif kind == "literal_error" and last == "measure":
        mend = meaning(str(value), MEASURES) or f"known: {', '.join(MEASURES)}"
        notes.add(key, value, "policy_measure", "is not a measure", mend)
    elif kind == "policy":
        context = detail["ctx"]
        key = ".".join(part for part in (key, context["key"]) if part)
        shown = value if context["value"] is None else context["value"]
        notes.add(key, shown, context["code"], context["rule"], context["mend"])
    else:
        notes.add(key, value, "policy_value", plain_rule(detail))


def _doubts(policy: Policy, findings: Findings, lines: dict[str, int]) -> None:
    """Point out what a policy says to no effect."""
    heading, measures = policy.programme, {goal.measure for goal in policy.goals}

    def doubt(key: str, value: object, code: str, rule: str, mend: str) -> None:
        findings.add(
            POLICY_FILE,
            code,
            rule,
            mend,
            row=line_of(key, lines),
            column=key,
            value=str(value),
            severity="warning",
        )

    for number, week in enumerate(heading.closed_weeks, start=1):
        if not heading.start <= week <= heading.last:
            rule, mend = "is no week of the programme, and closes nothing", "check the date"
            doubt(f"programme.closed_weeks[{number}]", week, "closed_outside", rule, mend)
    after = heading.last + dt.timedelta(weeks=1)
    if heading.as_of is not None and not heading.start <= heading.as_of <= after:
        rule, mend = "is no week of the programme", "nothing, or everything, lies before it: check the date"
        doubt("programme.as_of", heading.as_of, "as_of_outside", rule, mend)
    if policy.quality.second_read_share and "second_reads" not in measures:
        rule = "second reads are picked and no goal asks for them: one is added at the end of the goals"
        mend = 'say where it counts: a [[goal]] with measure = "second_reads"'
        doubt(
            "quality.second_read_share",
            policy.quality.second_read_share,
            "second_reads_added",
            rule,
            mend,
        )
