"""The forger's tool: prices fitted to any placement, tier by tier, by Bellman and Ford.

For a placement that is best in every tier they are a proof. For any other they are the best
that a forger can do: the first tier in which a better placement exists has a negative circle, and the
search is broken off there with what it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from integrity.independent_check import Asked, Held, Prices, Vector, loads

NONE = ("none", "")
Node = tuple[str, str]
Edge = tuple[Node, Node, Vector]


def residual(told: Asked, held: Held) -> Iterator[Edge]:
    """List the moves that a placement leaves open: from a node, to a node, at a change of cost."""
    zero = (0,) * told.tiers
    for child, pairs in told.cost.items():
        own = held[child]
        # A pair that is not eligible has no cost of its own: the forger makes it free.
        here, now = (NONE, zero) if own is None else (("provision", own), pairs.get(own, zero))
        for name, cost in pairs.items():
            if name != own:
                yield here, ("provision", name), _minus(cost, now)
        if own is not None:
            yield here, NONE, _minus(zero, now)
    at_provision, at_school = loads(told, held)
    for name, school in told.school_of.items():
        low, high = ("provision", name), ("school", school)
        ordinary = min(at_provision[name], told.ordinary[name])
        over = at_provision[name] - ordinary
        yield from _both_ways(low, high, zero, ordinary, told.ordinary[name])
        yield from _both_ways(low, high, told.over_cost, over, told.over[name])
    for school, total in told.total.items():
        most = len(told.cost) + 1 if total is None else total
        yield from _both_ways(("school", school), NONE, zero, at_school[school], most)


def _both_ways(low: Node, high: Node, cost: Vector, used: int, places: int) -> Iterator[Edge]:
    if used < places:
        yield low, high, cost
    if used > 0:
        yield high, low, tuple(-part for part in cost)


def _minus(one: Vector, other: Vector) -> Vector:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def refitted(told: Asked, held: Held) -> tuple[dict[str, Vector], dict[str, Vector]]:
    """Fit prices to a placement.

    Parameters
    ----------
    told : Asked
    held : mapping of child_id to provision_id or None
        Any placement within the places.

    Returns
    -------
    provisions, schools : dict of id to vector
    """
    nodes: list[Node] = [
        *(("provision", name) for name in told.school_of),
        *(("school", s) for s in told.total),
    ]
    edges = list(residual(told, held))
    price: dict[Node, list[int]] = {node: [] for node in [*nodes, NONE]}
    for k in range(told.tiers):
        y = _bellman_ford([*nodes, NONE], [(tail, head, cost[k]) for tail, head, cost in edges])
        for node, least in y.items():
            price[node].append(least - y[NONE])
        # Only moves that cost nothing so far are open to the next tier.
        edges = [
            (tail, head, cost) for tail, head, cost in edges if cost[k] + price[head][k] - price[tail][k] == 0
        ]
    of = {
        kind: {name: tuple(price[k, name]) for k, name in nodes if k == kind}
        for kind in ("provision", "school")
    }
    return of["provision"], of["school"]


def _bellman_ford(nodes: list[Node], edges: list[tuple[Node, Node, int]]) -> dict[Node, int]:
    """Find the largest potentials, none positive, with y[tail] <= cost + y[head] on every edge."""
    y = dict.fromkeys(nodes, 0)
    for _ in range(len(nodes) + 1):
        changed = False
        for tail, head, cost in edges:
            if cost + y[head] < y[tail]:
                y[tail] = cost + y[head]
                changed = True
        if not changed:
            break
    return y


def lowered(
    told: Asked, held: Held, provisions: Prices, schools: Prices, rng: Random
) -> tuple[dict[str, Vector], dict[str, Vector]]:
    """Give another proof of the same optimum: prices pushed down at random, then raised until they hold.

    Parameters
    ----------
    told : Asked
    held : mapping of child_id to provision_id or None
        A placement that is best in every tier.
    provisions, schools : mapping of id to vector
        Prices that prove it; the answer lies nowhere above them, in the order of vectors.
    rng : random.Random
    """
    y: dict[Node, Vector] = {("provision", name): row for name, row in provisions.items()}
    y |= {("school", name): row for name, row in schools.items()}
    for node in rng.sample(sorted(y), rng.randint(1, len(y))):
        k = rng.randrange(told.tiers)
        y[node] = (
            *y[node][:k],
            y[node][k] - rng.choice((1, 2, 7, 1000)),
            *(rng.randint(-9, 9) for _ in y[node][k + 1 :]),
        )
    y[NONE] = (0,) * told.tiers
    edges = list(residual(told, held))
    changed = True
    while changed:
        changed = False
        for tail, head, cost in edges:
            least = _minus(y[tail], cost)
            if y[head] < least:
                y[head], changed = least, True
    return (
        {name: y["provision", name] for name in provisions},
        {name: y["school", name] for name in schools},
    )
