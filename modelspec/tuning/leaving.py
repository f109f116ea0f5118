"""What a study leaves behind beside its runs: written at its end, and where it is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def leave(folder: Path) -> None:
    """Write the table, the page and the best spec of a study."""
