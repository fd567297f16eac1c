"""The explanation of a volunteer as lines of plain English; nothing is said that its JSON does not hold."""

from __future__ import annotations

from allocator.reviews.explain_words import (
    Document,
    by_weeks,
    exchange,
    finding,
    hours,
    listed,
    named,
    number,
    rule,
)

_STATES = {
    "past": "past",
    "closed": "closed",
    "away": "no hours offered",
    "no_agreement": "not used: the headteacher has not agreed",
}


def volunteer_lines(found: Document) -> list[str]:
    """Write the explanation of a volunteer.

    Parameters
    ----------
    found : dict
        As `explain_volunteer` returns it.
    """
    lines = _facts(found)
    lines += [f"  {number(bar['cases'], 'case')} barred: {rule(bar['codes'])}" for bar in found["barred_by"]]
    for label, (first, *more) in by_weeks([(week["week"], _week(week)) for week in found["weeks"]]):
        lines += [f"{label}: {first}", *more]
    lines += _schools(found["schools"])
    lines += _load(found["load"])
    return lines + [finding(better) for better in found["improvements"]]


def _facts(found: Document) -> list[str]:
    facts = found["facts"]
    cap = "no cap" if facts["max_cases"] is None else f"at most {number(facts['max_cases'], 'case')}"
    knows = f"phases {facts['phases'] or 'any'}, needs {facts['needs'] or 'any'}"
    second = (
        f"{facts['taken_by_second_reads']} by {number(facts['second_reads'], 'second read')}, "
        if facts["second_reads"]
        else ""
    )
    lines = [
        f"Volunteer {found['id']} of school {facts['school_id']}: {knows}, {cap}.",
        f"Offers {hours(facts['offered'])}: {facts['taken']} taken by {number(facts['cases'], 'case')}, "
        f"{second}{facts['free']} free.",
    ]
    if not facts["headteacher_agreed"]:
        lines.append("The headteacher has not agreed, so nothing is given to this volunteer.")
    return lines


def _week(week: Document) -> list[str]:
    if week["state"] in _STATES and not week["readings"]:
        return [f"{_STATES[week['state']]}."]
    lines = [f"{hours(week['offered'])} offered, {week['taken']} taken, {week['free']} free."]
    for reading in week["readings"]:
        extra = [number(reading["days_late"], "day") + " late", f"school {reading['school_id']}"]
        extra += ["knows its phase and need"] if reading["suits"] else []
        extra += ["second read"] if reading["second"] else []
        extra += ["stands as it was"] if reading["fixed"] else []
        lines.append(f"  {named(reading)}: {', '.join(extra)}")
    return lines + ([f"  Free because {_left(week)}."] if "left" in week else [])


def _left(week: Document) -> str:
    left, free = week["left"], week["free"]
    backlog = left["backlog"]
    parts = []
    if left["capped"]:
        parts.append("the volunteer can take no more cases")
    if left["officers"]:
        parts.append("the officers have no time left to sign off")
    stay = [
        f"{backlog[key]} {one if backlog[key] == 1 else many}"
        for key, (one, many) in {
            "barred": ("is barred", "are barred"),
            "not_ready": ("is not ready", "are not ready"),
            "longer": (f"takes more than {hours(free)}", f"take more than {hours(free)}"),
            "fits": ("would fit", "would fit"),
        }.items()
        if backlog[key]
    ]
    if left["sizes"]:
        stay[-1 if not backlog["fits"] else -2] += f" ({_sizes(left['sizes'])})"
    those = listed(stay)
    parts.append(
        f"of the {number(backlog['cases'], 'case')} in the backlog, {those}"
        if those
        else "the backlog is empty"
    )
    later = left["later"]
    those = "no case" if later == 0 else number(later, "case")
    parts.append(f"{those} read later, or that week by another, would fit")
    if left["closest"] is not None:
        parts.append(f"the best of these moves: {exchange(left['closest'])}")
    elif (backlog["fits"] or later) and not (left["capped"] or left["officers"]):
        parts.append("none of these moves keeps every rule")
    return "; ".join(parts)


def _sizes(sizes: list[Document]) -> str:
    return ", ".join(f"{size['cases']} of {size['hours']} h" for size in sizes)


def _schools(schools: list[Document]) -> list[str]:
    if not schools:
        return []
    said = ", ".join(f"{one['school_id']} ({one['cases']})" for one in schools)
    return [f"Cases of {number(len(schools), 'school')}: {said}."]


def _load(load: Document) -> list[str]:
    if load["share"] is None:
        return ["There is no load to compare: no hours count."]
    lines = [
        f"Load: {load['share']} per mille of the hours offered; all volunteers together {load['overall']}, "
        f"the largest {load['largest']['share']} ({load['largest']['volunteer_id']}); "
        f"{load['greater'] or 'none'} of {load['volunteers']} {'has' if load['greater'] == 1 else 'have'} a "
        "greater load."
    ]
    one, many = (
        ("moves work from this volunteer to one with a smaller load", "move work from this volunteer to")
        if load["direction"] == "less"
        else ("moves work to this volunteer from one with a greater load", "move work to this volunteer from")
    )
    if load["closest"] is None:
        return [*lines, f"No single exchange that keeps every rule {one}."]
    other = "one with a smaller load" if load["direction"] == "less" else "one with a greater load"
    lines.append(
        f"Exchanges that keep every rule and {many} {other}: {load['exchanges']}. "
        f"The best: {exchange(load['closest'])}."
    )
    return lines
