"""A run that was cut short claims no more than it proved, and its bounds are bounds.

The cut falls after each tier in turn, not where a clock happens to be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from allocator.core import network
from allocator.core.outcome import Outcome, Settings
from allocator.core.problem import AssignmentProblem
from allocator.placement.allocate import allocate
from allocator.placement.answer import Answer, answer_of, certificate_bytes
from allocator.placement.result import PlacementResult
from allocator.tables.json_writer import json_bytes
from integrity.cases import Case, DerivedOnce, cases, held_in
from integrity.independent_check import breach, first_tiers
from oracle_goals import MORE_IS_BETTER

SEEDS = range(30)


class EnoughError(Exception):
    """Stops the method after a tier."""


def cut_after(tiers: int) -> Callable[[AssignmentProblem, Settings | None], Outcome]:
    """Make a method that is stopped once so many tiers are proved."""

    def method(problem: AssignmentProblem, settings: Settings | None) -> Outcome:
        best: list[Outcome] = []

        def proved(outcome: Outcome) -> None:
            # The arrays are filled further by the method, so they are kept as they are now.
            prices = replace(
                outcome.prices, option=outcome.prices.option.copy(), group=outcome.prices.group.copy()
            )
            best.append(replace(outcome, prices=prices))
            if outcome.tiers_proved == tiers:
                raise EnoughError

        if tiers == 0:
            return network.solve(problem, Settings(deadline=0.0))
        with pytest.raises(EnoughError):
            network.solve(problem, Settings(proved=proved))
        return best[-1]

    return method


@dataclass(frozen=True)
class Cut:
    """A round's result when cut short after so many tiers."""

    one: Case
    tiers: int
    result: PlacementResult
    answer: Answer

    def proves(self, tiers: int) -> bool:
        """Whether the certificate proves so many tiers, by the second checker."""
        certificate = self.result.certificate
        prices = (
            {name: tuple(row) for name, row in certificate.provisions.items()},
            {name: tuple(row) for name, row in certificate.schools.items()},
        )
        told, prices = first_tiers(self.one.told, prices, tiers)
        return breach(told, held_in(self.result), *prices) == ""


@pytest.fixture(scope="module")
def cuts() -> list[Cut]:
    """Results cut short after 0, 1, 2 … tiers."""
    found = []
    for one in cases(SEEDS):
        for tiers in range(one.told.tiers):
            result = allocate(one.round_, method=cut_after(tiers))
            found.append(Cut(one, tiers, result, answer_of(result)))
    return found


@pytest.fixture(scope="module")
def verify() -> DerivedOnce:
    """Verification with each round derived once."""
    return DerivedOnce()


def test_a_cut_result_holds_and_says_what_it_did_not_prove(cuts: list[Cut], verify: DerivedOnce) -> None:
    """Status "feasible"; the first goals certified, the others bounded, none claimed."""
    for cut in cuts:
        found = verify(cut.one.round_, cut.answer)
        assert found.findings == [], (cut.one.seed, cut.tiers)
        assert cut.proves(cut.tiers)
        assert cut.result.status == "feasible"
        assert [goal["proven"] for goal in found.certified] == [True] * cut.tiers
        assert [goal["proven"] for goal in found.bounded] == [False] * (cut.one.told.tiers - cut.tiers)
        assert {goal["proof"] for goal in found.bounded} == {"none"}
        assert found.claimed == []
    assert len(cuts) >= 100


def test_certified_values_are_best_and_bounds_are_bounds(cuts: list[Cut]) -> None:
    """What is proved has the whole run's value; what is bounded, and its optimum, are within the bound."""
    for cut in cuts:
        for k, (goal, best) in enumerate(zip(cut.result.goals, cut.one.result.goals, strict=True)):
            if k < cut.tiers:
                assert goal == best, (cut.one.seed, cut.tiers)
                continue
            sign = -1 if goal["measure"] in MORE_IS_BETTER else 1
            bound = sign * Fraction(str(goal["bound"]))
            assert bound <= sign * Fraction(str(goal["value"])), (cut.one.seed, cut.tiers, goal)
            assert bound <= sign * Fraction(str(best["value"])), (cut.one.seed, cut.tiers, goal, best)


