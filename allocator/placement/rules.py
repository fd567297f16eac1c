"""Eligibility: one function a rule, each with its code, statutory ground and source.

A child may hold a place at a provision exactly when every rule holds; no other column
decides. A function takes columns of children and of provisions that broadcast against
each other, or aligned facts of pairs, and returns where the rule holds.

The ground is the exception of section 39(4) of the Children and Families Act 2014 that a
refusal of a parent's request for that reason would have to stand on, or "none". It is
what would have to be shown, not what has been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocator.placement.columns import Bools, ChildColumns, Columns, Floats, Ints, ProvisionColumns
from allocator.travel.journeys import UNKNOWN

UNSUITABLE = "unsuitable"
EFFICIENT_RESOURCES = "efficient_resources"
NONE = "none"


@dataclass(frozen=True)
class Facts:
    """What is known of some pairs, aligned arrays.

    Parameters
    ----------
    child, provision : int64, shape (n,)
        Indices of the pair.
    suitability : int64, shape (n,)
        0 to 100, -1 where neither a judgement nor a designation gives one.
    tenths : int64, shape (n,)
        Journey in tenths of a minute, `UNKNOWN` where not known.
    km : float64, shape (n,)
    """

    child: Ints
    provision: Ints
    suitability: Ints
    tenths: Ints
    km: Floats


@dataclass(frozen=True)
class StaticRule:
    """A rule on a child's and a provision's own columns alone."""

    code: str
    ground: str
    source: str
    holds: Callable[[ChildColumns, ProvisionColumns], Bools]


@dataclass(frozen=True)
class PairRule:
    """A rule on what is known of the pair."""

    code: str
    ground: str
    source: str
    holds: Callable[[Columns, Facts], Bools]


def year(c: ChildColumns, p: ProvisionColumns) -> Bools:
    """The child's year group is one that the provision admits."""
    fits: Bools = (p.year_from <= c.year_group) & (c.year_group <= p.year_to)
    return fits


def sex(c: ChildColumns, p: ProvisionColumns) -> Bools:
    """The provision is mixed, or admits the child's sex; an unknown sex fits mixed only."""
    fits: Bools = (p.sex == 0) | (p.sex == c.sex)
    return fits


def score(c: ChildColumns, p: ProvisionColumns) -> Bools:
    """The need score lies within the scores that the provision is meant for."""
    fits: Bools = (p.score_from <= c.need_score) & (c.need_score <= p.score_to)
    return fits


def access(c: ChildColumns, p: ProvisionColumns) -> Bools:
    """A child who uses a wheelchair needs an accessible provision."""
    return ~c.wheelchair | p.accessible


def residential(c: ChildColumns, p: ProvisionColumns) -> Bools:
    """A child who needs residence needs a residential provision; others may use any."""
    return ~c.residential | p.residential


def need(columns: Columns, facts: Facts) -> Bools:
    """The provision is designated for the child's need, or a judgement says how it fits."""
    return np.greater_equal(facts.suitability, 0)


def too_far(columns: Columns, facts: Facts) -> Bools:
    """The journey is known and, under a hard limit, not longer than the child's limit."""
    known: Bools = np.asarray(facts.tenths != UNKNOWN, dtype=bool)
    if columns.round.policy.travel.limit == "soft":
        return known
    return known & ~over_limit(columns, facts)


def barred(columns: Columns, facts: Facts) -> Bools:
    """No ruling bars the pair."""
    return np.equal(columns.barred.get(facts.child, facts.provision, 0), 0)


def objection_upheld(columns: Columns, facts: Facts) -> Bools:
    """The panel has not upheld an objection of the school to this child."""
    school = columns.provisions.school[facts.provision]
    return np.less(columns.objections.get(facts.child, school, -1), 0)


STATIC_RULES = (
    StaticRule("year", UNSUITABLE, "CFA 2014 s39(4)(a): age", year),
    StaticRule("sex", NONE, "the school's own admission of one sex; Equality Act 2010 sch. 11", sex),
    StaticRule("score", UNSUITABLE, "CFA 2014 s39(4)(a): special educational needs", score),
    StaticRule("access", UNSUITABLE, "CFA 2014 s39(4)(a): special educational needs", access),
    StaticRule("residential", UNSUITABLE, "CFA 2014 s39(4)(a): special educational needs", residential),
)
PAIR_RULES = (
    PairRule("need", UNSUITABLE, "CFA 2014 s39(4)(a): special educational needs", need),
    PairRule("too_far", EFFICIENT_RESOURCES, "CFA 2014 s39(4)(b); home-to-school travel guidance", too_far),
    PairRule("barred", NONE, "a ruling of the tribunal, the panel or the parent", barred),
    PairRule("objection_upheld", NONE, "CFA 2014 s39: the ground that the panel upheld", objection_upheld),
)
# The order in which several failing rules are joined in options.csv.
CODE_ORDER = (
    "year", "sex", "need", "score", "access", "residential", "too_far", "barred", "objection_upheld",
)  # fmt: skip
GROUND = {rule.code: rule.ground for rule in (*STATIC_RULES, *PAIR_RULES)}


def over_limit(columns: Columns, facts: Facts) -> Bools:
    """Say which journeys are known and longer than the child's limit, after rounding."""
    limit = columns.children.limit_minutes[facts.child]
    known: Bools = facts.tenths != UNKNOWN
    return known & (facts.tenths / 10.0 > limit)


def suitability_of(columns: Columns, child: Ints, provision: Ints) -> Ints:
    """Return the suitability of pairs: the judgement, else the rule's, else -1.

    Parameters
    ----------
    child, provision : int64, shape (n,)

    Returns
    -------
    int64, shape (n,)
    """
    policy = columns.round.policy.eligibility
    c, needs = columns.children, columns.provisions.needs[provision]
    fit = np.full(len(child), -1, dtype=np.int64)
    if policy.match == "any":
        fit[(c.secondary[child] & needs) != 0] = policy.secondary_suitability
    fit[(c.primary[child] & needs) != 0] = policy.primary_suitability
    fit[needs == 0] = policy.unspecialised_suitability
    judged = columns.judged.get(child, provision, -1)
    return np.where(judged >= 0, judged, fit)


def facts_of(columns: Columns, child: Ints, provision: Ints) -> Facts:
    """Gather what is known of pairs, whether eligible or not."""
    journeys = columns.journeys.journeys(child, columns.provisions.school[provision])
    return Facts(child, provision, suitability_of(columns, child, provision), journeys.tenths, journeys.km)


def failing(columns: Columns, facts: Facts) -> dict[str, Bools]:
    """Return, for each rule's code, where it does not hold."""
    c, p = columns.children.take(facts.child), columns.provisions.take(facts.provision)
    fails = {rule.code: ~rule.holds(c, p) for rule in STATIC_RULES}
    fails |= {rule.code: ~rule.holds(columns, facts) for rule in PAIR_RULES}
    return {code: fails[code] for code in CODE_ORDER}
