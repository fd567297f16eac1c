"""Two checkers, one verdict: what changed multipliers still prove of a schedule.

Any multipliers that are not negative give a true bound, so there is no forged multiplier: only a bound that
the schedule does not meet. 2,000 changed certificates; which of them still prove what is claimed is decided
by the second checker alone, and every figure of both checkers is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import chain, cycle, islice
from random import Random
from typing import Any

import pytest

from allocator.core.calendar import certificate
from allocator.reviews.build import Built
from allocator.reviews.certificate_file import read_certificate
from integrity.programme_bounds import PRICED, Entry, SecondChecker
from integrity.programme_cases import Case, DerivedOnce, priced_cases, solved_cases, with_certificate

SEEDS = range(150)
SOLVED = range(40)
BLOCKS = 4
A_BLOCK = 500
# Between two looks at every figure of both checkers.
EVERY = 3
TABLES = ("cases", "volunteers", "weeks")


def ids(case: Case) -> Mapping[str, list[str]]:
    """Give the ids that may have a price."""
    facts = case.facts
    return {
        "cases": sorted(set(facts.cases) - set(facts.fixed)),
        "volunteers": sorted(facts.volunteers),
        "weeks": [monday.isoformat() for monday in facts.asked.mondays],
    }


def _priced(entry: Entry, rng: Random) -> tuple[dict[str, int], str] | None:
    found = [(entry[table], name) for table in TABLES for name in entry[table]]
    return rng.choice(found) if found else None


def _by_one(case: Case, entry: Entry, rng: Random) -> None:
    if found := _priced(entry, rng):
        table, name = found
        table[name] = max(1, table[name] + rng.choice((-1, 1)))


def _by_any(case: Case, entry: Entry, rng: Random) -> None:
    if found := _priced(entry, rng):
        table, name = found
        table[name] = rng.choice((1, 2 * table[name], table[name] + rng.randint(1, 100), 10**6))


def _price_dropped(case: Case, entry: Entry, rng: Random) -> None:
    if found := _priced(entry, rng):
        del found[0][found[1]]


def _price_added(case: Case, entry: Entry, rng: Random) -> None:
    table = rng.choice(TABLES)
    if known := ids(case)[table]:
        entry[table][rng.choice(known)] = rng.choice((1, 1, 2, 50))


def _prices_exchanged(case: Case, entry: Entry, rng: Random) -> None:
    table = entry[rng.choice(TABLES)]
    if len(table) > 1:
        one, other = rng.sample(sorted(table), 2)
        table[one], table[other] = table[other], table[one]


def _prices_gone(case: Case, entry: Entry, rng: Random) -> None:
    entry[rng.choice(TABLES)] = {}


def _scale(case: Case, entry: Entry, rng: Random) -> None:
    entry["scale"] = rng.choice((1, entry["scale"] + 1, 2 * entry["scale"]))


def _all_doubled(case: Case, entry: Entry, rng: Random) -> None:
    entry["scale"] *= 2
    entry["goals"] = [2 * each for each in entry["goals"]]
    for table in TABLES:
        entry[table] = {name: 2 * price for name, price in entry[table].items()}


def _goal_multiplied(case: Case, entry: Entry, rng: Random) -> None:
    may = [k for k in range(entry["tier"] - 1) if case.rows.tiers[k][0] in PRICED]
    if may:
        entry["goals"][rng.choice(may)] += rng.choice((1, 2, 1000))


def _goals_let_go(case: Case, entry: Entry, rng: Random) -> None:
    entry["goals"] = [0] * len(entry["goals"])


Change = Callable[[Case, Entry, Random], None]
CHANGES: Mapping[str, Change] = {
    change.__name__.strip("_").replace("_", " "): change
    for change in (
        _by_one, _by_any, _price_dropped, _price_added, _prices_exchanged, _prices_gone, _scale, _all_doubled,
        _goal_multiplied, _goals_let_go,
    )
}  # fmt: skip


def checker(case: Case) -> SecondChecker:
    """Read a case by the second checker."""
    return SecondChecker(case.facts, [goal["value"] for goal in case.result.goals[:-1]])


def fails(case: Case, second: SecondChecker, entries: list[Entry]) -> bool:
    """Whether some goal that is said to be certified is not, by the second checker."""
    by_tier = {entry["tier"] - 1: entry for entry in entries}
    return any(
        goal["proof"] == "bound"
        and goal["measure"] in PRICED
        and second.proves(k, by_tier.get(k)) != goal["value"]
        for k, goal in enumerate(case.result.goals)
    )


def figures(case: Case, built: Built, entries: list[Entry]) -> list[int | None]:
    """Return the bound of every goal that may have multipliers, by the engine's checker."""
    duals = read_certificate(built, with_certificate(case.answer, entries).certificate)
    values = [goal["value"] for goal in case.result.goals[:-1]]
    return [
        certificate.bound(built.problem, k, values, duals.get(k)) if measure in PRICED else None
        for k, (measure, _) in enumerate(case.rows.tiers)
    ]


