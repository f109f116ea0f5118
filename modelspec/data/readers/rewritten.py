"""A delimited file in another dialect as a plain one: UTF-8, the header first.

Lines that do not count are left empty, so that all others keep their numbers.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from modelspec.data.readers.temporary import TemporaryFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.readers.dialect import Dialect

_BLOCK = 1 << 20


def rewritten(path: str, dialect: Dialect) -> TemporaryFile:
    """The plain file.

    Raises:
        UnicodeError: It is not in the encoding that it seemed to be in.
        OSError: The disk is full.
    """
    target = TemporaryFile(".csv")
    if dialect.header:
        target.write(_header(dialect).encode())
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    newline = None if dialect.returns else "\n"
    with open(path, encoding=encoding, newline=newline) as file:
        for text in _lines(file, dialect):
            target.write(text.encode())
        for text in iter(lambda: file.read(_BLOCK), ""):
            target.write(text.encode())
    return target.written()


def _lines(file: io.TextIOWrapper, dialect: Dialect) -> Iterator[str]:
    """The lines that have to be looked at one by one; the others are left in the file."""
    for _ in range(dialect.skip):
        if file.readline():
            yield "\n"
    inside = False
    while dialect.comment and (line := file.readline()):
        yield "\n" if line.startswith(dialect.comment) and not inside else line
        if dialect.quote:
            inside ^= line.count(dialect.quote) % 2 == 1


def _header(dialect: Dialect) -> str:
    text = io.StringIO()
    quote = dialect.quote or '"'
    writer = csv.writer(text, delimiter=dialect.separator, quotechar=quote, lineterminator="\n")
    writer.writerow(dialect.header)
    return text.getvalue()
