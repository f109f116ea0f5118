"""One process at a time works on a run."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run directory. The system lets go of it when the process ends, however it ends.

    Raises:
        SpecError: Another process holds it (MS807).
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(handle):
            message = "another process is working on this run"
            help = "wait for it to end, or interrupt it"
            raise SpecError([Diagnostic("MS807", message, Span(str(folder)), help)])
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has no such lock; two processes on one run are the user's care
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
