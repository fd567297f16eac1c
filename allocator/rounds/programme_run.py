"""A review programme on one page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from allocator.core.calendar.outcome import Effort
from allocator.errors import UsageError
from allocator.reviews.allocate import schedule
from allocator.reviews.answer import RUN, SCHEDULE, SECOND_READS, answer_of, run_record
from allocator.reviews.certificate_file import CERTIFICATE
from allocator.reviews.intake import read_programme
from allocator.reviews.programme import Programme
from allocator.reviews.schedule import ScheduleResult
from allocator.rounds.folder import Writer, check_target, write_folder
from allocator.tables.json_writer import json_bytes

REPORT = "report.html"
WORKBOOK = "schedule.xlsx"
# What solving may take where nobody says otherwise, wall seconds.
TIME_LIMIT = 40.0
Step = Callable[[str], None]


def review(
    programme: Programme | str | Path,
    out: str | Path | None = None,
    *,
    previous: str | Path | None = None,
    handed_back: str | Path | None = None,
    time_limit: float = TIME_LIMIT,
    workers: int = 1,
    overwrite: bool = False,
    step: Step = lambda what: None,
) -> ScheduleResult:
    """Schedule a programme's cases, by its goals in strict order.

    Parameters
    ----------
    programme : Programme, str or Path
        A programme, or the folder that holds one.
    out : str, Path or None
        Where to write the answer; None for nowhere.
    previous : str, Path or None
        An earlier output folder: what it has before `as_of` stands, and the rest counts in `kept`.
    handed_back : str, Path or None
        A table of cases that volunteers gave back unread.
    time_limit : float
        Wall seconds for solving; it also sets how far the search goes. When they pass, the best
        found is answered, with its bounds.
    workers : int
        Accepted for scripts; a schedule never depends on it.
    overwrite : bool
        Replace `out` where it holds a result.
    step : callable
        Told in words what begins.

    Returns
    -------
    ScheduleResult

    Raises
    ------
    UsageError, InputError, StoreError
    """
    if workers < 1:
        raise UsageError("workers must be 1 or more")
    if out is not None:
        check_target(Path(out), overwrite)
    begun = time.monotonic()
    if not isinstance(programme, Programme):
        step("reading")
        programme = read_programme(Path(programme), _path(previous), _path(handed_back))
    elif previous is not None or handed_back is not None:
        raise UsageError("a programme that is read already holds its earlier schedule")
    read_seconds = time.monotonic() - begun
    step("scheduling")
    effort = Effort(
        seconds=time_limit,
        deadline=time.monotonic() + time_limit,
        progress=lambda tier, text: step(f"scheduling: goal {tier}, {text}"),
    )
    result = schedule(programme, effort)
    result.seconds["read"] = read_seconds
    if out is not None:
        step("writing")
        write_result(result, Path(out), overwrite=overwrite, step=step)
    return result


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def write_result(
    result: ScheduleResult, out: Path, *, overwrite: bool = False, step: Step = lambda what: None
) -> None:
    """Write an answer's folder: tables, certificate, workbooks, calendars, report; whole or not at all."""
    run = run_record(result)
    outputs: list[dict[str, str]] = []

    def noted(name: str, write: Callable[[Path], None]) -> Writer:
        def writer(path: Path) -> None:
            step(f"writing {name}")
            write(path)
            outputs.append({"name": name, "sha256": sha256(path.read_bytes()).hexdigest()})

        return writer

    writers: dict[str, bytes | Writer] = {name: noted(name, write) for name, write in _files(result)}
    # Last, because it holds the digests of the others and marks the folder as a result.
    writers[RUN] = lambda path: _bytes(path, json_bytes(run | {"outputs": outputs}))
    write_folder(out, writers, overwrite)


def _files(result: ScheduleResult) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Give every file of the answer but run.json, by name."""
    from allocator.report.packs import packs
    from allocator.report.programme_accounts import accounts_of
    from allocator.report.programme_report import render
    from allocator.report.programme_workbook import write_schedule_workbook

    answer, accounts = answer_of(result), accounts_of(result)
    yield SCHEDULE, lambda path: _bytes(path, answer.schedule)
    yield SECOND_READS, lambda path: _bytes(path, answer.second_reads)
    yield CERTIFICATE, lambda path: _bytes(path, answer.certificate)
    yield WORKBOOK, lambda path: write_schedule_workbook(path, result, accounts)
    yield from packs(result)
    yield REPORT, lambda path: _bytes(path, render(result, accounts).encode())


def _bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