def every_case() -> list[Case]:
    """Give the cases whose certificates hold multipliers."""
    return [case for case in chain(priced_cases(SEEDS), solved_cases(SOLVED)) if case.entries]


def telling(case: Case, second: SecondChecker) -> list[int]:
    """Give the tiers, from 1, of the entries without which their goals would not be certified."""
    goals = case.result.goals
    return [
        entry["tier"]
        for entry in case.entries
        if goals[entry["tier"] - 1]["proof"] == "bound"
        and second.counted(entry["tier"] - 1) != goals[entry["tier"] - 1]["value"]
    ]


def test_both_checkers_agree_on_honest_certificates() -> None:
    """Every bound, by multipliers and by counting, is the same figure for both; and every answer holds."""
    verify, figures_seen = DerivedOnce(20), 0
    for case in chain(priced_cases(SEEDS), solved_cases(SOLVED)):
        assert verify.reasons(case, case.answer) == set(), case.seed
        second, entries = checker(case), case.entries
        assert not fails(case, second, entries), case.seed
        by_tier = {entry["tier"] - 1: entry for entry in entries}
        for k, figure in enumerate(figures(case, verify.built(case.programme), entries)):
            if figure is not None:
                assert second.proves(k, by_tier.get(k)) == figure, (case.seed, k)
                figures_seen += 1
    assert figures_seen >= 280


@pytest.mark.parametrize("block", range(BLOCKS))
def test_both_checkers_agree_on_every_change(block: int) -> None:
    """The engine refuses changed multipliers exactly where they do not prove what is claimed."""
    verify, verdicts, rng = DerivedOnce(200), Counter[bool](), Random(block)
    cases = [(case, checker(case)) for case in every_case()]
    proved = [(case, second, tier) for case, second in cases for tier in telling(case, second)]
    for turn, kind in enumerate(islice(cycle(CHANGES), A_BLOCK)):
        if turn % 4:
            case, second, tier = rng.choice(proved)
        else:
            case, second = rng.choice(cases)
            tier = rng.choice(case.entries)["tier"]
        entries = case.entries
        CHANGES[kind](case, next(entry for entry in entries if entry["tier"] == tier), rng)
        refused = fails(case, second, entries)
        found = verify.reasons(case, with_certificate(case.answer, entries))
        assert found == ({"certificate"} if refused else set()), (case.seed, kind, entries)
        if turn % EVERY == 0:
            by_tier = {each["tier"] - 1: each for each in entries}
            for k, figure in enumerate(figures(case, verify.built(case.programme), entries)):
                assert figure in (None, second.proves(k, by_tier.get(k))), (case.seed, kind, k)
        verdicts[refused] += 1
    assert verify.count == A_BLOCK
    # Neither verdict is rare, so that always refusing, or never, could not pass.
    assert min(verdicts[True], verdicts[False]) >= A_BLOCK // 6, verdicts


def test_an_entry_left_out_proves_what_counting_proves() -> None:
    """Without its multipliers a goal is certified by a count, or not at all."""
    verify, refusals = DerivedOnce(50), 0
    for case in every_case():
        second = checker(case)
        for k in range(len(case.entries)):
            entries: list[Any] = [entry for j, entry in enumerate(case.entries) if j != k]
            refused = fails(case, second, entries)
            found = verify.reasons(case, with_certificate(case.answer, entries))
            assert found == ({"certificate"} if refused else set()), (case.seed, k)
            refusals += refused
    assert refusals >= 15
