"""Small programmes with their honest answers, and verification with each programme derived once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from unittest import mock

import numpy as np

from allocator.core.calendar import certificate, rules
from allocator.core.calendar.outcome import CalendarOutcome, Dual, Effort, TierOutcome
from allocator.core.calendar.problem import PairTier, TimeTier
from allocator.core.calendar.solve import certified
from allocator.reviews import read_answer, verify
from allocator.reviews.allocate import schedule
from allocator.reviews.answer import Answer, answer_of
from allocator.reviews.build import Built, build
from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.programme import Programme
from allocator.reviews.result import result_of
from allocator.reviews.schedule import ScheduleResult
from allocator.reviews.verify import verify_answer
from allocator.tables.json_writer import json_bytes
from allocator.tables.verification import Verification
from programme_facts import Facts
from programme_files import read
from programme_rows import ProgrammeRows, Row
from reviews.greedy_schedules import greedy
from small_programmes import mixed_programme, small_programme

PARTS: Mapping[str, str] = {
    "schedule": "schedule.csv",
    "second_reads": "second_reads.csv",
    "run": "run.json",
    "certificate": "certificate.json",
}
# Far more than programmes need that trying everything answers.
EFFORT = Effort(seconds=10.0)
# Programmes with more cases are left to others: the second checker is slow.
LARGEST = 16


@dataclass(frozen=True)
class Case:
    """A small programme and its honest answer.

    Parameters
    ----------
    seed : int
    rows : ProgrammeRows
        What everything independent starts from.
    programme : Programme
    result : ScheduleResult
    answer : Answer
    """

    seed: int
    rows: ProgrammeRows
    programme: Programme
    result: ScheduleResult
    answer: Answer

    @property
    def run(self) -> dict[str, Any]:
        """A fresh copy of what run.json says."""
        return json.loads(self.answer.run)  # type: ignore[no-any-return]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """A fresh copy of the certificate's entries."""
        return json.loads(self.answer.certificate)["goals"]  # type: ignore[no-any-return]

    @cached_property
    def facts(self) -> Facts:
        """What the contract says of the rows."""
        return Facts(self.rows)


