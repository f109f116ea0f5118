"""Compressed files, unpacked into a temporary file up to a bound."""

from __future__ import annotations

import gzip
import os
import zlib
from typing import IO, TYPE_CHECKING, Any

from modelspec.data.readers.temporary import TemporaryFile
from modelspec.diagnostics.extras import help_for, is_missing, missing

if TYPE_CHECKING:
    from modelspec.data.table.findings import Findings

MOST_FREE, MOST_RATIO = 1 << 30, 100
"""A file may unpack to the first, or to so many times its size."""
_BLOCK = 1 << 20
_WINDOW = 1 << 27
"""The most memory that unpacking Zstandard may take; its own tool asks before it takes more."""
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "Zstandard"}
"""What compressed files begin with."""


def compression(head: bytes) -> str:
    """How a file is compressed, going by its first bytes; empty if it is not."""
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), "")


def unpacked(findings: Findings, kind: str) -> TemporaryFile | None:
    """What a file holds. None after a finding.

    Args:
        findings: Names the file.
        kind: One of `MAGIC`.
    """
    if kind == "Zstandard" and is_missing("zstandard"):
        what = missing("zstandard", f"`{findings.file}`, compressed by {kind},")
        findings.add("MS801", what, help=help_for("zstandard"))
        return None
    most = max(MOST_FREE, MOST_RATIO * os.path.getsize(findings.file))
    try:
        with open(findings.file, "rb") as file, _opened(file, kind) as stream:
            target = TemporaryFile()
            size = 0
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > most:
                    message = f"`{findings.file}` unpacks to more than {most:,} bytes"
                    findings.add("MS801", message, help="unpack it yourself, if it is sound")
                    return None
                target.write(block)
            return target.written()
    except (EOFError, zlib.error, ValueError, OSError) as error:
        findings.add("MS801", f"`{findings.file}` cannot be unpacked by {kind}: {error}")
        return None


def _opened(file: IO[bytes], kind: str) -> Any:
    if kind == "gzip":
        return gzip.GzipFile(fileobj=file)
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    return _ZstdStream(unpacker.stream_reader(file, read_across_frames=True), zstandard.ZstdError)


class _ZstdStream:
    """A stream whose errors are `ValueError`."""

    def __init__(self, stream: Any, error: type[Exception]) -> None:
        self._stream = stream
        self._error = error

    def __enter__(self) -> _ZstdStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except self._error as error:
            raise ValueError(str(error)) from error
