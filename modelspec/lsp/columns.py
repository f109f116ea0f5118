"""The columns of a spec's data file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from modelspec.language.data import DataSettings

_KNOWN: dict[tuple[str, int], tuple[str, ...]] = {}
"""Of the last file, by its path and time of change: editors ask at every key."""


def columns_of(
    section: dict[str, Any], folder: str, settings: DataSettings | None
) -> tuple[str, ...]:
    """The columns of the file that is trained on; none where it cannot be read.

    Args:
        section: The `data` section, as far as it is written.
        folder: What its paths are relative to.
        settings: The section when it was last sound: says how the file is written.
    """
    written = section.get("train") or section.get("file")
    if not isinstance(written, str):
        return ()
    path = os.path.join(folder, written)
    try:
        key = path, os.stat(path).st_mtime_ns
    except OSError:
        return ()
    if key not in _KNOWN:
        from modelspec.data.open_table import open_other_file
        from modelspec.data.table.findings import Findings

        opened = open_other_file(settings, Findings(Report(), path), None)
        _KNOWN.clear()
        _KNOWN[key] = tuple(opened.source.names) if opened else ()
    return _KNOWN[key]
