"""What an explanation says is true: every figure is counted again, every change is really made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocator.core.calendar.outcome import Effort
from allocator.core.calendar.problem import Appointments
from allocator.core.calendar.rules import breaches, values
from allocator.core.calendar.solve import solve
from allocator.errors import UsageError
from allocator.reviews.build import build
from allocator.reviews.explain_case import explain_case, improvements
from allocator.reviews.explain_case_words import case_lines
from allocator.reviews.explain_changes import changes
from allocator.reviews.explain_moves import can_hold, try_exchanges
from allocator.reviews.explain_scene import Scene
from allocator.reviews.explain_standing import verdicts
from allocator.reviews.explain_trials import Move, Trials
from allocator.reviews.explain_volunteer import explain_volunteer
from allocator.reviews.explain_volunteer_words import volunteer_lines
from allocator.reviews.explain_weeks import REASONS
from allocator.reviews.goal_values import goal_entries
from allocator.reviews.programme import Previous
from reviews.explained_programmes import best, draw_key, drawn, greedy, greedy_scene, key, roomy, scene_of
from reviews.random_programmes import Drawn

SEEDS = range(12)
# Changes of a kind that are made in the files.
ENOUGH = 6
Document = dict[str, Any]


def random_trials(scene: Scene, rng: Random, number: int = 60) -> Trials:
    """Draw exchanges of up to three agents, lawful or not; some lose their second worker."""
    problem, made = scene.built.problem, scene.made
    all_moves, all_lost = [], []
    for _ in range(number):
        agents = rng.sample(range(problem.n_agents), min(problem.n_agents, rng.randint(1, 3)))
        moves: list[Move] = []
        for agent in agents:
            to = (rng.randrange(problem.n_workers), rng.randrange(problem.n_periods))
            moves.append((agent, *(to if rng.random() < 0.75 else (-1, -1))))
        seconds = np.flatnonzero(made.second_worker >= 0).tolist()
        all_moves.append(moves)
        all_lost.append(rng.sample(seconds, 1) if seconds and rng.random() < 0.4 else [])
    return Trials.of(all_moves, all_lost)


@pytest.mark.parametrize("seed", SEEDS)
def test_many_exchanges_at_once_are_judged_as_the_rules_judge_each(seed: int) -> None:
    """Lawful exactly where no rule is broken; changes are as `rules.values` has them; so is the lottery."""
    scene, rng = greedy_scene(seed), Random(seed)
    problem, standing = scene.built.problem, scene.standing
    trials = standing.completed(random_trials(scene, rng))
    lawful, by_goal, draws = standing.legal(trials), standing.changes(trials), standing.draws(trials)
    _, verdict = verdicts(by_goal, standing.senses)
    now = values(problem, scene.made)
    for k in range(trials.n):
        after = standing.after(trials.moves(k), trials.lost(k))
        assert bool(lawful[k]) == (not breaches(problem, after))
        assert by_goal[k].tolist() == [a - b for a, b in zip(values(problem, after), now, strict=True)]
        (mine, my_draw), (theirs, their_draw) = key(problem, after), key(problem, scene.made)
        assert verdict[k] == (mine < theirs) - (mine > theirs)
        assert draws[k] == (my_draw < their_draw) - (my_draw > their_draw)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rows", [drawn, roomy])
def test_every_single_exchange_of_a_case_is_tried(rows: Callable[[int], Drawn], seed: int) -> None:
    """Whatever a case can do alone, or for what must give way for it, is among the exchanges tried."""
    built = build(rows(seed).read())
    scene = scene_of(built, greedy(built.problem))
    problem, made = scene.built.problem, scene.made
    for agent in range(problem.n_agents):
        found = try_exchanges(scene.standing, agent, can_hold(scene.standing, agent))
        have = {frozenset(found.trials.moves(k)) for k in range(found.trials.n)}
        for moves in plain_exchanges(scene, agent):
            trial = scene.standing.completed(Trials.of([moves]))
            if not breaches(problem, scene.standing.after(moves, trial.lost(0))):
                assert frozenset(moves) in have
        assert full_weeks(scene, agent) <= have
        assert all(not breaches(problem, after) for after in outcomes(scene, found.trials))
        assert made.worker[agent] < 0 or all(
            (w, p) != (made.worker[agent], made.period[agent])
            for w, p in zip(found.worker, found.period, strict=True)
        )


def plain_exchanges(scene: Scene, agent: int) -> list[list[Move]]:
    """Put a case into every slot: alone, or for what gives way to the backlog or to the case's place."""
    problem, made = scene.built.problem, scene.made
    home = (int(made.worker[agent]), int(made.period[agent]))
    found: list[list[Move]] = []
    for w in range(problem.n_workers):
        for p in range(problem.n_periods):
            if (w, p) == home:
                continue
            found.append([(agent, w, p)])
            for group in giving_way(scene, agent, w, p):
                found += [[(agent, w, p), *((one, *to) for one in group)] for to in {(-1, -1), home}]
    return found


