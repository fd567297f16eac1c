"""The calendar problem of a programme says what the contract says, and finds its way back to the ids."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from random import Random

import numpy as np
import pytest

from allocator.core.calendar import rules
from allocator.core.calendar.problem import Appointments
from allocator.core.lottery import digest
from allocator.errors import UsageError
from allocator.reviews.build import Built, build
from allocator.reviews.policy import Goal, Policy, Quality
from allocator.reviews.tables_out import hours_text, schedule_table, second_reads_table
from allocator.reviews.tiers import goals_of
from allocator.rounds.programme_run import review
from allocator.rounds.recheck import verify
from allocator.synthetic.programme import write_programme
from programme_files import read
from programme_rows import ProgrammeRows
from reviews.made_schedules import made_result
from schedule_compare import rows_of, told_goals
from schedule_rules import Verdict, judge
from small_programmes import mixed_programme, small_programme


def random_appointments(built: Built, seed: int) -> Appointments:
    """Put most agents anywhere, some with a second reader anywhere."""
    rng, problem = Random(seed), built.problem
    made = Appointments.none(problem.n_agents)
    for agent in range(problem.n_agents):
        if not problem.already[agent] and rng.random() < 0.8:
            made.worker[agent] = rng.randrange(problem.n_workers)
            made.period[agent] = rng.randrange(problem.n_periods)
        if problem.wants_second[agent] and rng.random() < 0.5:
            made.second_worker[agent] = rng.randrange(problem.n_workers)
            made.second_period[agent] = rng.randrange(problem.n_periods)
    return made


def judged(rows: ProgrammeRows, built: Built, made: Appointments) -> Verdict:
    """Ask the independent checker about appointments."""
    schedule = built.schedule(made)
    table = schedule_table(built, schedule, ["x"] * len(schedule.week))
    return judge(rows, rows_of(table), rows_of(second_reads_table(built, schedule)))


@pytest.mark.parametrize("block", range(3))
def test_a_schedule_breaks_a_rule_of_the_problem_exactly_when_it_breaks_the_contract(block: int) -> None:
    """Appointments at random, judged by the problem's rules and by a checker that knows no code of ours."""
    broken = 0
    for seed in range(20 * block, 20 * block + 20):
        rows = small_programme(seed, open_seconds=seed % 4 == 0)
        built = build(read(rows))
        for again in range(5):
            made = random_appointments(built, 5 * seed + again)
            found, said = rules.breaches(built.problem, made), judged(rows, built, made).broken
            assert bool(found) == bool(said), (seed, found, said)
            broken += bool(found)
    assert 0 < broken < 100


@pytest.mark.parametrize("block", range(2))
def test_every_goal_comes_to_what_the_contract_says(block: int) -> None:
    """Fixed readings count in every goal; the values are those of the written rows, rules kept or not."""
    for seed in range(20 * block, 20 * block + 20):
        rows = mixed_programme(seed)
        built = build(read(rows))
        made = random_appointments(built, seed)
        values = rules.values(built.problem, made)
        told = [(*entry, value) for entry, value in zip(built.entries, values, strict=True)]
        assert told == judged(rows, built, made).goals, seed


@pytest.mark.parametrize("block", range(2))
def test_a_schedule_that_keeps_the_rules_is_published_as_it_is(block: int) -> None:
    """What is written passes the independent checker, hours and days late included."""
    for seed in range(20 * block, 20 * block + 20):
        rows = mixed_programme(seed)
        result = made_result(read(rows), share=0.7)
        verdict = judge(rows, rows_of(result.table), rows_of(result.second_reads))
        assert verdict.broken == [], seed
        assert verdict.goals == told_goals(result), seed


