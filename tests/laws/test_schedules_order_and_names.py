"""What changes nothing in a schedule, and what can only change it one way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from allocator.reviews.allocate import schedule
from allocator.reviews.schedule import ScheduleResult
from oracle_choices import MORE_IS_BETTER
from programme_facts import Facts
from programme_files import read
from programme_rows import ProgrammeRows, Row
from schedule_compare import EFFORT, rows_of, solved, told_goals
from small_programmes import small_programme

SEEDS = range(5000, 5030)
Cells = Callable[[str, str], str]


def answer(result: ScheduleResult) -> tuple[list[Row], list[Row], list[dict[str, Any]]]:
    """Return all that must stay the same: both tables and the goals."""
    return rows_of(result.table), rows_of(result.second_reads), result.goals


def programmes(seeds: range = SEEDS) -> Iterator[tuple[int, ProgrammeRows]]:
    """Give small programmes with their seeds."""
    for seed in seeds:
        yield seed, small_programme(seed)


def downwards(result: ScheduleResult) -> list[int]:
    """Return the values of the goals such that less is better."""
    return [-value if measure in MORE_IS_BETTER else value for measure, _, value in told_goals(result)]


def with_tables(asked: ProgrammeRows, **tables: list[Row]) -> ProgrammeRows:
    """Return a programme with some tables replaced."""
    return replace(asked, tables={**asked.tables, **tables})


def test_row_order_changes_nothing() -> None:
    """Every table in any order gives the same rows, the same goals and the same proofs."""
    for seed, asked in programmes():
        rng = Random(seed)

        def shuffled(rows: list[Row] | None, rng: Random = rng) -> list[Row] | None:
            return None if rows is None else rng.sample(rows, len(rows))

        other = ProgrammeRows(
            asked.policy,
            {name: rng.sample(rows, len(rows)) for name, rows in asked.tables.items()},
            *(shuffled(rows) for rows in (asked.earlier, asked.earlier_second, asked.handed_back)),
        )
        assert answer(solved(other)) == answer(solved(asked)), seed


def test_again_gives_the_same() -> None:
    """The same programme twice gives the same rows and the same certificate."""
    for seed, asked in programmes(SEEDS[:15]):
        one, other = solved(asked), solved(asked)
        assert (answer(one), one.certificate) == (answer(other), other.certificate), seed


def changed_cells(asked: ProgrammeRows, cells: Cells) -> ProgrammeRows:
    """Return a programme with every cell of every table put through `cells(column, text)`.

    The id of a declared conflict counts as a cell of the column that it names.
    """

    def through(rows: list[Row]) -> list[Row]:
        return [
            {column: cells(_column(column, row), text) if text else text for column, text in row.items()}
            for row in rows
        ]

    return ProgrammeRows(
        asked.policy,
        {name: through(rows) for name, rows in asked.tables.items()},
        *(rows and through(rows) for rows in (asked.earlier, asked.earlier_second, asked.handed_back)),
    )


def _column(column: str, row: Row) -> str:
    return f"{row['kind']}_id" if column == "id" else column


def test_new_names_change_nothing_but_the_names() -> None:
    """Cases, children, schools and trusts under any new ids, volunteers under ids of the same order.

    The order of the volunteers' ids is the lottery's last resort, and the lottery's numbers are carried
    along, for they are drawn from the cases' ids.
    """
    for seed, asked in programmes():
        rng = Random(seed)
        cases = [row["case_id"] for row in asked.tables["cases"]]
        new = dict(zip(cases, rng.sample(range(1000, 9999), len(cases)), strict=True))
        names = sorted({"V99", *(row["volunteer_id"] for row in asked.tables["volunteers"])})

        def cells(column: str, text: str, new: dict[str, int] = new, names: list[str] = names) -> str:
            if column == "case_id":
                return f"Q{new.get(text, 'gone')}"
            if column == "volunteer_id":
                return f"W{names.index(text):02}"
            named = column in ("child_id", "school_id", "trust_id") and text != "none"
            return f"x{hashlib.sha256(text.encode()).hexdigest()[:8]}" if named else text

        seed_text = asked.policy["lottery"]["seed"]
        keys = {
            cells("case_id", name): hashlib.sha256(f"{seed_text}\n{name}".encode()).hexdigest()
            for name in cases
        }
        after = schedule(read(changed_cells(asked, cells)), EFFORT, lottery_keys=keys)
        first, second, goals = answer(solved(asked))
        renamed = [
            sorted(
                (
                    {column: cells(column, text) if text else text for column, text in row.items()}
                    for row in rows
                ),
                key=lambda row: row["case_id"],
            )
            for rows in (without_reason(first), second)
        ]
        assert [without_reason(rows_of(after.table)), rows_of(after.second_reads)] == renamed, seed
        assert after.goals == goals, seed


def without_reason(rows: list[Row]) -> list[Row]:
    """Leave out the sentences: they name volunteers and weeks."""
    return [{column: text for column, text in row.items() if column != "reason"} for row in rows]


@pytest.mark.parametrize("kind", ["no agreement", "no hours", "barred from every case"])
def test_a_volunteer_who_can_read_nothing_changes_nothing(kind: str) -> None:
    """Nobody without the headteacher's agreement, hours or a case that may be theirs moves anything."""
    for seed, asked in programmes(SEEDS[:15]):
        extra = {
            **asked.tables["volunteers"][0],
            "volunteer_id": "V0",
            "school_id": "S77",
            "trust_id": "none",
        }
        extra |= {
            "first_week": "",
            "last_week": "",
            "trained_from": "",
            "phases": "",
            "needs": "",
            "max_cases": "",
        }
        extra |= {"days_per_week": "0" if kind == "no hours" else "1"}
        extra |= {"headteacher_agreed": "no" if kind == "no agreement" else "yes"}
        declared = [
            {"volunteer_id": "V0", "kind": "case", "id": row["case_id"], "reason": "Declared"}
            for row in asked.tables["cases"]
            if kind == "barred from every case"
        ]
        other = with_tables(
            asked,
            volunteers=[extra, *asked.tables["volunteers"]],
            conflicts=[*asked.tables["conflicts"], *declared],
        )
        before, after = answer(solved(asked)), answer(solved(other))
        assert [without_reason(rows) for rows in after[:2]] == [
            without_reason(rows) for rows in before[:2]
        ], seed
        assert values(after[2]) == values(before[2]), seed


