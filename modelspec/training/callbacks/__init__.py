"""The callbacks that a spec can name: one file each, called like its `type`."""

from __future__ import annotations

import os

from modelspec.training.callback import Callback


def names() -> list[str]:
    """The `type` of every callback."""
    files = os.listdir(os.path.dirname(__file__))
    return sorted(
        file.removesuffix(".py")
        for file in files
        if file.endswith(".py") and not file.startswith("_")
    )


def find(name: str) -> type[Callback] | None:
    """The callback of a `type`, `early_stopping` or `EarlyStopping`, or None."""
    lowered = _snake(name)
    if lowered not in names():
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


def type_name(callback: Callback) -> str:
    """What a spec calls a callback, `early_stopping`."""
    return type(callback).__module__.rpartition(".")[2]


def _snake(name: str) -> str:
    parts = ("_" + letter.lower() if letter.isupper() else letter for letter in name)
    joined = "".join(parts).lstrip("_")
    for apart, together in (("c_s_v", "csv"), ("l_r_", "lr_"), ("na_n", "nan")):
        joined = joined.replace(apart, together)
    return joined
