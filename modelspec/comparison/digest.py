"""A short name for some words, the same for the same words only."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def digest(words: Iterable[str]) -> str:
    """24 hexadecimal digits of BLAKE2b."""
    return blake2b("\0".join(words).encode(), digest_size=12).hexdigest()
