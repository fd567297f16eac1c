"""The exact method for small calendar problems: CP-SAT, goal after goal, and the lottery at the end.

Each goal is one search from the appointments at hand, with the goals before it held. Values are
added up from the appointments, never read from the solver; the solver is believed only that its
search came to an end.
"""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.calendar.exact_goals import Goal, goal_of
from allocator.core.calendar.exact_lottery import Lottery
from allocator.core.calendar.exact_model import Model
from allocator.core.calendar.exact_rules import model_of
from allocator.core.calendar.exact_search import Answer, Budget, ask
from allocator.core.calendar.exact_spots import ceiling, first_spots, n_variables, second_spots
from allocator.core.calendar.outcome import CalendarOutcome, Effort, TierOutcome
from allocator.core.calendar.problem import Appointments, CalendarProblem
from allocator.core.calendar.rules import better, breaches, values
from allocator.errors import ProblemError

# Variables up to which a search is worth a try; see `limited`.
_VARIABLES = 2_500
# The part of the work left that one goal may take, at least.
_PART = 0.4


def limited(problem: CalendarProblem) -> bool:
    """Return whether a problem is small enough for the exact method to be worth a try.

    Notes
    -----
    CPU seconds from nothing, for problems like a review programme with twelve goals and the
    lottery (agents × workers × periods, variables):

    - 5 × 3 × 3, 15-50: 0.02-0.05;
    - 20 × 5 × 4, 115-302: 0.1-1.2;
    - 40 × 8 × 6, 848-1,420: 2-18, the goal about load open in one of three;
    - 60 × 8 × 8, 1,585: 4; with 2,758 the goal about load open after 20;
    - 100 × 10 × 12, 7,156: days late in the last class open, and all goals after it.
    """
    return n_variables(problem) <= _VARIABLES


def solve_exactly(
    problem: CalendarProblem,
    effort: Effort,
    start: Appointments | None = None,
    known: Sequence[TierOutcome] = (),
) -> CalendarOutcome:
    """Find the best appointments, goal by goal, and let the lottery choose among them.

    Parameters
    ----------
    problem : CalendarProblem
    effort : Effort
    start : Appointments or None
        They keep every rule, and attain what is known.
    known : sequence of TierOutcome
        The first goals' outcomes, proven elsewhere; they are held and passed on.

    Returns
    -------
    CalendarOutcome
        Where it is proven to its end, the same whatever the start. Where a goal is open, the
        lottery is not held and the best appointments found are answered.

    Raises
    ------
    ProblemError
        When the start breaks a rule or misses what is known, what is known cannot be attained, or
        sums leave 31 bits.
    """
    search = _Search(problem, effort, known)
    if start is not None:
        search.begin(start)
    return search.run()


