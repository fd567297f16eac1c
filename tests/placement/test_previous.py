"""An earlier result: what it changes, and that it is never taken along in silence."""

from __future__ import annotations

from pathlib import Path

from allocator import place, verify
from allocator.placement.intake import read_round


def test_an_earlier_result_that_no_goal_looks_at_is_warned_of(root: Path, tmp_path: Path) -> None:
    folder = root / "instances" / "seaford-60"
    place(folder, tmp_path / "before")
    codes = [warning.code for warning in read_round(folder, tmp_path / "before").warnings]
    assert codes == ["previous_idle"]


def test_what_was_proposed_before_is_kept_where_the_policy_says_so(root: Path, tmp_path: Path) -> None:
    """With `kept` after need, the same round keeps every place; verify reads the earlier result."""
    source, folder = root / "instances" / "seaford-60", tmp_path / "round"
    folder.mkdir()
    for path in source.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    policy = (source / "round.toml").read_text("utf-8")
    before = place(source, tmp_path / "before")
    head, *goals = policy.split("[[goal]]")
    first, *rest = goals
    again = "[[goal]]".join([head, first, '\nmeasure = "kept"\n', *rest])
    (folder / "round.toml").write_text(again, "utf-8")
    result = place(folder, tmp_path / "after", previous=tmp_path / "before")
    assert (result.placements["provision_id"] == before.placements["provision_id"]).all()
    kept = next(goal for goal in result.goals if goal["measure"] == "kept")
    assert kept["value"] == (before.placements["provision_id"] != "").sum()
    assert verify(tmp_path / "after").holds
    (tmp_path / "before" / "placements.csv").write_bytes(b"child_id,status,provision_id\n")
    assert [finding.check for finding in verify(tmp_path / "after").findings] == ["files"]
