"""Placements that the engine did not give, written into an answer as a forger would write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from allocator.placement.answer import Answer, certificate_bytes
from integrity.cases import Case
from integrity.independent_check import Asked, Held, Prices, loads
from oracle_optimum import LoadProgramme

Table = list[list[str]]


def table_of(data: bytes) -> Table:
    """Read CSV as rows of cells; row 0 is the header."""
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def bytes_of(table: Table) -> bytes:
    """Write rows of cells as the engine writes them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue().encode()


def with_prices(answer: Answer, provisions: Prices, schools: Prices) -> Answer:
    """Give an answer other prices."""
    content = {"provisions": provisions, "schools": schools}
    lists = {kind: {name: list(row) for name, row in prices.items()} for kind, prices in content.items()}
    return replace(answer, certificate=certificate_bytes(lists))


def with_placement(case: Case, held: Held) -> Answer:
    """Rewrite the rows of all children who hold something else than in the honest answer."""
    table = table_of(case.answer.placements)
    at = {name: k for k, name in enumerate(table[0])}
    for row in table[1:]:
        provision = held[row[0]]
        if provision == case.held[row[0]]:
            continue
        pair = None if provision is None else case.told.question.pairs[row[0], provision]
        known = pair is not None and pair.tenths is not None and pair.km is not None
        told = {
            "status": "unplaced" if pair is None else "placed",
            "provision_id": pair.provision_id if pair else "",
            "school_id": pair.school_id if pair else "",
            "suitability": str(pair.suitability or 0) if pair else "",
            "preference_rank": str(pair.rank) if pair and pair.rank else "",
            "minutes": f"{pair.tenths / 10:.1f}" if pair and pair.tenths is not None else "",
            "km": f"{pair.km:.2f}" if pair and known else "",
            "annual_cost": str(pair.cost) if pair else "",
        }
        for column, cell in told.items():
            row[at[column]] = cell
    return replace(case.answer, placements=bytes_of(table))


def other_placements(case: Case, rng: Random) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Give placements of many kinds, each with its name; a kind that is not to be had is left out."""
    told, honest = case.told, case.held
    yield "another placement within the places", _within_the_places(case, rng)
    movers = [child for child in told.cost if honest[child] is not None]
    pairs = [(a, b) for a in movers for b in movers if honest[a] != honest[b] and a < b]
    if pairs:
        a, b = rng.choice(pairs)
        yield "a swapped pair", honest | {a: honest[b], b: honest[a]}
    elsewhere = [(child, name) for child in movers for name in told.cost[child] if name != honest[child]]
    if elsewhere:
        yield "moved to another eligible provision", honest | dict([rng.choice(elsewhere)])
    out = [(child, name) for child in told.cost if honest[child] is None for name in told.cost[child]]
    if out:
        yield "an unplaced child put in", honest | dict([rng.choice(out)])
    if movers:
        yield "a placed child left out", honest | {rng.choice(movers): None}
    strange = [(c, name) for c, own in told.cost.items() for name in told.school_of if name not in own]
    if strange:
        yield "put where it is not eligible", honest | dict([rng.choice(strange)])
    if told.question.fixed:
        fixed = rng.choice(sorted(told.question.fixed))
        others = [name for name in (*told.school_of, None) if name != honest[fixed]]
        yield "a ruling broken", honest | {fixed: rng.choice(others)}


def _within_the_places(case: Case, rng: Random) -> dict[str, str | None]:
    """Let children choose at random, in random order, while there is room."""
    told = case.told
    held: dict[str, str | None] = dict.fromkeys(case.held)
    held |= {child: pair.provision_id for child, pair in told.question.fixed.items()}
    for child in rng.sample(sorted(told.cost), len(told.cost)):
        open_ = [name for name in told.cost[child] if _has_room(told, held, name)]
        held[child] = rng.choice([*open_, *open_, None])
    return held


def _has_room(told: Asked, held: Mapping[str, str | None], name: str) -> bool:
    at_provision, at_school = loads(told, held)
    school = told.school_of[name]
    total = told.total[school]
    return at_provision[name] < told.ordinary[name] + told.over[name] and (
        total is None or at_school[school] < total
    )


def optima(case: Case) -> Iterator[dict[str, str | None]]:
    """Enumerate every placement that is best in all goals, the lottery's own among them."""
    programme = LoadProgramme(case.told.question)
    names = case.told.question.free
    fixed = {child: pair.provision_id for child, pair in case.told.question.fixed.items()}

    def walk(
        child: int, room: tuple[int, ...], held: dict[str, str | None]
    ) -> Iterator[dict[str, str | None]]:
        if child == len(names):
            yield fixed | held
            return
        target = programme.best(child, room)[0]
        for choice in programme.choices[child]:
            taken = programme.step(room, choice)
            if taken is not None and taken[1] + programme.best(child + 1, taken[0])[0] == target:
                here = None if choice[2] is None else choice[2].provision_id
                yield from walk(child + 1, taken[0], held | {names[child]: here})

    yield from walk(0, (0,) * len(programme.ids), {})
