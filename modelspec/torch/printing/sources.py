"""The source of classes and functions, with all that it needs, for a file of its own.

Definitions are taken as they are written, comments and docstrings too, those that others need
first. What they import from elsewhere is imported; what is imported to record graphs is left out.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

OURS = "modelspec"
_RECORDING = frozenset({"one_node"})
"""Decorators that a file without recorded graphs does not need."""
_PLAIN = ("modelspec.torch.", "modelspec.layers.factors")
"""Where of modelspec sources may come from: they know nothing of declarations."""
_QUOTED = re.compile(r'"(\w+)"')
_NOTES = re.compile(r"  # (noqa|type:).*")
"""Comments for the tools that check the source."""


class NoSourceError(Exception):
    """The source of something cannot stand in a file."""


@dataclass(frozen=True)
class _Import:
    module: str
    name: str | None
    """None for `import module`."""


@dataclass(frozen=True)
class _Definition:
    text: str
    names: frozenset[str]
    """What it reads of its module."""
    entries: tuple[_Entry, ...] = ()
    """Of a table of functions by name: what stands in it, each in lines of its own."""


@dataclass(frozen=True)
class _Entry:
    key: str
    text: str
    names: frozenset[str]


@dataclass
class _Parsed:
    """The top level of a module."""

    module: ModuleType
    definitions: dict[str, _Definition] = field(default_factory=dict)
    imports: dict[str, _Import] = field(default_factory=dict)


class Sources:
    """Collects definitions.

    Attributes:
        imports: The lines of imports that they need.
    """

    def __init__(self) -> None:
        self.imports: set[str] = {
            "from pathlib import Path",
            "import torch",
            "from safetensors.torch import load_file",
            "from torch import nn",
        }
        self._needed: dict[str, dict[str, None]] = {}
        self._owners: dict[str, str] = {}
        self._kept: set[_Entry] = set()

    def add(self, what: Any) -> str:
        """Take in a class or function, and give its name in the file.

        Raises:
            NoSourceError: It has no source, or needs what only modelspec has.
        """
        self._take(what.__module__, what.__name__)
        return str(what.__name__)

    @property
    def names(self) -> set[str]:
        """What the file knows by name: what is defined and what is imported."""
        lines = [line.rpartition(" import ")[2] or line for line in self.imports]
        imported = {line.rpartition(" as ")[2].removeprefix("import ") for line in lines}
        return imported | set(self._owners)

    def text(self, rest: str) -> str:
        """The definitions, those that others need first.

        A table of functions keeps those only whose names stand elsewhere in the file.

        Args:
            rest: The rest of the file.
        """
        while True:
            parts = [*self._texts()]
            said = set(_QUOTED.findall(rest + "".join(parts)))
            wanted = [(m, e) for m, e in self._entries() if e.key in said and e not in self._kept]
            if not wanted:
                return "\n\n\n".join(parts)
            for module, entry in wanted:
                self._kept.add(entry)
                self._take_names(module, entry.names)

    def _texts(self) -> Iterator[str]:
        for module in self._in_order():
            for name, definition in _parsed(module).definitions.items():
                if name in self._needed[module]:
                    kept = [each.text for each in definition.entries if each in self._kept]
                    yield "\n".join(
                        [definition.text, *kept, "}"] if definition.entries else [definition.text]
                    )

    def _entries(self) -> Iterator[tuple[str, _Entry]]:
        for module, needed in self._needed.items():
            for name in needed:
                for entry in _parsed(module).definitions[name].entries:
                    yield module, entry

    def _in_order(self) -> list[str]:
        """The modules, those first that others import."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for module in self._needed:
            imported = {source.module for source in _parsed(module).imports.values()}
            sorter.add(module, *sorted(imported & self._needed.keys()))
        return list(sorter.static_order())

    def _take(self, module: str, name: str) -> None:
        if name in self._needed.get(module, ()):
            return
        parsed = _parsed(module)
        definition = parsed.definitions.get(name)
        if definition is None:
            raise NoSourceError(f"`{module}.{name}` is not defined at the top of its file")
        owner = self._owners.setdefault(name, module)
        if owner != module:
            raise NoSourceError(f"`{name}` of `{module}` is also the name of one of `{owner}`")
        self._needed.setdefault(module, {})[name] = None
        self._take_names(module, definition.names)

    def _take_names(self, module: str, names: Iterable[str]) -> None:
        parsed = _parsed(module)
        for name in sorted(names):
            if name in parsed.imports:
                self._import(parsed.imports[name], name, module)
            elif name in parsed.definitions:
                self._take(module, name)

    def _import(self, source: _Import, bound: str, reader: str) -> None:
        if source.module.partition(".")[0] == OURS and not source.module.startswith(_PLAIN):
            raise NoSourceError(f"it needs `{source.module}`, which only modelspec has")
        if source.name is None:
            self.imports.add(_line(f"import {source.module}", source.module, bound))
            return
        if is_inlined(source.module, reader):
            if bound != source.name:
                raise NoSourceError(f"it calls `{source.module}.{source.name}` by another name")
            self._take(source.module, source.name)
            return
        self.imports.add(_line(f"from {source.module} import {source.name}", source.name, bound))


