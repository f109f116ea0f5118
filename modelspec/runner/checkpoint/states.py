"""States of a run: each is one folder that is there whole or not at all, and that is checked.

A state is a tree of JSON values and tensors. Its weights are a file of their own, so that they
can be used alone; all other tensors (optimizer, random numbers, running sums) are in a second
one; `state.json` holds the rest, and the checksums of all. What processes share out among them
lies beside these, in a folder `shards`. Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from torch import Tensor

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.checkpoint.safetensors_file import (
    DamagedFileError,
    read_tensors,
    write_tensors,
)
from modelspec.runner.checkpoint.sharded import METADATA, was_pickled
from modelspec.runner.run import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS, TENSORS, STATE = "weights.safetensors", "tensors.safetensors", "state.json"
SHARDS = "shards"

Tree: TypeAlias = Any
_TENSOR = "$tensor"
_PICKLED = "this state was pickled by an older modelspec, and is not opened: a pickle is code"
_HELP = "begin a new run from its weights: `train: {weights: RUN/last.safetensors}`"


class State(NamedTuple):
    """All that a run needs to go on.

    Attributes:
        weights: The module's `state_dict`.
        rest: JSON values and tensors, nested in dicts and lists.
        shards: The folder of tensors of which each process wrote a part, where there are any.
    """

    weights: Mapping[str, Tensor]
    rest: dict[str, Tree]
    shards: Path | None = None


def save_state(
    folder: Path, state: State, keep: int, write_shards: Callable[[Path], None] | None = None
) -> Path:
    """Write a state as the newest one of a folder.

    Args:
        folder: The states'.
        state: All of it that this process holds.
        keep: How many of the last ones to have then.
        write_shards: Writes what all processes hold together into a new folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _numbered(folder)
    path = folder / f"{max(before, default=0) + 1:06d}"
    tensors: dict[str, Tensor] = {}
    rest = _without_tensors(state.rest, "", tensors)
    with atomic_write.new_folder(path) as part:
        sums = {
            WEIGHTS: write_tensors(part / WEIGHTS, state.weights),
            TENSORS: write_tensors(part / TENSORS, tensors),
        }
        if write_shards is not None:
            write_shards(part / SHARDS)
            sums |= _file_sums(part / SHARDS)
        content = {"checksums": sums, "rest": rest}
        sealed = {**content, "checksum": _checksum(content)}
        (part / STATE).write_text(json.dumps(sealed, indent=1), encoding="utf-8")
    for number in sorted(before)[: max(len(before) - keep + 1, 0)]:
        shutil.rmtree(before[number])
    return path


def newest_state(folder: Path, say: Callable[[str], object]) -> State | None:
    """The newest state of a folder that is whole; None where there is none.

    Args:
        folder: Where `save_state` wrote them. Damaged states are removed from it.
        say: Is told of each that is damaged.

    Raises:
        SpecError: Its shards would have to be unpickled (MS807). It is left as it is.
    """
    states = _numbered(folder)
    for leftover in folder.glob(f"{atomic_write.UNFINISHED}*"):
        shutil.rmtree(leftover)
    for number in sorted(states, reverse=True):
        try:
            return _read(states[number])
        except DamagedFileError as damage:
            say(f"{damage}; going back to the state before it")
            shutil.rmtree(states[number])
    return None


def _numbered(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    return {int(path.name): path for path in folder.iterdir() if re.fullmatch(r"\d+", path.name)}


def _read(path: Path) -> State:
    try:
        content = json.loads((path / STATE).read_text(encoding="utf-8"))
        written = content.pop("checksum")
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise DamagedFileError(f"{path / STATE}: {error}") from error
    if written != _checksum(content):
        raise DamagedFileError(f"{path / STATE}: its checksum does not match what it holds")
    shards = path / SHARDS
    if was_pickled(shards):
        raise SpecError([Diagnostic("MS807", _PICKLED, Span(str(shards / METADATA)), _HELP)])
    try:
        sums, rest = dict(content["checksums"]), content["rest"]
        weights = _read_expected(path / WEIGHTS, sums.pop(WEIGHTS))
        tensors = _read_expected(path / TENSORS, sums.pop(TENSORS))
        rest = _with_tensors(rest, tensors)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise DamagedFileError(f"{path / STATE}: it is not a state: {error!r}") from error
    if sums and _file_sums(shards) != sums:
        raise DamagedFileError(f"{shards}: its checksums do not match what it holds")
    return State(weights, rest, shards if sums else None)


def _file_sums(folder: Path) -> dict[str, str]:
    """The checksums of a folder's files."""
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with open(path, "rb") as file:
            found[f"{folder.name}/{path.name}"] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _read_expected(path: Path, expected: str) -> dict[str, Tensor]:
    tensors, found = read_tensors(path)
    if found != expected:
        raise DamagedFileError(f"{path}: it belongs to another state")
    return tensors


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _without_tensors(tree: Tree, path: str, tensors: dict[str, Tensor]) -> Tree:
    """The tree with a reference in the place of every tensor, which goes into `tensors`."""
    if isinstance(tree, Tensor):
        tensors[path] = tree
        return {_TENSOR: path}
    if isinstance(tree, Mapping):
        return {str(key): _without_tensors(tree[key], f"{path}/{key}", tensors) for key in tree}
    if isinstance(tree, list | tuple):
        return [
            _without_tensors(item, f"{path}/{index}", tensors) for index, item in enumerate(tree)
        ]
    return tree


def _with_tensors(tree: Tree, tensors: Mapping[str, Tensor]) -> Tree:
    if isinstance(tree, dict):
        if _TENSOR in tree:
            return tensors[tree[_TENSOR]]
        return {key: _with_tensors(value, tensors) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_tensors(item, tensors) for item in tree]
    return tree
