"""A round as plain arrays: ids become indices here, and codes become bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.placement.keyed import Keyed
from allocator.placement.round import Round
from allocator.travel.journeys import JourneySource
from allocator.travel.listed import Listed, Nowhere
from allocator.travel.straight_line import StraightLine, unit_sphere

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NEEDS = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH")
_BIT = {code: 1 << k for k, code in enumerate(NEEDS)}
_SEX = {"": 0, "mixed": 0, "female": 1, "male": 2}
PRIMARY_PHASE_LAST_YEAR = 6


def need_bits(codes: Sequence[str]) -> Ints:
    """Turn ";"-joined need codes into bit sets; blank is 0."""
    known: dict[str, int] = {}
    for text in set(codes):
        known[text] = sum(_BIT[code] for code in text.split(";")) if text else 0
    return np.array([known[text] for text in codes], dtype=np.int64)


@dataclass(frozen=True)
class ChildColumns:
    """What the rules may ask of children, one entry a child (or a shape that broadcasts)."""

    year_group: Ints
    sex: Ints
    primary: Ints
    secondary: Ints
    need_score: Ints
    wheelchair: Bools
    residential: Bools
    limit_minutes: Floats

    def take(self, index: Ints) -> ChildColumns:
        """Return the columns of the children at `index`."""
        return ChildColumns(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class ProvisionColumns:
    """What the rules may ask of provisions, one entry a provision."""

    school: Ints
    year_from: Ints
    year_to: Ints
    sex: Ints
    needs: Ints
    score_from: Ints
    score_to: Ints
    accessible: Bools
    residential: Bools

    def take(self, index: Ints) -> ProvisionColumns:
        """Return the columns of the provisions at `index`."""
        return ProvisionColumns(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


class Columns:
    """A round's tables as arrays over indices, made once and read by rules and measures.

    Parameters
    ----------
    round_ : Round
        Its frames are sorted by id, so an index is the position in id order.
    """

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self.child_ids: list[str] = round_.children["child_id"].tolist()
        self.school_ids: list[str] = round_.schools["school_id"].tolist()
        self.provision_ids: list[str] = round_.provisions["provision_id"].tolist()
        self._child_index = pd.Index(self.child_ids, dtype=object)
        self._school_index = pd.Index(self.school_ids, dtype=object)
        self._provision_index = pd.Index(self.provision_ids, dtype=object)

    @property
    def n_children(self) -> int:
        """Number of children."""
        return len(self.child_ids)

    @property
    def n_schools(self) -> int:
        """Number of schools."""
        return len(self.school_ids)

    @property
    def n_provisions(self) -> int:
        """Number of provisions."""
        return len(self.provision_ids)

    def child_at(self, ids: pd.Series) -> Ints:
        """Return the index of each child id, -1 for one that is not in the round."""
        return _positions(self._child_index, ids)

    def school_at(self, ids: pd.Series) -> Ints:
        """Return the index of each school id, -1 for one that is not in the round."""
        return _positions(self._school_index, ids)

    def provision_at(self, ids: pd.Series) -> Ints:
        """Return the index of each provision id, -1 for one that is not in the round."""
        return _positions(self._provision_index, ids)

    @cached_property
    def children(self) -> ChildColumns:
        """The children's columns."""
        table = self.round.children
        year = table["year_group"].to_numpy(dtype=np.int64)
        policy = self.round.policy.travel.max_minutes
        limit = np.where(year <= PRIMARY_PHASE_LAST_YEAR, policy.primary, policy.secondary)
        own = table["max_minutes"].to_numpy(dtype=np.float64)
        return ChildColumns(
            year,
            np.array([_SEX[sex] for sex in table["sex"]], dtype=np.int64),
            need_bits(table["primary_need"].tolist()),
            need_bits(table["secondary_needs"].tolist()),
            table["need_score"].to_numpy(dtype=np.int64),
            table["wheelchair"].to_numpy(dtype=bool),
            table["residential"].to_numpy(dtype=bool),
            np.where(np.isnan(own), limit, own),
        )

    @cached_property
    def provisions(self) -> ProvisionColumns:
        """The provisions' columns."""
        table = self.round.provisions
        return ProvisionColumns(
            self.school_at(table["school_id"]),
            table["year_from"].to_numpy(dtype=np.int64),
            table["year_to"].to_numpy(dtype=np.int64),
            np.array([_SEX[sex] for sex in table["sex"]], dtype=np.int64),
            need_bits(table["needs"].tolist()),
            table["score_from"].to_numpy(dtype=np.int64),
            table["score_to"].to_numpy(dtype=np.int64),
            table["accessible"].to_numpy(dtype=bool),
            table["residential"].to_numpy(dtype=bool),
        )

    @cached_property
    def band(self) -> Ints:
        """Index of each child's need band, 0 the highest."""
        starts = np.array([band.from_ for band in self.round.policy.need.bands], dtype=np.int64)
        reached = self.children.need_score[:, None] >= starts[None, :]
        return np.asarray(np.argmax(reached, axis=1), dtype=np.int64)

    @cached_property
    def judged(self) -> Keyed:
        """Suitability rows, child by provision."""
        table = self.round.suitability
        return Keyed.of(
            self.child_at(table["child_id"]),
            self.provision_at(table["provision_id"]),
            table["suitability"].to_numpy(dtype=np.int64),
            self.n_provisions,
        )

    @cached_property
    def ranked(self) -> Keyed:
        """Preference ranks, child by school."""
        table = self.round.preferences
        return Keyed.of(
            self.child_at(table["child_id"]),
            self.school_at(table["school_id"]),
            table["rank"].to_numpy(dtype=np.int64),
            self.n_schools,
        )

    @cached_property
    def ranks_stated(self) -> Ints:
        """Number of schools that each child's family ranked."""
        return np.bincount(self.ranked.child, minlength=self.n_children).astype(np.int64)

    @cached_property
    def barred(self) -> Keyed:
        """Pairs barred by a ruling, child by provision; the value is 1."""
        rows = self.round.rulings[self.round.rulings["action"] == "bar"].drop_duplicates(
            ["child_id", "provision_id"]
        )
        return Keyed.of(
            self.child_at(rows["child_id"]),
            self.provision_at(rows["provision_id"]),
            np.ones(len(rows), dtype=np.int64),
            self.n_provisions,
        )

    @cached_property
    def objections(self) -> Keyed:
        """Upheld objections, child by school; the value is the row of consultations."""
        table = self.round.consultations
        upheld = (table["response"] == "cannot_meet") & table["upheld"].astype(bool)
        rows = np.flatnonzero(upheld.to_numpy(dtype=bool))
        return Keyed.of(
            self.child_at(table["child_id"].iloc[rows]),
            self.school_at(table["school_id"].iloc[rows]),
            rows.astype(np.int64),
            self.n_schools,
        )

    @cached_property
    def fixed(self) -> Ints:
        """Index of the provision that a ruling fixes for each child, -1 for none."""
        rows = self.round.rulings[self.round.rulings["action"] == "place"]
        fixed = np.full(self.n_children, -1, dtype=np.int64)
        fixed[self.child_at(rows["child_id"])] = self.provision_at(rows["provision_id"])
        return fixed

    @cached_property
    def journeys(self) -> JourneySource:
        """The source of journeys: listed ones first, then the policy's."""
        round_, policy = self.round, self.round.policy.travel
        source: JourneySource = Nowhere()
        if policy.source == "straight-line":
            homes, schools = round_.children, round_.schools
            source = StraightLine(
                unit_sphere(homes["lat"].to_numpy(np.float64), homes["lon"].to_numpy(np.float64)),
                unit_sphere(schools["lat"].to_numpy(np.float64), schools["lon"].to_numpy(np.float64)),
                policy.speed_kmh,
                policy.detour,
            )
        listed = round_.travel
        key = self.child_at(listed["child_id"]) * np.int64(self.n_schools) + self.school_at(
            listed["school_id"]
        )
        order = np.argsort(key, kind="stable")
        return Listed(
            key[order],
            listed["minutes_tenths"].to_numpy(np.int64)[order],
            listed["km"].to_numpy(np.float64)[order],
            self.n_schools,
            source,
        )


def _positions(index: pd.Index, ids: pd.Series) -> Ints:
    return np.asarray(index.get_indexer(pd.Index(ids, dtype=object)), dtype=np.int64)
