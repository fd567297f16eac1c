"""Independent checker of whether prices prove an assignment best in every tier, in order.

It imports no method and shares no code with one. Costs and prices are compared as vectors
over the tiers, in lexicographic order: a later component may take either sign once an
earlier one is not zero. By weak duality, with every reduced cost non-negative and every
unused one balanced, no other assignment is better in any tier without being worse in an
earlier one. Time and memory are linear in the number of pairs.

References
----------
McConnell, Mehlhorn, Näher, Schweitzer (2011). Certifying algorithms. Computer Science
Review 5(2). Ahuja, Magnanti, Orlin (1993). Network Flows, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.core.problem import LARGEST_COST, AssignmentProblem, Bools, Ints


@dataclass(frozen=True)
class Breach:
    """One thing that does not hold.

    Parameters
    ----------
    check : str
        "shape", "range", "eligible", "capacity", "total", "agent", "option", "group", "lottery".
    kind : {"agent", "option", "group", "tier"}
    index : int
        Index of the offender.
    text : str
        What does not hold, with `{name}` for the offender.
    """

    check: str
    kind: str
    index: int
    text: str


@dataclass(frozen=True)
class FinalFace:
    """What the prices leave open, derived from them and from nothing else.

    Parameters
    ----------
    pair : bool, shape (n_pairs,)
        Pairs with a reduced cost of zero in every tier.
    none : bool, shape (n_agents,)
        Agents for whom no option costs the same as the one they hold.
    up, down : bool, shape (n_options,)
        One more, one fewer agent at the option costs nothing.
    group_up, group_down : bool, shape (n_groups,)
        The same for groups with a total.
    """

    pair: Bools
    none: Bools
    up: Bools
    down: Bools
    group_up: Bools
    group_down: Bools


def check_prices(
    problem: AssignmentProblem, option: Ints, price: Ints, group_price: Ints
) -> tuple[list[Breach], FinalFace | None]:
    """Check that prices prove an assignment best in strict order of all tiers.

    Parameters
    ----------
    problem : AssignmentProblem
    option : int64, shape (n_agents,)
        The assignment, -1 for none.
    price : int64, shape (n_tiers, n_options)
    group_price : int64, shape (n_tiers, n_groups)

    Returns
    -------
    list of Breach
        Empty when the proof holds.
    FinalFace or None
        What is left to the lottery; None where anything failed.
    """
    breaches = check_shape(problem, price, group_price)
    breaches += check_feasible(problem, option)
    if breaches:
        return breaches, None
    tiers = range(len(problem.tiers))
    own = _own_pairs(problem, option)
    agent_breaches, pair, none = _check_agents(problem, own, price, tiers)
    option_breaches, face_bits = _check_places(problem, option, price, group_price, tiers)
    breaches = agent_breaches + option_breaches
    return (breaches, None) if breaches else ([], FinalFace(pair, none, *face_bits))


def check_shape(problem: AssignmentProblem, price: Ints, group_price: Ints) -> list[Breach]:
    """Check the number and the size of the prices, so that no sum below can wrap around."""
    breaches = []
    for name, prices, count in (
        ("provision", price, problem.n_options),
        ("school", group_price, problem.n_groups),
    ):
        if prices.shape != (len(problem.tiers), count):
            text = f"{name} prices have the shape {prices.shape}, expected {(len(problem.tiers), count)}"
            breaches.append(Breach("shape", "tier", 0, text))
        elif prices.size and (prices.max() > LARGEST_COST or prices.min() < -LARGEST_COST):
            breaches.append(Breach("range", "tier", 0, f"a {name} price is beyond 2^45"))
    return breaches


def check_feasible(problem: AssignmentProblem, option: Ints) -> list[Breach]:
    """Check eligibility, places and totals."""
    if len(option) != problem.n_agents:
        return [Breach("shape", "tier", 0, f"{len(option)} agents answered, {problem.n_agents} asked")]
    own = _own_pairs(problem, option)
    breaches = [
        Breach("eligible", "agent", int(i), "{name} holds a place that it is not eligible for")
        for i in np.flatnonzero((option >= 0) & (own < 0))
    ]
    load = np.bincount(option[option >= 0], minlength=problem.n_options)
    most = problem.ordinary + problem.over
    breaches += [
        Breach("capacity", "option", int(j), f"{{name}} holds {load[j]}, it has {most[j]} places")
        for j in np.flatnonzero(load > most)
    ]
    total = np.bincount(problem.group, weights=load, minlength=problem.n_groups).astype(np.int64)
    bounded = problem.group_total >= 0
    breaches += [
        Breach("total", "group", int(g), f"{{name}} holds {total[g]}, its total is {problem.group_total[g]}")
        for g in np.flatnonzero(bounded & (total > problem.group_total))
    ]
    return breaches


def _own_pairs(problem: AssignmentProblem, option: Ints) -> Ints:
    """Index of the pair each agent holds, -1 for none or for a pair that does not exist."""
    own = np.full(problem.n_agents, -1, dtype=np.int64)
    held = np.flatnonzero(problem.pair_option == option[problem.pair_agent])
    own[problem.pair_agent[held]] = held
    return own


class _LexSign:
    """Running lexicographic sign of many vectors: the first component that is not zero."""

    def __init__(self, n: int) -> None:
        self.open = np.ones(n, dtype=bool)
        self.negative = np.zeros(n, dtype=bool)
        self.positive = np.zeros(n, dtype=bool)

    def add(self, component: Ints) -> None:
        self.negative |= self.open & (component < 0)
        self.positive |= self.open & (component > 0)
        self.open &= component == 0


def _check_agents(
    problem: AssignmentProblem, own: Ints, price: Ints, tiers: range
) -> tuple[list[Breach], Bools, Bools]:
    """Each agent holds a lexicographically least offer among its options and none."""
    offers, staying_out = _LexSign(problem.n_pairs), _LexSign(problem.n_agents)
    placed = own >= 0
    for k in tiers:
        cost = problem.tiers[k].costs(problem.pair_agent) + price[k][problem.pair_option]
        best = np.zeros(problem.n_agents, dtype=np.int64)
        best[placed] = cost[own[placed]]
        offers.add(cost - best[problem.pair_agent])
        staying_out.add(-best)
    better = np.unique(problem.pair_agent[offers.negative])
    breaches = [Breach("agent", "agent", int(i), "{name} has an option that a goal would rather give it")
                for i in better]  # fmt: skip
    breaches += [
        Breach("agent", "agent", int(i), "{name} holds a place at a price above what having it is worth")
        for i in np.flatnonzero(staying_out.negative)
    ]
    return breaches, offers.open, staying_out.open


def _check_places(
    problem: AssignmentProblem, option: Ints, price: Ints, group_price: Ints, tiers: range
) -> tuple[list[Breach], tuple[Bools, Bools, Bools, Bools]]:
    """Unused places cost nothing, used ones are worth their price; the same for totals."""
    load = np.bincount(option[option >= 0], minlength=problem.n_options)
    ordinary, over = np.minimum(load, problem.ordinary), np.maximum(load - problem.ordinary, 0)
    total = np.bincount(problem.group, weights=load, minlength=problem.n_groups).astype(np.int64)
    bounded = problem.group_total >= 0
    signs = _LexSign(problem.n_options), _LexSign(problem.n_options), _LexSign(problem.n_groups)
    for k in tiers:
        step = group_price[k][problem.group] - price[k]
        signs[0].add(step)
        signs[1].add(step + problem.tiers[k].over_cost)
        signs[2].add(-group_price[k])
    breaches: list[Breach] = []
    up, down = [], []
    room = np.where(bounded, problem.group_total, np.iinfo(np.int64).max)
    for kind, sign, flow, most, what in (
        ("option", signs[0], ordinary, problem.ordinary, "places"),
        ("option", signs[1], over, problem.over, "places over number"),
        ("group", signs[2], total, room, "its total"),
    ):
        for i in np.flatnonzero((flow < most) & sign.negative):
            text = f"{{name}} has a price on {what}, and not all are used"
            breaches.append(Breach(kind, kind, int(i), text))
        for i in np.flatnonzero((flow > 0) & sign.positive):
            text = f"{{name}} uses {what} below what they are worth"
            breaches.append(Breach(kind, kind, int(i), text))
        up.append((flow < most) & sign.open)
        down.append((flow > 0) & sign.open)
    return breaches, (up[0] | up[1], down[0] | down[1], up[2], down[2])


def check_lottery(problem: AssignmentProblem, option: Ints, face: FinalFace) -> list[Breach]:
    """Check that no other optimum is the lottery's: each agent, in reverse order of draw.

    Going backwards, the graph holds free places and exactly the later agents. An agent
    was wronged when some option that it likes better can push its way back to the option
    it holds. Reachability is a closure that only grows, kept as one integer a node.

    Parameters
    ----------
    problem : AssignmentProblem
    option : int64, shape (n_agents,)
    face : FinalFace
        From `check_prices`.

    Returns
    -------
    list of Breach
    """
    closure = _Closure(problem, face)
    none = closure.none
    own = _own_pairs(problem, option)
    alive = np.flatnonzero(face.pair)
    starts = np.searchsorted(problem.pair_agent[alive], np.arange(problem.n_agents + 1)).tolist()
    targets: list[int] = problem.pair_option[alive].tolist()
    own_ranks: list[int] = problem.own_rank[alive].tolist()
    breaches = []
    last = np.iinfo(np.int64).max
    for agent in np.argsort(problem.draw)[::-1].tolist():
        start, stop = starts[agent], starts[agent + 1]
        out = bool(face.none[agent])
        if stop - start + out < 2:
            continue
        placed = option[agent] >= 0
        here = int(option[agent]) if placed else none
        rank = int(problem.own_rank[own[agent]]) if placed else last
        for k in range(start, stop):
            if own_ranks[k] < rank and closure.reaches(targets[k], here):
                breaches.append(Breach("lottery", "agent", agent, "{name} could have an option that is "
                                "better for it, at no cost to a goal or to an earlier child"))  # fmt: skip
                break
        for k in range(start, stop):
            closure.insert(here, targets[k])
        if out:
            closure.insert(here, none)
    return breaches


class _Closure:
    """Which node reaches which, growing by one edge at a time."""

    def __init__(self, problem: AssignmentProblem, face: FinalFace) -> None:
        m = problem.n_options
        self.none = m + problem.n_groups
        self.reach = [1 << node for node in range(self.none + 1)]
        self.reached_by = [1 << node for node in range(self.none + 1)]
        for j in range(m):
            group = m + int(problem.group[j])
            if face.up[j]:
                self.insert(j, group)
            if face.down[j]:
                self.insert(group, j)
        for g in range(problem.n_groups):
            if face.group_up[g]:
                self.insert(m + g, self.none)
            if face.group_down[g]:
                self.insert(self.none, m + g)

    def reaches(self, tail: int, head: int) -> bool:
        return bool(self.reach[tail] >> head & 1)

    def insert(self, tail: int, head: int) -> None:
        if self.reaches(tail, head):
            return
        gained = self.reach[head]
        sources = self.reached_by[tail]
        while sources:
            node = (sources & -sources).bit_length() - 1
            sources &= sources - 1
            fresh = gained & ~self.reach[node]
            self.reach[node] |= gained
            while fresh:
                target = (fresh & -fresh).bit_length() - 1
                fresh &= fresh - 1
                self.reached_by[target] |= 1 << node
