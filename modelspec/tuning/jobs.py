"""What the study asks of a worker, and what a worker says back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.record import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One training. It goes on where a run directory with a saved state is there already.

    Attributes:
        number: Of the trial; of one that is repeated, too.
        folder: The run directory, of which `trial.json` may be all that there is.
        file: The spec.
        overrides: The study's, then the candidate's values, then its seed, as of `--set`.
        monitor: The objective that says which weights are best, where one is measured.
        device: `auto`, `cpu`, `cuda:1`, ...
        threads: Of the CPU.
        texts: What the spec and the files of its blocks held when the study began, by their
            paths: who edits them meanwhile changes no trial.
        data: The size and the time of change of each data file as it was then, in ns.
    """

    number: int
    folder: Path
    file: str
    overrides: tuple[str, ...]
    plugins: tuple[str, ...] = ()
    include_dirs: tuple[str, ...] = ()
    monitor: str | None = None
    device: str = "auto"
    threads: int | None = None
    texts: dict[str, str] = field(default_factory=dict)
    data: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EpochDone:
    """A training has measured an epoch, and waits to be told whether to go on.

    Attributes:
        epoch: From 1.
        logs: What the epoch's row of `history.csv` says.
    """

    number: int
    epoch: int
    logs: dict[str, float]


@dataclass(frozen=True, slots=True)
class JobDone:
    """A training has ended: to its end, pruned, or with a reason why it failed.

    Attributes:
        status: `running` where it was interrupted: its state is saved, and it can go on.
        history: One row an epoch, those before a resume too.
        seconds: What it took this time.
        cpu: CPU seconds of its process this time, all threads.
    """

    number: int
    status: Status
    why: str = ""
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0


Event: TypeAlias = EpochDone | JobDone
