"""The quality checklist of a reading pack: a row an item of the policy, a column a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.report.workbook import set_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from allocator.report.books import DatedStyles
    from allocator.report.readings import Reading

ANSWERS = ("yes", "no", "not applicable")
# What a reader may recommend to the officer, who decides.
RECOMMENDATIONS = ("maintain", "amend", "cease")
CLOSING = (
    "Recommendation to the officer",
    "Reasons, in a sentence",
    "Hours it took",
    "Known to me: handed back unread",
)
ITEM_WIDTH, CASE_WIDTH = 62, 15
HEAD = ("Item", "Week", "Reading")


def write_checklist(
    book: Workbook, styles: DatedStyles, items: Sequence[str], readings: Sequence[Reading]
) -> None:
    """Add the sheet "checklist" to a pack, with the answers to choose from.

    Parameters
    ----------
    book : Workbook
    styles : DatedStyles
    items : sequence of str
        `[quality] checklist` of the policy; none is no sheet.
    readings : sequence of Reading
        A column each, in this order.
    """
    if not items:
        return
    sheet = book.add_worksheet("checklist")
    sheet.set_column(0, 0, ITEM_WIDTH, styles.wrapped)
    sheet.set_column(1, max(1, len(readings)), CASE_WIDTH, styles.wrapped)
    for at, name in enumerate(HEAD):
        sheet.write_string(at, 0, name, styles.head)
    for column, each in enumerate(readings, start=1):
        sheet.write_string(0, column, each.case_id, styles.head)
        sheet.write_string(1, column, each.week.isoformat(), styles.text)
        sheet.write_string(2, column, each.reading, styles.text)
    first = len(HEAD)
    closing = first + len(items)
    for at, item in enumerate((*items, *CLOSING), start=first):
        sheet.write_string(at, 0, item, styles.bold if at >= closing else styles.wrapped)
    if readings:
        _offer(sheet, (first, closing - 1, len(readings)), ANSWERS)
        _offer(sheet, (closing, closing, len(readings)), RECOMMENDATIONS)
        _offer(sheet, (closing + 3, closing + 3, len(readings)), ANSWERS[:2])
    sheet.freeze_panes(first, 1)
    set_page(sheet)
    # One page high and as many wide as the cases need, the items on each.
    sheet.fit_to_pages(0, 1)
    sheet.repeat_columns(0)
    sheet.hide_gridlines(0)


def _offer(sheet: object, span: tuple[int, int, int], answers: Sequence[str]) -> None:
    """Let the cells of some rows be chosen from a list; anything else may still be written."""
    top, bottom, right = span
    sheet.data_validation(  # type: ignore[attr-defined]
        top, 1, bottom, right, {"validate": "list", "source": list(answers), "error_type": "information"}
    )
