"""Runs what the documents show: each fenced block by its language, each document in a folder of its own.

``console``
    Every line after ``$`` (and those after ``>`` that belong to it) is run by bash in a scratch folder
    that holds copies of the shipped round at ``instances/seaford-60`` and of the shipped programme at
    ``instances/overdue-24``, with this environment's ``allocator`` and ``python`` first on the path.
    The lines beneath a command must appear in what it printed, in that order; a line ``…`` stands for any
    lines, and a line that ends with ``…`` for any that begins so. The exit code must be 0, unless
    ``$ echo $?`` comes next and the document says which it was.
``python``
    Run in the same folder; the names of earlier blocks of the document live on.
``toml``, ``json``
    Must parse; a whole policy (it has ``[round]`` or ``[programme]``) must be one that the engine takes.
``sh``, ``text``
    Shown, never run: what sets up a machine, and what is no command.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from sybil import Example
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

ROOT = Path(__file__).resolve().parent.parent
SHIPPED_ROUND = Path("instances") / "seaford-60"
SHIPPED_PROGRAMME = Path("instances") / "overdue-24"
# By the section that only a whole policy has: the tables that it is judged with, and its own name.
POLICIES = {"round": (SHIPPED_ROUND, "round.toml"), "programme": (SHIPPED_PROGRAMME, "reviews.toml")}
SECONDS_A_COMMAND = 120
ANY_LINES = "…"


def scratch_folder(namespace: dict[str, Any]) -> None:
    """Stand in a new folder with copies of the shipped round and programme."""
    folder = Path(tempfile.mkdtemp(prefix="document-"))
    for shipped in (SHIPPED_ROUND, SHIPPED_PROGRAMME):
        if (ROOT / shipped).is_dir():
            shutil.copytree(ROOT / shipped, folder / shipped)
    namespace["_came_from"] = os.getcwd()
    namespace["_scratch"] = folder
    os.chdir(folder)


def leave_scratch_folder(namespace: dict[str, Any]) -> None:
    """Go back to where the run began and remove the folder."""
    os.chdir(namespace["_came_from"])
    shutil.rmtree(namespace["_scratch"], ignore_errors=True)


def commands_of(source: str) -> list[tuple[str, list[str], int]]:
    """Split a console block.

    Returns
    -------
    list of (command, lines shown beneath it, exit code claimed)
    """
    found: list[tuple[str, list[str], int]] = []
    lines = source.splitlines()
    while lines:
        line = lines.pop(0)
        if line.strip() == "$ echo $?":
            command, shown, _ = found[-1]
            found[-1] = (command, shown, int(lines.pop(0)))
        elif line.startswith("$ "):
            command = [line[2:]]
            while lines and (lines[0] == ">" or lines[0].startswith("> ")):
                command.append(lines.pop(0)[2:])
            found.append(("\n".join(command), [], 0))
        elif line.strip():
            assert found, f"a console block begins with '$ ', not with {line!r}"
            found[-1][1].append(line.rstrip())
    return found


def first_line_not_shown(shown: list[str], printed: str) -> str | None:
    """Return the first of the shown lines that the program did not print in its turn, or None."""
    rest = iter([line.rstrip() for line in printed.splitlines()])
    for line in shown:
        if line.strip() != ANY_LINES and not any(as_shown(line, other) for other in rest):
            return line
    return None


def as_shown(line: str, printed: str) -> bool:
    """Say whether a printed line is the one shown, which may break off with an ellipsis."""
    if line.endswith(ANY_LINES):
        return printed.startswith(line.removesuffix(ANY_LINES))
    return line == printed


def run_console(example: Example) -> None:
    """Run each command of a console block and hold it to what the document says of it."""
    environment = dict(os.environ, NO_COLOR="1", COLUMNS="110", PYTHONWARNINGS="")
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for command, shown, exit_code in commands_of(example.parsed):
        done = subprocess.run(
            ["bash", "-c", command],
            capture_output=True,
            text=True,
            env=environment,
            timeout=SECONDS_A_COMMAND,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == exit_code, f"$ {command}\nended with {done.returncode}:\n{printed}"
        missing = first_line_not_shown(shown, printed)
        assert missing is None, f"$ {command}\ndid not print {missing!r} in its turn, but:\n{printed}"


def parse_toml(example: Example) -> None:
    """Parse a TOML block; a whole policy must pass the engine's own reader."""
    policy = tomllib.loads(example.parsed)
    for section, (shipped, name) in POLICIES.items():
        if section in policy:
            judge_policy(example.parsed, shipped, name)


def judge_policy(text: str, shipped: Path, policy_name: str) -> None:
    """Put a policy beside the shipped tables of its kind and have the engine check the folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "inputs"
        shutil.copytree(ROOT / shipped, folder)
        (folder / policy_name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            [str(Path(sys.executable).parent / "allocator"), "check", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def parse_json(example: Example) -> None:
    """Parse a JSON block."""
    json.loads(example.parsed)


PARSERS = (
    CodeBlockParser("console", run_console),
    CodeBlockParser("toml", parse_toml),
    CodeBlockParser("json", parse_json),
    PythonCodeBlockParser(),
)