def _line(statement: str, name: str, bound: str) -> str:
    return statement if name == bound else f"{statement} as {bound}"


def is_inlined(module: str, reader: str = OURS) -> bool:
    """Whether what a module defines is taken from its source.

    Args:
        module: That of modelspec, of a plugin, or of another library.
        reader: The module that imports it: a plugin's own is taken too.
    """
    top = module.partition(".")[0]
    if top in (OURS, reader.partition(".")[0]):
        return True
    if top in sys.stdlib_module_names or top.startswith("_") or top in ("torch", "numpy"):
        return False
    found = importlib.import_module(module).__file__ or ""
    return "site-packages" not in found


@cache
def _parsed(name: str) -> _Parsed:
    module = sys.modules.get(name) or importlib.import_module(name)
    parsed = _Parsed(module)
    try:
        source = inspect.getsource(module)
    except (OSError, TypeError) as error:
        raise NoSourceError(f"there is no source of `{name}`") from error
    lines = source.splitlines()
    body = ast.parse(source).body
    for place, node in enumerate(body):
        if isinstance(node, ast.If):
            for inner in node.body:
                _note_import(parsed, inner)
        _note_import(parsed, node)
        for bound in _bound(node):
            behind = body[place + 1] if place + 1 < len(body) else None
            parsed.definitions[bound] = _definition(node, behind, lines)
    return parsed


def _note_import(parsed: _Parsed, node: ast.stmt) -> None:
    if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
        for alias in node.names:
            parsed.imports[alias.asname or alias.name] = _Import(node.module, alias.name)
    if isinstance(node, ast.Import):
        for alias in node.names:
            parsed.imports[alias.asname or alias.name] = _Import(alias.name, None)


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _definition(node: ast.stmt, behind: ast.stmt | None, lines: list[str]) -> _Definition:
    if (table := _table(node, lines)) is not None:
        return table
    first, last = node.lineno, node.end_lineno or node.lineno
    kept: list[str] = []
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        for decorator in node.decorator_list:
            if not (isinstance(decorator, ast.Name) and decorator.id in _RECORDING):
                kept += lines[decorator.lineno - 1 : decorator.end_lineno]
    elif _is_text(behind):
        assert behind is not None
        last = behind.end_lineno or behind.lineno
    start = min([first, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    above = start - 1
    while above and lines[above - 1].startswith("#"):
        above -= 1
    text = "\n".join([*lines[above : start - 1], *kept, *lines[first - 1 : last]])
    return _Definition(_NOTES.sub("", text), _names(node) - _RECORDING)


def _is_text(node: ast.stmt | None) -> bool:
    """Whether a statement is the docstring of the one before."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _table(node: ast.stmt, lines: list[str]) -> _Definition | None:
    """A table of functions by name that has a line, or some, for each."""
    value = getattr(node, "value", None)
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(value, ast.Dict):
        return None
    keys = [key.value for key in value.keys if isinstance(key, ast.Constant)]
    starts = [key.lineno for key in value.keys if key is not None]
    if len(set(starts)) < len(value.keys) or node.lineno in starts or len(keys) < len(starts):
        return None
    if not all(isinstance(key, str) for key in keys):
        return None
    entries = [
        _Entry(str(key), "\n".join(lines[start - 1 : item.end_lineno]), _names(item))
        for key, start, item in zip(keys, starts, value.values, strict=True)
    ]
    annotation = getattr(node, "annotation", None)
    names = _names(annotation) if annotation is not None else frozenset()
    return _Definition(lines[node.lineno - 1], names, tuple(entries))


def _names(node: ast.AST) -> frozenset[str]:
    """The names that code reads from around it."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        given = [each for each in ast.walk(node.args) if isinstance(each, ast.arg)]
        body = node.body if isinstance(node.body, list) else [node.body]
        bound = {each.arg for each in given} | {
            each.id
            for statement in body
            for each in ast.walk(statement)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        around = [node.args, *getattr(node, "decorator_list", ()), getattr(node, "returns", None)]
        inside = frozenset().union(*map(_names, body))
        return (inside - bound).union(*(_names(each) for each in around if each is not None))
    own = {node.id} if isinstance(node, ast.Name) else set()
    return frozenset(own).union(*map(_names, ast.iter_child_nodes(node)))
