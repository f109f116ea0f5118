"""Whether a file fits into memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from modelspec.memory import available_memory

if TYPE_CHECKING:
    from modelspec.source.data_suffixes import Format

SMALL = 16 << 20
"""Files of so many bytes are read whole, if nothing else is asked for."""
TEXT_GROWS = 3
"""How much memory a byte of text takes once it is numbers, in and out of the model's form."""
_GROWS = {"arrow": 3, "excel": 20}
"""The same of a byte of files whose numbers are binary, or compressed text."""
_CELL = 16
"""Bytes that a number takes while it is encoded: as it was read, and as the model takes it."""
_SHARE, _LEAST, _MOST = 32, 1 << 16, 32 << 20


class Budget(NamedTuple):
    """How many bytes of memory the data may take, and how many of a file are read at a time."""

    bound: int
    chunk: int


def budget(format: Format, path: str, bound: int | None) -> Budget | None:
    """What may be used for a file that does not fit into memory; None for one that does.

    Args:
        format: What the file is.
        path: It may be missing.
        bound: How much memory the data may take; None for half of what the machine has left.
    """
    if format == "folder" or not os.path.isfile(path):
        return None
    if bound is None:
        if os.path.getsize(path) < SMALL:
            return None
        bound = available_memory() // 2
    if _needed(format, path) <= bound:
        return None
    return Budget(bound, max(_LEAST, min(_MOST, bound // _SHARE)))


def _needed(format: Format, path: str) -> int:
    """About how many bytes a file takes, read and encoded; 0 for what is no such file."""
    if format == "parquet":
        return _of_parquet(path)
    if format in ("arrow", "excel"):
        return os.path.getsize(path) * _GROWS[format]
    if format == "npz":
        return _of_npz(path)
    return os.path.getsize(path) * TEXT_GROWS


def _of_parquet(path: str) -> int:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS

    try:
        table = pl.scan_parquet(path)
        rows = table.select(pl.len()).collect().item()
        return int(rows) * len(table.collect_schema()) * _CELL
    except READ_ERRORS:
        return 0


def _of_npz(path: str) -> int:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            return 2 * sum(member.file_size for member in archive.infolist())
    except (OSError, BadZipFile):
        return 0
