"""`importance.json` of a run: what each column was found to be worth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run import atomic_write
from modelspec.runner.run.directory import read_json

if TYPE_CHECKING:
    from pathlib import Path

IMPORTANCE = "importance.json"
VERSION = 1


def write_importance(folder: Path, content: dict[str, Any]) -> Path:
    """Keep what `eval --importance` found in a run directory.

    Raises:
        OSError: It cannot be written.
    """
    text = json.dumps({"version": VERSION, **content}, indent=2) + "\n"
    path = folder / IMPORTANCE
    atomic_write.write_file(path, lambda part: part.write_text(text, encoding="utf-8"))
    return path


def read_importance(folder: Path) -> dict[str, Any] | None:
    """What was kept; None where nothing was.

    Raises:
        SpecError: It is not what was written (MS807).
    """
    if not (folder / IMPORTANCE).is_file():
        return None
    content = read_json(folder, IMPORTANCE)
    if content.get("version") != VERSION:
        found = content.get("version")
        message = f"it is of version {found!r}, not {VERSION}"
        help = "write it anew with `modelspec eval RUN --importance`"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder / IMPORTANCE)), help)])
    return content
