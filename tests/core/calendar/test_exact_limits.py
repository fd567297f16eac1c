"""The exact method stopped early, misled or overcharged: what it says then still holds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar import exact, exact_lottery
from allocator.core.calendar.exact import limited, solve_exactly
from allocator.core.calendar.exact_search import Answer
from allocator.core.calendar.exact_spots import n_variables
from allocator.core.calendar.outcome import Effort, TierOutcome
from allocator.core.calendar.problem import Appointments, LoadTier, TimeTier
from allocator.core.calendar.rules import better
from allocator.errors import ProblemError
from core.calendar import oracle
from core.calendar.honesty import check_honest
from core.calendar.oracle import as_appointments, as_way, found
from core.calendar.random_problems import bare, programme, small_problem

# A count of work that ends searches of a dozen agents early.
LITTLE = Effort(seconds=0.01)


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_little_work_gives_honest_bounds(seed: int) -> None:
    """Where the work is counted out the lottery is not held, and values and bounds still hold."""
    problem = programme(seed, 12, 4, 4)
    best = [tier.value for tier in solve_exactly(problem, Effort()).tiers]
    outcome = solve_exactly(problem, LITTLE)
    assert not outcome.proven
    assert not outcome.lottery_proven
    assert not outcome.cut_short
    check_honest(problem, outcome, best)
    assert found(solve_exactly(problem, LITTLE)) == found(outcome)


@pytest.mark.parametrize(("seed", "dims"), [(5, (8, 3, 3)), (7, (8, 3, 3)), (3, (12, 4, 4)), (5, (12, 4, 4))])
def test_an_open_goal_that_a_later_search_betters_is_not_given_up_again(
    seed: int, dims: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The values only rise, in strict order, from search to search (regression)."""
    problem = programme(seed, *dims)
    scores: list[list[int]] = []
    before = exact._Search._take

    def take(search: Any, made: Appointments) -> None:
        before(search, made)
        scores.append([better(tier) * at for tier, at in zip(problem.tiers, search._at, strict=True)])

    monkeypatch.setattr(exact._Search, "_take", take)
    for seconds in (0.002, 0.01):
        scores.clear()
        solve_exactly(problem, Effort(seconds=seconds))
        assert len(scores) > 1
        assert scores == sorted(scores)


def test_a_deadline_that_has_passed_answers_the_start() -> None:
    """Nothing is searched, what is proved is proved by a count alone, and the answer says so."""
    past = Effort(deadline=time.monotonic() - 1)
    for seed in range(20):
        problem = small_problem(seed)
        best, way = oracle.best(problem)
        for start in (None, as_appointments(way)):
            outcome = solve_exactly(problem, past, start=start)
            assert outcome.cut_short
            assert not outcome.lottery_proven
            assert as_way(outcome.appointments) == (
                [(None, None)] * problem.n_agents if start is None else way
            )
            check_honest(problem, outcome, best)


def test_a_deadline_without_a_start_claims_nothing_of_what_is_known() -> None:
    """With nothing done a known goal has its known bound, and its proof only where it is attained."""
    past = Effort(deadline=time.monotonic() - 1)
    seen = False
    for seed in range(20):
        problem = small_problem(seed)
        answer = solve_exactly(problem, Effort())
        outcome = solve_exactly(problem, past, known=answer.tiers)
        check_honest(problem, outcome, [tier.value for tier in answer.tiers])
        seen |= not outcome.tiers[0].proven
    assert seen


def test_a_deadline_during_the_search_is_met() -> None:
    """A problem that takes long is cut short in time, with the best so far."""
    problem = programme(1, 40, 8, 6)
    began = time.monotonic()
    outcome = solve_exactly(problem, Effort(deadline=began + 0.5))
    # The solver looks at the clock now and then.
    assert time.monotonic() - began < 10
    assert outcome.cut_short
    check_honest(problem, outcome)


def test_a_start_that_breaks_a_rule_is_refused() -> None:
    problem = bare(2, [[3]], [2, 2])
    both = Appointments(*(np.array(column) for column in ([0, 0], [0, 0], [-1, -1], [-1, -1])))
    with pytest.raises(ProblemError, match="break rules: room"):
        solve_exactly(problem, Effort(), start=both)


def test_known_values_that_cannot_be_are_refused() -> None:
    """Neither a start that misses them nor values out of reach pass."""
    problem = bare(2, [[3]], [2, 2], (TimeTier(np.ones((2, 1), dtype=np.int64)),))
    known = [TierOutcome(1, 1, "bound")]
    with pytest.raises(ProblemError, match="0 where 1 is known"):
        solve_exactly(problem, Effort(), start=Appointments.none(2), known=known)
    with pytest.raises(ProblemError, match="no appointments attain"):
        solve_exactly(problem, Effort(), known=[TierOutcome(2, 2, "bound")])
    with pytest.raises(ProblemError, match="more goals are said to be known"):
        solve_exactly(problem, Effort(), known=known * 2)


def test_sums_that_leave_31_bits_are_refused() -> None:
    """Sizes, gains and shares alike; the message says what to do."""
    large = 2**29 + 1
    with pytest.raises(ProblemError, match="coarser unit"):
        solve_exactly(bare(4, [[3 * large]], [large, large, large, large + 2]), Effort())
    gain = TimeTier(np.array([[large], [large], [large], [large + 2]]))
    with pytest.raises(ProblemError, match="coarser unit"):
        solve_exactly(bare(4, [[3]], [1] * 4, (gain,)), Effort())
    done = TimeTier(np.ones((8, 1), dtype=np.int64))
    load = LoadTier(np.zeros(1, dtype=np.int64), np.array([10**7 + 1]))
    with pytest.raises(ProblemError, match="coarser unit"):
        solve_exactly(bare(8, [[10**6]], [2 * 10**5 + 1] * 7 + [7 * 10**5], (done, load)), Effort())
    with pytest.raises(ProblemError, match="steps"):
        solve_exactly(bare(8, [[10**8]], [10**7 + 1] * 7 + [10**7], (done, load)), Effort())


