"""Text files cut between records, so that each chunk is a file that fits in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEWLINE = ord("\n")
_LARGE, _CHUNK = 16 << 20, 1 << 20
_LONGEST = 16
"""A record is at most so many chunks long, or its quotes make no sense and do not count."""


def records(path: str, size: int, quote: str = '"') -> Iterator[tuple[bytes, int]]:
    """A delimited file in chunks of whole records, each under the file's header.

    Args:
        path: The file. Its first line that is not empty is its header.
        size: About how many bytes a chunk has.
        quote: What stands around fields; empty for nothing.

    Yields:
        A chunk, and how many lines of the file stand before it, its own header counted away.
    """
    header, before, line = b"", b"", 1
    for chunk in chunks(path, size, quote):
        if header:
            yield header + chunk, line - 1 - header.count(b"\n")
        else:
            before += chunk
            header = _header(before, quote.encode())
            if header:
                yield before, 0
        line += chunk.count(b"\n")


def chunks(path: str, size: int, quote: str = "") -> Iterator[bytes]:
    """A file in chunks of whole lines; with a `quote`, of lines that none is open after."""
    rest = b""
    with open(path, "rb") as file:
        while block := file.read(size):
            rest += block
            end = _end(rest, quote.encode() if len(rest) < size * _LONGEST else b"")
            if end:
                yield rest[:end]
                rest = rest[end:]
    if rest:
        yield rest


def beginning(path: str, rows: int, quote: str) -> str | bytes:
    """A file, or of a large one the bytes of about so many rows: polars takes more."""
    if os.path.getsize(path) < _LARGE:
        return path
    found = b""
    for chunk in chunks(path, _CHUNK, quote):
        found += chunk
        if found.count(b"\n") > rows + 1:
            break
    return found


def _end(text: bytes, quote: bytes) -> int:
    """After how many bytes the last whole record ends."""
    if not quote or quote not in text:
        return text.rfind(b"\n") + 1
    data = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    before = np.searchsorted(np.flatnonzero(data == ord(quote)), newlines)
    closed = newlines[before % 2 == 0]
    return int(closed[-1]) + 1 if len(closed) else 0


def _header(chunk: bytes, quote: bytes) -> bytes:
    """The first record of a chunk that is not empty, with its line's end; empty without one."""
    start = 0
    while start < len(chunk):
        end = chunk.find(b"\n", start) + 1 or len(chunk)
        while quote and chunk.count(quote, start, end) % 2 and end < len(chunk):
            end = chunk.find(b"\n", end) + 1 or len(chunk)
        if chunk[start:end].strip(b"\r\n\xef\xbb\xbf"):
            found = chunk[start:end]
            return found if found.endswith(b"\n") else found + b"\n"
        start = end
    return b""
