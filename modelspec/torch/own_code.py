"""Whose code computes: what is known of modelspec's own and torch's is not known of a plugin's."""

from __future__ import annotations

from typing import Any

_KNOWN = ("modelspec", "torch")


def is_own(part: Any) -> bool:
    """Whether a module, a loss or a metric is modelspec's or torch's, and no plugin's.

    Of these it is known what they keep, and what they compute hangs on.
    """
    return type(part).__module__.partition(".")[0] in _KNOWN
