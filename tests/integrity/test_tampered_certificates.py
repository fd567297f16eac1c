"""A certificate that is not plainly the one table of whole numbers is refused as a certificate.

More than 6,000 spoiled certificates. Only the certificate is spoiled; all else tells the honest story.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from integrity.cases import Case, DerivedOnce, cases
from integrity.spoiled_json import ENCODINGS, NO_PRICES, SHAPES, Tokens

SEEDS = range(110)


def refused(verify: DerivedOnce, one: Case, certificate: bytes) -> set[str]:
    """Verify the honest answer with another certificate."""
    return verify.reasons(one.round_, replace(one.answer, certificate=certificate))


def test_whatever_is_no_whole_number_is_refused() -> None:
    """Floats, exponents, true, NaN, texts, lists, numbers beyond 2^45: in any one place of any table."""
    verify = DerivedOnce(500)
    for one in cases(SEEDS):
        rng = Random(one.seed)
        for spoiled in NO_PRICES:
            tokens = Tokens.of(*one.prices)
            row = rng.choice(tokens.rows())[1]
            row[rng.randrange(len(row))] = spoiled
            assert refused(verify, one, tokens.text().encode()) == {"certificate"}, (one.seed, spoiled[:50])
    assert verify.count >= 3_500


@pytest.mark.parametrize("kind", SHAPES)
def test_another_shape_is_refused(kind: str) -> None:
    """A tier or an id missing, too many, twice or renamed; tables exchanged, added or in another order."""
    verify = DerivedOnce(100)
    for one in cases(SEEDS):
        tokens = Tokens.of(*one.prices)
        SHAPES[kind](tokens, Random(one.seed))
        assert refused(verify, one, tokens.text().encode()) == {"certificate"}, (one.seed, tokens.text())
    assert verify.count >= 90


@pytest.mark.parametrize("kind", ENCODINGS)
def test_bytes_that_are_no_certificate_are_refused(kind: str) -> None:
    """Wrong encodings, cut-off files, other documents, nesting without end: refused, never a crash."""
    verify = DerivedOnce(20)
    for one in cases(range(30)):
        spoiled = ENCODINGS[kind](one.answer.certificate)
        assert refused(verify, one, spoiled) == {"certificate"}, one.seed
    assert verify.count >= 25


def test_a_tier_left_out_at_the_end_is_refused_even_where_it_is_idle() -> None:
    """A last tier of zeros proves something: that the goal has a best value. It may not be left out."""
    verify, idle = DerivedOnce(), 0
    for one in cases(SEEDS):
        tokens = Tokens.of(*one.prices)
        if any(row.pop() != "0" for _, row in tokens.rows()):
            continue
        idle += 1
        assert refused(verify, one, tokens.text().encode()) == {"certificate"}, one.seed
    assert idle >= 20


def test_the_same_numbers_written_otherwise_are_the_same_proof() -> None:
    """White space, the order of ids, escapes and -0 change no number: that is not called a forgery."""
    verify, kinds = DerivedOnce(), Counter[str]()
    for one in cases(range(40)):
        tokens, rng = Tokens.of(*one.prices), Random(one.seed)
        for _, rows in tokens.tables:
            rng.shuffle(rows)
        minus = [["-0" if number == "0" else number for number in row] for _, row in tokens.rows()]
        escaped = tokens.text().replace('"P', '"\\u0050')
        texts = {
            "ids shuffled": tokens.text(),
            "one line": json.dumps(json.loads(one.answer.certificate), separators=(",", ":")),
            "indented": json.dumps(json.loads(one.answer.certificate), indent="\t") + "\r\n",
            "escaped": escaped,
        }
        for (_, row), written in zip(tokens.rows(), minus, strict=True):
            row[:] = written
        texts["minus nought"] = tokens.text()
        for kind, text in texts.items():
            assert refused(verify, one, text.encode()) == set(), (one.seed, kind)
            kinds[kind] += 1
    assert len(kinds) == 5
    assert min(kinds.values()) >= 30
