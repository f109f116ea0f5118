"""Converted tables, kept for the next time: found by what the source holds and what is made of it.

A folder `KEY/` is there whole or not at all; `KEY.lock` is held by whoever makes or checks it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
MANIFEST, CHECKSUMS = "manifest.json", "checksums.json"
UNFINISHED = ".unfinished-"
_BLOCK = 1 << 20
_SETTLED = 2 * 10**9
"""After so many nanoseconds without a change, a file's time tells whether it was changed."""


def place() -> Path:
    """The cache: `$MODELSPEC_CACHE`, by default `runs/.cache`, beside the runs."""
    return Path(os.environ.get("MODELSPEC_CACHE") or Path("runs", ".cache"))


def size() -> int:
    """How many bytes the cache takes."""
    return sum(file.stat().st_size for file in place().rglob("*") if file.is_file())


def clear() -> int:
    """Remove all that is cached, and say how many bytes it took."""
    freed = size()
    shutil.rmtree(place(), ignore_errors=True)
    return freed


def key(source: str, what: Any) -> str:
    """The name of what is made of a file: a digest of its bytes, and of `what` is made of it."""
    text = json.dumps([VERSION, _digest(source), what], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:32]


@contextmanager
def locked(name: str) -> Iterator[Path]:
    """Hold an entry, be it there or not, while the block runs; others wait. Gives its folder.

    Raises:
        OSError: There is no writing there.
    """
    folder = place() / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            import fcntl
        except ImportError:  # Windows: two that make the same make it twice
            pass
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)


@contextmanager
def made(folder: Path) -> Iterator[Path]:
    """Make an entry: what the block leaves in the folder that it is given, or nothing at all."""
    part = folder.with_name(f"{UNFINISHED}{folder.name}-{os.getpid()}")
    for left in folder.parent.glob(f"{UNFINISHED}{folder.name}-*"):
        shutil.rmtree(left)
    part.mkdir()
    try:
        yield part
        sums = {file.name: _checksum(file) for file in part.iterdir()}
        (part / CHECKSUMS).write_text(json.dumps(sums))
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def manifest(folder: Path) -> Any:
    """What an entry says of itself; None where there is none, or a damaged one."""
    try:
        sums = json.loads((folder / CHECKSUMS).read_text())
        if any(_checksum(folder / file) != sum for file, sum in sums.items()):
            return None
        return json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError, AttributeError):
        return None


def _checksum(path: Path) -> list[int]:
    """A file's size and CRC-32."""
    found = length = 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            found = crc32(block, found)
            length += len(block)
    return [length, found]


def _digest(source: str) -> str:
    """The SHA-256 of a file; the one known from before, if it is as it was."""
    path = os.path.abspath(source)
    about = os.stat(path)
    state = [path, about.st_ino, about.st_size, about.st_mtime_ns]
    known = place() / "sources" / f"{sha256(path.encode()).hexdigest()[:32]}.json"
    try:
        before = json.loads(known.read_text())
        if before["state"] == state:
            return str(before["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not known: it is read
    whole = sha256()
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    if time.time_ns() - about.st_mtime_ns > _SETTLED:
        known.parent.mkdir(parents=True, exist_ok=True)
        part = known.with_name(f"{UNFINISHED}{known.name}-{os.getpid()}")
        part.write_text(json.dumps({"state": state, "digest": whole.hexdigest()}))
        os.replace(part, known)
    return whole.hexdigest()
