"""A placement round on one page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from allocator.core import child, network
from allocator.core.outcome import Settings
from allocator.errors import UsageError
from allocator.placement.allocate import allocate
from allocator.placement.answer import (
    CERTIFICATE,
    OPTIONS,
    PLACEMENTS,
    RUN,
    answer_of,
    run_record,
)
from allocator.placement.intake import read_round
from allocator.placement.result import PlacementResult
from allocator.placement.round import Round
from allocator.rounds.folder import check_target, write_folder
from allocator.tables.json_writer import json_bytes

REPORT = "report.html"
WORKBOOK = "placements.xlsx"
Step = Callable[[str], None]
# From this many children on, solving takes long enough that it must be stoppable at once.
CHILD_FROM = 5_000


def place(
    round_: Round | str | Path,
    out: str | Path | None = None,
    *,
    previous: str | Path | None = None,
    time_limit: float | None = None,
    overwrite: bool = False,
    lottery_keys: Mapping[str, str] | None = None,
    step: Step = lambda what: None,
) -> PlacementResult:
    """Place a round's children, with a proof of every goal.

    Parameters
    ----------
    round_ : Round, str or Path
        A round, or the folder that holds one.
    out : str, Path or None
        Where to write the answer; None for nowhere.
    previous : str, Path or None
        An earlier output folder, for the measure ``kept``.
    time_limit : float or None
        Wall seconds for solving. When they pass, the best found is answered, with its
        bounds, and said not to be proven.
    overwrite : bool
        Replace `out` where it holds a result.
    lottery_keys : mapping of child_id to hex digest, or None
        Lottery digests to carry, for children whose ids were changed.
    step : callable
        Told in words what begins.

    Returns
    -------
    PlacementResult

    Raises
    ------
    UsageError, InputError, NoAssignmentError, StoreError
    """
    if out is not None:
        check_target(Path(out), overwrite)
    begun = time.monotonic()
    if not isinstance(round_, Round):
        step("reading")
        round_ = read_round(_folder(round_), None if previous is None else Path(previous))
    read_seconds = time.monotonic() - begun
    step("placing")
    deadline = None if time_limit is None else time.monotonic() + time_limit
    in_child = time_limit is not None or len(round_.children) > CHILD_FROM
    result = allocate(
        round_,
        lottery_keys=lottery_keys,
        settings=Settings(deadline, lambda k, n: step(f"placing: goal {k + 1} of {n}")),
        method=child.solve if in_child else network.solve,
    )
    result.seconds["read"] = read_seconds
    if out is not None:
        step("writing")
        write_result(result, Path(out), overwrite=overwrite, step=step)
    return result


def write_result(
    result: PlacementResult, out: Path, *, overwrite: bool = False, step: Step = lambda what: None
) -> None:
    """Write an answer's folder: tables, certificate, workbook, report and run.json, whole or not at all."""
    from hashlib import sha256

    from allocator.report.render import render
    from allocator.report.summary import summarise
    from allocator.report.workbook import write_workbook

    answer = answer_of(result)
    run = run_record(result)
    outputs: list[dict[str, str]] = []

    def noted(name: str, write: Callable[[Path], None]) -> Callable[[Path], None]:
        def writer(path: Path) -> None:
            step(f"writing {name}")
            write(path)
            outputs.append({"name": name, "sha256": sha256(path.read_bytes()).hexdigest()})

        return writer

    def report(path: Path) -> None:
        path.write_text(render(summarise(result.round, result.placements, result.options, run)), "utf-8")

    files: dict[str, Callable[[Path], None]] = {
        PLACEMENTS: lambda path: _bytes(path, answer.placements),
        OPTIONS: lambda path: _bytes(path, answer.options),
        CERTIFICATE: lambda path: _bytes(path, answer.certificate),
        WORKBOOK: lambda path: write_workbook(path, result.round, result.placements, result.options, run),
        REPORT: report,
    }
    writers: dict[str, Any] = {name: noted(name, write) for name, write in files.items()}
    # Last, because it holds the digests of the others and marks the folder as a result.
    writers[RUN] = lambda path: _bytes(path, json_bytes(run | {"outputs": outputs}))
    write_folder(out, writers, overwrite)


def _bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _folder(path: str | Path) -> Path:
    folder = Path(path)
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    return folder