def test_appointments_go_to_ids_and_back() -> None:
    """Nothing is lost on the way, and what is fixed stays fixed."""
    for seed in range(60):
        built = build(read(small_programme(seed, open_seconds=seed % 2 == 0)))
        made = random_appointments(built, seed)
        schedule = built.schedule(made)
        back = built.appointments(schedule)
        for name in ("worker", "period", "second_worker", "second_period"):
            np.testing.assert_array_equal(getattr(back, name), getattr(made, name), str(seed))
        stands = built.fixed.week >= 0
        np.testing.assert_array_equal(schedule.volunteer[stands], built.fixed.volunteer[stands])


def test_the_draw_is_the_published_one_and_can_be_carried() -> None:
    """Cases in ascending order of the digest of seed and id; carried digests take its place."""
    programme = read(mixed_programme(3))
    built, seed = build(programme), programme.policy.lottery.seed
    expected = sorted(built.case_ids, key=lambda name: digest(seed, name))
    assert [built.case_ids[row] for row in np.argsort(built.draw)] == expected
    first, *others = built.case_ids
    carried = build(programme, {first: "0" * 64})
    assert carried.draw[0] == 0
    rest = sorted(others, key=lambda name: digest(seed, name))
    assert [carried.case_ids[row] for row in np.argsort(carried.draw)[1:]] == rest
    agents = built.agents[np.argsort(built.problem.draw)]
    assert np.all(np.diff(built.draw[agents]) > 0)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (("scheduled",), ("scheduled", "second_reads", "lottery")),
        (("scheduled", "kept"), ("scheduled", "second_reads", "kept", "lottery")),
        (("kept", "scheduled"), ("kept", "scheduled", "second_reads", "lottery")),
        (("second_reads", "scheduled"), ("second_reads", "scheduled", "lottery")),
    ],
)
def test_second_reads_without_a_goal_get_one(named: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Just before `kept` or the lottery, and only where cases are picked."""
    plain = read(mixed_programme(3)).policy
    goals = tuple(Goal(measure=name) for name in named)  # type: ignore[arg-type]
    policy = Policy.model_validate({**dict(plain), "goals": goals, "quality": Quality(second_read_share=1)})
    assert tuple(goal.measure for goal in goals_of(policy)) == expected
    none = policy.model_copy(update={"quality": Quality()})
    assert goals_of(none) == policy.goals


def test_a_programme_that_starts_later_than_its_earlier_schedule_is_refused() -> None:
    """A case read before the start could be neither fixed nor safely given out again."""
    for seed in range(200):
        programme = read(small_programme(seed))
        heading = programme.policy.programme
        built = build(programme)
        if heading.weeks > 2 and len(built.agents) < len(built.case_ids) and min(built.fixed.week) == 0:
            break
    later = heading.model_copy(update={"start": heading.last, "as_of": heading.last + dt.timedelta(weeks=1)})
    policy = programme.policy.model_copy(update={"programme": later})
    with pytest.raises(UsageError, match="before the programme starts"):
        build(dataclasses.replace(programme, policy=policy))


@pytest.mark.parametrize(
    ("units", "per_hour", "text"),
    [
        (5, 2, "2.5"),
        (20, 2, "10"),
        (1, 80, "0.0125"),
        (0, 3_000, "0"),
        (10**12 + 1, 10**12, "1.000000000001"),
    ],
)
def test_hours_are_written_exactly(units: int, per_hour: int, text: str) -> None:
    """Plain decimals, with no zero too many and none too few."""
    assert hours_text(units, per_hour) == text


def test_a_programme_without_volunteers_is_answered(tmp_path: Path) -> None:
    """A volunteers table of a header alone is lawful: everything stays in the backlog, and it is proven."""
    folder, out = tmp_path / "in", tmp_path / "out"
    write_programme(folder, 12, 3, 1)
    for name in ("volunteers.csv", "conflicts.csv"):
        table = folder / name
        table.write_text(table.read_text().splitlines()[0] + "\n")
    result = review(folder, out)
    assert (result.counts["scheduled"], result.status) == (0, "optimal")
    assert verify(out).holds
