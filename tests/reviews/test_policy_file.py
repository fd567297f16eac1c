"""The policy of a programme: every key and value of reviews.toml judged, every fault with its line."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

import reviews.little_programme as little
from allocator.reviews.checklist import DEFAULT_ITEMS
from allocator.reviews.intake import check_folder, read_programme
from allocator.reviews.policy import BY_PRIORITY, DEFAULT_GOALS, MEASURES, Goal, Policy
from allocator.reviews.policy_file import judge_policy
from allocator.tables.findings import Findings

SHORT = '[programme]\nid = "p"\nstart = 2027-01-11\n[lottery]\nseed = "s"\n'
DIGEST = hashlib.sha256(b"s").hexdigest()


def judged(text: str) -> tuple[Policy | None, list[tuple[int | None, str | None, str]], list[str]]:
    """Judge a policy's text; return it with its faults (line, key, code) and the codes of its warnings."""
    import tomllib

    findings = Findings()
    policy = judge_policy(tomllib.loads(text, parse_float=Decimal), findings, text)
    faults = [(fault.row, fault.column, fault.code) for fault in findings.faults]
    return policy, faults, [warning.code for warning in findings.warnings]


def test_the_shortest_policy_has_every_default() -> None:
    """An id, a start and a seed are enough."""
    policy, faults, doubts = judged(SHORT)
    assert policy is not None
    assert (faults, doubts) == ([], [])
    heading = policy.programme
    assert (heading.weeks, heading.hours_per_day, heading.closed_weeks) == (12, 6, ())
    assert (heading.handling_hours, heading.signoff_hours, heading.as_of) == (0, 0, None)
    assert (policy.conflicts.same_school, policy.conflicts.same_trust) == (True, True)
    assert (policy.quality.second_read_share, policy.privacy.hide_school) == (0, False)
    assert policy.quality.checklist == DEFAULT_ITEMS
    assert policy.goals == DEFAULT_GOALS
    assert heading.last == dt.date(2027, 3, 29)


def test_every_key_of_the_contract_is_read() -> None:
    text = f"""
[programme]
id = "kent"
start = 2027-01-11
weeks = 10
hours_per_day = 5.75
closed_weeks = [2027-02-15]
handling_hours = 0.1
signoff_hours = 0.3
as_of = 2027-01-25
[conflicts]
same_school = false
same_trust = false
[lottery]
seed = "s"
commitment = "sha256:{DIGEST}"
[quality]
second_read_share = 0.05
checklist = ["Views of the child", " Outcomes of “section E”: = current? "]
[privacy]
hide_school = true
[[goal]]
measure = "waited"
by = "priority"
[[goal]]
measure = "second_reads"
"""
    policy, faults, doubts = judged(text)
    assert policy is not None
    assert (faults, doubts) == ([], [])
    assert policy.programme.hours_per_day == Decimal("5.75")
    assert policy.programme.closed_weeks == (dt.date(2027, 2, 15),)
    assert policy.programme.as_of == dt.date(2027, 1, 25)
    assert (policy.conflicts.same_school, policy.privacy.hide_school) == (False, True)
    assert policy.quality.second_read_share == Decimal("0.05")
    assert policy.quality.checklist == ("Views of the child", "Outcomes of “section E”: = current?")
    assert policy.goals == (
        Goal(measure="waited", by="priority"),
        Goal(measure="second_reads"),
        Goal(measure="lottery"),
    )


def test_a_checklist_may_be_empty() -> None:
    """An authority that wants no checklist in the packs says so."""
    policy, faults, _ = judged(SHORT + "[quality]\nchecklist = []\n")
    assert policy is not None
    assert (policy.quality.checklist, faults) == ((), [])


def test_every_measure_is_known_and_told_apart_where_it_may_be() -> None:
    """`by = "priority"` is for three measures, and a fault elsewhere."""
    for measure in MEASURES:
        _, plain, _ = judged(f'{SHORT}[[goal]]\nmeasure = "{measure}"\n')
        _, split, _ = judged(f'{SHORT}[[goal]]\nmeasure = "{measure}"\nby = "priority"\n')
        assert plain == []
        assert split == ([] if measure in BY_PRIORITY else [(8, "goal[1].by", "policy_by")])


