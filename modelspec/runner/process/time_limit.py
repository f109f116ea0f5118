"""How long a run may take at a time."""

from __future__ import annotations

import time


class Clock:
    """Runs from when it is made.

    Args:
        limit: Seconds; None for no end.
    """

    def __init__(self, limit: float | None) -> None:
        self._end = None if limit is None else time.monotonic() + limit

    def is_up(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and time.monotonic() >= self._end
