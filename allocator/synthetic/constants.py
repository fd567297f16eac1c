"""Every figure that the invented rounds rest on, with its source.

Marks before a figure: **C** counted or printed in the source; **D** worked out here from a C
figure; **ASSUMPTION** no figure was found, the value is a judgement and is free to change.

Sources
-------
SEN2
    Department for Education, Education, health and care plans, reporting year 2025 (January
    2025 caseload, calendar year 2024 for new plans). Open Government Licence v3.
SCAP
    Department for Education, School capacity, 2023/24 (May 2024) and 2022/23 (May 2023).
GIAS
    Department for Education, Get information about schools, with published headcounts 2024/25.
CENSUS
    Department for Education, Schools, pupils and their characteristics 2023/24, as reported by Tes:
    1,830 special schools of all kinds with 188,426 pupils.
IMD
    Ministry of Housing, Communities and Local Government, English indices of deprivation 2019.
OS
    Code-Point Open, August 2014: contains Ordnance Survey data © Crown copyright and database
    right 2014, Royal Mail data © Royal Mail copyright and database right 2014, National
    Statistics data © Crown copyright and database right 2014.
KENT
    Kent County Council figures as reported in 2025: places, spending, special schools review.
FOI
    Answers of councils on the cost of places, reported by Schools Week in March 2026.
TRIBUNAL
    Ministry of Justice, SEND tribunal appeals by local authority, 2014 to 2024.
SUTTON
    Sutton Trust, survey of 4,008 parents, August 2025, and report of October 2025 on free school
    meals among children with plans.
"""

from __future__ import annotations

from typing import Final, NamedTuple

# ---- needs ---------------------------------------------------------------------------------

# C, SEN2: the codes of primary need, in the contract's order.
NEEDS: Final = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH")

# C, SEN2: plans of pupils in special schools by primary need, January 2025 (Kent 8,030 and
# England 193,010 with a need recorded; Down syndrome is not yet counted apart).
NEED_MIX: Final = {
    "kent": (87, 282, 547, 294, 1157, 976, 29, 23, 16, 207, 4411, 0, 1),
    "england": (2680, 19486, 15497, 6255, 30951, 33538, 1918, 1105, 704, 7854, 70747, 0, 2275),
}

# C, SEN2: Kent plans by need and age, ages 3-10, 11-15, 16-18 (all placements). Only the tilt of
# each need towards an age is used.
NEED_BY_PHASE: Final = (
    (59, 239, 217, 139, 666, 1835, 64, 35, 13, 246, 3520, 0, 1),
    (191, 479, 297, 135, 1840, 1181, 78, 30, 8, 211, 3688, 0, 3),
    (98, 207, 174, 67, 1012, 379, 32, 17, 3, 115, 1584, 0, 0),
)

# C, SEN2: Kent plans of girls and of boys by need (all placements).
GIRLS_BY_NEED: Final = (137, 399, 331, 160, 1075, 1113, 87, 43, 16, 263, 2319, 0, 1)
BOYS_BY_NEED: Final = (249, 642, 476, 212, 2758, 2470, 107, 46, 11, 381, 7216, 0, 3)
# C, SEN2: the share of girls among pupils with plans in special schools: Kent 2,178 of 8,050,
# England 53,541 of 193,879.
GIRLS_SHARE: Final = {"kent": 2178 / 8050, "england": 53541 / 193879}

# ASSUMPTION: share of children with at least one, and with two, secondary needs.
SECONDARY_ONE: Final = 0.45
SECONDARY_TWO: Final = 0.10
# ASSUMPTION: what goes with what; weights for each primary need, 0.2 for any other need.
SECONDARY_WEIGHTS: Final = {
    "SPLD": {"SLCN": 6, "SEMH": 6, "MLD": 3},
    "MLD": {"SLCN": 9, "SEMH": 6, "ASD": 6},
    "SLD": {"ASD": 9, "SLCN": 9, "PD": 4, "VI": 2, "HI": 2, "DS": 4},
    "PMLD": {"PD": 12, "VI": 6, "HI": 3, "MSI": 4, "SLCN": 3},
    "SEMH": {"ASD": 8, "SLCN": 8, "SPLD": 4, "MLD": 4},
    "SLCN": {"ASD": 10, "SEMH": 6, "MLD": 6},
    "HI": {"SLCN": 9, "ASD": 2, "VI": 2},
    "VI": {"PD": 4, "SLD": 2, "HI": 2},
    "MSI": {"SLD": 6, "PD": 6, "PMLD": 3},
    "PD": {"SLD": 5, "MLD": 4, "SLCN": 5, "VI": 3},
    "ASD": {"SLCN": 12, "SEMH": 10, "MLD": 6, "SLD": 5, "SPLD": 2},
    "DS": {"MLD": 6, "SLD": 6, "SLCN": 9},
    "OTH": {"SLCN": 4, "SEMH": 4},
}

