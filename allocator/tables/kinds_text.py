"""Kinds of text: ids, names, codes, lists of codes, yes or no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.tables.kinds import CellError, ColumnRead, Kind, Remark, matches, text_array
from allocator.tables.nearest import nearest

ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# Ids that fit the pattern and are still a spreadsheet's work: a number with decimals, a date.
SPOILT_PATTERN = (
    r"(?i)^([0-9]+\.0+|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|[0-9]{{1,2}}-({MONTHS})(-[0-9]{{2,4}})?|({MONTHS})-[0-9]{{2,4}})$"
)
WORDS_FOR_NOTHING = ("na", "null", "none", "nan", "true", "false", "yes", "no")
YES = ("yes", "y", "true", "t", "1")
NO = ("no", "n", "false", "f", "0")


@dataclass(frozen=True)
class Id(Kind):
    """A pseudonym or reference number: text always, so leading zeros stay."""

    title = "id"

    def cell(self, text: str) -> str:
        """Return the id, or say which character spoils it."""
        if re.match(ID_PATTERN, text) is None or text.endswith("\n"):
            raise _unfit_id(text)
        if re.match(SPOILT_PATTERN, text) is not None:
            raise _spoilt_id(text)
        return text

    def array(self, values: list[Any]) -> pa.Array:
        """Return Arrow text."""
        return text_array(values)

    def column(self, texts: pa.Array) -> ColumnRead:
        """Read a column; only what the two patterns single out is looked at cell by cell."""
        odd = np.flatnonzero(~matches(texts, ID_PATTERN) | matches(texts, SPOILT_PATTERN))
        wrong = np.zeros(len(texts), dtype=np.bool_)
        faults: list[Remark] = []
        if len(odd):
            slow = Kind.column(self, texts.take(pa.array(odd)))
            wrong[odd] = slow.wrong
            faults = [Remark(odd[r.at], r.rule, r.mend, r.code) for r in slow.faults]
        rounded = _rounded(texts)
        if rounded is not None:
            wrong[rounded.at] = True
            faults.append(rounded)
        words = pc.is_in(pc.utf8_lower(texts), value_set=pa.array(WORDS_FOR_NOTHING))
        doubtful = np.flatnonzero(words.to_numpy(zero_copy_only=False))
        rule = "reads like an empty value, and is taken as an id"
        doubts = [Remark(doubtful, rule, "leave the cell blank if nothing is meant", "id_word")]
        return ColumnRead(texts, wrong, faults, doubts if len(doubtful) else [])


def _rounded(texts: pa.Array) -> Remark | None:
    """Find numbers of 16 digits and more, if every one of them has nothing but noughts past the 15th."""
    long = np.flatnonzero(matches(texts, "^[0-9]{16,64}$"))
    if not len(long) or not matches(texts.take(pa.array(long)), "^[0-9]{15}0+$").all():
        return None
    rule = "has noughts past its 15th digit, as every long id here: a spreadsheet rounds there"
    return Remark(long, rule, "export the ids as text", "id_rounded")


def _unfit_id(text: str) -> CellError:
    mend = "use 1 to 64 letters A-Z, digits, '.', '_' or '-', the first a letter or digit"
    if len(text) > 64:
        return CellError(f"is {len(text)} characters long", mend, "id_form")
    if re.match(r"^[0-9](\.[0-9]+)?[Ee]\+[0-9]+$", text):
        return CellError("looks like an id that a spreadsheet changed to a number", mend, "id_spoilt")
    for character in text:
        if ord(character) > 127:
            name = unicodedata.name(character, "unnamed")
            unseen = unicodedata.category(character) in {"Cf", "Cc", "Zs"}
            what = "an invisible character" if unseen else "a character outside A-Z"
            rule = f"holds {what}, U+{ord(character):04X} ({name.lower()})"
            return CellError(rule, "type the id again", "id_character")
    return CellError("is not an id", mend, "id_form")


def _spoilt_id(text: str) -> CellError:
    if re.match(r"^[0-9]+\.0+$", text):
        rule = "looks like an id that a spreadsheet changed to a number"
        return CellError(rule, f"write {text.split('.')[0]} as text", "id_spoilt")
    rule = "is a date where an id belongs"
    return CellError(rule, "format the column as text and type the id again", "id_date")


@dataclass(frozen=True)
class Text(Kind):
    """Free text: kept as written, but for line ends, which become spaces."""

    most: int = 200
    title = "text"

    def cell(self, text: str) -> str:
        """Return the text on one line, composed (NFC), without a quote set against formulas."""
        clean = unicodedata.normalize("NFC", " ".join(text.split()) if "\n" in text or "\r" in text else text)
        # The mark that spreadsheets and our own CSV files set before a text that would run as a formula.
        if len(clean) > 1 and clean[0] == "'" and clean[1] in "=+-@":
            clean = clean[1:]
        if len(clean) > self.most:
            raise CellError(f"is {len(clean):,} characters long", f"keep to {self.most:,}", "text_long")
        return clean

    def doubt(self, text: str) -> CellError | None:
        """Point out text that was decoded twice, such as "ZoÃ«"."""
        if text.isascii():
            return None
        try:
            again = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return None
        return CellError("looks as if it was decoded twice", f"is {again!r} meant?", "text_mojibake")

    def array(self, values: list[Any]) -> pa.Array:
        """Return Arrow text."""
        return text_array(values)


@dataclass(frozen=True)
class Code(Kind):
    """One code of a fixed list; case does not count.

    Parameters
    ----------
    codes : tuple of str
        The codes as they are written inside.
    hints : mapping of str to str, optional
        Other words for a code, lower case: used to advise, never to read.
    """

    codes: tuple[str, ...]
    hints: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)
    title = "code"

    def cell(self, text: str) -> str:
        """Return the code as it is written inside."""
        found = {code.casefold(): code for code in self.codes}.get(text.casefold())
        if found is None:
            raise self._unknown(text)
        return found

    def _unknown(self, text: str) -> CellError:
        close = self.hints.get(text.casefold()) or nearest(text, self.codes)
        mend = "use one of these" if close is None else f"did you mean {close}?"
        return CellError(f"is not one of {' '.join(self.codes)}", mend, "code_unknown")

    def array(self, values: list[Any]) -> pa.Array:
        """Return Arrow text."""
        return text_array(values)


@dataclass(frozen=True)
class Codes(Code):
    """Codes of a fixed list with ``;`` between."""

    title = "codes, ';' between"

    def cell(self, text: str) -> str:
        """Return the codes joined by ``;``, each once, in the order given."""
        parts = [part.strip() for part in text.split(";")]
        found: dict[str, None] = {}
        for part in parts:
            if part == "":
                raise CellError("has an empty code", "write the codes with one ';' between two", "code_empty")
            found[Code.cell(self, part)] = None
        return ";".join(found)

    def doubt(self, text: str) -> CellError | None:
        """Point out a code that is written twice."""
        parts = [part.strip().casefold() for part in text.split(";")]
        if len(set(parts)) == len(parts):
            return None
        return CellError("names a code twice", "it counts once", "code_repeated")


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes or no, from a fixed table; blank is no."""

    title = "yes/no"

    def cell(self, text: str) -> bool:
        """Return True for yes, y, true, t, 1 and False for no, n, false, f, 0."""
        word = text.casefold()
        if word in YES:
            return True
        if word in NO:
            return False
        raise CellError("is neither yes nor no", "write yes or no, or leave it blank for no", "yes_no")

    def array(self, values: list[Any]) -> Any:
        """Return numpy booleans."""
        return np.array([bool(value) for value in values], dtype=np.bool_)
