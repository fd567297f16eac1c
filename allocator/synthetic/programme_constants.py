"""Every figure that the invented review programmes rest on.

Marks before a figure: **C** counted or printed in the source; **ASSUMPTION** no figure was found, the
value is a judgement and is free to change. No count of the hours that reading one review's papers takes,
of volunteers' days or of their schools' trusts has been published.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

# ---- the programme -------------------------------------------------------------------------

START: Final = dt.date(2027, 1, 11)
# C, BBC 2023: volunteers were asked for up to a day a week for twelve weeks.
WEEKS: Final = 12
# ASSUMPTION: half term, the week of this number, counted from 0.
CLOSED_WEEK: Final = 5
HOURS_PER_DAY: Final = 6

# ---- cases ---------------------------------------------------------------------------------

# ASSUMPTION: hours that a case takes, each as likely; 3 stands three times.
CASE_HOURS: Final = ("1.5", "2", "2.5", "3", "3", "3", "4", "4.5", "6")
# ASSUMPTION: shares of the priorities 1 (most urgent) to 4.
PRIORITY_SHARE: Final = (0.12, 0.22, 0.30, 0.36)
# ASSUMPTION: days from the start to the day due, a triangle: least, most likely, most.
DUE_DAYS: Final = (-900, -60, 90)
PHASES: Final = ("early", "primary", "secondary", "post16")
# ASSUMPTION: of schools named in plans, each sort's share and the phases of its cases.
SCHOOL_SORTS: Final = (
    ("special", 0.40, (0.05, 0.42, 0.43, 0.10)),
    ("primary", 0.28, (0.10, 0.90, 0.00, 0.00)),
    ("secondary", 0.27, (0.00, 0.00, 0.92, 0.08)),
    ("college", 0.05, (0.00, 0.00, 0.00, 1.00)),
)

# ---- schools -------------------------------------------------------------------------------

# ASSUMPTION: cases to a school, at first; the number of schools then ends at about what Kent has.
CASES_PER_SCHOOL: Final = 20 / 3
SCHOOLS_LEAST: Final = 3
SCHOOLS_MOST: Final = 600
# Six digits like a real number, from a range that none has.
FIRST_SCHOOL: Final = 910_000
# ASSUMPTION: the share of schools whose trust is on file, and how many trusts there are.
TRUST_SHARE: Final = 0.60
TRUSTS: Final = 40

# ---- volunteers ----------------------------------------------------------------------------

# ASSUMPTION: days a week, each as likely; a whole day stands three times.
DAYS_PER_WEEK: Final = ("1", "1", "1", "0.5", "0.4", "0.2")
# ASSUMPTION: most cases that a volunteer takes, a third each; "" is no cap.
MAX_CASES: Final = ("12", "20", "")
# ASSUMPTION: weeks after the programme's first that a volunteer starts in, and how often.
STARTS: Final = ((0, 0.45), (1, 0.15), (2, 0.25), (4, 0.15))
# ASSUMPTION: weeks before the programme's last that a volunteer ends in, and how often.
ENDS: Final = ((0, 0.60), (2, 0.20), (4, 0.20))
# ASSUMPTION: the share whose first week goes in training, after which they work.
TRAINED_LATER: Final = 0.60
# ASSUMPTION: the share whose headteacher has not agreed.
REFUSED: Final = 0.03
# ASSUMPTION: how many phases a volunteer knows, none named being any, and how often.
KNOWN_PHASES: Final = ((0, 0.12), (1, 0.45), (2, 0.43))
# ASSUMPTION: likewise of needs.
KNOWN_NEEDS: Final = ((0, 1 / 3), (3, 2 / 3))
# Needs that a volunteer may name: those that schools appoint for.
NEEDS_KNOWN: Final = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD")

# ---- declared conflicts --------------------------------------------------------------------

# ASSUMPTION: the share of volunteers who declare one, and what it names.
DECLARED: Final = 0.18
DECLARED_KINDS: Final = (
    ("school", 0.85, "A relative works there"),
    ("child", 0.15, "Taught the child before"),
)