def giving_way(scene: Scene, agent: int, worker: int, period: int) -> list[tuple[int, ...]]:
    """Say which first readings could give way: of the slot, two where one is too few, by cap and by week."""
    problem, made = scene.built.problem, scene.made
    free, size = int(scene.standing.free[worker, period]), problem.size
    in_slot = (made.worker == worker) & (made.period == period)
    seconds = (made.second_worker == worker) & (made.second_period == period)
    there = [int(a) for a in np.flatnonzero(in_slot) if a != agent]
    found: list[tuple[int, ...]] = [(one,) for one in there]
    if all(free + size[a] < size[agent] for a in [*there, *np.flatnonzero(seconds)]):
        found += combinations(there, 2)
    capped = scene.standing.load[worker] >= problem.most[worker] and made.worker[agent] != worker
    if free >= size[agent] and capped:
        found += [(int(a),) for a in np.flatnonzero((made.worker == worker) & ~in_slot) if a != agent]
    return found


def full_weeks(scene: Scene, agent: int) -> set[frozenset[Move]]:
    """Where only the officers' time is short: the first volunteer with room, for each case of the week."""
    problem, made, standing = scene.built.problem, scene.made, scene.standing
    found: set[frozenset[Move]] = set()
    for p in range(int(problem.first[agent]), problem.n_periods):
        count = int((made.period == p).sum())
        if p == made.period[agent] or count < problem.period_most[p] or not problem.period_most[p]:
            continue
        ready = ~problem.barred[agent] & (standing.free[:, p] >= problem.size[agent])
        ready &= standing.load < problem.most
        for w in np.flatnonzero(ready)[:1].tolist():
            found |= {frozenset([(agent, w, p), (int(a), -1, -1)]) for a in np.flatnonzero(made.period == p)}
    return found


def outcomes(scene: Scene, trials: Trials) -> list[Appointments]:
    """Return what each exchange comes to."""
    return [scene.standing.after(trials.moves(k), trials.lost(k)) for k in range(trials.n)]


def test_where_everything_is_proven_no_exchange_is_better() -> None:
    """On the best schedule of all, found by enumeration, nothing is ever said to improve it."""
    tried = 0
    for seed in range(16):
        built = build(roomy(seed).read())
        scene = scene_of(built, best(built.problem), proven=True)
        found = [explain_case(scene, case_id) for case_id in scene.ids]
        tried += sum(one["exchanges"]["lawful"] for one in found)
        found += [explain_volunteer(scene, volunteer_id) for volunteer_id in scene.names]
        assert [one["improvements"] for one in found if one["improvements"]] == []
    assert tried > 150


@pytest.mark.parametrize("seed", [0, 1, 4, 7, 8, 13])
def test_where_the_engine_proves_its_goals_no_exchange_is_better_there(seed: int) -> None:
    """Of the engine's own schedules, nothing is ever said to improve a goal that is proven."""
    built = build((drawn(seed) if seed % 2 else roomy(seed)).read())
    outcome = solve(built.problem, Effort(seconds=5))
    entries = goal_entries(built, outcome.tiers, outcome.lottery_proven)
    scene = Scene(built, outcome.appointments, entries)
    assert scene.proven(0)
    found = [explain_case(scene, case_id) for case_id in scene.ids]
    found += [explain_volunteer(scene, volunteer_id) for volunteer_id in scene.names]
    better = [one for document in found for one in document.get("improvements", [])]
    assert [one for one in better if one["improves"] == "denied"] == []
    assert not better or not outcome.proven


