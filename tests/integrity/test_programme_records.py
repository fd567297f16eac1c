"""What run.json says of a schedule is derived again, and a forger who rewrites everything is still caught.

Some 1,800 spoiled records and refitted answers: another schedule with every figure and reason derived for
it, another optimum that the lottery would not give, the honest answer under edited inputs.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from allocator.core.calendar import certificate, rules
from allocator.core.calendar.outcome import TierOutcome
from allocator.core.calendar.problem import Appointments
from allocator.reviews.answer import Answer, answer_of
from allocator.reviews.build import Built
from allocator.reviews.result import result_of
from integrity.programme_cases import Case, DerivedOnce, solved_cases
from programme_files import read
from programme_rows import ProgrammeRows
from reviews.greedy_schedules import greedy

SEEDS = range(20)
Record = dict[str, Any]


def refused(verify: DerivedOnce, case: Case, run: object) -> set[str]:
    """Verify the honest answer with another record."""
    return verify.reasons(case, replace(case.answer, run=json.dumps(run, ensure_ascii=False).encode()))


def other_values(value: Any) -> Iterator[Any]:
    """Give values that are not this one, the nearest misses first: of another type, or off by one."""
    if isinstance(value, bool):
        yield from (not value, int(value), str(value).lower(), None)
    elif isinstance(value, int):
        yield from (value + 1, value - 1, float(value), str(value), None)
        yield from {0: [False], 1: [True]}.get(value, [])
    elif value is None:
        yield from (0, "", "none", False)
    elif isinstance(value, str):
        yield from (value + " ", value.upper() + "X", "", None)
    else:
        yield from (None, {"more": 1}, "none", 0)


@pytest.mark.parametrize("key", ["measure", "level", "value", "bound", "proven", "proof"])
def test_a_goal_that_says_something_else_is_refused(key: str) -> None:
    """Each key of an entry, off by one or of another type: "goals", or "certificate" for a bound."""
    verify = DerivedOnce(100)
    for case in solved_cases(SEEDS):
        run = case.run
        goal = Random(case.seed).choice(run["goals"])
        honest = goal[key]
        for value in other_values(honest):
            goal[key] = value
            found = refused(verify, case, run)
            if key == "bound" and type(value) is int and goal["measure"] != "lottery":
                assert found == {"certificate"}, (case.seed, goal)
            elif key == "proven" and goal["measure"] == "lottery" and value is not True:
                # A lottery that is not said to be carried out leaves the status unproven.
                assert {"goals", "status"} & found, (case.seed, goal)
            else:
                assert found == {"goals"}, (case.seed, goal)
        goal[key] = honest
        del goal[key]
        assert refused(verify, case, run) & {"goals"}, (case.seed, goal)
    assert verify.count >= 90


def test_a_proof_of_another_kind_is_taken_at_its_word_or_refused() -> None:
    """What is certified may be called a solver's; a solver's word is no certificate unless it is one."""
    verify, verdicts = DerivedOnce(100), Counter[str]()
    for case in solved_cases(range(40)):
        built = verify.built(case.programme)
        values = [goal["value"] for goal in case.run["goals"][:-1]]
        for k, value in enumerate(values):
            run = case.run
            other = {"bound": "solver", "solver": "bound"}[run["goals"][k]["proof"]]
            run["goals"][k]["proof"] = other
            found = refused(verify, case, run)
            certified = certificate.bound(built.problem, k, values, None) == value
            if other == "solver" or certified:
                assert found == set(), (case.seed, k)
            else:
                assert found == {"certificate"}, (case.seed, k)
            verdicts[f"{other} {'' if found else 'held'}"] += 1
    assert verdicts["bound "] >= 40, verdicts
    assert verdicts["solver held"] >= 40, verdicts


GOALS: Mapping[str, Callable[[list[Any]], Any]] = {
    "the last one missing": lambda goals: goals[:-1],
    "the first one missing": lambda goals: goals[1:],
    "one too many": lambda goals: [*goals, goals[-1]],
    "in another order": lambda goals: [*goals[1:], goals[0]],
    "none": lambda goals: [],
    "no list": lambda goals: {str(k): goal for k, goal in enumerate(goals)},
    "null": lambda goals: None,
    "entries that are no objects": lambda goals: [list(goal.values()) for goal in goals],
    "an unknown key": lambda goals: [goals[0] | {"note": "as agreed"}, *goals[1:]],
    "keys in another order": lambda goals: [dict(reversed(goals[0].items())), *goals[1:]],
}


@pytest.mark.parametrize("kind", GOALS)
def test_goals_that_are_not_one_entry_a_tier_are_refused(kind: str) -> None:
    """Goals missing, added, exchanged, or of another make: "goals"."""
    verify = DerivedOnce(40)
    for case in solved_cases(SEEDS):
        run = case.run
        run["goals"] = GOALS[kind](run["goals"])
        assert refused(verify, case, run) == {"goals"}, case.seed
    assert verify.count == len(SEEDS)


def test_counts_status_lottery_and_the_rest_are_derived() -> None:
    """Each of the other figures, off by one, of another type or missing, is refused under its own name."""
    verify = DerivedOnce(100)
    checks = {"counts": "counts", "lottery": "lottery", "programme": "figures"}
    for case in solved_cases(range(20)):
        rng = Random(case.seed)
        for part, check in checks.items():
            run = case.run
            honest, key = run[part], rng.choice(list(run[part]))
            for value in other_values(honest[key]):
                run[part] = honest | {key: value}
                assert refused(verify, case, run) == {check}, (case.seed, run[part])
            del run[part]
            assert refused(verify, case, run) == {check}, (case.seed, part)
        for status in ("feasible", "OPTIMAL", "", None, True, ["optimal"]):
            assert refused(verify, case, case.run | {"status": status}) == {"status"}, case.seed
        moves = case.run["moves"]
        for other in ([*moves, {"case_id": "R1"}], moves[1:] if moves else None, {}):
            assert refused(verify, case, case.run | {"moves": other}) == {"figures"}, case.seed
        assert refused(verify, case, case.run | {"kind": "placement"}) == {"figures"}, case.seed
    assert verify.count >= 400


def refitted(case: Case, built: Built, made: Appointments, proof: str, drawn: bool) -> Answer:
    """Publish another schedule with every figure and reason derived for it, its goals claimed as proved."""
    values = rules.values(built.problem, made)
    tiers = [TierOutcome(value, value, proof) for value in values]  # type: ignore[arg-type]
    return answer_of(result_of(built, built.schedule(made), tiers, drawn, {}))


def test_another_schedule_refitted_is_never_certified() -> None:
    """A worse schedule called certified is refused; in a solver's name it is refuted, or but claimed.

    Whatever holds certifies no first goal that is not at its true best.
    """
    verify, verdicts = DerivedOnce(200), Counter[str]()
    for case in solved_cases(range(45)):
        built = verify.built(case.programme)
        best = [goal["value"] for goal in case.run["goals"][:-1]]
        for turn in range(3):
            made = built.appointments(greedy(built, share=(1.0, 0.7, 0.4)[turn], seed=turn))
            values = rules.values(built.problem, made)
            if values == best:
                continue
            found = verify.reasons(case, refitted(case, built, made, "bound", False))
            assert found == {"certificate"}, (case.seed, turn)
            said = verify(case.programme, refitted(case, built, made, "solver", True))
            assert said.certified == []
            assert {finding.check for finding in said.findings} <= {"goals", "lottery"}
            verdicts["claimed" if said.holds else "refuted"] += 1
            honest = verify(case.programme, refitted(case, built, made, "none", False))
            assert (honest.certified, honest.claimed) == ([], [])
    assert verdicts["refuted"] >= 45, verdicts
    # Without a solver not every false claim can be refuted; then it is said to be claimed.
    assert verdicts["refuted"] >= 5 * verdicts["claimed"], verdicts


def ties(built: Built, made: Appointments) -> Iterator[Appointments]:
    """Give schedules as good in every goal: one reading elsewhere, or two exchanged."""
    problem, at = built.problem, rules.values(built.problem, made)
    for agent in range(problem.n_agents):
        for worker in range(problem.n_workers):
            for period in range(problem.n_periods):
                for first, second in (("worker", "period"), ("second_worker", "second_period")):
                    moved = _moved(made, {first: {agent: worker}, second: {agent: period}})
                    if rules.breaches(problem, moved) == {} and rules.values(problem, moved) == at:
                        yield moved
        for other in range(agent):
            worker, period = made.worker, made.period
            moved = _moved(
                made,
                {
                    "worker": {agent: worker[other], other: worker[agent]},
                    "period": {agent: period[other], other: period[agent]},
                },
            )
            if rules.breaches(problem, moved) == {} and rules.values(problem, moved) == at:
                yield moved


def _moved(made: Appointments, changes: Mapping[str, Mapping[int, int]]) -> Appointments:
    parts = {name: getattr(made, name).copy() for name in changes}
    for name, change in changes.items():
        for agent, value in change.items():
            parts[name][agent] = value
    return replace(made, **parts)


def test_another_optimum_that_the_lottery_would_not_give_is_refused() -> None:
    """One reading elsewhere at no goal's cost, or two exchanged, all else derived for it: "lottery"."""
    verify, count = DerivedOnce(200), 0
    for case in solved_cases(range(60)):
        built = verify.built(case.programme)
        made = built.appointments(case.result.schedule)
        for other in ties(built, made):
            answer = refitted(case, built, other, "solver", True)
            if answer.schedule == case.answer.schedule and answer.second_reads == case.answer.second_reads:
                continue
            assert verify.reasons(case, answer) == {"lottery"}, case.seed
            count += 1
    assert count >= 20, count


