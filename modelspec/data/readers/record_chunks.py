"""Text files cut between records, so that each chunk is a file that fits in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTE, _NEWLINE = ord('"'), ord("\n")
_LONGEST = 16
"""A record is at most so many chunks long, or its quotes make no sense and do not count."""


def records(path: str, size: int) -> Iterator[tuple[bytes, int]]:
    """A delimited file in chunks of whole records, each under the file's header.

    Args:
        path: The file. Its first line that is not empty is its header.
        size: About how many bytes a chunk has.

    Yields:
        A chunk, and how many lines of the file stand before it, its own header counted away.
    """
    header, before, line = b"", b"", 1
    for chunk in chunks(path, size, quotes=True):
        if header:
            yield header + chunk, line - 1 - header.count(b"\n")
        else:
            before += chunk
            header = _header(before)
            if header:
                yield before, 0
        line += chunk.count(b"\n")


def chunks(path: str, size: int, *, quotes: bool) -> Iterator[bytes]:
    """A file in chunks of whole lines; with `quotes`, of lines that no quote is open after."""
    rest = b""
    with open(path, "rb") as file:
        while block := file.read(size):
            rest += block
            end = _end(rest, quotes=quotes and len(rest) < size * _LONGEST)
            if end:
                yield rest[:end]
                rest = rest[end:]
    if rest:
        yield rest


def _end(text: bytes, *, quotes: bool) -> int:
    """After how many bytes the last whole record ends."""
    if not quotes or b'"' not in text:
        return text.rfind(b"\n") + 1
    data = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    before = np.searchsorted(np.flatnonzero(data == _QUOTE), newlines)
    closed = newlines[before % 2 == 0]
    return int(closed[-1]) + 1 if len(closed) else 0


def _header(chunk: bytes) -> bytes:
    """The first record of a chunk that is not empty, with its line's end; empty without one."""
    start = 0
    while start < len(chunk):
        end = chunk.find(b"\n", start) + 1 or len(chunk)
        while chunk.count(b'"', start, end) % 2 and end < len(chunk):
            end = chunk.find(b"\n", end) + 1 or len(chunk)
        if chunk[start:end].strip(b"\r\n\xef\xbb\xbf"):
            found = chunk[start:end]
            return found if found.endswith(b"\n") else found + b"\n"
        start = end
    return b""
