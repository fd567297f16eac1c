"""The explanation of a case as lines of plain English; nothing is said that its JSON does not hold."""

from __future__ import annotations

from allocator.reviews.explain_words import (
    Document,
    by_weeks,
    exchange,
    finding,
    goal_change,
    hours,
    listed,
    moves,
    named,
    number,
    place,
    rule,
    settled,
)

_REASONS = {
    "barred": ("is barred", "are barred"),
    "away": ("offers no hours", "offer no hours"),
    "short": ("offers fewer hours than it takes", "offer fewer hours than it takes"),
    "taken": ("has too few hours left", "have too few hours left"),
    "capped": ("can take no more cases", "can take no more cases"),
    "officers": ("has the hours, but the officers no time", "have the hours, but the officers no time"),
    "open": ("could read it as things stand", "could read it as things stand"),
}
# Witnesses of a kind that a line names; the JSON holds some more.
SHOWN = 3
_STATES = {
    "past": "before the day the programme stands at",
    "closed": "closed",
    "not_ready": "the case is not ready yet",
}


def case_lines(found: Document) -> list[str]:
    """Write the explanation of a case.

    Parameters
    ----------
    found : dict
        As `explain_case` returns it.
    """
    lines = [_facts(found), _now(found)]
    if found["status"] == "fixed":
        return lines
    lines += _second_read(found["second_read"])
    lines += _may_read(found["may_read"])
    if found["weeks"]:
        lines.append("Each earlier week:" if found["now"] else "Each week:")
        lines += _weeks(found["weeks"], found["id"])
    if found["same_week"] is not None:
        lines.append("Another volunteer in its own week:")
        lines += _weeks([found["same_week"]], found["id"])
    if "why_not" in found:
        lines += _why_not(found["why_not"], found["id"])
    lines += _exchanges(found)
    lines += _changes(found)
    return lines


def _facts(found: Document) -> str:
    facts = found["facts"]
    ready = (
        "never in this programme"
        if facts["ready_week"] is None
        else f"from the week of {facts['ready_week']}"
    )
    return (
        f"Case {found['id']}: priority {facts['priority']}, due {facts['due']}, {hours(facts['hours'])}, "
        f"ready {ready}, number {facts['draw']} in the lottery."
    )


def _now(found: Document) -> str:
    facts, now = found["facts"], found["now"]
    if found["status"] == "fixed":
        return (
            f"It was read by {place(now)}, before the day the programme stands at, and stays so; "
            f"{number(facts['days_late'], 'day')} late."
        )
    if now is None:
        return f"It stays in the backlog, which counts {number(facts['days_late_in_backlog'], 'day')} late."
    suits = "knows" if now["suits"] else "does not know both"
    return (
        f"It is read by {place(now)}, {number(facts['days_late'], 'day')} late "
        f"(in the backlog: {facts['days_late_in_backlog']}). "
        f"{now['volunteer_id']} {suits} its phase and need."
    )


def _second_read(second: Document) -> list[str]:
    if not second["picked"]:
        return []
    if second["now"] is not None:
        return [f"The lottery picked it for a second read: by {place(second['now'])}."]
    if "near" not in second:
        return ["The lottery picked it for a second read, and there is none without a first."]
    return [
        "The lottery picked it for a second read, and it has none: of the volunteers, "
        f"{second['near']} are barred or too near the case or its first reader, {second['no_hours']} have in "
        f"no week hours enough left, {second['capped']} can take no more cases, {second['open']} could."
    ]


def _may_read(may: Document) -> list[str]:
    lines = [
        f"Of {number(may['volunteers'], 'volunteer')}, {may['volunteers'] - may['barred']} may read it, and "
        f"{may['suited'] or 'none'} of these {'knows' if may['suited'] == 1 else 'know'} its phase and need."
    ]
    return lines + [
        f"  {bar['volunteers']} barred: {rule(bar['codes'])} ({_some(bar['ids'], bar['volunteers'])})"
        for bar in may["barred_by"]
    ]


def _some(ids: list[str], count: int) -> str:
    return ", ".join(ids) + (", …" if count > len(ids) else "")


def _weeks(weeks: list[Document], case_id: str) -> list[str]:
    said = by_weeks([(week["week"], _week(week, case_id)) for week in weeks])
    return [line for label, (first, *more) in said for line in (f"  {label}: {first}", *more)]


def _week(week: Document, case_id: str) -> list[str]:
    if week["state"] != "examined":
        return [f"{_STATES[week['state']]}."]
    parts = [
        f"{week[reason]} {one if week[reason] == 1 else many}"
        for reason, (one, many) in _REASONS.items()
        if week[reason]
    ]
    lines = [f"of {number(week['volunteers'], 'volunteer')}, {listed(parts)}."]
    lines += [f"    {line}" for line in _taken_by(week["taken_by"])]
    if week["closest"] is not None:
        many = week["exchanges"]
        which = (
            "the only exchange that keeps every rule"
            if many == 1
            else f"the best of {many} exchanges that keep every rule"
        )
        lines.append(f"    {which[0].upper()}{which[1:]}: {exchange(week['closest'], case_id)}.")
        less = week["closest_less_urgent"]
        if less is not None and less != week["closest"]:
            lines.append(f"    The best in which a less urgent case gives way: {exchange(less, case_id)}.")
    elif week["volunteers"]:
        lines.append("    No single exchange that keeps every rule puts it here.")
    return lines


