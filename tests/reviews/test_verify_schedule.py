"""An honest schedule verifies; whatever is changed in it, or claimed too much, is refused and named."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar import certificate
from allocator.core.calendar.outcome import Dual, Effort, TierOutcome
from allocator.reviews.allocate import schedule
from allocator.reviews.answer import Answer, answer_of
from allocator.reviews.build import Built, build
from allocator.reviews.programme import Programme
from allocator.reviews.result import result_of
from allocator.reviews.schedule import ScheduleResult
from allocator.reviews.verify import read_result, verify_answer
from programme_files import read
from reviews.greedy_schedules import greedy, invented
from reviews.made_schedules import counted, made_result
from small_programmes import mixed_programme, small_programme

Run = dict[str, Any]


def priced(built: Built, seed: int) -> dict[int, Dual]:
    """Draw multipliers for every goal that can have some: any prices give a true bound."""
    rng, problem, found = np.random.default_rng(seed), built.problem, {}
    for k, (measure, _) in enumerate(built.entries):
        if measure in ("scheduled", "days_late", "waited"):
            before = [
                int(measure in ("scheduled", "days_late", "waited")) for measure, _ in built.entries[:k]
            ]
            shapes = (problem.n_agents, problem.n_workers, problem.n_periods)
            prices = [rng.integers(0, 3, size).astype(np.int64) for size in shapes]
            found[k] = Dual(2, tuple(each * int(rng.integers(0, 2)) for each in before), *prices)
    return found


def published(programme: Programme, seed: int = 1) -> ScheduleResult:
    """Publish a greedy schedule with multipliers, its bounds those that they certify."""
    built = build(programme)
    schedule = greedy(built, share=0.8)
    tiers, duals = counted(built, schedule), priced(built, seed)
    values = [tier.value for tier in tiers]
    bounds = [
        certificate.bound(built.problem, k, values, duals.get(k)) for k in range(len(built.problem.tiers))
    ]
    tiers = [
        TierOutcome(value, bound, "bound" if bound == value else "none", duals.get(k))
        for k, (value, bound) in enumerate(zip(values, bounds, strict=True))
    ]
    return result_of(built, schedule, tiers, False, {"solve": 0.5})


@pytest.fixture(scope="module")
def programme() -> Programme:
    """Thirty cases, five volunteers, second reads and every default goal."""
    drawn = invented(30, 5)
    quality = drawn.policy.quality.model_copy(update={"second_read_share": Decimal("0.5")})
    return dataclasses.replace(drawn, policy=drawn.policy.model_copy(update={"quality": quality}))


@pytest.fixture(scope="module")
def result(programme: Programme) -> ScheduleResult:
    return published(programme)


def checks(programme: Programme, answer: Answer) -> set[str]:
    """Return which checks fail; nothing is certified, claimed or bounded where one does."""
    found = verify_answer(programme, answer)
    if not found.holds:
        assert (found.certified, found.claimed, found.bounded) == ([], [], [])
    return {finding.check for finding in found.findings}


def with_run(answer: Answer, change: Callable[[Run], object]) -> Answer:
    """Change what run.json says."""
    run = json.loads(answer.run)
    change(run)
    return dataclasses.replace(answer, run=json.dumps(run).encode())


def with_rows(answer: Answer, name: str, change: Callable[[list[dict[str, str]]], object]) -> Answer:
    """Change the rows of schedule.csv or second_reads.csv."""
    reader = csv.DictReader(io.StringIO(getattr(answer, name).decode()))
    rows = list(reader)
    change(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, reader.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return dataclasses.replace(answer, **{name: out.getvalue().encode()})


@pytest.mark.parametrize("block", range(2))
def test_what_was_made_by_the_rules_verifies(block: int) -> None:
    """With earlier schedules, cases handed back, second reads and officers; and reads back as it was."""
    for seed in range(15 * block, 15 * block + 15):
        programme = read(mixed_programme(seed) if seed % 2 else small_programme(seed, open_seconds=True))
        result = made_result(programme, share=0.8)
        found = verify_answer(programme, answer_of(result))
        assert found.findings == [], seed
        assert [*found.certified, *found.claimed, *found.bounded] == result.goals, seed
        again = read_result(programme, answer_of(result))
        assert answer_of(again) == answer_of(result), seed


def test_multipliers_certify_a_goal_and_bound_the_others(
    programme: Programme, result: ScheduleResult
) -> None:
    """What is said is what each goal rests on; a bound that is certified is told from one that is claimed."""
    found = verify_answer(programme, answer_of(result))
    assert found.findings == []
    assert found.certified == [goal for goal in result.goals if goal["proof"] == "bound"]
    assert found.bounded == [goal for goal in result.goals if goal["proof"] == "none"]
    assert any("certified here" in line and "Not proved best" in line for line in found.checks)
    k = next(k for k, goal in enumerate(result.goals) if goal["measure"] == "expertise")
    goal = result.goals[k]
    claimed = with_run(answer_of(result), lambda run: run["goals"][k].update(bound=goal["bound"] - 1))
    said = verify_answer(programme, claimed)
    assert said.findings == []
    line = next(line for line in said.checks if line.startswith("Not proved best"))
    assert f"bound {goal['bound'] - 1} claimed by a solver ({goal['bound']} is certified)" in line


def claimed_by_a_solver(run: Run) -> None:
    """Claim every goal, and the lottery, in a solver's name."""
    for goal in run["goals"]:
        goal.update(bound=goal["value"], proven=True, proof="solver")
    run["status"] = "optimal"