def values(goals: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return what the goals come to; how it was proved may differ between two programmes."""
    return [tuple(entry[key] for key in ("measure", "level", "value", "proven")) for entry in goals]


def test_a_conflict_that_nothing_rests_on_changes_nothing() -> None:
    """Barring a pair that the schedule does not use leaves it as it was: it still is the best there is."""
    tried = 0
    for seed, asked in programmes():
        before = answer(solved(asked))
        used = {(row["case_id"], row["volunteer_id"]) for rows in before[:2] for row in rows}
        facts = Facts(asked)
        unused = [
            (case, who)
            for case in facts.cases
            for who in facts.volunteers
            if (case, who) not in used and not facts.bars(case, who)
        ]
        if not unused:
            continue
        tried += 1
        case, who = Random(seed).choice(unused)
        after = answer(solved(declared(asked, case, who)))
        assert [without_reason(rows) for rows in after[:2]] == [
            without_reason(rows) for rows in before[:2]
        ], seed
        assert values(after[2]) == values(before[2]), seed
    assert tried >= 15


def declared(asked: ProgrammeRows, case: str, who: str) -> ProgrammeRows:
    """Return a programme with one more declared conflict."""
    row = {"volunteer_id": who, "kind": "case", "id": case, "reason": "Declared"}
    return with_tables(asked, conflicts=[*asked.tables["conflicts"], row])


def test_a_conflict_never_makes_the_goals_better() -> None:
    """Barring a pair that the schedule uses takes it away, and the goals are as good at most."""
    tried = 0
    for seed, asked in programmes():
        before, facts = solved(asked), Facts(asked)
        rows = rows_of(before.table)
        open_ = [row for row in rows if row["volunteer_id"] and row["case_id"] not in facts.fixed]
        if not open_:
            continue
        tried += 1
        chosen = Random(seed).choice(open_)
        after = solved(declared(asked, chosen["case_id"], chosen["volunteer_id"]))
        pairs = {(row["case_id"], row["volunteer_id"]) for row in rows_of(after.table)}
        assert (chosen["case_id"], chosen["volunteer_id"]) not in pairs, seed
        assert downwards(after) >= downwards(before), seed
    assert tried >= 15


def test_more_hours_never_make_the_goals_worse() -> None:
    """Three more hours of somebody who offers some already: the goals, in order, are as good at least."""
    tried = better = 0
    for seed, asked in programmes():
        facts = Facts(asked)
        weeks = [
            (who, monday)
            for who in facts.volunteers
            for monday in asked.mondays
            if monday not in asked.past and facts.works(who, monday)
        ]
        if not weeks:
            continue
        who, monday = Random(seed).choice(weeks)
        hours = facts.works(who, monday) + 3
        text = str(Decimal(hours.numerator) / Decimal(hours.denominator))
        row = {"volunteer_id": who, "week": monday.isoformat(), "hours": text}
        kept = [
            own
            for own in asked.tables["availability"]
            if (own["volunteer_id"], own["week"]) != (who, monday.isoformat())
        ]
        before, after = solved(asked), solved(with_tables(asked, availability=[*kept, row]))
        assert downwards(after) <= downwards(before), seed
        tried += 1
        better += downwards(after) < downwards(before)
    assert tried >= 15
    assert better >= 4


def test_hours_in_another_unit_change_nothing_but_the_hours() -> None:
    """All hours doubled, of cases, volunteers and officers alike: the same schedule, at twice the hours."""
    for seed, asked in programmes():

        def doubled(column: str, text: str) -> str:
            return f"{2 * Decimal(text):f}" if column == "hours" else text

        heading = dict(asked.policy["programme"])
        heading |= {key: 2 * heading[key] for key in ("hours_per_day", "handling_hours", "signoff_hours")}
        other = replace(changed_cells(asked, doubled), policy={**asked.policy, "programme": heading})
        before, after = answer(solved(asked)), answer(solved(other))
        for rows, twice in zip(before[:2], after[:2], strict=True):
            assert [same_but_hours(row) for row in twice] == [same_but_hours(row) for row in rows], seed
            assert [2 * Decimal(row["hours"] or 0) for row in rows] == [
                Decimal(row["hours"] or 0) for row in twice
            ], seed
        assert values(after[2]) == values(before[2]), seed


def same_but_hours(row: Row) -> Row:
    """Leave out the hours, and the sentence that may name them."""
    return {column: text for column, text in row.items() if column not in ("hours", "reason")}


def test_its_own_schedule_comes_back_whole() -> None:
    """With a result as the earlier schedule, and nothing else changed, nobody moves."""
    for seed, asked in programmes():
        first, second, _ = answer(solved(asked))
        again = solved(replace(asked, earlier=first, earlier_second=second))
        assert [without_reason(rows) for rows in answer(again)[:2]] == [without_reason(first), second], seed
        assert again.moves == [], seed
