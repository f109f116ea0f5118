"""Installed packages that add to what a spec can name."""

from __future__ import annotations

from modelspec.layers import registry
from modelspec.training import callbacks


def load_plugin(name: str) -> list[str]:
    """Add the layers and the callbacks of an installed package.

    Args:
        name: Of an entry point, `modelspec.layers` or `modelspec.callbacks`, or of both.

    Returns:
        The types that it adds.

    Raises:
        LookupError: No such plugin is installed, or it has neither.
        ValueError: It declares a type that is there already.
    """
    added: list[str] = []
    missing: list[LookupError] = []
    for load in (registry.load_plugin, callbacks.load_plugin):
        try:
            added += load(name)
        except LookupError as error:
            missing.append(error)
    if not added:
        raise missing[0]
    return added
