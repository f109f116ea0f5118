"""Runs that torchrun starts again after a process has died."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.diagnostics import SpecError
from modelspec.runner.run.directory import RECORD, folder_name, read_json

if TYPE_CHECKING:
    from pathlib import Path


def launch_id() -> str | None:
    """Identifies this launch of torchrun, over its restarts; None without torchrun."""
    name = os.environ.get("TORCHELASTIC_RUN_ID")
    return None if name is None else f"{name}/{os.getppid()}"


def restarted_run(runs: Path, name: str) -> Path | None:
    """The run that this launch had begun before it was started again, if it was.

    Args:
        runs: The folder of all runs.
        name: What the run is called.
    """
    if int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) == 0:
        return None
    folders = sorted(path.parent for path in (runs / folder_name(name)).glob(f"*/{RECORD}"))
    for folder in reversed(folders):
        if not folder.is_symlink() and _launched_by(folder) == launch_id():
            return folder
    return None


def _launched_by(folder: Path) -> object:
    """The launch that began a run; None for a damaged one, which is never gone on with."""
    try:
        return read_json(folder, RECORD).get("job")
    except SpecError:
        return None
