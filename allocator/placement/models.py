"""One row of each table of a round: the columns, what they may hold, what blank means.

These models drive the judging of whole columns, the workbook template and the reference. A field
without a default must be given; a field with one may be blank or left out, and then reads as
that default, which is also what `Round` holds for it.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from allocator.tables.kinds_number import Day, Number, Whole
from allocator.tables.kinds_place import Degrees, Postcode
from allocator.tables.kinds_text import Code, Codes, Id, Text, YesNo

# The codes of primary need that local authorities return to the Department for Education (SEN2).
NEEDS = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH")
# Words that people write instead of a code: for advice alone, never read as the code.
NEED_WORDS = {
    "autism": "ASD",
    "autistic": "ASD",
    "asc": "ASD",
    "adhd": "SEMH",
    "add": "SEMH",
    "besd": "SEMH",
    "ebd": "SEMH",
    "dyslexia": "SPLD",
    "dyspraxia": "SPLD",
    "dcd": "SPLD",
    "dld": "SLCN",
    "speech": "SLCN",
    "deaf": "HI",
    "blind": "VI",
    "physical": "PD",
    "down": "DS",
    "downs": "DS",
    "down syndrome": "DS",
    "other": "OTH",
}
KINDS = (
    "special",
    "resourced",
    "mainstream",
    "independent_special",
    "non_maintained_special",
    "further_education",
    "alternative",
)
GROUNDS = ("unsuitable", "efficient_education", "efficient_resources")

# National curriculum years: nursery -2 to the last year of a plan.
FIRST_YEAR, LAST_YEAR = -2, 14

IdText = Annotated[str, Id()]
Flag = Annotated[bool, YesNo()]
Score = Annotated[int, Whole(0, 1000, unit="points")]
Count = Annotated[int, Whole(0, unit="children")]
Places = Annotated[int, Whole(0, unit="places")]
# A year outside the national curriculum's is a slip, but the contract gives provisions no bounds.
Year = Annotated[int, Whole(-99, 99, unit="national curriculum year")]
Date = Annotated[np.datetime64, Day()]
NO_DAY = np.datetime64("NaT", "s")


class _Row(BaseModel):
    """A row; built from text cells or from values."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class _Located(_Row):
    """A row with a place on the map, given in one of three ways."""


_LAT = Annotated[float, Degrees(49.0, 61.0, unit="degrees", other=(-9.0, 2.5))]
_LON = Annotated[float, Degrees(-9.0, 2.5, unit="degrees", other=(49.0, 61.0))]
_EASTING = Annotated[float, Number(0.0, 700_000.0, unit="metres")]
_NORTHING = Annotated[float, Number(0.0, 1_300_000.0, unit="metres")]
_POSTCODE = Annotated[str, Postcode()]
LOCATION = ("lat", "lon", "easting", "northing", "postcode")


