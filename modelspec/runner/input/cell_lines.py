"""What is said of the cells of a run's files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.data import Splits


def cell_lines(splits: Splits) -> list[str]:
    """A line for each column of which cells were missing, unknown, clipped or cut.

    Where there are several files, each line names its own.
    """
    lines = []
    for counts in splits.counts.values():
        of = f"{os.path.basename(counts.file)}, " if len(splits.counts) > 1 else ""
        lines += [*counts.note_lines(), *(f"{of}{line}" for line in counts.cell_lines())]
    return lines
