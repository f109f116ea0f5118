"""The records of a delimited text file: on which line each begins, and how many fields it has."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_BLOCK = 1 << 20
_NEWLINE, _RETURN = ord("\n"), ord("\r")


class Records(NamedTuple):
    """The records of a file after its header.

    Attributes:
        lines: The line on which each begins, from 1.
        fields: How many fields it has.
        blank: Whether its line is empty.
    """

    lines: NDArray[np.int64]
    fields: NDArray[np.int64]
    blank: NDArray[np.bool_]


def fields(file: Iterable[str], separator: str, quote: str, *, strict: bool = False) -> Any:
    """Python's own reader of delimited text.

    Args:
        file: Its lines.
        separator: What stands between fields.
        quote: What stands around them; empty for nothing.
        strict: Whether quotes that make no sense are an error.
    """
    if quote:
        return csv.reader(file, delimiter=separator, quotechar=quote, strict=strict)
    return csv.reader(file, delimiter=separator, quoting=csv.QUOTE_NONE, strict=strict)


def scan(path: str, separator: str, before: int = 0, quote: str = '"') -> Records:
    """The records of a file, its header being the first line that is not empty.

    Args:
        path: The file.
        separator: What stands between its fields.
        before: How many lines of the whole file are missing in this chunk of it.
        quote: What stands around its fields; empty for nothing.

    Raises:
        csv.Error: Its quotes make no sense; the message says on which line.
        UnicodeDecodeError: It is not UTF-8.
    """
    quoted = quote and _has_quotes(path, quote.encode())
    records = _quoted(path, separator, quote, before) if quoted else _plain(path, separator)
    header = int(np.argmin(records.blank))
    begin = header + 1
    return Records(records.lines[begin:] + before, records.fields[begin:], records.blank[begin:])


def _has_quotes(path: str, quote: bytes) -> bool:
    with open(path, "rb") as file:
        return any(quote in block for block in iter(lambda: file.read(_BLOCK), b""))


def _plain(path: str, separator: str) -> Records:
    """By counting bytes, a block at a time: a record is a line."""
    data = np.memmap(path, np.uint8, "r")
    ends, ordinals, seen = [], [], 0
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        marks = np.flatnonzero((block == _NEWLINE) | (block == ord(separator)))
        newlines = np.flatnonzero(block[marks] == _NEWLINE)
        ends.append(marks[newlines] + start)
        ordinals.append(newlines + seen)
        seen += len(marks)
    if data[-1] != _NEWLINE:
        ends.append(np.array([len(data)]))
        ordinals.append(np.array([seen]))
    end, ordinal = np.concatenate(ends), np.concatenate(ordinals)
    length = np.diff(end, prepend=-1) - 1
    only_return = (length == 1) & (data[np.maximum(end - 1, 0)] == _RETURN)
    lines = np.arange(1, len(end) + 1)
    return Records(lines, np.diff(ordinal, prepend=-1), (length == 0) | only_return)


def _quoted(path: str, separator: str, quote: str, before: int) -> Records:
    """By Python's own reader, since a quoted field may hold separators and newlines."""
    lines, counts, begin = [], [], 1
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = fields(file, separator, quote, strict=True)
        try:
            for record in reader:
                lines.append(begin)
                counts.append(len(record))
                begin = reader.line_num + 1
        except csv.Error as error:
            raise csv.Error(f"the quotes on line {begin + before}: {error}") from error
    sizes = np.array(counts, np.int64)
    return Records(np.array(lines, np.int64), sizes, sizes == 0)