def test_a_solvers_word_is_said_to_be_that() -> None:
    """The value is checked, the claim that it is best is listed as claimed, and never as certified."""
    programme = read(small_programme(2))
    answer = answer_of(schedule(programme, Effort(seconds=10.0)))
    found = verify_answer(programme, with_run(answer, claimed_by_a_solver))
    assert found.findings == []
    goals = len(json.loads(answer.run)["goals"])
    assert (len(found.certified), len(found.claimed), len(found.bounded)) == (0, goals, 0)
    assert any(line.startswith("Claimed by a solver") for line in found.checks)


def test_a_solvers_word_is_refuted_where_one_case_could_simply_go_elsewhere(
    programme: Programme, result: ScheduleResult
) -> None:
    """A greedy schedule that is said to be the best: a case is named that betters a goal by itself."""
    found = verify_answer(programme, with_run(answer_of(result), claimed_by_a_solver))
    assert [finding.check for finding in found.findings] == ["goals"]
    assert "is not at its best" in found.findings[0].text


SPOILED_RUN: dict[str, tuple[Callable[[Run], object], str]] = {
    "a goal left out": (lambda run: run["goals"].pop(), "goals"),
    "goals in another order": (lambda run: run["goals"].reverse(), "goals"),
    "a value": (lambda run: run["goals"][0].update(value=run["goals"][0]["value"] + 1), "goals"),
    "a bound below the value": (lambda run: run["goals"][0].update(bound=-1), "certificate"),
    "a bound that is no number": (lambda run: run["goals"][0].update(bound=True), "goals"),
    "a proof unknown": (lambda run: run["goals"][0].update(proof="prices"), "goals"),
    "proven without proof": (lambda run: run["goals"][-2].update(proven=True), "goals"),
    "a lottery carried out": (lambda run: run["goals"][-1].update(proven=True, proof="solver"), "goals"),
    "optimal": (lambda run: run.update(status="optimal"), "status"),
    "a count": (lambda run: run["counts"].update(cases=1), "counts"),
    "another seed": (lambda run: run["lottery"].update(seed="x"), "lottery"),
    "another kind": (lambda run: run.update(kind="placement"), "figures"),
    "another programme": (lambda run: run["programme"].update(id="x"), "figures"),
    "a move": (lambda run: run["moves"].append({"case_id": "R1"}), "figures"),
}


