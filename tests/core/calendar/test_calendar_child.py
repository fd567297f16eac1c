"""A method in a child process: the same answer, every end of it told, and no process left behind."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allocator.core.calendar import child
from allocator.core.calendar.exact import solve_exactly
from allocator.core.calendar.outcome import Effort
from allocator.core.calendar.problem import Appointments
from allocator.core.child import send
from allocator.errors import ProblemError
from core.calendar.honesty import check_honest
from core.calendar.oracle import found
from core.calendar.random_problems import bare, programme

PARENT = Path(__file__).with_name("parent.py")
SMALL = programme(4, 12, 4, 3)
# It takes minutes, and fills a pipe many times over.
LONG = programme(5, 250, 40, 20)
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").is_file(), reason="whether a process lives is read in /proc: not here"
)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every process that is started, and proof that it is over in the end."""
    processes: list[Any] = []
    before = subprocess.Popen

    def start(*arguments: Any, **named: Any) -> Any:
        processes.append(before(*arguments, **named))
        return processes[-1]

    monkeypatch.setattr(child.subprocess, "Popen", start)
    yield processes
    assert processes
    for process in processes:
        assert process.returncode is not None
        assert process.stdin.closed
        assert process.stdout.closed


def test_the_exact_method_answers_there_as_here(started: list[Any]) -> None:
    """From a start, with goals known, and telling how far it is."""
    here = solve_exactly(SMALL, Effort())
    told: list[int] = []
    effort = Effort(progress=lambda tier, text: told.append(tier))
    there = child.run("exact", SMALL, effort, here.appointments, here.tiers[:3])
    assert there is not None
    assert found(there) == found(here)
    assert there.proven
    assert told
    assert min(told) > 3


def test_the_search_answers_twice_alike(started: list[Any]) -> None:
    """In processes of their own, with every rule kept."""
    small = replace(SMALL, tiers=SMALL.tiers[:9])
    one, other = (child.run("search", small, Effort(seconds=0.2)) for _ in range(2))
    assert one is not None
    assert other is not None
    check_honest(small, one)
    assert found(one) == found(other)


def test_what_is_wrong_there_is_told_here(started: list[Any]) -> None:
    """The child's fault has the child's words."""
    problem = bare(2, [[3]], [2, 2])
    both = Appointments(*(np.array(column) for column in ([0, 0], [0, 0], [-1, -1], [-1, -1])))
    with pytest.raises(ProblemError, match="break rules: room"):
        child.run("exact", problem, Effort(), both)


@needs_signals
def test_a_child_that_is_killed_at_work_is_told(started: list[Any]) -> None:
    """Want of memory ends processes so: no answer is made up."""

    def kill(tier: int, text: str) -> None:
        os.kill(started[0].pid, signal.SIGKILL)

    with pytest.raises(ProblemError, match="without an answer"):
        child.run("search", LONG, Effort(progress=kill))


@needs_signals
def test_a_child_that_ends_before_it_has_read_is_told(
    started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much there was to read, and nothing is left open."""
    before = child.send

    def late(stream: Any, content: Any) -> None:
        started[-1].wait()
        before(stream, content)

    monkeypatch.setattr(child.sys, "executable", "false")
    monkeypatch.setattr(child, "send", late)
    for problem in (LONG, bare(1, [[1]], [1])):
        with pytest.raises(ProblemError, match="the solving process ended"):
            child.run("search", problem, Effort())


@pytest.mark.parametrize("part", [0, 3, 8, 400])
def test_a_child_that_ends_within_an_event_is_told(part: int) -> None:
    """Killed before, while or after it tells how long the event is: nothing is taken for an answer."""
    message = io.BytesIO()
    send(message, ("answer", solve_exactly(SMALL, Effort())))
    with pytest.raises(ProblemError, match="without an answer"):
        child._listen(io.BytesIO(message.getvalue()[:part]), Effort())


def test_a_deadline_that_has_passed_is_answered_with_nothing(
    started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for a child that has found nothing yet."""
    monkeypatch.setattr(child, "_GRACE", 0.0)
    began = time.monotonic()
    assert child.run("search", LONG, Effort(deadline=began - 1)) is None
    assert time.monotonic() - began < 5


def test_after_the_deadline_the_last_that_was_told_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that came at once are all heard: once only the first was, until the next came (regression)."""
    monkeypatch.setattr(child, "_GRACE", 0.0)
    outcome = solve_exactly(SMALL, Effort())
    last = replace(outcome, cut_short=True)
    told: list[tuple[int, str]] = []
    several = io.BytesIO()
    for message in (("tier", (2, "moves")), ("best", outcome), ("best", last)):
        send(several, message)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as incoming, os.fdopen(writing, "wb", buffering=0) as outgoing:
        outgoing.write(several.getvalue())
        effort = Effort(
            deadline=time.monotonic() + 0.5, progress=lambda tier, text: told.append((tier, text))
        )
        answer = child._listen(incoming, effort)
    assert answer is not None
    assert answer.cut_short
    assert found(answer) == found(outcome)
    assert told == [(2, "moves")]


def test_a_search_is_ended_in_time_with_what_it_has(started: list[Any]) -> None:
    """Lawful, and said to be cut short, by the child itself or by what it had told."""
    problem = programme(6, 60, 8, 6)
    began = time.monotonic()
    outcome = child.run("search", problem, Effort(seconds=600.0, deadline=began + 6))
    # A child has two seconds more to come to its end.
    assert time.monotonic() - began < 6 + 2 + 3
    assert outcome is not None
    assert outcome.cut_short
    assert all(not tier.proven or tier.bound == tier.value for tier in outcome.tiers)


def lives(pid: int) -> bool:
    """Say whether a process is there, and no mere record of one that nobody has asked after."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


@needs_signals
@needs_proc
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_parent_that_ends_takes_its_child_along(how: signal.Signals) -> None:
    """Interrupted from the keyboard, which both hear, or killed outright: nobody computes on."""
    parent = subprocess.Popen(
        [sys.executable, str(PARENT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        pickle.dump(LONG, parent.stdin)
        parent.stdin.close()
        pid = int(parent.stdout.readline())
        assert lives(pid)
        if how == signal.SIGINT:
            os.killpg(parent.pid, how)
        else:
            parent.kill()
        assert parent.wait(20) == -how
    until = time.monotonic() + 10
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not lives(pid)