def _cells(table: str, column: str, change: Callable[[str], str]) -> Callable[[ProgrammeRows], ProgrammeRows]:
    def edit(rows: ProgrammeRows) -> ProgrammeRows:
        edited = [{**row, column: change(row[column])} for row in rows.tables[table]]
        return replace(rows, tables={**rows.tables, table: edited})

    return edit


def _seed(rows: ProgrammeRows) -> ProgrammeRows:
    return replace(rows, policy={**rows.policy, "lottery": {"seed": "another"}})


def _handling(rows: ProgrammeRows) -> ProgrammeRows:
    heading = {**rows.policy["programme"], "handling_hours": Decimal("0.75")}
    return replace(rows, policy={**rows.policy, "programme": heading})


def _goals(rows: ProgrammeRows) -> ProgrammeRows:
    goals = [{"measure": "waited"}, {"measure": "days_late"}]
    return replace(rows, policy={**rows.policy, "goal": goals})


EDITS: Mapping[str, Callable[[ProgrammeRows], ProgrammeRows]] = {
    "no headteacher agreed": _cells("volunteers", "headteacher_agreed", lambda cell: "no"),
    "cases longer": _cells("cases", "hours", lambda cell: str(Decimal(cell) + Decimal("0.5"))),
    "due earlier": _cells(
        "cases", "due", lambda cell: (dt.date.fromisoformat(cell) - dt.timedelta(30)).isoformat()
    ),
    "other priorities": _cells("cases", "priority", lambda cell: str(9 - int(cell))),
    "another seed": _seed,
    "more handling": _handling,
    "other goals": _goals,
}


@pytest.mark.parametrize("kind", EDITS)
def test_the_honest_answer_to_edited_inputs_is_refused(kind: str) -> None:
    """Agreement, hours, due days, priorities, seed, handling, goals: the answer gives the edit away."""
    verify, refusals, tried = DerivedOnce(100), 0, 0
    for case in solved_cases(SEEDS):
        if case.facts.fixed or not case.result.counts["scheduled"]:
            continue
        tried += 1
        other = read(EDITS[kind](case.rows))
        found = verify(other, case.answer)
        refusals += not found.holds
        # What no goal counts may be edited and leave the answer true.
        assert not found.holds or kind in ("other goals", "other priorities"), case.seed
    assert refusals >= 0.8 * tried
    assert tried >= 8
