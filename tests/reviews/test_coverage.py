"""What is not on file is counted as it would bar if it were known; doubtful names are few and told truly."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from allocator.reviews.conflicts import barred_pairs
from allocator.reviews.coverage import Coverage, coverage
from allocator.reviews.kinds import NO_TRUST
from allocator.reviews.near_names import near_names, plain
from allocator.reviews.programme import Programme
from reviews.greedy_schedules import invented, limited_programme

# Among them programmes in which the rule on trusts is lifted, with and without a declared trust.
SEEDS = (0, 1, 2, 5, 6, 8, 10, 11, 13, 15, 19, 21)


@pytest.fixture(params=SEEDS)
def programme(request: pytest.FixtureRequest) -> Programme:
    return limited_programme(request.param)


@pytest.fixture
def found(programme: Programme) -> Coverage:
    return coverage(programme)


def newly_barred(programme: Programme, changed: Programme) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return barred_pairs(changed).matrix() & ~barred_pairs(programme).matrix()


def test_blanks_are_counted(programme: Programme, found: Coverage) -> None:
    for side in (found.cases, found.volunteers):
        rows = getattr(programme, side.table)
        assert side.rows == len(rows)
        assert side.no_school == 0
        assert side.no_trust == (rows["trust_id"] == "").sum()
        assert side.in_no_trust == (rows["trust_id"] == NO_TRUST).sum()
    declaring = set(programme.conflicts["volunteer_id"])
    silent = [name not in declaring for name in programme.volunteers["volunteer_id"]]
    assert found.volunteers.no_declaration == sum(silent)
    free = ~barred_pairs(programme).matrix()
    assert found.free_pairs == free.sum()
    assert found.undeclared == free[:, silent].sum()


def test_declarations_that_name_no_case_are_strays(programme: Programme, found: Coverage) -> None:
    """Row by row: a declaration names cases by school, trust, child or case, or it is a stray."""
    named, strays = set(), 0
    for row in programme.conflicts.itertuples():
        column = programme.cases[f"{row.kind}_id"]
        hits = [] if row.id == NO_TRUST else programme.cases["case_id"][column == row.id].tolist()
        named |= set(hits)
        strays += not hits
    assert found.stray_declarations == strays
    assert found.cases.no_declaration == len(programme.cases) - len(named)


def test_free_pairs_with_a_blank_trust_equal_each_pair_filled_in(
    programme: Programme, found: Coverage
) -> None:
    """A pair counts exactly where some trust, written into its blanks alone, would bar it."""
    free, rule = ~barred_pairs(programme).matrix(), programme.policy.conflicts.same_trust
    rows = programme.conflicts
    declaring = set(rows["volunteer_id"][(rows["kind"] == "trust") & (rows["id"] != NO_TRUST)])
    counts = {"volunteer": 0, "case": 0, "both": 0}
    for i, j in np.argwhere(free).tolist():
        case, own = programme.cases["trust_id"].iat[i], programme.volunteers["trust_id"].iat[j]
        if case == "" == own and rule:
            counts["both"] += 1
        elif case == "":
            to_match = (rule and own != NO_TRUST) or programme.volunteers["volunteer_id"].iat[j] in declaring
            counts["case"] += to_match
        elif own == "" and rule and case != NO_TRUST:
            counts["volunteer"] += 1
    assert (found.volunteer_unknown, found.case_unknown, found.both_unknown) == tuple(counts.values())


def test_what_is_hidden_is_the_worst_that_filling_in_could_bar(programme: Programme, found: Coverage) -> None:
    """The blanks of a volunteer and the cases are filled with every trust, and the rules asked again."""
    trusts = {*programme.cases["trust_id"], *programme.volunteers["trust_id"], *programme.conflicts["id"]}
    trusts = {trust for trust in trusts if trust.startswith("T")} | {"unheard-of"}
    hidden = {row.volunteer_id: row for row in found.hidden}
    free = (~barred_pairs(programme).matrix()).sum(axis=0)
    for j, (name, own, agreed) in enumerate(
        programme.volunteers[["volunteer_id", "trust_id", "headteacher_agreed"]].itertuples(index=False)
    ):
        worst = 0
        for mine, theirs in product({own} if own else trusts, trusts):
            cases = programme.cases.assign(trust_id=programme.cases["trust_id"].replace("", theirs))
            volunteers = programme.volunteers.copy()
            volunteers.loc[j, "trust_id"] = mine
            filled = replace(programme, cases=cases, volunteers=volunteers)
            worst = max(worst, int(newly_barred(programme, filled)[:, j].sum()))
        if name in hidden:
            assert (hidden[name].hidden_cases, hidden[name].free_cases) == (worst, free[j])
            assert hidden[name].trust_id == own
        else:
            assert worst == 0 or not agreed
    order = [(-row.hidden_cases, row.volunteer_id) for row in found.hidden]
    assert order == sorted(order)


def test_half_known_schools_hide_what_their_other_rows_tell(programme: Programme, found: Coverage) -> None:
    """Where one trust is given, its blanks are filled in with it, and the pairs newly barred are counted."""
    half = {row.school_id: row for row in found.half_known}
    cases, volunteers = programme.cases, programme.volunteers
    for school in {*cases["school_id"], *volunteers["school_id"]}:
        mine = [frame["trust_id"][frame["school_id"] == school] for frame in (cases, volunteers)]
        given = {*mine[0], *mine[1]} - {""}
        blanks = [int((one == "").sum()) for one in mine]
        assert (school in half) == bool(given and sum(blanks))
        if school not in half:
            continue
        row = half[school]
        assert row.trusts == tuple(sorted(given))
        assert [row.blank_cases, row.blank_volunteers] == blanks
        if len(given) > 1:
            continue
        frames = [
            frame.assign(
                trust_id=frame["trust_id"].where(
                    (frame["school_id"] != school) | (frame["trust_id"] != ""), next(iter(given))
                )
            )
            for frame in (cases, volunteers)
        ]
        filled = replace(programme, cases=frames[0], volunteers=frames[1])
        assert row.free_pairs == newly_barred(programme, filled).sum()


def test_the_programmes_above_have_what_is_counted() -> None:
    every = [coverage(limited_programme(seed)) for seed in SEEDS]
    assert sum(bool(one.half_known) and any(row.free_pairs for row in one.half_known) for one in every) > 2
    assert sum(one.volunteer_unknown > 0 and one.both_unknown > 0 for one in every) > 2
    assert any(not one.same_trust and one.case_unknown for one in every)
    assert any(one.stray_declarations for one in every)


@pytest.mark.parametrize(
    ("one", "other", "like"),
    [
        ("MAT08", "MAT8", "spelling"),
        ("MAT08", "mat-08", "spelling"),
        ("North.Weald", "north_weald", "spelling"),
        ("0119036", "119036", "spelling"),
        ("Aspire-Trust", "Aspier-Trust", "letter"),
        ("Aspire-Trust", "Aspire-Trusts", "letter"),
        ("Aspire-Trust", "Aspre-Trust", "letter"),
        ("Aspire-Trust", "Aspira-Trust", "letter"),
        ("KentLearning7", "KentLerning7", "letter"),
    ],
)
def test_ids_that_may_mean_the_same(one: str, other: str, like: str) -> None:
    """In either order, and among others."""
    (found,) = near_names([other, "Quite-Another", one, "", one])
    assert {found.one, found.other} == {one, other}
    assert found.one < found.other
    assert found.like == like


@pytest.mark.parametrize(
    "ids",
    [
        ("MAT08", "MAT80"),
        ("MAT08", "MAT09"),
        ("MAT1", "MAT11"),
        ("119036", "119063"),
        ("1-12", "11-2"),
        ("T1", "T2"),
        ("cat", "car"),
        ("Learning-Trust-A", "Learning-Trust-B"),
        ("Kent-Learning-1", "Kent-Lerning-2"),
        ("Aspire-Trust", "Aspiring-Trust"),
        ("North-Trust", "South-Trust"),
    ],
)
def test_ids_that_number_things_are_not_flagged(ids: tuple[str, str]) -> None:
    assert near_names(ids) == ()


def test_a_plain_id_is_plain_already() -> None:
    for name in ("MAT-008", "a.b-c_d", "007", "1-01-001", "0", "x00"):
        assert plain(plain(name)) == plain(name)
    assert plain("000") == "0"


def test_invented_programmes_number_their_trusts_and_flood_nobody() -> None:
    found = coverage(invented(400, 20))
    assert found.near_duplicates == ()
    assert found.half_known == ()
    assert found.volunteer_unknown > 0


def test_near_duplicates_hide_the_pairs_that_the_rule_would_bar() -> None:
    """Two spellings of a trust and of a school: written alike, so many pairs are newly barred."""
    programme = invented(200, 12)
    mine = programme.cases["trust_id"][programme.cases["trust_id"].str.startswith("MAT0")].iat[0]
    short = mine.replace("T0", "T")
    trust = programme.cases["trust_id"].where(programme.cases["trust_id"] != mine, short)
    own = programme.volunteers.copy()
    own.loc[:2, "trust_id"], own.loc[:2, "headteacher_agreed"] = mine, True
    school = programme.cases["school_id"].value_counts().index[0]
    own.loc[3, "school_id"], own.loc[3, "headteacher_agreed"] = f"0{school}", True
    spoiled = replace(programme, cases=programme.cases.assign(trust_id=trust), volunteers=own)
    found = {row.kind: row for row in coverage(spoiled).near_duplicates}
    assert set(found) == {"school", "trust"}
    for kind, right, wrong in (("trust", mine, short), ("school", school, f"0{school}")):
        column = f"{kind}_id"
        mended = replace(
            spoiled,
            cases=spoiled.cases.assign(**{column: spoiled.cases[column].replace(wrong, right)}),
            volunteers=spoiled.volunteers.assign(
                **{column: spoiled.volunteers[column].replace(wrong, right)}
            ),
        )
        row = found[kind]
        assert {row.one.id, row.other.id} == {right, wrong}
        assert row.free_pairs == newly_barred(spoiled, mended).sum() > 0
        for where in (row.one, row.other):
            assert where.cases == (spoiled.cases[column] == where.id).sum()
            assert where.volunteers == (spoiled.volunteers[column] == where.id).sum()
            declared = spoiled.conflicts[spoiled.conflicts["kind"] == kind]["id"]
            assert where.declarations == (declared == where.id).sum()
    lifted = spoiled.policy.conflicts.model_copy(update={"same_school": False, "same_trust": False})
    loose = replace(spoiled, policy=spoiled.policy.model_copy(update={"conflicts": lifted}))
    assert [row.free_pairs for row in coverage(loose).near_duplicates] == [0, 0]
    # A declaration holds whatever the policy lifts.
    told = loose.conflicts.iloc[:1].assign(volunteer_id="V0007", kind="trust", id=mine)
    declared = coverage(replace(loose, conflicts=told))
    assert [row.free_pairs for row in declared.near_duplicates] == [0, int((trust == short).sum())]
