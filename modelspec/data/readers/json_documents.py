"""JSON documents, arrays of records or columns, as lines of one object each."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modelspec.data.readers.nesting import MOST_DEPTH, TOO_DEEP
from modelspec.data.readers.temporary import TemporaryFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Array
    from modelspec.source.data_suffixes import Format

MOST_COLUMNS = 1 << 28
"""How many bytes a document of columns may have: it is read whole. Records have no bound."""
_BLOCK = 1 << 20
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_SPLIT = {"columns", "index", "data", "index_names", "column_names"}
_WAY = "write an array of records: `[{...}, {...}]`"


class _UnsoundError(Exception):
    """Why a document cannot be read."""


class Lines(NamedTuple):
    """What is read for a file: `jsonl` whose lines are the file's, or `json`; where it was made."""

    type: Format
    made: TemporaryFile | None


def as_lines(path: str, type: Format, findings: Findings) -> Lines | None:
    """A JSON or JSONL file as one that has an object a line. None after a finding.

    Args:
        path: The file, unpacked.
        type: What it should be.
        findings: Names it.
    """
    with open(path, "rb") as file:
        head = file.read(_BLOCK)
    if head.startswith(_WIDE):
        message = f"`{findings.file}` is JSON in UTF-16"
        findings.add("MS801", message, help="save it as UTF-8")
        return None
    begins = head.removeprefix(_BOM).lstrip()[:1]
    if type == "jsonl" and begins != b"[" and not head.startswith(_BOM):
        return Lines(type, None)
    try:
        if begins not in (b"[", b"{"):
            raise _UnsoundError("it begins with neither `[` nor `{`")
        scan = _Scan(array=begins == b"[")
        made = _written(scan.lines(path))
        if not scan.array and scan.values == 1:
            made = _written(_columns(path))
    except _UnsoundError as error:
        findings.add("MS801", f"`{findings.file}` cannot be read as JSON: {error}", help=_WAY)
        return None
    except OSError as error:
        message = f"`{findings.file}` cannot be unfolded: {error.strerror or error}"
        findings.add("MS801", message, help="make room in the folder for temporary files")
        return None
    return Lines("jsonl" if type == "jsonl" and not scan.array else "json", made)


def _written(blocks: Iterable[bytes]) -> TemporaryFile:
    target = TemporaryFile(".jsonl")
    for block in blocks:
        target.write(block)
    return target.written()


@dataclass(slots=True)
class _Scan:
    """Goes through a document once, a block at a time.

    Attributes:
        array: Whether it is one array, whose items become lines; otherwise its objects do, which
            follow each other.
        values: How many values of the outermost level have ended.
    """

    array: bool
    values: int = 0
    _depth: int = 0
    _inside: int = 0
    _pending: bool = False

    def lines(self, path: str) -> Iterator[bytes]:
        """The file, of the same length, each item on a line of its own."""
        with open(path, "rb") as file:
            first = True
            while block := file.read(_BLOCK):
                if first and block.startswith(_BOM):
                    block = b"   " + block[3:]
                first = False
                yield self._block(block)
        if self._depth or self._inside:
            raise _UnsoundError("it ends in the middle of a value")

    def _block(self, block: bytes) -> bytes:
        outside = np.frombuffer(self._masked(block), np.uint8)
        inside = (np.cumsum(outside == ord('"')) + self._inside) & 1
        marks = np.where(inside, 0, outside)
        opens, closes = _any_of(marks, b"[{"), _any_of(marks, b"]}")
        depth = self._depth + np.cumsum(opens.astype(np.int64) - closes)
        if depth.max() > MOST_DEPTH + 2:
            raise _UnsoundError(TOO_DEEP)
        if depth.min() < 0:
            raise _UnsoundError("a bracket is closed that was not opened")
        ended = closes & (depth == 0)
        out = np.frombuffer(block, np.uint8).copy()
        out[_any_of(marks, b"\r\n") & (depth > 0)] = ord(" ")
        if self.array:
            self._check_end(marks, ended)
            out[(opens & (depth == 1)) | ended] = ord(" ")
            out[(marks == ord(",")) & (depth == 1)] = ord("\n")
        self.values += int(ended.sum())
        self._depth, self._inside = int(depth[-1]), int(inside[-1])
        return out.tobytes()

    def _check_end(self, marks: Array, ended: Array) -> None:
        """Nothing may follow the array."""
        place = len(marks) if not ended.any() else int(np.argmax(ended)) + 1
        rest = marks if self.values else marks[place:]
        if (rest > ord(" ")).any():
            raise _UnsoundError("something follows its end")

    def _masked(self, block: bytes) -> bytes:
        """The block without characters that a backslash makes other ones."""
        if self._pending:
            block = b"_" + block[1:]
        if b"\\" in block:
            block = _ESCAPED.sub(b"__", block)
        self._pending = block.endswith(b"\\")
        return block


def _any_of(marks: Array, characters: bytes) -> Array:
    found = np.zeros(len(marks), bool)
    for character in characters:
        found |= marks == character
    return found


def _columns(path: str) -> Iterator[bytes]:
    """The rows of a document that is one object: its keys are columns, or it is one row."""
    if os.path.getsize(path) > MOST_COLUMNS:
        raise _UnsoundError(f"it holds columns, and more than {MOST_COLUMNS:,} bytes")
    try:
        with open(path, encoding="utf-8-sig") as file:
            found = json.load(file, object_pairs_hook=_once, parse_constant=_constant)
    except ValueError as error:
        raise _UnsoundError(str(error)) from error
    for record in _records(found):
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _UnsoundError(f"the key `{twice}` is there twice")
    return found


def _constant(name: str) -> None:
    if name != "NaN":
        raise _UnsoundError(f"`{name}` is no number of JSON")


def _records(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of an object as pandas writes it."""
    if {"columns", "data"} <= found.keys() <= _SPLIT:
        names = [str(name) for name in found["columns"]]
        return (dict(zip(names, row, strict=True)) for row in _rows(found["data"], len(names)))
    values = list(found.values())
    if values and all(isinstance(value, list) for value in values):
        _check_lengths({name: len(value) for name, value in found.items()})
        return (dict(zip(found, row, strict=True)) for row in zip(*values, strict=True))
    if values and all(isinstance(value, dict) for value in values):
        return _labelled(found)
    return iter([found])


def _rows(rows: Any, width: int) -> list[list[Any]]:
    if not all(isinstance(row, list) and len(row) == width for row in rows):
        raise _UnsoundError(f"a row of `data` has not {width} values")
    return list(rows)


def _check_lengths(lengths: dict[str, int]) -> None:
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"`{name}` has {count}" for name, count in lengths.items())
        raise _UnsoundError(f"its columns differ in rows: {counts}")


def _labelled(found: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Of columns that are objects, keyed by the labels of rows; or of rows keyed so."""
    labels = list(next(iter(found.values())))
    for name, column in found.items():
        if column.keys() != set(labels):
            raise _UnsoundError(f"`{name}` has not the keys of the others")
    inner, outer = _are_numbers(labels), _are_numbers(found)
    if inner == outer:
        raise _UnsoundError("its keys may be columns or the labels of rows")
    if outer:
        return iter(found.values())
    return ({name: column[label] for name, column in found.items()} for label in labels)


def _are_numbers(labels: Iterable[str]) -> bool:
    return all(label.removeprefix("-").isdigit() for label in labels)
