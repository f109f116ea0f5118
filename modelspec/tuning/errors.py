"""What cannot be asked of a study."""

from __future__ import annotations


class TuneError(ValueError):
    """What is asked of a study does not go together. The message says why."""


class StorageError(Exception):
    """A storage that machines share cannot be used. The message says why."""
