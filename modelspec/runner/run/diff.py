"""The differences of two trees of plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Tree: TypeAlias = object
NOTHING = object()


def differences(before: Tree, after: Tree, path: str = "") -> Iterator[tuple[str, Tree, Tree]]:
    """Each value that is another one, or only on one side (`NOTHING` on the other), with its path.

    Lists of unlike lengths count as one value, and a mapping that is missing as an empty one.
    """
    pairs = _pairs(before, after)
    if pairs is None:
        if before != after or type(before) is not type(after):
            yield path, before, after
        return
    for key, old, new in pairs:
        yield from differences(old, new, f"{path}.{key}" if path else str(key))


def difference_text(path: str, before: Tree, after: Tree) -> str:
    """`` `train.batch_size` was 32, is 64 ``."""
    if before is NOTHING:
        return f"`{path}` is new"
    if after is NOTHING:
        return f"`{path}` is gone"
    return f"`{path}` was {before}, is {after}"


def _pairs(before: Tree, after: Tree) -> list[tuple[object, Tree, Tree]] | None:
    if NOTHING in (before, after) and isinstance(before, dict) != isinstance(after, dict):
        before, after = ({} if side is NOTHING else side for side in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [(key, before.get(key, NOTHING), after.get(key, NOTHING)) for key in keys]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            (index, old, new) for index, (old, new) in enumerate(zip(before, after, strict=True))
        ]
    return None
