"""The schools, cases and volunteers of an invented review programme, as the contract's tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from allocator.synthetic.constants import NEED_MIX, NEEDS
from allocator.synthetic.draws import Draws, Floats, Ints
from allocator.synthetic.programme_constants import (
    CASE_HOURS,
    CASES_PER_SCHOOL,
    DAYS_PER_WEEK,
    DECLARED,
    DECLARED_KINDS,
    DUE_DAYS,
    ENDS,
    FIRST_SCHOOL,
    KNOWN_NEEDS,
    KNOWN_PHASES,
    MAX_CASES,
    NEEDS_KNOWN,
    PHASES,
    PRIORITY_SHARE,
    REFUSED,
    SCHOOL_SORTS,
    SCHOOLS_LEAST,
    SCHOOLS_MOST,
    STARTS,
    TRAINED_LATER,
    TRUST_SHARE,
    TRUSTS,
    WEEKS,
)

Texts = np.ndarray[tuple[int], np.dtype[Any]]


@dataclass(frozen=True)
class NamedSchools:
    """The schools that a programme's cases and volunteers belong to.

    Parameters
    ----------
    ids, trusts : array of str, shape (n_schools,)
        A trust is blank where none is on file.
    sort : int64, shape (n_schools,)
        Index into `SCHOOL_SORTS`.
    """

    ids: Texts
    trusts: Texts
    sort: Ints


def make_named_schools(cases: int, seed: int) -> NamedSchools:
    """Draw the schools: so many in trusts, so many of each sort."""
    count = int(np.clip(round(cases / CASES_PER_SCHOOL), SCHOOLS_LEAST, SCHOOLS_MOST))
    ids = np.array([str(FIRST_SCHOOL + number) for number in range(count)])
    trust = Draws(seed, "programme.trust").pick(np.ones(TRUSTS), count)
    joined = Draws(seed, "programme.trusts_joined").order(count) < round(TRUST_SHARE * count)
    trusts = np.where(joined, np.array([f"MAT{number + 1:02d}" for number in range(TRUSTS)])[trust], "")
    sort = shuffled([share for _, share, _ in SCHOOL_SORTS], count, Draws(seed, "programme.sort"))
    return NamedSchools(ids, trusts, sort)


def case_frame(schools: NamedSchools, count: int, start: dt.date, seed: int) -> pd.DataFrame:
    """Return cases.csv."""
    school = Draws(seed, "cases.school").pick(np.ones(len(schools.ids)), count)
    hours = shuffled(np.ones(len(CASE_HOURS)), count, Draws(seed, "cases.hours"))
    priority = shuffled(PRIORITY_SHARE, count, Draws(seed, "cases.priority"))
    days = np.floor(_triangle(Draws(seed, "cases.due").uniform(count))).astype("timedelta64[D]")
    need = Draws(seed, "cases.need").pick(NEED_MIX["kent"], count)
    cumulative = np.cumsum([phases for _, _, phases in SCHOOL_SORTS], axis=1)[schools.sort[school]]
    phase = (Draws(seed, "cases.phase").uniform(count)[:, None] > cumulative[:, :-1]).sum(axis=1)
    return pd.DataFrame(
        {
            "case_id": [f"R{number:05d}" for number in range(1, count + 1)],
            "child_id": [f"X{number:05d}" for number in range(1, count + 1)],
            "school_id": schools.ids[school],
            "phase": np.array(PHASES)[phase],
            "primary_need": np.array(NEEDS)[need],
            "due": np.asarray(np.datetime64(start, "D") + days).astype(str),
            "hours": np.array(CASE_HOURS)[hours],
            "priority": priority + 1,
            "ready_from": "",
            "trust_id": schools.trusts[school],
        }
    )


def volunteer_frame(schools: NamedSchools, count: int, start: dt.date, seed: int) -> pd.DataFrame:
    """Return volunteers.csv."""
    order = Draws(seed, "volunteers.school").order(len(schools.ids))
    school = np.resize(order, count)
    first = _drawn(STARTS, count, Draws(seed, "volunteers.first"))
    last = WEEKS - 1 - _drawn(ENDS, count, Draws(seed, "volunteers.last"))
    trained = Draws(seed, "volunteers.trained").chance(TRAINED_LATER, count)
    refused = Draws(seed, "volunteers.refused").chance(REFUSED, count)
    days = shuffled(np.ones(len(DAYS_PER_WEEK)), count, Draws(seed, "volunteers.days"))
    capped = shuffled(np.ones(len(MAX_CASES)), count, Draws(seed, "volunteers.cap"))
    return pd.DataFrame(
        {
            "volunteer_id": [f"V{number:04d}" for number in range(1, count + 1)],
            "school_id": schools.ids[school],
            "trust_id": schools.trusts[school],
            "headteacher_agreed": np.where(refused, "no", "yes"),
            "days_per_week": np.array(DAYS_PER_WEEK)[days],
            "first_week": _weeks(start, first),
            "last_week": _weeks(start, last),
            "trained_from": np.where(trained, _weeks(start, first + 1), ""),
            "phases": _known(PHASES, KNOWN_PHASES, count, Draws(seed, "volunteers.phases")),
            "needs": _known(NEEDS_KNOWN, KNOWN_NEEDS, count, Draws(seed, "volunteers.needs")),
            "max_cases": np.array(MAX_CASES)[capped],
        }
    )


def conflict_frame(cases: pd.DataFrame, volunteers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return conflicts.csv: some volunteers are near to a school or a child of the programme."""
    draws = Draws(seed, "conflicts")
    declaring = np.flatnonzero(draws.chance(DECLARED, len(volunteers)))
    kind = draws.pick([share for _, share, _ in DECLARED_KINDS], len(declaring))
    case = draws.pick(np.ones(len(cases)), len(declaring))
    kinds = np.array([name for name, _, _ in DECLARED_KINDS], dtype=object)[kind]
    named = [cases.at[int(row), f"{name}_id"] for row, name in zip(case, kinds, strict=True)]
    return pd.DataFrame(
        {
            "volunteer_id": volunteers["volunteer_id"].to_numpy()[declaring],
            "kind": kinds,
            "id": named,
            "reason": np.array([reason for _, _, reason in DECLARED_KINDS], dtype=object)[kind],
        }
    )


