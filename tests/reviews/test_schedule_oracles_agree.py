"""The oracle of review programmes holds against plain enumeration and cases worked by hand."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from oracle_choices import MORE_IS_BETTER
from oracle_programme import oracle_schedule
from programme_facts import Facts, Reading, Readings
from programme_rows import ProgrammeRows, Row
from schedule_rules import Goal, Verdict, broken_rules, goal_values, judge, pair_faults
from small_programmes import START, small_programme

BLOCK = 100
MOST = 800
Schedule = tuple[Readings, Readings]
# What bars a pair.
RULES = (
    "no_agreement",
    "own_school",
    "own_trust",
    "declared_school",
    "declared_trust",
    "declared_child",
    "declared_case",
    "handed_back",
)


def options(facts: Facts, case: str, kind: str) -> list[Reading | None]:
    """Give every reading of a case that is sound by itself, fixed ones alone, and none."""
    held = (facts.fixed_second if kind else facts.fixed).get(case)
    if held is not None:
        return [held]
    every = [(who, monday) for who in facts.volunteers for monday in facts.asked.mondays]
    return [*(reading for reading in every if not pair_faults(facts, case, reading, kind)), None]


def every_schedule(facts: Facts) -> Iterator[Schedule]:
    """Give every schedule in which no rule is broken."""
    cases = list(facts.cases)
    seconds = sorted({*facts.picked, *facts.fixed_second})
    choices = [*(options(facts, case, "") for case in cases)]
    choices += [options(facts, case, "second_") for case in seconds]
    for chosen in itertools.product(*choices):
        first = {case: held for case, held in zip(cases, chosen, strict=False) if held is not None}
        second = {
            case: held for case, held in zip(seconds, chosen[len(cases) :], strict=True) if held is not None
        }
        if not broken_rules(facts, first, second):
            yield first, second


def is_tiny(facts: Facts) -> bool:
    """Whether trying every combination is a matter of a second."""
    count = 1
    for case in facts.cases:
        count *= len(options(facts, case, ""))
    for case in facts.picked:
        count *= len(options(facts, case, "second_"))
    return count <= MOST


def filtered(facts: Facts) -> tuple[list[tuple[str, int | None, int]], Schedule, int]:
    """Filter all schedules tier by tier, then case by case in lottery order; say how many were tied."""
    left = [(goal_values(facts, *schedule), schedule) for schedule in every_schedule(facts)]
    for tier, (measure, _) in enumerate(facts.asked.tiers):
        figures = [goals[tier][2] for goals, _ in left]
        best = max(figures) if measure in MORE_IS_BETTER else min(figures)
        left = [pair for pair in left if pair[0][tier][2] == best]
    tied = len(left)
    for kind, among in enumerate((facts.drawn, facts.picked)):
        for case in among:
            held = [schedule[kind].get(case) for _, schedule in left]
            best_held = min(held, key=lambda reading: reading[::-1] if reading else (dt.date.max, ""))
            left = [pair for pair in left if pair[1][kind].get(case) == best_held]
    ((goals, schedule),) = left
    return goals, schedule, tied


@pytest.mark.parametrize("block", range(4))
@pytest.mark.parametrize("open_seconds", [False, True])
def test_search_equals_filtering_everything(block: int, open_seconds: bool) -> None:
    """Every goal and the lottery's one schedule are those of filtering the list of all schedules."""
    tried = tied = 0
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        facts = Facts(small_programme(seed, open_seconds))
        if not is_tiny(facts):
            continue
        goals, schedule, ties = filtered(facts)
        answer = oracle_schedule(facts.asked)
        assert answer.goals == goals, seed
        assert (answer.first, answer.second) == schedule, seed
        tried += 1
        tied += ties > 1
    assert tried >= 30
    assert tied >= 8


def schedule_rows(facts: Facts, first: Readings, second: Readings) -> tuple[list[Row], list[Row]]:
    """Write readings as the rows of schedule.csv and second_reads.csv."""

    def cells(case: str, reading: Reading) -> Row:
        return {"volunteer_id": reading[0], "week": reading[1].isoformat(), "hours": plain(facts.takes(case))}

    blank = {"volunteer_id": "", "week": "", "hours": ""}
    rows = []
    for case in sorted(facts.cases):
        held = first.get(case)
        late = {"days_late": str(facts.late(case, held and held[1])), "reason": "So it is"}
        status = {"status": "scheduled" if held else "backlog"}
        rows.append({"case_id": case, **status, **(cells(case, held) if held else blank), **late})
    return rows, [{"case_id": case, **cells(case, held)} for case, held in sorted(second.items())]


def plain(hours: Fraction) -> str:
    """Write a decimal without noughts at its end."""
    return f"{Decimal(hours.numerator) / Decimal(hours.denominator):f}".removesuffix(".0")


