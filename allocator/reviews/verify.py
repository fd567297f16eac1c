"""Verify a schedule against its programme, without any solver.

Everything is derived afresh from the inputs: hours, conflicts, what is fixed, goals and their
order, the lottery's draw. Nothing in the answer is trusted but who reads which case when and the
multipliers, and both are checked. What a solver alone claims is said to be claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.core.calendar import rules
from allocator.core.calendar.outcome import Dual, TierOutcome
from allocator.core.calendar.problem import Appointments, Ints
from allocator.reviews.answer import KIND, RUN, SCHEDULE, SECOND_READS, Answer
from allocator.reviews.build import Built
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.programme import Programme
from allocator.reviews.proofs import judge
from allocator.reviews.read_answer import read_answer
from allocator.reviews.result import result_of
from allocator.reviews.schedule import Schedule, ScheduleResult
from allocator.reviews.tables_out import mondays
from allocator.tables.csv_writer import csv_bytes
from allocator.tables.verification import (
    NAMED,
    Finding,
    RefusedError,
    Verification,
    compare_lines,
    read_json,
    same,
    verified,
)

# What a broken rule is called to the public: the check, and what the offenders do.
_BREACH = {
    "half": ("rows", "these have a reader without a week, or a week without a reader"),
    "early": ("eligible", "these are read before their papers are there, or in a week that is past"),
    "barred": ("eligible", "these are read by a volunteer who may not read them"),
    "second_early": ("eligible", "these have a second reading before their papers are there, or in the past"),
    "second_barred": ("eligible", "these are read a second time by a volunteer who may not"),
    "second_unwanted": ("eligible", "these have a second reading without a first, or without being picked"),
    "second_alike": ("eligible", "both readers of these are of one school or trust"),
    "room": ("capacity", "these volunteers have more hours of cases in a week than they offer"),
    "most": ("total", "these volunteers have more cases than they take"),
    "period": ("capacity", "in these weeks there are more cases than the officers can sign off"),
}
_WORKERS, _PERIODS = ("room", "most"), ("period",)


def verify_answer(
    programme: Programme, answer: Answer, *, lottery_keys: Mapping[str, str] | None = None
) -> Verification:
    """Check an answer against its programme.

    Parameters
    ----------
    programme : Programme
        Read afresh from the inputs, with the earlier schedule and what was handed back.
    answer : Answer
    lottery_keys : mapping of case_id to hex digest, or None
        The digests that were carried, where the answer was made with some.

    Returns
    -------
    Verification
    """
    return verified(lambda report: _verify(programme, answer, report, lottery_keys))


def _verify(
    programme: Programme, answer: Answer, report: Verification, lottery_keys: Mapping[str, str] | None
) -> None:
    run = read_json(answer.run, RUN)
    built, schedule, duals = read_answer(programme, answer, lottery_keys)
    done, number = int((schedule.week >= 0).sum()), len(built.case_ids)
    report.checks.append(
        f"{SCHEDULE} has one row for each of the {number} cases: {done} scheduled with known volunteers in "
        f"weeks of the programme, {number - done} in the backlog."
    )
    made = built.appointments(schedule)
    _rules(built, made, schedule, report)
    tiers, lottery_proven = _claims(run, built, rules.values(built.problem, made), duals)
    derived = result_of(built, schedule, tiers, lottery_proven, {})
    _story(derived, run, answer, report)
    if report.holds:
        judge(built, made, tiers, derived.goals, report)


def read_result(programme: Programme, answer: Answer) -> ScheduleResult:
    """Return the result that an answer's files hold, as it was before they were written.

    Parameters
    ----------
    programme : Programme
        Read afresh from the inputs.
    answer : Answer
        It has been verified.

    Raises
    ------
    RefusedError
        Where the files are no answer.
    """
    run = read_json(answer.run, RUN)
    built, schedule, duals = read_answer(programme, answer)
    values = rules.values(built.problem, built.appointments(schedule))
    tiers, lottery_proven = _claims(run, built, values, duals)
    seconds, cut_short = run.get("seconds"), run.get("cut_short") is True
    return result_of(
        built, schedule, tiers, lottery_proven, seconds if isinstance(seconds, dict) else {}, cut_short
    )


def _rules(built: Built, made: Appointments, schedule: Schedule, report: Verification) -> None:
    broken = rules.breaches(built.problem, made)
    if broken:
        rule, who = next(iter(broken.items()))
        check, what = _BREACH[rule]
        raise RefusedError(check, f"{what}: {', '.join(_named(built, rule, who))}")
    number, seconds = len(barred_pairs(built.programme)), int((schedule.second_week >= 0).sum())
    fixed = int((built.fixed.week >= 0).sum())
    said = (
        "Every case is read whole, by one volunteer, in one week, with its papers there; none of the "
        f"{number} barred pairs is used; nobody has more hours in a week, or more cases, than they offer; "
        "no week has more cases than the officers can sign off."
    )
    if seconds:
        said += (
            f" Each of the {seconds} second readers is independent of the school, its trust and the first."
        )
    if fixed:
        said += f" The {fixed} readings of past weeks stand as they were."
    report.checks.append(said)


def _named(built: Built, rule: str, who: Ints) -> list[str]:
    if rule in _PERIODS:
        names = [f"the week of {mondays(built)[k]}" for k in who.tolist()]
    elif rule in _WORKERS:
        names = built.volunteer_ids[who].tolist()
    else:
        names = built.case_ids[built.agents[who]].tolist()
    more = len(names) - NAMED
    return [*names[:NAMED], f"{more} more"] if more > 0 else names


def _claims(
    run: Any, built: Built, values: Sequence[int], duals: Mapping[int, Dual]
) -> tuple[list[TierOutcome], bool]:
    """Read what the run claims of each goal: its bound, and how it is proved; the values are derived."""
    goals = run.get("goals") if isinstance(run, dict) else None
    number = len(built.entries) + 1
    if not isinstance(goals, list) or len(goals) != number or not all(isinstance(g, dict) for g in goals):
        raise RefusedError(
            "goals",
            f"{RUN} must list {number} goals, one a tier and then the lottery, in the order of the policy",
        )
    tiers = []
    for k, (goal, value) in enumerate(zip(goals, values, strict=False)):
        bound, proof = goal.get("bound"), goal.get("proof")
        if type(bound) is not int or proof not in ("bound", "solver", "none"):
            raise RefusedError("goals", f"goal {k + 1} has no whole number as bound, or no known proof")
        tiers.append(TierOutcome(value, bound, proof, duals.get(k)))
    return tiers, goals[-1].get("proven") is True


def _story(derived: ScheduleResult, run: dict[str, Any], answer: Answer, report: Verification) -> None:
    """Compare every published figure with what was derived again."""
    for k, (said, goal) in enumerate(zip(run["goals"], derived.goals, strict=True)):
        if not same(said, goal):
            report.findings.append(
                Finding("goals", f"goal {k + 1} ({goal['measure']}): {RUN} says {said}, it is {goal}")
            )
    compare_lines(SCHEDULE, "figures", answer.schedule, csv_bytes(derived.table), report)
    compare_lines(SECOND_READS, "figures", answer.second_reads, csv_bytes(derived.second_reads), report)
    expected: dict[str, Any] = {
        "kind": KIND,
        "status": derived.status,
        "programme": {"id": derived.programme.policy.programme.id},
        "lottery": derived.lottery,
        "counts": derived.counts,
        "moves": derived.moves,
    }
    for key, value in expected.items():
        if not same(run.get(key), value):
            check = key if key in ("status", "counts", "lottery") else "figures"
            report.findings.append(Finding(check, f"{RUN} says {key} = {run.get(key)}, it is {value}"))
    if report.holds:
        report.checks.append(
            f"{RUN}, {SCHEDULE} and {SECOND_READS} tell the same story: every figure and every reason was "
            "derived again from the inputs and is the one that is published."
        )
