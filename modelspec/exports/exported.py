"""What an export comes to. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Trial:
    """An exported file at one size.

    Attributes:
        sizes: The open sizes, the batch's among them.
        difference: The largest one of all outputs: `|file - model| / max(1, |model|)`.
    """

    sizes: dict[str, int]
    difference: float


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export comes to.

    Attributes:
        file: The exported file.
        files: All files, the description last.
        trials: How far it is from the model at each of the sizes tried.
        notes: What there is to say of it.
        decoding: How far the files that decode are from it: the worst of each output.
    """

    file: Path
    files: tuple[Path, ...]
    trials: tuple[Trial, ...]
    notes: tuple[str, ...]
    decoding: tuple[float, ...] = ()

    @property
    def difference(self) -> float:
        """The worst of all: `|file - model| / max(1, |model|)`."""
        return max(*(trial.difference for trial in self.trials), *self.decoding)

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        checked = [{"sizes": each.sizes, "difference": each.difference} for each in self.trials]
        return {
            "files": [str(path) for path in self.files],
            "difference": self.difference,
            "checked": checked,
            "notes": list(self.notes),
        }
