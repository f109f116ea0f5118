"""What ends a run that was sound when it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class TrainingError(Exception):
    """A run cannot go on. The message names the output and the epoch.

    Attributes:
        help: The way out.
        folder: Where what was saved before lies, if anywhere.
    """

    def __init__(self, message: str, help: str, folder: Path | None) -> None:
        super().__init__(message)
        self.help = help
        self.folder = folder
