"""The paths of values that a spec has, as `--set` and `tune.search` take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEARCHED = ("params", "train", "layers", "shared", "blocks")


def settable_paths(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each path to a scalar in the sections that a search may change, with what is there."""
    for section in _SEARCHED:
        if isinstance(data.get(section), dict):
            yield from _below(section, data[section])


def _below(prefix: str, held: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in held.items():
        path = f"{prefix}.{key}"
        if isinstance(value, dict):
            yield from _below(path, value)
        elif isinstance(value, str):
            yield path, value