def _taken_by(taken: Document) -> list[str]:
    lines = []
    for urgency, said in (
        ("more_urgent", "of a more urgent priority"),
        ("equally_urgent", "of the same priority"),
        ("less_urgent", "of a less urgent priority"),
        ("second_reading", "a second time"),
    ):
        count, those = taken[urgency]["readings"], taken[urgency]["named"][:SHOWN]
        if count:
            some = "" if count == len(those) else "among them "
            ways = taken[urgency]["can_give_way"]
            can = (
                f" ({ways or 'none'} of which can give way in a single exchange)"
                if urgency == "less_urgent"
                else ""
            )
            lines.append(
                f"Taken by {number(count, 'case')} {said}{can}: {some}"
                f"{'; '.join(named(one) for one in those)}."
            )
    return lines


def _why_not(asked: Document, case_id: str) -> list[str]:
    who = asked["volunteer_id"]
    suits = "knows" if asked["suits"] else "does not know both"
    lines = [f"Why not {who}, who {suits} its phase and need:"]
    if asked["codes"]:
        return [*lines, f"  Barred: {rule(asked['codes'])}."]
    said = by_weeks([(week["week"], [_slot(week)]) for week in asked["weeks"]])
    lines += [f"  {label}: {slot}" for label, (slot,) in said]
    lines += [f"  Exchange: {exchange(one, case_id)}." for one in asked["listed"]]
    if asked["exchanges"] > len(asked["listed"]):
        lines.append(f"  … and {asked['exchanges'] - len(asked['listed'])} more, none better than these.")
    if not asked["listed"]:
        lines.append(f"  No single exchange that keeps every rule puts it with {who} there.")
    return lines


def _slot(week: Document) -> str:
    if week["state"] == "here":
        return "here it is read."
    if week["state"] != "examined":
        return f"{_STATES[week['state']]}."
    said = {
        "away": "offers no hours.",
        "short": f"offers {hours(week['offered'])}, fewer than it takes.",
        "taken": f"{week['free']} of {hours(week['offered'])} left",
        "capped": "can take no more cases.",
        "officers": "has the hours, but the officers no time to sign off.",
        "open": f"{week['free']} of {hours(week['offered'])} left, enough for it.",
    }[week["reason"]]
    if week["reason"] != "taken":
        return said
    return f"{said}; read there: {'; '.join(named(one) for one in week['readings'])}."


def _exchanges(found: Document) -> list[str]:
    tried = found["exchanges"]
    if not tried["tried"] and not found["improvements"]:
        other = "other place" if found["now"] else "place"
        return [f"There is no {other} that it could have, even if nothing else were there."]
    left = f"; {tried['left_out']} were left out" if tried["left_out"] else ""
    lines = [
        f"{number(tried['tried'], 'single exchange')} tried, in any week, of which {tried['lawful']} "
        f"keep every rule{left}."
    ]
    better = found["improvements"]
    if better:
        return lines + [finding(one, found["id"]) for one in better]
    return [*lines, "None is better than this schedule in the strict order of the goals."]


def _changes(found: Document) -> list[str]:
    if not found["changes"]:
        if found["now"] and not any(week["state"] == "examined" for week in found["weeks"]):
            return ["It could not be read in an earlier week at all."]
        return (
            ["Nothing single that was tried would let it be read earlier."]
            if found["now"]
            else ["Nothing single that was tried would let it be read."]
        )
    lines = ["What would have to change, each by itself:"]
    return lines + [f"  {_change(one, found['id'])}" for one in found["changes"]]


def _change(one: Document, case_id: str) -> str:
    if one["change"] == "priority":
        return (
            f"At priority {one['priority']} this would no longer be the best schedule: "
            f"{moves(one, case_id)} would then be better ({settled(one)})."
        )
    where = place(one)
    said = {
        "hours": f"{one.get('hours')} h more of {where}",
        "shorter": f"If it took {one.get('hours')} h: {where}",
        "rule": f"Without the rule that bars it ({', '.join(one.get('codes', []))}): {where}",
        "max_cases": f"With max_cases {one.get('max_cases')}: {where}",
        "officer_hours": f"{one.get('hours')} h more of the officers' time: {where}",
        "ready_from": f"Ready in the week of {one.get('ready_week')}: {where}",
    }[one["change"]]
    said += f"; {goal_change(one['goals'][0])}."
    if "ahead" in one:
        ahead = one["ahead"]
        said += (
            f" {number(ahead, 'other case')} would gain more by it ({_some(one['ahead_ids'], ahead)})."
            if ahead
            else " No other case would gain more by it."
        )
    return said