class Child(_Row):
    """children: a child waiting for a place."""

    child_id: IdText = Field(description="Pseudonym of the child", examples=["C0017"])
    year_group: Annotated[int, Whole(FIRST_YEAR, LAST_YEAR, unit="national curriculum year")] = Field(
        description="National curriculum year at intake: reception 0, nursery -1 and -2", examples=["7"]
    )
    sex: Annotated[str, Code(("female", "male"))] = Field(
        "", description="Needed only where a provision admits one sex", examples=["female"]
    )
    primary_need: Annotated[str, Code(NEEDS, NEED_WORDS)] = Field(
        description="Primary need, a SEN2 code", examples=["ASD"]
    )
    secondary_needs: Annotated[str, Codes(NEEDS, NEED_WORDS)] = Field(
        "", description="Other needs, SEN2 codes", examples=["SLCN;MLD"]
    )
    need_score: Score = Field(
        description="Assessed need, 0 to 1000: the higher, the greater", examples=["620"]
    )
    lat: _LAT = Field(
        math.nan, description="Latitude of the home or its postcode, WGS84", examples=["51.2762"]
    )
    lon: _LON = Field(math.nan, description="Longitude, WGS84", examples=["0.5218"])
    easting: _EASTING = Field(math.nan, description="British National Grid, in place of lat and lon")
    northing: _NORTHING = Field(math.nan, description="British National Grid, in place of lat and lon")
    postcode: _POSTCODE = Field("", description="In place of lat and lon, with the policy's postcode table")
    wheelchair: Flag = Field(False, description="Needs an accessible provision", examples=["no"])
    residential: Flag = Field(False, description="Needs a residential place", examples=["no"])
    current_provision_id: IdText = Field("", description="Where the child is on roll today")
    max_minutes: Annotated[float, Number(0.0, 100_000.0, unit="minutes")] = Field(
        math.nan, description="The child's own travel limit, in place of the policy's"
    )
    priority: Annotated[int, Whole(1, 999)] = Field(
        0, description="A class that the policy may put ahead of need, 1 first"
    )
    waiting_since: Date = Field(
        NO_DAY, description="Since when the child has been without a suitable place", examples=["2026-11-06"]
    )
    decide_by: Date = Field(NO_DAY, description="The statutory date for this child", examples=["2027-02-15"])


class School(_Row):
    """schools: a school."""

    school_id: IdText = Field(description="Unique reference number (URN)", examples=["119036"])
    name: Annotated[str, Text()] = Field(description="Name of the school", examples=["An example school"])
    kind: Annotated[str, Code(KINDS)] = Field(description="Kind of school", examples=["special"])
    lat: _LAT = Field(math.nan, description="Latitude, WGS84", examples=["51.2672"])
    lon: _LON = Field(math.nan, description="Longitude, WGS84", examples=["0.4886"])
    easting: _EASTING = Field(math.nan, description="British National Grid, in place of lat and lon")
    northing: _NORTHING = Field(math.nan, description="British National Grid, in place of lat and lon")
    postcode: _POSTCODE = Field("", description="In place of lat and lon, with the policy's postcode table")
    trust_id: IdText = Field("", description="Trust that the school belongs to")
    section_38: Flag = Field(
        False,
        description="Of a type that a parent may request by right "
        "(section 38, Children and Families Act 2014); "
        "blank: yes but for independent_special and alternative",
    )
    selective: Flag = Field(False, description="Selects by ability", examples=["no"])
    pupils: Count = Field(-1, description="Pupils on roll", examples=["239"])
    ehcp_pupils: Count = Field(-1, description="Pupils with an education, health and care plan")
    sen_support_pupils: Count = Field(-1, description="Pupils with SEN support")
    places_total: Places = Field(
        -1, description="Most children placed at the school in this round; blank: no bound"
    )


class Provision(_Row):
    """provisions: a set of like places at a school."""

    provision_id: IdText = Field(description="Id of the provision", examples=["119036-S"])
    school_id: IdText = Field(description="School that it is at", examples=["119036"])
    places: Places = Field(description="Commissioned places free in this round", examples=["12"])
    over_places: Places = Field(0, description="Places that the panel may go over number by", examples=["2"])
    held_places: Places = Field(
        0, description="Of places, how many are kept for later orders", examples=["1"]
    )
    min_places: Places = Field(
        0, description="Opens only with at least so many children (above 1: not built yet)"
    )
    year_from: Year = Field(description="First year admitted", examples=["7"])
    year_to: Year = Field(description="Last year admitted", examples=["11"])
    sex: Annotated[str, Code(("mixed", "female", "male"))] = Field(
        "mixed", description="Sex admitted", examples=["mixed"]
    )
    needs: Annotated[str, Codes(NEEDS, NEED_WORDS)] = Field(
        "", description="Designated needs; blank: any", examples=["SLCN;ASD"]
    )
    score_from: Score = Field(0, description="Lowest need score it is meant for; blank: any")
    score_to: Score = Field(1000, description="Highest need score it is meant for; blank: any")
    accessible: Flag = Field(False, description="Open to wheelchairs", examples=["yes"])
    residential: Flag = Field(False, description="Has residential places", examples=["no"])
    annual_cost: Annotated[float, Number(0.0, unit="pounds a year")] = Field(
        description="Full cost of one place for a year", examples=["27000"]
    )