def one_change(facts: Facts, first: Readings, second: Readings) -> Iterator[Schedule]:
    """Give every schedule that differs in one reading, sound or not."""
    every = [(who, monday) for who in facts.volunteers for monday in facts.asked.mondays]
    for case in facts.cases:
        for held in (None, *every):
            for place, kept in enumerate((first, second)):
                changed = {name: reading for name, reading in kept.items() if name != case}
                changed |= {} if held is None else {case: held}
                yield (changed, second) if place == 0 else (first, changed)


def test_checker_tells_sound_schedules_from_spoiled_ones() -> None:
    """The oracle's schedule breaks no rule; of those one change away each breaks one, or is no better.

    Every rule that a single change can break is broken, and named, somewhere.
    """
    seen: Counter[str] = Counter()
    for seed in range(150):
        facts = Facts(small_programme(seed))
        answer = oracle_schedule(facts.asked)
        best = verdict(facts, answer.first, answer.second)
        assert (best.broken, best.goals) == ([], answer.goals), seed
        for changed in one_change(facts, answer.first, answer.second):
            found = verdict(facts, *changed)
            seen.update(fault.split(":")[0] for fault in found.broken)
            assert found.broken or downwards(found.goals) >= downwards(best.goals), (seed, changed)
    rules = {*RULES, "early", "past", "closed", "hours_over", "max_cases", "officers", "fixed"}
    rules |= {"second_alone", "second_alike", "second_same", "second_unwanted", "second_fixed"}
    rules |= {"second_early", "second_past", "second_closed", "second_own_trust"}
    assert {rule for rule in rules if seen[rule] < 3} == set()


def verdict(facts: Facts, first: Readings, second: Readings) -> Verdict:
    """Judge readings as rows."""
    return judge(facts.asked, *schedule_rows(facts, first, second))


def downwards(goals: list[Goal]) -> list[int]:
    """Return the goals as a list of which less is better."""
    return [-value if measure in MORE_IS_BETTER else value for measure, _, value in goals]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("hours", "3.0", "hours"),
        ("hours", "2.9", "hours"),
        ("days_late", "1", "days_late"),
        ("reason", "", "reason"),
        ("status", "placed", "columns"),
        ("status", "backlog", "backlog"),
        ("week", "11 January", "week"),
        ("case_id", "R9", "rows"),
        ("volunteer_id", "V9", "unknown"),
    ],
)
def test_checker_reads_every_cell(column: str, cell: str, code: str) -> None:
    """A wrong cell of schedule.csv is named."""
    facts = Facts(plain_programme([case("R1")], [volunteer("V1")]))
    rows, second = schedule_rows(facts, {"R1": ("V1", START)}, {})
    assert judge(facts.asked, rows, second).broken == []
    rows[0][column] = cell
    assert [fault.split(":")[0] for fault in judge(facts.asked, rows, second).broken] == [code]


def case(name: str, **cells: str) -> Row:
    """Make a case that everybody may read."""
    given = {"child_id": "C1", "school_id": "S1", "phase": "primary", "primary_need": "ASD", "ready_from": ""}
    given |= {"due": "2027-01-15", "hours": "3", "priority": "1", "trust_id": ""}
    return {"case_id": name, **given, **cells}


def volunteer(name: str, **cells: str) -> Row:
    """Make a volunteer who works a day of 6 hours every week."""
    dates = dict.fromkeys(("first_week", "last_week", "trained_from", "phases", "needs", "max_cases"), "")
    given = {"school_id": "S2", "trust_id": "", "headteacher_agreed": "yes", "days_per_week": "1"}
    return {"volunteer_id": name, **given, **dates, **cells}


def plain_programme(cases: list[Row], volunteers: list[Row], **parts: Any) -> ProgrammeRows:
    """Make a programme of two weeks; `parts` are keys of the heading, `share`, and tables."""
    tables = {name: parts.pop(name, []) for name in ("availability", "conflicts", "officers")}
    share = parts.pop("share", Decimal(0))
    heading = {"id": "p", "start": START, "weeks": 2, "hours_per_day": Decimal(6)}
    heading |= {"handling_hours": Decimal(0), "signoff_hours": Decimal(0), **parts}
    policy = {
        "programme": heading,
        "conflicts": {"same_school": True, "same_trust": True},
        "lottery": {"seed": "s"},
        "quality": {"second_read_share": share},
    }
    return ProgrammeRows(policy, {"cases": cases, "volunteers": volunteers, **tables})


def test_worked_by_hand_hours_are_exact() -> None:
    """Three times 0.1 hours fit into 0.3; a fourth case is left, and the share is 1000."""
    hours = [{"volunteer_id": "V1", "week": START.isoformat(), "hours": "0.3"}]
    cases = [case(f"R{n}", hours="0.1") for n in range(4)]
    answer = oracle_schedule(plain_programme(cases, [volunteer("V1")], availability=hours, weeks=1))
    assert {measure: value for measure, _, value in answer.goals} == {
        "scheduled": 3,
        "days_late": 0,
        "expertise": 3,
        "workload_gap": 1000,
        "school_spread": 1,
    }


