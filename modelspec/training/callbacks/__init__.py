"""The callbacks that a spec can name: one file each, called like its `type`."""

from __future__ import annotations

import os
from types import ModuleType

from modelspec.training.callback import Callback

_ODD = (
    ("c_s_v", "csv"),
    ("l_r_", "lr_"),
    ("na_n", "nan"),
    ("e_m_a", "ema"),
    ("r_board", "rboard"),
)
GROUP = "modelspec.callbacks"
_plugged: dict[str, type[Callback]] = {}


def names() -> list[str]:
    """The `type` of every callback, also of those that are plugged in."""
    return sorted({*_files(), *_plugged})


def _files() -> list[str]:
    return [
        file.removesuffix(".py")
        for file in os.listdir(os.path.dirname(__file__))
        if file.endswith(".py") and not file.startswith("_")
    ]


def find(name: str) -> type[Callback] | None:
    """The callback of a `type`, `early_stopping` or `EarlyStopping`, or None."""
    lowered = _snake(name)
    if lowered in _plugged:
        return _plugged[lowered]
    if lowered not in _files():
        return None
    from importlib import import_module

    module = import_module(f"{__name__}.{lowered}")
    return next(
        found
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, Callback)
        and found.__module__ == module.__name__
    )


def type_name(callback: type[Callback]) -> str:
    """What a spec calls a callback, `early_stopping`."""
    return _snake(callback.__name__)


def load_plugin(name: str) -> list[str]:
    """Import an installed package's callbacks, and add them to those that a spec can name.

    Args:
        name: An entry point of the group `modelspec.callbacks`. It names a subclass of
            `Callback`, or a module with some.

    Returns:
        The types that it adds: `slack_message` of a class `SlackMessage`.

    Raises:
        LookupError: No such plugin is installed, or it has no callbacks.
        ValueError: It declares a type that is there already.
    """
    from importlib.metadata import entry_points

    (entry, *_) = entry_points(group=GROUP, name=name) or (None,)
    if entry is None:
        raise LookupError(f"no plugin `{name}` with callbacks is installed")
    declared = {_snake(each.__name__): each for each in _declarations(entry.load())}
    if not declared:
        raise LookupError(f"plugin `{name}` has no callbacks")
    for type_, found in declared.items():
        if type_ in _files() or _plugged.get(type_, found) is not found:
            raise ValueError(f"plugin `{name}` declares `{type_}`, which is there already")
    _plugged.update(declared)
    return sorted(declared)


def _declarations(loaded: object) -> list[type[Callback]]:
    candidates = vars(loaded).values() if isinstance(loaded, ModuleType) else [loaded]
    return [
        each
        for each in candidates
        if isinstance(each, type) and issubclass(each, Callback) and each is not Callback
    ]


def _snake(name: str) -> str:
    parts = ("_" + letter.lower() if letter.isupper() else letter for letter in name)
    joined = "".join(parts).lstrip("_")
    for apart, together in _ODD:
        joined = joined.replace(apart, together)
    return joined