class Preference(_Row):
    """preferences: a school that a parent asked for."""

    child_id: IdText = Field(description="The child", examples=["C0017"])
    rank: Annotated[int, Whole(1, 1_000)] = Field(description="1 is first; no gaps", examples=["1"])
    school_id: IdText = Field(description="The school asked for", examples=["119036"])


class Journey(_Row):
    """travel: a known journey from a child to a school, one way."""

    child_id: IdText = Field(description="The child", examples=["C0017"])
    school_id: IdText = Field(description="The school", examples=["119036"])
    minutes: Annotated[float, Number(0.0, 100_000.0, unit="minutes")] = Field(
        description="Journey one way, minutes", examples=["24.5"]
    )
    km: Annotated[float, Number(0.0, 100_000.0, unit="kilometres")] = Field(
        description="Journey one way, kilometres", examples=["14.2"]
    )


class Suitability(_Row):
    """suitability: a judged fit of a child and a provision, in place of the rule."""

    child_id: IdText = Field(description="The child", examples=["C0017"])
    provision_id: IdText = Field(description="The provision", examples=["119036-S"])
    suitability: Annotated[int, Whole(0, 100, unit="points")] = Field(
        description="0 to 100; 0 is a value, not a bar", examples=["90"]
    )


class Consultation(_Row):
    """consultations: a school's answer to the authority."""

    child_id: IdText = Field(description="The child", examples=["C0017"])
    school_id: IdText = Field(description="The school", examples=["119036"])
    response: Annotated[str, Code(("can_meet", "can_meet_with_adjustments", "cannot_meet"))] = Field(
        description="The school's answer", examples=["can_meet"]
    )
    ground: Annotated[str, Code(GROUNDS)] = Field("", description="Statutory ground of a cannot_meet")
    upheld: Flag = Field(False, description="Did the panel accept the objection", examples=["no"])
    responded_on: Date = Field(description="Day of the answer", examples=["2026-12-04"])


class Ruling(_Row):
    """rulings: a placement that is fixed, or a pair that is barred, before the solve."""

    child_id: IdText = Field(description="The child", examples=["C0017"])
    provision_id: IdText = Field(description="The provision", examples=["119036-S"])
    action: Annotated[str, Code(("place", "bar"))] = Field(description="Fixed or barred", examples=["place"])
    authority: Annotated[str, Code(("tribunal", "on_roll", "panel", "parent"))] = Field(
        description="Whose ruling it is", examples=["tribunal"]
    )
    reason: Annotated[str, Text(2_000)] = Field(
        description="Why, in words; no names", examples=["Order of 3 December, school named"]
    )


class Link(_Row):
    """links: a child's membership of a group kept together, or apart (not built yet)."""

    link_id: IdText = Field(description="The group", examples=["L01"])
    child_id: IdText = Field(description="The child", examples=["C0017"])
    kind: Annotated[str, Code(("together", "apart"))] = Field(description="Kept together or apart")
    strength: Annotated[str, Code(("must", "should"))] = Field(description="Hard or wished for")
    reason: Annotated[str, Text(2_000)] = Field(description="Why, in words; no names")


# Every table of a round that placing may read, in the order of the contract.
TABLES: dict[str, type[BaseModel]] = {
    "children": Child,
    "schools": School,
    "provisions": Provision,
    "preferences": Preference,
    "travel": Journey,
    "suitability": Suitability,
    "consultations": Consultation,
    "rulings": Ruling,
    "links": Link,
}
REQUIRED = ("children", "schools", "provisions")
# Tables that audit alone may open. Here are their names and nothing else: enough to leave them shut.
AUDIT_ONLY = ("challenge", "groups", "actual")