FAULTS: dict[str, tuple[str, list[tuple[int | None, str | None, str]]]] = {
    "no id": (SHORT.replace('id = "p"\n', ""), [(1, "programme.id", "policy_key_missing")]),
    "no start": (
        SHORT.replace("start = 2027-01-11\n", ""),
        [(1, "programme.start", "policy_key_missing")],
    ),
    "no seed": (SHORT.replace('seed = "s"\n', ""), [(4, "lottery.seed", "policy_key_missing")]),
    "a start on a Tuesday": (SHORT.replace("-11", "-12"), [(3, "programme.start", "policy_monday")]),
    "a start at noon": (
        SHORT.replace("2027-01-11", "2027-01-11T12:00:00"),
        [(3, "programme.start", "policy_value")],
    ),
    "a closed Wednesday": (
        SHORT.replace("[lottery]", "closed_weeks = [2027-01-18, 2027-01-20]\n[lottery]"),
        [(4, "programme.closed_weeks[2]", "policy_monday")],
    ),
    "an as_of on a Friday": (
        SHORT.replace("[lottery]", "as_of = 2027-01-22\n[lottery]"),
        [(4, "programme.as_of", "policy_monday")],
    ),
    "half a week": (
        SHORT.replace("[lottery]", "weeks = 1.5\n[lottery]"),
        [(4, "programme.weeks", "policy_value")],
    ),
    "no hours in a day": (
        SHORT.replace("[lottery]", "hours_per_day = 0\n[lottery]"),
        [(4, "programme.hours_per_day", "policy_value")],
    ),
    "hours without end": (
        SHORT.replace("[lottery]", "handling_hours = inf\n[lottery]"),
        [(4, "programme.handling_hours", "policy_value")],
    ),
    "hours too fine": (
        SHORT.replace("[lottery]", "signoff_hours = 0.3333333333333\n[lottery]"),
        [(4, "programme.signoff_hours", "policy_value")],
    ),
    "a share above one": (
        SHORT + "[quality]\nsecond_read_share = 1.1\n",
        [(7, "quality.second_read_share", "policy_value")],
    ),
    "an item of the checklist that is a number": (
        SHORT + '[quality]\nchecklist = ["Views", 3]\n',
        [(7, "quality.checklist[2]", "policy_value")],
    ),
    "an item of blanks": (
        SHORT + '[quality]\nchecklist = ["  ", "Views"]\n',
        [(7, "quality.checklist[1]", "policy_value")],
    ),
    "an item of two lines": (
        SHORT + '[quality]\nchecklist = ["Views\\nOutcomes"]\n',
        [(7, "quality.checklist[1]", "policy_value")],
    ),
    "an item without end": (
        SHORT + f'[quality]\nchecklist = ["{"x" * 301}"]\n',
        [(7, "quality.checklist[1]", "policy_value")],
    ),
    "an item twice": (
        SHORT + '[quality]\nchecklist = ["Views", "Outcomes", "Views"]\n',
        [(7, "quality.checklist", "checklist_twice")],
    ),
    "a checklist that is text": (
        SHORT + '[quality]\nchecklist = "Views"\n',
        [(7, "quality.checklist", "policy_value")],
    ),
    "a yes for a truth": (
        SHORT + '[conflicts]\nsame_school = "yes"\n',
        [(7, "conflicts.same_school", "policy_value")],
    ),
    "a key that is none": (
        SHORT + "[conflicts]\nsame_scool = true\n",
        [(7, "conflicts.same_scool", "policy_key")],
    ),
    "a part that is none": (SHORT + "[travel]\nspeed = 3\n", [(6, "travel", "policy_key")]),
    "a measure of the other side": (
        SHORT + '[[goal]]\nmeasure = "placed"\n',
        [(7, "goal[1].measure", "policy_measure")],
    ),
    "weights": (
        SHORT + '[[goal]]\nmeasure = "waited"\nweighted = { waited = 1 }\n',
        [(8, "goal[1].weighted", "policy_key")],
    ),
    "told apart by band": (
        SHORT + '[[goal]]\nmeasure = "scheduled"\nby = "band"\n',
        [(8, "goal[1].by", "policy_value")],
    ),
    "a goal twice": (
        SHORT + '[[goal]]\nmeasure = "kept"\n[[goal]]\nmeasure = "kept"\n',
        [(8, "goal[2]", "goal_twice")],
    ),
    "the lottery first": (
        SHORT + '[[goal]]\nmeasure = "lottery"\n[[goal]]\nmeasure = "kept"\n',
        [(7, "goal[1].measure", "lottery_last")],
    ),
    "another commitment": (
        SHORT.replace('"s"', f'"t"\ncommitment = "sha256:{DIGEST}"'),
        [(6, "lottery.commitment", "commitment")],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_policy_is_told_where_it_breaks(name: str) -> None:
    text, expected = FAULTS[name]
    policy, faults, _ = judged(text)
    assert policy is None
    assert faults == expected


def test_all_faults_of_a_policy_come_at_once() -> None:
    """Goals and parts alike."""
    text = SHORT.replace("-11", "-12") + '[privacy]\nhide = true\n[[goal]]\nmeasure = "placed"\n'
    _, faults, _ = judged(text)
    assert [code for _, _, code in faults] == ["policy_monday", "policy_key", "policy_measure"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("closed_weeks = [2027-04-05]", "closed_outside"),
        ("as_of = 2026-12-28", "as_of_outside"),
        ("[quality]\nsecond_read_share = 0.1", "second_reads_added"),
    ],
)
def test_what_has_no_effect_is_pointed_out(line: str, code: str) -> None:
    policy, faults, doubts = judged(SHORT.replace("[lottery]", f"{line}\n[lottery]"))
    assert policy is not None
    assert (faults, doubts) == ([], [code])


def test_kept_goes_just_before_the_lottery_unless_it_is_named() -> None:
    """An earlier schedule counts even where the policy does not say so."""
    policy, _, _ = judged(SHORT)
    assert policy is not None
    assert policy.with_kept().goals == (*DEFAULT_GOALS[:-1], Goal(measure="kept"), DEFAULT_GOALS[-1])
    named, _, _ = judged(SHORT + '[[goal]]\nmeasure = "kept"\n[[goal]]\nmeasure = "scheduled"\n')
    assert named is not None
    assert named.with_kept() is named


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "policy_missing"), (b"\xff", "encoding"), ("[programme\n", "toml"), ("a = 1\na = 2\n", "toml")],
)
def test_a_file_that_is_no_policy(content: little.Content, code: str, tmp_path: Path) -> None:
    found, _ = check_folder(little.write(tmp_path, {"reviews.toml": content}))
    assert [fault.code for fault in found] == [code]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    plain = read_programme(little.write(tmp_path / "plain")).policy
    marked = little.write(tmp_path / "marked", {"reviews.toml": b"\xef\xbb\xbf" + little.POLICY.encode()})
    assert read_programme(marked).policy == plain
