"""The kinds of files that data stands in, and the suffixes that say so. Imports nothing heavy."""

from __future__ import annotations

import os
from typing import Literal, TypeAlias, get_args

Format: TypeAlias = Literal[
    "npz", "csv", "tsv", "parquet", "arrow", "jsonl", "json", "excel", "folder"
]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: dict[str, Format] = {
    "npz": "npz",
    "csv": "csv",
    "txt": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "parquet": "parquet",
    "pq": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
    "ipc": "arrow",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "json",
    "xlsx": "excel",
}
"""What the end of a file's name says; another name needs `data.format`."""
COMPRESSED = ("gz", "zst")
"""What may stand after the suffix of a text file."""
TEXT_FORMATS: tuple[Format, ...] = ("csv", "tsv", "jsonl", "json")
WRITTEN: tuple[Format, ...] = ("csv", "tsv", "jsonl", "npz", "parquet", "arrow")
"""The formats that predictions are written in."""
SUFFIX_LIST = ", ".join(f"`.{suffix}`" for suffix in SUFFIXES)
"""All suffixes, for a message."""
ENDINGS = tuple(f".{format}" for format in WRITTEN)
"""What the name of a file of predictions may end in."""
ENDINGS_TEXT = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"


def without_suffix(path: str) -> str:
    """`data/wine` of `data/wine.csv` and of `data/wine.csv.gz`."""
    name, suffix = os.path.splitext(path.rstrip("/"))
    return os.path.splitext(name)[0] if suffix.lower().lstrip(".") in COMPRESSED else name


def format_of(path: str) -> Format | None:
    """The format that a file's suffix says, or None; a path that ends in `/` is a folder."""
    if path.endswith("/"):
        return "folder"
    name, _, suffix = path.lower().rpartition(".")
    if suffix not in COMPRESSED:
        return SUFFIXES.get(suffix)
    inner = SUFFIXES.get(name.rpartition(".")[2])
    return inner if inner in TEXT_FORMATS else None