def rows_in(data: bytes) -> list[Row]:
    """Read CSV as rows of text."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def with_certificate(answer: Answer, entries: list[dict[str, Any]]) -> Answer:
    """Give an answer another certificate."""
    return replace(answer, certificate=json_bytes({"goals": entries}))


@cache
def solved_case(seed: int) -> Case:
    """Solve a small programme to its end; every fourth has weeks gone by."""
    rows = small_programme(seed, open_seconds=seed % 4 == 3)
    programme = read(rows)
    result = schedule(programme, EFFORT)
    return Case(seed, rows, programme, result, answer_of(result))


def even_programme(seed: int) -> ProgrammeRows:
    """Draw a programme of cases that take equal hours, and default goals: prices alone settle much of it."""
    drawn = mixed_programme(seed)
    cases = [{**row, "hours": "2", "ready_from": ""} for row in drawn.tables["cases"]]
    heading = {key: value for key, value in drawn.policy["programme"].items() if key != "as_of"}
    heading["handling_hours"] = Decimal(0)
    policy = {key: value for key, value in drawn.policy.items() if key != "goal"}
    policy |= {"programme": heading, "quality": {"second_read_share": Decimal(0)}}
    return ProgrammeRows(policy, {**drawn.tables, "cases": cases, "conflicts": []})


@cache
def priced_case(seed: int) -> Case | None:
    """Schedule a mixed programme greedily, with multipliers; None where it is too large.

    Two of three are of even cases with the multipliers of their relaxation, others of any with drawn ones.
    """
    rows = even_programme(seed) if seed % 3 else mixed_programme(seed)
    if len(rows.tables["cases"]) > LARGEST:
        return None
    programme = read(rows)
    built = build(programme)
    made = greedy(built, share=1.0 if seed % 3 else 0.9)
    values = rules.values(built.problem, built.appointments(made))
    duals = {} if seed % 3 else _drawn(built, seed)
    tiers = tuple(_with_dual(built, k, values, duals.get(k)) for k in range(len(values)))
    if seed % 3:
        tiers = certified(built.problem, CalendarOutcome(built.appointments(made), tiers, False)).tiers
    result = result_of(built, made, tiers, False, {})
    return Case(seed, rows, programme, result, answer_of(result))


def _drawn(built: Built, seed: int) -> dict[int, Dual]:
    """Draw multipliers for the goals that may have some; any prices give a true bound."""
    rng, problem = np.random.default_rng(seed), built.problem
    priced = [isinstance(tier, TimeTier | PairTier) for tier in problem.tiers]
    shapes = (problem.n_agents, problem.n_workers, problem.n_periods)
    found = {}
    for k in np.flatnonzero(priced).tolist():
        if rng.random() < 0.6:
            before = tuple(int(rng.integers(0, 3)) * may for may in priced[:k])
            largest = 1 + max((int(t.gain.max(initial=0)) for t in _timed(built, k)), default=1)
            prices = [
                rng.integers(0, 2 * largest, size) * (rng.random(size) < 0.5).astype(int) for size in shapes
            ]
            found[k] = Dual(int(rng.integers(1, 4)), before, *prices)
    return found


def _timed(built: Built, k: int) -> list[TimeTier]:
    return [tier for tier in built.problem.tiers[: k + 1] if isinstance(tier, TimeTier)]


def _with_dual(built: Built, k: int, values: list[int], dual: Dual | None) -> TierOutcome:
    found = certificate.bound(built.problem, k, values, dual)
    return TierOutcome(values[k], found, "bound" if found == values[k] else "none", dual)


def solved_cases(seeds: range) -> Iterator[Case]:
    """Give the small programmes of a range of seeds, solved."""
    yield from map(solved_case, seeds)


def priced_cases(seeds: range) -> Iterator[Case]:
    """Give the mixed programmes of a range of seeds that are not too large, with multipliers."""
    for seed in seeds:
        found = priced_case(seed)
        if found is not None and found.entries:
            yield found


class DerivedOnce:
    """`verify_answer`, with each programme's derivation made once.

    What a programme asks does not depend on the answer, and deriving it is most of the work on a
    small one. Every `every`-th answer is verified twice, without and with this economy, and both
    must say the same.
    """

    def __init__(self, every: int = 50) -> None:
        self.every = every
        self.count = 0
        self._built: dict[int, tuple[Programme, Built]] = {}
        self._barred: dict[int, tuple[Programme, Any]] = {}

    def __call__(self, programme: Programme, answer: Answer) -> Verification:
        """Verify an answer."""
        self.count += 1
        with (
            mock.patch.object(read_answer, "build", self.built),
            mock.patch.object(verify, "barred_pairs", self._barred_pairs),
        ):
            found = verify_answer(programme, answer)
        if self.count % self.every == 0:
            assert found == verify_answer(programme, answer), "the derivation made once says something else"
        return found

    def reasons(self, case: Case, answer: Answer) -> set[str]:
        """Verify an answer to a case: the checks of its findings, empty where it holds."""
        found = self(case.programme, answer)
        if found.findings:
            assert (found.certified, found.claimed, found.bounded) == ([], [], [])
        return {finding.check for finding in found.findings}

    def built(self, programme: Programme, lottery_keys: object = None) -> Built:
        """Derive a programme, once."""
        assert lottery_keys is None
        known = self._built.get(id(programme))
        if known is None:
            known = self._built[id(programme)] = (programme, build(programme))
        return known[1]

    def _barred_pairs(self, programme: Programme) -> Any:
        known = self._barred.get(id(programme))
        if known is None:
            known = self._barred[id(programme)] = (programme, barred_pairs(programme))
        return known[1]
