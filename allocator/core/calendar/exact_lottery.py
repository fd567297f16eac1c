"""The serial lottery: agents in turn take the best spot that costs no goal and nobody before them.

An agent whose spot in the appointments at hand is the first that is left needs no search. Others
are asked about a few at a time: the ranks of their spots, each agent's weighed above all that come
after, sum to one objective, and its optimum is every one's turn in order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.calendar.exact_model import Model
from allocator.core.calendar.exact_search import Budget, ask
from allocator.core.calendar.exact_spots import Spots
from allocator.core.calendar.problem import Appointments, CalendarProblem, Ints
from allocator.core.calendar.rules import breaches, values
from allocator.errors import ProblemError

# The factors of one objective sum to no more.
_SUM = 2**24


@dataclass(frozen=True)
class _Turn:
    """An agent's turn: the spots that are left to it, best first, and their variables."""

    agent: int
    second: bool
    places: Ints
    variables: Ints

    def taken(self, spots: Spots, made: Appointments) -> int:
        """Return the rank of the agent's spot; the number of spots where it has none."""
        if self.second:
            worker, period = made.second_worker[self.agent], made.second_period[self.agent]
        else:
            worker, period = made.worker[self.agent], made.period[self.agent]
        here = (spots.worker[self.places] == worker) & (spots.period[self.places] == period)
        found = np.flatnonzero(here)
        return int(found[0]) if len(found) else len(self.places)


class Lottery:
    """The lottery under way.

    Parameters
    ----------
    model : Model
        With every goal held to its best.
    made : Appointments
        They keep the rules and attain every goal.
    budget : Budget
    """

    def __init__(self, model: Model, made: Appointments, budget: Budget) -> None:
        self._model, self._budget = model, budget
        self._problem: CalendarProblem = model.problem
        self.made = made
        self._values = values(model.problem, made)
        # What those whose turn is over have left.
        self._room = model.problem.room.copy()
        self._most = model.problem.most.copy()
        self._period_most = model.problem.period_most.copy()

    def carry_out(self) -> bool:
        """Give everybody their turn; return whether all of it was done exactly."""
        turns = self._order()
        at = 0
        while at < len(turns):
            turn = self._turn(*turns[at])
            if turn.taken(self._spots(turn.second), self.made) == 0 or not len(turn.places):
                self._settle(turn)
                at += 1
                continue
            block = self._block(turn, turns[at + 1 :])
            if not self._search(block):
                return False
            for agent, second in turns[at : at + len(block)]:
                self._settle(self._turn(agent, second))
            at += len(block)
        return True

    def _order(self) -> list[tuple[int, bool]]:
        """Everybody in draw order, then those who want seconds in draw order."""
        agents = np.argsort(self._problem.draw).tolist()
        wanting = [(i, True) for i in agents if self._problem.wants_second[i]]
        return [*((i, False) for i in agents), *wanting]

    def _spots(self, second: bool) -> Spots:
        return self._model.second if second else self._model.first

    def _turn(self, agent: int, second: bool) -> _Turn:
        """Return the spots of an agent that those before it leave open."""
        spots, problem = self._spots(second), self._problem
        places = np.asarray(spots.of(agent), dtype=np.int64)
        worker, period = spots.worker[places], spots.period[places]
        left = (problem.size[agent] <= self._room[worker, period]) & (self._most[worker] > 0)
        if not second:
            left &= self._period_most[period] > 0
        places = places[left]
        numbers = self._model.second_numbers(places) if second else places
        return _Turn(agent, second, places, numbers)

    def _block(self, turn: _Turn, after: list[tuple[int, bool]]) -> list[_Turn]:
        """Return turns to ask about together: as many as their ranks can be weighed for."""
        block = [turn]
        weight = len(turn.places) + 1
        total = len(turn.places) * weight // 2
        for agent, second in after:
            following = self._turn(agent, second)
            n = len(following.places)
            # Those before weigh n + 1 times as much as they did.
            total = total * (n + 1) + n * (n + 1) // 2
            if total > _SUM:
                break
            block.append(following)
        return block

    def _search(self, block: list[_Turn]) -> bool:
        """Find the best ranks of a block, in order; return whether they are proved."""
        variables: list[int] = []
        factors: list[int] = []
        weight = 1
        for turn in reversed(block):
            n = len(turn.places)
            variables.extend(turn.variables.tolist())
            factors.extend(weight * (n - rank) for rank in range(n))
            weight *= n + 1
        self._model.aim(variables, factors, 1)
        self._model.hint(self.made)
        answer = ask(self._model, self._budget, self._budget.work, True)
        if not answer.closed:
            return False
        if answer.solution is None:
            raise ProblemError("CP-SAT finds nothing where appointments are known")
        made = self._model.appointments(answer.solution)
        if breaches(self._problem, made) or values(self._problem, made) != self._values:
            raise ProblemError("CP-SAT gave appointments that do not bear out their rows")
        self.made = made
        return True

    def _settle(self, turn: _Turn) -> None:
        """Fix an agent where it is, and take what it uses."""
        spots = self._spots(turn.second)
        rank = turn.taken(spots, self.made)
        if rank == len(turn.places):
            if rank:
                self._model.exactly(turn.variables, 0)
            return
        place = turn.places[rank]
        self._model.exactly(turn.variables[rank : rank + 1], 1)
        worker, period = spots.worker[place], spots.period[place]
        self._room[worker, period] -= self._problem.size[turn.agent]
        self._most[worker] -= 1
        if not turn.second:
            self._period_most[period] -= 1
