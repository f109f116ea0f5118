"""Files as editors name them."""

from __future__ import annotations

import os

from pygls import uris


def path_of(uri: str) -> str:
    """The path of a `file:` URI; of a text that is in no file yet, a name in this folder."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    name = uri.rpartition(":")[2].rpartition("/")[2]
    return path or os.path.join(os.getcwd(), name or "untitled")


def uri_of(path: str) -> str:
    """The `file:` URI of a path."""
    return uris.from_fs_path(os.path.abspath(path)) or ""