def test_improvements_are_found_and_are_real() -> None:
    """Of schedules that are greedy many can be improved; whatever is said to improve one really does."""
    found = 0
    for seed in SEEDS:
        scene = greedy_scene(seed)
        for agent in range(scene.built.problem.n_agents):
            exchanges = try_exchanges(scene.standing, agent, can_hold(scene.standing, agent))
            for better in improvements(scene, exchanges):
                found += 1
                assert better["improves"] == "possible"
                assert key(scene.built.problem, made_of(scene, better)) < key(scene.built.problem, scene.made)
    assert found > 20


def test_a_false_claim_of_proof_is_said_to_be_false() -> None:
    """The same improvements, where run.json claims that every goal is proven, contradict it."""
    scene = greedy_scene(3)
    claims = scene_of(scene.built, scene.made, proven=True)
    better = [d for i in scene.ids for d in explain_case(claims, i).get("improvements", [])]
    assert better
    assert {one["improves"] for one in better} == {"denied"}
    lines = list(chain(*(case_lines(explain_case(claims, i)) for i in scene.ids)))
    assert any("claims that it is proven best there, and it is not" in line for line in lines)


def made_of(scene: Scene, exchange: Document) -> Appointments:
    """Carry out what the JSON of an exchange says, by its ids and Mondays alone."""
    agent = {scene.ids[row]: a for a, row in enumerate(scene.built.agents.tolist())}
    made = scene.standing.after([], [])
    if "second_read" in exchange:
        raise AssertionError("not an exchange")
    for move in exchange["moves"]:
        a, to = agent[move["case_id"]], move["to"]
        made.worker[a] = -1 if to is None else scene.names.index(to["volunteer_id"])
        made.period[a] = -1 if to is None else scene.weeks.index(to["week"])
    for case_id in exchange["second_reads_lost"]:
        made.second_worker[agent[case_id]] = made.second_period[agent[case_id]] = -1
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_each_week_counts_every_volunteer_once_by_what_stands_against_it(seed: int) -> None:
    """The counts add up, and each is what a plain reading of the inputs comes to."""
    scene = greedy_scene(seed)
    for agent, row in enumerate(scene.built.agents.tolist()):
        for week in explain_case(scene, scene.ids[row])["weeks"]:
            if week["state"] != "examined":
                continue
            period = scene.weeks.index(week["week"])
            plain = [plain_reason(scene, agent, w, period) for w in range(len(scene.names))]
            assert {r: week[r] for r in REASONS} == {r: plain.count(r) for r in REASONS}
            assert sum(bar["volunteers"] for bar in week["barred_by"]) == week["barred"]
            readers = [w for w, reason in enumerate(plain) if reason == "taken"]
            there = [case for w in readers for case, _ in scene.rows_at.get((w, period), []) if case != row]
            assert sum(part["readings"] for part in week["taken_by"].values()) == len(there)
            named = chain(*(part["named"] for part in week["taken_by"].values()))
            assert {one["case_id"] for one in named} <= {scene.ids[case] for case in there}


def plain_reason(scene: Scene, agent: int, worker: int, period: int) -> str:
    """Why a volunteer does not read a case in a week, written out."""
    problem, made, row = scene.built.problem, scene.made, int(scene.built.agents[agent])
    used = sum(scene.units[case] for case, _ in scene.rows_at.get((worker, period), []))
    takes = sum(int((who == worker).sum()) for who in (made.worker, made.second_worker))
    if problem.barred[agent, worker]:
        return "barred"
    if scene.offered[worker, period] == 0:
        return "away"
    if scene.offered[worker, period] < scene.units[row]:
        return "short"
    if scene.offered[worker, period] - used < scene.units[row]:
        return "taken"
    if takes >= problem.most[worker] and made.worker[agent] != worker:
        return "capped"
    if made.period[agent] != period and (made.period == period).sum() >= problem.period_most[period]:
        return "officers"
    return "open"


