"""How high the least sum of an item can go: exact bounds from prices, and assignments that come near.

For whole numbers λ (one an item) and y (one an agent), none negative, every assignment whose least
sum is at least T keeps

    T · Σ λ_p  ≤  Σ_p (the need_p largest of λ_p · score_rp − y_r)  +  Σ_r load_r · y_r

so each such pair of vectors bounds T, and closes pairs that it does not leave room for. A linear
programme in floats proposes λ and y; the bound is computed from them in Python's integers, and is
true however they were found. Assignments proposed by HiGHS are checked in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.core.gap_reviewers import BoolArray, MatrixProblem, WholeArray

# Whole prices are the programme's own in these units.
_UNITS = 2**40


@dataclass(frozen=True)
class LeastPrices:
    """Prices λ and y, and what they say of the least sum.

    Parameters
    ----------
    worth : object, shape (n_agents, n_items)
        λ_p · score_rp − y_r, in Python's integers.
    opened : bool, shape (n_agents, n_items)
        Pairs that may be used.
    need : int64, shape (n_items,)
    rest, weight : int
        Σ load·y and Σ λ.
    """

    worth: WholeArray
    opened: BoolArray
    need: Any
    rest: int
    weight: int

    def bound(self) -> int:
        """Return what no least sum is above, for assignments of the open pairs."""
        return (sum(sum(top) for top in self._tops()) + self.rest) // self.weight

    def close(self, least: int) -> BoolArray:
        """Return the pairs that some assignment of at least this least sum may use."""
        tops = self._tops()
        slack = sum(sum(top) for top in tops) + self.rest - least * self.weight
        kept = self.opened.copy()
        for p, top in enumerate(tops):
            if top:
                kept[:, p] &= (self.worth[:, p] >= top[-1] - slack).astype(bool)
        return kept

    def _tops(self) -> list[list[int]]:
        return [
            sorted(self.worth[self.opened[:, p], p].tolist(), reverse=True)[: int(need)]
            for p, need in enumerate(self.need)
        ]


def own_tops(problem: MatrixProblem, opened: BoolArray, least: int) -> BoolArray:
    """Return the open pairs whose item, with its best other agents, can reach a least sum."""
    kept = opened.copy()
    for p, need in enumerate(problem.need.tolist()):
        column = problem.score[opened[:, p], p].astype(object)
        if need == 0 or len(column) < need:
            continue
        order = sorted(column.tolist(), reverse=True)
        top = sum(order[:need])
        # A pair outside the best takes the place of the last of them.
        kept[opened[:, p], p] = [top - order[need - 1] + min(s, order[need - 1]) >= least for s in column]
    return kept


def _rows(problem: MatrixProblem, opened: BoolArray) -> tuple[Any, Any, Any, Any, float]:
    """Return the open pairs, their scores as floats of at most 1, and rows by item and by agent."""
    from scipy import sparse

    agents, items = np.nonzero(opened)
    size = max(int(np.abs(problem.score).max(initial=0)), 1)
    score = np.array([int(s) / size for s in problem.score[agents, items]])
    at = np.arange(len(agents))
    m, n = opened.shape
    by_item = sparse.csr_matrix((np.ones(len(at)), (items, at)), (n, len(at)))
    by_agent = sparse.csr_matrix((np.ones(len(at)), (agents, at)), (m, len(at)))
    return (agents, items), score, by_item, by_agent, size


def least_prices(problem: MatrixProblem, opened: BoolArray, limit_s: float) -> LeastPrices | None:
    """Return prices proposed by a linear programme, or None where it found none in time."""
    from scipy import sparse
    from scipy.optimize import linprog

    _, score, by_item, by_agent, size = _rows(problem, opened)
    n = opened.shape[1]
    sums = sparse.hstack([-by_item.multiply(score[None, :]), np.ones((n, 1))])
    loads = sparse.hstack([by_agent, np.zeros((len(problem.load), 1))])
    aim = np.zeros(len(score) + 1)
    aim[-1] = -1.0
    found = linprog(
        aim,
        A_ub=sparse.vstack([sums, loads]).tocsr(),
        b_ub=np.concatenate([np.zeros(n), problem.load]),
        A_eq=sparse.hstack([by_item, np.zeros((n, 1))]).tocsr(),
        b_eq=problem.need,
        bounds=[(0, 1)] * len(score) + [(None, None)],
        method="highs-ipm",
        options={"time_limit": max(limit_s, 0.01)},
    )
    if found.status != 0:
        return None
    whole = [max(0, round(-float(d) * _UNITS)) for d in found.ineqlin.marginals]
    item, agent = np.array(whole[:n], dtype=object), np.array(whole[n:], dtype=object) * size
    if sum(whole[:n]) == 0:
        return None
    worth = item[None, :] * problem.score.astype(object) - agent[:, None]
    rest = sum(int(k) * int(y) for k, y in zip(problem.load, agent, strict=True))
    return LeastPrices(worth, opened, problem.need, rest, sum(whole[:n]))


def find(problem: MatrixProblem, opened: BoolArray, least: int, limit_s: float) -> BoolArray | None:
    """Return an assignment that HiGHS holds to have this least sum, or None where it has none in time.

    Neither answer is a proof; the pairs do keep needs, loads and bars.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    (agents, items), score, by_item, by_agent, size = _rows(problem, opened)
    rows = [
        LinearConstraint(by_item, problem.need, problem.need),
        LinearConstraint(by_agent, -np.inf, problem.load),
        LinearConstraint(by_item.multiply(score[None, :]).tocsr(), least / size, np.inf),
    ]
    found = milp(np.zeros(len(score)), constraints=rows, integrality=np.ones(len(score)), bounds=Bounds(0, 1),
                 options={"time_limit": max(limit_s, 0.01)})  # fmt: skip
    # 0 is optimal, 1 a limit, and then there may be values too.
    if found.status not in (0, 1) or found.x is None:
        return None
    chosen = np.zeros(opened.shape, dtype=bool)
    chosen[agents, items] = found.x > 0.5
    needs = (chosen.sum(axis=0) == problem.need).all()
    return chosen if needs and (chosen.sum(axis=1) <= problem.load).all() else None
