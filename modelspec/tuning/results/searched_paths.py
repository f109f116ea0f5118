"""Paths of files that a search chooses from, as they read from another folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Move = Callable[[str], str | None]


class Mover(Protocol):
    """Leads paths to the same files from another folder."""

    def file(self, written: str, /) -> str | None:
        """A path from there; None where it stays."""

    def block(self, written: str, /) -> str | None:
        """The same of a block's file."""


def searched_paths(data: Any, mover: Mover) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What stands in `tune.search` for files, as it has to stand in the other folder.

    Args:
        data: A spec's data.
        mover: Leads the paths.

    Yields:
        Where it stands, and what is to.
    """
    tune = data.get("tune") if isinstance(data, dict) else None
    search = tune.get("search") if isinstance(tune, dict) else None
    yield from _of_search(search, ("tune", "search"), mover)


def _of_search(
    search: Any, where: tuple[str, ...], mover: Mover
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for path, written in search.items() if isinstance(search, dict) else ():
        move = _move_of(path.split("."), mover)
        moved = _moved(written, move, mover) if move else written
        if moved != written:
            yield (*where, path), moved
        elif isinstance(written, dict):
            for value, inner in written.items():
                yield from _of_search(inner, (*where, path, value), mover)


def _move_of(path: list[str], mover: Mover) -> Move | None:
    """How the values of a path are moved; None where they name no file."""
    if len(path) > 1 and path[-2] == "blocks":
        return mover.block
    if path[:2] == ["train", "weights"]:
        return mover.file
    if path[:2] == ["data", "features"] and path[-1] == "tokenizer":
        return lambda written: None if written in ("word", "character") else mover.file(written)
    return None


def _moved(written: Any, move: Move, mover: Mover) -> Any:
    """A choice with its files moved: those of a list, or the keys of a mapping."""
    if isinstance(written, list):
        return [_value(each, move) for each in written]
    if isinstance(written, dict) and all(isinstance(each, dict) for each in written.values()):
        return {_value(key, move): _inner(each, mover) for key, each in written.items()}
    return written


def _value(value: Any, move: Move) -> Any:
    if isinstance(value, str):
        return move(value) or value
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return {key: _value(each, move) for key, each in value.items()}  # weights by node
    return value


def _inner(search: dict[str, Any], mover: Mover) -> dict[str, Any]:
    """What is searched too where a value is taken, moved."""
    changed = {path[0]: moved for path, moved in _of_search(search, (), mover) if len(path) == 1}
    return search | changed