# ---- assessed need -------------------------------------------------------------------------

# ASSUMPTION: middle of the latent severity by need, on the scale 0 to 1,000. Only the order is
# sourced: published band descriptors put profound and severe needs first, moderate ones last.
SEVERITY_MEAN: Final = (340, 400, 680, 820, 520, 430, 470, 520, 700, 560, 500, 600, 450)
# ASSUMPTION: spread of severity among children of one need.
SEVERITY_SD: Final = 140.0
# ASSUMPTION: standard deviation of one rater about the truth (0 = no measurement error).
RATER_ERROR: Final = 60.0
# ASSUMPTION: a rater's points come in steps, as in matrices of 4 areas and 11 domains, so that
# scores tie; the score is the mean of two raters.
RATER_STEP: Final = 10
# The contract's default bands.
BANDS: Final = (("A", 750), ("B", 500), ("C", 250), ("D", 0))

# ---- who comes to a round ------------------------------------------------------------------

# D, SEN2: phase transfers due 19.8 % of plans (2026), new plans 15.3 % (97,747 of 638,745).
TRANSFER_SHARE: Final = 0.198 / (0.198 + 0.153)
# D, SEN2: year group at intake of a transfer, by Kent's special school roll of age 4, 11, 16.
TRANSFER_YEARS: Final = {0: 222, 7: 811, 12: 385}
# C, SEN2: 600 Kent children given a special school place with a new plan in 2024, by age at
# start less 4, which is the year group (age 4 is reception).
NEW_YEARS: Final = {
    -1: 2, 0: 134, 1: 111, 2: 32, 3: 22, 4: 29, 5: 21, 6: 29, 7: 43, 8: 31, 9: 40, 10: 51, 11: 34,
    12: 17, 13: 3, 14: 1,
}  # fmt: skip
# ASSUMPTION: wheelchair users by need.
WHEELCHAIR_SHARE: Final = (0.01, 0.01, 0.08, 0.70, 0.005, 0.005, 0.02, 0.03, 0.25, 0.45, 0.01, 0.02, 0.02)
# D, SEN2: residential placements over special school roll, Kent, by age to 10, 11-15, 16 and
# over (3 of 2,742; 28 of 4,327; 52 of 981).
RESIDENTIAL_SHARE: Final = (0.0011, 0.0065, 0.053)
# ASSUMPTION: children who now hold a place at a provision of this round.
ON_ROLL_SHARE: Final = 0.12
# ASSUMPTION: looked-after children.
LOOKED_AFTER_SHARE: Final = 0.04
# ASSUMPTION: children with a travel limit of their own, and the limits, minutes.
OWN_LIMIT_SHARE: Final = 0.015
OWN_LIMITS: Final = (30, 40, 60, 90)
# ASSUMPTION: share of transfers, of others, who wait without a suitable place.
WAITING_SHARE: Final = (0.25, 0.80)
# C, SEN2: plans issued in Kent in 2024 within 20 weeks 33.3 %, to a year 52.2 %, over a year
# 14.5 %; taken as the time waited. ASSUMPTION: even within each stretch, none over two years.
WAITING_DAYS: Final = ((7, 140, 0.333), (140, 365, 0.522), (365, 730, 0.145))
# ASSUMPTION: others (not transfers) with a statutory date still ahead, days from as_of.
DECISION_SHARE: Final = 0.6
DECISION_DAYS: Final = (7, 98)
# C, Special Educational Needs and Disability Regulations 2014: dates of the transfer year.
TRANSFER_DATE: Final = (2, 15)
POST16_DATE: Final = (3, 31)
# C, the same, regulation 44: days to carry out an order that names a school.
ORDER_DAYS: Final = 14

# ---- schools and provisions ----------------------------------------------------------------

