"""What run.json says of goals, counts, status and lottery is derived again, value and type.

More than 1,200 spoiled records. The tables and the prices stay honest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from allocator.tables.json_writer import json_bytes
from integrity.cases import Case, DerivedOnce, cases

SEEDS = range(22)
Record = dict[str, Any]


def refused(verify: DerivedOnce, one: Case, run: object) -> set[str]:
    """Verify the honest answer with another record, given as bytes or as what is to be written."""
    written = run if isinstance(run, bytes) else json.dumps(run, ensure_ascii=False).encode()
    return verify.reasons(one.round_, replace(one.answer, run=written))


def other_values(value: Any) -> Iterator[Any]:
    """Give values that are not this one, the nearest misses first: of another type, or off by one."""
    if isinstance(value, bool):
        yield from (not value, int(value), str(value).lower(), None)
    elif isinstance(value, int):
        yield from (value + 1, value - 1, float(value), str(value), None)
        yield from {0: [False], 1: [True]}.get(value, [])
    elif isinstance(value, float):
        yield from (value + 0.1, value - 0.1, str(value), None)
        yield from [int(value)] if value.is_integer() else []
    elif value is None:
        yield from (0, "", "none", False)
    elif isinstance(value, str):
        yield from (value + " ", value.upper() + "X", "", None)
    else:
        yield from (None, [], {}, value[::-1] + value)


@pytest.mark.parametrize("key", ["measure", "level", "value", "bound", "proof"])
def test_a_goal_that_says_something_else_is_refused(key: str) -> None:
    """Value, bound, proof, level and measure of each goal, off by one or of another type: "goals"."""
    verify = DerivedOnce(100)
    for one in cases(SEEDS):
        run, rng = one.run, Random(one.seed)
        goal = rng.choice(run["goals"])
        honest = goal[key]
        for value in other_values(honest):
            goal[key] = value
            assert refused(verify, one, run) == {"goals"}, (one.seed, goal)
        goal[key] = honest
        del goal[key]
        assert refused(verify, one, run) == {"goals"}, (one.seed, goal)
    assert verify.count >= 90


def test_a_claim_of_less_proof_than_there_is_is_refused() -> None:
    """One goal said not to be proven: its entry, its prices or the goals after it do not fit."""
    verify = DerivedOnce(50)
    for one in cases(SEEDS):
        for k in range(len(one.run["goals"])):
            for value in (False, 0, None, "true", 1):
                run = one.run
                run["goals"][k]["proven"] = value
                found = refused(verify, one, run)
                if k + 1 < len(run["goals"]):
                    assert found == {"goals"}, (one.seed, k)
                    continue
                # The reasons of the unplaced follow from what is proven, too.
                assert found == {"certificate"} or {"goals", "status"} <= found, (one.seed, found)
                assert found <= {"certificate", "goals", "status", "figures"}, (one.seed, found)
    assert verify.count >= 150


def test_levels_of_placed_by_need_are_derived() -> None:
    """A level's score or number changed, a level dropped, repeated or exchanged: "goals"."""
    verify = DerivedOnce(50)
    for one in cases(range(100)):
        for k, goal in enumerate(one.run["goals"]):
            levels = goal.get("by_level", [])
            spoiled = [
                [levels[0] | {"value": levels[0]["value"] + 1}, *levels[1:]],
                [levels[0] | {"value": float(levels[0]["value"])}, *levels[1:]],
                [levels[0] | {"level": levels[0]["level"] + 1}, *levels[1:]],
                levels[:-1],
                [*levels, levels[-1]],
                levels[:0],
                {str(level["level"]): level["value"] for level in levels},
            ] if levels else []  # fmt: skip
            for told in spoiled:
                run = one.run
                run["goals"][k]["by_level"] = told
                assert refused(verify, one, run) == {"goals"}, (one.seed, told)
    assert verify.count >= 150


GOALS: Mapping[str, Callable[[list[Any]], Any]] = {
    "the last one missing": lambda goals: goals[:-1],
    "the first one missing": lambda goals: goals[1:],
    "one too many": lambda goals: [*goals, goals[-1]],
    "none": lambda goals: [],
    "no list": lambda goals: {str(k): goal for k, goal in enumerate(goals)},
    "null": lambda goals: None,
    "entries that are no objects": lambda goals: [list(goal.values()) for goal in goals],
    "an unknown key": lambda goals: [goals[0] | {"note": "as agreed"}, *goals[1:]],
    "keys in another order": lambda goals: [dict(reversed(goals[0].items())), *goals[1:]],
    "a level list where there is none": lambda goals: [goal | {"by_level": []} for goal in goals],
}