class _Search:
    """The best appointments so far, and what is proved of them."""

    def __init__(self, problem: CalendarProblem, effort: Effort, known: Sequence[TierOutcome]) -> None:
        if len(known) > len(problem.tiers):
            raise ProblemError("more goals are said to be known than there are")
        self._problem, self._effort, self._known = problem, effort, tuple(known)
        self._senses = [better(tier) for tier in problem.tiers]
        self._budget = Budget(effort.seconds, effort.deadline)
        self._take(Appointments.none(problem.n_agents))
        # Where goals are known, having nothing done is no start.
        self._begun = not known
        self._bounds: list[int] = []
        self._held: list[tuple[Goal, int]] = []

    def begin(self, made: Appointments) -> None:
        """Take appointments as the best so far.

        Raises
        ------
        ProblemError
            When they break a rule or miss what is known.
        """
        broken = breaches(self._problem, made)
        if broken:
            raise ProblemError(f"appointments to start from break rules: {', '.join(sorted(broken))}")
        self._take(made)
        for known, at, sense in zip(self._known, self._at, self._senses, strict=False):
            if sense * (at - known.value) < 0 or (known.proven and at != known.value):
                raise ProblemError(f"appointments to start from give {at} where {known.value} is known")
        self._begun = True

    def run(self) -> CalendarOutcome:
        """Settle each goal in turn, then the lottery."""
        lottery_proven = False
        if not self._budget.struck:
            model = model_of(self._problem)
            for tier, known in zip(self._problem.tiers, self._known, strict=False):
                self._hold(model, goal_of(model, tier, known.value), known.value)
            self._find(model)
            if self._begun:
                self._bounds = [known.bound for known in self._known]
                self._settle(model)
                lottery_proven = self._draw(model)
        cut_short = self._budget.struck and not lottery_proven
        return CalendarOutcome(self._best, self._outcomes(), lottery_proven, cut_short)

    def _take(self, made: Appointments) -> None:
        self._best, self._at = made, values(self._problem, made)

    def _hold(self, model: Model, goal: Goal, figure: int) -> None:
        goal.hold(model, figure)
        self._held.append((goal, figure))

    def _find(self, model: Model) -> None:
        """Find appointments that attain what is known, where there are none to start from."""
        if self._begun:
            return
        answer = ask(model, self._budget, self._budget.work, more=True)
        if answer.solution is not None:
            self.begin(model.appointments(answer.solution))
        elif answer.closed:
            raise ProblemError("no appointments attain what is said to be known of the goals")

    def _settle(self, model: Model) -> None:
        """Bring each goal that is not known to its best, those before it held."""
        tiers = self._problem.tiers
        for k in range(len(self._known), len(tiers)):
            at, bound = self._at[k], ceiling(self._problem, tiers[k], model.first, model.second)
            goal = goal_of(model, tiers[k], at)
            if at != bound:
                self._effort.progress(k + 1, f"exact search: {at}, at best {bound}")
                goal.aim(model)
                model.hint(self._best)
                work = self._budget.work * max(_PART, 1 / (len(tiers) - k + 1))
                answer = ask(model, self._budget, work, goal.better > 0)
                bound = self._read(model, goal, k, answer, bound)
            self._bounds.append(bound)
            self._hold(model, goal, self._at[k])
            self._hold_closer(model)

    def _hold_closer(self, model: Model) -> None:
        """Hold earlier goals to what a search for a later one happened to find."""
        for k, (goal, figure) in enumerate(self._held):
            if self._at[k] != figure:
                goal.hold(model, self._at[k])
                self._held[k] = goal, self._at[k]

    def _read(self, model: Model, goal: Goal, k: int, answer: Answer, bound: int) -> int:
        """Keep what a search for goal k found if it is better; return the bound that it leaves.

        Raises
        ------
        ProblemError
            When the solver's answer does not bear out its rows, or its own bound.
        """
        if answer.solution is not None:
            self._compare(model.appointments(answer.solution), k)
        elif answer.closed:
            raise ProblemError("CP-SAT finds nothing where appointments are known")
        sense, at = self._senses[k], self._at[k]
        if answer.bound is not None:
            bound = sense * min(sense * bound, sense * goal.read(answer.bound))
        if sense * (bound - at) < 0 or (answer.closed and bound != at):
            raise ProblemError(f"CP-SAT gives the bound {bound} where appointments come to {at}")
        return bound

    def _compare(self, made: Appointments, k: int) -> None:
        """Take appointments in place of the best if they are better in goal k and no worse before."""
        at = values(self._problem, made)
        gains = [sense * (new - old) for sense, new, old in zip(self._senses, at, self._at, strict=True)]
        if breaches(self._problem, made) or min(gains[:k], default=0) < 0:
            raise ProblemError("CP-SAT gave appointments that do not bear out their rows")
        if gains[k] > 0:
            self._take(made)

    def _draw(self, model: Model) -> bool:
        """Carry out the lottery if every goal is proved; return whether it came to its end."""
        if not all(outcome.proven for outcome in self._outcomes()):
            return False
        self._effort.progress(len(self._problem.tiers) + 1, "the lottery, in turn")
        lottery = Lottery(model, self._best, self._budget)
        done = lottery.carry_out()
        self._take(lottery.made)
        return done

    def _outcomes(self) -> tuple[TierOutcome, ...]:
        """Say of each goal what the best appointments come to, and how far that is proved."""
        known = [outcome.bound for outcome in self._known]
        bounds = self._bounds or [*known[: self._attained() + 1]]
        if len(bounds) < len(self._at):
            first, second = first_spots(self._problem), second_spots(self._problem)
            open_ = self._problem.tiers[len(bounds) :]
            bounds = [*bounds, *(ceiling(self._problem, tier, first, second) for tier in open_)]
        found = [
            TierOutcome(at, bound, "solver" if at == bound else "none")
            for at, bound in zip(self._at, bounds, strict=True)
        ]
        kept = self._attained()
        return (*self._known[:kept], *found[kept:])

    def _attained(self) -> int:
        """Return how many of the known goals, from the first on, have their known value."""
        pairs = zip(self._known, self._at, strict=False)
        missed = [k for k, (known, at) in enumerate(pairs) if at != known.value]
        return min(missed, default=len(self._known))
