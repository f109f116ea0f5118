"""Which data files a study reads, and whether they are still what they were."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError

if TYPE_CHECKING:
    from modelspec.language import Spec


def data_state(spec: Spec) -> dict[str, list[int]]:
    """The size in bytes and the time of change in ns of each data file, by its path.

    What is no file, such as a folder of images, is left out.
    """
    here = os.path.dirname(os.path.abspath(spec.document.file))
    files = spec.data.files.values() if spec.data is not None else ()
    paths = [os.path.normpath(os.path.join(here, each.path)) for each in files]
    return {path: _state(path) for path in paths if os.path.isfile(path)}


def changed_files(before: dict[str, list[int]]) -> list[str]:
    """The files that are not what they were any more.

    Args:
        before: As of `data_state`, when the study began to run.
    """
    return [path for path, state in before.items() if _state(path) != state]


def check_unchanged(before: dict[str, list[int]]) -> None:
    """Refuse data that was changed while a study runs.

    Args:
        before: As of `data_state`, when the study began to run.

    Raises:
        SpecError: A file is not what it was (MS807).
    """
    for path in changed_files(before):
        message = f"`{path}` was changed while the study ran: trials are compared on the same rows"
        help = "put it back as it was and go on with `--resume`, or begin a new study"
        raise SpecError([Diagnostic("MS807", message, Span(path), help)])


def _state(path: str) -> list[int]:
    try:
        state = os.stat(path)
    except OSError:
        return []
    return [state.st_size, state.st_mtime_ns]