def changed_tables(drawn_: Drawn, change: Document, case_id: str, scene: Scene) -> Drawn:
    """Make a listed change in the rows of the files themselves."""
    tables = {name: [dict(row) for row in rows] for name, rows in drawn_.tables.items()}
    policy = {name: part if name == "goal" else dict(part) for name, part in drawn_.policy.items()}
    kind, case = change["change"], next(row for row in tables["cases"] if row["case_id"] == case_id)
    who, week = change.get("volunteer_id"), change.get("week")
    if kind == "hours":
        row, period = scene.names.index(str(who)), scene.weeks.index(str(week))
        more = float(scene.hours(int(scene.offered[row, period]))) + float(change["hours"])
        tables["availability"] = [
            r for r in tables["availability"] if (r["volunteer_id"], r["week"]) != (who, week)
        ]
        tables["availability"].append({"volunteer_id": who, "week": week, "hours": f"{round(more, 6)}"})
    elif kind == "shorter":
        handling = float(str(policy["programme"]["handling_hours"]))
        case["hours"] = f"{round(float(change['hours']) - handling, 6)}"
    elif kind == "max_cases":
        next(r for r in tables["volunteers"] if r["volunteer_id"] == who)["max_cases"] = str(
            change["max_cases"]
        )
    elif kind == "officer_hours":
        row_ = next(r for r in tables["officers"] if r["week"] == week)
        row_["hours"] = f"{round(float(row_['hours']) + float(change['hours']), 6)}"
    elif kind == "ready_from":
        case["ready_from"] = change["ready_week"]
    elif kind == "priority":
        case["priority"] = str(change["priority"])
    elif change["codes"] == ["no_agreement"]:
        next(r for r in tables["volunteers"] if r["volunteer_id"] == who)["headteacher_agreed"] = "yes"
    elif all(code.startswith("declared") for code in change["codes"]):
        tables["conflicts"] = [r for r in tables["conflicts"] if r["volunteer_id"] != who]
    else:
        policy["conflicts"] = {"same_school": False, "same_trust": False}
    return Drawn(policy, tables)


def test_every_change_that_is_listed_lets_the_case_in_when_it_is_made_in_the_files() -> None:
    """Made in the tables and read afresh, each change gives a lawful and better schedule."""
    kinds = ("hours", "shorter", "rule", "max_cases", "officer_hours", "ready_from", "priority")
    seen = dict.fromkeys(kinds, 0)
    for seed in range(14):
        drawn_ = drawn(seed)
        scene = greedy_scene(seed)
        for agent, case_id in enumerate(scene.case_ids(range(scene.built.problem.n_agents))):
            for change in changes(scene, agent) if min(seen.values()) < ENOUGH else []:
                if change["change"] == "shorter" and not can_be_written(change, drawn_):
                    continue
                if seen[change["change"]] >= ENOUGH:
                    continue
                seen[change["change"]] += 1
                built = build(changed_tables(drawn_, change, case_id, scene).read())
                after = made_of(scene, change if "moves" in change else as_exchange(scene, case_id, change))
                assert not breaches(built.problem, after), change
                assert key(built.problem, after)[0] < key(built.problem, scene.made)[0], change
                assert gained(built.problem, scene.made, after) == [g["change"] for g in change["goals"]]
    assert all(seen.values())


def can_be_written(change: Document, drawn_: Drawn) -> bool:
    """Whether a case's own hours would stay above 0 once handling is taken off."""
    return float(change["hours"]) > float(str(drawn_.policy["programme"]["handling_hours"]))


def as_exchange(scene: Scene, case_id: str, change: Document) -> Document:
    """Put a case where a change lets it go; a second reader who is too near the new one is lost."""
    agent = int(scene.agent_of[scene.ids.index(case_id)])
    to = scene.names.index(change["volunteer_id"])
    second = scene.made.second_worker[agent]
    near = second >= 0 and not scene.built.problem.unlike[to, second]
    place = {"volunteer_id": change["volunteer_id"], "week": change["week"]}
    return {"moves": [{"case_id": case_id, "to": place}], "second_reads_lost": [case_id] if near else []}


