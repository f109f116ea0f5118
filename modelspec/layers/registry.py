"""Which layer types there are. A file is imported when one of its types is asked for."""

import os
import re
from functools import cache
from importlib import import_module
from types import ModuleType

from modelspec.layers.base import Layer

_CLASS = re.compile(rb"^class ([A-Z]\w*)\((?:Layer|_\w+)(?:, _\w+)*\):", re.MULTILINE)

_plugged: dict[str, type[Layer]] = {}


@cache
def _files() -> dict[str, str]:
    """The module's name of each core type, from the text of the files beside this one."""
    found: dict[str, str] = {}
    folder = os.path.dirname(__file__)
    for name in sorted(os.listdir(folder)):
        file, extension = os.path.splitext(name)
        if extension == ".py":
            with open(os.path.join(folder, name), "rb") as text:
                found |= dict.fromkeys(map(bytes.decode, _CLASS.findall(text.read())), file)
    return found


def names() -> list[str]:
    """All layer types, core and plugged in, in alphabetical order."""
    return sorted({*_files(), *_plugged})


def find(name: str) -> type[Layer] | None:
    """The declaration of a layer type, or None if there is none of this name."""
    file = _files().get(name)
    if file is None:
        return _plugged.get(name)
    return getattr(import_module(f"modelspec.layers.{file}"), name)  # type: ignore[no-any-return]


def load_plugin(name: str) -> list[str]:
    """Import an installed package's layers and add them to the types.

    Args:
        name: An entry point of the group `modelspec.layers`. It names a declaration, or a
            module with declarations; each says in its `twin` where its torch twin is.

    Returns:
        The names of the types that it adds.

    Raises:
        LookupError: No such plugin is installed, or it has no layers.
        ValueError: It declares a type that is there already.
    """
    from importlib.metadata import entry_points

    (entry, *_) = entry_points(group="modelspec.layers", name=name) or (None,)
    if entry is None:
        installed = sorted(point.name for point in entry_points(group="modelspec.layers"))
        known = ", ".join(installed) or "none"
        raise LookupError(f"no plugin `{name}` is installed (installed: {known})")
    declared = _declarations(entry.load())
    if not declared:
        raise LookupError(f"plugin `{name}` has no layers")
    for layer, declaration in declared.items():
        if layer in _files() or _plugged.get(layer, declaration) is not declaration:
            raise ValueError(f"plugin `{name}` declares `{layer}`, which is there already")
    _plugged.update(declared)
    return sorted(declared)


def _declarations(loaded: object) -> dict[str, type[Layer]]:
    candidates = vars(loaded).values() if isinstance(loaded, ModuleType) else [loaded]
    return {
        value.__name__: value
        for value in candidates
        if isinstance(value, type)
        and issubclass(value, Layer)
        and value.twin
        and not value.__name__.startswith("_")
    }
