"""Files that are there as long as somebody holds them."""

from __future__ import annotations

import os
import tempfile
import weakref


class TemporaryFile:
    """A file that is written once, read by its path, and removed with this object."""

    def __init__(self, suffix: str = "") -> None:
        handle, self.path = tempfile.mkstemp(prefix="modelspec-", suffix=suffix)
        self._file = os.fdopen(handle, "wb")
        self._end = weakref.finalize(self, _remove, self._file, self.path)

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            OSError: The disk is full.
        """
        self._file.write(data)

    def written(self) -> TemporaryFile:
        """The same, nothing more to be added."""
        self._file.close()
        return self


def _remove(file: object, path: str) -> None:
    file.close()  # type: ignore[attr-defined]
    if os.path.exists(path):
        os.unlink(path)
