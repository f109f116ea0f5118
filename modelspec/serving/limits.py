"""How much a request may hold, and how much may wait."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a server.

    Attributes:
        rows: The most rows of a request, and of what is computed at once.
        body: The most bytes of a request's body.
        waiting: The most rows that wait; further requests are refused.
        memory: The most bytes that the bodies of all requests may hold together.
    """

    rows: int = 64
    body: int = 1_000_000
    waiting: int = 1_024
    memory: int = 256_000_000