def test_worked_by_hand_shares_are_rounded_up() -> None:
    """2 hours of 12 are 166 2/3 per mille, which is 167."""
    answer = oracle_schedule(plain_programme([case("R1", hours="2")], [volunteer("V1")]))
    assert ("workload_gap", None, 167) in answer.goals


def test_worked_by_hand_lateness() -> None:
    """Done by Friday of its week; in the backlog, by Friday of the last week, though it is closed."""
    closed = [START + dt.timedelta(weeks=1)]
    cases = [case("R1", due="2027-01-10"), case("R2", due="2027-01-10", hours="4", priority="2")]
    answer = oracle_schedule(plain_programme(cases, [volunteer("V1")], closed_weeks=closed))
    assert answer.first == {"R1": ("V1", START)}
    assert answer.goals[2:4] == [("days_late", 1, 5), ("days_late", 2, 12)]


@pytest.mark.parametrize(("ready", "week"), [("2027-01-15", 0), ("2027-01-16", 1), ("2027-01-17", 1)])
def test_worked_by_hand_weekends(ready: str, week: int) -> None:
    """Papers that come on Friday are read that week, those of Saturday and Sunday in the next."""
    answer = oracle_schedule(plain_programme([case("R1", ready_from=ready)], [volunteer("V1")]))
    assert answer.first == {"R1": ("V1", START + dt.timedelta(weeks=week))}


def test_worked_by_hand_officers() -> None:
    """1.2 hours sign off two cases at half an hour each; a week without a row none."""
    officers = [{"week": START.isoformat(), "hours": "1.2"}]
    cases = [case(f"R{n}", hours="1") for n in range(4)]
    asked = plain_programme(cases, [volunteer("V1")], officers=officers, signoff_hours=Decimal("0.5"))
    assert oracle_schedule(asked).goals[0] == ("scheduled", 1, 2)


def test_worked_by_hand_lottery_and_second_readers() -> None:
    """Four cases of a day each, three volunteers, two weeks; 0.3 of four cases are two.

    The digests of seed, newline and id put the cases in the order R4 R2 R1 R3. Three of them are
    read in the first week, by V10, V2 and V3 in the order of ids. R4 and R2 are picked. V3 is of
    V2's trust, so only V10 can read R2 again; R3 therefore leaves V10's second week alone and
    takes V2's, and R4, which V10 read, goes to V3.
    """
    volunteers = [
        volunteer("V2", trust_id="T1"),
        volunteer("V3", school_id="S3", trust_id="T1"),
        volunteer("V10", school_id="S4", trust_id="none"),
    ]
    cases = [case(f"R{n}", hours="6") for n in range(1, 5)]
    answer = oracle_schedule(plain_programme(cases, volunteers, share=Decimal("0.3")))
    after = START + dt.timedelta(weeks=1)
    assert answer.first == {
        "R4": ("V10", START),
        "R2": ("V2", START),
        "R1": ("V3", START),
        "R3": ("V2", after),
    }
    assert answer.second == {"R4": ("V3", after), "R2": ("V10", after)}
    values = {measure: value for measure, _, value in answer.goals}
    assert values == {
        "scheduled": 4,
        "days_late": 7,
        "expertise": 4,
        "workload_gap": 1000,
        "school_spread": 3,
        "second_reads": 2,
    }


def test_programmes_are_full_of_ties_and_of_every_rule() -> None:
    """The generator is no easier than it says: each feature of the contract occurs."""
    seen: Counter[str] = Counter()
    for seed in range(400):
        asked = small_programme(seed)
        facts, answer = Facts(asked), oracle_schedule(asked)
        seen.update({measure + " by " + by for measure, by in asked.goals})
        seen.update({"first " + asked.goals[0][0], "lead " + " ".join(m for m, _ in asked.goals[:2])})
        seen.update(
            {code for name in facts.cases for who in facts.volunteers for code in facts.bars(name, who)}
        )
        seen["as_of without an earlier schedule"] += asked.earlier is None and bool(asked.past)
        seen["fixed"] += bool(facts.fixed)
        seen["fixed second"] += bool(facts.fixed_second)
        seen["fixed by somebody gone"] += any(who == "V99" for who, _ in facts.fixed.values())
        seen["kept"] += any(facts.earlier.get(name) == held for name, held in answer.first.items())
        seen["second"] += bool(answer.second)
        seen["backlog"] += 0 < len(answer.first) < len(facts.cases)
        seen["many"] += len(answer.first) - len(facts.fixed) >= 3
        seen["officers"] += bool(facts.signoff)
    wanted = {
        f"{name} by {by}" for name in ("scheduled", "days_late", "waited") for by in ("none", "priority")
    }
    wanted |= {f"{name} by none" for name in ("expertise", "workload_gap", "school_spread")}
    wanted |= {f"first {name}" for name in ("scheduled", "days_late", "waited", "expertise", "kept")}
    wanted |= {"first workload_gap", "first school_spread", "first second_reads", *RULES, *seen}
    assert {name for name in wanted if seen[name] < 4 and not name.startswith("lead")} == set()
    assert min(seen["second"], seen["backlog"], seen["many"], seen["fixed"]) >= 40
