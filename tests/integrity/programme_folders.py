"""A synthetic programme with second reads on disk, its honest result, and how a spoiled one is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

from allocator.rounds.new import write_new_programme
from integrity.command import call
from integrity.programme_runs import LIMIT


def write_inputs(folder: Path) -> Path:
    """Write a programme that is proven at once, second reads first."""
    write_new_programme(folder, cases=12, volunteers=4, seed=1)
    policy = (folder / "reviews.toml").read_text()
    share = policy.replace("second_read_share = 0.0", "second_read_share = 0.3")
    assert share != policy
    goals = share.index("[[goal]]")
    first = '[[goal]]\nmeasure = "second_reads"\n'
    (folder / "reviews.toml").write_text(share[:goals] + first + share[goals:])
    return folder


def write_result(inputs: Path, out: Path) -> Path:
    """Schedule it by the command."""
    said = call("review", inputs, "-o", out, "--json", *LIMIT)
    assert said.code == 0, said
    assert said.document["status"] == "optimal"
    assert said.document["counts"]["second_reads"] > 0
    return out


def copy(out: Path, target: Path) -> Path:
    """Copy a folder."""
    return Path(shutil.copytree(out, target))


def refused(out: Path, check: str, *arguments: str | Path) -> None:
    """Verify a folder in words and in JSON: exit 6, and both name the check that fails."""
    said = call("verify", out, *arguments)
    assert said.code == 6, said
    assert said.out == ""
    assert f"  {check}: " in said.err, said.err
    document = call("verify", out, *arguments, "--json").document
    assert document["holds"] is False
    assert {finding["check"] for finding in document["findings"]} == {check}, document["findings"]
    assert document["certified"] == document["claimed"] == document["bounded"] == []
