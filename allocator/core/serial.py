"""The serial lottery: in lottery order each agent gets the best for itself that costs nobody.

On the last face every assignment is as good as any other in every goal. Agents choose in
lottery order: each takes the option it likes best among those that cost no goal and no
earlier agent anything. An agent can move to an option exactly when the option can push
its way back, along edges of later agents and free places, to the one that the agent
leaves; only options in one strongly connected component with it can ever do so. The
outcome is unique, by induction on the agents, so neither row order nor the assignment
that the search starts from can matter.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from allocator.core.face import Face
from allocator.core.prices import Nodes, condensed
from allocator.core.problem import Ints


def settle(face: Face, nodes: Nodes, option: Ints) -> Ints:
    """Settle every tie that is left on a face.

    Parameters
    ----------
    face : Face
        The face after the last tier.
    nodes : Nodes
    option : int64, shape (n_agents,)
        Any assignment on the face, -1 for none.

    Returns
    -------
    int64, shape (n_agents,)
        The one assignment that the lottery gives.
    """
    if len(face.pair) == 0:
        return option
    graph = condensed(face, nodes, option, np.zeros(len(face.pair), dtype=np.int64), 0)
    links = coo_array((np.ones(len(graph.tail), dtype=np.int8), (graph.tail, graph.head)), (graph.n, graph.n))
    _, component = connected_components(links, directed=True, connection="strong")
    choices = _choices(face, nodes, option, component)
    if not choices:
        return option
    residual = _Residual(face, nodes, option, choices)
    for agent in sorted(choices, key=face.problem.draw.__getitem__):
        residual.choose(agent)
    return residual.answer()


def _choices(face: Face, nodes: Nodes, option: Ints, component: Ints) -> dict[int, list[int]]:
    """List, for each agent that could ever move, its reachable options in its own order."""
    problem = face.problem
    agent, target = problem.pair_agent[face.pair], problem.pair_option[face.pair]
    at = np.where(option >= 0, option, nodes.none)
    within = component[target] == component[at[agent]]
    agent, target, rank = agent[within], target[within], problem.own_rank[face.pair][within]
    order = np.lexsort((rank, agent))
    found: dict[int, list[int]] = defaultdict(list)
    for i, j in zip(agent[order].tolist(), target[order].tolist(), strict=True):
        found[i].append(j)
    none_within = face.may_stay_out & (component[at] == component[nodes.none])
    for i in np.flatnonzero(none_within).tolist():
        found[i].append(nodes.none)
    return {i: liked for i, liked in found.items() if len(liked) > 1}


class _Residual:
    """The residual graph of the agents that have not chosen yet, as bit rows.

    `into[t]` has bit s set when some later agent at s may hold t; `room_into[t]` when a free
    or a given-back place leads from s to t.
    """

    def __init__(self, face: Face, nodes: Nodes, option: Ints, choices: dict[int, list[int]]) -> None:
        self.nodes = nodes
        self.choices = choices
        self.at: list[int] = np.where(option >= 0, option, nodes.none).tolist()
        self.into = [0] * (nodes.none + 1)
        self.movers: dict[tuple[int, int], set[int]] = defaultdict(set)
        for agent in choices:
            self._add(agent)
        problem = face.problem
        self.up: list[int] = nodes.group[problem.group].tolist()
        self.group: list[int] = problem.group.tolist()
        self.group_node: list[int] = nodes.group.tolist()
        ordinary, over, totals = face.uses(option)
        self.load: list[int] = (ordinary + over).tolist()
        self.low: list[int] = (face.ordinary.low + face.over.low).tolist()
        self.high: list[int] = (face.ordinary.high + face.over.high).tolist()
        self.total: list[int] = totals.tolist()
        self.total_low: list[int] = face.total.low.tolist()
        self.total_high: list[int] = face.total.high.tolist()
        self.room_into = [0] * (nodes.none + 1)
        for j in range(problem.n_options):
            self._set_option_room(j)
        for g in range(problem.n_groups):
            self._set_group_room(g)

    def answer(self) -> Ints:
        at = np.array(self.at, dtype=np.int64)
        return np.where(at == self.nodes.none, -1, at)

    def choose(self, agent: int) -> None:
        """Give the agent the best that the later ones can make way for; it moves no more."""
        here = self.at[agent]
        self._remove(agent)
        liked = self.choices[agent]
        better = liked[: liked.index(here)]
        if not better:
            return
        steps = self._reach_back(here, better[0])
        for wanted in better:
            if any(fresh >> wanted & 1 for _, fresh in steps):
                self._move(agent, wanted)
                self._rotate(wanted, here, steps)
                return

    def _reach_back(self, here: int, enough: int) -> list[tuple[int, int]]:
        """Search backwards from `here`: pairs of a node and the nodes first seen from it."""
        seen = frontier = 1 << here
        steps: list[tuple[int, int]] = []
        while frontier:
            node = (frontier & -frontier).bit_length() - 1
            frontier &= frontier - 1
            fresh = (self.into[node] | self.room_into[node]) & ~seen
            if fresh:
                steps.append((node, fresh))
                seen |= fresh
                frontier |= fresh
            if fresh >> enough & 1:
                break
        return steps

    def _rotate(self, start: int, end: int, steps: list[tuple[int, int]]) -> None:
        """Push one unit from `start` to `end` along the steps of the search."""
        node = start
        while node != end:
            after = next(seen_from for seen_from, fresh in steps if fresh >> node & 1)
            movers = self.movers.get((node, after))
            if movers:
                mover = min(movers)
                self._remove(mover)
                self._move(mover, after)
                self._add(mover)
            node = after

    def _add(self, agent: int) -> None:
        here = self.at[agent]
        for target in self.choices[agent]:
            if target != here:
                self.movers[here, target].add(agent)
                self.into[target] |= 1 << here

    def _remove(self, agent: int) -> None:
        here = self.at[agent]
        for target in self.choices[agent]:
            if target != here:
                movers = self.movers[here, target]
                movers.discard(agent)
                if not movers:
                    self.into[target] &= ~(1 << here)

    def _move(self, agent: int, target: int) -> None:
        self._count(self.at[agent], -1)
        self._count(target, 1)
        self.at[agent] = target

    def _count(self, node: int, change: int) -> None:
        if node == self.nodes.none:
            return
        self.load[node] += change
        self.total[self.group[node]] += change
        self._set_option_room(node)
        self._set_group_room(self.group[node])

    def _set_option_room(self, j: int) -> None:
        self._set_room(j, self.up[j], self.load[j] < self.high[j])
        self._set_room(self.up[j], j, self.load[j] > self.low[j])

    def _set_group_room(self, g: int) -> None:
        node, none = self.group_node[g], self.nodes.none
        if node != none:
            self._set_room(node, none, self.total[g] < self.total_high[g])
            self._set_room(none, node, self.total[g] > self.total_low[g])

    def _set_room(self, tail: int, head: int, there: bool) -> None:
        if there:
            self.room_into[head] |= 1 << tail
        else:
            self.room_into[head] &= ~(1 << tail)
