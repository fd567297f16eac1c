"""What a column may hold: the one place where the text of a cell becomes a value.

A `Kind` stands in the annotation of a row model's field. It judges one text (`cell`) and a
whole column (`column`); both give the same answer, the second without a Python call a row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Bools = npt.NDArray[np.bool_]


class CellError(ValueError):
    """A cell's text breaks the rule of its column.

    Parameters
    ----------
    rule : str
        What is wrong, in plain English.
    mend : str
        What to do about it.
    code : str
        Stable id of the rule.
    """

    def __init__(self, rule: str, mend: str, code: str) -> None:
        super().__init__(rule)
        self.rule, self.mend, self.code = rule, mend, code


@dataclass(frozen=True)
class Remark:
    """Something wrong or doubtful about the cells at `at` (positions in the column)."""

    at: npt.NDArray[np.int64]
    rule: str
    mend: str
    code: str


@dataclass(frozen=True)
class ColumnRead:
    """A column's values, and what is wrong or doubtful about its cells.

    Parameters
    ----------
    values : array, shape (n_cells,)
        Of the kind's own type; undefined where a cell is wrong.
    wrong : bool, shape (n_cells,)
    faults, doubts : list of Remark
    """

    values: Any
    wrong: Bools
    faults: list[Remark]
    doubts: list[Remark]


class Kind(ABC):
    """A kind of cell. Subclasses are frozen dataclasses, so that models can be compared."""

    # Name of the kind in templates and docs.
    title: str = ""

    @abstractmethod
    def cell(self, text: str) -> Any:
        """Read one trimmed text that is not blank.

        Raises
        ------
        CellError
            Where the text breaks the kind's rule.
        """

    def doubt(self, text: str) -> CellError | None:
        """Return what is doubtful about a text that `cell` accepts, if anything."""
        return None

    @abstractmethod
    def array(self, values: list[Any]) -> Any:
        """Make the kind's array of values that `cell` gave; None marks a wrong cell."""

    def filled(self, value: Any, length: int) -> Any:
        """Return an array of one value: what a column of blanks reads as."""
        return self.array([value] * length)

    def column(self, texts: pa.Array) -> ColumnRead:
        """Read a column of trimmed texts, none of them blank: each different text once."""
        coded = texts.dictionary_encode()
        words = coded.dictionary.to_pylist()
        values: list[Any] = []
        faults: dict[int, CellError] = {}
        doubts: dict[int, CellError] = {}
        for position, word in enumerate(words):
            value = None
            try:
                value = self.cell(word)
            except CellError as error:
                faults[position] = error
            else:
                doubt = self.doubt(word)
                if doubt is not None:
                    doubts[position] = doubt
            values.append(value)
        index = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        every = self.array(values) if words else self.array([])
        wrong = np.zeros(len(words), dtype=np.bool_)
        wrong[list(faults)] = True
        return ColumnRead(
            values=take(every, index),
            wrong=wrong[index],
            faults=_remarks(faults, index),
            doubts=_remarks(doubts, index),
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Judge text by `cell` before the field's own type sees it; other values pass on."""
        return core_schema.no_info_before_validator_function(self._from_text, handler(source))

    def _from_text(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.cell(value.strip())
        except CellError as error:
            raise PydanticCustomError(
                "cell", "{rule}", {"rule": error.rule, "mend": error.mend, "code": error.code}
            ) from None


def take(values: Any, index: npt.NDArray[np.int64]) -> Any:
    """Take positions of a numpy array or of an Arrow array."""
    if isinstance(values, np.ndarray):
        return values[index]
    return values.take(pa.array(index))


def text_array(values: list[Any]) -> pa.Array:
    """Make an Arrow array of text; None becomes ``""``."""
    return pa.array(["" if value is None else value for value in values], type=pa.string())


def matches(texts: pa.Array, pattern: str) -> Bools:
    """Return which texts match a regular expression (RE2)."""
    return as_bools(pc.match_substring_regex(texts, pattern))


def as_bools(values: pa.Array) -> Bools:
    """Return an Arrow array of booleans, none missing, as numpy."""
    found: Bools = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def _remarks(errors: dict[int, CellError], index: npt.NDArray[np.int64]) -> list[Remark]:
    if not errors:
        return []
    wanted = np.fromiter(errors, dtype=np.int64)
    where = np.flatnonzero(np.isin(index, wanted))
    # One sort splits the places by text, however many different texts are wrong.
    where = where[np.argsort(index[where], kind="stable")]
    texts, starts = np.unique(index[where], return_index=True)
    parts = np.split(where, starts[1:])
    return [
        Remark(at=part, rule=errors[int(text)].rule, mend=errors[int(text)].mend, code=errors[int(text)].code)
        for text, part in zip(texts, parts, strict=True)
    ]
