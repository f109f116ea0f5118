"""Compressed files, unpacked into a temporary file up to a bound."""

from __future__ import annotations

import gzip
import os
import zlib
from typing import IO, TYPE_CHECKING

from modelspec.data.readers.temporary import TemporaryFile
from modelspec.diagnostics.extras import help_for, is_missing, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.table.findings import Findings

MOST_FREE, MOST_RATIO = 1 << 30, 100
"""A file may unpack to the first, or to so many times its size."""
_BLOCK = 1 << 20
_PACKED = 1 << 11
"""How many bytes of Zstandard are unpacked at a time: one may stand for tens of thousands."""
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
    target, size = TemporaryFile(), 0
    try:
        with open(findings.file, "rb") as file:
            for block in _of_gzip(file) if kind == "gzip" else _of_zstandard(file):
                size += len(block)
                if size > most:
                    message = f"`{findings.file}` unpacks to more than {most:,} bytes"
                    findings.add("MS801", message, help="unpack it yourself, if it is sound")
                    return None
                target.write(block)
        return target.written()
    except (EOFError, zlib.error, OSError) as error:
        message = f"`{findings.file}` cannot be unpacked by {kind}: {error}"
        findings.add("MS801", message, help="bring it again whole, or unpacked")
        return None


def _of_gzip(file: IO[bytes]) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _of_zstandard(file: IO[bytes]) -> Iterator[bytes]:
    """Frame by frame.

    Raises:
        EOFError: It is damaged, or ends in the middle of a frame.
    """
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame = None
    try:
        while packed := file.read(_PACKED):
            while packed:
                frame = frame or unpacker.decompressobj()
                yield frame.decompress(packed)
                packed, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    except zstandard.ZstdError as error:
        raise EOFError(str(error)) from error
    if frame is not None:
        raise EOFError("it ends before its end was marked")
