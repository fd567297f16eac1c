"""Hours as text: exact, with no noughts at the end."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from allocator.reviews.tables_out import hours_text


def fraction_text(hours: Fraction) -> str:
    """Write hours that are an exact decimal; a mean, say, that is none is rounded to a tenth."""
    bare = hours.denominator
    for factor in (2, 5):
        while bare % factor == 0:
            bare //= factor
    return hours_text(hours.numerator, hours.denominator) if bare == 1 else f"{float(hours):.1f}"


def total(hours: Iterable[str]) -> str:
    """Add up hours that are written as exact decimals."""
    return plain(sum((Decimal(each) for each in hours), Decimal(0)))


def plain(hours: Decimal) -> str:
    """Write a decimal without an exponent and without noughts at the end."""
    text = f"{hours:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def hours_words(hours: str) -> str:
    """Write hours with their unit: "1 hour", "2.5 hours"."""
    return f"{hours} hour" if hours == "1" else f"{hours} hours"


def grouped(hours: str) -> str:
    """Write hours with a comma between thousands, and all their decimals."""
    return f"{Decimal(hours):,f}"
