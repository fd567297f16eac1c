"""Provisions: class groups by phase, the places that leavers free, what a place costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from allocator.synthetic.constants import (
    BOYS_ONLY,
    COMPLEX_COST,
    COMPLEX_SCORE,
    COST_MEAN,
    COST_SPREAD,
    COST_SPREAD_INDEPENDENT,
    DAY_COST_TOP,
    GIRLS_ONLY,
    NEEDS,
    NURSERY_YEAR,
    PHASE_YEARS,
    RESIDENTIAL_COST,
    RESIDENTIAL_COST_SPREAD,
    RESIDENTIAL_COST_TOP,
    RESIDENTIAL_FREQUENCY,
    SCORE_BOUNDS,
    SPLIT_ROLL,
    Group,
)
from allocator.synthetic.draws import Draws, Flags, Floats, Ints
from allocator.synthetic.schools import Schools

STATE_KINDS = ("special", "resourced", "further_education", "alternative")
RESIDENTIAL_PHASE = "R"
# How the residential house prefers its host when none came up by chance.
HOSTS = ("non_maintained_special", "independent_special", "special", "further_education")


class Layout(NamedTuple):
    """One provision before anything is counted: whose, which phase, which class group."""

    school: int
    phase: str
    group: Group


@dataclass(frozen=True)
class Provisions:
    """The provisions of a round, column by column; arrays are of shape (n_provisions,).

    Parameters
    ----------
    ids : list of str
        School, a dash, the phase (P, S, F, or R for a residential house), the group.
    school : int64
        Index of the school; rises.
    phase : list of str
    share : float64
        Of the school's roll, how much is in this class group.
    needs_text : list of str
        As in the file; "" admits any need.
    needs : bool, shape (n_provisions, 13)
        Whether each of `NEEDS` is admitted.
    year_from, year_to : int64
    sex : list of str
        mixed, female or male.
    score_from, score_to : int64
        -1 where no bound is given.
    accessible, residential : bool
    annual_cost : int64
        Whole pounds.
    """

    ids: list[str]
    school: Ints
    phase: list[str]
    share: Floats
    needs_text: list[str]
    needs: Flags
    year_from: Ints
    year_to: Ints
    sex: list[str]
    score_from: Ints
    score_to: Ints
    accessible: Flags
    residential: Flags
    annual_cost: Ints


def make_provisions(schools: Schools, authority: str, seed: int) -> Provisions:
    """Draw the provisions of each school, without their places."""
    layout = _layout(schools, Draws(seed, "provisions.residential"))
    count = len(layout)
    years = np.array([_years(row, schools) for row in layout], dtype=np.int64)
    residential = np.array([row.phase == RESIDENTIAL_PHASE for row in layout])
    kinds = [schools.kinds[row.school] for row in layout]
    lowest, highest = _score_bounds(layout, kinds, Draws(seed, "provisions.score"))
    accessible = np.array([row.group.accessible for row in layout])
    return Provisions(
        ids=[f"{schools.ids[row.school]}-{row.phase}{row.group.letter}" for row in layout],
        school=np.array([row.school for row in layout], dtype=np.int64),
        phase=[row.phase for row in layout],
        share=np.array([row.group.share for row in layout]),
        needs_text=[row.group.needs for row in layout],
        needs=np.array([_admits(row.group.needs) for row in layout]),
        year_from=years[:, 0],
        year_to=years[:, 1],
        sex=_sexes(schools, layout, Draws(seed, "provisions.sex")),
        score_from=lowest,
        score_to=highest,
        accessible=Draws(seed, "provisions.accessible").chance(accessible, count),
        residential=residential,
        annual_cost=_costs(layout, kinds, authority, Draws(seed, "provisions.cost")),
    )


def _layout(schools: Schools, draws: Draws) -> list[Layout]:
    """List the provisions of all schools in order."""
    chances = np.array([RESIDENTIAL_FREQUENCY.get(kind, 0.0) for kind in schools.kinds])
    houses = draws.chance(chances, len(chances))
    if not houses.any():
        ranks = [HOSTS.index(kind) if kind in HOSTS else len(HOSTS) for kind in schools.kinds]
        houses[int(np.argmin(ranks))] = True
    rows = []
    for school, model in enumerate(schools.models):
        groups = model.groups
        if len(groups) > 1 and schools.roll[school] < SPLIT_ROLL:
            groups = (_merged(groups, 0.8),)
        rows += [Layout(school, phase, group) for phase in model.phases for group in groups]
        if houses[school]:
            rows.append(Layout(school, RESIDENTIAL_PHASE, _merged(model.groups, 1.0)))
    return rows


def _merged(groups: tuple[Group, ...], accessible: float) -> Group:
    """Put class groups together into one that admits the needs of all."""
    needs = {code for group in groups for code in group.needs.split(";") if code}
    return Group("", ";".join(code for code in NEEDS if code in needs), 1.0, accessible)


def _admits(needs: str) -> list[bool]:
    """Say of each need whether a list of designated needs admits it; an empty list admits all."""
    return [not needs or need in needs.split(";") for need in NEEDS]


def _years(row: Layout, schools: Schools) -> tuple[int, int]:
    """Return the first and last year group that a provision admits."""
    if row.phase != RESIDENTIAL_PHASE:
        first, last = PHASE_YEARS[row.phase]
        return (NURSERY_YEAR if row.phase == "P" and "PMLD" in row.group.needs else first), last
    # A residential house takes no infants, and keeps young people for as long as its school does.
    phases = schools.models[row.school].phases
    return max(3, PHASE_YEARS[phases[0]][0]), PHASE_YEARS[phases[-1]][1]


def _sexes(schools: Schools, layout: list[Layout], draws: Draws) -> list[str]:
    """Make a few secondary schools single-sex, as many as are on the register over all schools."""
    may = np.array([model.phases in ("S", "SF") and model.kind != "resourced" for model in schools.models])
    drawn = draws.uniform(len(may)) * max(may.mean(), 1 / len(may))
    sexes = np.where(drawn < BOYS_ONLY, "male", np.where(drawn < BOYS_ONLY + GIRLS_ONLY, "female", "mixed"))
    return [str(sexes[row.school]) if may[row.school] else "mixed" for row in layout]


def _score_bounds(layout: list[Layout], kinds: list[str], draws: Draws) -> tuple[Ints, Ints]:
    """Draw which provisions are meant for some need scores only."""
    chance = draws.uniform(len(layout))
    bounds = {kind: (share, low, high) for kind, share, low, high in SCORE_BOUNDS}
    lowest, highest = np.full((2, len(layout)), -1, dtype=np.int64)
    for index, (row, kind) in enumerate(zip(layout, kinds, strict=True)):
        share, low, high = bounds.get(kind, (0.0, None, None))
        if row.group.letter == "C":
            share, low = COMPLEX_SCORE
        if row.phase != RESIDENTIAL_PHASE and chance[index] < share:
            lowest[index] = -1 if low is None else low
            highest[index] = -1 if high is None else high
    return lowest, highest


def _costs(layout: list[Layout], kinds: list[str], authority: str, draws: Draws) -> Ints:
    """Draw the cost of a place: lognormal about the published mean, to 10 pounds."""
    state = np.array([kind in STATE_KINDS for kind in kinds])
    complex_group = np.array([row.group.letter == "C" for row in layout])
    house = np.array([row.phase == RESIDENTIAL_PHASE for row in layout])
    spread = np.where(state, COST_SPREAD, COST_SPREAD_INDEPENDENT)
    middle = np.array([COST_MEAN[authority][kind] for kind in kinds]) * np.exp(-(spread**2) / 2)
    noise = draws.normal(len(layout))
    day = middle * np.where(complex_group, COMPLEX_COST, 1.0) * np.exp(spread * noise)
    night = np.where(state, RESIDENTIAL_COST["special"], RESIDENTIAL_COST["other"])
    night = night * np.exp(RESIDENTIAL_COST_SPREAD * noise)
    cost = np.where(house, night.clip(max=RESIDENTIAL_COST_TOP), day.clip(max=DAY_COST_TOP))
    return np.rint(cost / 10).astype(np.int64) * 10