def gained(problem: Any, before: Appointments, after: Appointments) -> list[int]:
    """Return the goals' changes that are not 0."""
    pairs = zip(values(problem, after), values(problem, before), strict=True)
    return [new - old for new, old in pairs if new != old]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_volunteers_hours_add_up(seed: int) -> None:
    """Offered is taken and free; what is left of the backlog is counted once; the load is as the measure."""
    scene = greedy_scene(seed)
    for row, name in enumerate(scene.names):
        found = explain_volunteer(scene, name)
        facts = found["facts"]
        taken = float(facts["taken"]) + float(facts["taken_by_second_reads"])
        assert float(facts["offered"]) == pytest.approx(taken + float(facts["free"]))
        readings = [r for week in found["weeks"] for r in week["readings"]]
        assert (
            facts["cases"] == sum(not r["second"] for r in readings) == int((scene.made.worker == row).sum())
        )
        assert facts["cases"] == sum(one["cases"] for one in found["schools"])
        for week in found["weeks"]:
            if "left" in week:
                left = week["left"]["backlog"]
                assert left["cases"] == int((scene.made.worker < 0).sum())
                assert left["cases"] == sum(left[k] for k in ("barred", "not_ready", "longer", "fits"))
                assert left["longer"] == sum(size["cases"] for size in week["left"]["sizes"])
                assert all(float(size["hours"]) > float(week["free"]) for size in week["left"]["sizes"])
        check_load(scene, found)
        if found["load"]["share"] is not None:
            assert found["load"]["share"] == -(-1000 * fraction(facts["taken"], facts["offered"]) // 1)


def check_load(scene: Scene, found: Document) -> None:
    """The exchange that would even a load moves work the way it is said to, between those two."""
    best_ = found["load"].get("closest")
    if best_ is None:
        return
    shares = {name: exact_share(scene, name) for name in scene.names}
    giver, taker = best_["moves"][0]["from"]["volunteer_id"], best_["moves"][0]["to"]["volunteer_id"]
    assert shares[giver] > shares[taker]
    assert found["id"] == (giver if found["load"]["direction"] == "less" else taker)
    if len(best_["moves"]) == 2:
        units = [scene.units[scene.ids.index(move["case_id"])] for move in best_["moves"]]
        assert units[0] > units[1]


def exact_share(scene: Scene, name: str) -> Any:
    """Hours taken of a volunteer over hours offered, exactly."""
    row = scene.names.index(name)
    taken = sum(scene.units[case] for case in np.flatnonzero(scene.schedule.volunteer == name))
    offered = int(scene.offered[row].sum())
    return Fraction(taken, offered) if offered else Fraction(0)


def fraction(taken: str, offered: str) -> Any:
    """Divide exactly."""
    return Fraction(taken) / Fraction(offered)


@pytest.mark.parametrize("seed", range(0, 40, 8))
def test_the_words_name_nothing_that_the_json_does_not_hold(seed: int) -> None:
    """Every explanation can be written as JSON and as lines; ids in the lines are in the JSON."""
    scene = greedy_scene(seed)
    names = {*scene.ids, *scene.names}
    for case_id in scene.ids:
        for why_not in (None, scene.names[0], f"{scene.names[-1]}@{scene.weeks[-1]}"):
            document = explain_case(scene, case_id, why_not)
            check_words(document, case_lines(document), names)
    for name in scene.names:
        document = explain_volunteer(scene, name)
        check_words(document, volunteer_lines(document), names)


def check_words(document: Document, lines: list[str], names: set[str]) -> None:
    held = json.dumps(document)
    for line in lines:
        assert line.strip()
        words = {word.strip(".,;:()") for word in line.split()}
        assert all(name in held for name in words & names)


def test_what_stood_before_stays_and_is_said_to() -> None:
    """With an earlier schedule, cases of past weeks are fixed, and nothing of them moves in any exchange."""
    fixed = 0
    for seed in range(6):
        rows = drawn(seed)
        before = greedy_scene(seed)
        rows.policy["programme"] |= {"as_of": before.weeks[1] if len(before.weeks) > 1 else before.weeks[0]}
        programme = rows.read()
        programme = replace(programme, policy=programme.policy.with_kept(), previous=earlier(before))
        built = build(programme)
        scene = scene_of(built, greedy(built.problem))
        stood = before.schedule.week == 0
        for row, case_id in enumerate(scene.ids):
            found = explain_case(scene, case_id)
            assert (found["status"] == "fixed") == bool(stood[row] and len(scene.weeks) > 1)
            assert all(week["state"] == "past" for week in found.get("weeks", [])[: scene.past])
            moved = {
                move["case_id"] for one in found.get("improvements", []) for move in one.get("moves", [])
            }
            assert not moved & {scene.ids[k] for k in np.flatnonzero(built.fixed.week >= 0)}
            check_words(found, case_lines(found), {*scene.ids, *scene.names})
            fixed += found["status"] == "fixed"
        for name in scene.names:
            found = explain_volunteer(scene, name)
            readings = [r for week in found["weeks"][: scene.past] for r in week["readings"]]
            assert all(r["fixed"] for r in readings if not r["second"])
            check_words(found, volunteer_lines(found), {*scene.ids, *scene.names})
    assert fixed > 2


def earlier(scene: Scene) -> Previous:
    """Return a schedule as the earlier one of another run."""
    plan, units = scene.schedule, np.array(scene.units)

    def frame(volunteer: Any, week: Any) -> pd.DataFrame:
        rows = np.flatnonzero(week >= 0)
        days = np.array([scene.weeks[week[row]] for row in rows], dtype="datetime64[s]")
        columns = {"case_id": [scene.ids[row] for row in rows], "volunteer_id": volunteer[rows]}
        return pd.DataFrame(columns | {"week": days, "hours": units[rows]})

    first, second = frame(plan.volunteer, plan.week), frame(plan.second_volunteer, plan.second_week)
    return Previous(Path("earlier"), (), first, second)


def test_why_not_lists_the_slot_that_was_asked_for() -> None:
    """With a week, the exchanges listed end there and nowhere else, the best first."""
    scene = greedy_scene(5)
    problem = scene.built.problem
    for agent, row in enumerate(scene.built.agents.tolist()):
        for w, name in enumerate(scene.names[:3]):
            asked = explain_case(scene, scene.ids[row], f"{name}@{scene.weeks[0]}")["why_not"]
            assert [week["week"] for week in asked["weeks"]] == [scene.weeks[0]]
            assert bool(asked["codes"]) == bool(problem.barred[agent, w])
            assert all((e["volunteer_id"], e["week"]) == (name, scene.weeks[0]) for e in asked["listed"])
            keys = [key(problem, made_of(scene, one)) for one in asked["listed"]]
            assert keys == sorted(keys)


def test_what_is_not_in_the_programme_is_refused() -> None:
    """An unknown case, volunteer or week is named, with the nearest that is known."""
    scene = greedy_scene(1)
    with pytest.raises(UsageError, match="no case R99"):
        explain_case(scene, "R99")
    with pytest.raises(UsageError, match="no volunteer V99"):
        explain_case(scene, "R1", "V99")
    with pytest.raises(UsageError, match="is no week of the programme"):
        explain_case(scene, "R1", "V1@2027-01-12")
    with pytest.raises(UsageError, match="write the week's Monday after the @"):
        explain_case(scene, "R1", "V1@")


def test_the_lottery_settles_what_the_goals_leave_open() -> None:
    """Two alike cases, one place: the lottery's first has it, and the other is told so."""
    rows = drawn(0, cases=2, volunteers=1)
    alike = {"child_id": "C", "school_id": "S9", "phase": "early", "primary_need": "ASD", "due": "2026-01-02"}
    alike |= {"hours": "3", "priority": "1", "ready_from": "", "trust_id": "none"}
    rows.tables["cases"] = [{"case_id": name, **alike} for name in ("R0", "R1")]
    volunteer = {"volunteer_id": "V0", "school_id": "S8", "trust_id": "none", "headteacher_agreed": "yes"}
    rows.tables["volunteers"] = [{**volunteer, "days_per_week": "0.5", "last_week": "2027-01-11"}]
    rows.tables.pop("availability")
    rows.tables.pop("officers", None)
    rows.tables.pop("conflicts")
    policy = {"programme": {"id": "p", "start": rows.policy["programme"]["start"], "weeks": 1}}
    policy |= {"lottery": {"seed": "s"}}
    built = build(Drawn(policy, rows.tables).read())
    made = best(built.problem)
    assert made.worker[np.argsort(built.problem.draw)].tolist() == [0, -1]
    scene = scene_of(built, made, proven=True)
    loser = explain_case(scene, scene.ids[int(built.agents[np.argsort(built.problem.draw)[1]])])
    assert loser["improvements"] == []
    assert loser["weeks"][0]["closest"]["verdict"] == "equal"
    assert loser["weeks"][0]["closest"]["lottery"] == "prefers_what_is"
    other = scene_of(built, replace(made, worker=made.worker[::-1], period=made.period[::-1]), proven=True)
    winner = explain_case(other, scene.ids[int(built.agents[np.argsort(built.problem.draw)[0]])])
    assert [one["improves"] for one in winner["improvements"]] == ["denied"]
    assert draw_key(built.problem, made) < draw_key(built.problem, other.made)
    assert greedy(built.problem).worker.tolist() == made.worker.tolist()
