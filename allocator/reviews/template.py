"""The workbook of a review programme, to fill in."""

from __future__ import annotations

from pathlib import Path

from allocator.reviews.models import TABLES
from allocator.tables import template
from allocator.tables.judged import EXAMPLE

_ABOUT = (
    "A review programme, to fill in",
    "Save this workbook as reviews.xlsx in a folder of its own, with the policy reviews.toml beside it.",
    "Fill the sheets cases and volunteers; the other sheets may stay as they are once their example "
    "row is gone, or be deleted.",
    f"Row 2 of every sheet is an example, marked {EXAMPLE}. Delete it before the programme is checked.",
    "Dark headers must be filled in every row; light ones may be blank or left out. Point at a header "
    "for what it holds.",
    "Trusts: write none for a school that is known to be in no trust; blank means not known, and bars "
    "nobody.",
    "Weeks are named by their Monday. Dates are YYYY-MM-DD. Hours are decimals, such as 2.5.",
    "Use pseudonyms. No names and no dates of birth are needed anywhere.",
    "This sheet is not read.",
)


def write_template(path: Path) -> None:
    """Write the workbook of a review programme: a sheet a table, each with an example row."""
    template.write_template(path, TABLES, _ABOUT)
