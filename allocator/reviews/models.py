"""One row of each table of a review programme: the columns, what they may hold, what blank means.

These models drive the judging of whole columns, the workbook template and the reference. A field
without a default must be given; a field with one may be blank or left out, and then reads as
that default.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from allocator.reviews.kinds import Exact, Monday, Trust
from allocator.tables.kinds_number import Day, Whole
from allocator.tables.kinds_text import Code, Codes, Id, Text, YesNo

# The codes of primary need that local authorities return to the Department for Education (SEN2).
NEEDS = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH")
# Words that people write instead of a code: for advice alone, never read as the code.
NEED_WORDS = {
    "autism": "ASD",
    "autistic": "ASD",
    "adhd": "SEMH",
    "dyslexia": "SPLD",
    "speech": "SLCN",
    "deaf": "HI",
    "blind": "VI",
    "physical": "PD",
    "down": "DS",
    "other": "OTH",
}
PHASES = ("early", "primary", "secondary", "post16")
PHASE_WORDS = {
    "nursery": "early",
    "early years": "early",
    "eyfs": "early",
    "sixth form": "post16",
    "post-16": "post16",
    "college": "post16",
}
# What a declared conflict may name.
CONFLICTS = ("school", "trust", "child", "case")
NO_DAY = np.datetime64("NaT", "s")
# Hours that a week has.
WEEK = 168

IdText = Annotated[str, Id()]
TrustText = Annotated[str, Trust()]
Date = Annotated[np.datetime64, Day()]
Week = Annotated[np.datetime64, Monday()]
Hours = Annotated[Decimal, Exact(WEEK, unit="hours")]
Reason = Annotated[str, Text(2_000)]


class _Row(BaseModel):
    """A row; built from text cells or from values."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class Case(_Row):
    """cases: an annual review that is due."""

    case_id: IdText = Field(description="Pseudonym of the case", examples=["R0001"])
    child_id: IdText = Field(description="Pseudonym of the child", examples=["C0017"])
    school_id: IdText = Field(description="The school named in the plan, URN", examples=["119036"])
    phase: Annotated[str, Code(PHASES, PHASE_WORDS)] = Field(
        description="Phase of education", examples=["primary"]
    )
    primary_need: Annotated[str, Code(NEEDS, NEED_WORDS)] = Field(
        description="Primary need, a SEN2 code", examples=["ASD"]
    )
    due: Date = Field(description="The day that the review was or is due", examples=["2026-03-20"])
    hours: Annotated[Decimal, Exact(10_000, positive=True, unit="hours")] = Field(
        description="Time that reading it takes, more than 0", examples=["3"]
    )
    priority: Annotated[int, Whole(1)] = Field(description="1 is the most urgent", examples=["2"])
    ready_from: Date = Field(
        NO_DAY, description="The papers are there from this day; blank: they are there", examples=[""]
    )
    trust_id: TrustText = Field(
        "", description="Trust of the named school; none: it is in no trust; blank: not known"
    )


class Volunteer(_Row):
    """volunteers: somebody whom a school lends for some weeks."""

    volunteer_id: IdText = Field(description="Pseudonym of the volunteer", examples=["V001"])
    school_id: IdText = Field(description="The school that employs the volunteer, URN", examples=["118975"])
    trust_id: TrustText = Field(
        "", description="Trust of that school; none: it is in no trust; blank: not known"
    )
    headteacher_agreed: Annotated[bool, YesNo()] = Field(
        description="Has the headteacher agreed; with no, no case is ever given", examples=["yes"]
    )
    days_per_week: Annotated[Decimal, Exact(1, unit="days")] = Field(
        description="Days a week, 0 to 1", examples=["0.5"]
    )
    first_week: Week = Field(NO_DAY, description="First week, a Monday; blank: the programme's first")
    last_week: Week = Field(NO_DAY, description="Last week, a Monday; blank: the programme's last")
    trained_from: Week = Field(NO_DAY, description="Works from this Monday on; blank: at once")
    phases: Annotated[str, Codes(PHASES, PHASE_WORDS)] = Field(
        "", description="Phases that the volunteer knows; blank: any", examples=["primary;early"]
    )
    needs: Annotated[str, Codes(NEEDS, NEED_WORDS)] = Field(
        "", description="Needs that the volunteer knows, SEN2 codes; blank: any"
    )
    max_cases: Annotated[int, Whole(0, unit="cases")] = Field(
        -1, description="Most cases over the whole programme; blank: no cap", examples=["12"]
    )


class Availability(_Row):
    """availability: a volunteer's hours in one week, in place of the usual ones."""

    volunteer_id: IdText = Field(description="The volunteer", examples=["V001"])
    week: Week = Field(description="The week, by its Monday", examples=["2027-01-18"])
    hours: Hours = Field(description="Hours in that week", examples=["2.5"])


class Conflict(_Row):
    """conflicts: what a volunteer has declared to be too near to."""

    volunteer_id: IdText = Field(description="The volunteer", examples=["V001"])
    kind: Annotated[str, Code(CONFLICTS)] = Field(description="What is named", examples=["school"])
    id: IdText = Field(description="Id of that school, trust, child or case", examples=["119036"])
    reason: Reason = Field(description="Why, in words; no names", examples=["A relative works there"])


class Officer(_Row):
    """officers: the authority's own time for signing off, a week."""

    week: Week = Field(description="The week, by its Monday", examples=["2027-01-18"])
    hours: Annotated[Decimal, Exact(1_000_000, unit="hours")] = Field(
        description="Hours of all officers in that week", examples=["30"]
    )


class HandedBack(_Row):
    """handed_back: a case that a volunteer knew, and gave back unread."""

    case_id: IdText = Field(description="The case", examples=["R0001"])
    volunteer_id: IdText = Field(description="The volunteer", examples=["V001"])
    week: Week = Field(description="The week that it was given for, by its Monday", examples=["2027-01-18"])
    reason: Reason = Field(description="Why, in words; no names", examples=["Known to me"])


# Every table of a programme, in the order of the contract.
TABLES: dict[str, type[BaseModel]] = {
    "cases": Case,
    "officers": Officer,
    "volunteers": Volunteer,
    "availability": Availability,
    "conflicts": Conflict,
}
REQUIRED = ("cases", "volunteers")
