"""What the epochs of a trial have measured, from its run directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.runner.run.compare import history_of
from modelspec.runner.run.directory import HISTORY

if TYPE_CHECKING:
    from pathlib import Path


def read_history(folder: Path) -> list[dict[str, float]]:
    """One row an epoch, without a last one that a kill has cut off.

    Raises:
        SpecError: The file is not what a run wrote (MS807).
    """
    rows = history_of(folder)
    return rows if not rows or _ends_whole(folder / HISTORY) else rows[:-1]


def _ends_whole(path: Path) -> bool:
    """Whether a file ends with its line: a number that was cut off is one too."""
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
