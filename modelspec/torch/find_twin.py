"""From a declaration to what computes it on torch: its twin."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, TypeVar, cast

from modelspec.diagnostics.plugin_error import PluginError, misfit

T = TypeVar("T")


def find_twin(
    declaration: Any, package: str, base: type[T], required: tuple[str, ...] = ()
) -> type[T]:
    """The twin of a declaration.

    One of modelspec's own is found by name: that of `modelspec.layers.conv.Conv2D` is `Conv2D` in
    `PACKAGE.conv`, that of `modelspec.layers.merging.dot.Dot` is `Dot` in `PACKAGE.merging`. A
    plugin's declaration says in its `twin` where it is.

    Args:
        declaration: The class of what is declared.
        package: Where the twins of its kind are.
        base: What they are subclasses of.
        required: The methods that they must have of their own.

    Raises:
        PluginError: There is none, or it is not such a class.
    """
    find: Any = _find
    return cast("type[T]", find(declaration, declaration.twin, package, base, required))


@cache
def _find(
    declaration: type, twin: str, package: str, base: type, required: tuple[str, ...]
) -> type:
    place = twin or f"{package}.{_family(declaration, package)}:{declaration.__name__}"
    module, _, name = place.partition(":")
    whose = f"`{declaration.__name__}`"
    try:
        found = getattr(import_module(module), name)
    except Exception as error:
        raise PluginError(
            f"{whose} has no torch twin `{place}`: {type(error).__name__}: {error}",
            f"write a subclass of `{base.__module__}.{base.__name__}` there",
        ) from error
    if not (isinstance(found, type) and issubclass(found, base)):
        raise PluginError(
            f"the torch twin `{place}` of {whose} is no twin",
            f"make it a subclass of `{base.__module__}.{base.__name__}`",
        )
    if wrong := misfit(found, base, required):
        raise PluginError(f"the torch twin `{place}` of {whose} {wrong[0]}", wrong[1])
    return found


def _family(declaration: type, package: str) -> str:
    """The file or folder of a declaration, in the package of its kind."""
    steps, kind = declaration.__module__.split("."), package.rpartition(".")[2]
    inside = steps[0] == "modelspec" and kind in steps
    return steps[steps.index(kind) + 1] if inside else steps[-1]