# ASSUMPTION: schools in a round of so many children; between, a straight line in logarithms.
# Kent and Medway have 74 special schools (C, GIAS); England 1,830 (C, CENSUS).
SCHOOL_LADDER: Final = ((1, 2), (60, 6), (600, 24), (3_000, 80), (100_000, 1_000), (600_000, 4_000))


class Group(NamedTuple):
    """A class group: a letter for its id, its needs ("" = any), its share, how often accessible."""

    letter: str
    needs: str
    share: float
    accessible: float


class Model(NamedTuple):
    """A kind of school: its share of all schools, the phases it has, its class groups."""

    kind: str
    share: float
    phases: str
    groups: tuple[Group, ...]


# ASSUMPTION in the shares; C in the patterns: designations of 21 special schools in and about
# Kent (GIAS), Kent's own types (behaviour, communication, physical, profound and complex), and
# phases of special schools in England, 614 all-through, 277 secondary, 198 primary (SCAP 2024).
SCHOOL_MODELS: Final = (
    Model("special", 0.16, "PSF", (
        Group("", "MLD;SLD;SLCN;ASD", 0.7, 0.7), Group("C", "SLD;PMLD;HI;VI;MSI;PD;DS", 0.3, 1.0))),
    Model("special", 0.09, "PSF", (Group("", "SLCN;ASD", 1.0, 0.6),)),
    Model("special", 0.03, "SF", (Group("", "SLCN;ASD;OTH", 1.0, 0.6),)),
    Model("special", 0.02, "P", (Group("", "SLCN;ASD", 1.0, 0.6),)),
    Model("special", 0.08, "PS", (Group("", "SEMH", 1.0, 0.5),)),
    Model("special", 0.02, "SF", (Group("", "SEMH", 1.0, 0.5),)),
    Model("special", 0.03, "PS", (Group("", "SPLD;MLD;SEMH;SLCN;ASD", 1.0, 0.6),)),
    Model("special", 0.02, "PSF", (Group("", "PMLD;HI;VI;MSI;PD", 1.0, 1.0),)),
    Model("independent_special", 0.09, "SF", (Group("", "SLCN;ASD", 1.0, 0.4),)),
    Model("independent_special", 0.09, "S", (Group("", "SEMH;ASD", 1.0, 0.3),)),
    Model("independent_special", 0.07, "PS", (Group("", "SPLD;MLD;SEMH;SLCN;ASD", 1.0, 0.3),)),
    Model("independent_special", 0.06, "SF", (Group("", "MLD;SEMH;ASD", 1.0, 0.3),)),
    Model("resourced", 0.08, "P", (Group("", "SLCN;ASD", 1.0, 0.7),)),
    Model("resourced", 0.04, "S", (Group("", "SLCN;ASD", 1.0, 0.7),)),
    Model("resourced", 0.02, "P", (Group("", "HI;VI;PD", 1.0, 1.0),)),
    Model("resourced", 0.02, "S", (Group("", "SPLD;HI;VI;PD", 1.0, 1.0),)),
    Model("non_maintained_special", 0.03, "PSF", (Group("", "SEMH;SLCN;HI;ASD;OTH", 1.0, 0.6),)),
    Model("further_education", 0.03, "F", (Group("", "", 1.0, 1.0),)),
    Model("alternative", 0.02, "S", (Group("", "SEMH", 1.0, 0.4),)),
)  # fmt: skip
# A special school smaller than this has one mixed group a phase (ASSUMPTION).
SPLIT_ROLL: Final = 120
# Years of each phase at intake, both ends; nursery classes only with profound needs.
PHASE_YEARS: Final = {"P": (0, 6), "S": (7, 11), "F": (12, 14)}
NURSERY_YEAR: Final = -1

