"""The items that a reader goes through for each case, where the policy gives none of its own.

They are composed from what published practice on annual reviews asks for; an authority that has a
quality framework writes its own words into ``[quality] checklist``.
"""

from __future__ import annotations

DEFAULT_ITEMS = (
    "The right people were asked to the review, and their reports were sent round beforehand",
    "The child’s or young person’s views are recorded, and how they were sought",
    "The parents’ views are recorded; where they differ from others’, the difference is recorded",
    "Sections B, C and D still describe the child’s needs as they are now",
    "Progress is judged against the outcomes in section E, and the outcomes are current",
    "The provision in section F is specific: what, how often, how long, by whom",
    "The provision in section F was really given, and what was not given is named",
    "Advice from health and social care was asked for, and sections G and H follow it",
    "From year 9: preparing for adulthood is covered (work, home, community, health)",
    "Before a change of phase: the next phase and the date by which it must be named are stated",
    "The school or setting is still right, or the change that is asked for is named",
    "Attendance, a personal budget and any change of funding asked for are recorded",
    "It is clear what the review recommends: to maintain, to amend or to cease the plan, and why",
)
