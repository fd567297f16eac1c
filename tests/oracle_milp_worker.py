"""Worker of the second formulation: one integer programme a line in, its tiers' values a line out.

Run as a process of its own, so that the solver inside scipy never shares a process with the
engine's. Reads JSON lines on stdin until it closes. Imports nothing of the project.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def solve(asked: dict[str, Any]) -> list[int]:
    """Minimise each tier in turn, the earlier ones kept as equality rows.

    Parameters
    ----------
    asked : dict
        `pairs` [[child, provision] …]; `children` (int); `within`, `left` (places a provision, before
        and with over places); `totals` [[[provision …], places] …]; `tiers` [[[cost a pair …],
        cost of one child over number] …]. All whole numbers.

    Returns
    -------
    list of int
        The least value of each tier given the tiers before it.
    """
    pairs, within = asked["pairs"], asked["within"]
    n_pairs, n_options = len(pairs), len(within)
    # Variables: one a pair (0 or 1), then one a provision: its children over number.
    matrix, least, most = [], [], []

    def row(coefficients: np.ndarray, low: float, high: float) -> None:
        matrix.append(coefficients)
        least.append(low)
        most.append(high)

    def where(chosen: Any) -> np.ndarray:
        return np.array([chosen(*pair) for pair in pairs] + [0] * n_options, dtype=float)

    for child in range(asked["children"]):
        row(where(lambda c, _, child=child: c == child), 0, 1)
    for option in range(n_options):
        load = where(lambda _, p, option=option: p == option)
        row(load, 0, asked["left"][option])
        over = load.copy()
        over[n_pairs + option] = -1
        row(over, -np.inf, within[option])
    for members, total in asked["totals"]:
        row(where(lambda _, p, members=members: p in members), 0, total)
    upper = np.array([1.0] * n_pairs + [float(asked["children"])] * n_options)
    values: list[int] = []
    exact: list[list[int]] = []
    for costs, over_cost in asked["tiers"]:
        objective = [*costs, *[over_cost] * n_options]
        answer = milp(
            np.array(objective, dtype=float),
            integrality=np.ones(n_pairs + n_options),
            bounds=Bounds(np.zeros(n_pairs + n_options), upper),
            constraints=LinearConstraint(np.array(matrix), least, most),
            options={"mip_rel_gap": 0.0},
        )
        if answer.status != 0:
            raise RuntimeError(f"status {answer.status}: {answer.message}")
        point = [round(x) for x in answer.x]
        exact.append(objective)
        found = [sum(c * x for c, x in zip(line, point, strict=True)) for line in exact]
        if found[:-1] != values:
            raise RuntimeError(f"the solver left an earlier tier: {found[:-1]} for {values}")
        values = found
        row(np.array(objective, dtype=float), values[-1], values[-1])
    return values


def main() -> None:
    """Answer every line of stdin; a failure is answered as text and ends nothing."""
    for line in sys.stdin:
        try:
            answer: Any = solve(json.loads(line))
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
