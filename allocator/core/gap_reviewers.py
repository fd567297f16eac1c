"""Several distinct agents an item: reviewers to papers, the highest total with its proof.

Every item (paper) needs so many different agents (reviewers), an agent takes so many items, and
the sum of the scores is made most: a transportation problem with arcs of one unit. A compiled flow
solver gives an assignment for scores that may have been rounded to suit it. Prices are then sought
on the exact scores; a negative cycle on the way is a better assignment and is taken, and prices
without one bound every assignment by the very total that was found. Neither the rounding nor the
solver has to be trusted.

References
----------
Ahuja, Magnanti, Orlin (1993). Network Flows, sections 5.5 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.errors import ProblemError

BoolArray = NDArray[np.bool_]
# Whole numbers: int64 where sums are certain to fit, Python's own otherwise.
WholeArray = NDArray[Any]

_FITS = 2**40


@dataclass(frozen=True)
class MatrixProblem:
    """What is asked.

    Parameters
    ----------
    score : int64 or object, shape (n_agents, n_items)
        Whole numbers of any size and sign.
    need : int64, shape (n_items,)
        Distinct agents that an item must have.
    load : int64, shape (n_agents,)
        Most items of an agent.
    barred : bool, shape (n_agents, n_items)
        Pairs that may not be.

    Raises
    ------
    ProblemError
        For shapes that do not match, or a negative need or load.
    """

    score: WholeArray
    need: NDArray[np.int64]
    load: NDArray[np.int64]
    barred: BoolArray

    def __post_init__(self) -> None:
        m, n = self.score.shape
        if self.need.shape != (n,) or self.load.shape != (m,) or self.barred.shape != (m, n):
            raise ProblemError("need goes with items, load with agents, and barred pairs with the scores")
        if min(self.need.min(initial=0), self.load.min(initial=0)) < 0:
            raise ProblemError("needs and loads must not be negative")

    def open_pairs(self) -> BoolArray:
        """Return the pairs that may be, those without need or load left out."""
        return ~self.barred & (self.need > 0)[None, :] & (self.load > 0)[:, None]

    def totals(self, chosen: BoolArray) -> list[int]:
        """Return each item's sum over its agents, exactly.

        Raises
        ------
        ProblemError
            Where the chosen pairs break a need, a load or a bar.
        """
        if (chosen & self.barred).any() or (chosen.sum(axis=0) != self.need).any():
            raise ProblemError("the chosen pairs break a need or a bar")
        if (chosen.sum(axis=1) > self.load).any():
            raise ProblemError("the chosen pairs break a load")
        return [sum(map(int, self.score[chosen[:, p], p])) for p in range(self.score.shape[1])]


@dataclass(frozen=True)
class Prices:
    """A bound on the total: item and agent prices, exact.

    Parameters
    ----------
    item, agent : int64 or object, shapes (n_items,), (n_agents,)
        Agents' are not negative.
    bound : int
        Σ need·item + Σ load·agent + Σ max(0, score − item − agent) over open pairs: no total is above it.
    """

    item: WholeArray
    agent: WholeArray
    bound: int


def most(problem: MatrixProblem) -> tuple[BoolArray, Prices] | None:
    """Return pairs of the highest total with prices whose bound equals it, or None where none fit."""
    size = int(np.abs(problem.score).max(initial=0))
    nodes = sum(problem.score.shape) + 2
    shift = max(0, size.bit_length() - (2**60 // (4 * nodes * nodes)).bit_length())
    rounded = (problem.score >> shift).astype(np.int64)
    chosen = _flow(problem, rounded)
    if chosen is None:
        return None
    exact = _Potentials(problem, problem.score)
    exact.begin(_Potentials(problem, rounded).settle(chosen), shift)
    prices = _prices(problem, exact.settle(chosen))
    if prices.bound != sum(problem.totals(chosen)):
        raise ProblemError("the prices do not bear out the total")
    return chosen, prices


def _flow(problem: MatrixProblem, score: NDArray[np.int64]) -> BoolArray | None:
    """Return pairs of the highest total of rounded scores, by min-cost flow; None where none fit."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    m, n = score.shape
    chosen = np.zeros((m, n), dtype=bool)
    agents, items = np.nonzero(problem.open_pairs())
    needed = int(problem.need.sum())
    if needed == 0:
        return chosen
    flow = SimpleMinCostFlow()
    ones = np.ones(len(agents), np.int64)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(items, n + agents, ones, -score[agents, items])
    sink = np.full(m, n + m)
    flow.add_arcs_with_capacity_and_unit_cost(n + np.arange(m), sink, problem.load, np.zeros(m, np.int64))
    flow.set_nodes_supplies(np.arange(n), problem.need)
    flow.set_node_supply(n + m, -needed)
    status = flow.solve()
    if status == flow.INFEASIBLE:
        return None
    if status != flow.OPTIMAL:
        raise ProblemError(f"the flow solver says {status.name}")
    used = flow.flows(pairs) > 0
    chosen[agents[used], items[used]] = True
    return chosen


