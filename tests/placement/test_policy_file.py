"""The policy of a round: every key and value of round.toml judged, every fault at once with its line."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

import little_round as little
from allocator.placement.intake import check_folder, read_round
from allocator.placement.policy import DEFAULT_GOALS, MEASURES, Goal, Heading, Lottery, Policy, Travel
from allocator.placement.policy_file import judge_policy
from allocator.tables.findings import Findings

SHORT = '[round]\nid = "r"\n[lottery]\nseed = "s"\n'
DATED = '[round]\nid = "r"\nas_of = 2027-01-20\n[lottery]\nseed = "s"\n'
DIGEST = hashlib.sha256(b"s").hexdigest()


def policy(folder: Path, text: str) -> Policy:
    """Read a policy that has no fault."""
    return read_round(little.write(folder, {"round.toml": text})).policy


def goals(*lines: str) -> str:
    """Write goals after the shortest policy."""
    return DATED + "".join(f"[[goal]]\n{line}\n" for line in lines)


def test_the_shortest_policy_has_every_default(tmp_path: Path) -> None:
    """An id and a seed are enough."""
    found = policy(tmp_path, SHORT)
    assert found == Policy(round=Heading(id="r"), lottery=Lottery(seed="s"))
    assert found.goals == DEFAULT_GOALS
    assert found.band_names == ("A", "B", "C", "D")
    assert (found.travel.speed_kmh, found.travel.detour) == (35.0, 1.3)
    assert (found.travel.max_minutes.primary, found.travel.max_minutes.secondary) == (45.0, 75.0)


def test_every_key_of_the_contract_is_read(tmp_path: Path) -> None:
    text = """