# Mean roll. C, KENT: state special schools, 24 with about 6,500 pupils. D, SCAP 2023: England
# 152,000 over 1,077. D, CENSUS less SCAP: independent special, (188,426 - 152,000) over
# (1,830 - 1,077). C, GIAS: a non-maintained school in Kent 62. ASSUMPTION: colleges, alternative.
ROLL_MEAN: Final = {
    "kent": {"special": 270, "independent_special": 48, "non_maintained_special": 62,
             "further_education": 120, "alternative": 60},
    "england": {"special": 141, "independent_special": 48, "non_maintained_special": 62,
                "further_education": 120, "alternative": 60},
}  # fmt: skip
# D, GIAS: standard deviation of the logarithm of 13 state special school rolls in Kent, Medway.
ROLL_SPREAD: Final = 0.66
# ASSUMPTION: smallest and largest roll of a school.
ROLL_RANGE: Final = (12, 900)
# ASSUMPTION: places of a resourced base, and rolls of the mainstream school around it.
BASE_PLACES: Final = (8, 20)
MAINSTREAM_ROLL: Final = {"P": 300, "S": 1050}
MAINSTREAM_SPREAD: Final = 0.3
# ASSUMPTION, near the national shares: pupils with plans and with SEN support in a mainstream roll.
MAINSTREAM_PLANS: Final = 0.05
MAINSTREAM_SUPPORT: Final = 0.14
# C, SCAP 2023 and 2024: special schools at or over capacity. D, SCAP 2023: 152,000 on roll over
# 148,000 places, raised to 1.04 for the growth since (ASSUMPTION).
AT_OR_OVER_CAPACITY: Final = 2 / 3
OCCUPANCY_MEAN: Final = 1.04
# ASSUMPTION: the most of a school's pupils whom one year's leavers can be; a larger round has
# larger schools.
LEAVERS_MOST: Final = 0.35
# ASSUMPTION: share of the leavers' places that even the fullest school gives again; distance over
# which a school's pull on demand falls by a factor e.
LEAVERS_LEAST: Final = 0.05
CATCHMENT_KM: Final = 10.0
# ASSUMPTION: open places (places less held ones) for each child: demand is above supply.
SUPPLY: Final = 0.92
# ASSUMPTION: of places, held back for orders from February to July; of open places, how many
# may be gone over by, and at how many provisions.
HELD_SHARE: Final = 0.05
OVER_SHARE: Final = 0.10
OVER_FREQUENCY: Final = 0.55
# ASSUMPTION: schools of several provisions with a bound on all of them, and how tight it is.
TOTAL_FREQUENCY: Final = 0.15
TOTAL_TIGHTNESS: Final = 0.90
# ASSUMPTION: provisions meant for some scores only: kind, share, lowest and highest score.
SCORE_BOUNDS: Final = (
    ("resourced", 0.5, None, 749),
    ("independent_special", 0.4, 350, None),
)
# ASSUMPTION: complex groups meant for scores from here, and how often.
COMPLEX_SCORE: Final = (0.3, 400)
# C, GIAS: 3 of 65 special schools in Kent and Medway take boys only. ASSUMPTION: 1 % girls only.
BOYS_ONLY: Final = 3 / 65
GIRLS_ONLY: Final = 0.01
# ASSUMPTION: kinds with a residential house, and how often; places for each child who needs one.
RESIDENTIAL_FREQUENCY: Final = {
    "special": 0.06, "independent_special": 0.10, "non_maintained_special": 0.5, "further_education": 0.2,
}  # fmt: skip
RESIDENTIAL_SUPPLY: Final = 1.3
# ASSUMPTION: independent special schools on the approved list, whom a parent may ask for by right.
SECTION_41: Final = 0.4
# ASSUMPTION: state special schools in a trust; resourced secondary schools that select.
TRUST_SHARE: Final = 0.35
TRUST_SCHOOLS: Final = 3
SELECTIVE_SHARE: Final = 0.1

# ---- money, GBP for one place for a year ---------------------------------------------------

# C, KENT 2024-25: special 24,252, independent 49,259. C, FOI: state special 23,907, independent
# and non-maintained in their own authority 57,074. ASSUMPTION: the other kinds.
COST_MEAN: Final = {
    "kent": {"special": 24_252, "independent_special": 49_259, "non_maintained_special": 57_074,
             "resourced": 16_000, "further_education": 22_000, "alternative": 26_000},
    "england": {"special": 23_907, "independent_special": 57_074, "non_maintained_special": 57_074,
                "resourced": 16_000, "further_education": 22_000, "alternative": 26_000},
}  # fmt: skip
# ASSUMPTION: spread of the logarithm of cost, state and not; a complex group costs more.
COST_SPREAD: Final = 0.12
COST_SPREAD_INDEPENDENT: Final = 0.25
COMPLEX_COST: Final = 1.3
# C, press reports of 2025: highest known day place 133,000, residential place 350,000.
DAY_COST_TOP: Final = 133_000
RESIDENTIAL_COST_TOP: Final = 350_000
# ASSUMPTION: middle and spread of the logarithm of a residential place, state and not.
RESIDENTIAL_COST: Final = {"special": 70_000, "other": 140_000}
RESIDENTIAL_COST_SPREAD: Final = 0.4

