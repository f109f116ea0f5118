"""Names of classes and columns, as a page shows them."""

from __future__ import annotations


def readable(name: str) -> str:
    """A name as it is; what cannot be seen is quoted."""
    return name if name.strip() == name and name.isprintable() and name else repr(name)
