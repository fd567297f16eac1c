"""Which method answers, and what a whole answer owes: small problems are solved, all are honest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar import solve as solving
from allocator.core.calendar.certificate import bound
from allocator.core.calendar.exact import solve_exactly
from allocator.core.calendar.outcome import CalendarOutcome, Effort, TierOutcome
from allocator.core.calendar.problem import Appointments, CalendarProblem, TimeTier
from allocator.core.calendar.rules import better, values
from allocator.core.calendar.solve import certified, solve
from core.calendar import oracle
from core.calendar.honesty import check_honest
from core.calendar.oracle import found
from core.calendar.random_problems import bare, programme, small_problem
from core.calendar.settled import all_figures, best_values, settled_problem


def check_certified(problem: CalendarProblem, outcome: CalendarOutcome) -> None:
    """Whatever is said to be proved by a bound the checker proves too."""
    reached = [tier.value for tier in outcome.tiers]
    for k, tier in enumerate(outcome.tiers):
        if tier.proof == "bound":
            assert tier.value in {bound(problem, k, reached[:k], dual) for dual in (None, tier.dual)}


@pytest.mark.parametrize("block", range(3))
def test_tiny_problems_are_solved(block: int) -> None:
    """Values and the lottery's own choice are those of trying all ways, and every goal is proved."""
    for seed in range(4000 + 20 * block, 4020 + 20 * block):
        problem = small_problem(seed, 1_500)
        outcome = solve(problem)
        assert found(outcome) == oracle.best(problem), seed
        assert outcome.proven
        check_honest(problem, outcome)
        check_certified(problem, outcome)


def test_tiny_problems_with_settled_agents_are_solved() -> None:
    """Whoever is done already has a second wherever the goals gain by it."""
    seconds = 0
    for seed in range(4100, 4140):
        problem = settled_problem(seed)
        outcome = solve(problem)
        assert [tier.value for tier in outcome.tiers] == best_values(problem, all_figures(problem)), seed
        assert outcome.proven
        check_honest(problem, outcome)
        check_certified(problem, outcome)
        seconds += int((problem.already & (outcome.appointments.second_worker >= 0)).sum())
    assert seconds > 10


def test_empty_problems_are_answered() -> None:
    """Without agents, and without anybody who could do them."""
    goal = TimeTier(np.zeros((0, 1), dtype=np.int64), base=3)
    assert solve(bare(0, [[3]], [], (goal,))).proven
    shut = solve(bare(2, [[0]], [1, 1], (TimeTier(np.ones((2, 1), dtype=np.int64)),)))
    assert shut.proven
    assert [tier.value for tier in shut.tiers] == [0]


class Children:
    """Stands in for the solving processes: what each was asked, and what it is to answer."""

    def __init__(self, **answers: CalendarOutcome | None) -> None:
        self.answers = answers
        self.asked: list[tuple[str, float]] = []
        self.begun: tuple[Any, ...] = ()

    def run(self, method: str, _: CalendarProblem, effort: Effort, *begun: Any) -> CalendarOutcome | None:
        self.asked.append((method, effort.seconds))
        if begun:
            self.begun = begun
        return self.answers[method]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Children]:
    """Put children in place of the processes, for a problem that counts as small or as large."""

    def put(size: str, **answers: CalendarOutcome | None) -> Children:
        children = Children(**answers)
        monkeypatch.setattr(solving.child, "run", children.run)
        monkeypatch.setattr(solving, "TINY", 10**6 if size == "tiny" else 0)
        monkeypatch.setattr(solving, "SOON", 10**6 if size == "soon" else 0)
        monkeypatch.setattr(solving, "SMALL", 0 if size == "large" else 10**6)
        return children

    return put


PROBLEM = programme(1, 8, 3, 3)
WHOLE = solve_exactly(PROBLEM, Effort())
# Goals about time, proved; the rest is open.
OPEN = replace(WHOLE.tiers[8], proof="none", bound=WHOLE.tiers[8].value + 1)
PARTLY = replace(WHOLE, tiers=(*WHOLE.tiers[:8], OPEN, *WHOLE.tiers[9:]), lottery_proven=False)


def test_a_tiny_problem_has_no_other_process(stand_in: Callable[..., Children]) -> None:
    """It would take longer to start one than to solve it."""
    children = stand_in("tiny")
    assert found(solve(PROBLEM)) == found(WHOLE)
    assert children.asked == []


def test_a_little_larger_problem_is_tried_exactly_first(stand_in: Callable[..., Children]) -> None:
    """Where that proves everything there is no search; where it is cut short there is no time for one."""
    for answer in (WHOLE, replace(PARTLY, cut_short=True)):
        children = stand_in("soon", exact=answer)
        outcome = solve(PROBLEM)
        assert [method for method, _ in children.asked] == ["exact"]
        assert found(outcome) == found(answer)
        assert outcome.cut_short == answer.cut_short


def nothing_done() -> CalendarOutcome:
    """Return an answer that is lawful, and as poor as can be."""
    nobody = Appointments.none(PROBLEM.n_agents)
    tiers = tuple(TierOutcome(at, at, "none") for at in values(PROBLEM, nobody))
    return loosened(PROBLEM, CalendarOutcome(nobody, tiers, False))