@pytest.mark.parametrize("name", SPOILED_RUN)
def test_a_spoiled_record_is_refused(name: str, programme: Programme, result: ScheduleResult) -> None:
    change, check = SPOILED_RUN[name]
    assert checks(programme, with_run(answer_of(result), change)) == {check}


def test_a_certified_goal_that_is_not_is_refused(programme: Programme, result: ScheduleResult) -> None:
    """Multipliers that prove less than the value do not prove it."""
    k = next(k for k, goal in enumerate(result.goals) if goal["proof"] == "none")

    def claim(run: Run) -> None:
        run["goals"][k].update(bound=run["goals"][k]["value"], proven=True, proof="bound")

    assert checks(programme, with_run(answer_of(result), claim)) == {"certificate"}


def _swap(rows: list[dict[str, str]], *names: str) -> None:
    done = [row for row in rows if row["volunteer_id"]]
    one, other = done[0], next(row for row in done if any(row[name] != done[0][name] for name in names))
    for name in names:
        one[name], other[name] = other[name], one[name]


SPOILED_ROWS: dict[str, tuple[str, Callable[[list[dict[str, str]]], object], set[str]]] = {
    "a row lost": ("schedule", lambda rows: rows.pop(), {"rows"}),
    "a row twice": ("schedule", lambda rows: rows.append(dict(rows[0])), {"rows"}),
    "rows in another order": ("schedule", lambda rows: rows.reverse(), {"rows"}),
    "a volunteer unknown": ("schedule", lambda rows: rows[0].update(volunteer_id="V99"), {"rows"}),
    "a week of no programme": ("schedule", lambda rows: rows[0].update(week="2030-01-07"), {"rows"}),
    "a status": ("schedule", lambda rows: rows[0].update(status="fixed"), {"rows"}),
    "everybody at once": (
        "schedule",
        lambda rows: [
            row.update(status="scheduled", volunteer_id="V0001", week="2027-01-11") for row in rows
        ],
        {"eligible", "capacity"},
    ),
    "hours": ("schedule", lambda rows: rows[0].update(hours="9"), {"figures"}),
    "days late": ("schedule", lambda rows: rows[0].update(days_late="-1"), {"figures"}),
    "a reason": ("schedule", lambda rows: rows[0].update(reason="Nobody wanted it."), {"figures"}),
    "a second read lost": ("second_reads", lambda rows: rows.pop(), {"goals", "counts"}),
    "a second read twice": ("second_reads", lambda rows: rows.append(dict(rows[-1])), {"rows"}),
    "a second read of nobody": ("second_reads", lambda rows: rows[0].update(volunteer_id=""), {"rows"}),
    "hours of a second read": ("second_reads", lambda rows: rows[0].update(hours="9"), {"figures"}),
}


@pytest.mark.parametrize("name", SPOILED_ROWS)
def test_a_spoiled_table_is_refused(name: str, programme: Programme, result: ScheduleResult) -> None:
    table, change, expected = SPOILED_ROWS[name]
    found = checks(programme, with_rows(answer_of(result), table, change))
    assert found, name
    assert found <= expected | {"figures", "certificate"}, name


def test_a_second_reader_of_the_first_ones_school_is_refused(
    programme: Programme, result: ScheduleResult
) -> None:
    """The first reader himself is the plainest case."""
    first = dict(zip(result.table["case_id"], result.table["volunteer_id"], strict=True))

    def spoil(rows: list[dict[str, str]]) -> None:
        rows[0]["volunteer_id"] = first[rows[0]["case_id"]]

    assert checks(programme, with_rows(answer_of(result), "second_reads", spoil)) <= {"eligible", "capacity"}


