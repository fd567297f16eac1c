"""A column is judged as its cells are, one by one; figures keep Python's own rounding and text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from allocator.placement.frames import tenths
from allocator.placement.models import TABLES, Child
from allocator.tables.arrow_text import number_text
from allocator.tables.judged import fields
from allocator.tables.kinds import CellError, Kind
from allocator.tables.kinds_text import Text

KINDS: dict[str, Kind] = {
    f"{table}.{column}": kind
    for table, model in TABLES.items()
    for column, (kind, _) in fields(model).items()
}
# Words that come near what columns hold, and letters to make others of.
WORDS = st.sampled_from(
    (
        *(
            "C1",
            "1",
            "0",
            "-1",
            "3.0",
            "3.5",
            "-0",
            "1e5",
            "1e400",
            ".5",
            "5.",
            "51.27",
            "0.52",
            "-0.0",
            "100.0",
        ),
        *("60.999999999999999999999", "yes", "No", "TRUE", "ASD", "asd;HI", "ASD;;HI", "special", "ME141XX"),
        *("2027-02-15", "2027-02-30", "15/02/2027", "46097", "nan", "inf", "\uff11", "1_0", "+1", "1-Mar"),
        *(
            "2027-03-01",
            "12345678901234500000",
            "tribunal",
            "mixed",
            "cannot_meet",
            "'=x",
            "x\u00eb",
            "\u202e",
        ),
        *("1,000", "£5", "0x1", "999999999999999999999", "me14"),
    )
)
LETTERS = st.text("0123456789.-+eE;,/ ASDasdyno\u00e9\u200b", min_size=1, max_size=12)
TEXTS = st.lists(
    st.one_of(WORDS, LETTERS).map(str.strip).filter(lambda text: text != ""), min_size=1, max_size=12
)


def one_by_one(kind: Kind, texts: list[str]) -> list[Any]:
    """What the slow way says: a value or the code of the fault."""
    found: list[Any] = []
    for text in texts:
        try:
            found.append(("value", kind.cell(text)))
        except CellError as error:
            found.append(("fault", error.code))
    return found


def as_column(kind: Kind, texts: list[str]) -> list[Any]:
    """What the fast way says of the same."""
    read = kind.column(pa.array(texts, type=pa.string()))
    values = read.values.tolist() if isinstance(read.values, np.ndarray) else read.values.to_pylist()
    found: list[Any] = [("value", value) for value in values]
    for remark in read.faults:
        for place in remark.at:
            assert read.wrong[place]
            found[place] = ("fault", remark.code)
    assert sum(word == "fault" for word, _ in found) == int(read.wrong.sum())
    return found


def plain(value: Any) -> Any:
    """A day as Python's own; everything else as it is."""
    return value.item() if isinstance(value, np.datetime64) else value


@given(st.sampled_from(sorted(KINDS)), TEXTS)
def test_a_column_is_judged_as_its_cells_are(name: str, texts: list[str]) -> None:
    """Same values, same faults, in the same places; ids rounded by a spreadsheet show in a column alone."""
    slow = [(word, plain(value)) for word, value in one_by_one(KINDS[name], texts)]
    fast = [(word, plain(value)) for word, value in as_column(KINDS[name], texts)]
    for here, there in zip(slow, fast, strict=True):
        assert here == there or there == ("fault", "id_rounded")


@given(
    st.one_of(
        st.floats(0, 1e6),
        st.integers(0, 10**7).map(lambda n: n / 20),
        st.integers(0, 10**5).map(lambda n: n / 40),
    )
)
def test_minutes_round_as_python_rounds_them(minutes: float) -> None:
    """Tenths are those of ``round(minutes, 1)``, ties and near-ties included."""
    assert tenths(np.array([minutes])).tolist() == [round(round(minutes, 1) * 10)]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_from_a_typed_file_reads_back_as_itself(value: float) -> None:
    """Its text is what CSV would hold, whole numbers as digits."""
    text = number_text(value)
    assert float(text) == value
    assert ("." not in text) or (value != int(value)) or abs(value) >= 1e15


def test_a_row_model_reads_a_row_of_text() -> None:
    """The models that judge columns also judge one row, by the same rules."""
    row = Child.model_validate(
        {"child_id": "C1", "year_group": "7", "primary_need": "asd", "need_score": "5.0", "wheelchair": "Y"}
    )
    assert (row.year_group, row.primary_need, row.need_score, row.wheelchair) == (7, "ASD", 5, True)
    assert math.isnan(row.lat)
    with pytest.raises(ValidationError, match="is outside -2 to 14"):
        Child.model_validate({"child_id": "C1", "year_group": "15", "primary_need": "ASD", "need_score": "5"})


def test_every_column_says_what_it_is() -> None:
    """Templates and reference have a description and a kind for each column, and an example that is good."""
    for model in TABLES.values():
        for kind, info in fields(model).values():
            assert info.description
            assert kind.title
            for example in info.examples or []:
                kind.cell(example)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'@home", "@home"),
        ("'tis", "'tis"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("two\r\nlines", "two lines"),
        ("two  spaces", "two  spaces"),
    ],
)
def test_text_loses_only_what_a_spreadsheet_put_there(text: str, expected: str) -> None:
    """A quote against formulas goes, line ends become spaces, letters are composed; nothing else changes."""
    assert Text().cell(text) == expected
