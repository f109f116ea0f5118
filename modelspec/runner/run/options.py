"""How to train, as far as it is not the matter of the spec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.training.callback import Callback


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How to train, as far as it is not the spec's matter.

    Attributes:
        runs: The folder of all run directories; None leaves nothing behind.
        folder: The run directory itself, where it is not to be a new one of `runs`.
        name: What the run is called; by default, as the spec is.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        threads: Of the CPU; by default the resumed run's, or what the model is worth.
        quiet: Whether to say nothing while training.
        diagram: The spec drawn, SVG, for the run directory.
        picture: Draws the spec as a PNG, for callbacks that want it.
        callbacks: Further ones, after those of the spec.
        say: Takes what is to be told apart from progress.
    """

    runs: Path | None = Path("runs")
    folder: Path | None = None
    name: str = ""
    device: str = "auto"
    threads: int | None = None
    quiet: bool = False
    diagram: bytes | None = None
    picture: Callable[[], bytes] | None = None
    callbacks: tuple[Callback, ...] = ()
    say: Callable[[str], object] = print
