"""How to train, as far as it is not the matter of the spec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from modelspec.training.callback import Callback

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable


class Interruption(Protocol):
    """What a run asks after every batch whether to save and leave."""

    @property
    def received(self) -> signal.Signals | None:
        """The signal that wants it, or stands for what wants it; None to go on."""


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
        interruption: Says whether to save and leave; by default, Ctrl-C and SIGTERM do.
        final_state: Whether a run that has come to its end can go on with more epochs.
        say: Takes what is to be told apart from progress.

    Raises:
        TypeError: A callback is none.
        ValueError: The threads are fewer than one.
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
    interruption: Interruption | None = None
    final_state: bool = True
    say: Callable[[str], object] = print

    def __post_init__(self) -> None:
        for each in self.callbacks:
            if not isinstance(each, Callback):
                kind = type(each).__name__
                raise TypeError(f"`callbacks` are a list of `Callback`s, and one is `{kind}`")
        if self.threads is not None and not (type(self.threads) is int and self.threads > 0):
            raise ValueError(f"`threads` is a whole number from 1 on, not {self.threads!r}")