SPOILED_CERTIFICATES: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda content: [],
    "another key": lambda content: content | {"more": 1},
    "a tier twice": lambda content: {"goals": [content["goals"][0], *content["goals"]]},
    "a tier unknown": lambda content: {"goals": [content["goals"][0] | {"tier": 99}]},
    "no scale": lambda content: {"goals": [content["goals"][0] | {"scale": 0}]},
    "a scale of half": lambda content: {"goals": [content["goals"][0] | {"scale": 0.5}]},
    "a case unknown": lambda content: {"goals": [content["goals"][0] | {"cases": {"X": 1}}]},
    "a price below 0": lambda content: {"goals": [content["goals"][0] | {"weeks": {"2027-01-11": -1}}]},
    "a price that is true": lambda content: {
        "goals": [content["goals"][0] | {"weeks": {"2027-01-11": True}}]
    },
    "a price beyond": lambda content: {"goals": [content["goals"][0] | {"weeks": {"2027-01-11": 2**60}}]},
    "prices in a list": lambda content: {"goals": [content["goals"][0] | {"cases": []}]},
    "a goal too many": lambda content: {"goals": [content["goals"][0] | {"goals": [1]}]},
    "a goal that has none": lambda content: {
        "goals": [
            {"tier": 9, "scale": 1, "goals": [0] * 8, "cases": {}, "volunteers": {}, "weeks": {}},
            {"tier": 10, "scale": 1, "goals": [0] * 9, "cases": {}, "volunteers": {}, "weeks": {}},
        ]
    },
}


@pytest.mark.parametrize("name", SPOILED_CERTIFICATES)
def test_a_spoiled_certificate_is_refused(name: str, programme: Programme, result: ScheduleResult) -> None:
    answer = answer_of(result)
    content = SPOILED_CERTIFICATES[name](json.loads(answer.certificate))
    spoiled = dataclasses.replace(answer, certificate=json.dumps(content).encode())
    assert checks(programme, spoiled) == {"certificate"}


def test_bytes_that_are_no_tables_are_refused(programme: Programme, result: ScheduleResult) -> None:
    answer = answer_of(result)
    for name, content in (
        ("schedule", b"\xff"),
        ("second_reads", b"a,b\n"),
        ("run", b"{"),
        ("certificate", b""),
    ):
        assert checks(programme, dataclasses.replace(answer, **{name: content})) <= {
            "rows",
            "files",
            "certificate",
        }, name
        assert checks(programme, dataclasses.replace(answer, **{name: content})), name


def test_what_is_fixed_cannot_be_changed() -> None:
    """A reading of a past week is refused where it is given to another, moved or dropped."""
    tried = 0
    for seed in range(40):
        programme = read(small_programme(seed, open_seconds=True))
        built = build(programme)
        fixed = np.flatnonzero(built.fixed.week >= 0)
        if not len(fixed):
            continue
        answer, row = answer_of(made_result(programme)), int(fixed[0])
        drop = {"status": "backlog", "volunteer_id": "", "week": ""}
        others = [name for name in built.volunteer_ids if name != built.fixed.volunteer[row]]
        for change in (drop, {"volunteer_id": others[0]}, {"week": str(programme.policy.programme.last)}):
            spoiled = with_rows(answer, "schedule", lambda rows, k=row, c=change: rows[k].update(c))
            found = {finding.check for finding in verify_answer(programme, spoiled).findings}
            assert found == {"rows"}, (seed, change)
            tried += 1
    assert tried > 30


def test_a_goal_that_meets_its_count_is_certified() -> None:
    """Where every case is scheduled, no solver need be believed."""
    programme = invented(5, 12)
    built = build(programme)
    schedule = greedy(built)
    tiers = [
        dataclasses.replace(tier, proof="bound" if tier.value == tier.bound else "none")
        for tier in counted(built, schedule)
    ]
    found = verify_answer(programme, answer_of(result_of(built, schedule, tiers, False, {})))
    assert found.findings == []
    assert "scheduled" in {goal["measure"] for goal in found.certified}
    assert any(line.startswith("Certified here") for line in found.checks)
