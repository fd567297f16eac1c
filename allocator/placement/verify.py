"""Verify an answer against its round, without any solver.

Everything is derived afresh from the inputs: eligibility, measures, goals and their order,
the lottery's draw. Nothing in the answer is trusted but the placement itself and the
prices, and both are checked. What is checked is said in sentences that can be quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from allocator.core import certificate as checker
from allocator.core import lottery
from allocator.core.outcome import Prices
from allocator.core.problem import Ints
from allocator.placement.answer import CERTIFICATE, OPTIONS, PLACEMENTS, RUN, Answer
from allocator.placement.build import Built
from allocator.placement.goal_values import goal_entries
from allocator.placement.read_answer import read_answer
from allocator.placement.reasons import sentences
from allocator.placement.round import Round
from allocator.placement.tables_out import options_table, placements_table
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

# What a breach of the checker is called to the public.
_PUBLIC_CHECK = {
    "agent": "prices",
    "option": "prices",
    "group": "prices",
    "shape": "certificate",
    "range": "certificate",
}


def verify_answer(
    round_: Round, answer: Answer, *, lottery_keys: Mapping[str, str] | None = None
) -> Verification:
    """Check an answer against its round.

    Parameters
    ----------
    round_ : Round
        Read afresh from the inputs.
    answer : Answer
    lottery_keys : mapping of child_id to hex digest, or None
        The digests that were carried, where the answer was made with some.

    Returns
    -------
    Verification
    """
    return verified(lambda report: _verify(round_, answer, report, lottery_keys))


def _verify(
    round_: Round, answer: Answer, report: Verification, lottery_keys: Mapping[str, str] | None
) -> None:
    run = read_json(answer.run, RUN)
    built, held, prices = read_answer(round_, answer, lottery_keys)
    k_tiers, option = len(built.goals), held[built.mover]
    report.checks += [
        f"{CERTIFICATE} holds {k_tiers} whole numbers for each provision and each school.",
        f"{PLACEMENTS} has one row for each of the {len(held)} children, at provisions that exist.",
    ]
    proven = _claimed_tiers(run, k_tiers)
    face = _proof(built, option, prices, proven, report)
    if proven == k_tiers:
        _lottery(built, option, face, report)
    _story(built, held, run, answer, proven, report)


def _claimed_tiers(run: Any, k_tiers: int) -> int:
    """Count the goals that the run claims to be proven; they must come first."""
    goals = run.get("goals") if isinstance(run, dict) else None
    if not isinstance(goals, list) or len(goals) != k_tiers or not all(isinstance(g, dict) for g in goals):
        raise RefusedError(
            "goals", f"{RUN} must list {k_tiers} goals, one a tier, in the order of the policy"
        )
    claimed = [goal.get("proven") is True for goal in goals]
    proven = sum(claimed)
    if not all(claimed[:proven]):
        raise RefusedError("goals", f"{RUN} claims a goal proven after one that is not")
    return proven


def _proof(
    built: Built, option: Ints, prices: Prices, proven: int, report: Verification
) -> checker.FinalFace:
    problem = built.problem.replace(tiers=built.problem.tiers[:proven])
    breaches, face = checker.check_prices(problem, option, prices.option[:proven], prices.group[:proven])
    if np.any(prices.option[proven:]) or np.any(prices.group[proven:]):
        raise RefusedError("certificate", "prices are given for goals that are not claimed to be proven")
    if face is None:
        raise _refusal(built, breaches)
    report.checks += [
        f"Every placement keeps the rules of eligibility ({problem.n_pairs} eligible pairs derived), the "
        "places of its provision and the total of its school.",
        f"The prices prove {proven} of {len(built.goals)} goals best, each given those before it: no other "
        "placement is better in one of them without being worse in an earlier one.",
    ]
    return face


def _refusal(built: Built, breaches: list[checker.Breach]) -> RefusedError:
    """Name the offenders of the first kind of breach."""
    names: dict[str, Callable[[int], str]] = {
        "agent": lambda i: f"child {built.columns.child_ids[built.mover[i]]}",
        "option": lambda j: f"provision {built.columns.provision_ids[j]}",
        "group": lambda g: f"school {built.columns.school_ids[g]}",
        "tier": lambda k: "",
    }
    check = breaches[0].check
    same = [breach for breach in breaches if breach.check == check]
    texts = [breach.text.replace("{name}", names[breach.kind](breach.index)) for breach in same[:NAMED]]
    if len(same) > NAMED:
        texts.append(f"… and {len(same) - NAMED} more")
    return RefusedError(_PUBLIC_CHECK.get(check, check), *texts)


def _lottery(built: Built, option: Ints, face: checker.FinalFace, report: Verification) -> None:
    breaches = checker.check_lottery(built.problem, option, face)
    if breaches:
        raise _refusal(built, breaches)
    seed = built.columns.round.policy.lottery.seed
    report.checks.append(
        f"The tie-break lottery of the seed {seed!r} gives this placement and no other: checked child by "
        "child in reverse order of the draw."
    )


def _story(
    built: Built, held: Ints, run: dict[str, Any], answer: Answer, proven: int, report: Verification
) -> None:
    """Derive every published figure again and compare it with what is said."""
    option = held[built.mover]
    goals = goal_entries(built, option, proven)
    for k, (said, derived) in enumerate(zip(run["goals"], goals, strict=True)):
        if not same(said, derived):
            report.findings.append(
                Finding("goals", f"goal {k + 1} ({derived['measure']}): {RUN} says {said}, it is {derived}")
            )
    placements = placements_table(built, held, sentences(built, option, held, proven))
    compare_lines(PLACEMENTS, "figures", answer.placements, csv_bytes(placements), report)
    compare_lines(OPTIONS, "options", answer.options, csv_bytes(options_table(built, held)), report)
    _run_record(built, held, run, proven, report)
    if report.holds:
        report.checks.append(
            f"{RUN}, {PLACEMENTS} and {OPTIONS} tell the same story: every figure was derived again from the "
            "inputs and is the one that is published."
        )
        report.certified = goals[:proven]
        report.bounded = goals[proven:]


def _run_record(built: Built, held: Ints, run: dict[str, Any], proven: int, report: Verification) -> None:
    policy = built.columns.round.policy
    status = "optimal" if proven == len(built.goals) else "feasible"
    expected = {
        "status": status,
        "round": {"id": policy.round.id, "title": policy.round.title},
        "lottery": {
            "seed": policy.lottery.seed,
            "commitment": policy.lottery.commitment or lottery.commitment(policy.lottery.seed),
            "checked": policy.lottery.commitment is not None,
        },
        "counts": built.counts(held),
    }
    for key, value in expected.items():
        if not same(run.get(key), value):
            report.findings.append(
                Finding(
                    key if key in ("status", "counts", "lottery") else "figures",
                    f"{RUN} says {key} = {run.get(key)}, it is {value}",
                )
            )
