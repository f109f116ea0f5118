"""Which layer types there are. A file is imported when one of its types is asked for."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.layers.base import Layer

_CLASS = re.compile(rb"\nclass +(\w+)\s*(?:\[[^\]]*\])?\s*\(([^)]*)\)")
"""A class at the top of a file, with its bases, over several lines too. It begins with a literal,
which is what makes the search quick: `ast.parse` of these files takes 60 times as long."""
_BASE = re.compile(rb"(?:\w+\.)*(\w+)(?:\[[^\]]*\])?")

_plugged: dict[str, type[Layer]] = {}


@cache
def _files() -> dict[str, str]:
    return types_in(os.path.dirname(__file__))


def types_in(folder: str) -> dict[str, str]:
    """The module's name of each layer type that the files of a folder declare.

    These are the public classes whose bases lead to `Layer`, by name: also over other classes,
    and whatever the class statement looks like.
    """
    found: dict[str, str] = {}
    layers, rest = {"Layer"}, [*_classes(folder)]
    while derived := [each for each in rest if not layers.isdisjoint(each[2])]:
        rest = [each for each in rest if layers.isdisjoint(each[2])]
        layers.update(name for _, name, _ in derived)
        found |= {name: file for file, name, _ in derived if not name.startswith("_")}
    return found


def _classes(folder: str) -> Iterator[tuple[str, str, list[str]]]:
    """The file, the name and the bases of every class of a folder's files."""
    for file, path in _modules(folder):
        with open(path, "rb") as text:
            for called, bases in _CLASS.findall(text.read()):
                yield file, called.decode(), [base.decode() for base in _BASE.findall(bases)]


def _modules(folder: str, package: str = "") -> Iterator[tuple[str, str]]:
    """The files of a folder and of the packages in it: `merging.dot`, and where it is."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        file, extension = os.path.splitext(name)
        if extension == ".py":
            yield package + file, path
        elif os.path.isfile(os.path.join(path, "__init__.py")):
            yield from _modules(path, f"{package}{name}.")


def names() -> list[str]:
    """All layer types, core and plugged in, in alphabetical order."""
    return sorted({*_files(), *_plugged})


def find(name: str) -> type[Layer] | None:
    """The declaration of a layer type, or None if there is none of this name."""
    file = _files().get(name)
    if file is None:
        return _plugged.get(name)
    return getattr(import_module(f"modelspec.layers.{file}"), name)  # type: ignore[no-any-return]


def family(name: str) -> str:
    """The file or folder that declares a layer type: `merging` of `Dot`."""
    file = _files().get(name)
    if file is None:
        return _plugged[name].__module__.rpartition(".")[2]
    return file.partition(".")[0]


def add(declaration: type[Layer]) -> None:
    """Add a plugin's layer type, whose name no other has."""
    _plugged[declaration.__name__] = declaration
