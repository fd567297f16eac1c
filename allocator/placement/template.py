"""The workbook of a placement round, to fill in."""

from __future__ import annotations

from pathlib import Path

from allocator.placement.models import TABLES
from allocator.tables import template
from allocator.tables.judged import EXAMPLE

# Tables that are not built yet: a sheet of them would be refused.
_LATER = ("links",)
_ABOUT = (
    "A placement round, to fill in",
    "Save this workbook as round.xlsx in a folder of its own, with the policy round.toml beside it.",
    "Fill the sheets children, schools and provisions; the other sheets may stay as they are once "
    "their example row is gone, or be deleted.",
    f"Row 2 of every sheet is an example, marked {EXAMPLE}. Delete it before the round is checked.",
    "Dark headers must be filled in every row; light ones may be blank or left out. Point at a header "
    "for what it holds.",
    "Give every child and school one location: lat and lon, or easting and northing, or postcode.",
    "Use pseudonyms. No names and no dates of birth of children are needed anywhere.",
    "Dates are YYYY-MM-DD. Numbers have no separators between thousands.",
    "This sheet is not read.",
)


def write_template(path: Path) -> None:
    """Write the workbook of a placement round: a sheet a table, each with an example row."""
    sheets = {name: model for name, model in TABLES.items() if name not in _LATER}
    template.write_template(path, sheets, _ABOUT)
