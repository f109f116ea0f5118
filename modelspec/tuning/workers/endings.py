"""Why a job failed, in a line."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from modelspec._version import __version__
from modelspec.diagnostics import SpecError
from modelspec.runner.run.errors import TrainingError

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.jobs import Job

LOG = "error.log"
"""In a run directory: the traceback of what ended it, where that is more than its reason says."""
LONGEST = 300
"""Characters of a reason."""
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS}
_GUESSES = {"SIGKILL": "out of memory?", "SIGSEGV": "a crash in compiled code"}


def how_it_ended(code: int | None) -> str:
    """What became of a worker process, by its exit code."""
    if code is None:
        return "its process is gone"
    if code >= 0:
        return f"its process ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    guess = f" ({_GUESSES[name]})" if name in _GUESSES else ""
    return f"its process was ended by {name}{guess}"


def killed(code: int | None) -> bool:
    """Whether something outside has ended a process, or may have."""
    return code is None or -code in (getattr(signal, "SIGKILL", 9), signal.SIGTERM)


def reason(error: BaseException) -> str:
    """What ended a job, in a line."""
    if isinstance(error, SpecError):
        first = error.diagnostics[0]
        return _line(f"{first.code}: {first.message}")
    if isinstance(error, MemoryError):
        return "the memory is full"
    if isinstance(error, OSError):
        what = "the run cannot be saved" if error.errno in _FULL else "a file cannot be used"
        where = f": {error.filename}" if error.filename else ""
        return _line(f"{what}: {error.strerror or error}{where}")
    if isinstance(error, TrainingError):
        return _line(str(error))
    return _line(f"{type(error).__name__}: {error}")


def write_log(job: Job, error: BaseException) -> None:
    """Write the traceback into the run directory, unless the reason says all there is."""
    if isinstance(error, SpecError | TrainingError):
        return
    head = f"modelspec {__version__}, Python {sys.version}\nspec: {job.file}\n"
    head += "".join(f"--set {each}\n" for each in job.overrides)
    _write(job.folder / LOG, [head, "\n", *traceback.format_exception(error)])


def write_output(folder: Path, name: str, text: str) -> None:
    """Write what a job has printed into its run directory, if it has."""
    if text.strip():
        _write(folder / name, [text])


def _write(path: Path, lines: list[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(lines), encoding="utf-8")
    except OSError:
        if path.exists() and not path.stat().st_size:
            os.unlink(path)  # the disk is full, which is said already


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
