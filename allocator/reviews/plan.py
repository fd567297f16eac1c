"""How many more volunteers, of which phase and need, would clear what a schedule leaves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from allocator.core.calendar.problem import Ints
from allocator.reviews.figures import exact_hours
from allocator.reviews.models import NEEDS, PHASES
from allocator.reviews.plan_figure import PlanFigure, one_load, together
from allocator.reviews.plan_load import Load
from allocator.reviews.plan_standard import Standard, standard_of
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import Schedule
from allocator.reviews.weeks import officer_units, open_weeks, past_weeks

# Needs that one volunteer may be asked to know, where not all of them.
NEEDS_AT_MOST = 3


@dataclass(frozen=True)
class LeftGroup:
    """Cases left of one phase and need.

    Parameters
    ----------
    phase, need : str
        Codes.
    cases : int
    hours : Fraction
        Their hours, handling included.
    """

    phase: str
    need: str
    cases: int
    hours: Fraction


@dataclass(frozen=True)
class Plan:
    """How many more volunteers would clear what a schedule leaves, within the weeks that are left.

    All of them give the hours of `standard`, from the first open week to come to the last, are trained,
    have no cap on cases, and are barred from none. The schedule stays as it is: what is free in
    it is not used. Second readings are not planned for.

    Parameters
    ----------
    standard : Standard
    left : tuple of LeftGroup
        What the schedule leaves, the most hours first.
    too_long : tuple of str
        Ids of cases longer than a whole day; no volunteer of the plan can read them.
    not_ready : tuple of str
        Ids of cases that are ready only after the last open week.
    with_expertise : PlanFigure
        Each case is read by somebody who knows its phase and need. A volunteer is asked for one
        phase, and any need or up to three: first as few volunteers as can be, then as few of them as can
        be who must know any need. The needs of a phase are put together in threes, those with the
        most hours left first.
    anyone : PlanFigure
        Expertise aside.
    officer_cases : int or None
        Cases that the officers can still sign off in the open weeks to come, beyond those scheduled;
        None where signing off takes no time.
    officers_enough : bool
        Whether they can sign off every case that is planned.
    """

    standard: Standard
    left: tuple[LeftGroup, ...]
    too_long: tuple[str, ...]
    not_ready: tuple[str, ...]
    with_expertise: PlanFigure
    anyone: PlanFigure
    officer_cases: int | None
    officers_enough: bool


def plan(programme: Programme, schedule: Schedule) -> Plan:
    """Return how many more volunteers would clear what a schedule leaves.

    Parameters
    ----------
    programme : Programme
    schedule : Schedule
        Of all the cases of the programme.
    """
    cases, ids = programme.cases, programme.cases["case_id"].to_numpy(dtype=object)
    left = np.flatnonzero(schedule.week < 0)
    start, weeks = _starts(programme)
    standard = standard_of(programme, programme.case_units[left], weeks)
    long = programme.case_units > standard.most_units
    late = start >= weeks
    rows = left[~long[left] & ~late[left]]
    phase = np.searchsorted(_sorted(PHASES), cases["phase"].to_numpy(dtype=str))
    need = np.searchsorted(_sorted(NEEDS), cases["primary_need"].to_numpy(dtype=str))
    free = _officer_cases(programme, schedule)
    return Plan(
        standard=standard,
        left=_left(programme, left),
        too_long=tuple(ids[left[long[left]]].tolist()),
        not_ready=tuple(ids[left[~long[left] & late[left]]].tolist()),
        with_expertise=together(
            [
                one_load(
                    programme, *_of_phase(programme, rows[phase[rows] == k], start, need, standard), code
                )
                for k, code in enumerate(_sorted(PHASES).tolist())
                if (phase[rows] == k).any()
            ]
        ),
        anyone=one_load(programme, _load(programme, rows, start, np.zeros_like(rows), standard), (), ""),
        officer_cases=free,
        officers_enough=free is None or free >= len(rows),
    )


def _sorted(codes: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return np.array(sorted(codes))


def _starts(programme: Programme) -> tuple[Ints, int]:
    """Return each case's first week among the open weeks to come, and how many these are."""
    heading = programme.policy.programme
    open_ = open_weeks(heading)
    open_[: past_weeks(heading)] = False
    before = np.append(0, np.cumsum(open_))
    return before[programme.cases["ready_week"].to_numpy(dtype=np.int64)], int(open_.sum())


def _load(programme: Programme, rows: Ints, start: Ints, group: Ints, standard: Standard) -> Load:
    return Load(programme.case_units[rows], start[rows], group, standard.units, standard.weeks)


def _of_phase(
    programme: Programme, rows: Ints, start: Ints, need: Ints, standard: Standard
) -> tuple[Load, tuple[tuple[str, ...], ...]]:
    """Return the cases of one phase with their needs in groups of three, the most hours first."""
    units = np.bincount(need[rows], programme.case_units[rows], minlength=len(NEEDS))
    order = [k for k in np.argsort(-units, kind="stable").tolist() if units[k]]
    place = np.zeros(len(NEEDS), dtype=np.int64)
    place[order] = np.arange(len(order)) // NEEDS_AT_MOST
    codes = _sorted(NEEDS)[order].tolist()
    groups = tuple(
        tuple(codes[first : first + NEEDS_AT_MOST]) for first in range(0, len(codes), NEEDS_AT_MOST)
    )
    return _load(programme, rows, start, place[need[rows]], standard), groups


def _left(programme: Programme, rows: Ints) -> tuple[LeftGroup, ...]:
    phases, needs = (programme.cases[name].to_numpy(dtype=str)[rows] for name in ("phase", "primary_need"))
    sums: dict[tuple[str, str], list[int]] = {}
    kinds = zip(phases.tolist(), needs.tolist(), strict=True)
    for kind, units in zip(kinds, programme.case_units[rows].tolist(), strict=True):
        both = sums.setdefault(kind, [0, 0])
        both[0] += 1
        both[1] += units
    ranked = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    return tuple(
        LeftGroup(phase, need, number, exact_hours(units, programme))
        for (phase, need), (number, units) in ranked
    )


def _officer_cases(programme: Programme, schedule: Schedule) -> int | None:
    """Return how many more cases the officers can sign off in the open weeks to come."""
    units = officer_units(programme)
    if units is None:
        return None
    heading = programme.policy.programme
    done = np.bincount(schedule.week[schedule.week >= 0], minlength=heading.weeks)
    spare = np.maximum(units // programme.signoff_units - done, 0)
    open_ = open_weeks(heading)
    open_[: past_weeks(heading)] = False
    return int(spare[open_].sum())
