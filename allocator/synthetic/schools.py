"""Schools: which kinds, where they stand, how many are on roll and how full they are."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from allocator.synthetic.constants import (
    AT_OR_OVER_CAPACITY,
    BASE_PLACES,
    MAINSTREAM_PLANS,
    MAINSTREAM_ROLL,
    MAINSTREAM_SPREAD,
    MAINSTREAM_SUPPORT,
    OCCUPANCY_MEAN,
    ROLL_MEAN,
    ROLL_RANGE,
    ROLL_SPREAD,
    SCHOOL_LADDER,
    SCHOOL_MODELS,
    SECTION_41,
    SELECTIVE_SHARE,
    TRUST_SCHOOLS,
    TRUST_SHARE,
    Model,
)
from allocator.synthetic.draws import Draws, Flags, Floats, Ints, apportion
from allocator.synthetic.geography import Geography
from allocator.synthetic.names import school_names


@dataclass(frozen=True)
class Schools:
    """The schools of a round, column by column; all arrays are of shape (n_schools,).

    Parameters
    ----------
    ids, names, trusts : list of str
        A school in no trust has "".
    model : int64
        Row of `SCHOOL_MODELS`.
    lat, lon : float64
        Degrees, 6 decimals.
    roll : int64
        Pupils in special places: of a resourced school, those of its base.
    occupancy : float64
        Roll over capacity; above 1 where a school is over its capacity.
    pupils, ehcp_pupils, sen_support_pupils : int64
        Of the whole school; SEN support is -1 where it is not given.
    section_38, selective : bool
    """

    ids: list[str]
    names: list[str]
    trusts: list[str]
    model: Ints
    lat: Floats
    lon: Floats
    roll: Ints
    occupancy: Floats
    pupils: Ints
    ehcp_pupils: Ints
    sen_support_pupils: Ints
    section_38: Flags
    selective: Flags

    @property
    def models(self) -> list[Model]:
        """The model of each school."""
        return [SCHOOL_MODELS[row] for row in self.model]

    @property
    def kinds(self) -> list[str]:
        """The contract's kind of each school."""
        return [model.kind for model in self.models]


def count_schools(children: int) -> int:
    """Return how many schools a round of so many children has: the ladder, on logarithmic scales."""
    sizes, counts = np.log(np.array(SCHOOL_LADDER, dtype=np.float64)).T
    return int(np.rint(np.exp(np.interp(np.log(children), sizes, counts))))


def make_schools(geography: Geography, authority: str, children: int, seed: int) -> Schools:
    """Draw the schools of a round.

    Each model has its share of schools, and its schools are spread evenly over the population, so
    that no district is left with one kind of school by chance alone.
    """
    model, town = _sites(geography, count_schools(children), seed)
    models = [SCHOOL_MODELS[row] for row in model]
    kinds = [each.kind for each in models]
    count = len(models)
    lat, lon = geography.scatter(town, Draws(seed, "schools.site"))
    roll = _rolls(models, authority, Draws(seed, "schools.roll"))
    resourced = np.array([kind == "resourced" for kind in kinds])
    approved = Draws(seed, "schools.section_41").chance(SECTION_41, count)
    secondary = np.array([each.phases == "S" for each in models])
    selects = Draws(seed, "schools.selective").chance(SELECTIVE_SHARE, count)
    pupils = np.where(resourced, _mainstream_rolls(models, Draws(seed, "schools.pupils")), roll)
    return Schools(
        ids=[f"S{school + 1:0{max(2, len(str(count)))}d}" for school in range(count)],
        names=school_names(kinds, [each.phases for each in models], Draws(seed, "schools.name")),
        trusts=_trusts(kinds, Draws(seed, "schools.trust")),
        model=model,
        lat=lat,
        lon=lon,
        roll=roll,
        occupancy=_occupancy(Draws(seed, "schools.occupancy"), count),
        pupils=pupils,
        ehcp_pupils=np.where(resourced, roll + np.rint(pupils * MAINSTREAM_PLANS).astype(np.int64), roll),
        sen_support_pupils=np.where(resourced, np.rint(pupils * MAINSTREAM_SUPPORT).astype(np.int64), -1),
        section_38=np.array([kind != "independent_special" for kind in kinds]) | approved,
        selective=resourced & secondary & selects,
    )


def _sites(geography: Geography, count: int, seed: int) -> tuple[Ints, Ints]:
    """Give each school its model and its town, in the order of the map."""
    numbers = apportion([model.share for model in SCHOOL_MODELS], count)
    sites: list[tuple[int, int]] = []
    for model, number in enumerate(numbers):
        towns = Draws(seed, f"schools.town.{model}").spread(geography.weight, int(number))
        sites.extend((int(town), model) for town in towns)
    town, model_of = np.array(sorted(sites), dtype=np.int64).reshape(-1, 2).T
    return model_of, town


def _rolls(models: list[Model], authority: str, draws: Draws) -> Ints:
    """Draw the pupils in special places of each school."""
    means = ROLL_MEAN[authority]
    middle = np.array([means.get(model.kind, 1) for model in models]) * np.exp(-(ROLL_SPREAD**2) / 2)
    drawn = middle * np.exp(ROLL_SPREAD * draws.normal(len(models)))
    low, high = BASE_PLACES
    base = low + np.floor(draws.uniform(len(models)) * (high - low + 1))
    resourced = np.array([model.kind == "resourced" for model in models])
    return np.rint(np.where(resourced, base, drawn.clip(*ROLL_RANGE))).astype(np.int64)


def _mainstream_rolls(models: list[Model], draws: Draws) -> Ints:
    """Draw the roll of the mainstream school about a resourced base, by its phase."""
    middle = np.array([MAINSTREAM_ROLL.get(model.phases, 0) for model in models], dtype=np.float64)
    return np.rint(middle * np.exp(MAINSTREAM_SPREAD * draws.normal(len(models)))).astype(np.int64)


def _occupancy(draws: Draws, count: int) -> Floats:
    """Draw roll over capacity: lognormal with the published mean and share at or over 1."""
    # With mu / sigma = z the share at or over 1 is right; the mean then gives sigma.
    z = NormalDist().inv_cdf(AT_OR_OVER_CAPACITY)
    sigma = float(np.sqrt(z**2 + 2 * np.log(OCCUPANCY_MEAN)) - z)
    return np.asarray(np.exp(sigma * (z + draws.normal(count))), dtype=np.float64)


def _trusts(kinds: list[str], draws: Draws) -> list[str]:
    """Put some state special schools into trusts of a few schools each."""
    joins = draws.chance(TRUST_SHARE, len(kinds)) & np.array([kind == "special" for kind in kinds])
    members = int(joins.sum())
    trusts = max(1, round(members / TRUST_SCHOOLS))
    belongs = iter(draws.pick(np.ones(trusts), members))
    width = max(2, len(str(trusts)))
    return [f"T{int(next(belongs)) + 1:0{width}d}" if join else "" for join in joins]
