"""Errors that end a training."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelspec.language.train import TrainSettings


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


class SeriesError(ValueError):
    """What cannot be trained as several runs, by fold or by seed. The message says why."""


class SaveError(Exception):
    """A run directory, or the report of a run, cannot be written."""


@contextmanager
def named_failures(settings: TrainSettings, folder: Path | None) -> Iterator[None]:
    """What the settings of `train` ask for and cannot have, and a full disk, as a failure.

    Raises:
        TrainingError: In the place of torch's errors.
    """
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        what, help = "the run cannot be saved", "make room, and go on with `--resume`"
        if settings.compile and _is_elsewhere(error, folder):
            what = "torch.compile: what is compiled cannot be kept"
            help = (
                "let the environment's `TORCHINDUCTOR_CACHE_DIR` be a folder that can be written, "
                "or set `train.compile: false`"
            )
        raise TrainingError(f"{what}: {error.strerror or error}{where}", help, folder) from error
    except RuntimeError as error:
        if settings.compile and type(error).__module__.startswith("torch._"):
            message = f"torch.compile: {_first_line(error)}"
            help = "set `train.compile: false`; it needs a C++ compiler, on a GPU triton"
        elif settings.deterministic and "deterministic" in str(error):
            message = _first_line(error)
            help = "set `train.deterministic: false`, or use another layer"
        elif settings.precision != "float32" and "primitive" in str(error):
            message = f"a layer cannot be computed in {settings.precision} on this processor"
            help = "set `train.precision` to `float32` or `bfloat16`, or train on a GPU"
        else:
            raise
        raise TrainingError(message, help, folder) from error


def _is_elsewhere(error: OSError, folder: Path | None) -> bool:
    """Whether a file that an error names is not in the run directory."""
    if not isinstance(error.filename, str):
        return False
    named = os.path.abspath(error.filename)
    return folder is None or not named.startswith(os.path.abspath(folder) + os.sep)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].partition(". You can turn off")[0]
