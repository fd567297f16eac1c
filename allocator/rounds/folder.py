"""Output folders that appear whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from allocator.errors import StoreError, UsageError

# The file that makes a folder a result, and so one that may be replaced.
MARK = "run.json"
Writer = Callable[[Path], None]


def check_target(out: Path, overwrite: bool) -> None:
    """Refuse an output folder that must not be written to.

    Raises
    ------
    UsageError
        When it is a file, or holds anything and `overwrite` does not cover it.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"{out} is not a folder; choose another with -o")
    if not out.exists() or not any(out.iterdir()):
        return
    if not overwrite:
        raise UsageError(f"{out} is not empty; choose another folder, or add --overwrite to replace a result")
    if not (out / MARK).is_file():
        raise UsageError(f"{out} holds no {MARK}, so it is not a result, and --overwrite will not replace it")


def write_folder(out: Path, files: Mapping[str, bytes | Writer], overwrite: bool = False) -> None:
    """Write a folder's files beside it, then put it in place with one rename.

    Parameters
    ----------
    out : Path
    files : mapping of name to bytes or to a callable that writes the file at a path
        Written in this order. A name may be "folder/name".
    overwrite : bool
        Replace a folder that holds a result.

    Raises
    ------
    UsageError
        As `check_target`.
    StoreError
        When the disk will not take it; nothing half-written is left.
    """
    out = Path(os.path.abspath(out))
    check_target(out, overwrite)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        with _hidden_sibling(out) as building:
            for name, content in files.items():
                _write(building / name, content)
            # All at the end: by then the system has most of it on the disk already.
            for path in sorted(building.rglob("*"), reverse=True):
                _sync(path)
            _sync(building)
            _swap(building, out)
    except OSError as error:
        raise StoreError(f"{out} could not be written: {error.strerror or error}") from error


def _write(path: Path, content: bytes | Writer) -> None:
    path.parent.mkdir(exist_ok=True)
    if callable(content):
        with workbook_faults_as_os_errors():
            content(path)
    else:
        path.write_bytes(content)


@contextmanager
def workbook_faults_as_os_errors() -> Iterator[None]:
    """Raise what the workbook's writer wraps when the disk will not take it, as it was."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield
    except FileCreateError as error:
        cause = error.args[0] if error.args else None
        raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error


def _sync(path: Path) -> None:
    """Ask that what was written survives a power cut, where the system can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


@contextmanager
def _hidden_sibling(out: Path) -> Iterator[Path]:
    building = out.parent / f".{out.name}.{os.getpid()}.partial"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _swap(building: Path, out: Path) -> None:
    """Put the new folder in the old one's place; an interruption leaves the one or the other."""
    old = out.parent / f".{out.name}.{os.getpid()}.replaced"
    try:
        if out.exists():
            os.rename(out, old)
        os.rename(building, out)
        _sync(out.parent)
    finally:
        if old.exists() and not out.exists():
            os.rename(old, out)
        try:
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(old, ignore_errors=True)
            raise


def _sweep(out: Path) -> None:
    """Remove what runs that were killed have left beside the folder."""
    pattern = re.compile(re.escape(f".{out.name}.") + r"(\d+)\.(partial|replaced)")
    for path in out.parent.iterdir():
        match = pattern.fullmatch(path.name)
        if match and not _alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
