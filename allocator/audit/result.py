"""What an audit gives: everything that its report, workbook and JSON show, and nothing else.

Plain values and frames. Whoever writes a page reads this, and never the round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Passed:
    """Who was passed over, and how far the actual allocation is from the nearest need-based one.

    Parameters
    ----------
    pairs : DataFrame, sorted by passed_over, provision_id, holder
        A row for each direct pair: passed_over, passed_level, holder, holder_level, provision_id,
        school_id. Levels are the need scores, bands or classes that the policy ranks by.
    children : int
        Children in `passed_over` of the pairs.
    by_chain : DataFrame, sorted by child_id
        child_id, level, ends ("free place" or "holder"), provision_id (where it ends), loses (the
        holder of lesser level, or blank), moves (how many children move), sentence. One row, the
        shortest chain, for each child who could be placed by a chain and is in no direct pair.
    at_once : int
        The most children without a place who could be placed at the same time while none of
        greater or like level loses theirs: gained by the need-based allocation.
    least_changes : int or None
        Rows that differ from the nearest need-based allocation; None with `why_not` where it
        cannot be proven.
    gained, lost, moved : int
        Of these: placed though unplaced before, unplaced though placed before, placed elsewhere.
    changes : DataFrame, sorted by child_id
        child_id, level, actual_provision_id, nearest_provision_id, change ("gains", "loses", "moves").
    at_least : int
        The largest set of disjoint direct pairs: at least so many decisions.
    why_not : str
    """

    pairs: pd.DataFrame
    children: int
    by_chain: pd.DataFrame
    at_once: int
    least_changes: int | None
    gained: int
    lost: int
    moved: int
    changes: pd.DataFrame
    at_least: int
    why_not: str = ""


@dataclass(frozen=True)
class Concordance:
    """Need-order concordance, or null where there are no pairs.

    Parameters
    ----------
    value, low, high : float or None
        The share, and its 95 % interval (bootstrap over children, seeded).
    pairs : int
    """

    value: float | None
    low: float | None
    high: float | None
    pairs: int


@dataclass(frozen=True)
class PressureFinding:
    """One column of pressure, as FORMATS section 5 names it, with the evidence behind it.

    Parameters
    ----------
    column : str
    entry : dict
        effect, low, high, p, p_raw, power, bound, gamma, n, n_pressured, verdict: numbers are
        finite or None.
    more : dict
        odds_ratio, odds_low, odds_high, points, points_low, points_high, p_exact, p_effect, p_joint,
        effect_corrected, corrected_low, corrected_high, reliability_needed, information, own
        (whether the column holds beside the others, or only goes with them).
    sentence : str
        The verdict in plain words: never a person, never "because".
    """

    column: str
    entry: dict[str, Any]
    more: dict[str, Any]
    sentence: str


@dataclass(frozen=True)
class AuditResult:
    """An audit of one round.

    Parameters
    ----------
    round : dict
        id, title, as_of (ISO), need_by ("need", "band" or "priority"), children.
    routes : DataFrame
        route, children, placed, unplaced, fixed, judged: a row a route, in the order of the law.
    unlike : DataFrame, sorted by child_id
        child_id, provision_id, codes: rows in a place that the round's rules call impossible.
    passed : Passed
    departures : DataFrame, sorted by child_id, holder
        Every place where the actual allocation departs from need order: child_id, level, kind
        ("passed over" or "changed"), provision_id, holder, cause ("order", "parental_right",
        "on_roll", "upheld_objection", "panel_ruling", "unlike_data", "unexplained"), reason.
    causes : DataFrame
        cause, departures, children.
    concordance : Concordance
    schools : DataFrame, sorted by school_id
        school_id, kind, consulted, refused, refused_fitting (of those whose pair is otherwise
        eligible), upheld, not_upheld, and a column for each ground; share, low, high; like_share,
        like_low, like_high (schools of the same kind), n_like.
    gains : DataFrame
        What the need-based allocation would have changed, tidy: dimension ("all", "band", or a
        group column), group, measure ("placed", "suitability", "minutes", "cost" ...), actual,
        need_based, change.
    pressure : tuple of PressureFinding
        One a column of challenge.csv, in the order of the file; empty where there is none.
    pressure_notes : dict
        at_risk, placed, removed_by_orders, noise, strata, method notes, verdict over all routes.
    fairness : DataFrame
        The long tidy table of allocator.fairness for the actual allocation and the need-based one.
    notes : tuple of str
        What the measures do not show.
    status : str
        "optimal" where the need-based allocation is proven, else "feasible".
    seconds : dict of str to float
    """

    round: dict[str, Any]
    routes: pd.DataFrame
    unlike: pd.DataFrame
    passed: Passed
    departures: pd.DataFrame
    causes: pd.DataFrame
    concordance: Concordance
    schools: pd.DataFrame
    gains: pd.DataFrame
    pressure: tuple[PressureFinding, ...]
    pressure_notes: dict[str, Any]
    fairness: pd.DataFrame
    notes: tuple[str, ...]
    status: str
    seconds: dict[str, float] = field(default_factory=dict)
