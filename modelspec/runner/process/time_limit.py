"""The time limit of a run."""

from __future__ import annotations

import time


class TimeLimit:
    """Counts from its construction.

    Args:
        limit: Seconds; None for no end.
    """

    def __init__(self, limit: float | None) -> None:
        self._end = None if limit is None else time.monotonic() + limit

    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self._end is not None and time.monotonic() >= self._end