def test_what_was_found_first_is_not_given_up_for_worse(stand_in: Callable[..., Children]) -> None:
    """A search that does worse than an exact method that did not end does not take its place."""
    stand_in("soon", exact=PARTLY, search=nothing_done())
    assert found(solve(PROBLEM)) == found(PARTLY)
    stand_in("soon", exact=PARTLY, search=replace(nothing_done(), cut_short=True))
    assert found(solve(PROBLEM)) == found(PARTLY)


def test_a_small_problem_is_carried_on_exactly(stand_in: Callable[..., Children]) -> None:
    """The exact method starts from what the search found and proved, with what effort is left."""
    children = stand_in("small", search=PARTLY, exact=WHOLE)
    outcome = solve(PROBLEM, Effort(seconds=10.0))
    assert [method for method, _ in children.asked] == ["search", "exact"]
    assert sum(seconds for _, seconds in children.asked) == pytest.approx(10.0)
    start, known = children.begun
    assert start is PARTLY.appointments
    assert known == PARTLY.tiers[:8]
    assert found(outcome) == found(WHOLE)
    assert outcome.proven


def test_a_large_problem_has_the_search_alone(stand_in: Callable[..., Children]) -> None:
    """With all the effort."""
    children = stand_in("large", search=PARTLY)
    assert found(solve(PROBLEM, Effort(seconds=10.0))) == found(PARTLY)
    assert children.asked == [("search", 10.0)]


def test_after_a_search_that_ended_early_or_proved_all_there_is_no_more(
    stand_in: Callable[..., Children],
) -> None:
    """There is no time left, or nothing to do."""
    for first in (replace(PARTLY, cut_short=True), WHOLE):
        children = stand_in("small", search=first)
        outcome = solve(PROBLEM)
        assert [method for method, _ in children.asked] == ["search"]
        assert outcome.cut_short == first.cut_short


def test_an_exact_method_that_is_late_or_worse_leaves_the_searchs_answer(
    stand_in: Callable[..., Children],
) -> None:
    """The better of the two is answered, and what came too late is said to be cut short."""
    stand_in("small", search=PARTLY, exact=None)
    late = solve(PROBLEM)
    assert found(late) == found(PARTLY)
    assert late.cut_short
    stand_in("small", search=PARTLY, exact=nothing_done())
    assert found(solve(PROBLEM)) == found(PARTLY)


def test_a_deadline_before_anything_was_found_claims_nothing(stand_in: Callable[..., Children]) -> None:
    """Nothing is done, it is said to be cut short, and bounds are what counting gives."""
    stand_in("large", search=None)
    outcome = solve(PROBLEM)
    assert outcome.cut_short
    assert (outcome.appointments.worker < 0).all()
    check_honest(PROBLEM, outcome, [tier.value for tier in WHOLE.tiers])


def loosened(problem: CalendarProblem, outcome: CalendarOutcome) -> CalendarOutcome:
    """Forget every proof, and leave bounds that say nothing."""
    tiers = tuple(
        TierOutcome(tier.value, tier.value + better(goal) * 10**6, "none")
        for goal, tier in zip(problem.tiers, outcome.tiers, strict=True)
    )
    return replace(outcome, tiers=tiers)


def test_certifying_gives_bounds_that_hold_and_proofs_that_the_checker_follows() -> None:
    """From no knowledge at all; true to every way, never worse than counting, and settled at once."""
    proved = 0
    for seed in range(4200, 4260):
        problem = settled_problem(seed) if seed % 2 else small_problem(seed, 400)
        best = best_values(problem, all_figures(problem))
        answer = loosened(problem, solve_exactly(problem, Effort()))
        outcome = certified(problem, answer)
        check_honest(problem, outcome, best)
        check_certified(problem, outcome)
        for k, (goal, tier) in enumerate(zip(problem.tiers, outcome.tiers, strict=True)):
            assert better(goal) * (bound(problem, k, best[:k], None) - tier.bound) >= 0
            proved += tier.proof == "bound" and tier.dual is not None
        again = certified(problem, outcome)
        assert [(t.bound, t.proof) for t in again.tiers] == [(t.bound, t.proof) for t in outcome.tiers]
    assert proved > 5


def test_a_solvers_proof_that_a_bound_confirms_is_the_bounds() -> None:
    """And one that no bound confirms stays the solver's word."""
    outcome = certified(PROBLEM, WHOLE)
    assert {tier.proof for tier in WHOLE.tiers} == {"solver"}
    assert {tier.proof for tier in outcome.tiers} == {"solver", "bound"}
    check_certified(PROBLEM, outcome)


def test_both_methods_one_after_the_other_give_the_exact_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through real processes: the search, then the exact method from where it stopped."""
    problem = programme(2, 12, 4, 3)
    told: list[int] = []
    monkeypatch.setattr(solving, "TINY", 0)
    monkeypatch.setattr(solving, "SOON", 0)
    outcome = solve(problem, Effort(seconds=2.0, progress=lambda tier, text: told.append(tier)))
    assert found(outcome) == found(solve_exactly(problem, Effort()))
    assert outcome.proven
    check_honest(problem, outcome)
    check_certified(problem, outcome)
    assert 1 in told


def test_a_deadline_in_the_past_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a real process: in a moment, lawful, and said to be cut short."""
    monkeypatch.setattr(solving, "TINY", 0)
    monkeypatch.setattr(solving.child, "_GRACE", 0.0)
    began = time.monotonic()
    outcome = solve(programme(2, 12, 4, 3), Effort(deadline=began - 1))
    assert time.monotonic() - began < 5
    assert outcome.cut_short
