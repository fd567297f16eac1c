"""What stands behind each goal of a schedule: multipliers checked here, a solver's word, or a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allocator.core.calendar import certificate as checker
from allocator.core.calendar import rules
from allocator.core.calendar.outcome import TierOutcome
from allocator.core.calendar.problem import Appointments
from allocator.errors import ProblemError
from allocator.reviews.build import Built
from allocator.reviews.certificate_file import CERTIFICATE
from allocator.reviews.refutations import refutation
from allocator.reviews.tables_out import mondays
from allocator.tables.verification import Finding, RefusedError, Verification


@dataclass(frozen=True)
class Judged:
    """A goal, what is certified of it here, and the entry that is published.

    Parameters
    ----------
    entry : dict
    certified : int
        The best that it may come to, by the multipliers or a count.
    sense : {1, -1}
        1 where more is better.
    """

    entry: dict[str, Any]
    certified: int
    sense: int

    @property
    def fault(self) -> str:
        """What does not hold of the entry; empty where all does."""
        value, bound, proof = (self.entry[key] for key in ("value", "bound", "proof"))
        if self.sense * (bound - value) < 0 or self.sense * (self.certified - value) < 0:
            return f"its value {value} is better than its bound {bound}, or the {self.certified} proved here"
        if proof != "none" and bound != value:
            return f"it is said to be proved, and its bound {bound} is not its value {value}"
        if proof == "bound" and self.certified != value:
            return f"the multipliers prove no better bound than {self.certified}, and its value is {value}"
        return ""

    @property
    def bound_is_claimed(self) -> bool:
        """Whether the bound is closer than what is certified here."""
        return bool(self.sense * (self.entry["bound"] - self.certified) < 0)

    def said(self) -> str:
        """Name the goal with its value and bound."""
        how = "claimed by a solver" if self.bound_is_claimed else "certified here"
        text = f"{_name(self.entry)} {self.entry['value']}, bound {self.entry['bound']} {how}"
        return f"{text} ({self.certified} is certified)" if self.bound_is_claimed else text


def judge(
    built: Built,
    made: Appointments,
    tiers: Sequence[TierOutcome],
    goals: Sequence[dict[str, Any]],
    report: Verification,
) -> None:
    """Check what is claimed of each goal, and sort the goals by what stands behind them.

    Parameters
    ----------
    built : Built
    made : Appointments
        They keep every rule.
    tiers : sequence of TierOutcome
        The derived values, the claimed bounds, the multipliers given.
    goals : sequence of dict
        The entries of run.json, one a tier and then the lottery.
    report : Verification
        Receives findings; without one, sentences and the sorted entries.

    Raises
    ------
    RefusedError
        Where multipliers are none for their goal.
    """
    problem, values = built.problem, [tier.value for tier in tiers]
    try:
        judged = [
            Judged(entry, checker.bound(problem, k, values, tier.dual), rules.better(problem.tiers[k]))
            for k, (tier, entry) in enumerate(zip(tiers, goals, strict=False))
        ]
    except ProblemError as error:
        raise RefusedError("certificate", f"{CERTIFICATE}: {error}") from error
    for k, one in enumerate(judged):
        if one.fault:
            report.findings.append(Finding("certificate", f"goal {k + 1} ({_name(one.entry)}): {one.fault}"))
    drawn = goals[-1]
    tried = report.holds and _refute(built, made, judged, bool(drawn["proven"]), report)
    if not report.holds:
        return
    report.certified = [one.entry for one in judged if one.entry["proof"] == "bound"]
    report.claimed = [one.entry for one in judged if one.entry["proof"] == "solver"]
    report.bounded = [one.entry for one in judged if one.entry["proof"] == "none"]
    (report.claimed if drawn["proven"] else report.bounded).append(drawn)
    _say_proofs(judged, tried, report)
    _say_lottery(built, bool(drawn["proven"]), tried, report)


def _refute(
    built: Built, made: Appointments, judged: list[Judged], drawn: bool, report: Verification
) -> bool:
    """Look for a single change that refutes a claim; return whether every one was tried."""
    found, tried = refutation(built.problem, made, [one.entry["proof"] != "none" for one in judged], drawn)
    if found is not None:
        case = built.case_ids[built.agents[found.agent]]
        where = "the backlog"
        if found.worker >= 0:
            where = f"{built.volunteer_ids[found.worker]} in the week of {mondays(built)[found.period]}"
        what = f"the second reading of {case}" if found.second else case
        if found.other >= 0:
            where += f" by exchange with {built.case_ids[built.agents[found.other]]}"
        if found.tier < 0:
            text = f"the lottery would give {what} to {where}, at no goal's and no earlier case's cost"
        else:
            name = _name(judged[found.tier].entry)
            text = f"goal {found.tier + 1} ({name}) is not at its best: {what} could go to {where}"
        report.findings.append(Finding("lottery" if found.tier < 0 else "goals", text))
    return tried


def _say_proofs(judged: list[Judged], tried: bool, report: Verification) -> None:
    certified, claimed = ([one for one in judged if one.entry["proof"] == p] for p in ("bound", "solver"))
    open_ = [one for one in judged if one.entry["proof"] == "none"]
    if certified:
        # What stands before the last certified goal, and is not certified itself.
        last = max(k for k, one in enumerate(judged) if one.entry["proof"] == "bound")
        rest = any(one.entry["proof"] != "bound" for one in judged[:last])
        given = "the values of the goals before it as they stand" if rest else "those before it"
        report.checks.append(
            f"Certified here, by multipliers or a count alone, each given {given}: {_names(certified)}."
        )
    if claimed:
        said = "; ".join(
            f"{_name(one.entry)} {one.entry['value']} ({one.certified} is the best by what is certified here)"
            for one in claimed
        )
        more = " No case betters one of them by going elsewhere alone." if tried else ""
        report.checks.append(
            f"Claimed by a solver to be best, the values alone being checked here: {said}.{more}"
        )
    if open_:
        said = "; ".join(one.said() for one in open_)
        report.checks.append(f"Not proved best, and not said to be: {said}.")


def _say_lottery(built: Built, proven: bool, tried: bool, report: Verification) -> None:
    seed = built.programme.policy.lottery.seed
    if proven:
        said = "a solver claims that it was carried out to its end; the order was derived here"
        if tried:
            said += ", and no case could have what it prefers by itself at nobody's cost"
    else:
        said = "it is not said to have been carried out to its end"
    report.checks.append(f"The tie-break lottery of the seed {seed!r}: {said}.")


def _name(entry: dict[str, Any]) -> str:
    level = entry["level"]
    return str(entry["measure"]) if level is None else f"{entry['measure']} of priority {level}"


def _names(judged: list[Judged]) -> str:
    """Name goals, the priorities of a measure together."""
    grouped: dict[str, list[str]] = {}
    for one in judged:
        level = one.entry["level"]
        grouped.setdefault(one.entry["measure"], []).extend([] if level is None else [str(level)])
    return "; ".join(
        f"{measure} of priority {', '.join(levels)}" if levels else measure
        for measure, levels in grouped.items()
    )
