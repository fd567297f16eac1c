"""Read an answer's files strictly: whatever is not plainly an answer to the round is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from allocator.core.outcome import Prices
from allocator.core.problem import LARGEST_COST, Ints
from allocator.errors import NoAssignmentError, ProblemError
from allocator.placement.answer import CERTIFICATE, PLACEMENTS, Answer
from allocator.placement.build import Built, build
from allocator.placement.round import Round
from allocator.placement.tables_out import PLACEMENT_COLUMNS
from allocator.tables.verification import NAMED, RefusedError, read_json


def read_answer(
    round_: Round, answer: Answer, lottery_keys: Mapping[str, str] | None = None
) -> tuple[Built, Ints, Prices]:
    """Read who holds what and at which prices, refusing whatever is not an answer to the round.

    Returns
    -------
    Built
        The round, derived afresh.
    int64, shape (n_children,)
        Provision of every child, -1 for none.
    Prices

    Raises
    ------
    RefusedError
    """
    try:
        built = build(round_, lottery_keys)
    except (NoAssignmentError, ProblemError) as error:
        raise RefusedError("inputs", f"the round has no placement: {error}") from error
    return built, _held(built, answer.placements), _prices(built, answer.certificate)


def _prices(built: Built, data: bytes) -> Prices:
    content = read_json(data, CERTIFICATE, "certificate")
    if not isinstance(content, dict) or list(content) != ["provisions", "schools"]:
        raise RefusedError(
            "certificate", f"{CERTIFICATE} must hold `provisions` and `schools` and nothing else"
        )
    columns, k_tiers = built.columns, len(built.goals)
    return Prices(
        _table(content["provisions"], columns.provision_ids, k_tiers, "provision"),
        _table(content["schools"], columns.school_ids, k_tiers, "school"),
    )


def _table(content: Any, ids: list[str], k_tiers: int, kind: str) -> Ints:
    """Read one side's prices; plain whole numbers only, none beyond the exact range."""
    if not isinstance(content, dict) or set(content) != set(ids):
        raise RefusedError("certificate", f"the {kind}s priced are not the {kind}s of the round")
    table = np.zeros((k_tiers, len(ids)), dtype=np.int64)
    for j, name in enumerate(ids):
        row = content[name]
        if not isinstance(row, list) or len(row) != k_tiers:
            raise RefusedError("certificate", f"{kind} {name} must have {k_tiers} prices, one a tier")
        for k, price in enumerate(row):
            if type(price) is not int or abs(price) > LARGEST_COST:
                raise RefusedError(
                    "certificate", f"{kind} {name}, tier {k + 1}: {price!r} is not a whole number up to 2^45"
                )
            table[k, j] = price
    return table


def _held(built: Built, data: bytes) -> Ints:
    """Read who holds what: every child once, in order, at a provision that exists."""
    columns = built.columns
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RefusedError("rows", f"{PLACEMENTS}: {error}") from error
    if not rows or rows[0] != list(PLACEMENT_COLUMNS):
        raise RefusedError("rows", f"{PLACEMENTS} has not the columns {', '.join(PLACEMENT_COLUMNS)}")
    if any(len(row) != len(PLACEMENT_COLUMNS) for row in rows):
        raise RefusedError("rows", f"{PLACEMENTS} has a row with too few or too many cells")
    ids = [row[0] for row in rows[1:]]
    if ids != columns.child_ids:
        strange = sorted(set(ids) ^ set(columns.child_ids))[:NAMED]
        what = f"these differ: {', '.join(strange)}" if strange else "a row is repeated or out of order"
        raise RefusedError(
            "rows", f"{PLACEMENTS} does not hold each child of the round once, in order; {what}"
        )
    at = {name: j for j, name in enumerate(columns.provision_ids)} | {"": -1}
    strange = [row[0] for row in rows[1:] if row[2] not in at]
    if strange:
        raise RefusedError(
            "rows", f"these children stand at no provision of the round: {', '.join(strange[:NAMED])}"
        )
    held = np.array([at[row[2]] for row in rows[1:]], dtype=np.int64)
    broken = np.flatnonzero((columns.fixed >= 0) & (held != columns.fixed))
    if len(broken):
        names = ", ".join(columns.child_ids[i] for i in broken[:NAMED])
        raise RefusedError("rulings", f"a ruling fixes another place for: {names}")
    return held