# ---- families, schools' answers, rulings ---------------------------------------------------

# ASSUMPTION: how many schools a family asks for: one, two, three, four. Each is one that has the
# child's year group, but not always one that may take the child.
PREFERENCE_COUNTS: Final = (0.50, 0.29, 0.15, 0.06)
# ASSUMPTION: schools that a family weighs, nearest first.
SCHOOLS_IN_SIGHT: Final = 24
# ASSUMPTION: merit of a school to a family, in units of the noise between families: designated
# for the primary need, for a secondary need, for neither; each km; an independent school, more
# so the better off the family is.
MERIT_PRIMARY: Final = 2.5
MERIT_SECONDARY: Final = 1.2
MERIT_KM: Final = -0.15
MERIT_INDEPENDENT: Final = 0.4
# ASSUMPTION: share of schools asked for that are consulted, of children for whom the nearest
# fitting school is consulted too; answers can, can with adjustments, cannot (of a school with a
# fitting provision); grounds of those that cannot; objections upheld (fit, no fit).
CONSULTED_PREFERENCE: Final = 0.35
CONSULTED_NEAREST: Final = 0.10
ANSWERS: Final = (0.36, 0.29, 0.35)
GROUNDS: Final = (("unsuitable", 0.15), ("efficient_education", 0.65), ("efficient_resources", 0.20))
UPHELD: Final = (0.35, 0.9)
# C: councils give 15 days to answer, counted as calendar or working days. ASSUMPTION: sent
# before as_of by so many days.
ANSWER_DAYS: Final = (15, 75)
# ASSUMPTION: rulings for each child. Tribunal: Kent 1,559 appeals in 2024 over 20,635 plans is
# 7.6 %, of which few are ordered and open on one day.
RULING_SHARE: Final = {"tribunal": 0.010, "on_roll": 0.015, "panel": 0.006, "parent": 0.004}
BAR_SHARE: Final = {"panel": 0.004, "parent": 0.003}
RULING_REASON: Final = {
    ("place", "tribunal"): "First-tier Tribunal order naming this school",
    ("place", "on_roll"): "On roll at this school and staying there",
    ("place", "panel"): "Agreed by the panel before this round and promised in writing",
    ("place", "parent"): "Parent's request acceded to: no ground for refusal",
    ("bar", "panel"): "Safeguarding: not with a pupil already on roll",
    ("bar", "parent"): "Parent has declined this provision in writing",
}
# ASSUMPTION: children with a judged fit and with a timed journey; road time over straight line.
JUDGED_SHARE: Final = 0.012
JUDGED_VALUES: Final = (20, 40, 50, 70, 75, 85, 90)
TIMED_SHARE: Final = 0.006
TIMED_FACTOR: Final = (0.85, 1.4)

# ---- journeys: the contract's defaults, which the policy of a round repeats ------------------

EARTH_RADIUS_KM: Final = 6371.0088
SPEED_KMH: Final = 35.0
DETOUR: Final = 1.3
MAX_MINUTES: Final = (45, 75)

# ---- audit only: pressure and groups -------------------------------------------------------

# C, TRIBUNAL: appeals of Kent 2024, 6.6 % of appealable decisions. ASSUMPTION: the others.
PRESSURE_RATES: Final = {
    "appeal": 0.066, "mediation": 0.09, "councillor": 0.06, "mp": 0.08, "solicitor": 0.05, "complaint": 0.11,
    "media": 0.01,
}  # fmt: skip
# Pressure is 1 unit of noise between families, plus these weights: how well off the area is, and
# waiting without a place. Never the need. ASSUMPTION in size; C in sign: SUTTON, tribunal
# success 22 % v 15 % and a special school place 41 % v 25 % by class.
PRESSURE_AFFLUENCE: Final = 0.5
PRESSURE_WAITING: Final = 0.4
# ASSUMPTION: correlation of each kind of pressure with the whole; middle and spread of contacts.
PRESSURE_LOADING: Final = 0.6
CONTACTS_MIDDLE: Final = 4.0
CONTACTS_SPREAD: Final = 0.6
# C, SUTTON: pupils with plans who have free school meals, 44 %. ASSUMPTION: odds by decile of the
# area, and by learning, severe and social needs, which are found more often among the poor.
FSM_SHARE: Final = 0.44
FSM_DECILE: Final = -0.28
FSM_NEEDS: Final = {"MLD": 0.4, "SLD": 0.2, "SEMH": 0.4}
# ASSUMPTION: the rate of plans falls by so much a decile towards the better-off areas.
PLAN_RATE_DECILE: Final = 0.94
# C, SEN2: pupils with plans in special schools by ethnic group.
ETHNICITY: Final = {
    "kent": {"White": 5755, "Mixed": 363, "Asian": 163, "Black": 164, "Other": 50, "Unclassified": 1555},
    "england": {"White": 134648, "Mixed": 12307, "Asian": 17583, "Black": 12093, "Other": 3398,
                "Unclassified": 13851},
}  # fmt: skip
# ASSUMPTION: children whose home language is not English, by ethnic group.
OTHER_LANGUAGE: Final = {
    "White": 0.05, "Mixed": 0.08, "Asian": 0.45, "Black": 0.25, "Other": 0.45, "Unclassified": 0.1,
}  # fmt: skip

