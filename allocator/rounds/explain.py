"""Read a result folder and its inputs, and explain one of its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.core.calendar.rules import breaches, values
from allocator.errors import CertificateError, UsageError
from allocator.placement.answer import PLACEMENTS
from allocator.reviews.answer import RUN, SCHEDULE
from allocator.reviews.explain_case import explain_case
from allocator.reviews.explain_case_words import case_lines
from allocator.reviews.explain_scene import Document, Scene
from allocator.reviews.explain_volunteer import explain_volunteer
from allocator.reviews.explain_volunteer_words import volunteer_lines
from allocator.reviews.read_answer import read_answer
from allocator.rounds.digests import is_programme
from allocator.rounds.programme_recheck import load_programme
from allocator.tables.nearest import meaning
from allocator.tables.verification import RefusedError

# How an id is marked where a case and a volunteer share it.
MARKS = ("case", "volunteer")


def explain(
    out: str | Path, who: str, why_not: str | None = None, inputs: str | Path | None = None
) -> tuple[Document, list[str]]:
    """Explain a case or a volunteer of a review programme's result.

    Parameters
    ----------
    out : str or Path
        A folder that `review` wrote.
    who : str
        The id of a case or of a volunteer; ``case:ID`` or ``volunteer:ID`` where both have it.
    why_not : str, optional
        For a case: a volunteer's id, or ``ID@MONDAY``.
    inputs : str, Path or None
        Where the inputs lie; None for where run.json says.

    Returns
    -------
    document : dict
        JSON-able; "kind" is "case" or "volunteer".
    lines : list of str
        The same in plain English.

    Raises
    ------
    UsageError
        When `out` is no result of a review programme, or an id is not known.
    CertificateError
        When a file of the result or of the inputs is missing, malformed or different.
    """
    folder = Path(out)
    try:
        _must_be_reviews(folder)
        scene = _scene(folder, None if inputs is None else Path(inputs))
    except RefusedError as refused:
        raise CertificateError([str(finding) for finding in refused.findings]) from refused
    kind, name = _kind(scene, who)
    if kind == "case":
        document = explain_case(scene, name, why_not)
        return document, case_lines(document)
    if why_not is not None:
        raise UsageError(f"--why-not goes with a case, and {name} is a volunteer")
    document = explain_volunteer(scene, name)
    return document, volunteer_lines(document)


def _must_be_reviews(out: Path) -> None:
    if is_programme(out):
        return
    if (out / PLACEMENTS).is_file():
        raise UsageError(
            f"{out} is a placement: so far placements are explained by their reasons, in {PLACEMENTS}"
        )
    if not (out / RUN).exists():
        raise UsageError(f"{out} is no result folder: it holds neither {RUN} nor {SCHEDULE}")
    raise RefusedError("files", f"{RUN} is not the record of a review programme")


def _scene(out: Path, inputs: Path | None) -> Scene:
    """Read what is explained, refusing a schedule that breaks a rule or whose goals are misstated."""
    programme, answer, run = load_programme(out, inputs)
    built, schedule, _ = read_answer(programme, answer)
    made = built.appointments(schedule)
    broken = breaches(built.problem, made)
    if broken:
        raise RefusedError("rows", f"the schedule breaks rules ({', '.join(broken)}); see `verify`")
    goals = _goals(run)
    tiers = [
        (goal["measure"], goal["level"], goal["value"]) for goal in goals if goal["measure"] != "lottery"
    ]
    true = zip(built.entries, values(built.problem, made), strict=True)
    if tiers != [(*entry, value) for entry, value in true]:
        raise RefusedError("goals", f"the goals of {RUN} are not those of the schedule; see `verify`")
    return Scene(built, made, goals)


def _goals(run: dict[str, Any]) -> list[dict[str, Any]]:
    goals, keys = run.get("goals"), {"measure", "level", "value", "proven"}
    good = isinstance(goals, list) and all(
        isinstance(goal, dict) and keys <= goal.keys() and isinstance(goal["proven"], bool) for goal in goals
    )
    if not good or not isinstance(goals, list):
        raise RefusedError("goals", f"{RUN} does not list its goals")
    return goals


def _kind(scene: Scene, who: str) -> tuple[str, str]:
    """Tell what an id stands for."""
    mark, colon, name = who.partition(":")
    if colon and mark in MARKS:
        return mark, name
    if who in scene.ids and who in scene.names:
        raise UsageError(f"{who} is a case and a volunteer: write case:{who} or volunteer:{who}")
    if who in scene.names:
        return "volunteer", who
    if who not in scene.ids:
        said = meaning(who, [*scene.ids, *scene.names])
        none = f"the programme has neither a case nor a volunteer {who}"
        raise UsageError(f"{none}; {said}" if said else none)
    return "case", who