def shuffled(weights: Sequence[float] | Floats, count: int, draws: Draws) -> Ints:
    """Draw indices of weights, each its expected number of times but for rounding, in any order."""
    return draws.spread(weights, count)[draws.order(count)]


def _triangle(uniform: Floats) -> Floats:
    """Invert the distribution function of `DUE_DAYS`."""
    least, mode, most = DUE_DAYS
    width = most - least
    rising = least + np.sqrt(uniform * width * (mode - least))
    falling = most - np.sqrt((1 - uniform) * width * (most - mode))
    return np.where(uniform < (mode - least) / width, rising, falling)


def _drawn(choices: Sequence[tuple[int, float]], count: int, draws: Draws) -> Ints:
    """Draw from values with a share each."""
    values, shares = zip(*choices, strict=True)
    return np.array(values, dtype=np.int64)[draws.pick(shares, count)]


def _weeks(start: dt.date, number: Ints) -> Texts:
    """Write the Mondays of weeks counted from 0."""
    return np.asarray(np.datetime64(start, "D") + 7 * number.astype("timedelta64[D]")).astype(str)


def _known(codes: Sequence[str], counts: Sequence[tuple[int, float]], count: int, draws: Draws) -> list[str]:
    """Draw which codes each volunteer knows, joined by semicolons; blank for any."""
    many = _drawn(counts, count, draws)
    order = np.argsort(draws.uniform(count, len(codes)), axis=1, kind="stable")
    return [
        ";".join(codes[place] for place in sorted(row[:n]))
        for row, n in zip(order.tolist(), many, strict=True)
    ]
