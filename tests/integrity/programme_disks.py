"""Reviewing onto disks that are too small, in a mount namespace of its own: run as a program.

``unshare --mount python -m integrity.programme_disks INPUTS EARLIER DISK KILOBYTES…`` schedules a programme
onto a disk of each size, over an earlier result where the size is negative. It prints a JSON list of what
was said and what is left. The disks vanish with the process, however it ends.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from integrity.command import Said, call
from integrity.programme_runs import LIMIT, contents


def on_a_disk(inputs: Path, earlier: Path, disk: Path, kilobytes: int) -> dict[str, Any]:
    """Schedule onto one disk; a negative size is a disk that already holds the earlier result."""
    disk.mkdir()
    size = f"size={abs(kilobytes)}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)], check=True)
    out = disk / "out"
    if kilobytes < 0:
        shutil.copytree(earlier, out)
    try:
        more = ["--overwrite"] if kilobytes < 0 else []
        said = call("review", inputs, "-o", out, "--quiet", *LIMIT, *more)
    except Exception:
        said = Said(1, "", traceback.format_exc())
    left = sorted(str(path.relative_to(disk)) for path in disk.rglob("*") if path.is_file())
    same = kilobytes < 0 and contents(out) == contents(earlier)
    return {"code": said.code, "out": said.out, "err": said.err, "left": left, "same": same}


def main() -> None:
    """Read the sizes from the command line, and print what came of each."""
    inputs, earlier, room = map(Path, sys.argv[1:4])
    sizes = [int(text) for text in sys.argv[4:]]
    print(json.dumps([on_a_disk(inputs, earlier, room / f"disk{size}", size) for size in sizes]))


if __name__ == "__main__":
    main()