def test_a_common_unit_is_divided_out() -> None:
    """Sizes and gains far above 31 bits are no matter while they share a divisor; room between is lost."""
    unit = 10**12
    done = np.array([[5, 3], [4, 4], [2, 1]])
    taken, offered = np.array([1]), np.array([9])
    small = bare(3, [[4, 2]], [2, 3, 1], (TimeTier(done), LoadTier(taken, offered)))
    goals = (TimeTier(done * unit), LoadTier(taken * unit, offered * unit))
    large = bare(3, [[4 * unit + 7, 2 * unit + 7]], [2 * unit, 3 * unit, unit], goals)
    one, other = solve_exactly(small, Effort()), solve_exactly(large, Effort())
    assert one.proven
    assert other.proven
    assert as_way(one.appointments) == as_way(other.appointments)
    assert other.tiers[0].value == unit * one.tiers[0].value
    assert other.tiers[1].value == one.tiers[1].value


def test_empty_problems_are_answered() -> None:
    """No agents, no goals, nobody possible: proved at once."""
    assert solve_exactly(bare(0, [[3]], []), Effort()).proven
    lone = solve_exactly(bare(2, [[3, 2]], [2, 2]), Effort())
    assert as_way(lone.appointments) == [((0, 0), None), ((1, 0), None)]
    assert lone.proven
    shut = solve_exactly(replace(bare(2, [[3, 2]], [2, 2]), first=np.array([2, 2])), Effort())
    assert as_way(shut.appointments) == [(None, None)] * 2
    assert shut.proven


def lying(change: Callable[[Any, Answer], Answer]) -> Callable[..., Answer]:
    """Return a solver whose answers are spoiled."""
    before = exact.ask
    return lambda model, *rest, **named: change(model, before(model, *rest, **named))


def overfull(model: Any, answer: Answer) -> Answer:
    return replace(answer, solution=[1] * len(answer.solution or ()))


def idle(model: Any, answer: Answer) -> Answer:
    return replace(answer, solution=[0] * len(answer.solution or ()))


def outlandish(model: Any, answer: Answer) -> Answer:
    return replace(answer, solution=[2**40, *list(answer.solution or ())[1:]])


def boastful(model: Any, answer: Answer) -> Answer:
    return replace(answer, bound=(answer.bound or 0) + 1)


def modest(model: Any, answer: Answer) -> Answer:
    return replace(answer, bound=(answer.bound or 0) - 1)


def lost(model: Any, answer: Answer) -> Answer:
    return replace(answer, solution=None)


@pytest.mark.parametrize("lie", [overfull, idle, outlandish, boastful, modest, lost])
def test_a_solver_that_lies_is_caught(lie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are added up anew: an answer that breaks rules, or does not reach its bound, stops the run."""
    problem = bare(3, [[3, 2]], [2, 2, 2], (TimeTier(np.array([[3, 1], [2, 1], [1, 1]])),))
    assert solve_exactly(problem, Effort()).proven
    monkeypatch.setattr(exact, "ask", lying(lie))
    with pytest.raises(ProblemError, match="CP-SAT"):
        solve_exactly(problem, Effort())


@pytest.mark.parametrize("lie", [overfull, idle, lost])
def test_a_lie_in_the_lottery_is_caught(lie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lottery may cost no goal anything, whatever the solver says."""
    problem = bare(3, [[3, 2]], [2, 2, 2], (TimeTier(np.ones((3, 2), dtype=np.int64)),))
    last = Appointments(*(np.array(column) for column in ([-1, 0, 0], [-1, 0, 1], [-1] * 3, [-1] * 3)))
    assert as_way(solve_exactly(problem, Effort(), start=last).appointments)[0] == ((0, 0), None)
    monkeypatch.setattr(exact_lottery, "ask", lying(lie))
    with pytest.raises(ProblemError, match="CP-SAT"):
        solve_exactly(problem, Effort(), start=last)


def test_progress_is_told_by_tier() -> None:
    """Each search says which goal it is at, in order."""
    told: list[int] = []
    problem = programme(0, 8, 3, 3)
    solve_exactly(problem, Effort(progress=lambda tier, text: told.append(tier)))
    assert told == sorted(set(told))
    assert told[-1] == len(problem.tiers) + 1


def test_limits_are_told_by_size() -> None:
    """A question for each possible appointment; a county is too large, a school's cluster is not."""
    assert n_variables(bare(3, [[3, 2], [0, 1]], [2, 1, 3])) == 2 + 3 + 1
    assert limited(programme(0, 20, 5, 4))
    assert limited(programme(0, 40, 8, 6))
    assert not limited(programme(0, 150, 20, 12))


def test_the_rest_of_the_core_does_not_load_the_solver() -> None:
    """CP-SAT takes long to load, and is loaded where it is used."""
    names = ["problem", "rules", "outcome"]
    code = "import sys\n" + "".join(f"import allocator.core.calendar.{name}\n" for name in names)
    done = subprocess.run(
        [sys.executable, "-c", code + "print('ortools' in sys.modules)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "False", done.stderr
