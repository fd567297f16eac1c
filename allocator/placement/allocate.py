"""Place a round: build, solve, check the proof, answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from allocator.core import certificate as checker
from allocator.core import lottery, network
from allocator.core.outcome import Outcome, Settings
from allocator.core.problem import AssignmentProblem
from allocator.errors import ProblemError
from allocator.placement.build import Built, build
from allocator.placement.goal_values import goal_entries
from allocator.placement.reasons import sentences
from allocator.placement.result import Certificate, PlacementResult
from allocator.placement.round import Round
from allocator.placement.tables_out import held_provisions, options_table, placements_table

Method = Callable[[AssignmentProblem, Settings | None], Outcome]


def allocate(
    round_: Round,
    *,
    lottery_keys: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    method: Method = network.solve,
) -> PlacementResult:
    """Place a round's children by its policy's goals in strict order, with a proof.

    Parameters
    ----------
    round_ : Round
    lottery_keys : mapping of child_id to hex digest, or None
        Lottery digests to carry, for children whose ids were changed.
    settings : Settings or None
        Deadline and progress.
    method : callable
        Solves the assignment problem; any method that proves its tiers gives the same answer.

    Returns
    -------
    PlacementResult

    Raises
    ------
    NoAssignmentError
        When the rulings cannot all hold.
    ProblemError
        When the method's own proof does not pass the independent checker.
    """
    begun = time.monotonic()
    built = build(round_, lottery_keys)
    seconds = {"build": time.monotonic() - begun}
    begun = time.monotonic()
    outcome = method(built.problem, settings)
    seconds |= {"solve": time.monotonic() - begun}
    begun = time.monotonic()
    _check(built, outcome)
    seconds["check"] = time.monotonic() - begun
    begun = time.monotonic()
    result = _answer(built, outcome, seconds)
    seconds["answer"] = time.monotonic() - begun
    return result


def _check(built: Built, outcome: Outcome) -> None:
    """Refuse an outcome whose proof does not hold: an answer is never published on trust."""
    proven = outcome.tiers_proved
    proved = built.problem.replace(tiers=built.problem.tiers[:proven])
    breaches, face = checker.check_prices(
        proved, outcome.assignment.option, outcome.prices.option[:proven], outcome.prices.group[:proven]
    )
    if face is None:
        raise ProblemError(f"the method's own proof does not hold: {breaches[0].text}")


def _answer(built: Built, outcome: Outcome, seconds: dict[str, float]) -> PlacementResult:
    option = outcome.assignment.option
    held = held_provisions(built, option)
    reasons = sentences(built, option, held, outcome.tiers_proved)
    goals = goal_entries(built, option, outcome.tiers_proved)
    policy = built.columns.round.policy
    return PlacementResult(
        built.columns.round,
        "optimal" if all(goal["proven"] for goal in goals) else "feasible",
        placements_table(built, held, reasons),
        options_table(built, held),
        goals,
        _certificate(built, outcome),
        {
            "seed": policy.lottery.seed,
            "commitment": policy.lottery.commitment or lottery.commitment(policy.lottery.seed),
            "checked": policy.lottery.commitment is not None,
        },
        built.counts(held),
        seconds,
    )


def _certificate(built: Built, outcome: Outcome) -> Certificate:
    columns = built.columns
    of_provisions = outcome.prices.option.T.tolist()
    of_schools = outcome.prices.group.T.tolist()
    return Certificate(
        dict(zip(columns.provision_ids, of_provisions, strict=True)),
        dict(zip(columns.school_ids, of_schools, strict=True)),
    )
