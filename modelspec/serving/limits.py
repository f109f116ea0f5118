"""How much a request may hold, and how much may wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

DRAIN_SECONDS = 30
"""How long requests that are accepted are given once the server is to close."""
_BATCHES_WAITING = 16
_BODIES_HELD = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a server.

    Attributes:
        rows: The most rows of a request, and of what is computed at once.
        body: The most bytes of a request's body.
        waiting: The most rows that wait; further requests are refused.
        memory: The most bytes of all bodies that are being read or wait.
    """

    rows: int = 64
    body: int = 1_000_000
    waiting: int = 1_024
    memory: int = 256_000_000

    @classmethod
    def of(cls, rows: int, body: int) -> Self:
        """Those of a server whose requests may have so many rows, and bytes of a body.

        Raises:
            ValueError: It is no row at all.
        """
        if rows < 1:
            raise ValueError(f"a request has at least one row, not {rows}")
        return cls(
            rows=rows, body=body, waiting=_BATCHES_WAITING * rows, memory=_BODIES_HELD * body
        )
