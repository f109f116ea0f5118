"""What a file holds, going by its first bytes, whatever its name says."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.source.data_suffixes import Format

HEAD = 4096
"""How many bytes are looked at."""
CALLED: dict[str, str] = {
    "npz": "NPZ",
    "csv": "CSV",
    "tsv": "TSV",
    "parquet": "Parquet",
    "arrow": "Arrow",
    "jsonl": "JSONL",
    "json": "JSON",
    "excel": "an Excel workbook",
}
"""What a message calls each format."""
_READ: dict[bytes, Format] = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"\xff\xff\xff\xff": "arrow",
}
_REFUSED = {
    b"FEA1": "Feather of version 1",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of before 2007, or another document of that time",
    b"\x93NUMPY": "a single NumPy array",
    b"%PDF": "PDF",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF": "HDF5",
    b"BZh": "what bzip2 has compressed",
    b"\xfd7zXZ": "what xz has compressed",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_WAYS = {
    b"FEA1": "write Arrow or Parquet",
    b"\xd0\xcf": "save it as .xlsx or CSV",
    b"\x93NUM": "write it with `numpy.savez`",
    b"BZh": "unpack it, or compress it by gzip",
    b"\xfd7zX": "unpack it, or compress it by gzip",
}


def refused(head: bytes) -> tuple[str, str] | None:
    """What a file is that cannot be read, and a way out; None of another file."""
    for magic, what in _REFUSED.items():
        if head.startswith(magic):
            return what, next((way for key, way in _WAYS.items() if head.startswith(key)), "")
    return None


def content(path: str, head: bytes, type: Format) -> Format:
    """The format of a file that should be of one: that one, unless its bytes say otherwise."""
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(path, type)
    for magic, format in _READ.items():
        if head.startswith(magic):
            return format
    if type not in ("csv", "tsv", "jsonl", "json"):
        return type
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"[") and text[1:].lstrip()[:1] in (b"{", b"[", b"]"):
        return "json"
    if type in ("csv", "tsv") and text.startswith(b"{") and text[1:].lstrip()[:1] == b'"':
        return "json"
    return type


def _of_archive(path: str, type: Format) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        return type
    if "[Content_Types].xml" in names:
        return "excel"
    return "npz" if any(name.endswith(".npy") for name in names) else type