# ---- the map -------------------------------------------------------------------------------


class Town(NamedTuple):
    """A centre of homes: weight, middle, spread a side in km, and the sea: bearing and km off."""

    name: str
    weight: int
    lat: float
    lon: float
    spread_km: float
    sea: tuple[float, float] | None = None


# C, OS: for each Kent district its postcode districts: number of postcodes, median position,
# spread (median distance over 1.177). ASSUMPTION: names of the centres, and where the sea lies.
KENT_TOWNS: Final = {
    "Ashford": (
        Town("Ashford", 948, 51.140, 0.857, 1.1), Town("Willesborough", 716, 51.149, 0.886, 1.3),
        Town("Wye", 666, 51.136, 0.939, 4.6), Town("Woodchurch", 496, 51.097, 0.797, 4.3),
        Town("Charing", 583, 51.170, 0.687, 4.3), Town("Tenterden", 372, 51.069, 0.692, 1.1)),
    "Canterbury": (
        Town("Canterbury", 910, 51.278, 1.086, 0.7), Town("St Stephens", 746, 51.293, 1.074, 1.2),
        Town("Chartham", 811, 51.236, 1.071, 4.8), Town("Whitstable", 969, 51.356, 1.031, 1.1, (0, 0.8)),
        Town("Herne Bay", 999, 51.366, 1.130, 1.2, (0, 0.6))),
    "Dartford": (
        Town("Dartford", 916, 51.445, 0.215, 0.9), Town("Stone", 515, 51.431, 0.243, 1.5),
        Town("Greenhithe", 297, 51.449, 0.278, 0.7, (0, 0.5)),
        Town("Swanscombe", 148, 51.444, 0.305, 0.3)),
    "Dover": (
        Town("Sandwich", 381, 51.271, 1.336, 1.0), Town("Deal", 1136, 51.218, 1.394, 1.1, (90, 0.6)),
        Town("Eythorne", 586, 51.170, 1.264, 4.3, (120, 6.0)),
        Town("Dover", 625, 51.140, 1.301, 1.3, (150, 1.5)),
        Town("River", 528, 51.128, 1.295, 0.7, (150, 0.8)),
        Town("Aylesham", 679, 51.278, 1.204, 4.1)),
    "Folkestone and Hythe": (
        Town("Hawkinge", 421, 51.114, 1.157, 2.0, (160, 3.0)),
        Town("Cheriton", 633, 51.089, 1.174, 0.9, (160, 0.9)),
        Town("Folkestone", 754, 51.080, 1.169, 0.8, (160, 0.4)),
        Town("Hythe", 634, 51.072, 1.081, 0.7, (165, 0.5)),
        Town("New Romney", 275, 50.985, 0.950, 0.8, (110, 1.5)),
        Town("Lydd", 510, 51.007, 0.926, 5.0, (120, 2.5))),
    "Gravesham": (
        Town("Northfleet", 757, 51.435, 0.353, 0.9, (0, 0.8)),
        Town("Gravesend", 972, 51.430, 0.383, 1.1, (0, 1.2)), Town("Meopham", 377, 51.381, 0.356, 2.4)),
    "Maidstone": (
        Town("Penenden Heath", 1089, 51.278, 0.531, 0.8), Town("Maidstone", 1330, 51.254, 0.533, 1.5),
        Town("Barming", 708, 51.271, 0.497, 1.0), Town("Harrietsham", 877, 51.233, 0.615, 4.0),
        Town("Wateringbury", 306, 51.250, 0.422, 2.1)),
    "Sevenoaks": (
        Town("Swanley", 477, 51.399, 0.175, 0.8), Town("Hartley", 364, 51.388, 0.306, 1.2),
        Town("Farningham", 242, 51.392, 0.235, 1.4), Town("Edenbridge", 545, 51.199, 0.066, 1.2),
        Town("Sevenoaks", 823, 51.278, 0.189, 0.8), Town("Otford", 535, 51.306, 0.173, 3.1),
        Town("Borough Green", 938, 51.295, 0.276, 3.3), Town("Westerham", 234, 51.268, 0.075, 0.6)),
    "Swale": (
        Town("Teynham", 845, 51.333, 0.724, 4.2, (0, 2.5)), Town("Sittingbourne", 1080, 51.342, 0.735, 1.1),
        Town("Queenborough", 102, 51.415, 0.746, 0.4), Town("Sheerness", 881, 51.422, 0.793, 2.1, (10, 1.0)),
        Town("Faversham", 961, 51.312, 0.891, 1.2)),
    "Thanet": (
        Town("Birchington", 400, 51.375, 1.302, 0.7, (0, 0.6)),
        Town("Westgate", 215, 51.381, 1.337, 0.4, (0, 0.3)),
        Town("Margate", 1155, 51.385, 1.389, 0.8, (0, 0.5)),
        Town("Broadstairs", 711, 51.361, 1.431, 0.8, (90, 0.9)),
        Town("Ramsgate", 846, 51.336, 1.415, 0.6, (140, 0.6)), Town("Minster", 500, 51.345, 1.389, 1.1)),
    "Tonbridge and Malling": (
        Town("Snodland", 297, 51.327, 0.440, 0.5), Town("West Malling", 659, 51.293, 0.409, 1.9),
        Town("Aylesford", 519, 51.302, 0.454, 1.1), Town("Tonbridge", 532, 51.190, 0.275, 0.7),
        Town("Higham Wood", 399, 51.212, 0.283, 0.7), Town("Hadlow", 580, 51.210, 0.255, 3.9)),
    "Tunbridge Wells": (
        Town("Tunbridge Wells", 410, 51.134, 0.266, 0.4), Town("Pembury", 752, 51.139, 0.281, 1.5),
        Town("Langton Green", 365, 51.132, 0.220, 2.4), Town("Southborough", 771, 51.144, 0.257, 1.2),
        Town("Paddock Wood", 1136, 51.173, 0.414, 4.0), Town("Cranbrook", 651, 51.096, 0.536, 3.7),
        Town("Hawkhurst", 348, 51.046, 0.511, 1.0)),
}  # fmt: skip
# C, IMD: neighbourhoods (LSOAs) of each Kent district by decile of deprivation, 1 most deprived.
KENT_DECILES: Final = {
    "Ashford": (1, 9, 4, 8, 14, 12, 10, 9, 10, 1),
    "Canterbury": (2, 11, 6, 4, 11, 11, 14, 12, 11, 8),
    "Dartford": (1, 6, 3, 8, 10, 8, 7, 4, 7, 4),
    "Dover": (5, 7, 6, 9, 16, 4, 8, 7, 4, 1),
    "Folkestone and Hythe": (4, 11, 12, 6, 10, 8, 8, 5, 2, 1),
    "Gravesham": (2, 10, 6, 10, 4, 8, 10, 4, 8, 2),
    "Maidstone": (2, 4, 8, 8, 15, 13, 10, 9, 9, 17),
    "Sevenoaks": (0, 2, 2, 3, 7, 12, 11, 13, 5, 19),
    "Swale": (16, 6, 9, 13, 14, 8, 9, 5, 3, 2),
    "Thanet": (18, 11, 8, 14, 11, 6, 8, 7, 0, 1),
    "Tonbridge and Malling": (0, 3, 3, 5, 6, 8, 12, 9, 10, 16),
    "Tunbridge Wells": (0, 1, 1, 4, 4, 11, 10, 8, 13, 16),
}
# A round of so few children is that of one area, East Kent (C, KENT: four areas of three
# districts), so that journeys are possible and the round can be read by eye (ASSUMPTION).
ONE_AREA_CHILDREN: Final = 200
EAST_KENT: Final = ("Canterbury", "Swale", "Thanet")