class _Potentials:
    """Shortest ways in the residual graph of an assignment, by passes over whole matrices.

    Nodes are items, agents and the sink. An open pair not chosen leads item → agent at −score, a
    chosen one agent → item at +score; an agent with room leads to the sink, one in use from it.
    """

    def __init__(self, problem: MatrixProblem, score: WholeArray) -> None:
        m, n = score.shape
        self._problem, self._score = problem, score
        self._open = problem.open_pairs()
        self._far = (int(np.abs(score).max(initial=0)) + 1) * 4 * (m + n + 2)
        kind = np.int64 if self._far < 2**62 else object
        self._score = score.astype(kind)
        self._item, self._agent = np.zeros(n, kind), np.zeros(m, kind)
        self._sink: int = 0

    def begin(self, start: tuple[WholeArray, WholeArray, int], shift: int) -> None:
        """Begin from the potentials of scores that were rounded by so many bits."""
        kind = self._item.dtype
        self._item = start[0].astype(object) << shift
        self._agent = start[1].astype(object) << shift
        self._item, self._agent = self._item.astype(kind), self._agent.astype(kind)
        self._sink = start[2] << shift

    def settle(self, chosen: BoolArray) -> tuple[WholeArray, WholeArray, int]:
        """Return potentials that no way undercuts, cancelling negative cycles in place until so."""
        while True:
            cycle = self._pass_until_still(chosen)
            if cycle is None:
                return self._item, self._agent, int(self._sink)
            for node, before in cycle:
                n = len(self._item)
                if node < n <= before < n + len(self._agent):
                    chosen[before - n, node] = False
                elif before < n <= node:
                    chosen[node - n, before] = True

    def _pass_until_still(self, chosen: BoolArray) -> list[tuple[int, int]] | None:
        m, n = chosen.shape
        sink = m + n
        parent = np.full(m + n + 1, -1)
        held = chosen.sum(axis=1)
        spare, used = held < self._problem.load, held > 0
        free = self._open & ~chosen
        rows, columns = np.arange(m), np.arange(n)
        for step in range(2 * (m + n + 2)):
            still = True
            way = np.where(free, self._item[None, :] - self._score, self._far * 2)
            at = way.argmin(axis=1)
            better = free[rows, at] & (way[rows, at] < self._agent)
            self._agent[better] = way[rows, at][better]
            parent[n + rows[better]] = at[better]
            from_sink = used & (self._agent > self._sink)
            self._agent[from_sink] = self._sink
            parent[n + rows[from_sink]] = sink
            still = not (better.any() or from_sink.any())
            if spare.any():
                low = rows[spare][self._agent[spare].argmin()]
                if self._agent[low] < self._sink:
                    self._sink, still = int(self._agent[low]), False
                    parent[sink] = n + low
            back = np.where(chosen, self._agent[:, None] + self._score, self._far * 2)
            at = back.argmin(axis=0)
            better = chosen[at, columns] & (back[at, columns] < self._item)
            self._item[better] = back[at, columns][better]
            parent[columns[better]] = n + at[better]
            if still and not better.any():
                return None
            if step % 16 == 15 and (cycle := _cycle(parent)) is not None:
                return cycle
        raise ProblemError("potentials did not settle")


def _cycle(parent: NDArray[np.int64]) -> list[tuple[int, int]] | None:
    """Return the arcs of a cycle of parents, as node and the node before it."""
    colour = np.zeros(len(parent), np.int64)
    for start in range(len(parent)):
        v = start
        while v >= 0 and colour[v] == 0:
            colour[v] = start + 1
            v = int(parent[v])
        if v >= 0 and colour[v] == start + 1:
            arcs, u = [(v, int(parent[v]))], int(parent[v])
            while u != v:
                arcs.append((u, int(parent[u])))
                u = int(parent[u])
            return arcs
    return None


def _prices(problem: MatrixProblem, potential: tuple[WholeArray, WholeArray, int]) -> Prices:
    """Turn potentials into prices and add up the bound in Python's own integers."""
    items, agents, sink = potential
    item = items.astype(object) - sink
    agent = np.maximum(sink - agents.astype(object), 0)
    over = problem.score.astype(object) - item[None, :] - agent[:, None]
    inside = over[problem.open_pairs()]
    bound = int(sum(map(int, inside[inside > 0])))
    bound += sum(int(k) * int(y) for k, y in zip(problem.need, item, strict=True) if k)
    bound += sum(int(k) * int(y) for k, y in zip(problem.load, agent, strict=True) if k)
    return Prices(item, agent, bound)
