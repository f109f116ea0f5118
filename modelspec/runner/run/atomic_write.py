"""Writing so that a kill, or a power cut, at any instant leaves the old file or the new one."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UNFINISHED = ".unfinished-"
"""What the name of a file or folder begins with while it is written."""


def unfinished(path: Path) -> Path:
    """What a file or folder is called while it is written."""
    return path.with_name(UNFINISHED + path.name)


def write_file(
    path: Path, write: Callable[[Path], object], *, durable: bool = True, shared: bool = False
) -> None:
    """Replace a file by what `write` puts into the path that it is given.

    Args:
        path: The file.
        write: Writes a file of another name in the same folder.
        durable: Whether it must outlive a power cut; a killed process it outlives anyway.
        shared: Whether several processes may write it at once; the last one wins.
    """
    part = unfinished(path)
    if shared:
        part = part.with_name(f"{part.name}-{secrets.token_hex(8)}")
    try:
        write(part)
        if durable:
            _sync(part)
        os.replace(part, path)
    except Exception:
        part.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def link_file(path: Path, target: Path) -> None:
    """Replace a file by a second name of another one, or by a copy where there are no links."""

    def link(part: Path) -> None:
        part.unlink(missing_ok=True)
        try:
            os.link(target, part)
        except OSError:
            shutil.copyfile(target, part)

    write_file(path, link, durable=False)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Make a folder that is there with all that the block puts into it, or not at all."""
    part = unfinished(path)
    part.mkdir()
    try:
        yield part
        for inside in part.rglob("*"):
            if inside.is_file() or os.name == "posix":
                _sync(inside)
        sync_folder(part)
        os.rename(part, path)
    except Exception:  # a full disk is not to be fuller for it
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make a file outlive a power cut."""
    _sync(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder outlive a power cut; where a system has no such thing, nothing."""
    if os.name == "posix":
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
