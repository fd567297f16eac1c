"""An answer holds for the round that it answers, and for no round in which anything that counts was edited.

About 450 edits: one thing is changed in the inputs after the answer was given, and the old answer is
verified against the new inputs. What it must be refused for is decided by the second checker.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from allocator.errors import NoAssignmentError
from allocator.placement.verify import verify_answer
from integrity.cases import Case, case, cases
from integrity.edited_rounds import EDITS
from integrity.independent_check import breach
from round_frames import frame

SEEDS = range(30)
# What only the published figures show.
STORY = {"goals", "figures", "options", "counts", "status"}
PARTS = ("placements", "options", "certificate")


def expected_check(one: Case, edited: Case) -> str:
    """Say what an old answer is refused for: "story" where only figures tell, "" where it still holds."""
    if len(edited.result.goals) != len(one.result.goals):
        return "certificate"
    broken = breach(edited.told, one.held, *one.prices)
    if broken or edited.held != one.held:
        return broken or "lottery"
    # Same placement, still proven: it holds exactly where the new round's own answer says the same.
    same = all(getattr(one.answer, part) == getattr(edited.answer, part) for part in PARTS[:2])
    said, now = one.run, edited.run
    return "" if same and all(said[key] == now[key] for key in ("goals", "counts", "lottery")) else "story"


@pytest.mark.parametrize("kind", EDITS)
def test_the_answer_of_an_edited_round_is_refused(kind: str) -> None:
    """Any cell, goal, seed or limit edited: refused for what no longer holds, and only then."""
    refused = 0
    for one in cases(SEEDS):
        round_ = EDITS[kind](one.round_, Random(one.seed))
        try:
            edited = case(one.seed, round_)
        except NoAssignmentError:
            assert {f.check for f in verify_answer(round_, one.answer).findings} == {"inputs"}, one.seed
            continue
        expected = expected_check(one, edited)
        found = {finding.check for finding in verify_answer(round_, one.answer).findings}
        if expected == "story":
            assert found, one.seed
            assert found <= STORY | {"lottery"}, (one.seed, found)
        else:
            assert found == ({expected} if expected else set()), (one.seed, found)
        refused += bool(found)
    assert refused >= 2, "the edit hardly ever shows"


def test_the_answer_of_another_round_is_refused() -> None:
    """Results of rounds exchanged with one another: other children, other provisions."""
    every = list(cases(range(40)))
    for one, other in pairwise(every):
        found = {finding.check for finding in verify_answer(one.round_, other.answer).findings}
        assert found, (one.seed, other.seed)
        assert found <= {"rows", "certificate", "goals"}, (one.seed, other.seed, found)


def test_one_file_of_another_answer_is_refused() -> None:
    """The files of two answers to the same ids, mixed: each mixture fails."""
    mixed = 0
    for one in cases(SEEDS):
        edited = case(one.seed, EDITS["children exchanged"](one.round_, Random(one.seed)))
        for part in ("placements", "options", "run"):
            if getattr(edited.answer, part) == getattr(one.answer, part):
                continue
            parts = {
                name: getattr(one.answer, name) for name in ("placements", "options", "run", "certificate")
            }
            parts[part] = getattr(edited.answer, part)
            answer = type(one.answer)(**parts)
            if part == "run" and all(edited.run[k] == one.run[k] for k in ("goals", "counts")):
                continue
            assert not verify_answer(one.round_, answer).holds, (one.seed, part)
            mixed += 1
    assert mixed >= 50


def test_a_round_without_a_placement_has_no_answer() -> None:
    """Where rulings exceed the places, no answer can hold: the inputs are refused, and named."""
    honest = next(iter(cases(SEEDS)))
    provisions = honest.round_.provisions.assign(places=0, over_places=0, held_places=0)
    child, provision = honest.round_.children["child_id"][0], provisions["provision_id"][0]
    row = {
        "child_id": child,
        "provision_id": provision,
        "action": "place",
        "authority": "panel",
        "reason": "x",
    }
    round_ = replace(honest.round_, provisions=provisions, rulings=frame("rulings", [row]))
    (finding,) = verify_answer(round_, honest.answer).findings
    assert finding.check == "inputs"
    assert child in finding.text
    assert provision in finding.text