[round]
id = "kent-2027-y7"
title = "Phase transfer"
as_of = 2027-01-20
[need]
bands = [ { name = "High", from = 600 }, { name = "Low", from = 0 } ]
[eligibility]
match = "primary"
primary_suitability = 90
unspecialised_suitability = 70
secondary_suitability = 50
[travel]
source = "matrix"
speed_kmh = 40
detour = 1.25
max_minutes = { secondary = 60 }
limit = "soft"
[lottery]
seed = "s"
commitment = "sha256:DIGEST"
[[goal]]
measure = "placed"
by = "priority"
[[goal]]
weighted = { travel_minutes = 1.0, annual_cost = 0.002, kept = 10 }
by = "band"
""".replace("DIGEST", DIGEST.upper())
    found = policy(tmp_path, text)
    assert found.round.as_of == dt.date(2027, 1, 20)
    assert [(band.name, band.from_) for band in found.need.bands] == [("High", 600), ("Low", 0)]
    assert found.eligibility.model_dump() == {
        "match": "primary",
        "primary_suitability": 90,
        "unspecialised_suitability": 70,
        "secondary_suitability": 50,
    }
    assert (found.travel.source, found.travel.limit) == ("matrix", "soft")
    assert (found.travel.max_minutes.primary, found.travel.max_minutes.secondary) == (45.0, 60.0)
    assert found.goals[1].weighted == {
        "travel_minutes": Decimal(1),
        "annual_cost": Decimal("0.002"),
        "kept": Decimal(10),
    }
    assert found.goals[-1] == Goal(measure="lottery")


def test_the_lottery_is_added_where_it_is_left_out(tmp_path: Path) -> None:
    """Written last or not written, the goals are the same."""
    assert policy(tmp_path, goals('measure = "preference"')) == policy(
        tmp_path, goals('measure = "preference"', 'measure = "lottery"')
    )


@pytest.mark.parametrize("measure", [measure for measure in MEASURES if measure != "lottery"])
def test_every_measure_is_known(measure: str, tmp_path: Path) -> None:
    assert policy(tmp_path, goals(f'measure = "{measure}"')).goals[0].measure == measure


# Text of the policy, then (line, key, value, code) of every fault.
BROKEN: dict[str, tuple[str, set[tuple[int | None, str | None, str | None, str]]]] = {
    "89 an unknown key": (
        SHORT + "[travel]\nspeed_khm = 30\n",
        {(6, "travel.speed_khm", None, "policy_key")},
    ),
    "89 an unknown table": (SHORT + "[trave]\n", {(5, "trave", None, "policy_key")}),
    "89 an unknown key of a goal": (
        goals('measure = "placed"\nbye = "need"'),
        {(8, "goal[1].bye", None, "policy_key")},
    ),
    "89 goals in another word": (SHORT + "[[goals]]\n", {(5, "goals", None, "policy_key")}),
    "89 a key twice": (SHORT + 'seed = "t"\n', {(5, None, None, "toml")}),
    "89 a table twice": (SHORT + "[lottery]\n", {(5, None, None, "toml")}),
    "89 no TOML": (SHORT + "[travel\n", {(5, None, None, "toml")}),
    "89 a value cut off": (SHORT + "[travel]\ndetour =\n", {(6, None, None, "toml")}),
    "89 a weight below nought": (
        goals("weighted = { kept = -1.0 }"),
        {(7, "goal[1].weighted.kept", "-1.0", "policy_weight")},
    ),
    "89 a weight of nought": (
        goals("weighted = { kept = 0.0 }"),
        {(7, "goal[1].weighted.kept", "0.0", "policy_weight")},
    ),
    "no weights": (goals("weighted = {}"), {(7, "goal[1].weighted", None, "policy_goal")}),
    "a weight of infinity": (
        goals("weighted = { kept = inf }"),
        {(7, "goal[1].weighted.kept", "Infinity", "policy_value")},
    ),
    "a weight in quotes": (
        goals('weighted = { kept = "1" }'),
        {(7, "goal[1].weighted.kept", "1", "policy_value")},
    ),
    "a weight past all decimals": (
        goals("weighted = { kept = 1e-300 }"),
        {(7, "goal[1].weighted.kept", "1E-300", "policy_weight")},
    ),
    "the lottery weighed": (
        goals("weighted = { lottery = 1, kept = 1 }"),
        {(7, "goal[1].weighted.lottery", None, "policy_goal")},
    ),
    "a measure and weights": (
        goals('measure = "kept"\nweighted = { kept = 1 }'),
        {(6, "goal[1]", None, "policy_goal")},
    ),
    "neither": (goals('by = "band"'), {(6, "goal[1]", None, "policy_goal")}),
    "an unknown measure": (
        goals('measure = "prefernce"'),
        {(7, "goal[1].measure", "prefernce", "policy_measure")},
    ),
    "an unknown measure weighed": (
        goals("weighted = { costs = 1 }"),
        {(7, "goal[1].weighted.costs", "costs", "policy_measure")},
    ),
    "by need of another measure": (
        goals('measure = "kept"\nby = "need"'),
        {(8, "goal[1].by", "need", "policy_by")},
    ),
    "by need of weights": (
        goals('weighted = { placed = 1 }\nby = "need"'),
        {(8, "goal[1].by", "need", "policy_by")},
    ),
    "over number by band": (
        goals('measure = "over_number"\nby = "band"'),
        {(8, "goal[1].by", "band", "policy_by")},
    ),
    "the lottery by band": (
        goals('measure = "lottery"\nby = "band"'),
        {(8, "goal[1].by", "band", "policy_by")},
    ),
    "the lottery before another goal": (
        goals('measure = "lottery"', 'measure = "kept"'),
        {(7, "goal[1].measure", "lottery", "lottery_last")},
    ),
    "a goal twice": (
        goals('measure = "kept"', 'measure = "placed"', 'measure = "kept"\nby = "none"'),
        {(10, "goal[3]", "kept", "goal_twice")},
    ),
    "waited without a day": (
        SHORT + '[[goal]]\nmeasure = "waited"\n[[goal]]\nweighted = { waited = 1 }\n',
        {
            (6, "goal[1].measure", "waited", "as_of_missing"),
            (8, "goal[2].weighted.waited", "waited", "as_of_missing"),
        },
    ),
    "a goal that is no table": (SHORT + "goal = 3\n", {(5, "lottery.goal", None, "policy_key")}),
    "goals that are no list": ("goal = 3\n" + SHORT, {(1, "goal", "3", "policy_value")}),
    "no id": ('[round]\n[lottery]\nseed = "s"\n', {(1, "round.id", None, "policy_key_missing")}),
    "no seed": ('[round]\nid = "r"\n[lottery]\n', {(3, "lottery.seed", None, "policy_key_missing")}),
    "no lottery": ('[round]\nid = "r"\n', {(None, "lottery", None, "policy_key_missing")}),
    "an empty seed": (SHORT.replace('"s"', '""'), {(4, "lottery.seed", "", "policy_value")}),
    "a seed that is a number": (SHORT.replace('"s"', "7"), {(4, "lottery.seed", "7", "policy_value")}),
    "a commitment to another seed": (
        SHORT.replace('"s"', '"t"') + f'commitment = "sha256:{DIGEST}"\n',
        {(5, "lottery.commitment", f"sha256:{DIGEST}", "commitment")},
    ),
    "a commitment of another kind": (
        SHORT + 'commitment = "md5:00"\n',
        {(5, "lottery.commitment", "md5:00", "commitment")},
    ),
    "bands that rise": (
        SHORT
        + '[need]\nbands = [ { name = "A", from = 5 }, { name = "B", from = 5 }, '
        + '{ name = "C", from = 0 } ]\n',
        {(6, "need.bands", None, "policy_bands")},
    ),
    "bands that end above nought": (
        SHORT + '[need]\nbands = [ { name = "A", from = 5 } ]\n',
        {(6, "need.bands", None, "policy_bands")},
    ),
    "no bands": (SHORT + "[need]\nbands = []\n", {(6, "need.bands", None, "policy_bands")}),
    "bands of one name": (
        SHORT + '[need]\nbands = [ { name = "A", from = 5 }, { name = "A", from = 0 } ]\n',
        {(6, "need.bands", None, "policy_bands")},
    ),
    "a band out of scale": (
        SHORT + '[need]\nbands = [ { name = "A", from = 1001 }, { name = "B", from = 0 } ]\n',
        {(6, "need.bands[1].from", "1001", "policy_value")},
    ),
    "half a point": (
        SHORT + '[need]\nbands = [ { name = "A", from = 0.0 } ]\n',
        {(6, "need.bands[1].from", "0.0", "policy_value")},
    ),
    "suitability past 100": (
        SHORT + "[eligibility]\nprimary_suitability = 101\n",
        {(6, "eligibility.primary_suitability", "101", "policy_value")},
    ),
    "a truth for a number": (
        SHORT + "[travel]\ndetour = true\n",
        {(6, "travel.detour", "True", "policy_value")},
    ),
    "a number in quotes": (
        SHORT + '[travel]\nspeed_kmh = "35"\n',
        {(6, "travel.speed_kmh", "35", "policy_value")},
    ),
    "no speed": (SHORT + "[travel]\nspeed_kmh = 0\n", {(6, "travel.speed_kmh", "0", "policy_value")}),
    "no number": (SHORT + "[travel]\nspeed_kmh = nan\n", {(6, "travel.speed_kmh", "NaN", "policy_value")}),
    "a limit of another word": (
        SHORT + '[travel]\nlimit = "harsh"\n',
        {(6, "travel.limit", "harsh", "policy_value")},
    ),
    "a part that is no table": ("travel = 3\n" + SHORT, {(1, "travel", "3", "policy_value")}),
    "a day with a time": (
        SHORT.replace('"r"', '"r"\nas_of = 2027-01-20T09:00:00'),
        {(3, "round.as_of", "2027-01-20 09:00:00", "policy_value")},
    ),
    "a day of no calendar": (
        SHORT.replace('"r"', '"r"\nas_of = "2027-02-30"'),
        {(3, "round.as_of", "2027-02-30", "policy_value")},
    ),
    "roads are not built": (
        SHORT + '[travel]\nsource = "roads"\n',
        {(6, "travel.source", "roads", "not_built")},
    ),
    "limits are not built": (
        SHORT + '[[limit]]\nmeasure = "annual_cost"\nat_most = 5\n',
        {(5, "limit", None, "not_built")},
    ),
    "measures that are not built": (
        goals(
            'measure = "spread"',
            'measure = "spread"',
            'measure = "longest_travel"\nby = "band"',
            "weighted = { links = 1, kept = 1 }",
            "weighted = { links = 1 }",
        ),
        {
            (7, "goal[1].measure", "spread", "not_built"),
            (9, "goal[2].measure", "spread", "not_built"),
            (11, "goal[3].measure", "longest_travel", "not_built"),
            (14, "goal[4].weighted.links", None, "not_built"),
            (16, "goal[5].weighted.links", None, "not_built"),
        },
    ),
    "many at once": (
        '[round]\nidd = "r"\n[lottery]\n[travel]\nlimit = "x"\n'
        '[[goal]]\nmeasure = "kept"\n[[goal]]\nmeasure = "kept"\n'
        '[[goal]]\nmeasure = "waited"\n[[goal]]\nmeasure = "nothing"\n',
        {
            (1, "round.id", None, "policy_key_missing"),
            (2, "round.idd", None, "policy_key"),
            (3, "lottery.seed", None, "policy_key_missing"),
            (5, "travel.limit", "x", "policy_value"),
            (13, "goal[4].measure", "nothing", "policy_measure"),
            (8, "goal[2]", "kept", "goal_twice"),
            (11, "goal[3].measure", "waited", "as_of_missing"),
        },
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_policy_is_told_where_it_breaks(name: str, tmp_path: Path) -> None:
    """Exactly the faults listed, with line, key and value, and each with a way to mend it."""
    text, expected = BROKEN[name]
    faults, _ = check_folder(little.write(tmp_path, {"round.toml": text}))
    assert {(fault.row, fault.column, fault.value, fault.code) for fault in faults} == expected
    assert all(fault.file == "round.toml" and fault.rule and fault.mend for fault in faults)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "policy_missing"),
        (b'[round]\nid = "\xeb"\n', "encoding"),
        (b"\xff\xfe[\x00", "encoding"),
        (b"x = " + b"[" * 100_000, "toml"),
        (b"x = 99-99-99\n", "toml"),
    ],
)
def test_a_file_that_is_no_policy(content: bytes | None, code: str, tmp_path: Path) -> None:
    """One fault, and the tables are judged all the same."""
    files = little.with_cell("children", 2, "need_score", "x") | {"round.toml": content}
    faults, _ = check_folder(little.write(tmp_path, files))
    assert [fault.code for fault in faults] == ["number_form", code]


def test_a_mark_and_carriage_returns_are_nothing(tmp_path: Path) -> None:
    found = policy(tmp_path, "\ufeff" + DATED.replace("\n", "\r\n"))
    assert found.round.as_of == dt.date(2027, 1, 20)


def test_keys_and_measures_are_advised() -> None:
    """The nearest known word, whatever the part."""
    findings = Findings()
    parts = {
        "round": {"id": "r", "asof": 1},
        "lotery": {},
        "lottery": {"seed": "s"},
        "goal": [{"measure": "cost"}],
    }
    assert judge_policy(parts, findings) is None
    advice = {fault.column: fault.mend for fault in findings.faults}
    assert advice["round.asof"] == "did you mean as_of?"
    assert advice["lotery"] == "did you mean lottery?"
    assert "annual_cost" in advice["goal[1].measure"]


def test_over_limit_under_a_hard_limit_is_doubtful(tmp_path: Path) -> None:
    """The measure is nought whatever is done: a warning, not a fault."""
    found = read_round(little.write(tmp_path, {"round.toml": goals('measure = "over_limit"')}))
    assert [warning.code for warning in found.warnings] == ["over_limit_hard"]
    soft = goals('measure = "over_limit"') + '[travel]\nlimit = "soft"\n'
    assert read_round(little.write(tmp_path, {"round.toml": soft})).warnings == ()


def test_a_matrix_without_journeys_is_doubtful(tmp_path: Path) -> None:
    files: dict[str, little.Content] = {
        "round.toml": SHORT + '[travel]\nsource = "matrix"\n',
        "travel.csv": None,
    }
    found = read_round(little.write(tmp_path, files))
    assert [warning.code for warning in found.warnings] == ["travel_none"]


def test_a_policy_made_in_python_keeps_the_same_rules() -> None:
    """The models themselves refuse; nothing depends on the file."""
    with pytest.raises(ValidationError, match="exactly one"):
        Goal()
    with pytest.raises(ValidationError, match="must be a number"):
        Travel(speed_kmh=True)
    with pytest.raises(ValidationError, match="once more"):
        Policy(
            round=Heading(id="r"),
            lottery=Lottery(seed="s"),
            goals=(Goal(measure="kept"), Goal(measure="kept")),
        )
    weights = Goal(weighted={"kept": 0.1, "placed": 2}).weighted  # type: ignore[dict-item]
    assert weights == {"kept": Decimal("0.1"), "placed": Decimal(2)}