# D: 35 % of Kent's 20,635 plans (SEN2, January 2025): about 20 % are phase transfers in a year and
# about 15 % of the stock is new. No year brings Kent a larger round.
KENT_ROUND_CHILDREN: Final = 7222
# ASSUMPTION: where further Kents lie: up to so many northwards, then the next column to the west.
KENT_ROWS: Final = 15
KENT_ROW_DEGREES: Final = 0.62
KENT_COLUMN_DEGREES: Final = 1.7

# C, SEN2: plans in January 2025, of 153 authorities taken together into county-like areas, sum
# 638,745. ASSUMPTION: rough middle of each area and spread of its towns in km.
ENGLAND_AREAS: Final = (
    ("Bedfordshire", 8928, 52.0, -0.45, 12), ("Berkshire", 11045, 51.45, -1.0, 16),
    ("Bristol and Bath", 13280, 51.43, -2.55, 14), ("Buckinghamshire", 10199, 51.8, -0.8, 17),
    ("Cambridgeshire", 10915, 52.35, 0.0, 22), ("Cheshire", 12700, 53.2, -2.6, 18),
    ("Cornwall", 4966, 50.35, -4.85, 22), ("County Durham", 6512, 54.7, -1.7, 14),
    ("Cumbria", 5270, 54.6, -2.9, 28), ("Derbyshire", 11360, 53.0, -1.5, 17),
    ("Devon", 14572, 50.7, -3.75, 26), ("Dorset", 8765, 50.8, -2.2, 17),
    ("East Riding", 6940, 53.85, -0.6, 16), ("East Sussex", 7739, 50.93, 0.2, 14),
    ("Essex", 18740, 51.75, 0.55, 22), ("Gloucestershire", 6412, 51.85, -2.15, 16),
    ("Greater Manchester", 38993, 53.5, -2.25, 12), ("Hampshire", 22879, 51.0, -1.25, 20),
    ("Herefordshire", 1717, 52.1, -2.75, 15), ("Hertfordshire", 12920, 51.8, -0.25, 14),
    ("Isle of Wight", 1799, 50.68, -1.3, 6), ("Kent and Medway", 23676, 51.25, 0.7, 24),
    ("Lancashire", 15500, 53.8, -2.6, 17), ("Leicestershire", 11629, 52.65, -1.1, 14),
    ("Lincolnshire", 12067, 53.15, -0.35, 26), ("London East", 22583, 51.54, 0.05, 7),
    ("London North", 17399, 51.58, -0.14, 7), ("London South", 29877, 51.42, -0.03, 8),
    ("London West", 29257, 51.48, -0.33, 8), ("Merseyside", 20376, 53.43, -2.9, 9),
    ("Norfolk", 12147, 52.68, 1.0, 22), ("North Yorkshire", 7042, 54.1, -1.4, 26),
    ("Northamptonshire", 8704, 52.3, -0.85, 14), ("Northumberland", 3873, 55.2, -1.75, 18),
    ("Nottinghamshire", 7331, 53.05, -1.05, 15), ("Oxfordshire", 7307, 51.78, -1.3, 15),
    ("Shropshire", 5455, 52.65, -2.65, 17), ("Somerset", 5725, 51.1, -2.95, 18),
    ("South Yorkshire", 15761, 53.48, -1.3, 12), ("Staffordshire", 11866, 52.85, -2.05, 16),
    ("Suffolk", 8837, 52.18, 1.0, 20), ("Surrey", 16069, 51.27, -0.45, 14),
    ("Tees Valley", 6919, 54.57, -1.25, 9), ("Tyne and Wear", 12092, 54.95, -1.55, 8),
    ("Warwickshire", 10345, 52.35, -1.55, 15), ("West Midlands", 30357, 52.5, -1.95, 11),
    ("West Sussex", 9301, 50.95, -0.4, 15), ("West Yorkshire", 24474, 53.75, -1.65, 13),
    ("Wiltshire", 9155, 51.4, -1.95, 18), ("Worcestershire", 6970, 52.2, -2.15, 13),
)  # fmt: skip
# ASSUMPTION: towns of an area outside Kent, their size by rank, and their spread in km.
AREA_TOWNS: Final = 8
AREA_TOWN_SPREAD_KM: Final = 3.0