@pytest.mark.parametrize("kind", GOALS)
def test_goals_that_are_not_one_entry_a_tier_are_refused(kind: str) -> None:
    """Goals missing, added, or of another make: "goals"."""
    verify = DerivedOnce(20)
    for one in cases(SEEDS):
        run = one.run
        run["goals"] = GOALS[kind](run["goals"])
        assert refused(verify, one, run) == {"goals"}, one.seed
    assert verify.count >= 18


def test_goals_in_another_order_are_refused() -> None:
    """The order of the goals is the policy's, not the record's."""
    verify = DerivedOnce(20)
    for one in cases(range(100)):
        run = one.run
        goals = run["goals"]
        swapped = [*goals[1:], goals[0]]
        if swapped != goals:
            run["goals"] = swapped
            assert refused(verify, one, run) == {"goals"}, one.seed
    assert verify.count >= 70


def test_counts_status_round_and_lottery_are_derived() -> None:
    """Each of the other figures, off by one or of another type, is refused under its own name."""
    verify = DerivedOnce(100)
    checks = {"counts": "counts", "lottery": "lottery", "round": "figures"}
    for one in cases(SEEDS):
        rng = Random(one.seed)
        for part, check in checks.items():
            run = one.run
            key = rng.choice(list(run[part]))
            honest = run[part]
            for value in other_values(honest[key]):
                run[part] = honest | {key: value}
                assert refused(verify, one, run) == {check}, (one.seed, run[part])
            run[part] = {name: value for name, value in honest.items() if name != key}
            assert refused(verify, one, run) == {check}, (one.seed, run[part])
            del run[part]
            assert refused(verify, one, run) == {check}, (one.seed, part)
        for status in ("feasible", "OPTIMAL", "", None, True, ["optimal"]):
            assert refused(verify, one, one.run | {"status": status}) == {"status"}, one.seed
    assert verify.count >= 380


BYTES: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "files"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "files"),
    "a byte that is no UTF-8": (lambda data: data + b"\xff", "files"),
    "empty": (lambda data: b"", "files"),
    "cut off": (lambda data: data[:-20], "files"),
    "a key twice": (lambda data: data.replace(b"{", b'{"status": "optimal",', 1), "files"),
    "a key twice inside": (lambda data: data.replace(b'"checked"', b'"seed": "x", "checked"'), "files"),
    "NaN": (lambda data: data.replace(b'"kind"', b'"note": NaN, "kind"'), "files"),
    "Infinity": (lambda data: data.replace(b'"kind"', b'"note": -Infinity, "kind"'), "files"),
    "a number without end": (
        lambda data: data.replace(b'"kind"', b'"note": ' + b"9" * 5_000 + b', "kind"'),
        "files",
    ),
    "nested without end": (lambda data: b"[" * 200_000, "files"),
    "a list": (lambda data: b"[" + data + b"]", "goals"),
    "null": (lambda data: b"null", "goals"),
    "an empty object": (lambda data: b"{}", "goals"),
}


@pytest.mark.parametrize("kind", BYTES)
def test_bytes_that_are_no_record_are_refused(kind: str) -> None:
    """Wrong encodings, keys that stand twice, numbers that are none, other documents: never a crash."""
    verify = DerivedOnce(10)
    spoil, expected = BYTES[kind]
    for one in cases(range(15)):
        assert spoil(one.answer.run) != one.answer.run
        assert refused(verify, one, spoil(one.answer.run)) == {expected}, one.seed
    assert verify.count >= 12


def test_times_versions_and_white_space_are_no_claims() -> None:
    """Seconds, versions and layout may differ from run to run: that is not called a forgery."""
    verify = DerivedOnce(10)
    for one in cases(range(15)):
        other = one.run | {"seconds": {"solve": 9.9}, "versions": {}}
        assert refused(verify, one, other) == set(), one.seed
        assert refused(verify, one, json_bytes(other)) == set(), one.seed