def _all_proven(run: dict[str, Any]) -> None:
    for goal in run["goals"]:
        goal |= {"proven": True, "proof": "prices", "bound": goal["value"]}
    run["status"] = "optimal"


def _one_more_proven(run: dict[str, Any]) -> None:
    goal = next(goal for goal in run["goals"] if not goal["proven"])
    goal |= {"proven": True, "proof": "prices", "bound": goal["value"]}


def _claimed(cut: Cut, verify: DerivedOnce, claim: Callable[[dict[str, Any]], None]) -> set[str]:
    """Verify a cut result with a claim written into its record."""
    run = json.loads(cut.answer.run)
    claim(run)
    return verify.reasons(cut.one.round_, replace(cut.answer, run=json_bytes(run)))


def test_one_more_goal_said_to_be_proven_is_refused(cuts: list[Cut], verify: DerivedOnce) -> None:
    """Refused by the prices, unless they happen to prove that goal too: then the claim is true."""
    refused = 0
    for cut in cuts:
        found = _claimed(cut, verify, _one_more_proven)
        if cut.proves(cut.tiers + 1):
            # Later bounds, status and lottery follow from the number proven, and were left as they were.
            assert found <= {"goals", "status", "lottery", "figures"}, (cut.one.seed, cut.tiers)
        else:
            assert found == {"prices"}, (cut.one.seed, cut.tiers)
            refused += 1
    assert refused >= 40


def test_all_goals_said_to_be_proven_is_refused(cuts: list[Cut], verify: DerivedOnce) -> None:
    """Refused by the prices, or by the lottery, which nobody has drawn where a run was cut short."""
    refused = 0
    for cut in cuts:
        found = _claimed(cut, verify, _all_proven)
        if not cut.proves(cut.one.told.tiers):
            assert found == {"prices"}, (cut.one.seed, cut.tiers)
            refused += 1
        elif held_in(cut.result) != cut.one.held:
            assert found == {"lottery"}, (cut.one.seed, cut.tiers)
    assert refused >= 40


def _by_a_solver(run: dict[str, Any]) -> None:
    goal = next(goal for goal in run["goals"] if not goal["proven"])
    goal |= {"proven": True, "proof": "solver"}


def _bound_closed(run: dict[str, Any]) -> None:
    goal = next(goal for goal in run["goals"] if not goal["proven"])
    goal["bound"] = goal["value"] if goal["bound"] != goal["value"] else goal["value"] + 1


def _status(run: dict[str, Any]) -> None:
    run["status"] = "optimal"


CLAIMS = {
    "proven by a solver": (_by_a_solver, {"figures", "goals", "prices", "lottery", "status"}),
    "another bound": (_bound_closed, {"goals"}),
    "status optimal": (_status, {"status"}),
}


@pytest.mark.parametrize("kind", CLAIMS)
def test_a_claim_beyond_the_proof_is_refused(kind: str, cuts: list[Cut], verify: DerivedOnce) -> None:
    """A solver's word, a bound that was not derived, a status that was not earned."""
    claim, expected = CLAIMS[kind]
    for cut in cuts:
        found = _claimed(cut, verify, claim)
        assert found, (cut.one.seed, cut.tiers)
        assert found <= expected, (cut.one.seed, cut.tiers, found)


def test_prices_of_goals_that_are_not_claimed_are_refused(cuts: list[Cut], verify: DerivedOnce) -> None:
    """A certificate with numbers in a tier that was not proved says something that nobody checks: refused."""
    for cut in cuts:
        tables = json.loads(cut.answer.certificate)
        next(iter(tables["provisions"].values()))[cut.tiers] = 1
        spoiled = replace(cut.answer, certificate=certificate_bytes(tables))
        assert verify.reasons(cut.one.round_, spoiled) == {"certificate"}, (cut.one.seed, cut.tiers)
